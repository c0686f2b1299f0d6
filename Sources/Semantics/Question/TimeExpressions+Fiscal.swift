import Schemas
import Values

/// Fiscal years and quarters, which begin with the month that the glossary's calendar says. A fiscal year has the number of
/// the calendar year in which it starts.
extension TimeReader {
    private static let yearWords: Set<String> = ["fiscal", "financial"]

    /// "fiscal year 2024", "FY24", "Q1 FY2025", "second fiscal quarter of 2024", "last fiscal year".
    func fiscal(at index: Int) -> Point? {
        guard let start = fiscalStart else { return nil }
        var at = index
        if word(at) == "the" { at += 1 }
        if let (year, end) = fiscalYear(at: at) {
            if let quarter = Self.quarters[word(end)]
                ?? Self.quarters[word(end + 1)].flatMap({ word(end) == "-" ? $0 : nil })
            {
                return Point(
                    interval: fiscalQuarter(year, quarter, start), end: word(end) == "-" ? end + 2 : end + 1)
            }
            return Point(interval: .months(year, start, count: 12), end: end)
        }
        // "Q1 FY25", "Q1 of fiscal year 2025", "fiscal Q1 2025"
        let isFiscal = Self.yearWords.contains(word(at))
        if let quarter = Self.quarters[word(isFiscal ? at + 1 : at)] {
            let next = isFiscal ? at + 2 : at + 1
            let yearAt = ["of", "in", "-"].contains(word(next)) ? next + 1 : next
            if let (year, end) = fiscalYear(at: yearAt) {
                return Point(interval: fiscalQuarter(year, quarter, start), end: end)
            }
            if isFiscal, let year = year(yearAt) {
                return Point(interval: fiscalQuarter(year, quarter, start), end: yearAt + 1)
            }
            return nil
        }
        if let quarter = whole(at, 1...4), tokens[at].isOrdinal, Self.yearWords.contains(word(at + 1)),
            word(at + 2) == "quarter", ["of", "in"].contains(word(at + 3)),
            let year = year(at + 4) ?? fiscalYear(at: at + 4)?.year
        {
            let end = fiscalYear(at: at + 4)?.end ?? at + 5
            return Point(interval: fiscalQuarter(year, quarter, start), end: end)
        }
        return relativeFiscal(at: at, start)
    }

    private static let quarters = ["q1": 1, "q2": 2, "q3": 3, "q4": 4]

    /// "FY24", "FY 2024", "fiscal year 2024", "fiscal 2024".
    private func fiscalYear(at index: Int) -> (year: Int, end: Int)? {
        let word = word(index)
        if word.hasPrefix("fy"), word.utf8.count > 2, let number = Int(word.dropFirst(2)) {
            return Self.full(number).map { ($0, index + 1) }
        }
        var at = index
        if word == "fy" {
            at += 1
        } else if Self.yearWords.contains(word) {
            at += self.word(at + 1) == "year" ? 2 : 1
        } else {
            return nil
        }
        if self.word(at) == "of" { at += 1 }
        if let year = year(at) { return (year, at + 1) }
        guard word == "fy", let number = whole(at, 0...99) else { return nil }
        return Self.full(number).map { ($0, at + 1) }
    }

    /// `24` is 2024.
    private static func full(_ number: Int) -> Int? {
        if (0...99).contains(number) { return 2000 + number }
        return (1900...2100).contains(number) ? number : nil
    }

    private func fiscalQuarter(_ year: Int, _ quarter: Int, _ start: Int) -> DateInterval {
        .months(year, start + 3 * (quarter - 1), count: 3)
    }

    /// "last fiscal year", "this fiscal quarter", "fiscal year to date".
    private func relativeFiscal(at index: Int, _ start: Int) -> Point? {
        let first = DateInterval.months(today.month >= start ? today.year : today.year - 1, start, count: 12)
        guard let begin = first.start else { return nil }
        if Self.yearWords.contains(word(index)), word(index + 1) == "year", word(index + 2) == "to",
            word(index + 3) == "date"
        {
            return Point(interval: DateInterval(start: begin, end: today.adding(days: 1)), end: index + 4)
        }
        let offsets = ["last": -1, "previous": -1, "prior": -1, "this": 0, "current": 0]
        guard let offset = offsets[word(index)], Self.yearWords.contains(word(index + 1)) else { return nil }
        switch word(index + 2) {
        case "year":
            return Point(interval: .months(begin.year + offset, start, count: 12), end: index + 3)
        case "quarter":
            let months = (today.year - begin.year) * 12 + today.month - begin.month
            return Point(interval: .months(begin.year, start + 3 * (months / 3 + offset), count: 3), end: index + 3)
        default: return nil
        }
    }

    /// "by fiscal year", "per fiscal quarter".
    func fiscalGrouping(at index: Int) -> TimePhrase? {
        guard fiscalStart != nil else { return nil }
        var at = index
        if ["for", "in", "of"].contains(word(at)), ["each", "every"].contains(word(at + 1)) { at += 1 }
        guard ["per", "by", "each", "every", "and"].contains(word(at)), Self.yearWords.contains(word(at + 1)),
            let grain = grain(at + 2), grain == .year || grain == .quarter
        else { return nil }
        return TimePhrase(range: index..<at + 3, meaning: .eachFiscal(grain))
    }
}
