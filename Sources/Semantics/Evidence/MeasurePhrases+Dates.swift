import Modeling
import Schemas
import Values

/// Which dates words speak of: "ordering", "the order date", "discharge".
extension MeasurePhrases {
    /// A date with how well the words name it.
    struct NamedDate: Hashable {
        var ref: ColumnRef
        var weight: Double
    }

    /// The dates that the longest passage from `at` names, with the place after it. Every word must speak for the date or
    /// for its table.
    func dates(at: Int, before limit: Int? = nil) -> (dates: [NamedDate], end: Int)? {
        var end = at
        let stop = min(limit ?? tokens.count, tokens.count, at + 7)
        while end < stop, !tokens[end].isQuoted, !tokens[end].isSign || tokens[end].text == "-",
            !Self.stops.contains(word(end)) || end == at && word(end) == "the"
        {
            end += 1
        }
        while end > at {
            let found = dates(of: at..<end)
            if !found.isEmpty { return (found, end) }
            end -= 1
        }
        return nil
    }

    private func dates(of range: Range<Int>) -> [NamedDate] {
        let words = tokens[range].filter { !$0.isSign && !Self.empty.contains($0.folded) }
        guard !words.isEmpty else { return [] }
        var found: [NamedDate] = []
        for entity in model.entities {
            for column in entity.columns where column.role == .time {
                var own = 0
                var isWhole = true
                for token in words {
                    if column.words.contains(where: { Self.isSameEvent(token, $0) }) {
                        own += 1
                    } else if !entity.words.contains(where: { Self.isSame(token, $0) }) {
                        isWhole = false
                        break
                    }
                }
                guard isWhole else { continue }
                let exact = words.allSatisfy { token in column.words.contains(token.lemma) }
                if own > 0 {
                    // Of several dates with the word, the one with fewer other words.
                    let rest = column.words.filter { !["date", "at", "on", "time", "timestamp"].contains($0) }.count
                    found.append(NamedDate(ref: column.ref, weight: (exact ? 0.95 : 0.88) - 0.01 * Double(rest)))
                } else if entity.time == column.ref.column {
                    found.append(NamedDate(ref: column.ref, weight: 0.8))
                }
            }
        }
        return found
    }

    /// Whether a word of a question and a word of a column's name speak of one event: "shipping" and `shipped`.
    static func isSameEvent(_ token: Token, _ word: String) -> Bool {
        if ["date", "time", "day", "at", "on", "timestamp"].contains(word) { return false }
        if isSame(token, word) { return true }
        let stems =
            Words.verbStems(token.folded) + (EvidenceFinder.irregularStems[token.folded] ?? []) + [token.lemma]
        let others = Words.verbStems(word) + [word]
        return EvidenceFinder.sameEvents.contains { group in
            group.contains(where: stems.contains) && group.contains(where: others.contains)
        }
    }

    private static func isSame(_ token: Token, _ word: String) -> Bool {
        if token.lemma == word || token.folded == word { return true }
        let stems = Words.verbStems(token.folded) + (EvidenceFinder.irregularStems[token.folded] ?? [])
        let others = Words.verbStems(word)
        if stems.contains(word) || others.contains(token.lemma) || !Set(stems).isDisjoint(with: others) {
            return true
        }
        return token.folded.utf8.count >= 5 && word.utf8.count >= 5 && Words.shareRoot(token.folded, word)
    }

    /// All spans from one of the dates to one of the others, whose rows belong together.
    func spans(_ from: [NamedDate], _ to: [NamedDate], _ unit: DateSpan.Unit) -> [Candidate] {
        var found: [Candidate] = []
        for start in from {
            for end in to where end.ref != start.ref {
                guard let table = finer(start.ref.table, end.ref.table) else { continue }
                let span = DateSpan(from: .column(start.ref), to: .column(end.ref), unit: unit, table: table)
                let cost = start.ref.table == end.ref.table ? 0 : 0.05
                found.append(
                    Candidate(element: .amount(.span(span)), weight: min(start.weight, end.weight) - cost))
            }
        }
        return found
    }

    /// The table whose rows have one row of the other.
    private func finer(_ a: String, _ b: String) -> String? {
        if a == b { return a }
        if let path = model.joins.path(from: a, to: b), path.isToOne { return a }
        if let path = model.joins.path(from: b, to: a), path.isToOne { return b }
        return nil
    }

    /// The first and the last date of what has a beginning and an end: a stay, a rental, a project.
    func course(of entity: EntityModel) -> (start: NamedDate, end: NamedDate)? {
        let dates = entity.columns.filter { $0.role == .time }
        let starts = dates.filter { column in column.words.contains(where: Self.startWords.contains) }
        let ends = dates.filter { column in
            column.words.contains(where: Self.endWords.contains)
                && !column.words.contains(where: Self.promiseWords.contains)
        }
        guard starts.count == 1, ends.count == 1, starts[0].ref != ends[0].ref else { return nil }
        return (NamedDate(ref: starts[0].ref, weight: 0.86), NamedDate(ref: ends[0].ref, weight: 0.86))
    }

    static let startWords: Set<String> = [
        "start", "started", "begin", "began", "beginning", "admission", "admitted", "admit", "from", "open",
        "opened",
        "opening", "checkin", "hire", "hired", "rental", "pickup", "departure", "depart", "departed", "borrow",
        "borrowed", "loan", "checkout", "issue", "issued", "enrolment", "enrollment", "in", "arrival", "arrived",
        "joined", "placed", "requested", "created", "submitted", "reported",
    ]
    static let endWords: Set<String> = [
        "end", "ended", "finish", "finished", "discharge", "discharged", "to", "closed", "close", "closing",
        "return",
        "returned", "dropoff", "arrival", "arrived", "arrive", "completion", "completed", "complete", "resolved",
        "termination", "terminated", "left", "leave", "out", "until", "departure", "graduation", "graduated",
        "delivered",
    ]
    /// Words of dates by which something should happen.
    static let promiseWords: Set<String> = [
        "due", "required", "require", "promised", "promise", "expected", "estimated", "planned", "scheduled",
        "target",
        "deadline", "requested", "committed", "eta",
    ]

    /// Words that end a passage about a date.
    private static let stops: Set<String> = [
        "and", "to", "until", "till", "by", "per", "for", "in", "during", "each", "every", "is", "are", "was",
        "were",
        "when", "where", "who", "which", "with", "across", "than", "over", "since", "after", "before", "within",
        "on",
        "at", "among", "has", "have", "do", "does", "did", "exceed", "exceeds", "exceeding", "longer", "shorter",
        "from", "between", "sorted", "ordered_by", "more", "less", "compared", "grouped", "broken",
    ]
    /// Words that say nothing of which date is meant.
    private static let empty: Set<String> = [
        "the", "a", "an", "its", "their", "it", "being", "date", "day", "of", "time", "moment", "dates", "them",
        "actual",
        "actually", "be", "get", "getting",
    ]
}
