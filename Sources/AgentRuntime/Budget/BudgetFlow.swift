internal import Values

/// How what a turn has left is divided among the steps of a round: it flows along the dataflow.
///
/// What there is enters at the steps that wait for nobody. A step may use all that reaches it; what it leaves goes to
/// the steps that wait for it. Nothing is given twice, so the steps together never use more than there is; and what
/// reaches a step depends on the steps before it only, so it does not depend on who is faster beside it.
///
/// Each step has a claim: one unit for itself and the claims of the steps that it is *guardian* of. A step's guardian
/// is the last in declared order of those that it waits for. A division serves claims first, in declared order when
/// there is too little, and shares out the rest in proportion. So where there are at least as many calls as steps,
/// and each step makes one, every step has its call.
struct BudgetFlow: Sendable {
    private let claims: [Int]
    /// The step that answers for a step's claim; nil for those that wait for nobody.
    private let guardians: [Int?]
    /// Whom a step leaves to, in declared order.
    private let heirs: [[Int]]
    /// Who leaves to a step.
    private let givers: [[Int]]
    private let roots: [Int]

    /// `dependencies` holds, per step, those that it waits for; `costs` tells which steps cost anything. Steps that
    /// are not `running` in this round take no part.
    init(dependencies: [[Int]], costs: [Bool], running: [Bool]? = nil) {
        let takesPart = running ?? Array(repeating: true, count: costs.count)
        let givers = dependencies.enumerated().map { number, all in
            takesPart[number] ? all.filter { takesPart[$0] && $0 != number } : []
        }
        var heirs = Array(repeating: [Int](), count: costs.count)
        for (number, all) in givers.enumerated() { for giver in all { heirs[giver].append(number) } }
        // Backwards through the dataflow; steps of a cycle never run and keep no claim.
        var claims = Array(repeating: 0, count: costs.count)
        var open = heirs.map(\.count)
        var ready = costs.indices.filter { open[$0] == 0 }
        while let number = ready.popLast() {
            if takesPart[number] && costs[number] { claims[number] += 1 }
            if let guardian = givers[number].last { claims[guardian] += claims[number] }
            for giver in givers[number] {
                open[giver] -= 1
                if open[giver] == 0 { ready.append(giver) }
            }
        }
        self.claims = claims
        guardians = givers.map(\.last)
        self.heirs = heirs
        self.givers = givers
        roots = costs.indices.filter { takesPart[$0] && givers[$0].isEmpty }
    }

    /// What may be used by a step, when `remaining` entered the round. `used` tells what the ended steps before it
    /// used; `known` holds what was found before and is filled.
    func pool(of step: Int, remaining: Usage, used: (Int) -> Usage, known: inout [Usage?]) -> Usage {
        if let pool = known[step] { return pool }
        var sum = Usage()
        if givers[step].isEmpty {
            sum = part(of: remaining, for: step, among: roots, under: nil)
        } else {
            for giver in givers[step] {
                let left = pool(of: giver, remaining: remaining, used: used, known: &known) - used(giver)
                sum += part(of: left, for: step, among: heirs[giver], under: giver)
            }
        }
        known[step] = sum
        return sum
    }

    private func part(of whole: Usage, for step: Int, among all: [Int], under giver: Int?) -> Usage {
        if all.count == 1 { return whole }
        func share(_ amount: Int) -> Int {
            amount == .max ? .max : self.share(of: amount, for: step, among: all, under: giver)
        }
        return Usage(
            steps: share(whole.steps), calls: share(whole.calls), tokens: share(whole.tokens),
            microcost: share(whole.microcost), rows: share(whole.rows), bytes: share(whole.bytes))
    }

    private func share(of amount: Int, for step: Int, among all: [Int], under giver: Int?) -> Int {
        func claim(_ heir: Int) -> Int { guardians[heir] == giver ? claims[heir] : 0 }
        let claimed = all.reduce(0) { $0 + claim($1) }
        if amount <= claimed { return Self.proportional(amount, step, all, claim) }
        return claim(step) + Self.proportional(amount - claimed, step, all) { claims[$0] }
    }

    /// Divides `amount` in proportion to weights; what does not divide goes one by one to the first.
    private static func proportional(_ amount: Int, _ step: Int, _ all: [Int], _ weight: (Int) -> Int) -> Int {
        let total = all.reduce(0) { $0 + weight($1) }
        if total == 0 || weight(step) == 0 { return 0 }
        func floor(_ one: Int) -> Int {
            amount / total * weight(one) + amount % total * weight(one) / total
        }
        var left = amount - all.reduce(0) { $0 + floor($1) }
        for one in all where weight(one) > 0 {
            if one == step { break }
            left -= 1
        }
        return floor(step) + (left > 0 ? 1 : 0)
    }
}
