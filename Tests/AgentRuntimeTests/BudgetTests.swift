import Support
import Testing
import Values

@testable import AgentRuntime

@Suite("Budgets")
struct BudgetTests {
    /// A random dataflow of up to nine steps, some of them answers.
    static func graph(_ random: inout SeededRandom) -> (dependencies: [[Int]], costs: [Bool]) {
        let count = 1 + random.below(9)
        var dependencies: [[Int]] = []
        for number in 0..<count {
            dependencies.append((0..<number).filter { _ in random.chance(0.3) })
        }
        return (dependencies, (0..<count).map { _ in !random.chance(0.1) })
    }

    @Test("whatever the graph and whatever the steps use, they never use more than there is", arguments: 0..<8)
    func never(part: Int) {
        var random = SeededRandom(seed: UInt64(part))
        for _ in 0..<2_000 {
            let (dependencies, costs) = Self.graph(&random)
            let running = random.chance(0.3) ? costs.map { _ in random.chance(0.6) } : nil
            let flow = BudgetFlow(dependencies: dependencies, costs: costs, running: running)
            let limit = random.below(30)
            var known = [Usage?](repeating: nil, count: costs.count)
            var used = [Usage](repeating: Usage(), count: costs.count)
            for number in costs.indices where running?[number] ?? true {
                let pool = flow.pool(
                    of: number, remaining: Usage(calls: limit), used: { used[$0] }, known: &known)
                if costs[number] { used[number] = Usage(calls: random.below(pool.calls + 1)) }
            }
            #expect(used.reduce(0) { $0 + $1.calls } <= limit, "\(dependencies) \(costs)")
        }
    }

    @Test("as many calls as steps are enough for one call each", arguments: 0..<8)
    func enough(part: Int) {
        var random = SeededRandom(seed: UInt64(100 + part))
        for _ in 0..<2_000 {
            let (dependencies, costs) = Self.graph(&random)
            let flow = BudgetFlow(dependencies: dependencies, costs: costs)
            let limit = costs.count { $0 }
            var known = [Usage?](repeating: nil, count: costs.count)
            for number in costs.indices where costs[number] {
                let pool = flow.pool(
                    of: number, remaining: Usage(calls: limit), used: { Usage(calls: costs[$0] ? 1 : 0) },
                    known: &known)
                #expect(pool.calls >= 1, "step \(number) of \(dependencies) \(costs)")
            }
        }
    }

    @Test("too little is given in declared order, and no limit stays no limit")
    func order() {
        let flow = BudgetFlow(dependencies: [[], [], []], costs: [true, true, true])
        func shares(_ limit: Usage) -> [Int] {
            (0..<3).map { number in
                var known = [Usage?](repeating: nil, count: 3)
                return flow.pool(of: number, remaining: limit, used: { _ in Usage() }, known: &known).calls
            }
        }
        #expect(shares(Usage(calls: 2)) == [1, 1, 0])
        #expect(shares(Usage(calls: 8)) == [3, 3, 2])
        #expect(shares(.unlimited) == [.max, .max, .max])
    }

    @Test("a budget is warned of once, at 80 %")
    func warning() async throws {
        let names = (1...10).map { "s\($0)" }
        var steps: [PlaybookStep] = []
        for (number, name) in names.enumerated() {
            steps.append(.tool(name, "echo", after: number == 0 ? [] : [names[number - 1]]))
        }
        steps.append(.answer("r", from: names))
        let solo = agent("solo", steps) { $0.calls = 10 }
        let (result, log) = try await Stage([solo]) { _ in [echo] }.run()
        #expect(result.outcome == .completed)
        #expect(log.all(.budgetWarned).map(\.payload) == [["budget": "calls", "used": 8, "limit": 10]])
    }

    @Test("what a failed delegate used is used")
    func failedDelegate() async throws {
        let worker = agent(
            "worker", [.tool("a", "echo"), .tool("b", "broken", after: ["a"]), .answer("r", from: [])])
        let boss = agent(
            "boss", [.delegate("d", "worker", onError: .continue), .answer("r", from: ["d"])], delegates: ["worker"]
        )
        let broken = ClosureTool("broken") { _, _ in throw ToolFailure(OperonError(code: "no", "no")) }
        let (result, _) = try await Stage([boss, worker]) { _ in [echo, broken] }.run()
        #expect(result.usage.calls == 3)
    }

    @Test("a limit that cuts a round still gives an answer, marked as truncated", arguments: ["steps", "calls"])
    func truncated(budget: String) async throws {
        let steps: [PlaybookStep] = [
            .tool("a", "echo", .literal(["n": 1])), .tool("b", "echo", after: ["a"]),
            .tool("c", "echo", after: ["b"]), .answer("r", from: ["a", "b", "c"]),
        ]
        let solo = agent("solo", steps) { if budget == "steps" { $0.steps = 2 } else { $0.calls = 2 } }
        let result = try await Stage([solo]) { _ in [echo] }.run().result
        #expect(result.outcome == .truncated(budget: budget))
        #expect(result.answer == ["a": ["n": 1], "b": [:], "c": nil])
    }
}
