import AgentRuntime
import MessageBus
import Services
import Support
import Testing
import Values

@Suite("Interruption")
struct InterruptionTests {
    @Test("cancelled before it begins, the turn ends as cancelled and no tool runs")
    func before() async throws {
        let solo = agent("solo", [.tool("x", "echo"), .answer("r", from: ["x"])])
        let (result, log) = try await Stage([solo]) { _ in [echo] }.run(cancelAfter: 0)
        #expect(result.outcome == .cancelled(by: "person"))
        #expect(log.all(.turnFinished).count == 1)
        #expect(log.all(.stepStarted).isEmpty)
    }

    /// Sleeps in its first phase.
    struct Slow: Reasoner {
        let name = "slow"
        let time: ManualTime
        func observe(_ observation: Observation, as definition: AgentDefinition, at site: PhaseSite) async throws
            -> Observation
        {
            try await time.sleep(nanoseconds: 1_000_000_000)
            return observation
        }
        func plan(
            _ observation: Observation, after previous: Execution?, as definition: AgentDefinition,
            at site: PhaseSite
        )
            async throws
            -> Plan
        { EmbeddedReasoner().plan(observation, after: previous, as: definition, at: site) }
        func reflect(
            on execution: Execution, of observation: Observation, as definition: AgentDefinition, at site: PhaseSite
        )
            async throws -> Reflection
        { EmbeddedReasoner().reflect(on: execution, of: observation, as: definition, at: site) }
    }

    @Test("cancelled while it observes, the turn ends without a plan")
    func duringObserve() async throws {
        var stage = Stage([agent("solo", [.tool("x", "echo"), .answer("r", from: ["x"])])]) { _ in [echo] }
        stage.playground.configuration.reasoner = Slow(time: stage.simulation.time)
        let (result, log) = try await stage.run(cancelAfter: 500, replaying: false)
        #expect(result.outcome == .cancelled(by: "person"))
        #expect(log.all(.planMade).isEmpty)
        #expect(log.all(.turnFinished).count == 1)
    }

    @Test("cancelled while a request waits in an inbox: the step is stopped, the other agent never began")
    func duringDelivery() async throws {
        let busy = agent("busy", [.tool("x", "slow"), .answer("r", from: ["x"])]) { $0.concurrency = 1 }
        let boss = agent(
            "boss", [.delegate("a", "busy"), .delegate("b", "busy"), .answer("r", from: ["a", "b"])],
            delegates: ["busy"])
        for seed in 1...10 as ClosedRange<UInt64> {
            let stage = Stage([boss, busy], seed: seed) { [slow($0, 1000)] }
            let (result, log) = try await stage.run(cancelAfter: 500)
            #expect(result.outcome == .cancelled(by: "person"))
            #expect(log.all(.turnStarted).count == 2)
            #expect(log.all(.turnFinished).count == 2)
            #expect(log.all(.stepFinished).filter { $0.payload["status"] == "cancelled" }.count >= 2)
        }
    }

    @Test("a tool that says in its own words that it was stopped is cancelled all the same, and replays")
    func ownWords() async throws {
        let solo = agent("solo", [.tool("x", "hang"), .answer("r", from: ["x"])])
        let stage = Stage([solo]) { time in
            [
                ClosureTool("hang", .readOnly) { _, _ in
                    do { try await time.sleep(nanoseconds: 1_000_000_000) } catch {
                        throw ToolFailure(OperonError(code: "cancelled", "the statement was stopped"))
                    }
                    return ToolOutput(.null)
                }
            ]
        }
        let (result, log) = try await stage.run(cancelAfter: 500)
        #expect(result.outcome == .cancelled(by: "person"))
        #expect(log.all(.stepFinished).first?.payload["status"] == "cancelled")
    }

    @Test(
        "a tool that fails by a code that recordings reserve has failed, live and in the replay",
        arguments: ["cancelled", "agent_crashed"])
    func reservedCodes(code: String) async throws {
        let solo = agent("solo", [.tool("x", "broken"), .answer("r", from: ["x"])])
        let stage = Stage([solo]) { _ in
            [ClosureTool("broken", .readOnly) { _, _ in throw ToolFailure(OperonError(code: code, "by itself")) }]
        }
        let (result, _) = try await stage.run()
        guard case .failed(let error) = result.outcome else {
            Issue.record("\(String(describing: result.outcome))")
            return
        }
        #expect(error.code == "tool_" + code && error.message == "by itself")
    }

    @Test("cancelled during the delay before another attempt, there is no other attempt")
    func duringBackoff() async throws {
        let flaky = ClosureTool("flaky", .readOnly) { _, _ in
            throw ToolFailure(OperonError(code: "busy", "busy"), isRetryable: true)
        }
        let solo = agent(
            "solo",
            [
                .tool("x", "flaky", retry: .init(attempts: 9, backoffMilliseconds: 10_000)),
                .answer("r", from: ["x"]),
            ])
        var attempts: Set<Int> = []
        for milliseconds in [1, 700, 5_000] {
            let stage = Stage([solo]) { _ in [flaky] }
            let (result, log) = try await stage.run(cancelAfter: milliseconds)
            #expect(result.outcome == .cancelled(by: "person"))
            attempts.insert(log.all(.effectFailed).count)
            #expect(log.all(.stepFinished, at: "t1/execute/x").first?.payload["status"] == "cancelled")
        }
        #expect(attempts.allSatisfy { $0 < 9 })
    }

    @Test("a delegate whose time is up answers with what it has, and the caller goes on")
    func childDeadline() async throws {
        let worker = agent("worker", [.tool("a", "echo"), .tool("b", "hang"), .answer("r", from: ["a", "b"])]) {
            $0.wall = .seconds(5)
        }
        let boss = agent(
            "boss", [.delegate("d", "worker"), .tool("e", "echo", after: ["d"]), .answer("r", from: ["d", "e"])],
            delegates: ["worker"])
        let stage = Stage([boss, worker]) { [echo, slow($0, 100_000_000, name: "hang")] }
        let (result, log) = try await stage.run()
        #expect(result.outcome == .truncated(budget: "wall"))
        #expect(result.answer == ["d": ["a": [:], "b": nil], "e": [:]])
        let child = try #require(log.all(.turnFinished, at: "t1/execute/d/a1").first)
        #expect(child.payload["stopped"] == "deadline")
        #expect(log.all(.turnFinished, at: "t1").first?.payload["stopped"] == nil)
    }

    @Test("a turn whose time is up and which failed before still replays")
    func lateAndFailed() async throws {
        let broken = ClosureTool("broken") { _, _ in throw ToolFailure(OperonError(code: "no", "no")) }
        let solo = agent(
            "solo",
            [.tool("a", "broken"), .tool("b", "hang"), .tool("c", "echo", after: ["b"]), .answer("r", from: ["a"])])
        let stage = Stage([solo]) { [broken, echo, slow($0, 100_000_000, name: "hang")] }
        guard case .failed(let error) = try await stage.run().result.outcome else {
            Issue.record("did not fail")
            return
        }
        #expect(error.code == "no")
    }

    @Test("a tool that throws CancellationError on its own has crashed; nobody cancelled the turn")
    func ownCancellation() async throws {
        let odd = ClosureTool("broken") { _, _ in throw CancellationError() }
        let solo = agent("solo", [.tool("a", "broken", onError: .degrade), .answer("r", from: ["a"])])
        let stage = Stage([solo]) { _ in [odd] }
        guard case .degraded = try await stage.run().result.outcome else {
            Issue.record("not degraded")
            return
        }
    }

    @Test("a message that comes too late leaves no trace and takes no number")
    func tooLate() async throws {
        let stage = Stage([agent("solo", [.answer("r", from: [])])]) { _ in [] }
        let session = stage.playground.live()
        try await session.open()
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await session.ask([:])
        }
        #expect(try await late.value.outcome == .cancelled(by: "caller"))
        _ = try await session.ask([:])
        try await session.close()
        let log = session.log.envelopes(after: 0)
        #expect(log.all(.messageReceived).map(\.path) == ["t1"])
        try await stage.replays(log)
    }

    @Test("killed while it was being stopped, the run goes on stopping for the same reason, from any record")
    func killedWhileStopping() async throws {
        let worker = agent("worker", [.tool("a", "hang"), .answer("r", from: ["a"])])
        let boss = agent(
            "boss", [.delegate("d", "worker"), .tool("b", "hang"), .answer("r", from: ["d", "b"])],
            delegates: ["worker"])
        let stage = Stage([boss, worker]) { [slow($0, 100_000_000, name: "hang")] }
        let (_, log) = try await stage.run(cancelAfter: 100)
        let stop = try #require(log.firstIndex { $0.kind == .log })
        let end = try #require(log.lastIndex { $0.kind == .turnFinished })
        for length in (stop + 1)...end {
            let (result, whole) = try await stage.resume(Array(log.prefix(length)))
            #expect(result?.outcome == .cancelled(by: "person"), "after record \(length)")
            #expect(whole.all(.turnFinished, at: "t1").count == 1)
            #expect(whole.all(.effectRequested).count == log.all(.effectRequested).count)
        }
    }
}
