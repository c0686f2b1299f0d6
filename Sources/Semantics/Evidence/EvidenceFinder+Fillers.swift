import Modeling

/// Words that carry nothing in most places and a condition in some. Where they would carry one and it was not read, they count
/// as unknown: to pass over them would answer another question.
extension EvidenceFinder {
    /// "below" of "below their reorder level", "used" of "used cars", "value" of "the value of the parts": words that compare,
    /// describe or measure what follows them.
    func isUnreadComparison(_ index: Int, _ parts: [Evidence.Part]) -> Bool {
        let word = tokens[index].folded
        switch word {
        case "above", "below", "under", "exceed", "exceeds", "exceeding":
            return index + 1 < tokens.count
        case "used":
            // Before a noun it describes; behind one, or after "is", it is a verb.
            guard let next = part(at: index + 1, parts), index > 0 else { return false }
            let before = tokens[index - 1].folded
            guard ["the", "all", "many", "a", "of", "which", "any", "and", "list", "show"].contains(before) else {
                return false
            }
            return next.fixed == nil
        case "value", "worth":
            // "the value of the total" is that number; the value of things is a measure that must be defined.
            guard tokens.indices.contains(index + 1), tokens[index + 1].folded == "of" else { return false }
            var at = index + 2
            while tokens.indices.contains(at), ["the", "all", "our", "their"].contains(tokens[at].folded) {
                at += 1
            }
            guard let next = part(at: at, parts), next.fixed == nil, let best = next.candidates.first else {
                return false
            }
            if case .entity = best.element { return true }
            return false
        default: return false
        }
    }

    private func part(at index: Int, _ parts: [Evidence.Part]) -> Evidence.Part? {
        parts.first { $0.range.contains(index) }
    }
}
