import Modeling
import Schemas

/// Another rank or another order of the answer before.
extension FollowUpReader {
    func takeRank(_ part: inout Composer, _ query: inout SemanticQuery) throws(CompositionFailure) {
        if let ranking = part.ranking {
            switch ranking.key {
            case .measure(let measure):
                guard !query.dimensions.isEmpty else { throw CompositionFailure("I do not see what to rank.") }
                query.replaceMeasures(with: [measure], dropping: figures.flatMap(\.filters))
                query.order = [Ordering(.measure(measure), isDescending: ranking.isDescending)]
            case .column(let ref):
                guard query.isList, query.subject == ref.table else {
                    throw CompositionFailure("I do not see how to rank the answer before so.")
                }
                query.order = [Ordering(.column(ref), isDescending: ranking.isDescending)]
            case .dimension: break
            }
        }
        guard let limit = part.query.limit else { return }
        // "And the lowest?" wants as many as before.
        let count =
            part.items.contains { if case .cue(.limit(.some, _)) = $0.kind { true } else { false } } ? limit : nil
        let direction =
            part.ranking == nil
            ? part.items.compactMap { item in
                switch item.kind {
                case .cue(.limit(_, let isDescending)), .cue(.superlative(let isDescending, _, _)): isDescending
                default: nil
                }
            }.first : nil
        // "The first 3" of an order keeps its direction, and so does "top 3" of a list: the cheapest stay the cheapest.
        let keeps =
            part.ranking == nil
            && part.tokens.contains { $0.folded == "first" || $0.folded == "top" && previous.isList }
        do throws(CompositionFailure) {
            try query.rank(count, isDescending: keeps ? nil : direction)
        } catch {
            guard error.clarification.reason == "ambiguous", let subject = query.subject,
                let entity = context.model.entity(subject)
            else { throw error }
            let offered = entity.measures.prefix(5).compactMap { measure -> Reading? in
                var ranked = query
                ranked.order = [Ordering(.column(measure.ref), isDescending: direction ?? true)]
                (ranked.limit, ranked.offset) = (count ?? 1, 0)
                return try? reading(of: ranked)
            }
            var failure = CompositionFailure(
                "By what should I rank \(Titles.plural(entity.title))?", reason: "ambiguous")
            failure.clarification.readings = Clarification("", readings: offered).readings
            throw failure
        }
    }

    /// "Sort by name": what rows are called is a label, which a part of a question does not order by.
    func takeNamedOrder(_ part: inout Composer) {
        guard let first = part.items.first(where: { !$0.kind.isPreposition }), first.kind == .cue(.order),
            part.query.order.isEmpty,
            let at = part.targets.first(where: { !part.used.contains($0) })
        else { return }
        let table: String
        switch part.items[at].kind {
        case .label(let named), .entity(let named): table = named
        default: return
        }
        let isDescending = part.items.contains { $0.kind == .cue(.direction(isDescending: true)) }
        part.used.insert(at)
        part.query.order = (context.model.entity(table)?.label ?? []).reversed().map {
            Ordering(.column(ColumnRef(table, $0)), isDescending: isDescending)
        }
    }

    func takeOrder(_ part: inout Composer, _ query: inout SemanticQuery) throws(CompositionFailure) {
        var order = part.query.order
        if order.isEmpty, part.wantsOrder, let direction = part.limitIsDescending {
            if let key = try orderKey(query, part.tokens.map(\.folded)) {
                order = [Ordering(key, isDescending: direction)]
            }
        }
        guard !order.isEmpty else { return }
        // Another order of the first few: they stay the same few.
        if query.limit != nil, let rows = rows(of: query) {
            (query.filters, query.having, query.limit, query.related) = ([rows], [], nil, [])
        }
        query.order = order.map { ordering in
            guard case .measure(let measure) = ordering.key,
                let known = query.measures.first(where: { $0.value == measure.value })
            else { return ordering }
            return Ordering(.measure(known), isDescending: ordering.isDescending)
        }
    }

    /// What "highest first" orders by: what the rows were ordered by, the first figure, or the only number of listed rows.
    /// "Cheapest" and "newest" say by what.
    func orderKey(
        _ query: SemanticQuery, _ words: [String]
    ) throws(CompositionFailure) -> Ordering.Key? {
        if let measure = query.measures.first {
            guard case .measure? = query.order.first?.key else { return .measure(measure) }
            return query.order[0].key
        }
        guard let subject = query.subject, let entity = context.model.entity(subject) else { return nil }
        if words.contains(where: ["cheapest", "expensive"].contains) {
            let prices = entity.measures.filter { $0.measure == .unitPrice }
            let all = prices.isEmpty ? entity.measures.filter { $0.measure == .money } : prices
            if all.count == 1 { return .column(all[0].ref) }
        } else if words.contains(where: ["newest", "oldest", "latest", "earliest", "recent"].contains) {
            if let time = entity.time { return .column(ColumnRef(subject, time)) }
        } else if words.contains(where: { $0.hasPrefix("alphabetical") }) || words.contains("lexicographical") {
            if let first = shown(query).first { return .column(first) }
        } else if let first = query.order.first {
            return first.key
        } else if let number = shownNumber {
            return .column(number)
        }
        throw CompositionFailure("By what should I order the \(Titles.plural(entity.title))?", reason: "ambiguous")
    }
}
