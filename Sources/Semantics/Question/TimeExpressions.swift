import Values

/// A stretch of a question that tells a time.
struct TimePhrase: Sendable, Hashable {
    /// What it tells.
    enum Meaning: Sendable, Hashable {
        /// Only rows of this time.
        case during(DateInterval)
        /// Whole years to be compared side by side.
        case years([Int])
        /// One group per period: "per month", "quarterly".
        case each(TimeGrain)
        /// One group per fiscal year or quarter.
        case eachFiscal(TimeGrain)
        /// One group per recurring part of the calendar: "by weekday".
        case part(CalendarPart)
        /// A time that has not come yet.
        case future
    }
    var range: Range<Int>
    var meaning: Meaning
    /// Whether it asks for groups.
    var isGrouping: Bool {
        switch meaning {
        case .each, .eachFiscal, .part: true
        default: false
        }
    }
    /// What was assumed, if the words leave it open.
    var assumption: String?
}

/// Recognises dates, periods and grains against a fixed today. Intervals are half-open.
struct TimeReader {
    let tokens: [Token]
    let today: CivilDate
    /// The month in which fiscal years start; nil where no calendar says so.
    var fiscalStart: Int?

    func phrases() -> [TimePhrase] {
        var found: [TimePhrase] = []
        var index = 0
        while index < tokens.count {
            if asksForYear(at: index) || (index > 0 && asksForYear(at: index - 1)) {
                index += 1
                continue
            }
            if let phrase = fiscalGrouping(at: index) ?? grouping(at: index) ?? bounded(at: index)
                ?? plain(at: index)
            {
                found.append(phrase)
                index = phrase.range.upperBound
            } else {
                index += 1
            }
        }
        return found
    }

    // MARK: Words

    func word(_ index: Int) -> String {
        tokens.indices.contains(index) && !tokens[index].isQuoted ? tokens[index].folded : ""
    }

    func grain(_ index: Int) -> TimeGrain? {
        tokens.indices.contains(index) ? TimeGrain(rawValue: tokens[index].lemma) : nil
    }

    static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november",
        "december",
    ]

    func month(_ index: Int) -> Int? {
        let name = word(index)
        guard name.count >= 3 else { return nil }
        if let full = Self.months.firstIndex(of: name) {
            // "may" and "march" are months only with a capital, or after "in".
            if name == "may" || name == "march", !tokens[index].isCapitalised, word(index - 1) != "in" {
                return nil
            }
            return full + 1
        }
        guard name != "may", name.count <= 4 else { return nil }
        let short = Self.months.firstIndex { $0.hasPrefix(name) }
        return short.map { $0 + 1 }
    }

    func year(_ index: Int) -> Int? {
        guard tokens.indices.contains(index), !tokens[index].isQuoted, !tokens[index].isOrdinal,
            tokens[index].text.count == 4, let number = tokens[index].number, let year = Int(exactly: number),
            (1900...2100).contains(year) || (isLedAsYear(index) && (1500...1899).contains(year))
        else { return nil }
        return year
    }

    /// Whether a number before 1900 can only be a year: "in 1885".
    private func isLedAsYear(_ index: Int) -> Bool {
        ["in", "year", "since", "before", "during", "until", "after"].contains(word(index - 1))
    }

    func whole(_ index: Int, _ range: ClosedRange<Int>) -> Int? {
        guard tokens.indices.contains(index), let number = tokens[index].number, let value = Int(exactly: number),
            range.contains(value)
        else { return nil }
        return value
    }

    // MARK: Grains

    /// "What year was the bridge built?" asks for the year of one thing and groups nothing.
    func asksForYear(at index: Int) -> Bool {
        guard ["what", "which"].contains(word(index)), grain(index + 1) == .year,
            ["was", "is", "were", "did", "has", "had"].contains(word(index + 2))
        else { return false }
        // "What year was the most …" ranks years.
        return !tokens.dropFirst(index + 3).contains { CuePhrases.table[$0.folded].map(\.isSuperlative) ?? false }
    }

    /// "by weekday", "per day of the week", "by hour", "which weekday".
    private func recurring(at index: Int) -> TimePhrase? {
        var at = index
        if ["for", "in", "of", "on", "during"].contains(word(at)) { at += 1 }
        let lead = word(at)
        guard ["per", "by", "each", "every", "which", "what", "and"].contains(lead) else { return nil }
        if lead == "and", !(0..<at).contains(where: { ["by", "per", "each"].contains(word($0)) }) { return nil }
        at += 1
        if word(at) == "the" { at += 1 }
        if tokens.indices.contains(at), tokens[at].lemma == "weekday" {
            return TimePhrase(range: index..<at + 1, meaning: .part(.weekday))
        }
        let cycle = word(at + 2) == "the" || word(at + 2) == "a" ? at + 3 : at + 2
        let part = word(at)
        if part == "day", word(at + 1) == "of", word(cycle) == "week" {
            return TimePhrase(range: index..<cycle + 1, meaning: .part(.weekday))
        }
        if part == "day" || part == "week", word(at + 1) == (part == "day" ? "week" : "day") {
            return TimePhrase(range: index..<at + 2, meaning: .part(.weekday))
        }
        if part == "hour" {
            if word(at + 1) == "of", word(cycle) == "day" {
                return TimePhrase(range: index..<cycle + 1, meaning: .part(.hour))
            }
            // "Per hour" may be a rate; "by hour" asks for groups.
            if ["by", "and", "which", "what"].contains(lead) {
                return TimePhrase(
                    range: index..<at + 1, meaning: .part(.hour),
                    assumption: "\"hour\" is read as the hour of the day")
            }
        }
        return nil
    }

    private func grouping(at index: Int) -> TimePhrase? {
        if let phrase = recurring(at: index) { return phrase }
        // "month by month"
        if let grain = grain(index), word(index + 1) == "by", word(index + 2) == word(index) {
            return TimePhrase(range: index..<index + 3, meaning: .each(grain))
        }
        let adverbs: [String: TimeGrain] = [
            "daily": .day, "weekly": .week, "monthly": .month, "quarterly": .quarter, "yearly": .year,
            "annual": .year, "annually": .year,
        ]
        if let grain = adverbs[word(index)] { return TimePhrase(range: index..<index + 1, meaning: .each(grain)) }
        if word(index) == "over", word(index + 1) == "time" {
            return TimePhrase(
                range: index..<index + 2, meaning: .each(.month), assumption: "\"over time\" is read as per month")
        }
        // "by location and year"
        if word(index) == "and" || word(index) == ",", let grain = grain(index + 1),
            (0..<index).contains(where: { ["by", "per", "each"].contains(word($0)) })
        {
            return TimePhrase(range: index..<index + 2, meaning: .each(grain))
        }
        var at = index
        if ["for", "in", "of", "on", "during", "within"].contains(word(at)),
            ["each", "every", "which", "what"].contains(word(at + 1))
        {
            at += 1
        }
        if ["per", "by", "each", "every"].contains(word(at))
            || (["which", "what"].contains(word(at)) && grain(at + 1) != nil)
        {
            var end = at + 1
            if ["calendar", "the", "each"].contains(word(end)) { end += 1 }
            if let grain = grain(end) {
                // "by month of birth" and "by week day" are other things.
                if word(end + 1) == "of", word(at) == "by", year(end + 2) == nil { return nil }
                // A year in which: the question word stays for the reader.
                return TimePhrase(range: at..<end + 1, meaning: .each(grain))
            }
        }
        return nil
    }

    // MARK: Bounds

    private func bounded(at index: Int) -> TimePhrase? {
        switch word(index) {
        case "between", "from":
            guard let first = point(at: index + 1),
                ["and", "to", "until", "till", "through"].contains(word(first.end)),
                let second = point(at: first.end + 1)
            else {
                if word(index) == "from", let first = point(at: index + 1) {
                    let open = ["onwards", "onward", "on"].contains(word(first.end))
                    return TimePhrase(
                        range: index..<first.end + (open ? 1 : 0),
                        meaning: .during(
                            open ? DateInterval(start: first.interval.start, end: nil) : first.interval))
                }
                return nil
            }
            var start = first.interval.start
            // "March 15 to April 15, 2024": the year stands once and belongs to both.
            if let a = start, let b = second.interval.start, a > b || (first.isYearOpen && !second.isYearOpen) {
                let moved = CivilDate(year: b.year, month: a.month, day: a.day)
                start = moved > b ? CivilDate(year: b.year - 1, month: a.month, day: a.day) : moved
            }
            return TimePhrase(
                range: index..<second.end, meaning: .during(DateInterval(start: start, end: second.interval.end)))
        case "since", "after", "before", "until", "till", "through", "by":
            var at = index + 1
            if ["the", "end", "of", "year"].contains(word(at)), year(at + 1) != nil { at += 1 }
            guard let point = point(at: at) else { return nil }
            let interval: DateInterval
            switch word(index) {
            case "since": interval = DateInterval(start: point.interval.start, end: nil)
            case "after": interval = DateInterval(start: point.interval.end, end: nil)
            case "before": interval = DateInterval(start: nil, end: point.interval.start)
            case "by": return nil
            default: interval = DateInterval(start: nil, end: point.interval.end)
            }
            return TimePhrase(range: index..<point.end, meaning: .during(interval))
        default:
            return nil
        }
    }

    private func plain(at index: Int) -> TimePhrase? {
        var at = index
        if ["in", "on", "during", "for", "of", "within", "over", "throughout", "at"].contains(word(at)) { at += 1 }
        if word(at) == "the" { at += 1 }
        if word(at) == "year", year(at + 1) != nil { at += 1 }
        let guards = [
            "than", "over", "above", "under", "below", "least", "most", "exactly", "about", "#", "number",
        ]
        if year(at) != nil, guards.contains(word(index == at ? index - 1 : index)) { return nil }
        // Years side by side.
        if let first = year(at) {
            var years = [first]
            var end = at + 1
            while ["and", "or", "vs", "versus", ",", "with", "to"].contains(word(end)) {
                var next = end + 1
                if word(next) == "." { next += 1 }
                guard let year = year(next) else { break }
                years.append(year)
                end = next + 1
            }
            if years.count > 1 {
                return TimePhrase(range: index..<end, meaning: .years(years.sorted()))
            }
        }
        if let ahead = future(at: at) { return TimePhrase(range: index..<ahead, meaning: .future) }
        guard let point = point(at: at) else { return nil }
        return TimePhrase(range: index..<point.end, meaning: .during(point.interval), assumption: point.assumption)
    }

    private func future(at index: Int) -> Int? {
        guard ["next", "upcoming", "coming"].contains(word(index)) else {
            return word(index) == "tomorrow" ? index + 1 : nil
        }
        var at = index + 1
        if whole(at, 1...400) != nil { at += 1 }
        return grain(at) != nil ? at + 1 : nil
    }
}
