/// A moment: microseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Microseconds since the epoch.
    public var microseconds: Int64

    /// Makes a moment.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Whether `a` is the earlier moment.
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

    /// The calendar day (UTC).
    public var date: CivilDate { CivilDate(daysSinceEpoch: Int(microseconds.flooredDivision(by: 86_400_000_000))) }

    /// `2026-11-20T10:00:00.123Z`
    public var description: String {
        var writer = JSONWriter(reservingBytes: 24)
        write(to: &writer)
        return writer.text
    }

    /// Writes ``description`` without an intermediate string.
    public func write(to writer: inout JSONWriter) {
        let day = microseconds.flooredDivision(by: 86_400_000_000)
        let rest = Int(microseconds - day * 86_400_000_000)
        let date = CivilDate(daysSinceEpoch: Int(day))
        func two(_ value: Int) {
            writer.byte(48 + UInt8(truncatingIfNeeded: value / 10))
            writer.byte(48 + UInt8(truncatingIfNeeded: value % 10))
        }
        if (0...9999).contains(date.year) {
            two(date.year / 100)
            two(date.year % 100)
            writer.byte(45)
            two(date.month)
            writer.byte(45)
            two(date.day)
        } else {
            writer.bytes.append(contentsOf: date.description.utf8)
        }
        writer.byte(84)
        two(rest / 3_600_000_000)
        writer.byte(58)
        two(rest / 60_000_000 % 60)
        writer.byte(58)
        two(rest / 1_000_000 % 60)
        writer.byte(46)
        let milliseconds = rest / 1000 % 1000
        writer.byte(48 + UInt8(truncatingIfNeeded: milliseconds / 100))
        two(milliseconds % 100)
        writer.byte(90)
    }

    /// Reads `YYYY-MM-DD[THH:MM[:SS[.fff]]][Z]`; nil when the text is something else.
    public init?(iso8601 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, let date = CivilDate(iso8601: String(text.prefix(10))) else { return nil }
        var micros = Int64(date.daysSinceEpoch) * 86_400_000_000
        var index = 10
        func number(_ digits: Int) -> Int64? {
            guard index + digits <= bytes.count else { return nil }
            var value: Int64 = 0
            for _ in 0..<digits {
                guard bytes[index] &- 48 < 10 else { return nil }
                value = value * 10 + Int64(bytes[index] - 48)
                index += 1
            }
            return value
        }
        if index < bytes.count {
            guard bytes[index] == 84 || bytes[index] == 32 else { return nil }
            index += 1
            guard let hours = number(2), hours < 24, index < bytes.count, bytes[index] == 58 else { return nil }
            index += 1
            guard let minutes = number(2), minutes < 60 else { return nil }
            micros += (hours * 60 + minutes) * 60_000_000
            if index < bytes.count, bytes[index] == 58 {
                index += 1
                guard let seconds = number(2), seconds < 60 else { return nil }
                micros += seconds * 1_000_000
                if index < bytes.count, bytes[index] == 46 {
                    index += 1
                    guard index < bytes.count, bytes[index] &- 48 < 10 else { return nil }
                    var scale: Int64 = 100_000
                    while index < bytes.count, bytes[index] &- 48 < 10 {
                        micros += Int64(bytes[index] - 48) * scale
                        scale /= 10
                        index += 1
                    }
                }
            }
            if index < bytes.count, bytes[index] == 90 { index += 1 }
            guard index == bytes.count else { return nil }
        }
        microseconds = micros
    }
}

/// A day of the proleptic Gregorian calendar, without a time zone.
public struct CivilDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The year.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, from 1.
    public let day: Int

    /// Makes a date from parts that the caller knows to be valid; month and day overflow is carried.
    public init(year: Int, month: Int, day: Int) {
        let monthIndex = year * 12 + month - 1
        let y = monthIndex.flooredDivision(by: 12)
        let days = Self.days(year: y, month: monthIndex - y * 12 + 1) + day - 1
        self.init(daysSinceEpoch: days)
    }

    /// Days to the first of a month; H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    private static func days(year: Int, month: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = y.flooredDivision(by: 400)
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The date `daysSinceEpoch` days after 1970-01-01; the same source, `civil_from_days`.
    public init(daysSinceEpoch: Int) {
        let z = daysSinceEpoch + 719_468
        let era = z.flooredDivision(by: 146_097)
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let mp = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * mp + 2) / 5 + 1
        month = mp < 10 ? mp + 3 : mp - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Reads `YYYY-MM-DD`; nil when the text is something else or no such day exists.
    public init?(iso8601 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == 45, bytes[7] == 45 else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for index in range {
                guard bytes[index] &- 48 < 10 else { return nil }
                value = value * 10 + Int(bytes[index] - 48)
            }
            return value
        }
        guard let y = number(0..<4), let m = number(5..<7), let d = number(8..<10), (1...12).contains(m), d >= 1
        else {
            return nil
        }
        let date = CivilDate(year: y, month: m, day: d)
        guard date.month == m else { return nil }
        self = date
    }

    /// Days since 1970-01-01.
    public var daysSinceEpoch: Int { Self.days(year: year, month: month) + day - 1 }
    /// The day of the week: 1 is Monday, 7 is Sunday (ISO 8601).
    public var weekday: Int { (daysSinceEpoch + 3) - (daysSinceEpoch + 3).flooredDivision(by: 7) * 7 + 1 }
    /// The quarter, 1 to 4.
    public var quarter: Int { (month - 1) / 3 + 1 }
    /// The date `days` later.
    public func adding(days: Int) -> CivilDate { CivilDate(daysSinceEpoch: daysSinceEpoch + days) }
    /// The same day `months` later, or the last day of that month when it is shorter.
    public func adding(months: Int) -> CivilDate {
        let first = CivilDate(year: year, month: month + months, day: 1)
        let last = CivilDate(year: first.year, month: first.month + 1, day: 1).adding(days: -1)
        return CivilDate(year: first.year, month: first.month, day: min(day, last.day))
    }

    /// Whether `a` is the earlier day.
    public static func < (a: CivilDate, b: CivilDate) -> Bool {
        (a.year, a.month, a.day) < (b.year, b.month, b.day)
    }

    /// `YYYY-MM-DD`
    public var description: String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let digits = "\(year.magnitude)"
        let zeros = String(repeating: "0", count: max(0, 4 - digits.utf8.count))
        return "\(year < 0 ? "-" : "")\(zeros)\(digits)-\(two(month))-\(two(day))"
    }
}

extension FixedWidthInteger {
    /// The quotient rounded towards minus infinity.
    public func flooredDivision(by divisor: Self) -> Self {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

/// `YYYY-MM-DD`
extension CivilDate: Codable {
    /// Writes the day as text.
    public func encode(to encoder: any Encoder) throws {
        var place = encoder.singleValueContainer()
        try place.encode(description)
    }

    /// Reads the day. Throws when there is no such day.
    public init(from decoder: any Decoder) throws {
        let place = try decoder.singleValueContainer()
        guard let date = CivilDate(iso8601: try place.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: place, debugDescription: "no day as YYYY-MM-DD")
        }
        self = date
    }
}
