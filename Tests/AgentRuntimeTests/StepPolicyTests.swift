import AgentRuntime
import Services
import Support
import Testing
import Values

@Suite("Retries, timeouts, checks and rounds")
struct StepPolicyTests {
    /// Fails `times` times, then gives how often it was called.
    func flaky(_ times: Int, _ tally: Tally, retryable: Bool = true) -> ClosureTool {
        ClosureTool("flaky", .readOnly) { _, _ in
            let count = tally.add("flaky")
            if count <= times {
                throw ToolFailure(OperonError(code: "busy", "call \(count) failed"), isRetryable: retryable)
            }
            return ToolOutput(["n": .int(count)])
        }
    }

    @Test("a retryable failure is tried again after a growing delay, up to the last attempt")
    func retries() async throws {
        let tally = Tally()
        let solo = agent(
            "solo",
            [.tool("x", "flaky", retry: .init(attempts: 3, backoffMilliseconds: 100)), .answer("r", from: ["x"])])
        let (result, log) = try await Stage([solo]) { _ in [flaky(2, tally)] }.run()
        #expect(result.answer == ["x": ["n": 3]])
        let asked = log.all(.effectRequested).filter { $0.payload["name"] == "flaky" }
        #expect(asked.map(\.path) == ["a1", "a2", "a3"].map { "t1/execute/x/\($0)" })
        for (earlier, later, ceiling) in [(0, 1, 100_000), (1, 2, 200_000)] {
            let waited = asked[later].at.microseconds - asked[earlier].at.microseconds
            #expect(waited >= 0 && waited <= ceiling)
        }
    }

    @Test("a failure that says it is final is not tried again, unless the playbook names its code")
    func final() async throws {
        let solo = { (codes: [String]) in
            agent(
                "solo",
                [.tool("x", "flaky", retry: .init(attempts: 3, codes: codes)), .answer("r", from: ["x"])])
        }
        let tally = Tally()
        _ = try await Stage([solo([])]) { _ in [flaky(9, tally, retryable: false)] }.run()
        #expect(tally["flaky"] == 1)
        let named = Tally()
        _ = try await Stage([solo(["busy"])]) { _ in [flaky(9, named, retryable: false)] }.run()
        #expect(named["flaky"] == 3)
    }

    @Test("an attempt that takes too long fails as timeout and is tried again")
    func timeout() async throws {
        let solo = agent(
            "solo",
            [
                .tool(
                    "x", "slow", retry: .init(attempts: 2, backoffMilliseconds: 1), timeout: 40, onError: .degrade),
                .answer("r", from: ["x"]),
            ])
        let (result, log) = try await Stage([solo]) { [slow($0, 50)] }.run()
        #expect(log.all(.effectFailed).map { $0.payload["error"]?["code"] } == ["timeout", "timeout"])
        #expect(result.outcome == .degraded(reasons: ["x: tool slow took longer than 40 ms"]))
    }

    @Test(
        "an unsafe call of which nobody knows whether it was done is never tried again", arguments: [true, false])
    func unsafeIsNotRetried(hangs: Bool) async throws {
        let tally = Tally()
        let retry = PlaybookStep.Retry(
            attempts: 3, backoffMilliseconds: 1, codes: ["timeout", "effect_unknown", "agent_crashed"])
        let solo = agent(
            "solo",
            [.tool("x", "deed", retry: retry, timeout: 40, onError: .degrade), .answer("r", from: ["x"])])
        let stage = Stage([solo]) { time in
            [
                ClosureTool("deed", .unsafe) { _, _ in
                    tally.add("deed")
                    if !hangs { throw Broken() }
                    try await time.sleep(nanoseconds: 1_000_000_000)
                    return ToolOutput(.null)
                }
            ]
        }
        let (_, log) = try await stage.run()
        #expect(tally["deed"] == 1)
        #expect(log.all(.effectFailed).map { $0.payload["error"]?["code"] } == ["effect_unknown"])
    }

    @Test("a delegate that did something unsafe before it crashed is not asked again")
    func unsafeDelegateIsNotRetried() async throws {
        let tally = Tally()
        let deed = ClosureTool("deed", .unsafe) { _, _ in ToolOutput(.int(tally.add("deed"))) }
        let worker = agent(
            "worker", [.tool("x", "deed"), .tool("y", "crash", after: ["x"]), .answer("r", from: ["x"])])
        let boss = agent(
            "boss",
            [
                .delegate("d", "worker", retry: .init(attempts: 3, backoffMilliseconds: 1), onError: .degrade),
                .answer("r", from: ["d"]),
            ], delegates: ["worker"])
        _ = try await Stage([boss, worker]) { _ in [deed, crash] }.run()
        #expect(tally["deed"] == 1)
    }

    @Test("a question that nobody answers in time fails as timeout")
    func askTimeout() async throws {
        let ask = PlaybookStep(
            id: "q", action: .ask(question: .literal("Well?"), options: .literal([])), timeoutMilliseconds: 100,
            onError: .degrade)
        struct Sleepy: Person {
            let time: ManualTime
            func answer(_ question: Suspension) async throws -> JSON? {
                try await time.sleep(nanoseconds: 10_000_000_000)
                return "yes"
            }
        }
        var stage = Stage([agent("solo", [ask, .answer("r", from: ["q"])])]) { _ in [] }
        stage.playground.configuration.person = Sleepy(time: stage.simulation.time)
        #expect(try await stage.run().result.outcome == .degraded(reasons: ["q: ask took longer than 100 ms"]))
    }

    /// An agent whose check compares what `count` gives with 3.
    func counting(_ remedy: Check.Remedy, rounds: Int = 5) -> AgentDefinition {
        var solo = agent("solo", [.tool("n", "count"), .tool("once", "echo"), .answer("r", from: ["n", "once"])]) {
            $0.rounds = rounds
        }
        solo.checks = [
            Check(
                name: "enough",
                condition: .binary(.greaterOrEqual, .reference(root: "n", path: []), .literal(3)), remedy: remedy,
                message: .literal("not enough"))
        ]
        return solo
    }

    func outcome(_ remedy: Check.Remedy, rounds: Int = 5) async throws -> (Outcome?, Int) {
        let tally = Tally()
        let count = ClosureTool("count", .readOnly) { _, _ in ToolOutput(.int(tally.add("count"))) }
        let result = try await Stage([counting(remedy, rounds: rounds)]) { _ in [count, echo] }.run().result
        return (result.outcome, tally["count"])
    }

    @Test("a failed check runs its steps again, asks, degrades or fails, as declared")
    func checks() async throws {
        #expect(try await outcome(.again(steps: ["n"])) == (.completed, 3))
        #expect(try await outcome(.ask).0 == .awaiting(question: "not enough"))
        #expect(try await outcome(.degrade).0 == .degraded(reasons: ["not enough"]))
        for (remedy, rounds) in [(Check.Remedy.fail, 5), (.again(steps: ["n"]), 2)] {
            guard case (.failed(let error), _) = try await outcome(remedy, rounds: rounds) else {
                Issue.record("did not fail")
                continue
            }
            #expect(error.code == "check_failed")
        }
    }

    @Test("an agent that goes round in circles is stopped")
    func loop() async throws {
        var solo = counting(.again(steps: ["n"]))
        solo.playbook.steps[0] = .tool("n", "echo", .literal([:]))
        let result = try await Stage([solo]) { _ in [echo] }.run().result
        guard case .failed(let error) = result.outcome else {
            Issue.record("\(result)")
            return
        }
        #expect(error.code == "loop_detected")
    }

    @Test("elements that fail become null, and say so when the step asks for it")
    func forEachDegrades() async throws {
        let picky = ClosureTool("broken", .pure) { arguments, _ in
            guard arguments["n"] != 2 else { throw ToolFailure(OperonError(code: "no", "not 2")) }
            return ToolOutput(arguments["n"] ?? .null)
        }
        let item = Template.object([.init("n", .expression(.reference(root: "item", path: [])))])
        let steps: [PlaybookStep] = [
            .tool("x", "broken", item, forEach: .init(list: .literal([1, 2, 3])), onError: .degrade),
            .answer("r", from: ["x"]),
        ]
        let result = try await Stage([agent("solo", steps)]) { _ in [picky] }.run().result
        #expect(result.answer == ["x": [1, nil, 3]])
        #expect(result.outcome == .degraded(reasons: ["x, element 2: not 2"]))
    }
}
