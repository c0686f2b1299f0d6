import Modeling
import Schemas
import Values

/// Takes a question apart: finds times, cues, and the words that name things of the schema, longest first.
struct EvidenceFinder {
    let lexicon: Lexicon
    let values: ValueIndex
    let tokens: [Token]
    let isTime: @Sendable (ColumnRef) -> Bool
    /// Whether rows of a table have a date of their own.
    let hasDate: @Sendable (String) -> Bool
    /// What a column is good for.
    let role: @Sendable (ColumnRef) -> ColumnRole?

    /// The roles of tables that the question speaks of.
    var roles = RoleMentions()
    /// Parts that were found before.
    var given: [Evidence.Part] = []

    func isFlag(_ ref: ColumnRef) -> Bool { role(ref) == .flag }

    /// At most so many meanings of one span are kept.
    static let candidateLimit = 40

    func find(times: [TimePhrase]) -> Evidence {
        let speech = QuerySpeech.passages(tokens)
        // "Name the teams …" begins with a verb.
        let request = startsWithRequest ? [0..<1] : []
        let rates = stateRates()
        let taken =
            times.map(\.range) + speech + request + roles.leads + roles.parts.map(\.range) + given.map(\.range)
            + rates.flatMap { [$0.state.range, $0.rate] }
        var proposals = spans(outside: taken)
        let cues = CueReader.cues(tokens, taken: taken)
        // Longer spans win, then better matches, then earlier ones.
        proposals.sort { a, b in
            if a.range.count != b.range.count { return a.range.count > b.range.count }
            let x = a.candidates.first?.weight ?? 0
            let y = b.candidates.first?.weight ?? 0
            return x != y ? x > y : a.range.lowerBound < b.range.lowerBound
        }
        var chosen: [EvidenceSpan] = []
        for span in proposals where !chosen.contains(where: { $0.range.overlaps(span.range) }) {
            // A cue of more words ("number of") stands against a name of fewer ("number").
            if cues.contains(where: { $0.range.overlaps(span.range) && $0.range.count > span.range.count }) {
                continue
            }
            // Inside a longer name a numeric cue has no place, but "more than 3" must stay whole.
            if cues.contains(where: {
                $0.range.overlaps(span.range) && $0.cue.holdsNumber && !span.range.contains($0.range)
            }) {
                continue
            }
            chosen.append(span)
        }
        var parts: [Evidence.Part] = given + times.map { Evidence.Part(range: $0.range, fixed: .time($0)) }
        for span in chosen {
            if let cue = cues.first(where: { $0.range == span.range }), !isName(cue.cue, span, parts: chosen) {
                continue
            }
            parts.append(
                Evidence.Part(
                    range: span.range, fixed: nil, candidates: span.candidates, isVerb: isDateVerb(span)))
        }
        // Cues are read again around the names: "most" of "the most number of customers" when the schema has a
        // number of customers.
        for (state, rate) in rates { parts += [state, Evidence.Part(range: rate, fixed: .cue(.share))] }
        for range in request { parts.append(Evidence.Part(range: range, fixed: .cue(.list))) }
        parts += roles.parts
        let names = parts.map(\.range) + speech + roles.leads
        for cue in CueReader.cues(tokens, taken: names.sorted { $0.lowerBound < $1.lowerBound })
        where !parts.contains(where: { $0.range.overlaps(cue.range) }) {
            parts.append(Evidence.Part(range: cue.range, fixed: .cue(cue.cue)))
        }
        var unmatched: [Int] = []
        var ties = 0
        let namesChart = ChartWish(tokens.map(\.text).joined(separator: " ")).namesChart
        for index in tokens.indices where !parts.contains(where: { $0.range.contains(index) }) {
            let token = tokens[index]
            let one = index..<index + 1
            if unmatched.count >= 8 { break }
            if token.isSign || speech.contains(where: { $0.contains(index) }) { continue }
            if roles.leads.contains(where: { $0.contains(index) }) { continue }
            if token.isQuoted || (token.isCapitalised && followsMatch(index, parts)) {
                parts.append(Evidence.Part(range: one, fixed: .quoted(token.text)))
            } else if BusinessTerms.transactionVerbs.contains(token.folded) {
                if let (candidates, isStem) = fallback(token), isStem,
                    candidates.contains(where: { if case .entity = $0.element { $0.weight >= 0.8 } else { false } })
                {
                    parts.append(Evidence.Part(range: one, fixed: nil, candidates: candidates, isVerb: true))
                    continue
                }
                parts.append(Evidence.Part(range: one, fixed: .transaction, isVerb: true))
            } else if token.folded == "one" || token.folded == "ones", isPronoun(index) || stands(for: index, parts)
            {
                continue
            } else if index > 0, tokens[index - 1].folded == "or", CueReader.openEnds[token.folded] != nil {
                // "4 seats or fewer": the number before has taken it.
                continue
            } else if Numerals.scales[token.folded] != nil, index > 0,
                ["many", "in"].contains(tokens[index - 1].folded)
            {
                // "How many million viewers", "viewers in millions": the scale in which they are kept.
                continue
            } else if let number = token.number, token.isOrdinal, countsRows(index, parts) {
                parts.append(Evidence.Part(range: one, fixed: .number(number)))
            } else if let number = token.number, !token.isOrdinal {
                let scaled = scaledNumber(index, number, parts)
                parts.append(Evidence.Part(range: index..<index + scaled.count, fixed: .number(scaled.number)))
            } else if roles.isOnlyLead(index, in: tokens, times: times) {
                continue
            } else if let dates = fillerDates(token) {
                // "received in 2025" must not be passed over where there is a date of receipt.
                parts.append(Evidence.Part(range: one, fixed: nil, candidates: dates, isVerb: true))
            } else if token.folded == "new", !times.isEmpty, isNewcomer(index, parts) {
                continue
            } else if token.folded == "first", startsHistory(index, parts) {
                parts.append(
                    Evidence.Part(
                        range: one, fixed: .cue(.superlative(isDescending: false, .time, rank: 1))))
            } else if isUnreadComparison(index, parts) {
                unmatched.append(index)
            } else if CuePhrases.fillers.contains(token.folded) || CuePhrases.table[token.folded] != nil {
                continue
            } else if namesChart, ChartWish.vocabulary.contains(token.folded) {
                continue
            } else if isEmpty(index) {
                continue
            } else if let (candidates, isVerb) = fallback(
                token, particle: particle(after: index), isDated: !times.isEmpty)
            {
                parts.append(Evidence.Part(range: one, fixed: nil, candidates: candidates, isVerb: isVerb))
            } else if roles.known.contains(index) {
                continue
            } else if TieWords.isEmptyNoun(token.lemma) {
                // "the name of the club" where clubs have no column of that name: the club is what is asked for.
                continue
            } else if TieWords.isTie(token.folded) || isTieVerb(index, parts) {
                ties += 1
            } else if TieWords.isClassifier(token.lemma), follows(index, parts) {
                continue
            } else {
                unmatched.append(index)
            }
        }
        let absorbed = absorb(&unmatched, &parts)
        var unknown = unmatched.map { tokens[$0] }
        let shortened = shortenedNames(&unknown)
        parts += shortened.parts
        parts.sort { $0.range.lowerBound < $1.range.lowerBound }
        parts = settleFamilies(parts)
        return Evidence(
            tokens: tokens, parts: parts, unknown: unknown,
            assumptions: times.compactMap(\.assumption) + shortened.assumptions,
            ties: ties, shortened: shortened.parts.count, absorbed: absorbed,
            comparesColumns: comparesColumns(parts.sorted { $0.range.lowerBound < $1.range.lowerBound }))
    }

    /// Unknown names in capitals that are a part of exactly one stored value.
    private func shortenedNames(_ unknown: inout [Token]) -> (parts: [Evidence.Part], assumptions: [String]) {
        var parts: [Evidence.Part] = []
        var assumptions: [String] = []
        var at = 0
        while at < unknown.count {
            var end = at
            while end < unknown.count, unknown[end].isCapitalised, !unknown[end].isQuoted, end - at < 4 { end += 1 }
            guard end > at, let place = tokens.firstIndex(of: unknown[at]), place > 0,
                place + end - at <= tokens.count,
                Array(tokens[place..<place + end - at]) == Array(unknown[at..<end]),
                let hit = values.onlyValue(holding: unknown[at..<end].map(\.lemma).joined(separator: " "))
            else {
                at = max(end, at + 1)
                continue
            }
            let range = place..<place + end - at
            parts.append(
                Evidence.Part(
                    range: range, fixed: nil,
                    candidates: [Candidate(element: .value(hit.column, hit.value), weight: 0.8)]))
            assumptions.append(
                "\"\(tokens[range].map(\.text).joined(separator: " "))\" is read as \(hit.value.plainText)")
            unknown.removeSubrange(at..<end)
        }
        return (parts, assumptions)
    }

    func isDate(_ element: Element) -> Bool {
        if case .column(let ref) = element { isTime(ref) } else { false }
    }

    private var startsWithRequest: Bool {
        guard let first = tokens.first, first.folded == "name", !first.isQuoted, tokens.count > 2 else {
            return false
        }
        return !["of", "and", ",", "or", "for"].contains(tokens[1].folded)
    }

    /// Whether an ordinal stands right before the name of rows that are numbered: "the fifth episode".
    private func countsRows(_ index: Int, _ parts: [Evidence.Part]) -> Bool {
        guard tokens[index].number != 1, let next = parts.first(where: { $0.range.lowerBound == index + 1 }),
            case .entity(let table)? = next.candidates.first?.element
        else { return false }
        return lexicon.candidates("number").contains { candidate in
            guard case .column(let ref) = candidate.element, ref.table == table else { return false }
            let words = Words.lemmas(of: ref.column)
            return words.first == "number" && !words.contains("of")
        }
    }

    /// "9.87 million": the number with the scale behind it, and how many tokens both take.
    private func scaledNumber(_ index: Int, _ number: Double, _ parts: [Evidence.Part]) -> (
        number: Double, count: Int
    ) {
        guard tokens.indices.contains(index + 1), !tokens[index + 1].isQuoted,
            !parts.contains(where: { $0.range.contains(index + 1) }),
            let scale = Numerals.scales[tokens[index + 1].folded], number < scale
        else { return (number, 1) }
        return (number * scale, 2)
    }

    /// Whether "contains" or "starts with" stands just before: what follows is text to look for.
    private func followsMatch(_ index: Int, _ parts: [Evidence.Part]) -> Bool {
        parts.contains { part in
            guard part.range.upperBound == index, case .cue(.matches)? = part.fixed else { return false }
            return true
        }
    }

    /// Whether a name, a value or a number stands just before the place.
    private func follows(_ index: Int, _ parts: [Evidence.Part]) -> Bool {
        guard
            let left = parts.filter({ $0.range.upperBound <= index }).max(by: {
                $0.range.upperBound < $1.range.upperBound
            })
        else { return false }
        let between = tokens[left.range.upperBound..<index]
        guard between.allSatisfy({ ["the", "a", "an"].contains($0.folded) }) else { return false }
        switch left.fixed {
        case .number, .quoted, .cue(.compare), .cue(.between), .cue(.matches), .cue(.preposition("with")):
            return true
        case nil: return left.candidates.contains { $0.weight >= 0.78 }
        default: return false
        }
    }

    /// Whether a word that is both a cue and a name ("total") is the name here: nothing follows that it could apply to.
    private func isName(_ cue: Cue, _ span: EvidenceSpan, parts: [EvidenceSpan]) -> Bool {
        switch cue {
        case .aggregate, .count, .superlative, .distinct:
            guard span.candidates.contains(where: { $0.weight >= 0.85 }) else { return false }
            // "in total" is no name.
            let before = span.range.lowerBound - 1
            if before >= 0, tokens[before].folded == "in" { return false }
            // "the average total", "the highest total" speak of a number that is called so.
            if before >= 0, let lead = CuePhrases.table[tokens[before].folded], lead.takesNumber { return true }
            let next = parts.filter { $0.range.lowerBound >= span.range.upperBound }
                .min { $0.range.lowerBound < $1.range.lowerBound }
            guard let next else { return true }
            let between = tokens[span.range.upperBound..<next.range.lowerBound]
            return !between.allSatisfy { ["of", "the", "number", "all", "amount", "a"].contains($0.folded) }
        case .which, .list, .and, .or, .preposition, .by, .each, .negation, .both, .when, .who:
            return false
        default:
            return span.candidates.contains { $0.weight >= 0.9 }
        }
    }

    // MARK: Words that match nothing as they stand

    func fallback(_ token: Token, particle: String? = nil, isDated: Bool = true) -> ([Candidate], Bool)? {
        var found: [Candidate] = []
        func add(_ candidates: [Candidate], _ factor: Double, where isWanted: (Candidate) -> Bool) {
            for candidate in candidates where isWanted(candidate) {
                if !found.contains(where: { $0.element == candidate.element }) {
                    found.append(Candidate(element: candidate.element, weight: candidate.weight * factor))
                }
            }
        }
        if let denied = deniedCandidates(token) { return (denied, false) }
        for synonym in BusinessTerms.synonymsOf[token.lemma] ?? [] {
            add(lexicon.candidates(synonym), 0.78) { $0.weight >= 0.6 }
        }
        // "items" may be the goods themselves or how many of them.
        if token.lemma == "item" { found.append(Candidate(element: .term(.unitsSold), weight: 0.8)) }
        if !found.isEmpty { return (ranked(found), false) }
        for stem in Words.verbStems(token.folded) {
            add(lexicon.candidates(stem), 0.85) { candidate in
                // A verb speaks of events: of a table of them, or of a date ("hired").
                switch candidate.element {
                case .entity: candidate.weight >= 0.6
                case .column(let ref): candidate.weight >= 0.55 && isTime(ref)
                default: false
                }
            }
        }
        addDates(of: token.folded, particle: particle, to: &found)
        if !found.isEmpty { return (ranked(found), true) }
        for stem in Words.verbStems(token.folded) + [token.lemma + "ed", token.lemma + "led"] {
            // "canceled" of orders whose status is "Cancel".
            for hit in values.hits(stem)
            where !found.contains(where: { $0.element == .value(hit.column, hit.value) }) {
                found.append(Candidate(element: .value(hit.column, hit.value), weight: 0.78))
            }
        }
        if !found.isEmpty { return (ranked(found), false) }
        if (5...24).contains(token.folded.utf8.count) {
            let isVerb = !Words.verbStems(token.folded).isEmpty
            for phrase in lexicon.phrases where Words.shareRoot(phrase, token.folded) {
                // "carried" is no carrier.
                if isVerb, Self.isAgent(phrase), !phrase.contains(" ") { continue }
                add(lexicon.candidates(phrase), isVerb ? 0.82 : 0.78) { candidate in
                    guard candidate.weight >= 0.55 else { return false }
                    // "carried" speaks of what was carried, and of the carrier only in "carried by".
                    if isVerb, Self.isAgent(phrase), !precedes("by", token) { return false }
                    guard isVerb, case .column(let ref) = candidate.element else { return true }
                    return isTime(ref) || candidate.weight >= 0.9
                }
            }
            // A noun of events names their table rather than their date.
            let isThing =
                !isVerb && found.contains { if case .entity = $0.element { $0.weight >= 0.4 } else { false } }
            if isThing { found.removeAll { if case .column(let ref) = $0.element { isTime(ref) } else { false } } }
            if !found.isEmpty {
                return (
                    ranked(found), isVerb && found.contains { if case .column = $0.element { false } else { true } }
                )
            }
        }
        // A verb that mostly ties its neighbours speaks of a day only where the question does.
        if isDated || !TieWords.isTie(token.folded), let english = englishCandidates(token) { return english }
        // A short word is too near to too many others, and a word of English is meant: "carried" is no "carrier".
        if !Misspellings.isEnglish(token.folded), (6...24).contains(token.folded.utf8.count) {
            for phrase in lexicon.phrases
            where Words.isNear(phrase, token.lemma) || Words.isNear(phrase, token.folded) {
                add(lexicon.candidates(phrase), 0.5) { $0.weight >= 0.85 }
            }
            if !found.isEmpty { return (ranked(found), false) }
        }
        return nil
    }

    private func precedes(_ word: String, _ token: Token) -> Bool {
        guard let at = tokens.firstIndex(of: token), at + 1 < tokens.count else { return false }
        return tokens[at + 1].folded == word
    }

    private func ranked(_ candidates: [Candidate]) -> [Candidate] {
        Array(
            candidates.sorted {
                $0.weight != $1.weight ? $0.weight > $1.weight : $0.element.sortKey < $1.element.sortKey
            }.prefix(Self.candidateLimit))
    }
}

extension Range where Bound == Int {
    /// Whether the other range lies wholly inside.
    func contains(_ other: Range<Int>) -> Bool { other.lowerBound >= lowerBound && other.upperBound <= upperBound }
}

extension Cue {
    /// Whether a number's name follows: "average", "highest".
    fileprivate var takesNumber: Bool {
        switch self {
        case .aggregate(let aggregate): aggregate != .sum
        case .superlative(_, nil, _): true
        default: false
        }
    }
    /// Whether the cue holds a number of its own.
    var holdsNumber: Bool {
        switch self {
        case .compare, .between, .limit: true
        default: false
        }
    }
}

extension SQLValue {
    /// The text of a value for people.
    fileprivate var plainText: String { if case .text(let text) = self { text } else { "\(self)" } }
}
