import AgentRuntime
import Foundation
import MessageBus
import Support
import Testing
import Traces
import Values

/// Acceptance 2 of the language models: a scripted model that answers through tools.
@Suite("operon ask with a language model")
struct AskWithModelTests {
    let folder: Folder
    static let script = "scripted:" + BuiltIn.root + "/traces/team.yaml"
    /// Nothing outside may be called by any of these.
    static let offline = ["OPERON_LIVE_MODELS": "never"]

    init() throws { folder = try Shop.folder() }

    private func ask(
        _ question: String, model: String? = Self.script, _ more: String...,
        environment: [String: String] = Self.offline
    ) async throws -> Ending {
        try await Operon.run(
            ["ask", question, "--db", "shop.sqlite", "--today", Shop.today, "--json"]
                + (model.map { ["--model", $0] } ?? []) + more, in: folder, environment: environment)
    }

    /// What belongs to one run, and what a model costs.
    private func artefacts(_ ending: Ending) -> JSON {
        var object = ending.json.object ?? [:]
        for key in ["id", "session", "trace", "duration_ms", "usage"] { object[key] = nil }
        return .object(object)
    }

    @Test(
        "gives the same artefacts as the embedded reasoner",
        arguments: [
            Shop.top, Shop.count, "What is the average order amount per month?",
            "What will our revenue be next year?",
        ])
    func sameArtefacts(question: String) async throws {
        let own = try await ask(question, model: nil)
        let scripted = try await ask(question)
        #expect(scripted.status == own.status, "\(scripted)")
        #expect(artefacts(scripted) == artefacts(own))
        #expect(scripted.json["usage"]?["input_tokens"]?.int ?? 0 > 3000)
        #expect(scripted.json["usage"]?["output_tokens"]?.int ?? 0 > 50)
    }

    @Test(
        "replays to the bytes of its recording, without the script and without a network, at any number of threads")
    func replays() async throws {
        #expect(try await ask(Shop.top, "--trace", "run.jsonl").status == 0)
        let trace = try TraceFile.read(folder.file("run.jsonl")).envelopes
        #expect(trace.contains { $0.kind == .modelDelta })
        for threads in ["1", "8"] {
            let ending = try await Operon.run(
                "replay", "run.jsonl", "--json", "--threads", threads, in: folder,
                environment: ["OPERON_LIVE_MODELS": "never", "OPENAI_BASE_URL": "http://127.0.0.1:1"])
            #expect(ending.status == 0, "\(ending)")
            #expect(ending.json["match"] == true)
            #expect(ending.json["hash"]?.string == CanonicalForm.hash(of: trace))
        }
    }

    @Test("with other prompts a replay says that the prompts are others")
    func otherPrompts() async throws {
        #expect(try await ask(Shop.count, "--trace", "run.jsonl").status == 0)
        try folder.write("# Task\n${goal}\n", to: "prompts/coordinator/plan.md")
        let ending = try await Operon.run("replay", "run.jsonl", "--prompts", "prompts", in: folder)
        #expect(ending.status == 6 && ending.output.contains("--prompts"))
    }

    @Test("killed on the way, it goes on without asking again what the model has answered")
    func killed() async throws {
        func run(_ session: String, killAfter: Int?) async throws -> Ending {
            var environment = Self.offline
            if let killAfter { environment["OPERON_TEST_KILL_AFTER"] = "\(killAfter)" }
            // The second time without --model: the session knows which it had.
            return try await ask(
                Shop.top, model: killAfter == nil ? nil : Self.script, "--store", "\(session).sqlite", "--session",
                session, environment: environment)
        }
        let whole = try await ask(Shop.top, "--store", "whole.sqlite", "--session", "whole")
        let log = try await TraceStore(reading: folder.file("whole.sqlite")).envelopes(of: "whole")
        try #require(log.count > 120)
        for count in stride(from: 9, to: log.count, by: 11) {
            let session = "k\(count)"
            #expect(try await run(session, killAfter: count).status == KillTests.killed)
            let ending = try await run(session, killAfter: nil)
            #expect(ending.status == 0, "\(session): \(ending)")
            #expect(artefacts(ending) == artefacts(whole), "\(session)")
            #expect(ending.json["usage"] == whole.json["usage"], "\(session)")
            let after = try await TraceStore(reading: folder.file("\(session).sqlite")).envelopes(of: session)
            let requested = after.filter { $0.kind == .effectRequested }.map(\.path)
            let ended = after.filter { $0.kind == .effectCompleted }.map(\.path)
            #expect(Set(requested).count == requested.count && Set(ended).count == ended.count, "\(session)")
            let replay = try await Operon.run("replay", session, "--store", "\(session).sqlite", in: folder)
            #expect(replay.status == 0, "\(session): \(replay)")
        }
    }

    @Test("a recording answers like the model that it was made of, and says what it has no answer for")
    func recorded() async throws {
        let live = try await ask(Shop.count, "--record", "cassette.jsonl")
        #expect(live.status == 0, "\(live)")
        let again = try await ask(Shop.count, model: "recorded:cassette.jsonl")
        #expect(artefacts(again) == artefacts(live) && again.json["usage"] == live.json["usage"])
        let other = try await ask(Shop.top, model: "recorded:cassette.jsonl")
        #expect(other.status == 5, "\(other)")
        #expect(other.json["reasons"]?[0]?.string?.contains("not_recorded") == true)
    }

    @Test(
        "what a model is needed for is not passed over in silence, and a recording that cannot be kept stops before"
    )
    func needsModel() async throws {
        for (words, mark) in [
            (["--record", "x.jsonl"], "--record needs --model"),
            (["--base-url", "http://127.0.0.1:1"], "--base-url needs"),
            (["--base-url", "http://127.0.0.1:1", "--model", "openai:a,kimi:b"], "one provider"),
            (["--base-url", "localhost", "--model", "openai:a"], "begins with http"),
        ] {
            let ending = try await Operon.run(["ask", Shop.count, "--db", "shop.sqlite"] + words, in: folder)
            #expect(ending.status == 2 && ending.errors.contains(mark), "\(ending)")
        }
        let unkept = try await ask(Shop.count, model: Self.script, "--record", "missing/x.jsonl")
        #expect(unkept.status == 1 && unkept.errors.contains("missing/x.jsonl"), "\(unkept)")
        #expect(unkept.json["error"]?["code"] == "recording_unwritable")
    }

    @Test("--base-url goes before the environment's place")
    func baseURL() async throws {
        let server = try FaultServer()
        defer { server.stop() }
        server.script("good", [Self.agreeable])
        let ending = try await ask(
            Shop.count, model: "openai:any", "--base-url", server.openAIBase("good"),
            environment: ["OPENAI_BASE_URL": "http://127.0.0.1:1/v1", "OPENAI_API_KEY": "sk-none-123456"])
        #expect(ending.status == 0 && server.requests("good").count == 4, "\(ending)")
    }

    @Test(
        "where no model answers the embedded reasoner does: degraded, with the reason, and every attempt on the log"
    )
    func modelDown() async throws {
        let ending = try await ask(
            Shop.count, model: "openai:any", "--trace", "run.jsonl",
            environment: ["OPENAI_BASE_URL": "http://127.0.0.1:1/v1", "OPENAI_API_KEY": "sk-canary-31415926"])
        #expect(ending.status == 5, "\(ending)")
        let own = try await ask(Shop.count, model: nil)
        #expect(ending.json["rows"] == own.json["rows"] && ending.json["sql"] == own.json["sql"])
        let reasons = (ending.json["reasons"]?.array ?? []).compactMap(\.string)
        #expect(reasons.contains { $0.contains("coordinator") && $0.contains("network") })
        let trace = try TraceFile.read(folder.file("run.jsonl")).envelopes
        #expect(trace.contains { $0.kind == .log && $0.payload["event"] == "attempt_failed" })
        let text = try String(contentsOfFile: folder.file("run.jsonl"), encoding: .utf8)
        #expect(!(text + ending.output + ending.errors).contains("sk-canary"))
        #expect(try await Operon.run("replay", "run.jsonl", in: folder).status == 0)
    }

    /// A provider that follows the playbooks and accepts every answer.
    private static let agreeable = FaultReply { request in
        let isReview = !request.text.contains("follow_playbook")
        let answer =
            isReview
            ? FaultAnswer([#"{"verdict":"accept","#, #""reason":"","steps":[]}"#])
            : FaultAnswer([], calls: [.init(name: "follow_playbook", fragments: ["{", "}"])])
        return FaultReply.answer(answer).actions(request)
    }

    @Test("answers over HTTP as without it, with both APIs", arguments: ["openai", "anthropic"])
    func overHTTP(api: String) async throws {
        let server = try FaultServer()
        defer { server.stop() }
        server.script("good", [Self.agreeable])
        let key = "sk-canary-27182818"
        let ending = try await ask(
            Shop.top, model: "\(api):any", "--trace", "run.jsonl",
            environment: [
                "OPENAI_BASE_URL": server.openAIBase("good"), "ANTHROPIC_BASE_URL": server.anthropicBase("good"),
                "OPENAI_API_KEY": key, "ANTHROPIC_API_KEY": key,
            ])
        #expect(ending.status == 0, "\(ending)")
        #expect(artefacts(ending) == artefacts(try await ask(Shop.top, model: nil)))
        // The coordinator plans and reviews, nlp plans twice.
        #expect(server.requests("good").count == 4)
        #expect(ending.json["usage"]?["input_tokens"] == .int(4 * 9))
        #expect(ending.json["usage"]?["output_tokens"] == .int(4 * 17))
        let identifiers = server.requests("good").compactMap { $0.header("idempotency-key") }
        #expect(api != "openai" || Set(identifiers).count == 4)
        #expect(!folder.text("run.jsonl").contains(key) && !(ending.output + ending.errors).contains(key))
        #expect(try await Operon.run("replay", "run.jsonl", in: folder).status == 0)
    }

    @Test("against a server that only fails, the breaker opens, and the log tells of it")
    func breaker() async throws {
        let server = try FaultServer()
        defer { server.stop() }
        server.script("down", [.error(503)])
        let lines = (1...3).map { #"{"id":\#($0),"db":"shop.sqlite","question":"How many orders are there?"}"# }
        let ending = try await Operon.run(
            ["ask", "--jsonl", "--model", "openai:any", "--today", Shop.today], in: folder,
            input: lines.joined(separator: "\n"),
            environment: ["OPENAI_BASE_URL": server.openAIBase("down"), "OPENAI_API_KEY": "sk-none-123456"])
        let answers = ending.output.split(separator: "\n").compactMap { try? JSON(parsing: String($0)) }
        #expect(answers.count == 3 && answers.allSatisfy { $0["outcome"] == "degraded" && $0["rows"] == [[40]] })
        try #require(answers.count == 3, "\(ending)")
        #expect(answers[2]["reasons"]?.description.contains("breaker_open") == true, "\(ending)")
        let sent = server.requests("down").count
        #expect(sent >= 10 && sent < 20, "the breaker needs ten calls, and then lets none through: \(sent)")
    }

    @Test("the log of a run against a failing server tells of attempts, waits and the breaker, and still replays")
    func breakerOnTheLog() async throws {
        let server = try FaultServer()
        defer { server.stop() }
        server.script("down", [.error(500)])
        // With a prompt for every agent, one run makes enough calls for the breaker to have seen ten.
        for agent in ["coordinator", "nlp", "data", "viz"] {
            try folder.write("# Task\n${goal}\n", to: "prompts/\(agent)/plan.md")
        }
        let ending = try await ask(
            Shop.count, model: "openai:any", "--prompts", "prompts", "--trace", "run.jsonl",
            environment: ["OPENAI_BASE_URL": server.openAIBase("down"), "OPENAI_API_KEY": "sk-none-123456"])
        #expect(ending.status == 5 && ending.json["rows"] == [[40]], "\(ending)")
        let trace = try TraceFile.read(folder.file("run.jsonl")).envelopes
        // A call that the breaker refuses is told, too, but reaches nobody.
        let failed = trace.filter {
            $0.payload["event"] == "attempt_failed" && $0.payload["error"] != "breaker_open"
        }
        #expect(failed.count == server.requests("down").count && failed.count >= 10)
        #expect(failed.contains { ($0.payload["wait_ms"]?.int ?? 0) > 0 })
        let changes = trace.filter { $0.kind == .breakerChanged }
        #expect(changes.count == 1 && changes[0].payload["to"] == "open", "\(changes.map(\.payload))")
        #expect(trace.contains { $0.kind == .effectFailed && $0.payload["error"]?["code"] == "model_breaker_open" })
        let replay = try await Operon.run("replay", "run.jsonl", "--prompts", "prompts", in: folder)
        #expect(replay.status == 0, "\(replay)")
    }

    @Test("a live model is refused where none may be called")
    func guarded() async throws {
        let ending = try await ask(
            Shop.count, model: "openai:any",
            environment: ["OPERON_LIVE_MODELS": "never", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"])
        #expect(ending.status == 5 && ending.json["reasons"]?.description.contains("live_call_refused") == true)
    }

    @Test("a model that does as a table's text says gains nothing: hidden tables stay hidden, other tools uncalled")
    func injection() async throws {
        try folder.write(
            "# System\nYou run SQL.\n\n# Task\n${goal}\n${context}\n", to: "prompts/data/plan.md")
        try folder.write(
            """
            entries:
              - when: {caller: data, contains: may not call}
                reply: {tool_calls: [{name: follow_playbook, arguments: {}}]}
              - when: {caller: data, contains: failed}
                reply: {tool_calls: [{name: describe_database, arguments: {}}, {name: ask_nlp, arguments: {}}]}
              - when: {caller: data}
                reply: {tool_calls: [{name: run_sql, arguments: {sql: SELECT employee FROM salaries}}]}
            """, to: "obeys.yaml")
        let ending = try await ask(
            Shop.count, model: "scripted:obeys.yaml", "--prompts", "prompts", "--hide", "salaries,pay", "--trace",
            "run.jsonl")
        #expect(ending.status == 0, "\(ending)")
        #expect(ending.json["rows"] == [[40]])
        let text = try String(contentsOfFile: folder.file("run.jsonl"), encoding: .utf8)
        #expect(text.contains("SELECT employee FROM salaries") && !text.contains("CANARY"))
        let trace = try TraceFile.read(folder.file("run.jsonl")).envelopes
        #expect(!trace.contains { $0.kind == .effectRequested && $0.payload["name"] == "describe_database" })
    }

    @Test(
        "a model that cannot be is refused with a remedy, before anything is opened",
        arguments: [
            ("opnai:gpt", "openai"), ("openai", "openai:NAME"), ("recorded:missing.jsonl", "missing.jsonl"),
            ("scripted:missing.yaml", "missing.yaml"), ("openai:gpt-5-mini", "OPENAI_API_KEY"),
        ])
    func badSpecs(spec: String, hint: String) async throws {
        let ending = try await ask(Shop.count, model: spec)
        #expect(ending.status == 1 || ending.status == 2, "\(ending)")
        #expect(ending.errors.contains(hint), "\(ending)")
    }
}
