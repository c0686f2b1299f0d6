import Modeling
import Schemas

/// "Cancellation rate", "the no-show rate per month": the share of the rows that are in a state.
extension Composer {
    /// A state right before "rate" asks for the share of its table's rows that are in it.
    mutating func readStateRate() {
        for at in items.indices.dropLast() where !used.contains(at + 1) {
            guard items[at].range.upperBound == items[at + 1].range.lowerBound, items[at + 1].range.count == 1,
                tokens[items[at + 1].range.lowerBound].lemma == "rate"
            else { continue }
            let table: String
            switch items[at].kind {
            case .value(let ref, _) where column(ref)?.role == .category || column(ref)?.role == .flag:
                table = ref.table
            case .column(let ref) where column(ref)?.role == .flag: table = ref.table
            default: continue
            }
            used.insert(at + 1)
            sharedMeasure = count(table)
            return
        }
    }
}
