internal import Values

/// What a turn may use and what it has used. A pure value: the turn's loop owns it.
///
/// Shares make the reservation deterministic: what a round may use flows along its dataflow (``BudgetFlow``), so that
/// steps beside each other cannot together use more than there is, whoever is faster. What was reserved and not used
/// is back when the round ends.
struct Ledger: Sendable {
    /// What the turn may use in all.
    let limit: Usage
    /// What settled rounds have used.
    private(set) var settled = Usage()
    private var warned: Set<String> = []

    init(limit: Usage) { self.limit = limit }

    /// What is left for the next round.
    var remaining: Usage { limit - settled }

    /// An even part of what is left, for number `rank` (from 0) of `width`.
    func share(rank: Int, width: Int) -> Usage {
        let left = remaining
        func part(_ amount: Int) -> Int {
            amount == .max ? .max : amount / width + (rank < amount % width ? 1 : 0)
        }
        return Usage(
            steps: part(left.steps), calls: part(left.calls), tokens: part(left.tokens),
            microcost: part(left.microcost), rows: part(left.rows), bytes: part(left.bytes))
    }

    /// Books what a round used.
    mutating func settle(_ usage: Usage) { settled += usage }

    /// The names of what has passed 80 % with `inFlight` on top of what is settled, each told once.
    mutating func warnings(inFlight: Usage) -> [(name: String, used: Int, limit: Int)] {
        var used = settled
        used += inFlight
        var fresh: [(String, Int, Int)] = []
        for dimension in Usage.Dimension.allCases {
            let limit = self.limit[dimension]
            let value = used[dimension]
            let name = dimension.rawValue
            guard limit > 0, limit != .max, value >= limit - limit / 5, warned.insert(name).inserted else {
                continue
            }
            fresh.append((name, value, limit))
        }
        return fresh
    }
}

extension AgentLimits {
    /// What a turn of the agent may use, within what its caller grants.
    func usage(within grant: Usage?) -> Usage {
        let own = Usage(
            steps: steps, calls: calls, tokens: tokens, microcost: microcost, rows: rows, bytes: bytes)
        guard let grant else { return own }
        return Usage(
            steps: min(own.steps, grant.steps), calls: min(own.calls, grant.calls),
            tokens: min(own.tokens, grant.tokens), microcost: min(own.microcost, grant.microcost),
            rows: min(own.rows, grant.rows), bytes: min(own.bytes, grant.bytes))
    }
}
