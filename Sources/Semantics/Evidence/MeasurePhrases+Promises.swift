import Modeling
import Schemas
import Values

/// Conditions on the time between two dates: "delivered within 3 days", "shipped late", "stays longer than a week".
extension MeasurePhrases {
    func promise(_ at: Int) -> Evidence.Part? {
        inTime(at) ?? late(at) ?? lasting(at)
    }

    /// "delivered within 3 days (of the order)", "shipped more than 5 days after the order date", "returned in under 2 weeks".
    private func inTime(_ at: Int) -> Evidence.Part? {
        guard tokens.indices.contains(at), !tokens[at].isSign, let end = dates(at: at, before: at + 1),
            !Words.verbStems(word(at)).isEmpty || EvidenceFinder.irregularStems[word(at)] != nil
        else { return nil }
        guard let (comparison, number, unit, place) = limit(at + 1) else { return nil }
        var last = place
        var starts: [NamedDate]?
        if let other = first(of: ["of the", "after the", "from the", "of", "after", "from", "since"], at: place),
            let found = dates(at: other)
        {
            starts = found.dates
            last = found.end
        } else if ["later", "afterwards", "after"].contains(word(place)) {
            last = place + 1
        } else if comparison == .greater || comparison == .greaterOrEqual {
            return nil
        }
        let spans =
            starts.map { self.spans($0, end.dates, unit) }
            ?? end.dates.flatMap { date -> [Candidate] in
                guard let entity = model.entity(date.ref.table), let own = entity.time, own != date.ref.column
                else {
                    return []
                }
                return self.spans([NamedDate(ref: ColumnRef(entity.table, own), weight: 0.88)], [date], unit)
            }
        return condition(at..<last, spans, comparison, number)
    }

    /// "within 3 days", "in less than 2 weeks", "more than 5 days": with the place after.
    private func limit(_ at: Int) -> (Comparison, Double, DateSpan.Unit, Int)? {
        let phrases: [(String, Comparison)] = [
            ("in less than", .less), ("in under", .less), ("in more than", .greater), ("in over", .greater),
            ("in at most", .lessOrEqual), ("no later than", .lessOrEqual), ("not more than", .lessOrEqual),
            ("no more than", .lessOrEqual), ("more than", .greater), ("longer than", .greater),
            ("less than", .less), ("shorter than", .less), ("fewer than", .less), ("at least", .greaterOrEqual),
            ("at most", .lessOrEqual), ("up to", .lessOrEqual), ("within", .lessOrEqual), ("over", .greater),
            ("under", .less), ("after", .greater), ("exceeding", .greater),
        ]
        for (phrase, comparison) in phrases {
            guard let end = first(of: [phrase], at: at) else { continue }
            let isOne = ["a", "an", "one"].contains(word(end))
            guard let number = isOne ? 1 : tokens.indices.contains(end) ? tokens[end].number : nil,
                let unit = timeUnit(end + 1)
            else { return nil }
            return (comparison, number, unit, end + 2)
        }
        return nil
    }

    /// "late", "on time": a date is compared with the one by which it should have been.
    private func late(_ at: Int) -> Evidence.Part? {
        let isLate: Bool
        var place: Int
        if let end = first(of: ["too late", "behind schedule", "past due", "late", "delayed", "belated"], at: at) {
            (isLate, place) = (true, end)
        } else if let end = first(of: ["on time", "in time", "on schedule", "on - time", "not late"], at: at) {
            (isLate, place) = (false, end)
        } else {
            return nil
        }
        // "late 2023" is a time.
        if tokens.indices.contains(place), tokens[place].number != nil || TimeReader.months.contains(word(place)) {
            return nil
        }
        if isInName(at) || !values.hits(tokens[at..<place].map(\.lemma).joined(separator: " ")).isEmpty {
            return nil
        }
        var candidates: [Candidate] = []
        // The verb beside it says which date is late.
        let before = at > 0 ? dates(at: at - 1, before: at) : nil
        let after = dates(at: place, before: place + 1)
        let named = (before?.dates ?? []) + (after?.dates ?? [])
        for entity in model.entities {
            let promises = entity.columns.filter {
                $0.role == .time && $0.words.contains(where: Self.promiseWords.contains)
            }
            let others = entity.columns.filter {
                $0.role == .time && !$0.words.contains(where: Self.promiseWords.contains)
                    && $0.ref.column != entity.time
            }
            guard promises.count == 1 else { continue }
            let ends =
                others.filter { column in named.contains { $0.ref == column.ref } }.nonEmpty
                ?? others.filter { $0.words.contains(where: Self.arrivalWords.contains) }.nonEmpty ?? others
            guard ends.count == 1 else { continue }
            let span = DateSpan(
                from: .column(promises[0].ref), to: .column(ends[0].ref), unit: .day, table: entity.table)
            candidates.append(
                Candidate(
                    element: .condition(.span(span, isLate ? .greater : .lessOrEqual, 0)), weight: 0.86))
        }
        // "delivered late" is one phrase with its verb; "late deliveries" keeps its noun where that is a table.
        let start = before != nil && at > 0 && !Words.verbStems(word(at - 1)).isEmpty ? at : at
        if let after, after.end == place + 1, !Words.verbStems(word(place)).isEmpty { place += 1 }
        return Self.part(start..<place, candidates)
    }

    static let arrivalWords: Set<String> = [
        "delivered", "delivery", "returned", "return", "completed", "completion", "paid", "payment", "arrived",
        "arrival", "actual", "shipped", "finished", "closed", "resolved",
    ]

    /// "stays longer than 5 days", "rentals of more than a week": of what has a beginning and an end.
    private func lasting(_ at: Int) -> Evidence.Part? {
        var place = at
        let verbs = ["lasting", "lasted", "last", "lasts", "taking", "took", "take", "of", "that"]
        while verbs.contains(word(place)), place - at < 3 { place += 1 }
        guard let (comparison, number, unit, end) = limit(place) else { return nil }
        if word(place) == "within" || word(place) == "after" { return nil }
        // The nearest thing before that has a beginning and an end, and no number for its length.
        for left in stride(from: at - 1, through: max(0, at - 5), by: -1) {
            guard let (entity, after) = entity(at: left), after <= at else { continue }
            guard !entity.measures.contains(where: { $0.measure == .duration }), let course = course(of: entity)
            else {
                return nil
            }
            return condition(at..<end, spans([course.start], [course.end], unit), comparison, number)
        }
        return nil
    }

    private func condition(_ range: Range<Int>, _ spans: [Candidate], _ comparison: Comparison, _ number: Double)
        -> Evidence.Part?
    {
        let candidates = spans.compactMap { candidate -> Candidate? in
            guard case .amount(.span(let span)) = candidate.element else { return nil }
            return Candidate(element: .condition(.span(span, comparison, number)), weight: candidate.weight)
        }
        return Self.part(range, candidates)
    }

    // MARK: Age

    /// "age", "how old": of a date of birth, where no column holds the age.
    func age(_ at: Int) -> Evidence.Part? {
        guard let end = first(of: ["how old", "ages", "age"], at: at), !isInName(at) else { return nil }
        var place = end
        if word(at) == "how" {
            while ["is", "are", "was", "were", "on", "average", "the"].contains(word(place)), place - end < 3 {
                place += 1
            }
        }
        if word(place) == "in", word(place + 1) == "years" { place += 2 }
        var found: [Candidate] = []
        for entity in model.entities {
            for column in entity.columns where column.role == .time && column.words.contains("birth") {
                let span = DateSpan(from: .column(column.ref), to: .day(today), unit: .age, table: entity.table)
                found.append(Candidate(element: .amount(.span(span)), weight: 0.88))
            }
        }
        return Self.part(at..<(word(at) == "how" ? end : place), found)
    }

    // MARK: Weekends

    /// "on weekends", "on weekdays", "on working days"
    func weekend(_ at: Int) -> Evidence.Part? {
        let start = ["on", "during", "at", "over"].contains(word(at)) ? at + 1 : at
        let place = word(start) == "the" || word(start) == "a" ? start + 1 : start
        let isWeekend: Bool
        let end: Int
        if let found = first(of: ["weekends", "weekend"], at: place) {
            (isWeekend, end) = (true, found)
        } else if start > at,
            let found = first(
                of: ["weekdays", "working days", "workdays", "business days", "week days"], at: place)
        {
            (isWeekend, end) = (false, found)
        } else {
            return nil
        }
        if isName(place..<end) || ["by", "per", "each", "every", "and", "versus", "vs"].contains(word(at - 1)) {
            return nil
        }
        if ["versus", "vs", "and", "or", "compared"].contains(word(end)) { return nil }
        return Evidence.Part(
            range: at..<end, fixed: .condition(.onWeekdays(ColumnRef("", ""), [6, 7], isNegated: !isWeekend)))
    }
}

extension Array {
    /// The array, or nil where it is empty.
    fileprivate var nonEmpty: [Element]? { isEmpty ? nil : self }
}
