import Foundation
import Support
import Testing
import Values

/// The command line around model calls: what goes in, what comes out where, and with which status.
@Suite("operon model")
struct ModelCommandTests {
    private func with(
        _ replies: [FaultReply], _ words: [String], api: FaultAPI = .openAI, environment: [String: String] = [:],
        prompt: String? = "Say hello"
    ) async throws -> ModelRun {
        let server = try FaultServer()
        defer { server.stop() }
        server.script("a", replies)
        return try await ModelRun.call(server, "a", api, words, prompt: prompt, environment: environment)
    }

    @Test("without --json the text is the output, streamed or not, and calls of tools stand under it")
    func plain() async throws {
        for words in [[], ["--stream"]] {
            let run = try await with([.answer(FaultAnswer(["a", "b"], calls: [.init(fragments: ["{}"])]))], words)
            #expect(run.output == "ab\nrun_sql({})\n" && run.errors.isEmpty && run.status == 0, "\(run)")
        }
    }

    @Test("with --json and --stream the text comes on standard error and the object on standard output")
    func streams() async throws {
        let run = try await with([.answer()], ["--json", "--stream"])
        #expect(run.errors == FaultAnswer.helloText + "\n" && run.lines.count == 1, "\(run)")
    }

    @Test("an error without --json says what happened and what had arrived")
    func plainError() async throws {
        let run = try await with([.broken(.reset, afterEvents: 3)], ["--stream"])
        #expect(run.status == 1 && run.output == "Hello, wörld\n" && run.errors.contains("network"), "\(run)")
    }

    @Test("the request says what the options say", arguments: FaultAPI.allCases)
    func request(api: FaultAPI) async throws {
        let words = [
            "--json", "--system", "Be brief.", "--max-output-tokens", "77", "--header", "X-One: 1", "--header",
            "X-Two: a: b",
        ]
        let run = try await with(
            [.answer()], words, api: api,
            environment: ["OPENAI_API_KEY": "key-of-openai\n", "ANTHROPIC_API_KEY": "key-of-anthropic"])
        let request = try #require(run.requests.first, "\(run)")
        #expect(request.json["model"] == "test-model" && !request.wantsStream)
        #expect(request.header("x-one") == "1" && request.header("x-two") == "a: b")
        #expect(request.text.contains("Be brief.") && request.text.contains("Say hello"))
        switch api {
        case .openAI:
            #expect(request.header("authorization") == "Bearer key-of-openai")
            #expect(request.json["max_completion_tokens"] == 77)
        case .anthropic:
            #expect(request.header("x-api-key") == "key-of-anthropic" && request.json["max_tokens"] == 77)
            #expect(request.header("anthropic-version") == "2023-06-01")
        }
    }

    @Test("without a key nothing that looks like one is sent")
    func noKey() async throws {
        let run = try await with([.answer()], ["--json"])
        #expect(run.status == 0 && run.requests.first?.header("authorization") == nil, "\(run)")
    }

    @Test("with --schema an answer that does not fit is mended once, then refused", arguments: [true, false])
    func schema(isMended: Bool) async throws {
        let server = try FaultServer()
        defer { server.stop() }
        let answers = [#"{"city": 7}"#, isMended ? #"{"city": "Rome"}"# : #"{"town": "Rome"}"#]
        server.script("a", answers.map { .answer(FaultAnswer([$0])) })
        let folder = try Folder()
        try folder.write(
            #"{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}"#,
            to: "city.json")
        let ending = try await Operon.run(
            "model", "call", "--model", "openai:m", "--base-url", server.openAIBase("a"), "--schema", "city.json",
            "--json", "Which city?", in: folder)
        #expect(server.requests("a").count == 2, "\(ending)")
        if isMended {
            #expect(ending.json["text"] == #"{"city":"Rome"}"# && ending.json["attempts"] == 2, "\(ending)")
        } else {
            #expect(ending.json["kind"] == "invalid_output" && ending.status == 1, "\(ending)")
        }
    }

    @Test("the prompt comes from standard input when it is no argument, and an empty one is refused")
    func input() async throws {
        let server = try FaultServer()
        defer { server.stop() }
        server.script("a", [.answer()])
        let folder = try Folder()
        let words = ["model", "call", "--model", "openai:m", "--base-url", server.openAIBase("a"), "--json"]
        let ending = try await Operon.run(words, in: folder, input: "line one\nline two\n")
        #expect(ending.json["ok"] == true, "\(ending)")
        #expect(server.requests("a").first?.json["messages"]?[0]?["content"] == "line one\nline two")
        #expect(try await Operon.run(words, in: folder, input: " \n").status == 2)
    }

    @Test("base URL and key come from the environment for a model named with its provider")
    func environment() async throws {
        let server = try FaultServer()
        defer { server.stop() }
        for (name, api) in [("openai", FaultAPI.openAI), ("anthropic", .anthropic)] {
            server.script(name, [.answer()])
            let ending = try await Operon.run(
                "model", "call", "--model", "\(name):m", "--json", "hello", in: try Folder(),
                environment: [
                    "\(name.uppercased())_BASE_URL": server.base(name, api),
                    "\(name.uppercased())_API_KEY": "key-1234567",
                ])
            #expect(ending.json["ok"] == true, "\(ending)")
            #expect(server.requests(name).first?.text.contains("key-1234567") ?? false)
        }
    }

    @Test(
        "arguments that mean nothing end with 2 before anything is sent",
        arguments: [
            [], ["--api", "gemini", "--model", "m"], ["--model", "m"], ["--model", "nobody:m"],
            ["--model", "openai:m", "--base-url", "ftp://x"], ["--model", "openai:m", "--base-url", "http://"],
            ["--model", "openai:m", "--header", "no colon"], ["--model", "openai:m", "--header", "a b: c"],
            ["--model", "openai:m", "--header", "a: b\nc: d"], ["--model", "openai:m", "--repeat", "0"],
            ["--model", "openai:m", "--total-timeout-ms", "soon"], ["--model", "openai:m"],
            ["--model", "embedded"],
        ])
    func usage(words: [String]) async throws {
        let ending = try await Operon.run(["model", "call"] + words + ["--json", "hello"], in: try Folder())
        #expect(ending.status == 2 && ending.json["error"]?["code"] == "usage", "\(ending)")
    }

    @Test("with OPERON_LIVE_MODELS=never a call is refused before anything is sent")
    func liveCallGuard() async throws {
        let ending = try await Operon.run(
            "model", "call", "--model", "openai:m", "--json", "hello", in: try Folder(),
            environment: ["OPERON_LIVE_MODELS": "never", "OPENAI_API_KEY": "key-1234567"])
        #expect(ending.status == 1 && ending.json["kind"] == "live_call_refused", "\(ending)")
        #expect(ending.json["attempts"] == 0, "\(ending)")
    }

    @Test("the list shows models with context, price and whether a key is seen")
    func list() async throws {
        let folder = try Folder()
        let environment = ["ANTHROPIC_API_KEY": "key-1234567", "OPENAI_API_KEY": " \n"]
        let text = try await Operon.run("model", "list", in: folder, environment: environment)
        #expect(text.status == 0 && text.lines.count > 5 && text.lines[0].hasPrefix("MODEL"), "\(text)")
        #expect(!text.output.contains("key-1234567"))
        let list = try await Operon.run("model", "list", "--json", in: folder, environment: environment)
        let models = list.json["models"]?.array ?? []
        #expect(models.contains { $0["price"]?["input_per_million"]?.double ?? 0 > 0 }, "\(list)")
        for model in models where ["anthropic", "openai"].contains(model["provider"]?.string ?? "") {
            #expect(model["key"] == (model["provider"] == "anthropic" ? "set" : "not set"), "\(model)")
            #expect(model["context_tokens"]?.int ?? 0 > 1000)
        }
    }

    @Test("doctor tells of libcurl, keys, prices and the model, and of a key its variable only")
    func doctor() async throws {
        let folder = try Folder()
        let key = "sk-canary-doctor-0123456789"
        let ending = try await Operon.run(
            "doctor", "--model", "openai:some-model", "--json", in: folder, environment: ["OPENAI_API_KEY": key])
        let findings = ending.json["findings"]?.array ?? []
        func says(_ what: String) -> String { findings.first { $0["what"]?.string == what }?["says"]?.string ?? "" }
        #expect(says("libcurl").hasPrefix("libcurl/"), "\(ending)")
        #expect(
            says("model keys").contains("OPENAI_API_KEY set, ")
                && says("model keys").contains("ANTHROPIC_API_KEY not set"))
        #expect(
            says("models").contains("priced: ") && says("reasoner").contains("openai:some-model at api.openai.com"))
        #expect(!(ending.output + ending.errors).contains("canary"))
        let embedded = try await Operon.run("doctor", in: folder)
        #expect(embedded.status == 0 && embedded.output.contains("reasoner: embedded"), "\(embedded)")
        let wrong = try await Operon.run("doctor", "--model", "opnai:x", "--json", in: folder)
        #expect(wrong.status == 1 && wrong.output.contains("openai"), "\(wrong)")
    }
}
