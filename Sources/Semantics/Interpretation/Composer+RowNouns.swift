import Modeling
import Schemas

/// Columns that stand for the rows themselves: "the total silver of *nations* with more than 5 gold medals" adds up and
/// groups by nothing.
extension Composer {
    /// Whether a column that names rows only says whose number is asked for, and is no group.
    func namesRows(_ ref: ColumnRef, at: Int) -> Bool {
        guard ranking == nil, dimensions.isEmpty, pendingGrains.isEmpty, query.having.isEmpty,
            let home = asked.first?.home,
            home == ref.table, model.entity(ref.table)?.label == [ref.column] || isAdjective(at), !standsFirst(at)
        else { return false }
        if isAdjective(at) { return true }
        let end = items[at].range.upperBound
        guard tokens.indices.contains(end) else { return false }
        return [
            "with", "that", "who", "which", "whose", "having", "where", "when", "ranked", "has", "have", "had",
            "from",
        ]
        .contains(tokens[end].folded)
    }

    /// The column by which rows are numbered: "the fifth episode of season 3", "episode number 41 of the series", "number 4
    /// in the season". Of several the one whose other words follow.
    mutating func ordinalColumn(_ at: Int) -> ColumnRef? {
        let place = items[at].range
        let isOrdinal = tokens[place.lowerBound].isOrdinal
        guard
            isOrdinal
                || (place.lowerBound > 0 && ["number", "no", "#"].contains(tokens[place.lowerBound - 1].folded))
        else { return nil }
        let tables = Set(items.compactMap(\.table))
        let numbered = model.entities.filter { tables.contains($0.table) }.flatMap(\.columns).filter { column in
            column.words.first == "number" && column.words.count > 1 && column.mayHoldNumbers
                && !column.words.dropFirst().contains("of")
        }
        let later = Set(tokens[place.upperBound...].prefix(6).map(\.lemma))
        let named = numbered.filter { column in
            column.words.dropFirst().contains { $0 != "in" && later.contains($0) }
        }
        guard let found = named.count == 1 ? named.first : numbered.count == 1 && isOrdinal ? numbered.first : nil
        else {
            return nil
        }
        // "of the series" is said of the number, and "of season 3" narrows.
        for index in items.indices where index > at && items[index].kind == .column(found.ref) {
            used.insert(index)
        }
        return found.ref
    }

    /// "a Republican incumbent": a value stands right before its noun.
    private func isAdjective(_ at: Int) -> Bool {
        guard at > 0, case .value(let holder, _) = items[at - 1].kind, items[at].table == holder.table else {
            return false
        }
        let noun = tokens[items[at].range.lowerBound]
        return items[at - 1].range.upperBound == items[at].range.lowerBound && items[at].range.count == 1
            && !items[at].kind.isNumber && noun.number == nil
    }
}
