import Modeling
import Schemas

/// Values, comparisons and denials become conditions.
extension Composer {
    // MARK: Values

    mutating func readValues() throws(CompositionFailure) {
        if items.contains(where: { $0.kind == .cue(.both) }) {
            let flags = items.filter {
                if case .column(let ref) = $0.kind { return column(ref)?.role == .flag }
                return false
            }
            guard flags.count >= 2, let at = items.firstIndex(where: { $0.kind == .cue(.both) }) else {
                throw CompositionFailure("I cannot yet answer questions with \"both … and …\".")
            }
            used.insert(at)
        }
        var groups: [(ref: ColumnRef, values: [SQLValue], isNegated: Bool, at: Int)] = []
        for at in items.indices {
            let ref: ColumnRef
            let value: SQLValue
            switch items[at].kind {
            case .value(let column, let stored): (ref, value) = (column, stored)
            case .quoted(let text):
                guard let place = placeOfQuoted(at) else {
                    throw CompositionFailure(
                        "I find \"\(text)\" nowhere in the database.", reason: "unknown_term")
                }
                if let last = place.matches {
                    query.filters.append(.matches(place.ref, text, anchored: last, isNegated: isNegated(at)))
                    used.insert(at)
                    continue
                }
                (ref, value) = (place.ref, .text(text))
                doubt += 0.1
            case .number(let number):
                guard let left = numberColumn(at) else { continue }
                ref = left
                if let model = column(left), model.kind == .text {
                    value = .text(tokens[items[at].range.lowerBound].text)
                } else {
                    value = Int(exactly: number).map { .integer($0) } ?? .real(number)
                }
            default: continue
            }
            used.insert(at)
            absorbNames(of: ref, around: at)
            let isNegated = isNegated(at)
            if let known = groups.firstIndex(where: { $0.ref == ref && $0.isNegated == isNegated }) {
                groups[known].values.append(value)
            } else {
                groups.append((ref, [value], isNegated, at))
            }
        }
        for group in groups { query.filters.append(.oneOf(group.ref, group.values, isNegated: group.isNegated)) }
        try readFlags()
    }

    /// The column that a quoted text belongs to: the text column named just before.
    private mutating func placeOfQuoted(_ at: Int) -> (ref: ColumnRef, matches: Bool?)? {
        var matches: Bool?
        var left = at - 1
        while left >= 0 {
            switch items[left].kind {
            case .cue(.matches(let anchored)):
                matches = anchored
                used.insert(left)
            case .column(let ref):
                used.insert(left)
                return (ref, matches)
            case .entity(let table) where matches != nil:
                guard let label = model.entity(table)?.label.first else { return nil }
                return (ColumnRef(table, label), matches)
            case .cue(.preposition), .cue(.negation), .cue(.aggregate): break
            default: return nil
            }
            left -= 1
        }
        return nil
    }

    /// The column that a bare number is a value of: "room 112", "with 22 points", "department 70 or 90".
    private mutating func numberColumn(_ at: Int) -> ColumnRef? {
        func fits(_ ref: ColumnRef) -> Bool {
            guard let model = column(ref) else { return false }
            return model.role != .time && model.role != .opaque && model.role != .text
        }
        if at > 0 {
            var left = at - 1
            while left > 0,
                [.cue(.or), .cue(.and)].contains(items[left].kind) || items[left].kind.isNumber
                    || items[left].kind.isPreposition
            {
                left -= 1
            }
            if case .column(let ref) = items[left].kind, fits(ref) {
                used.insert(left)
                return ref
            }
            if case .entity(let table) = items[left].kind, let key = model.entity(table)?.key, key.count == 1,
                column(ColumnRef(table, key[0]))?.kind == .integer,
                items[at].range.lowerBound == items[left].range.upperBound
            {
                return ColumnRef(table, key[0])
            }
        }
        if items.indices.contains(at + 1), case .column(let ref) = items[at + 1].kind, fits(ref),
            column(ref)?.role == .measure
        {
            used.insert(at + 1)
            return ref
        }
        return nil
    }

    /// A column or entity that only introduces its value ("category Beverages", "the artist AC/DC") needs no other use.
    private mutating func absorbNames(of ref: ColumnRef, around at: Int) {
        for left in [at - 1, at - 2] where left >= 0 && !used.contains(left) {
            if case .column(let other) = items[left].kind, other == ref { used.insert(left) }
            if !items[left].kind.isPreposition { break }
        }
        if at + 1 < items.count, case .column(let other) = items[at + 1].kind, other == ref,
            items[at + 1].range.lowerBound == items[at].range.upperBound
        {
            used.insert(at + 1)
        }
    }

    /// Whether a denial stands just before the item.
    mutating func isNegated(_ at: Int) -> Bool {
        var left = at - 1
        var steps = 0
        while left >= 0, steps < 4 {
            switch items[left].kind {
            case .cue(.negation(.not)):
                negatedCues.insert(left)
                return true
            case .cue(.preposition), .column, .value, .cue(.or): left -= 1
            case .entity: left -= 1
            default: return false
            }
            steps += 1
        }
        return false
    }

    /// Flags named as adjectives are conditions: "food orders", "perishable supplies".
    private mutating func readFlags() throws(CompositionFailure) {
        for at in items.indices where !used.contains(at) {
            guard case .column(let ref) = items[at].kind, let flag = column(ref), flag.role == .flag,
                let truth = flag.trueValue
            else { continue }
            // "by food item" asks for groups.
            if at > 0, [.cue(.by), .cue(.each)].contains(items[at - 1].kind) { continue }
            used.insert(at)
            let negated = isNegated(at)
            query.filters.append(.oneOf(ref, [truth], isNegated: negated))
            let flagWords = tokens[items[at].range].map(\.lemma)
            // "food orders" names the orders too.
            if let entity = model.entity(ref.table), let head = entity.words.last, flagWords.last == head {
                items[at].kind = .entity(ref.table)
                used.remove(at)
            } else if !namedEntities.contains(where: { $0.table == ref.table }), query.subject == nil {
                query.related.append(ref.table)
            }
        }
    }

    // MARK: Comparisons

    mutating func readComparisons() throws(CompositionFailure) {
        for at in items.indices where !used.contains(at) {
            switch items[at].kind {
            case .cue(.compare(let comparison, let number, let hint)):
                try readComparison(at, comparison, number, hint)
            case .cue(.between(let low, let high)):
                guard let ref = leftNumber(at) ?? rightNumber(at) ?? subject.flatMap(finder.onlyMeasure) else {
                    throw CompositionFailure("I do not see which number should lie between \(low) and \(high).")
                }
                used.insert(at)
                query.filters.append(.between(ref, low, high))
            case .cue(.againstAverage(let comparison)):
                guard let ref = leftNumber(at) ?? rightNumber(at) ?? subjectPrice(at) else {
                    throw CompositionFailure("I do not see which number to compare with the average.")
                }
                used.insert(at)
                // "… above the average invoice total" names the same column again.
                if let right = next(at + 1), items[right].kind == .column(ref) { used.insert(right) }
                query.filters.append(.againstAverage(ref, comparison))
            default: continue
            }
        }
    }

    private mutating func readComparison(_ at: Int, _ comparison: Comparison, _ number: Double, _ hint: Cue.Hint?)
        throws(CompositionFailure)
    {
        used.insert(at)
        // "ordered more than 3 times"
        if tokens[items[at].range.upperBound - 1].folded == "times" {
            guard let left = previousElement(at) else {
                throw CompositionFailure("I do not see what happened \"\(words(items[at].range))\".")
            }
            switch items[left].kind {
            case .entity(let table):
                used.insert(left)
                query.having.append(MeasureCondition(count(table), comparison, number))
                return
            case .transaction:
                guard let table = finder.salesTable(near: subject) else { break }
                used.insert(left)
                query.having.append(MeasureCondition(count(table), comparison, number))
                return
            default: break
            }
            throw CompositionFailure("I do not see what happened \"\(words(items[at].range))\".")
        }
        let factor = unitFactor(after: at)
        if let hint {
            let tables = namedEntities.map(\.table)
            guard let ref = leftNumber(at) ?? tables.compactMap({ finder.column(for: hint, of: $0) }).first else {
                throw CompositionFailure("I do not see which number \"\(words(items[at].range))\" speaks of.")
            }
            query.filters.append(.compare(ref, comparison, scaled(number, factor, ref)))
            return
        }
        if let left = previousElement(at), case .term(let term) = items[left].kind {
            used.insert(left)
            query.having.append(MeasureCondition(try measure(term, nil), comparison, number))
            return
        }
        // "more than 3 orders": the thing counted follows at once.
        if factor == nil, let right = next(at + 1), items[right].range.lowerBound - items[at].range.upperBound <= 2
        {
            switch items[right].kind {
            case .entity(let table) where table != subject || namedEntities.filter({ $0.table == table }).count > 1:
                used.insert(right)
                query.having.append(MeasureCondition(count(table), comparison, number))
                return
            case .column(let ref) where column(ref)?.role == .measure && leftNumber(at, isTaking: false) == nil:
                used.insert(right)
                query.filters.append(.compare(ref, comparison, number))
                return
            default: break
            }
        }
        // "total amount of more than 5000": a sum is compared.
        if let left = leftNumber(at) {
            if let aggregate = aggregateBefore(left) {
                let measure = measure(aggregate, .column(left))
                query.having.append(MeasureCondition(measure, comparison, scaled(number, factor, left)))
            } else {
                query.filters.append(.compare(left, comparison, scaled(number, factor, left)))
            }
            return
        }
        if let ref = subjectPrice(at) {
            query.filters.append(.compare(ref, comparison, scaled(number, factor, ref)))
            return
        }
        // "invoices over 15": of a thing with one amount, that is meant.
        if let left = previousElement(at), case .entity(let table) = items[left].kind,
            let ref = finder.onlyMeasure(of: table)
        {
            assumptions.append("\"\(words(items[at].range))\" is said of \(ref)")
            doubt += 0.1
            query.filters.append(.compare(ref, comparison, scaled(number, factor, ref)))
            return
        }
        throw CompositionFailure("I do not see which number \"\(words(items[at].range))\" speaks of.")
    }

    /// The measure named just before: "price above 50", "have a total of at least 20".
    private mutating func leftNumber(_ at: Int, isTaking: Bool = true) -> ColumnRef? {
        guard let left = previousElement(at), case .column(let ref) = items[left].kind, let model = column(ref)
        else {
            return nil
        }
        guard model.role == .measure || model.role == .year || (model.kind == .integer && model.role != .key) else {
            return nil
        }
        if isTaking { used.insert(left) }
        return ref
    }

    private mutating func rightNumber(_ at: Int) -> ColumnRef? {
        guard let right = next(at + 1), case .column(let ref) = items[right].kind, column(ref)?.role == .measure
        else {
            return nil
        }
        used.insert(right)
        return ref
    }

    /// "tracks that cost more than 1": the price of what the question is about.
    private mutating func subjectPrice(_ at: Int) -> ColumnRef? {
        let near = tokens[max(0, items[at].range.lowerBound - 2)..<items[at].range.lowerBound].map(\.folded)
        guard near.contains(where: ["cost", "costs", "costing", "priced", "worth"].contains), let subject else {
            return nil
        }
        return finder.column(for: .price, of: subject)
    }

    private mutating func aggregateBefore(_ ref: ColumnRef) -> Aggregate? {
        guard let at = items.firstIndex(where: { $0.kind == .column(ref) }), at > 0 else { return nil }
        var left = at - 1
        while left >= 0 {
            if case .cue(.aggregate(let aggregate)) = items[left].kind {
                used.insert(left)
                return aggregate
            }
            guard items[left].kind.isPreposition else { return nil }
            left -= 1
        }
        return nil
    }

    // MARK: Units

    /// Milliseconds per "minutes", when a unit of time follows a number.
    private func unitFactor(after at: Int) -> Double? {
        let end = items[at].range.upperBound
        return ["millisecond": 1, "second": 1000, "minute": 60_000, "hour": 3_600_000][tokens[end - 1].lemma]
    }

    /// The number in the column's own unit.
    private mutating func scaled(_ number: Double, _ factor: Double?, _ ref: ColumnRef) -> Double {
        guard let factor, let unit = column(ref)?.unit,
            let own = ["millisecond": 1.0, "second": 1000, "minute": 60_000, "hour": 3_600_000][Words.lemma(unit)]
        else { return number }
        return number * factor / own
    }

    // MARK: Denials

    mutating func readNegations() throws(CompositionFailure) {
        for at in items.indices where !used.contains(at) {
            guard case .cue(.negation(let negation)) = items[at].kind else { continue }
            used.insert(at)
            if negation == .not {
                // A denied value is a condition already; a denied verb is an absence.
                if negatedCues.contains(at) { continue }
                guard let right = next(at + 1), items[right].isVerb || items[right].table != nil else {
                    throw CompositionFailure("I do not see what \"\(words(items[at].range))\" denies.")
                }
            }
            guard let owner = namedEntities.first(where: { $0.at < at })?.table ?? subject else {
                throw CompositionFailure("I do not see what \"\(words(items[at].range))\" is said of.")
            }
            var right = at + 1
            var inner: [Filter] = []
            var target: String?
            while right < items.count {
                if case .entity(let table) = items[right].kind, table != owner {
                    target = table
                    used.insert(right)
                    break
                }
                if items[right].kind == .transaction {
                    target = finder.salesTable(near: owner)
                    used.insert(right)
                    break
                }
                if case .entity = items[right].kind {
                    throw CompositionFailure("I do not see what is missing in \"\(words(items[at].range)) …\".")
                }
                if case .column(let ref) = items[right].kind, target == nil {
                    used.insert(right)
                    if ref.table == owner, inner.isEmpty, negation == .without {
                        query.filters.append(.isMissing(ref, isNegated: false))
                        target = owner
                    }
                    break
                }
                if case .value(let ref, let value) = items[right].kind {
                    // "without Rock tracks": the value narrows what is missing.
                    let filter = Filter.oneOf(ref, [value], isNegated: false)
                    if let known = query.filters.firstIndex(of: filter) { query.filters.remove(at: known) }
                    inner.append(filter)
                } else if case .cue(.and) = items[right].kind {
                    break
                }
                right += 1
            }
            if target == owner { continue }
            guard let target else {
                throw CompositionFailure("I do not see what is missing in \"\(words(items[at].range)) …\".")
            }
            // What follows belongs to the missing thing: "no orders in 2024".
            for (index, pending) in pendingTimes.enumerated().reversed() where pending.at > at {
                guard let time = finder.time(of: target), case .during(let interval) = pending.phrase.meaning else {
                    continue
                }
                inner.append(.during(time, interval))
                pendingTimes.remove(at: index)
            }
            query.filters.append(.without(target, of: owner, inner))
        }
    }
}

extension Item.Kind {
    /// Whether the part names a table or a column.
    var isName: Bool {
        switch self {
        case .entity, .column, .label: true
        default: false
        }
    }
    var isNumber: Bool { if case .number = self { true } else { false } }
    var isPreposition: Bool { if case .cue(.preposition) = self { true } else { false } }
}
