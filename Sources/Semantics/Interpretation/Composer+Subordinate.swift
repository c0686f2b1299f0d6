import Modeling
import Schemas

/// Clauses that single out a thing which the question only leads through: "the policies *of the customer with the most
/// claims*", "flights of *the oldest airline*", "courses taught by *teachers who have more than two degrees*".
///
/// What ranks, counts or denies inside such a clause speaks of the clause's own thing and not of what is asked. So the clause
/// is composed by itself, as a question of its own, and what it finds becomes a condition on its thing (ATHENA++ calls this
/// a membership subquery).
extension Composer {
    /// A clause found in the items.
    private struct Clause {
        var items: Range<Int>
        /// The item that names the thing.
        var thing: Int
        var table: String
    }

    /// Takes subordinate clauses out of the items and leaves conditions in their place. A clause that cannot be composed
    /// stays where it is.
    mutating func readSubordinates() {
        guard !isSubordinate, let clause = subordinateClause, asksForMore(than: clause) else { return }
        var inner = self
        inner.isSubordinate = true
        inner.items = Array(items[clause.items])
        inner.query = SemanticQuery()
        guard let entity = model.entity(clause.table), entity.key.count == 1, let found = try? inner.compose(),
            let members = Self.members(of: clause.table, key: entity.key[0], found.query)
        else { return }
        query.filters.append(.member(ColumnRef(clause.table, entity.key[0]), members))
        assumptions += found.assumptions
        doubt += found.doubt
        items.removeSubrange(clause.items)
    }

    /// The query of the clause with its thing's key as the only column.
    private static func members(of table: String, key: String, _ query: SemanticQuery) -> SemanticQuery? {
        var members = query
        let key = ColumnRef(table, key)
        if query.measures.isEmpty, query.dimensions.isEmpty {
            guard query.subject == table, query.limit != nil || query.filters.contains(where: \.isNested) else {
                return nil
            }
            members.listed = [key]
            members.isDistinct = false
            return members
        }
        guard query.dimensions == [.entity(table)], !query.limitsEachGroup,
            query.limit != nil || !query.having.isEmpty
        else { return nil }
        members.listed = [key]
        return members
    }

    // MARK: Where it stands

    private var subordinateClause: Clause? {
        for at in items.indices.dropFirst() {
            guard case .entity(let table) = items[at].kind, !items[at].isVerb else { continue }
            // "of the youngest student": the rank stands before its thing.
            if at >= 2, case .cue(.superlative(_, _, 1)) = items[at - 1].kind, leads(at - 2),
                items[at].range.lowerBound - items[at - 1].range.upperBound <= 1
            {
                guard let end = tail(from: at + 1) else { continue }
                return Clause(items: (at - 1)..<end, thing: at, table: table)
            }
            // "of the customer who has the most orders": it stands behind, after a relative word.
            guard leads(at - 1), let marker = marker(after: at), let end = clauseEnd(marker, of: table) else {
                continue
            }
            return Clause(items: at..<end, thing: at, table: table)
        }
        return nil
    }

    /// Whether the item leads to a thing that is not asked for itself.
    private func leads(_ at: Int) -> Bool {
        guard items.indices.contains(at) else { return false }
        switch items[at].kind {
        case .cue(.preposition(let word)):
            return ["of", "for", "in", "from", "to", "at", "on", "with", "via", "within"].contains(word)
        case .cue(.by): return true
        default: return items[at].isVerb
        }
    }

    /// The superlative, count or denial that a relative word behind the thing opens.
    private func marker(after at: Int) -> Int? {
        let start = items[at].range.upperBound
        guard tokens.indices.contains(start), Self.relative.contains(tokens[start].folded) else { return nil }
        for next in (at + 1)..<min(at + 5, max(at + 1, items.count)) {
            switch items[next].kind {
            case .cue(.superlative), .cue(.negation(.never)), .cue(.negation(.without)): return next
            case .cue(.compare):
                // A number of things, not a number that the thing has.
                if let right = self.next(next + 1), case .entity = items[right].kind { return next }
                return nil
            case .cue(.preposition), .cue(.who), .cue(.which), .cue(.count): continue
            default:
                if items[next].isVerb { continue }
                return nil
            }
        }
        return nil
    }

    /// The end of a clause: behind the thing that is ranked or counted, with the conditions that follow it.
    private func clauseEnd(_ marker: Int, of table: String) -> Int? {
        var at = marker + 1
        var hasThing = false
        while at < items.count {
            switch items[at].kind {
            case .cue(.preposition), .cue(.count), .cue(.aggregate), .cue(.distinct): break
            case .entity, .column, .label, .term, .transaction:
                // Nouns side by side are one: "the most course enrolments".
                if hasThing {
                    return items[at - 1].range.upperBound == items[at].range.lowerBound
                        ? tail(from: at + 1) ?? at + 1 : nil
                }
                hasThing = true
                if at + 1 < items.count, items[at + 1].range.lowerBound == items[at].range.upperBound,
                    items[at + 1].kind.isName
                {
                    break
                }
                if let end = tail(from: at + 1) { return end }
                return at + 1
            default: return hasThing ? at : nil
            }
            at += 1
        }
        return hasThing ? at : nil
    }

    /// The end of the question when only conditions follow; the place itself when something else does that is no further
    /// part of the clause; nil when it cannot be told.
    private func tail(from start: Int) -> Int? {
        var at = start
        while at < items.count {
            switch items[at].kind {
            case .cue(.preposition), .value, .time, .number, .quoted: at += 1
            case .cue(.and), .cue(.or), .cue(.superlative), .cue(.compare), .cue(.negation): return nil
            default: return start
            }
        }
        return items.count
    }

    /// Whether the rest of the question asks for something that does not belong to the clause's own thing.
    private func asksForMore(than clause: Clause) -> Bool {
        let own = Set(model.entity(clause.table)?.words ?? []).union(["id", "name", "number", "code", "detail"])
        // What ranks outside ranks by the clause: "the top 2 categories of shops with the highest average rating".
        let isRanked = items.indices.contains { at in
            guard !clause.items.contains(at) else { return false }
            switch items[at].kind {
            case .cue(.limit), .cue(.superlative): return true
            default: return false
            }
        }
        if isRanked { return false }
        return items.indices.contains { at in
            guard !clause.items.contains(at), !items[at].isVerb else { return false }
            switch items[at].kind {
            case .entity(let table), .label(let table): return table != clause.table
            case .column(let ref):
                return ref.table != clause.table && !tokens[items[at].range].allSatisfy { own.contains($0.lemma) }
            case .cue(.count), .cue(.howMuch), .term: return true
            default: return false
            }
        }
    }

    private static let relative: Set<String> = ["who", "that", "which", "with", "having", "whose", "where"]
}
