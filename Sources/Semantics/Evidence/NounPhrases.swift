import Modeling
import Schemas

/// Words that add nothing to the name beside them: "email *address*" of a column of e-mails, "a *swimming* pool" of a flag
/// that tells of pools, "solar *panels*". Any other noun that is unknown stays unknown, since it may be a condition.
extension EvidenceFinder {
    /// The column that a phrase names with a last word which only says what kind of thing it is: "reorder level",
    /// "star rating", "departure date".
    func withoutShell(_ phrase: String) -> [Candidate] {
        guard let cut = phrase.lastIndex(of: " ") else { return [] }
        let head = String(phrase[phrase.index(after: cut)...])
        guard let shell = Self.shells[head] else { return [] }
        return lexicon.candidates(String(phrase[..<cut])).compactMap { candidate in
            guard case .column(let ref) = candidate.element, candidate.weight >= 0.8, fits(ref, shell) else {
                return nil
            }
            return Candidate(element: candidate.element, weight: candidate.weight * 0.9)
        }
    }

    private enum Shell { case text, number, category, date }

    private func fits(_ ref: ColumnRef, _ shell: Shell) -> Bool {
        let role = role(ref)
        return switch shell {
        case .text: role == .text || role == .label || role == .category
        case .number: role == .measure
        case .category: role == .category
        case .date: role == .time
        }
    }

    private static let shells: [String: Shell] = [
        "address": .text, "level": .number, "value": .number, "amount": .number, "figure": .number,
        "rating": .number,
        "score": .number, "count": .number, "total": .number, "status": .category, "type": .category,
        "category": .category, "class": .category, "tier": .category, "kind": .category, "group": .category,
        "date": .date,
        "time": .date, "day": .date,
    ]

    /// Takes unknown nouns away that stand beside a flag which they only spell out, and tells how many there were. A plural
    /// behind a state names the rows that are in it: "completed stays" of a table of bookings with a status.
    func absorb(_ unknown: inout [Int], _ parts: inout [Evidence.Part]) -> Int {
        let before = unknown.count
        for index in unknown where tokens[index].folded != tokens[index].lemma {
            guard let table = stateTable(parts.first { $0.range.upperBound == index }),
                EnglishLexicon.english.can(tokens[index].lemma, be: .noun)
            else { continue }
            let candidate = Candidate(element: .entity(table), weight: 0.7)
            parts.append(Evidence.Part(range: index..<index + 1, fixed: nil, candidates: [candidate]))
        }
        unknown.removeAll { index in parts.contains { $0.range.contains(index) } }
        unknown.removeAll { index in
            let token = tokens[index]
            guard !token.isQuoted, token.number == nil, !token.isCapitalised,
                !Refusals.undefinedMetrics.contains(token.folded)
            else { return false }
            let bases = EnglishLexicon.english.bases(of: token.folded)
            let isNoun = bases.isEmpty ? !token.folded.hasSuffix("ed") : bases.contains { $0.part == .noun }
            guard isNoun else { return false }
            return parts.contains { part in
                (part.range.upperBound == index || part.range.lowerBound == index + 1) && namesFlag(part)
            }
        }
        return before - unknown.count
    }

    /// The one table whose rows are in the state that the part names.
    private func stateTable(_ part: Evidence.Part?) -> String? {
        guard let part, part.fixed == nil, let best = part.candidates.first?.weight else { return nil }
        var tables: Set<String> = []
        for candidate in part.candidates where candidate.weight > best - 0.1 {
            guard case .value(let ref, _) = candidate.element,
                Words.lemmas(of: ref.column).contains(where: ["status", "state", "stage", "outcome"].contains)
            else { return nil }
            tables.insert(ref.table)
        }
        return tables.count == 1 ? tables.first : nil
    }

    /// Whether all that the part may well mean are flags.
    private func namesFlag(_ part: Evidence.Part) -> Bool {
        guard part.fixed == nil, let best = part.candidates.first?.weight, best >= 0.8 else { return false }
        return part.candidates.filter { $0.weight > best - 0.15 }.allSatisfy { candidate in
            if case .column(let ref) = candidate.element { isFlag(ref) } else { false }
        }
    }

    /// Whether the word asks for nothing of its own: a pronoun for whatever there is, "file" of "on file", the letters of
    /// "i.e.", an adverb of manner.
    func isEmpty(_ index: Int) -> Bool {
        let word = tokens[index].folded
        let before = index > 0 ? tokens[index - 1].folded : ""
        if Self.pronouns.contains(word) { return true }
        if ["file", "record", "stock", "hand", "offer", "book", "books"].contains(word), before == "on" {
            return true
        }
        if ["e", "g"].contains(word), before == ".", index > 1, ["i", "e"].contains(tokens[index - 2].folded) {
            return true
        }
        if word == "e", index + 2 < tokens.count, tokens[index + 1].folded == ".", tokens[index + 2].folded == "g" {
            return true
        }
        return word.hasSuffix("ly") && !Self.tellingAdverbs.contains(word)
            && EnglishLexicon.english.entry(word)?.isMostly(.adverb) ?? false
    }

    private static let pronouns: Set<String> = [
        "something", "anything", "everything", "someone", "anyone", "everyone", "somebody", "anybody", "everybody",
        "thing",
        "things", "ours", "theirs", "themselves", "itself", "himself", "herself", "else", "somewhere", "anywhere",
    ]

    /// Adverbs that narrow, count or turn round what they stand beside.
    private static let tellingAdverbs: Set<String> = [
        "only", "early", "rarely", "hardly", "barely", "scarcely", "nearly", "partly", "partially", "mostly",
        "mainly",
        "solely", "exclusively", "consecutively", "simultaneously", "repeatedly", "frequently", "regularly",
        "occasionally", "initially", "originally", "finally", "formerly", "previously", "subsequently", "recently",
        "newly", "daily", "weekly", "monthly", "quarterly", "yearly", "annually", "hourly", "fully", "completely",
        "incorrectly", "wrongly", "illegally", "unusually", "abnormally", "especially", "particularly",
        "increasingly",
        "randomly", "jointly", "separately", "individually", "locally", "internationally", "privately", "publicly",
    ]
}
