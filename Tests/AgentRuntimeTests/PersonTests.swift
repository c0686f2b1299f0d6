import AgentRuntime
import Services
import Support
import Testing
import Values

@Suite("A person")
struct PersonTests {
    struct Polite: Person {
        let time: ManualTime
        func answer(_ question: Suspension) async throws -> JSON? {
            try await time.sleep(nanoseconds: 1_000_000)
            return .string("You asked: \(question.question)")
        }
    }

    static func ask(_ id: String, timeout: Int? = nil) -> PlaybookStep {
        PlaybookStep(
            id: id, action: .ask(question: .literal("Which year?"), options: .literal(["2024", "2025"])),
            timeoutMilliseconds: timeout)
    }
    let asker = agent("asker", [Self.ask("q"), .tool("x", "slow"), .answer("r", from: ["q", "x"])])
    var boss: AgentDefinition {
        agent(
            "boss", [.delegate("d", "asker"), .tool("y", "echo"), .answer("r", from: ["d", "y"])],
            delegates: ["asker"])
    }

    @Test("who is there is asked, and the answer is on the log")
    func answers() async throws {
        var stage = Stage([asker]) { [slow($0, 5)] }
        stage.playground.configuration.person = Polite(time: stage.simulation.time)
        let (result, log) = try await stage.run()
        #expect(result.answer["q"] == ["answer": "You asked: Which year?"])
        #expect(log.all(.questionAsked).count == 1)
    }

    @Test("nobody there: the turn is suspended, replays as far as it went, and goes on with a decision")
    func suspended() async throws {
        let stage = Stage([boss, asker]) { [slow($0, 5), echo] }
        let (result, log) = try await stage.run()
        #expect(result.outcome == nil)
        let suspension = try #require(result.suspension)
        #expect(suspension.options == ["2024", "2025"])
        #expect(log.all(.turnFinished).isEmpty)
        let (again, same) = try await stage.resume(log)
        #expect(again?.suspension == suspension)
        #expect(proof(of: same) == proof(of: log))
        let (end, whole) = try await stage.resume(log, decisions: [suspension.path: .result("2025")])
        #expect(end?.outcome == .completed)
        #expect(end?.answer == ["d": ["q": ["answer": "2025"], "x": ["slept": 5]], "y": [:]])
        #expect(whole.all(.turnFinished).count == 2)
    }

    @Test("a question can be given up; the step fails")
    func abandoned() async throws {
        let stage = Stage([asker]) { [slow($0, 5)] }
        let (result, log) = try await stage.run()
        let path = try #require(result.suspension?.path)
        let (end, _) = try await stage.resume(log, decisions: [path: .abandon])
        guard case .failed(let error) = end?.outcome else {
            Issue.record("\(String(describing: end))")
            return
        }
        #expect(error.code == "effect_abandoned")
    }

    @Test("stopped while a question waits and a sibling works: everything that was opened is closed, once")
    func cancelledAround() async throws {
        var slower = asker
        slower.playbook.steps[1] = .tool("x", "hang")
        let stage = Stage([boss, slower]) { [slow($0, 100_000_000, name: "hang"), echo] }
        let (result, log) = try await stage.run(cancelAfter: 1000)
        #expect(result.outcome == .cancelled(by: "person"))
        #expect(LogChecks.closed(log) == [])
        #expect(LogChecks.nested(log) == [])
    }

    @Test("a suspended turn can be cancelled")
    func cancelledLater() async throws {
        let stage = Stage([boss, asker]) { [slow($0, 5), echo] }
        let (_, log) = try await stage.run()
        let (end, whole) = try await stage.resume(log, cancelled: true)
        #expect(end?.outcome == .cancelled(by: "person"))
        #expect(LogChecks.closed(whole) == [])
    }

    @Test("the time of a delegate that waits for a person runs out: it answers with what it has")
    func deadlineAround() async throws {
        var late = asker
        late.limits.wall = .seconds(3)
        late.playbook.steps[1] = .tool("x", "hang")
        let stage = Stage([boss, late]) { [slow($0, 100_000_000, name: "hang"), echo] }
        let (result, log) = try await stage.run()
        #expect(result.outcome == .truncated(budget: "wall"))
        #expect(LogChecks.closed(log) == [])
        #expect(result.answer == ["d": ["q": nil, "x": nil], "y": [:]])
    }
}
