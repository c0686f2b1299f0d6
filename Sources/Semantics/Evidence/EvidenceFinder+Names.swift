import Modeling
import Schemas

/// Which stretches of a question may name things of the schema or values, and what they may mean.
extension EvidenceFinder {
    func spans(outside taken: [Range<Int>]) -> [EvidenceSpan] {
        var found: [EvidenceSpan] = []
        let longest = max(Lexicon.longestPhrase, values.longestPhrase)
        for start in tokens.indices {
            var phrase = ""
            var bare = ""
            for end in start..<min(start + longest, tokens.count) {
                let token = tokens[end]
                if token.isQuoted && end > start { break }
                // What explains a word is no part of its name.
                if token.text == "(", given.contains(where: { $0.fixed == .explained }) { break }
                if token.isSign, !"%+#&".contains(token.text) {
                    // Signs inside names ("AC/DC", "Macon, Illinois") are passed over, but no name begins with one.
                    if end == start { break }
                    continue
                }
                phrase += (phrase.isEmpty ? "" : " ") + token.lemma
                let isArticle = !token.isQuoted && ["a", "an", "the"].contains(token.folded)
                if !isArticle { bare += (bare.isEmpty ? "" : " ") + token.lemma }
                let range = start..<end + 1
                if taken.contains(where: { $0.overlaps(range) && !(range.count > $0.count && range.contains($0)) })
                {
                    break
                }
                var candidates = candidates(phrase, range)
                // "became a customer" of `became_customer`.
                if candidates.isEmpty, bare != phrase, !isArticle, bare.contains(" "), !phrase.hasPrefix("a "),
                    !phrase.hasPrefix("the "), !phrase.hasPrefix("an ")
                {
                    candidates = self.candidates(bare, range).filter {
                        if case .column = $0.element { $0.weight >= 0.8 } else { false }
                    }
                }
                if !candidates.isEmpty { found.append(EvidenceSpan(range: range, candidates: candidates)) }
                if token.isQuoted { break }
            }
        }
        // A name that holds a whole time phrase ("Sales 2024") would hide the time: times go first.
        return found.filter { span in !taken.contains { $0.overlaps(span.range) } }
    }

    func candidates(_ phrase: String, _ range: Range<Int>) -> [Candidate] {
        let words = tokens[range]
        let first = tokens[range.lowerBound]
        let isFiller =
            range.count == 1 && !first.isQuoted
            && (CuePhrases.fillers.contains(first.folded) || CuePhrases.table[first.folded] != nil)
        var found: [Candidate] = []
        // "ordered", "returned" speak of orders and returns rather than of a column that begins with the word.
        let isVerb =
            range.count == 1 && !first.isQuoted
            && (BusinessTerms.transactionVerbs.contains(first.folded) && first.folded == first.lemma
                || Words.verbStems(first.folded).contains { stem in
                    lexicon.candidates(stem).contains {
                        if case .entity = $0.element { $0.weight >= 0.9 } else { false }
                    }
                })
        if !first.isQuoted {
            let edges = [first.folded, tokens[range.upperBound - 1].folded]
            for candidate in lexicon.candidates(phrase) {
                let isSoft = ["detail", "total", "amount"].contains(first.lemma) && candidate.weight >= 0.5
                if isFiller && candidate.weight < 0.85 && !isSoft { continue }
                // "of customer" is no name, "number of staff" is.
                if range.count > 1, edges.contains(where: { ["of", "the", "in", "a", "for"].contains($0) }),
                    !isEvent(candidate)
                {
                    continue
                }
                if isVerb && candidate.weight < 0.83 { continue }
                // "home" of "at home" is no "home score".
                if range.count == 1, candidate.weight < 0.8, roles.known.contains(range.lowerBound),
                    !isDate(candidate.element)
                {
                    continue
                }
                if range.count == 1, candidate.weight < 0.67, first.folded != first.lemma,
                    !["date", "day", "time", "year", "month", "timestamp", "hour"].contains(first.lemma),
                    case .column(let ref) = candidate.element, isTime(ref)
                {
                    // "departures" are the rows that have a departure time.
                    found.append(Candidate(element: .entity(ref.table), weight: 0.62))
                    continue
                }
                found.append(candidate)
            }
            // "check-ins" of a table of `checkins`.
            let letters = words.filter { !$0.isSign }
            if found.isEmpty, letters.count == 2, !edges.contains(where: { $0.utf8.count < 2 }) {
                let joined = Words.lemma(letters.map(\.folded).joined())
                found += lexicon.candidates(joined).filter { $0.weight >= 0.9 }
            }
            if found.isEmpty, range.count > 1 { found += withoutShell(phrase) }
            if let term = BusinessTerms.phrases[phrase] {
                found.append(Candidate(element: .term(term), weight: 0.8))
            }
        }
        let isMarked = first.isQuoted || (words.contains(where: \.isCapitalised) && range.lowerBound > 0)
        // "3ATS06" and "8A" are names though they begin with a digit.
        let isDigits =
            range.count == 1 && !first.isQuoted
            && ((first.text.first?.isNumber ?? false) && (first.number != nil || first.isOrdinal)
                || (first.number != nil && !first.isCapitalised))
        if !isDigits, !isFiller || (isMarked && range.lowerBound > 0 && words.allSatisfy(\.isCapitalised)) {
            var hits = values.hits(phrase)
            // "New York" may stand as "NY" in one column and in full in another.
            let direct = hits.count
            if let other = ValueAliases.table[phrase] { hits += other.flatMap { values.hits($0) } }
            found += namedValues(range)
            for (at, hit) in hits.enumerated() {
                // A word that names a table or column is a value only when it is written like one.
                let isName = found.contains { $0.weight >= 0.9 }
                let isExact = hit.value == .text(words.map(\.text).joined(separator: " "))
                let weight =
                    (isMarked ? 0.95 : isName ? 0.6 : 0.85) + (isExact ? 0.03 : 0)
                    - (direct > 0 && at >= direct ? 0.06 : 0)
                found.append(Candidate(element: .value(hit.column, hit.value), weight: weight))
            }
        }
        for candidate in found.flatMap(roles.candidates)
        where !found.contains(where: { $0.element == candidate.element }) {
            found.append(candidate)
        }
        found.sort { $0.weight != $1.weight ? $0.weight > $1.weight : $0.element.sortKey < $1.element.sortKey }
        return Array(found.prefix(Self.candidateLimit))
    }

    /// A value beside the name of its own column: "Sonoma county", "category Beverages".
    func namedValues(_ range: Range<Int>) -> [Candidate] {
        guard (2...5).contains(range.count) else { return [] }
        var found: [Candidate] = []
        func phrase(_ part: Range<Int>) -> String { tokens[part].map(\.lemma).joined(separator: " ") }
        for cut in range.lowerBound + 1..<range.upperBound {
            let head = range.lowerBound..<cut
            let tail = cut..<range.upperBound
            for (name, value) in [(head, tail), (tail, head)] {
                if tokens[value].contains(where: { $0.isQuoted || $0.isSign }) { continue }
                if tokens[name].contains(where: \.isQuoted) { continue }
                guard tokens[value].contains(where: \.isCapitalised) else { continue }
                let columns = lexicon.candidates(phrase(name)).compactMap { candidate -> ColumnRef? in
                    if case .column(let ref) = candidate.element, candidate.weight >= 0.9 { ref } else { nil }
                }
                guard !columns.isEmpty else { continue }
                for hit in values.hits(phrase(value)) where columns.contains(hit.column) {
                    found.append(Candidate(element: .value(hit.column, hit.value), weight: 0.99))
                }
            }
        }
        return found
    }
}
