import Modeling
import Schemas

/// Comparisons between two columns of one row: "more silver than gold medals", "the home team scored more than the away
/// team", "below their reorder level"; and with the average of some rows: "above the average of their format".
extension Composer {
    mutating func readPairs() {
        for at in items.indices {
            guard items.indices.contains(at) else { break }
            if readMoreThan(at) || readScores(at) || readOwnLimit(at) || readDates(at) { return readPairs() }
        }
    }

    /// "more silver than gold": the number stands between "more" and "than".
    private mutating func readMoreThan(_ at: Int) -> Bool {
        guard case .column(let left) = items[at].kind, isComparable(left), items[at].range.lowerBound > 0,
            let comparison = Self.more[tokens[items[at].range.lowerBound - 1].folded],
            let than = items.indices.first(where: { $0 > at && items[$0].kind == .cue(.preposition("than")) }),
            than <= at + 2, between(at, than).count <= 1, let right = next(than + 1)
        else { return false }
        switch items[right].kind {
        case .column(let other) where other.table == left.table && other != left && isComparable(other):
            query.filters.append(.versus(left, comparison, other))
            // "gold medals": a further noun that says what both are has been taken with them.
            // "more" is a comparison of its own where it is read as one.
            var start = at
            if at > 0, case .cue(.than) = items[at - 1].kind { start = at - 1 }
            items.removeSubrange(start...right)
            return true
        case .cue(.aggregate(.average)):
            items[right].kind = .cue(.againstAverage(comparison))
            items.removeSubrange(at + 1..<right)
            return true
        default: return false
        }
    }

    private static let more: [String: Comparison] = [
        "more": .greater, "fewer": .less, "less": .less, "higher": .greater, "greater": .greater,
        "larger": .greater,
        "lower": .less, "smaller": .less, "bigger": .greater, "longer": .greater, "shorter": .less,
    ]

    /// "The home team scored more than the away team": of two names the numbers are compared that are called after them.
    private mutating func readScores(_ at: Int) -> Bool {
        guard case .cue(.than(let comparison, nil)) = items[at].kind, let left = nameBefore(at),
            let right = next(at + 1),
            case .column(let one) = items[left].kind, case .column(let other) = items[right].kind,
            one.table == other.table, one != other, !isComparable(one), !isComparable(other),
            let (first, second) = numbers(of: one, and: other)
        else { return false }
        query.filters.append(.versus(first, comparison, second))
        items.removeSubrange(left...right)
        return true
    }

    /// The name before a comparison, over the verb that stands between: "the home team scored more than".
    private func nameBefore(_ at: Int) -> Int? {
        // "scored" may be read as the score, which is what is looked for.
        let left = items[..<at].lastIndex { item in
            guard case .column(let ref) = item.kind else { return item.kind.isName && !item.isVerb }
            return !isComparable(ref)
        }
        guard let left, items[at].range.lowerBound - items[left].range.upperBound <= 3 else { return nil }
        return left
    }

    /// `home_team_score` and `away_team_score` of `home_team` and `away_team`.
    private func numbers(of one: ColumnRef, and other: ColumnRef) -> (ColumnRef, ColumnRef)? {
        guard let entity = model.entity(one.table), let first = column(one)?.words,
            let second = column(other)?.words
        else { return nil }
        func own(_ words: [String], _ rival: [String]) -> Set<String> { Set(words).subtracting(rival) }
        let marks = (own(first, second), own(second, first))
        guard !marks.0.isEmpty, !marks.1.isEmpty else { return nil }
        var pairs: [(ColumnRef, ColumnRef)] = []
        for left in entity.measures where !marks.0.isDisjoint(with: left.words) {
            for right in entity.measures where !marks.1.isDisjoint(with: right.words) {
                let rest = (Set(left.words).subtracting(marks.0), Set(right.words).subtracting(marks.1))
                if rest.0 == rest.1, left.ref != right.ref { pairs.append((left.ref, right.ref)) }
            }
        }
        return pairs.count == 1 ? pairs[0] : nil
    }

    /// "parts below their reorder level": what has a limit is the one quantity beside it.
    private mutating func readOwnLimit(_ at: Int) -> Bool {
        guard case .cue(.than(let comparison, nil)) = items[at].kind, let right = next(at + 1),
            case .column(let limit) = items[right].kind, isComparable(limit), let kind = column(limit)?.role,
            kind == .measure, leftNumber(at, isTaking: false) == nil,
            tokens.indices.contains(items[at].range.upperBound),
            ["their", "its", "the"].contains(tokens[items[at].range.upperBound].folded),
            column(limit)?.words.contains(where: Self.limits.contains) ?? false
        else { return false }
        let rivals = model.entity(limit.table)?.measures.filter { $0.ref != limit && $0.measure == .quantity } ?? []
        guard rivals.count == 1 else { return false }
        query.filters.append(.versus(rivals[0].ref, comparison, limit))
        items.removeSubrange(at...right)
        return true
    }

    /// "paid after they were due", "shipped before the required date": two dates of one row.
    private mutating func readDates(_ at: Int) -> Bool {
        guard case .column(let left) = items[at].kind, column(left)?.role == .time,
            let right = items.indices.first(where: { $0 > at && items[$0].kind.isName }), right - at <= 2,
            case .column(let other) = items[right].kind, other.table == left.table, other != left,
            column(other)?.role == .time
        else { return false }
        let words = between(at, right).map(\.folded)
        guard let turn = words.first(where: { ["after", "before"].contains($0) }),
            words.allSatisfy(Self.betweenDates.contains),
            items[(at + 1)..<right].allSatisfy({ item in
                switch item.kind {
                case .cue(.preposition), .cue(.than): true
                default: false
                }
            })
        else { return false }
        query.filters.append(.versus(left, turn == "after" ? .greater : .less, other))
        items.removeSubrange(at...right)
        return true
    }

    private static let betweenDates: Set<String> = [
        "after", "before", "than", "later", "earlier", "the", "their", "its", "it", "they", "was", "were", "is",
        "are",
        "being", "than",
    ]

    private static let limits: Set<String> = [
        "level", "minimum", "maximum", "limit", "target", "capacity", "threshold", "quota", "goal", "point",
        "reorder",
    ]

    func isComparable(_ ref: ColumnRef) -> Bool {
        guard let model = column(ref) else { return false }
        return model.role == .measure || model.role == .year || model.role == .time
    }

    // MARK: Averages of some

    /// What the average is taken over, where words behind it say so: "of their format" for rows that share it, "of season 1"
    /// for rows that satisfy it; nil when nothing follows.
    mutating func averaged(behind at: Int, _ ref: ColumnRef) throws(CompositionFailure) -> Filter? {
        guard case .cue(.againstAverage(let comparison)) = items[at].kind else { return nil }
        var place = at + 1
        if items.indices.contains(place), items[place].kind == .column(ref) { place += 1 }
        // "of" may belong to the words of the average itself.
        if items.indices.contains(place), case .cue(.preposition(let word)) = items[place].kind {
            guard ["of", "in", "for", "within", "among"].contains(word) else { return nil }
            place += 1
        } else if tokens[items[place - 1].range.upperBound - 1].folded != "of" {
            return nil
        }
        guard let right = next(place), right == place else { return nil }
        let lead = between(right - 1, right).map(\.folded)
        switch items[right].kind {
        case .column(let group)
        where !lead.isDisjoint(with: ["their", "its", "own", "same", "the", "each", "his", "her"]):
            guard group.table == ref.table, !items.indices.contains(right + 1) || !items[right + 1].kind.isNumber
            else {
                break
            }
            used.insert(right)
            return .againstSome(ref, comparison, sharing: [group], [])
        case .entity(let table) where !lead.isDisjoint(with: ["their", "its", "own", "same", "his", "her"]):
            guard let path = model.joins.path(from: ref.table, to: table), path.steps.count == 1, path.isToOne,
                path.steps[0].edge.childColumns.count == 1
            else { throw CompositionFailure("I do not see over what the average is taken.", isFinal: true) }
            used.insert(right)
            return .againstSome(
                ref, comparison, sharing: [ColumnRef(ref.table, path.steps[0].edge.childColumns[0])], [])
        default: break
        }
        // The conditions behind the average are its own; they were read as values already.
        var inner: [Filter] = []
        for filter in query.filters where filter.table == ref.table {
            guard case .oneOf(let column, let values, false) = filter, let last = spot(of: column, values[0]),
                last > at
            else { continue }
            inner.append(filter)
            if spot(of: column, values[0], first: true) == last { query.filters.removeAll { $0 == filter } }
        }
        guard !inner.isEmpty else {
            if items[right].kind == .entity(ref.table) { used.insert(right) }
            return nil
        }
        return .againstSome(ref, comparison, sharing: [], inner)
    }

    /// Where a value of a column stands, the last or the first time.
    private func spot(of ref: ColumnRef, _ value: SQLValue, first: Bool = false) -> Int? {
        let found = items.indices.filter { at in
            switch items[at].kind {
            case .value(ref, value): true
            case .number(let number):
                at > 0 && items[at - 1].kind == .column(ref)
                    && (value == .text(tokens[items[at].range.lowerBound].text) || value == .integer(Int(number))
                        || value == .real(number))
            default: false
            }
        }
        return first ? found.first : found.last
    }
}

extension [String] {
    fileprivate func isDisjoint(with words: Set<String>) -> Bool { !contains(where: words.contains) }
}
