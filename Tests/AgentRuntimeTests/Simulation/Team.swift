import AgentRuntime
import Support
import Values

/// A random team: playbooks that use everything that the playbook language has, and limits that hurt.
struct Team {
    var definitions: [AgentDefinition]
    var budget: Usage = .unlimited

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed).split("team")
        let leaves = ["leaf_one", "leaf_two"]
        let middles = ["middle_one", "middle_two"]
        let small = random.chance(0.3)
        definitions = [Self.agent("boss", &random, delegates: middles + leaves, small: small)]
        for name in middles { definitions.append(Self.agent(name, &random, delegates: leaves, small: small)) }
        for name in leaves { definitions.append(Self.agent(name, &random, delegates: [], small: small)) }
        if random.chance(0.15) {
            budget.calls = 1 + random.below(12)
            budget.steps = 1 + random.below(15)
        }
    }

    private static func agent(
        _ name: String, _ random: inout SeededRandom, delegates: [String], small: Bool
    ) -> AgentDefinition {
        var limits = AgentLimits()
        if small && random.chance(0.6) {
            limits.steps = 1 + random.below(8)
            limits.calls = 1 + random.below(8)
            limits.rows = random.below(50)
        }
        limits.rounds = 1 + random.below(3)
        limits.concurrency = 1 + random.below(2)
        limits.inbox = random.chance(0.3) ? random.below(2) : 8
        limits.restarts = random.below(3)
        limits.wall = .milliseconds([400, 2001, 9001, 60_001][random.below(4)])
        var steps: [PlaybookStep] = []
        for number in 0..<(1 + random.below(delegates.isEmpty ? 3 : 5)) {
            steps.append(step(number, steps.map(\.id), &random, delegates))
        }
        let ids = steps.map(\.id)
        if random.chance(0.2) {
            steps.append(
                .answer(
                    "sorry", from: [ids[0]], outcome: random.chance(0.5) ? .degraded : .awaiting,
                    when: .call(.failed, [.reference(root: ids[0], path: [])])))
        }
        if !random.chance(0.03) { steps.append(.answer("reply", from: ids)) }
        var definition = AgentDefinition(
            name: name, title: name, tools: ["look", "calc", "put", "deed"], delegates: delegates, limits: limits,
            playbook: Playbook(steps: steps))
        if random.chance(0.3) { definition.checks = [check(ids, &random)] }
        return definition
    }

    private static func check(_ ids: [String], _ random: inout SeededRandom) -> Check {
        let id = ids[random.below(ids.count)]
        let again = random.chance(0.6)
        let value = Expression.reference(root: id, path: [.member("v")])
        return Check(
            name: "check", condition: .binary(.greater, .call(.default, [value, .literal(1)]), .literal(0)),
            remedy: again ? .again(steps: [id]) : [.ask, .degrade, .fail][random.below(3)],
            message: .text([.text("v of \(id) is "), .expression(value)]))
    }

    private static func step(
        _ number: Int, _ earlier: [String], _ random: inout SeededRandom, _ delegates: [String]
    ) -> PlaybookStep {
        let id = "s\(number + 1)"
        var members: [Template.Member] = [
            .init("n", .literal(.int(number))), .init("round", .expression(.reference(root: "round", path: []))),
        ]
        if let other = earlier.randomElement(using: &random), random.chance(0.5) {
            let reference = Expression.reference(root: other, path: random.chance(0.5) ? [.member("v")] : [])
            members.append(
                .init(
                    "x",
                    .expression(random.chance(0.5) ? reference : .call(.default, [reference, .literal(nil)]))))
        }
        var step: PlaybookStep
        let draw = random.unit()
        if draw < 0.42, !delegates.isEmpty {
            step = .delegate(id, delegates[random.below(delegates.count)], .object(members))
        } else if draw < 0.48 {
            step = PlaybookStep(
                id: id,
                action: .ask(question: .literal(.string("May I? (\(id))")), options: .literal(["yes", "no"])))
        } else {
            step = .tool(id, ["look", "look", "calc", "put", "deed"][random.below(5)], .object(members))
        }
        if let other = earlier.randomElement(using: &random), random.chance(0.2) {
            step.condition = .binary(
                .less, .call(.default, [.reference(root: other, path: [.member("v")]), .literal(0)]), .literal(3))
        }
        if random.chance(0.25) {
            let literal = Expression.literal(.array((0..<random.below(4)).map { .int($0) }))
            var list = literal
            if let other = earlier.randomElement(using: &random), random.chance(0.5) {
                list = .call(.default, [.reference(root: other, path: [.member("list")]), literal])
            }
            step.forEach = .init(list: list, limit: 1 + random.below(4))
        }
        if let other = earlier.randomElement(using: &random), random.chance(0.15) { step.after = [other] }
        if random.chance(0.5) {
            step.retry = .init(attempts: 1 + random.below(3), backoffMilliseconds: 1 + random.below(100))
        }
        if random.chance(0.3) { step.timeoutMilliseconds = 2 * (5 + random.below(300)) }
        step.onError = [.fail, .continue, .degrade, .degrade][random.below(4)]
        return step
    }
}
