import Modeling
import Schemas

/// States by their nouns ("cancellation rate" of bookings that are "cancelled"), and comparisons that no number follows.
extension EvidenceFinder {
    /// Words that ask which part of all is in the state before them.
    static let rateWords: Set<String> = ["rate", "percentage", "share", "proportion", "ratio"]

    /// Nouns that stand before "rate" and are made of a state that the data holds.
    func stateRates() -> [(state: Evidence.Part, rate: Range<Int>)] {
        tokens.indices.dropFirst().compactMap { at in
            let noun = tokens[at - 1]
            guard Self.rateWords.contains(tokens[at].lemma), !noun.isQuoted, !noun.isSign, noun.number == nil,
                lexicon.candidates(noun.lemma + " " + tokens[at].lemma).allSatisfy({ $0.weight < 0.6 }),
                lexicon.candidates(noun.lemma).allSatisfy({ $0.weight < 0.8 }), values.hits(noun.lemma).isEmpty,
                EnglishLexicon.english.can(noun.folded, be: .noun),
                let states = englishCandidates(noun)?.candidates.filter({
                    if case .value = $0.element { $0.weight >= 0.6 } else { false }
                }), !states.isEmpty
            else { return nil }
            return (Evidence.Part(range: at - 1..<at, fixed: nil, candidates: states), at..<at + 1)
        }
    }

    /// Whether "below", "exceeds" or "more than" stands before a number of the row instead of one of the question.
    func comparesColumns(_ parts: [Evidence.Part]) -> Bool {
        tokens.indices.contains { at in
            guard !parts.contains(where: { $0.range.contains(at) && $0.fixed?.isPreposition != true }) else {
                return false
            }
            let word = tokens[at].folded
            let isThan = word == "than" && at > 0 && Self.comparatives.contains(tokens[at - 1].folded)
            guard isThan || Self.comparing.contains(word) else { return false }
            var next = at + 1
            while next < tokens.count, ["the", "its", "their", "his", "her", "own"].contains(tokens[next].folded) {
                next += 1
            }
            guard let part = parts.first(where: { $0.range.lowerBound == next }), part.fixed == nil,
                case .column(let ref)? = part.candidates.first?.element, role(ref) == .measure
            else { return false }
            // "below price 20" has its number behind.
            return parts.first { $0.range.lowerBound >= part.range.upperBound }?.fixed?.isNumber != true
        }
    }

    /// Whether a candidate is a day: "check in" may end with a preposition.
    func isEvent(_ candidate: Candidate) -> Bool {
        guard case .column(let ref) = candidate.element, isTime(ref) else { return false }
        return candidate.weight >= 0.79
    }

    private static let comparing: Set<String> = [
        "below", "above", "exceeds", "exceed", "exceeding", "exceeded", "under",
    ]
    private static let comparatives: Set<String> = [
        "more", "less", "higher", "lower", "greater", "fewer", "larger", "smaller", "bigger",
    ]
}
