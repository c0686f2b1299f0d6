import AgentRuntime
import MessageBus
import Services
import Support
import Testing
import Values

@Suite("A turn")
struct TurnTests {
    let echo = ClosureTool("echo") { arguments, _ in ToolOutput(arguments) }

    func definition(_ steps: [PlaybookStep], _ name: String = "solo", limits: AgentLimits = AgentLimits())
        -> AgentDefinition
    {
        AgentDefinition(
            name: name, title: name, tools: ["echo", "count", "slow", "broken"], delegates: ["helper"],
            limits: limits,
            playbook: Playbook(steps: steps))
    }

    @Test("runs three tools beside each other and answers with their results")
    func parallel() async throws {
        let agent = definition([
            .tool("a", "echo", .literal(["n": 1])), .tool("b", "echo", .literal(["n": 2])),
            .tool("c", "echo", .literal(["n": 3])), .answer("reply", from: ["a", "b", "c"]),
        ])
        let (result, envelopes) = try await Playground([agent], tools: [echo]).run()
        #expect(result.outcome == .completed)
        #expect(result.answer == ["a": ["n": 1], "b": ["n": 2], "c": ["n": 3]])
        #expect(envelopes.filter { $0.kind == .turnFinished }.count == 1)
        #expect(
            envelopes.filter { $0.kind == .phaseEntered }.map { $0.payload["phase"]?.string } == [
                "observe", "plan", "execute", "reflect",
            ])
    }

    @Test("replays to the same proof without calling a tool")
    func replay() async throws {
        let tally = Tally()
        let count = ClosureTool("count", .readOnly) { _, _ in ToolOutput(.int(tally.add("count"))) }
        let helper = definition([.tool("x", "count"), .answer("reply", from: ["x"])], "helper")
        let agent = definition([
            .delegate("d", "helper"), .tool("a", "count"), .answer("reply", from: ["a", "d"]),
        ])
        let playground = Playground([agent, helper], tools: [count])
        let (_, envelopes) = try await playground.run()
        #expect(tally["count"] == 2)
        let report = try await Replay.run(envelopes, playground.configuration)
        #expect(report.divergence == nil)
        #expect(tally["count"] == 2)
        #expect(difference(proof(of: report.envelopes), proof(of: envelopes)) == nil)
    }

    @Test("goes on from any record to the same proof, and repeats no completed effect")
    func resumeAnywhere() async throws {
        let helper = definition([.tool("x", "echo", .literal(["x": 1])), .answer("reply", from: ["x"])], "helper")
        let agent = definition([
            .tool("a", "echo", .literal(["n": 1])), .delegate("d", "helper"),
            .tool("b", "echo", .object([.init("v", .expression(.reference(root: "d", path: [])))])),
            .answer("reply", from: ["a", "b", "d"]),
        ])
        let playground = Playground([agent, helper], tools: [echo], time: ManualTime())
        let (_, whole) = try await playground.run()
        for length in 2..<whole.count {
            let session = playground.resuming(Array(whole.prefix(length)))
            await session.restore()
            if try await session.resume() == nil, Session.openTurn(in: session.log.envelopes(after: 0)) == nil,
                !whole.prefix(length).contains(where: { $0.kind == .messageReceived })
            {
                continue
            }
            try await session.close()
            #expect(
                difference(proof(of: session.log.envelopes(after: 0)), proof(of: whole)) == nil,
                "after record \(length)")
        }
    }

    @Test("keeps the results of siblings when one branch fails and the playbook allows it")
    func failingBranch() async throws {
        let broken = ClosureTool("broken") { _, _ in throw ToolFailure(OperonError(code: "no", "it is broken")) }
        let agent = definition([
            .tool("a", "echo", .literal(["n": 1])), .tool("b", "broken", onError: .degrade),
            .answer("reply", from: ["a", "b"]),
        ])
        let (result, _) = try await Playground([agent], tools: [echo, broken]).run()
        #expect(result.outcome == .degraded(reasons: ["b: it is broken"]))
        #expect(result.answer == ["a": ["n": 1], "b": nil])
    }

    @Test("cancelled while a tool runs: closes everything that was opened, once")
    func cancel() async throws {
        let time = ManualTime()
        let slow = ClosureTool("slow") { _, _ in
            try await time.sleep(nanoseconds: 5_000_000_000)
            return ToolOutput(.null)
        }
        let agent = definition([.tool("a", "slow"), .tool("b", "slow"), .answer("reply", from: ["a"])])
        let playground = Playground([agent], tools: [slow], time: time)
        let session = playground.live()
        try await session.open()
        let control = RunControl()
        async let result = session.ask([:], control: control)
        await time.waitForSleepers(3)
        control.interrupt(.cancelled(by: "person"))
        #expect(try await result.outcome == .cancelled(by: "person"))
        try await session.close()
        let envelopes = session.log.envelopes(after: 0)
        #expect(envelopes.filter { $0.kind == .turnFinished }.count == 1)
        let report = try await Replay.run(envelopes, playground.configuration)
        #expect(report.divergence == nil, "\(report.divergence?.description ?? "")")
        #expect(difference(proof(of: report.envelopes), proof(of: envelopes)) == nil)
    }

    @Test("answers with what it has when its time is up")
    func deadline() async throws {
        let time = ManualTime()
        let slow = ClosureTool("slow") { _, _ in
            try await time.sleep(nanoseconds: 500_000_000_000)
            return ToolOutput(.null)
        }
        let agent = definition([
            .tool("a", "echo", .literal(["n": 1])), .tool("b", "slow"), .answer("reply", from: ["a", "b"]),
        ])
        let playground = Playground([agent], tools: [echo, slow], time: time)
        let session = playground.live()
        try await session.open()
        async let result = session.ask([:])
        await time.waitForSleepers(2)
        time.advance(nanoseconds: 60_000_000_000)
        let got = try await result
        #expect(got.outcome == .truncated(budget: "wall"))
        #expect(got.answer == ["a": ["n": 1], "b": nil])
        let report = try await Replay.run(session.log.envelopes(after: 0), playground.configuration)
        #expect(report.divergence == nil, "\(report.divergence?.description ?? "")")
    }

    @Test("a limit on calls truncates in declared order and still answers")
    func budget() async throws {
        var limits = AgentLimits()
        limits.calls = 2
        let agent = definition(
            [
                .tool("a", "echo", .literal(["n": 1])), .tool("b", "echo", .literal(["n": 2])),
                .tool("c", "echo", .literal(["n": 3])), .answer("reply", from: ["a", "b", "c"]),
            ], limits: limits)
        let (result, _) = try await Playground([agent], tools: [echo]).run()
        #expect(result.outcome == .truncated(budget: "calls"))
        #expect(result.answer == ["a": ["n": 1], "b": ["n": 2], "c": nil])
    }

    @Test("an unsafe effect of unknown fate waits for a person's decision")
    func unsafeEffect() async throws {
        let tally = Tally()
        let deed = ClosureTool("count", .unsafe) { _, _ in ToolOutput(.int(tally.add("deed"))) }
        let agent = definition([.tool("a", "count"), .answer("reply", from: ["a"])])
        let playground = Playground([agent], tools: [deed], time: ManualTime())
        let (_, whole) = try await playground.run()
        let cut = whole.firstIndex { $0.kind == .effectRequested && $0.payload["name"] == "count" }!
        let history = Array(whole[...cut])
        let suspended = playground.resuming(history)
        await suspended.restore()
        let result = try #require(try await suspended.resume())
        #expect(result.outcome == nil)
        #expect(result.suspension?.reason == .unsafeEffect)
        #expect(tally["deed"] == 1)
        let path = try #require(result.suspension?.path)
        let decided = playground.resuming(
            suspended.log.envelopes(after: 0), decisions: [path: .result(.int(1))])
        await decided.restore()
        #expect(try await decided.resume()?.outcome == .completed)
        try await decided.close()
        #expect(tally["deed"] == 1)
        #expect(difference(proof(of: decided.log.envelopes(after: 0)), proof(of: whole)) == nil)
    }
}
