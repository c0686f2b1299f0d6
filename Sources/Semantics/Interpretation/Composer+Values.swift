import Modeling
import Schemas

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
        var groups: [(ref: ColumnRef, values: [SQLValue], isNegated: Bool, at: Int)] = []
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
        try addValues(groups)
        try readFlags()
    }

    /// What "unpaid" says: another value, a flag that says no, a day that has not come.
    private func denial(of ref: ColumnRef, _ value: SQLValue?, isNegated: Bool) -> Filter {
        if let value = value ?? column(ref)?.trueValue { return .oneOf(ref, [value], isNegated: !isNegated) }
        return .isMissing(ref, isNegated: isNegated)
    }

    /// Values of one column are alternatives, values of several columns hold together unless "or" stands between them.
    private mutating func addValues(_ groups: [(ref: ColumnRef, values: [SQLValue], isNegated: Bool, at: Int)])
        throws(CompositionFailure)
    {
        var alternatives: [Filter] = []
        for (index, group) in groups.enumerated() {
            let filter = Filter.oneOf(group.ref, group.values, isNegated: group.isNegated)
            let isJoined = index > 0 && standsBetween(.cue(.or), groups[index - 1].at, group.at)
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
        func fits(_ ref: ColumnRef) -> Bool {
            guard let model = column(ref) else { return false }
            return model.role != .time && model.role != .opaque && model.role != .text && model.mayHoldNumbers
        }
        // "2 silver medals": the number of something stands just before it.
        if items.indices.contains(at + 1), case .column(let ref) = items[at + 1].kind,
            column(ref)?.role == .measure,
            items[at + 1].range.lowerBound == items[at].range.upperBound, !used.contains(at + 1),
            at == 0 || items[at - 1].kind == .cue(.preposition("with")) || items[at - 1].kind.isPreposition
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

    /// A column or entity that only introduces its value ("category Beverages", "the artist AC/DC") needs no other use.
    mutating func absorbNames(of ref: ColumnRef, around at: Int) {
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
            case .cue(.matches):
                if tokens[items[left].range].contains(where: { ["not", "without"].contains($0.folded) }) {
                    return true
                }
                left -= 1
            case .cue(.preposition), .column, .value, .cue(.or): left -= 1
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
    var isMatch: Bool { if case .cue(.matches) = self { true } else { false } }
    var isNumber: Bool { if case .number = self { true } else { false } }
    var isPreposition: Bool { if case .cue(.preposition) = self { true } else { false } }
}
