import Modeling
import Schemas

/// "Revenue and refunds by store", "number of orders and customers": a thing that stands beside a figure is a figure too.
extension Composer {
    mutating func readCoordinated() {
        guard !asked.isEmpty, ranking == nil else { return }
        for at in targets where !used.contains(at) && !items[at].isVerb {
            guard case .entity(let table) = items[at].kind, at > 1, items[at - 1].kind == .cue(.and),
                isFigure(at - 2), !dimensions.contains(.entity(table))
            else { continue }
            let counts = asked.contains { if case .count(let other) = $0.value { other == table } else { false } }
            guard !counts else { continue }
            // Where nothing follows or precedes as a group, "customers and orders in Berlin" may be meant as a list.
            guard let amount = finder.namedAmount(of: table) else {
                guard case .count? = asked.last?.value else { continue }
                used.insert(at)
                asked.append(count(table))
                continue
            }
            used.insert(at)
            var found = measure(.sum, .column(amount))
            found.title = "Total \(Titles.plural(model.entity(table)?.title ?? table))"
            asked.append(found)
        }
        targets.removeAll { used.contains($0) }
    }

    /// Whether the item was read as a figure, or as a part of one.
    private func isFigure(_ at: Int) -> Bool {
        guard items.indices.contains(at), used.contains(at) else { return false }
        switch items[at].kind {
        case .term, .amount, .cue(.count): return true
        case .column: return isMeasureColumn(at)
        case .entity:
            let left = items[..<at].last { !$0.kind.isPreposition && $0.kind != .cue(.distinct) }
            switch left?.kind {
            case .cue(.count), .cue(.aggregate): return true
            default: return false
            }
        default: return false
        }
    }
}
