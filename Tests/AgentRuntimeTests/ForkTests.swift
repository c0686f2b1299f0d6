import AgentRuntime
import MessageBus
import Services
import Support
import Testing
import Values

@Suite("Forks")
struct ForkTests {
    @Test("the recorded prefix is copied into a fresh log, then the run goes on live")
    func fork() async throws {
        let tally = Tally()
        let count = ClosureTool("count", .readOnly) { arguments, _ in
            tally.add("count")
            return ToolOutput(arguments["of"] ?? .null)
        }
        let solo = agent(
            "solo",
            [
                .tool("a", "count", .literal(["of": 1])),
                .tool("b", "count", .object([.init("of", .expression(.reference(root: "a", path: [])))])),
                .answer("r", from: ["a", "b"]),
            ])
        let playground = Playground([solo], tools: [count], time: ManualTime())
        let (_, whole) = try await playground.run(["goal": "x"])
        #expect(tally["count"] == 2)
        let cut = try #require(whole.firstIndex { $0.kind == .effectCompleted && $0.path == "t1/execute/a/a1" })
        let old = whole[cut]
        let changed = Envelope(
            seq: old.seq, at: old.at, session: old.session, path: old.path, topic: old.topic, sender: old.sender,
            kind: .effectCompleted, payload: ["result": 5])
        let recording = Array(whole[..<cut]) + [changed]
        let log = SessionLog(session: "s", time: playground.configuration.time)
        let session = Session(
            playground.configuration, journal: Journal(log: log, mode: .fork, recording: Recording(recording)))
        try await session.open()
        let result = try await session.ask(["goal": "x"])
        try await session.close()
        #expect(result.answer == ["a": 5, "b": 5])
        // Only what comes after the change touched the outside.
        #expect(tally["count"] == 3)
        let forked = log.envelopes(after: 0)
        #expect(LogChecks.sequence(forked) + LogChecks.closed(forked) + LogChecks.nested(forked) == [])
        #expect(
            difference(proof(of: Array(forked.prefix(cut))), proof(of: Array(whole.prefix(cut)))) == nil)
        let report = try await Replay.run(forked, playground.configuration)
        #expect(report.divergence == nil)
    }

    @Test("a fork of a run that was given another goal diverges there")
    func otherGoal() async throws {
        let playground = Playground([agent("solo", [.answer("r", from: [])])], tools: [], time: ManualTime())
        let (_, whole) = try await playground.run(["goal": "x"])
        let log = SessionLog(session: "s", time: playground.configuration.time)
        let session = Session(
            playground.configuration, journal: Journal(log: log, mode: .fork, recording: Recording(whole)))
        try await session.open()
        await #expect { try await session.ask(["goal": "y"]) } throws: { error in
            (error as? Divergence)?.path == "t1"
        }
    }
}
