extension Signals {
    /// Gathers the signals of one reading.
    init(evidence: Evidence, choice: Choice, margin: Double, composition: Composition, plan: Plan) {
        let query = composition.query
        var matches: [Double] = []
        for part in evidence.parts where part.fixed == nil {
            if let item = choice.items.first(where: { $0.range == part.range }),
                let candidate = part.candidates.first(where: { Item(part.range, $0.element).kind == item.kind })
            {
                matches.append(candidate.weight)
            }
        }
        weakest = choice.weakest
        meanMatch = matches.isEmpty ? 1 : matches.reduce(0, +) / Double(matches.count)
        self.margin = margin
        ties = evidence.ties
        corrections = evidence.corrections
        shortened = evidence.shortened
        absorbed = evidence.absorbed
        guesses = composition.doubt
        assumptions = evidence.assumptions.count + composition.assumptions.count + plan.assumptions.count
        tables = plan.tables
        inferredJoins = plan.inferredJoins
        hasAmbiguousJoin = plan.isAmbiguous
        fansOut = plan.fansOut
        let wordAt = evidence.tokens.indices.filter { !evidence.tokens[$0].isSign }
        words = wordAt.count
        let covered = wordAt.count { at in evidence.parts.contains { $0.range.contains(at) } }
        coverage = words == 0 ? 1 : Double(covered) / Double(words)
        conditions = query.filters.count + query.having.count
        nested = query.filters.count { $0.isNested }
        listed = query.listed.count
        groups = query.dimensions.count
        measures = query.measures.count
        isRanked = query.limit != nil
        related = query.related.count
    }
}

extension Filter {
    /// Whether the condition needs a query of its own.
    var isNested: Bool {
        switch self {
        case .without, .among, .whose, .member, .againstAverage, .againstSome: true
        default: false
        }
    }
}
