import Foundation
import Support
import Testing
import Values

/// `operon model call` against a server that misbehaves: the table of cases, and what needs more than one call.
@Suite("A model call against a hostile server")
struct ModelHostileTests {
    @Test("ends with the right text", arguments: goodModelCases)
    func good(_ one: ModelCase) async throws { try await run(one) }

    @Test("waits as long as it is asked to, and never for nonsense", arguments: retryAfterCases)
    func retryAfter(_ one: ModelCase) async throws { try await run(one) }

    @Test("ends with the right error", arguments: badModelCases)
    func bad(_ one: ModelCase) async throws { try await run(one) }

    private func run(_ one: ModelCase) async throws {
        let server = try FaultServer()
        defer { server.stop() }
        try await one.run(on: server)
    }

    @Test("every odd form that is still right is read as what it means", arguments: FaultAPI.allCases)
    func oddities(api: FaultAPI) async throws {
        let server = try FaultServer()
        defer { server.stop() }
        let oddities = FaultOddity.all.filter { $0.api == api }
        server.script("odd", oddities.map(\.reply))
        let run = try await ModelRun.call(
            server, "odd", api, ["--stream", "--json", "--repeat", "\(oddities.count)"] + ModelCase.quick)
        try #require(run.lines.count == oddities.count, "\(run)")
        for (oddity, object) in zip(oddities, run.lines) {
            let about = Comment(rawValue: "\(oddity): \(object)")
            #expect(object["ok"] == true && object["text"] == .string(oddity.text), about)
            #expect(object["finish"] == .string(oddity.finish) && object["attempts"] == 1, about)
            let calls = object["tool_calls"]?.array ?? []
            #expect(calls.compactMap { $0["name"]?.string } == oddity.calls.map(\.name), about)
            #expect(calls.compactMap { $0["raw"]?.string } == oddity.calls.map(\.raw), about)
            for call in calls {
                // An empty text means no arguments; half an object means nothing, and never an empty object.
                let raw = call["raw"]?.string ?? ""
                let arguments = raw.isEmpty ? [:] : (try? JSON(parsing: raw)) ?? .null
                #expect(call["arguments"] == arguments, about)
            }
            #expect(object["input_tokens"]?.int == oddity.usage?.input, about)
            #expect(object["output_tokens"]?.int == oddity.usage?.output, about)
        }
        #expect(run.status == 0)
    }

    @Test("no redirect is followed to another origin, so no key travels", arguments: FaultAPI.allCases)
    func redirects(api: FaultAPI) async throws {
        let server = try FaultServer()
        let other = try FaultServer()
        defer {
            server.stop()
            other.stop()
        }
        other.script("a", [.answer()])
        server.script("a", [.redirect(307, to: "\(other.base("a", api))/chat/completions")])
        let run = try await ModelRun.call(server, "a", api, ["--json"] + ModelCase.quick)
        #expect(run.json["kind"] == "redirect" && run.status == 1, "\(run)")
        #expect(run.requests.count == 1 && other.connectionCount == 0, "\(run)")
    }

    @Test(
        "a connection that the server has closed meanwhile costs nothing but a new one",
        arguments: FaultAPI.allCases)
    func staleConnections(api: FaultAPI) async throws {
        let server = try FaultServer()
        defer { server.stop() }
        server.script("a", [.answerThenClose()])
        let run = try await ModelRun.call(server, "a", api, ["--json", "--repeat", "3"] + ModelCase.quick)
        #expect(run.status == 0 && run.lines.count == 3 && run.lines.allSatisfy { $0["ok"] == true }, "\(run)")
    }

    @Test("several calls share a connection, and each has an idempotency key of its own")
    func repeats() async throws {
        let server = try FaultServer()
        defer { server.stop() }
        server.script("a", [.answer(), .error(503), .answer()])
        let run = try await ModelRun.call(server, "a", .openAI, ["--json", "--repeat", "3"] + ModelCase.quick)
        #expect(run.lines.map { $0["attempts"] } == [1, 2, 1], "\(run)")
        #expect(Set(run.requests.map(\.connection)).count == 1, "\(run)")
        let keys = run.requests.map { $0.header("idempotency-key") ?? "" }
        #expect(keys.count == 4 && Set(keys).count == 3 && keys[1] == keys[2] && !keys.contains(""), "\(keys)")
    }

    @Test("nobody there is a failure of the network, tried again")
    func nobodyThere() async throws {
        let server = try FaultServer()
        server.stop()
        let run = try await ModelRun.call(server, "a", .openAI, ["--json"] + ModelCase.quick)
        #expect(run.json["kind"] == "network" && run.json["attempts"] == 3 && run.status == 1, "\(run)")
    }

    @Test("calls that fail open the breaker, and further calls are refused without a request")
    func breaker() async throws {
        let server = try FaultServer()
        defer { server.stop() }
        server.script("a", [.error(500)])
        let run = try await ModelRun.call(
            server, "a", .openAI, ["--json", "--repeat", "14", "--max-retries", "0", "--total-timeout-ms", "5000"])
        let kinds = run.lines.compactMap { $0["kind"]?.string }
        #expect(
            kinds == Array(repeating: "server", count: 10) + Array(repeating: "breaker_open", count: 4), "\(run)")
        #expect(run.requests.count == 10 && run.lines.last?["attempts"] == 0, "\(run)")
    }

    @Test("Ctrl-C ends a call in silence and a call in mid-stream at once with 130", arguments: [true, false])
    func cancelling(inStream: Bool) async throws {
        let server = try FaultServer()
        defer { server.stop() }
        let pieces = FaultAnswer.hello.events(.openAI).prefix(3).map { Array($0.utf8) }
        let head = FaultReply.head(200, ["Content-Type: text/event-stream", "Transfer-Encoding: chunked"])
        let actions = inStream ? [.send(head)] + pieces.map { FaultAction.send(FaultReply.chunk($0)) } : []
        server.script("a", [.raw(actions + [.hang])])
        let run = try await ModelRun.call(server, "a", .openAI, ["--json", "--stream"]) { child, errors in
            try await server.received(1, by: "a")
            // In mid-stream the text must have arrived first: it is written to standard error as it comes.
            while inStream, !errors().contains("wörld") { try await Task.sleep(for: .milliseconds(2)) }
            child.signal(SIGINT)
        }
        #expect(run.status == 130 && run.json["kind"] == "cancelled" && run.json["attempts"] == 1, "\(run)")
        #expect(run.wall < .seconds(20 * slowFactor), "\(run)")
        if inStream { #expect(run.json["partial_text"] == "Hello, wörld", "\(run)") }
        try await server.left(1, from: "a")
    }
}
