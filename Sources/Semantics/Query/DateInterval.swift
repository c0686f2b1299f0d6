public import Values

/// A half-open stretch of days: from `start`, up to and without `end`. An open side has no bound.
public struct DateInterval: Sendable, Hashable, Codable {
    /// The first day inside.
    public var start: CivilDate?
    /// The first day after.
    public var end: CivilDate?

    /// Makes an interval.
    public init(start: CivilDate?, end: CivilDate?) {
        self.start = start
        self.end = end
    }

    /// A calendar year.
    public static func year(_ year: Int) -> DateInterval {
        DateInterval(
            start: CivilDate(year: year, month: 1, day: 1), end: CivilDate(year: year + 1, month: 1, day: 1))
    }

    /// Calendar months from `month` of `year`.
    public static func months(_ year: Int, _ month: Int, count: Int = 1) -> DateInterval {
        DateInterval(
            start: CivilDate(year: year, month: month, day: 1),
            end: CivilDate(year: year, month: month + count, day: 1))
    }

    /// A calendar quarter, 1 to 4.
    public static func quarter(_ year: Int, _ quarter: Int) -> DateInterval {
        months(year, (quarter - 1) * 3 + 1, count: 3)
    }

    /// One day, or several from `day`.
    public static func days(from day: CivilDate, count: Int = 1) -> DateInterval {
        DateInterval(start: day, end: day.adding(days: count))
    }

    /// The calendar period of a grain that holds `day`, moved by a number of such periods.
    public static func period(_ grain: TimeGrain, holding day: CivilDate, offset: Int = 0, count: Int = 1)
        -> DateInterval
    {
        switch grain {
        case .day: return days(from: day.adding(days: offset), count: count)
        case .week:
            let monday = day.adding(days: 1 - day.weekday + 7 * offset)
            return days(from: monday, count: 7 * count)
        case .month: return months(day.year, day.month + offset, count: count)
        case .quarter: return months(day.year, (day.quarter - 1 + offset) * 3 + 1, count: 3 * count)
        case .year: return months(day.year + offset, 1, count: 12 * count)
        }
    }

    /// In words: `from 2024-01-01 to 2024-12-31`.
    public var words: String {
        switch (start, end) {
        case (let start?, let end?):
            let last = end.adding(days: -1)
            return start == last ? "on \(start)" : "from \(start) to \(last)"
        case (let start?, nil): return "since \(start)"
        case (nil, let end?): return "before \(end)"
        case (nil, nil): return "at any time"
        }
    }

    /// The year, when the interval is exactly whole calendar years: the first and the last of them.
    public var wholeYears: (first: Int, last: Int)? {
        guard let start, let end, start.month == 1, start.day == 1, end.month == 1, end.day == 1, end > start else {
            return nil
        }
        return (start.year, end.year - 1)
    }
}
