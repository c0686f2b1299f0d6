import AgentRuntime
import MessageBus
import Support
import Testing
import Values

@Suite("What a session remembers")
struct MemoryTests {
    /// Answers with what the turn before left, and leaves the number of the tool's call.
    static let keeper: AgentDefinition = {
        let answer = Template.object([
            Template.Member("before", .expression(.reference(root: "context", path: [.member("previous")]))),
            Template.Member("conversation", .expression(.reference(root: "n", path: []))),
        ])
        return agent(
            "boss", [.tool("n", "count"), PlaybookStep(id: "r", action: .answer(answer, outcome: .completed))])
    }()

    @Test("is what the answer before left, also where the log is replayed or gone on with")
    func carried() async throws {
        let stage = Stage([Self.keeper]) { _ in [ClosureTool("count") { _, _ in ToolOutput(["kept": true]) }] }
        let (result, log) = try await stage.run(turns: 2)
        #expect(result.answer["before"] == ["kept": true])
        let first = log.all(.messageSent, at: "t1").first?.payload["answer"]
        #expect(first?["before"] == JSON.null)
        // Cut off within the second turn: what the first one left is read from the log.
        let place = log.firstIndex { (envelope: Envelope) -> Bool in
            envelope.kind == .effectCompleted && envelope.path.hasPrefix("t2/execute")
        }
        let cut = try #require(place)
        let (again, _) = try await stage.resume(Array(log[..<cut]))
        #expect(again?.answer["before"] == ["kept": true])
    }

    @Test("is nothing that is too large")
    func bounded() async throws {
        let large = JSON.string(String(repeating: "x", count: 100_000))
        let stage = Stage([Self.keeper]) { _ in [ClosureTool("count") { _, _ in ToolOutput(large) }] }
        let (result, _) = try await stage.run(turns: 2)
        #expect(result.answer["before"] == JSON.null)
    }

    @Test("a question that a turn waits with is answered in the same process, and the turn goes on")
    func decided() async throws {
        let stage = Stage([
            agent("boss", [PersonTests.ask("q"), .answer("r", from: ["q"])])
        ]) { _ in [echo] }
        let session = stage.playground.live()
        let report = stage.simulation.run { () async throws -> TurnResult? in
            try await session.open()
            let asked = try await session.ask([:])
            let path = try #require(asked.suspension?.path)
            let open = try #require(Session.openQuestion(in: session.log.envelopes(after: 0)))
            #expect(open.asked == asked.suspension && open.answer == nil)
            let end = try await session.decide([path: .result("2025")])
            _ = try await session.ask([:])
            return end
        }
        let result = try #require(report.result).get()
        #expect(result?.answer["q"] == ["answer": "2025"])
        try await stage.replays(session.log.envelopes(after: 0))
    }
}
