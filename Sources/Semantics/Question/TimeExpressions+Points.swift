import Values

extension TimeReader {
    /// A stretch of time that stands by itself.
    struct Point {
        var interval: DateInterval
        var end: Int
        /// Whether no year was said.
        var isYearOpen = false
        var assumption: String?
    }

    /// Reads a stretch of time that begins at `index`.
    func point(at index: Int) -> Point? {
        fiscal(at: index) ?? relative(at: index) ?? partOf(at: index) ?? absolute(at: index)
    }

    // MARK: Absolute

    private func absolute(at index: Int) -> Point? {
        if let date = isoDate(at: index) { return Point(interval: .days(from: date.date), end: date.end) }
        // Q1 2025, Q1 of 2025, 2025 Q1, 2025-Q1
        let quarters = ["q1": 1, "q2": 2, "q3": 3, "q4": 4]
        let halves = ["h1": 1, "h2": 2]
        if let quarter = quarters[word(index)] ?? halves[word(index)].map({ $0 + 10 }) {
            let at = word(index + 1) == "of" ? index + 2 : index + 1
            let said = year(at)
            var value = said ?? today.year
            let build = { (year: Int) in
                quarter > 10
                    ? DateInterval.months(year, (quarter - 11) * 6 + 1, count: 6)
                    : DateInterval.quarter(year, quarter)
            }
            if said == nil, let start = build(value).start, start > today { value -= 1 }
            return Point(
                interval: build(value), end: said == nil ? index + 1 : at + 1, isYearOpen: said == nil,
                assumption: said == nil ? "\(tokens[index].text) is that of \(value)" : nil)
        }
        if let decade = decade(at: index) {
            return Point(
                interval: DateInterval(
                    start: DateInterval.year(decade).start, end: DateInterval.year(decade + 10).start),
                end: index + 1)
        }
        if let year = year(index) {
            let next = word(index + 1) == "-" ? index + 2 : index + 1
            if let quarter = quarters[word(next)] { return Point(interval: .quarter(year, quarter), end: next + 1) }
            return Point(interval: .year(year), end: index + 1)
        }
        return monthAndDay(at: index)
    }

    /// the 1970s, the 90s
    private func decade(at index: Int) -> Int? {
        let text = word(index)
        guard text.hasSuffix("s"), let number = Int(text.dropLast()), number % 10 == 0 else { return nil }
        if (1500...2090).contains(number) { return number }
        guard word(index - 1) == "the", (10...90).contains(number) else { return nil }
        return number > today.year % 100 ? 1900 + number : 2000 + number
    }

    /// March, March 2024, March 15, March 15th, 2024, 15 March 2024, the 7th of September, 1987
    private func monthAndDay(at index: Int) -> Point? {
        var at = index
        var day: Int?
        if let first = whole(at, 1...31), !tokens[at].isQuoted {
            let next = word(at + 1) == "of" ? at + 2 : at + 1
            guard month(next) != nil else { return nil }
            day = first
            at = next
        }
        guard let month = month(at) else { return nil }
        at += 1
        if day == nil, let number = whole(at, 1...31), tokens[at].text.count <= 4 {
            day = number
            at += 1
        }
        var year: Int?
        let yearAt = [",", "of"].contains(word(at)) ? at + 1 : at
        if let said = self.year(yearAt) {
            year = said
            at = yearAt + 1
        }
        var value = year ?? today.year
        if year == nil, CivilDate(year: value, month: month, day: day ?? 1) > today { value -= 1 }
        let interval =
            day.map { .days(from: CivilDate(year: value, month: month, day: $0)) }
            ?? DateInterval.months(value, month)
        return Point(
            interval: interval, end: at, isYearOpen: year == nil,
            assumption: year == nil ? "\(Self.months[month - 1].capitalisedFirst) is that of \(value)" : nil)
    }

    private func isoDate(at index: Int) -> (date: CivilDate, end: Int)? {
        guard let year = year(index), ["-", "/"].contains(word(index + 1)), let month = whole(index + 2, 1...12),
            word(index + 3) == word(index + 1), let day = whole(index + 4, 1...31)
        else {
            // A quoted date.
            if tokens.indices.contains(index), let date = CivilDate(iso8601: tokens[index].text) {
                return (date, index + 1)
            }
            return nil
        }
        return (CivilDate(year: year, month: month, day: day), index + 5)
    }

    // MARK: Parts of a period

    /// first half of 2025, second quarter of 2024, first week of May 2025, last month of 2024, end of 2023
    private func partOf(at index: Int) -> Point? {
        var at = index
        if word(at) == "the" { at += 1 }
        let isLast = word(at) == "last"
        guard isLast || (tokens.indices.contains(at) && tokens[at].isOrdinal),
            let number = isLast ? 1 : whole(at, 1...12)
        else { return nil }
        var count = 1
        var unit = at + 1
        if let said = whole(unit, 1...60), !tokens[unit].isOrdinal {
            count = said
            unit += 1
        }
        let isHalf = word(unit) == "half"
        guard isHalf || grain(unit) != nil, ["of", "in"].contains(word(unit + 1)) else { return nil }
        let innerAt = word(unit + 2) == "the" ? unit + 3 : unit + 2
        guard let whole = relative(at: innerAt) ?? absolute(at: innerAt), let start = whole.interval.start,
            let end = whole.interval.end
        else { return nil }
        let part: DateInterval
        if isHalf {
            let months = (end.year - start.year) * 12 + end.month - start.month
            let middle = start.adding(months: months / 2)
            part =
                isLast || number == 2
                ? DateInterval(start: middle, end: end) : DateInterval(start: start, end: middle)
        } else {
            guard let grain = grain(unit) else { return nil }
            func moved(_ day: CivilDate, _ n: Int) -> CivilDate {
                switch grain {
                case .day: day.adding(days: n)
                case .week: day.adding(days: 7 * n)
                case .month: day.adding(months: n)
                case .quarter: day.adding(months: 3 * n)
                case .year: day.adding(months: 12 * n)
                }
            }
            part =
                isLast
                ? DateInterval(start: moved(end, -count), end: end)
                : DateInterval(start: moved(start, number - 1), end: moved(start, number - 1 + count))
        }
        if let a = part.start, let b = part.end, a < start || b > end { return nil }
        return Point(interval: part, end: whole.end, assumption: whole.assumption)
    }

    // MARK: Relative

    /// last quarter, this year, past 3 months, last 30 days, year to date, today, yesterday
    private func relative(at index: Int) -> Point? {
        switch word(index) {
        case "today": return Point(interval: .days(from: today), end: index + 1)
        case "yesterday": return Point(interval: .days(from: today.adding(days: -1)), end: index + 1)
        case "ytd": return Point(interval: toDate(.year), end: index + 1)
        case "now": return word(index - 1) == "until" ? Point(interval: .days(from: today), end: index + 1) : nil
        default: break
        }
        if let grain = grain(index), word(index + 1) == "to", word(index + 2) == "date" {
            return Point(interval: toDate(grain), end: index + 3)
        }
        var at = index
        if word(at) == "the" { at += 1 }
        let direction: Int
        switch word(at) {
        case "last", "previous", "past", "prior", "preceding": direction = -1
        case "this", "current": direction = 0
        default: return nil
        }
        // "last quarter of 2024" is a part of that year.
        if ["of"].contains(word(at + 2)), grain(at + 1) != nil { return nil }
        if let count = whole(at + 1, 1...1000), let grain = grain(at + 2), direction < 0 {
            return Point(
                interval: rolling(grain, count), end: at + 3,
                assumption: "the last \(count) \(grain.rawValue)s are those up to today, \(today)")
        }
        guard let grain = grain(at + 1) else { return nil }
        if word(at) == "past" && tokens[at + 1].folded == tokens[at + 1].lemma {
            return Point(
                interval: rolling(grain, 1), end: at + 2,
                assumption: "the past \(grain.rawValue) is the one up to today, \(today)")
        }
        return Point(
            interval: .period(grain, holding: today, offset: direction), end: at + 2,
            assumption: direction < 0 ? "the last \(grain.rawValue) is the last complete one before \(today)" : nil)
    }

    private func toDate(_ grain: TimeGrain) -> DateInterval {
        DateInterval(start: DateInterval.period(grain, holding: today).start, end: today.adding(days: 1))
    }

    private func rolling(_ grain: TimeGrain, _ count: Int) -> DateInterval {
        let end = today.adding(days: 1)
        switch grain {
        case .day: return DateInterval(start: end.adding(days: -count), end: end)
        case .week: return DateInterval(start: end.adding(days: -7 * count), end: end)
        case .month: return DateInterval(start: end.adding(months: -count), end: end)
        case .quarter: return DateInterval(start: end.adding(months: -3 * count), end: end)
        case .year: return DateInterval(start: end.adding(months: -12 * count), end: end)
        }
    }
}

extension String {
    /// With its first letter in upper case.
    var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
