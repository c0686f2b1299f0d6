import Modeling
import Schemas

/// Words that the schema knows by another English word: a derivation ("consumed" of `consumption`), a synonym, or the
/// opposite ("unpaid" where a bill has a day of payment).
extension EvidenceFinder {
    /// What a word that matches nothing may stand for by the English lexicon; a direct match always weighs more.
    func englishCandidates(_ token: Token) -> (candidates: [Candidate], isVerb: Bool)? {
        let word = token.folded
        guard (3...24).contains(word.utf8.count), word.allSatisfy(\.isLetter),
            !Refusals.undefinedMetrics.contains(word), !token.isCapitalised || token == tokens.first
        else { return nil }
        let english = EnglishLexicon.english
        var found: [Candidate] = []
        func add(_ element: Element, _ weight: Double) {
            if let at = found.firstIndex(where: { $0.element == element }) {
                found[at].weight = max(found[at].weight, weight)
            } else {
                found.append(Candidate(element: element, weight: weight))
            }
        }
        var isEvent = false
        let isTie = TieWords.isTie(word)
        let isVerb = isTie || english.bases(of: word).first?.part == .verb
        for related in english.related(to: word) {
            // Who does it is not what is done: "play" only ties players to games.
            if isVerb, related.kind == .derived, Self.isAgent(related.word) { continue }
            if isTie, related.kind == .synonym { continue }
            // The word's synonyms are many; past forms of a related verb name dates and states.
            var names = [related.word]
            if related.kind != .synonym, related.kind != .hypernym { names += english.pastForms(of: related.word) }
            for name in names {
                let lemma = name.split(separator: " ").map { Words.lemma(String($0)) }.joined(separator: " ")
                for candidate in lexicon.candidates(lemma) where candidate.weight >= 0.6 {
                    switch candidate.element {
                    case .entity where related.kind == .hypernym:
                        // "ships" of a table of vessels; more general words for columns are too many.
                        guard candidate.weight >= 0.9 else { continue }
                    case _ where related.kind == .hypernym: continue
                    case .column(let ref) where isTime(ref): isEvent = isEvent || related.kind != .synonym
                    case .column, .entity, .label, .term: break
                    default: continue
                    }
                    add(candidate.element, candidate.weight * related.weight)
                }
                if related.kind == .synonym || related.kind == .hypernym { continue }
                for hit in values.hits(name) { add(.value(hit.column, hit.value), 0.85 * related.weight) }
            }
        }
        guard !found.isEmpty else { return nil }
        let isForm = english.bases(of: word).contains { $0.part == .verb && $0.word != word }
        found.sort { $0.weight != $1.weight ? $0.weight > $1.weight : $0.element.sortKey < $1.element.sortKey }
        // A weak synonym says nothing beside a derivation.
        let best = found[0].weight
        found.removeAll { $0.weight < best - 0.2 }
        let isThing = found.contains { if case .value = $0.element { true } else { false } }
        return (Array(found.prefix(Self.candidateLimit)), isForm && !isThing && (isEvent || isEntity(found[0])))
    }

    /// Whether a noun names who does something.
    static func isAgent(_ word: String) -> Bool { agentEndings.contains(where: word.hasSuffix) }

    private static let agentEndings = ["er", "or", "ee", "ist", "ant", "eur"]

    private func isEntity(_ candidate: Candidate) -> Bool {
        if case .entity = candidate.element { true } else { false }
    }

    /// "unpaid", "undelivered", "non-hazardous": the opposite of a flag, or the day of something that has not happened.
    func deniedCandidates(_ token: Token) -> [Candidate]? {
        guard let word = EnglishLexicon.english.denied(by: token.folded) else { return nil }
        var found: [Candidate] = []
        func add(_ element: Element, _ weight: Double) {
            if !found.contains(where: { $0.element == element }) {
                found.append(Candidate(element: element, weight: weight))
            }
        }
        var positive = lexicon.candidates(Words.lemma(word))
        if positive.allSatisfy({ $0.weight < 0.8 }) { addDates(of: word, particle: nil, to: &positive) }
        for candidate in positive where candidate.weight >= 0.55 {
            guard case .column(let ref) = candidate.element else { continue }
            if isTime(ref) || isFlag(ref) { add(.denied(ref, nil), candidate.weight * 0.95) }
        }
        for hit in values.hits(word) { add(.denied(hit.column, hit.value), 0.8) }
        return found.isEmpty ? nil : found
    }
}
