import Modeling

/// Verbs that the schema does not know and that stand between two things that it does: "rooms that guests *booked*",
/// "companies that do not *make* DVD drives". What joins the two in the database is what the verb speaks of.
///
/// The place tells a verb, and its ending: English marks most verbs after a relative pronoun, an auxiliary or a denial, and
/// participles behind their noun. A verb without an object that is known stays unknown, since then it would be a condition
/// of its own ("customers who *churned*").
extension EvidenceFinder {
    /// Whether the unmatched word at `index` is such a verb.
    func isTieVerb(_ index: Int, _ parts: [Evidence.Part]) -> Bool {
        let token = tokens[index]
        guard !token.isQuoted, token.number == nil, !token.isCapitalised || index == 0,
            token.folded.utf8.count >= 3, token.folded.allSatisfy(\.isLetter)
        else { return false }
        let stems = [token.folded, token.lemma] + Words.verbStems(token.folded)
        if stems.contains(where: Self.decisive.contains) { return false }
        return standsAsVerb(index, parts) && hasSubject(index, parts) && hasObject(index, parts)
            || endsMeasure(index, parts)
    }

    /// "passengers carried", "goals scored", "minutes played": the participle only tells how the number came about.
    private func endsMeasure(_ index: Int, _ parts: [Evidence.Part]) -> Bool {
        guard let part = parts.first(where: { $0.range.upperBound == index }), part.fixed == nil,
            case .column(let ref)? = part.candidates.first?.element, role(ref) == .measure,
            let noun = tokens[part.range].last, noun.folded != noun.lemma
        else { return false }
        let word = tokens[index].folded
        return EnglishLexicon.english.bases(of: word).contains { $0.part == .verb && $0.word != word }
    }

    /// After "who", "did", "not", "to" and the like, or a participle right behind a noun.
    private func standsAsVerb(_ index: Int, _ parts: [Evidence.Part]) -> Bool {
        let word = tokens[index].folded
        var at = index - 1
        while at >= 0, Self.isAdverb(tokens[at].folded) { at -= 1 }
        guard at >= 0, !tokens[at].isQuoted else { return false }
        if Self.opensVerb.contains(tokens[at].folded) { return true }
        let isNoun = parts.contains { $0.range.upperBound == at + 1 && $0.isThing }
        guard isNoun else { return false }
        if word.hasSuffix("ed") || word.hasSuffix("ing") { return true }
        // "the courses each teacher teaches", "teachers teach which courses"
        return index + 1 < tokens.count && Self.opensObject.contains(tokens[index + 1].folded)
    }

    private func hasSubject(_ index: Int, _ parts: [Evidence.Part]) -> Bool {
        parts.contains { $0.range.upperBound <= index && ($0.isThing || $0.fixed == .cue(.who)) }
    }

    /// A name or value that follows in the same clause, or a noun before it that the verb ends the clause of: "the
    /// courses that X and Y *teach*".
    private func hasObject(_ index: Int, _ parts: [Evidence.Part]) -> Bool {
        for at in index + 1..<min(index + 7, max(index + 1, tokens.count)) {
            if parts.contains(where: { $0.range.contains(at) && $0.isThing }) { return true }
            if tokens[at].isSign || ["and", "or", "but"].contains(tokens[at].folded) { break }
        }
        let before = parts.filter { $0.range.upperBound <= index && $0.isThing }
        return before.count >= 2 && index - (before.last?.range.upperBound ?? 0) <= 4
    }

    private static func isAdverb(_ word: String) -> Bool {
        word.hasSuffix("ly")
            || ["ever", "also", "already", "still", "not", "been", "being", "have", "only"].contains(word)
    }

    /// Closed classes: relative and personal pronouns, auxiliaries, denials, the infinitive's "to".
    private static let opensVerb: Set<String> = [
        "who", "that", "which", "whom", "they", "he", "she", "it", "we", "you", "i", "do", "does", "did", "dont",
        "doesnt",
        "didnt", "has", "have", "had", "havent", "hasnt", "hadnt", "is", "are", "was", "were", "isnt", "arent",
        "wasnt",
        "werent", "be", "been", "being", "can", "cannot", "could", "may", "might", "will", "would", "should", "not",
        "never", "to", "one", "each",
    ]
    private static let opensObject: Set<String> = [
        "a", "an", "the", "any", "all", "some", "no", "at", "in", "on", "for", "from", "with", "to", "by", "more",
        "most",
        "least", "fewest", "only", "both", "each", "every", "their",
    ]

    /// Verbs that say how something ended: passing over them would turn the answer round.
    private static let decisive: Set<String> = [
        "fail", "reject", "cancel", "lose", "lost", "miss", "lack", "refuse", "deny", "quit", "expire", "churn",
        "default",
        "die", "retire", "withdraw", "drop", "decline", "dispute", "delay", "delete", "remove", "break", "return",
        "refund",
        "abandon", "complain", "exceed", "differ", "increase", "decrease", "grow", "rise", "fall", "shrink",
        "predict",
        "forecast", "expect", "recommend", "prefer", "like", "dislike", "share",
    ]
}

extension Evidence.Part {
    /// Whether the part may name a thing of the schema or a value.
    fileprivate var isThing: Bool {
        if let fixed {
            switch fixed {
            case .quoted, .number: return true
            default: return false
            }
        }
        return candidates.contains { $0.weight >= 0.6 }
    }
}
