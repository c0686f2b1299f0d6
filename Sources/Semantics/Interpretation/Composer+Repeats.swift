import Modeling
import Schemas

extension Item.Kind {
    fileprivate var holdsNumber: Bool {
        switch self {
        case .number: true
        case .cue(let cue): cue.holdsNumber
        default: false
        }
    }
}

/// Words that name once more what was just named.
extension Composer {
    /// "the average height in cm" names the height and then its unit: the unit says nothing of its own.
    mutating func dropRepeats() {
        var at = items.count - 1
        while at > 0 {
            defer { at -= 1 }
            guard case .column(let ref) = items[at].kind, let unit = column(ref)?.unit,
                tokens[items[at].range].allSatisfy({
                    $0.lemma == unit || $0.lemma + "s" == unit || $0.folded == unit
                })
            else { continue }
            var left = at - 1
            // "a power between 20 and 49 kW"
            while left > 0, items[left].kind == .cue(.preposition("in")) || items[left].kind.holdsNumber {
                left -= 1
            }
            if items[left].kind == .column(ref) { items.remove(at: at) }
        }
    }
}
