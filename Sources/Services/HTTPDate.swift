internal import Values

/// Reads the dates of HTTP (RFC 9110, section 5.6.7): the preferred form and the two obsolete ones.
///
/// ```text
/// Sun, 06 Nov 1994 08:49:37 GMT     IMF-fixdate
/// Sunday, 06-Nov-94 08:49:37 GMT    RFC 850
/// Sun Nov  6 08:49:37 1994          asctime
/// ```
enum HTTPDate {
    /// The moment, or nil when the text is none. `now` tells the century of a year with two digits: such a year is
    /// never more than 50 years ahead.
    static func parse(_ text: String, now: Timestamp) -> Timestamp? {
        let words = text.split { $0 == " " || $0 == "," }
        switch words.count {
        case 6 where words[5] == "GMT":
            guard words[3].utf8.count == 4 else { return nil }
            return moment(year: number(words[3]), month: words[2], day: words[1], time: words[4])
        case 4 where words[3] == "GMT":
            let date = words[1].split(separator: "-", omittingEmptySubsequences: false)
            guard date.count == 3, date[2].utf8.count == 2, let digits = number(date[2]) else { return nil }
            let century = now.date.year / 100 * 100
            let year = century + digits > now.date.year + 50 ? century + digits - 100 : century + digits
            return moment(year: year, month: date[1], day: date[0], time: words[2])
        case 5:
            guard words[4].utf8.count == 4 else { return nil }
            return moment(year: number(words[4]), month: words[1], day: words[2], time: words[3])
        default: return nil
        }
    }

    private static func moment(
        year: Int?, month name: Substring, day: Substring, time: Substring
    ) -> Timestamp? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false)
        guard let year, let month = months.firstIndex(of: String(name)), let day = number(day), clock.count == 3,
            clock.allSatisfy({ $0.utf8.count == 2 }), let hour = number(clock[0]), hour < 24,
            let minute = number(clock[1]), minute < 60, let second = number(clock[2]), second <= 60
        else { return nil }
        let date = CivilDate(year: year, month: month + 1, day: day)
        // A day that the month does not have has been carried into the next one.
        guard day >= 1, date.month == month + 1, date.year == year else { return nil }
        let seconds = Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        return Timestamp(microseconds: seconds * 1_000_000)
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// One to four digits.
    private static func number(_ text: Substring) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
        return Int(text)
    }
}
