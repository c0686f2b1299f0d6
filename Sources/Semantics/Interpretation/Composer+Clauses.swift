import Modeling
import Schemas

/// Reads measures, groups, the order and the rank from left to right; what remains stands to be listed.
extension Composer {
    mutating func readClauses() throws(CompositionFailure) {
        var at = 0
        while at < items.count {
            if !used.contains(at) { try readClause(at) }
            at += 1
        }
    }

    private mutating func readClause(_ at: Int) throws(CompositionFailure) {
        switch items[at].kind {
        case .cue(.howMuch) where course != nil:
            // "How much did revenue grow" asks for the growth.
            used.insert(at)
        case .cue(.count), .cue(.howMuch), .cue(.aggregate), .term:
            if let measure = try readMeasure(at), !asked.contains(measure) { asked.append(measure) }
            asked += further
            further = []
        case .cue(.share): try readShare(at)
        case .cue(.limit(let count, let isDescending)):
            used.insert(at)
            query.limit = count ?? 10
            if count == nil { assumptions.append("\"\(words(items[at].range))\" is read as the first 10") }
            wantsRanking = true
            limitIsDescending = isDescending
        case .cue(.superlative(let isDescending, let hint, let rank)):
            try readSuperlative(at, isDescending, hint, rank)
        case .cue(.each): try readGroups(at)
        case .cue(.by): try readBy(at)
        case .cue(.order): try readOrder(at)
        case .cue(.direction(let isDescending)):
            used.insert(at)
            limitIsDescending = isDescending
            wantsOrder = true
            // "in descending order of price" says by what.
            if ["of", "by", "best", "highest", "largest"].contains(tokens[items[at].range.upperBound - 1].folded) {
                try readOrder(at)
                if !query.order.isEmpty { query.order[query.order.count - 1].isDescending = isDescending }
            }
        case .computed(let formula, let table, let name):
            // "Average order value and order size": what is named beside a figure breaks it down.
            used.insert(at)
            dimensions.append(.formula(formula, of: table, name: name))
        case .entity, .column, .label:
            targets.append(at)
        case .cue(.and):
            // "by month, store and status": the list of groups goes on after a period.
            guard at > 0, case .time(let phrase) = items[at - 1].kind, phrase.isGrouping,
                let right = next(at + 1),
                right == at + 1, items[right].kind.isName, !isMeasureColumn(right)
            else { return }
            try readGroups(at)
        case .transaction:
            used.insert(at)
            transactions.append(at)
        default: break
        }
    }

    // MARK: Groups

    private mutating func readGroups(_ at: Int) throws(CompositionFailure) {
        used.insert(at)
        var from = at + 1
        var isFirst = true
        while let right = next(from, overAnd: !isFirst) {
            let kind = items[right].kind
            if !isFirst {
                // "per country and the number of …" goes on with something else.
                let between = items[from..<right].map(\.kind)
                guard between.contains(.cue(.and)) else { break }
            }
            switch kind {
            case .entity(let table): dimensions.append(.entity(table))
            case .label(let table): dimensions.append(.entity(table))
            case .computed(let formula, let table, let name):
                dimensions.append(.formula(formula, of: table, name: name))
            case .column(let ref) where isFirst || column(ref)?.role != .measure: dimensions.append(dimension(ref))
            default: return
            }
            used.insert(right)
            // Of nouns side by side the last is the head: "business category".
            if let after = next(right + 1), items[after].range.lowerBound == items[right].range.upperBound,
                items[after].kind.isName
            {
                if case .entity(let table) = dimensions.removeLast() { relate(table) }
                from = after
                continue
            }
            from = right + 1
            isFirst = false
        }
    }

    /// A label or key groups by the row that it names, so that two rows of one name stay apart.
    func dimension(_ ref: ColumnRef) -> Dimension {
        if let entity = model.entity(ref.table), entity.label == [ref.column], !entity.key.isEmpty,
            !model.joins.steps(from: ref.table).allSatisfy(\.isToOne)
        {
            return .entity(ref.table)
        }
        return .column(ref)
    }

    private mutating func readBy(_ at: Int) throws(CompositionFailure) {
        used.insert(at)
        guard let right = next(at + 1) else { return }
        switch items[right].kind {
        case .cue(.count), .cue(.aggregate), .cue(.howMuch), .term:
            if let measure = try readMeasure(right) {
                ranking = (.measure(measure), limitIsDescending ?? true)
                wantsRanking = true
                try readSecondRank(right)
            } else if let after = next(right + 1), isMeasureColumn(after), case .column(let ref) = items[after].kind
            {
                used.insert(after)
                ranking = (.measure(measure(.sum, .column(ref))), limitIsDescending ?? true)
            }
        case .cue(.superlative(let isDescending, let hint, let rank)):
            try readSuperlative(right, isDescending, hint, rank)
        case .column(let ref) where column(ref)?.role == .measure && (asked.isEmpty || query.limit != nil):
            used.insert(right)
            ranking = (rankingKey(ref), limitIsDescending ?? true)
            wantsRanking = true
        case .column(let ref)
        where column(ref)?.role == .time && !pendingTimes.isEmpty && pendingGrains.isEmpty
            && (wantsRanking || !asked.isEmpty || ranking != nil):
            // "in 2024 (by booking date)" says which date, and asks for no groups of days.
            used.insert(right)
            verbTime = ref
        case .entity, .column, .computed:
            // "taught by a staff member": who did it, and no group.
            let next = items[at].range.upperBound
            let verb = items[at].range.lowerBound - 1
            let isThing = items.contains { $0.range.contains(verb) && $0.kind.isName && !$0.isVerb }
            let isDone =
                verb >= 0 && !isThing && TieWords.isTie(tokens[verb].folded)
                && !TieWords.isDraw(tokens[verb].folded)
            if case .entity = items[right].kind, tokens.indices.contains(next),
                ["a", "an"].contains(tokens[next].folded) || isDone
            {
                return
            }
            used.remove(at)
            try readGroups(at)
        default: return
        }
    }

    /// "by number of treatments and average amount": the second figure parts what the first leaves equal.
    private mutating func readSecondRank(_ first: Int) throws(CompositionFailure) {
        guard query.limit != nil, let last = used.filter({ $0 >= first }).max(), let joint = next(last + 1),
            joint == last + 1, items[joint].kind == .cue(.and), let other = next(joint + 1), other == joint + 1
        else { return }
        switch items[other].kind {
        case .cue(.count), .cue(.aggregate), .term: break
        default: return
        }
        guard let second = try readMeasure(other) else { return }
        asked.append(second)
        query.order.append(Ordering(.measure(second), isDescending: limitIsDescending ?? true))
    }

    /// A number of the subject itself ranks its rows; a number of something finer is added up first.
    private func rankingKey(_ ref: ColumnRef) -> Ordering.Key {
        guard let subject, subject != ref.table, let path = model.joins.path(from: subject, to: ref.table),
            !path.isToOne
        else { return .column(ref) }
        let isAdditive = column(ref)?.measure?.isAdditive ?? true
        return .measure(measure(isAdditive ? .sum : .average, .column(ref)))
    }

    // MARK: Order

    private mutating func readOrder(_ at: Int) throws(CompositionFailure) {
        used.insert(at)
        var isDescending: Bool?
        var from = at + 1
        while let right = next(from) {
            switch items[right].kind {
            case .cue(.direction(let direction)):
                used.insert(right)
                isDescending = direction
                from = right + 1
                continue
            case .cue(.superlative(let direction, nil, _)):
                used.insert(right)
                // "from the most to the least"
                isDescending = isDescending ?? direction
                from = right + 1
                continue
            case .cue(.count), .cue(.aggregate), .term:
                let before = used
                if let measure = try readMeasure(right) {
                    // "ordered by the count" repeats a measure that is asked for.
                    let key =
                        asked.first { $0.value == measure.value }
                        ?? (asked.count == 1 && before.count + 1 == used.count ? asked[0] : measure)
                    query.order.append(Ordering(.measure(key), isDescending: false))
                }
            case .column(let ref):
                used.insert(right)
                let isCount = tokens[items[right].range].allSatisfy {
                    ["number", "count", "total", "amount", "the"].contains($0.lemma)
                }
                if isCount, let measure = asked.last {
                    // "in descending order of the number" speaks of what is counted.
                    query.order.append(Ordering(.measure(measure), isDescending: false))
                } else if let measure = asked.first(where: { $0.value.column == ref }) {
                    query.order.append(Ordering(.measure(measure), isDescending: false))
                } else {
                    query.order.append(Ordering(.column(ref), isDescending: false))
                }
            case .entity(let table):
                used.insert(right)
                if let label = model.entity(table)?.label.first ?? model.entity(table)?.key.first {
                    query.order.append(Ordering(.column(ColumnRef(table, label)), isDescending: false))
                }
            default: return
            }
            // The direction may stand after: "ordered by price descending".
            if let after = next(right + 1), case .cue(.direction(let direction)) = items[after].kind {
                used.insert(after)
                isDescending = direction
            }
            break
        }
        if let isDescending, !query.order.isEmpty { query.order[query.order.count - 1].isDescending = isDescending }
        if query.order.isEmpty, let isDescending {
            limitIsDescending = isDescending
            wantsOrder = true
        }
    }

    // MARK: Shares

    /// "What percentage of sales comes from the USA?": the part that the filters keep, of the whole.
    private mutating func readShare(_ at: Int) throws(CompositionFailure) {
        used.insert(at)
        // "What share of … , in percent?" says how to write it.
        if sharedMeasure != nil, next(at + 1) == nil { return }
        var inner: Measure?
        if let right = next(at + 1) {
            switch items[right].kind {
            case .cue(.aggregate), .cue(.count), .term: inner = try readMeasure(right)
            case .entity(let table):
                used.insert(right)
                inner = count(table)
            case .column(let ref) where column(ref)?.role == .measure:
                used.insert(right)
                inner = measure(.sum, .column(ref))
            default: break
            }
            if inner == nil, let after = next(right + 1), case .term = items[after].kind {
                inner = try readMeasure(after)
            }
        }
        // "cancellation rate": of all that could be in the state.
        if at > 0, case .value(let ref, let value) = items[at - 1].kind, isRate(at) {
            sharedPart = .oneOf(ref, [value], isNegated: false)
            inner = inner ?? count(ref.table)
        }
        guard let inner else { throw CompositionFailure("I do not see what the share is of.") }
        sharedMeasure = inner
    }

    private func isRate(_ at: Int) -> Bool {
        items[at].range.count == 1 && EvidenceFinder.rateWords.contains(tokens[items[at].range.lowerBound].lemma)
            && items[at - 1].range.upperBound == items[at].range.lowerBound
    }
}

extension Measure.Value {
    /// The one column that the value is computed from, if there is one.
    var column: ColumnRef? {
        switch self {
        case .aggregate(_, .column(let ref)), .countDistinct(let ref): ref
        default: nil
        }
    }
}
