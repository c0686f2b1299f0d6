import Modeling
import Schemas

/// Values that are said of one column.
private struct ValueGroup {
    var ref: ColumnRef
    var values: [SQLValue]
    var isNegated: Bool
    /// The places of the first and the last of them.
    var first: Int
    var last: Int
}

/// Values and flags become conditions.
extension Composer {
    mutating func readValues() throws(CompositionFailure) {
        if items.contains(where: { $0.kind == .cue(.both) }) {
            let flags = items.filter {
                if case .column(let ref) = $0.kind { return column(ref)?.role == .flag }
                return false
            }
            if flags.count >= 2 {
                for at in items.indices where items[at].kind == .cue(.both) { used.insert(at) }
            }
        }
        var groups: [ValueGroup] = []
        for at in items.indices {
            let ref: ColumnRef
            let value: SQLValue
            switch items[at].kind {
            case .value(let column, let stored): (ref, value) = (column, stored)
            case .denied(let column, let stored):
                used.insert(at)
                query.filters.append(denial(of: column, stored, isNegated: isNegated(at)))
                continue
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
            case .number where at > 0 && items[at - 1].kind.isMatch:
                // "post codes starting with 4"
                guard let place = placeOfQuoted(at), let anchored = place.matches else { continue }
                let text = tokens[items[at].range.lowerBound].text
                query.filters.append(.matches(place.ref, text, anchored: anchored, isNegated: isNegated(at)))
                used.insert(at)
                continue
            case .number(let number):
                guard let left = numberColumn(at) else { continue }
                if let comparison = orderedBefore(at, left) {
                    used.insert(at)
                    query.filters.append(.compare(left, comparison, number))
                    continue
                }
                ref = left
                if let model = column(left), model.kind == .text {
                    value = .text(tokens[items[at].range.lowerBound].text)
                } else {
                    let own = inOwnScale(number, left)
                    value = Int(exactly: own).map { .integer($0) } ?? .real(own)
                }
            default: continue
            }
            used.insert(at)
            absorbNames(of: ref, around: at)
            let isNegated = isNegated(at)
            for other in furtherColumns(of: value, besides: ref, behind: at) {
                groups.append(ValueGroup(ref: other, values: [value], isNegated: isNegated, first: at, last: at))
            }
            if let known = groups.firstIndex(where: { $0.ref == ref && $0.isNegated == isNegated }) {
                groups[known].values.append(value)
                groups[known].last = at
            } else {
                groups.append(ValueGroup(ref: ref, values: [value], isNegated: isNegated, first: at, last: at))
            }
        }
        try addValues(groups)
        try readFlags()
    }

    /// What "unpaid" says: another value, a flag that says no, a day that has not come.
    private func denial(of ref: ColumnRef, _ value: SQLValue?, isNegated: Bool) -> Filter {
        if let value = value ?? column(ref)?.trueValue { return .oneOf(ref, [value], isNegated: !isNegated) }
        return .isMissing(ref, isNegated: isNegated)
    }

    /// Values of one column are alternatives, values of several columns hold together unless "or" stands between them.
    private mutating func addValues(_ groups: [ValueGroup]) throws(CompositionFailure) {
        var alternatives: [Filter] = []
        for (index, group) in groups.enumerated() {
            let filter = Filter.oneOf(group.ref, group.values, isNegated: group.isNegated)
            let isJoined = index > 0 && standsBetween(.cue(.or), groups[index - 1].last, group.first)
            if !isJoined {
                flush(&alternatives)
                alternatives = [filter]
                continue
            }
            guard groups[index - 1].ref.table == group.ref.table, groups.count == 2 else {
                throw CompositionFailure(
                    "I cannot tell which of the conditions the \"or\" holds apart.", isFinal: true)
            }
            alternatives.append(filter)
        }
        flush(&alternatives)
    }

    private mutating func flush(_ alternatives: inout [Filter]) {
        if alternatives.count == 1 { query.filters.append(alternatives[0]) }
        if alternatives.count > 1 { query.filters.append(.anyOf(alternatives)) }
        alternatives = []
    }

    /// Whether an item of the kind stands between two places and no "and".
    func standsBetween(_ kind: Item.Kind, _ a: Int, _ b: Int) -> Bool {
        guard a < b else { return false }
        let between = items[a..<b].map(\.kind)
        return between.contains(kind) && !between.contains(.cue(.and))
    }

    /// The column that a quoted text belongs to: the text column named just before.
    mutating func placeOfQuoted(_ at: Int) -> (ref: ColumnRef, matches: Bool?)? {
        var matches: Bool?
        // "without the letter M in their first name": the column stands behind.
        if at > 0, case .cue(.matches(let anchored)) = items[at - 1].kind, let right = next(at + 1), right > at + 1,
            items[right].range.lowerBound - items[at].range.upperBound <= 3,
            case .column(let ref) = items[right].kind,
            items[at + 1].kind == .cue(.preposition("in"))
        {
            used.formUnion([at - 1, right])
            return (ref, anchored)
        }
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
    mutating func numberColumn(_ at: Int) -> ColumnRef? {
        if let ordinal = ordinalColumn(at) { return ordinal }
        func fits(_ ref: ColumnRef) -> Bool {
            guard let model = column(ref) else { return false }
            return model.role != .time && model.role != .opaque && model.role != .text && model.mayHoldNumbers
        }
        // "2 silver medals": the number of something stands just before it.
        if items.indices.contains(at + 1), case .column(let ref) = items[at + 1].kind,
            column(ref)?.role == .measure,
            items[at + 1].range.lowerBound == items[at].range.upperBound, !used.contains(at + 1),
            at == 0 || items[at - 1].kind == .cue(.preposition("with")) || items[at - 1].kind.isPreposition
                || isApart(at)
        {
            used.insert(at + 1)
            return ref
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
                // "when the number of bronze medals is 8": the words before are the column's own.
                if left > 1, items[left - 1].kind == .cue(.count), column(ref)?.role == .measure {
                    used.insert(left - 1)
                }
                return ref
            }
            if case .entity(let table) = items[left].kind, let key = model.entity(table)?.key, key.count == 1,
                column(ColumnRef(table, key[0]))?.kind == .integer,
                items[left + 1].range.lowerBound == items[left].range.upperBound,
                !items[left + 1].kind.isPreposition
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

    /// "Newgarden had the fastest lap and led the most laps": one value is said of two columns.
    private mutating func furtherColumns(of value: SQLValue, besides ref: ColumnRef, behind at: Int) -> [ColumnRef]
    {
        guard at + 3 < items.count, items[at + 1].kind == .column(ref), used.contains(at + 1),
            items[at + 2].kind == .cue(.and), case .column(let other) = items[at + 3].kind,
            other.table == ref.table,
            other != ref,
            meanings[items[at].range]?.contains(where: { $0.element == .value(other, value) }) ?? false,
            at + 4 == items.count || !items[at + 4].kind.isValue
        else { return [] }
        used.insert(at + 3)
        return [other]
    }

    /// "after week 5", "before round 3": the word stands before the column, and the number behind it.
    private func orderedBefore(_ at: Int, _ ref: ColumnRef) -> Comparison? {
        guard at > 0, items[at - 1].kind == .column(ref),
            items[at - 1].range.upperBound == items[at].range.lowerBound,
            items[at - 1].range.lowerBound > 0, column(ref)?.kind != .text || column(ref)?.role == .measure
        else { return nil }
        let lead = tokens[items[at - 1].range.lowerBound - 1]
        return ["after": .greater, "before": .less, "since": .greaterOrEqual, "until": .lessOrEqual][lead.folded]
    }

    /// "What rank has 4 gold medals and 2 silver medals?": a verb or "and" parts the number from what stands before it.
    private func isApart(_ at: Int) -> Bool {
        guard at > 0 else { return true }
        let between = between(at - 1, at)
        if items[at - 1].kind == .cue(.and) { return true }
        return between.contains {
            ["has", "have", "had", "with", "having", "won", "scored", "got", "took", "made", "who", "that"]
                .contains(
                    $0.folded)
        }
    }

    /// A column or entity that only introduces its value ("category Beverages", "the artist AC/DC") needs no other use.
    mutating func absorbNames(of ref: ColumnRef, around at: Int) {
        for left in [at - 1, at - 2] where left >= 0 && !used.contains(left) {
            if case .column(let other) = items[left].kind, other == ref { used.insert(left) }
            if !items[left].kind.isPreposition { break }
        }
        // "Prost was the winning driver", "Geelong as home team"
        var right = at + 1
        while right < items.count, items[right].kind.isPreposition { right += 1 }
        if right < items.count, case .column(let other) = items[right].kind, other == ref,
            between(at, right).allSatisfy({
                ["was", "is", "were", "are", "had", "has", "have", "as", "the", "a", "on", "took", "set"].contains(
                    $0.folded)
            }), right == at + 1 || !between(at, right).isEmpty
        {
            used.insert(right)
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
            case .cue(.matches):
                if tokens[items[left].range].contains(where: { ["not", "without"].contains($0.folded) }) {
                    return true
                }
                left -= 1
            case .cue(.preposition), .column, .value, .cue(.or), .cue(.by): left -= 1
            case .entity: left -= 1
            default: return false
            }
            steps += 1
        }
        return false
    }

    /// "without a pool": the denial stands just before the flag.
    private mutating func isWithout(_ at: Int) -> Bool {
        var left = at - 1
        while left >= 0, items[left].kind.isPreposition { left -= 1 }
        guard left >= 0, items[left].kind == .cue(.negation(.without)) else { return false }
        used.insert(left)
        return true
    }

    /// Flags named as adjectives are conditions: "food orders", "perishable supplies".
    mutating func readFlags() throws(CompositionFailure) {
        readPresences()
        for at in items.indices where !used.contains(at) {
            guard case .column(let ref) = items[at].kind, let flag = column(ref), flag.role == .flag,
                let truth = flag.trueValue
            else { continue }
            // "by food item" asks for groups.
            if at > 0, [.cue(.by), .cue(.each)].contains(items[at - 1].kind) { continue }
            used.insert(at)
            let negated = isNegated(at) || isWithout(at)
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
}

extension Composer {
    /// "Bookings with children", "orders without discounts": a number of things that is asked to be there, or not.
    private mutating func readPresences() {
        for at in items.indices.dropFirst() where !used.contains(at) {
            guard case .column(let ref) = items[at].kind, let model = column(ref), model.role == .measure,
                model.measure == .quantity || (model.measure == .number && model.kind == .integer),
                items[at].range.lowerBound == items[at - 1].range.upperBound, items[at].range.count == 1,
                case let noun = tokens[items[at].range.lowerBound], noun.folded != noun.lemma,
                items[..<at].contains(where: { $0.table != nil && !$0.isVerb }),
                // "with children and pets" lists nothing, "with children, adults and price" does.
                at + 1 == items.count || items[at + 1].kind != .cue(.and)
            else { continue }
            switch items[at - 1].kind {
            case .cue(.preposition("with")):
                query.filters.append(.compare(ref, .greater, 0))
            case .cue(.negation(.without)):
                query.filters.append(.compare(ref, .equal, 0))
                used.insert(at - 1)
            default: continue
            }
            used.insert(at)
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
    var isAmount: Bool { if case .amount = self { true } else { false } }
    var isValue: Bool { if case .value = self { true } else { false } }
    var isMatch: Bool { if case .cue(.matches) = self { true } else { false } }
    var isNumber: Bool { if case .number = self { true } else { false } }
    var isPreposition: Bool { if case .cue(.preposition) = self { true } else { false } }
}
