import AgentRuntime
import Services
import Support
import Testing
import Values

@Suite("Supervision")
struct SupervisionTests {
    let worker = agent("worker", [.tool("x", "crash"), .answer("reply", from: ["x"])]) {
        $0.restarts = 2
        $0.concurrency = 1
    }

    @Test("crashes within the window are answered by as many restarts as allowed, one more stops the agent")
    func crashes() async throws {
        let boss = agent(
            "boss",
            [
                .delegate("d", "worker", retry: .init(attempts: 5, backoffMilliseconds: 1), onError: .degrade),
                .answer("reply", from: ["d"]),
            ], delegates: ["worker"])
        let stage = Stage([boss, worker]) { _ in [crash] }
        let (result, log) = try await stage.run()
        let restarts = log.all(.agentRestarted)
        #expect(restarts.map { $0.payload["restart"]?.int } == [1, 2, nil])
        #expect(restarts.map { $0.payload["delay_ms"]?.int } == [100, 200, nil])
        #expect(restarts.last?.payload["stopped"] == true)
        #expect(log.all(.effectRequested).filter { $0.payload["name"] == "crash" }.count == 3)
        #expect(
            log.all(.effectFailed).filter { $0.payload["effect"] == "delivery" }
                .map { $0.payload["error"]?["code"]?.string } == ["agent_stopped"])
        // The delays of the restarts are waited out before the next turn is taken.
        let starts = log.all(.turnStarted).filter { $0.sender == "worker" }.map(\.at.microseconds)
        #expect(starts[1] - starts[0] >= 100_000)
        #expect(starts[2] - starts[1] >= 200_000)
        guard case .degraded = result.outcome else {
            Issue.record("\(result)")
            return
        }
    }

    @Test("crashes further apart than the window never stop the agent")
    func window() async throws {
        let boss = agent(
            "boss",
            (1...6).flatMap { number -> [PlaybookStep] in
                [
                    .delegate(
                        "d\(number)", "worker", after: number == 1 ? [] : ["w\(number - 1)"], onError: .continue),
                    .tool("w\(number)", "slow", after: ["d\(number)"]),
                ]
            } + [.answer("reply", from: ["w6"])], delegates: ["worker"]
        ) { $0.wall = .seconds(600) }
        let stage = Stage([boss, worker]) { [crash, slow($0, 6_000)] }
        let (result, log) = try await stage.run()
        #expect(result.outcome == .completed)
        #expect(log.all(.agentRestarted).allSatisfy { $0.payload["stopped"] == nil })
        #expect(log.all(.agentRestarted).count == 6)
    }

    @Test("a crashing delegate does not touch its siblings")
    func siblings() async throws {
        let good = agent("good", [.tool("x", "slow"), .answer("reply", from: ["x"])])
        let boss = agent(
            "boss",
            [
                .delegate("bad", "worker", onError: .degrade), .delegate("good", "good"),
                .tool("own", "echo", .literal(["n": 1])), .answer("reply", from: ["bad", "good", "own"]),
            ], delegates: ["worker", "good"])
        let stage = Stage([boss, worker, good]) { [crash, slow($0, 50), echo] }
        let (result, _) = try await stage.run()
        #expect(result.answer == ["bad": nil, "good": ["x": ["slept": 50]], "own": ["n": 1]])
    }

    @Test("a request that finds the inbox full is recorded as refused, and replays")
    func full() async throws {
        let busy = agent("busy", [.tool("x", "slow"), .answer("reply", from: ["x"])]) {
            $0.concurrency = 1
            $0.inbox = 1
        }
        let boss = agent(
            "boss",
            (1...4).map { .delegate("d\($0)", "busy", onError: .degrade) }
                + [.answer("reply", from: ["d1", "d2", "d3", "d4"])], delegates: ["busy"])
        for seed in 1...20 as ClosedRange<UInt64> {
            let stage = Stage([boss, busy], seed: seed) { [slow($0, 50)] }
            let (_, log) = try await stage.run()
            let refused = log.all(.effectFailed).filter { $0.payload["error"]?["code"] == "mailbox_full" }
            #expect(refused.count == 2)
            #expect(log.all(.turnFinished).filter { $0.sender == "busy" }.count == 2)
        }
    }

    @Test("a refused request is worth another attempt")
    func retryAfterFull() async throws {
        let busy = agent("busy", [.tool("x", "slow"), .answer("reply", from: ["x"])]) {
            $0.concurrency = 1
            $0.inbox = 0
        }
        let retry = PlaybookStep.Retry(attempts: 8, backoffMilliseconds: 40)
        let boss = agent(
            "boss",
            [
                .delegate("a", "busy", retry: retry), .delegate("b", "busy", retry: retry),
                .answer("reply", from: ["a", "b"]),
            ], delegates: ["busy"])
        let stage = Stage([boss, busy]) { [slow($0, 50)] }
        #expect(try await stage.run().result.outcome == .completed)
    }

    @Test("a root agent that was stopped refuses the next turn, with one terminal event")
    func stoppedRoot() async throws {
        var root = worker
        root.limits.restarts = 0
        let stage = Stage([root]) { _ in [crash] }
        let (result, log) = try await stage.run(turns: 2)
        guard case .failed(let error) = result.outcome else {
            Issue.record("\(result)")
            return
        }
        #expect(error.code == "agent_stopped")
        #expect(log.all(.turnFinished, at: "t2").count == 1)
    }
}
