import Schemas

/// Months, quarters and years in their many spellings.
enum PeriodSpelling {
    enum Kind { case month, quarter, year }

    /// What the right column holds, when all of it is periods of one kind.
    static func kind(_ column: [SQLValue]) -> Kind? {
        let values = column.filter { $0 != .null }
        guard !values.isEmpty else { return nil }
        let texts = values.compactMap { if case .text(let text) = $0 { text } else { nil } }
        if texts.count == values.count {
            if texts.allSatisfy({ $0.wholeMatch(of: /\d{4}-(0[1-9]|1[0-2])/) != nil }) { return .month }
            if texts.allSatisfy({ $0.wholeMatch(of: /\d{4}-Q[1-4]/) != nil }) { return .quarter }
        }
        let isYears = values.allSatisfy { CellComparison.text($0).wholeMatch(of: /(19|20)\d\d/) != nil }
        return isYears ? .year : nil
    }

    /// `YYYY-MM`, `YYYY-Qn` or `YYYY` of a value; nil when it is no such period. `year` completes one that names none.
    static func canonical(_ value: SQLValue, _ kind: Kind, year: String?) -> String? {
        if value == .null { return nil }
        let text = String(CellComparison.text(value).replacing(/\.0+$/, with: ""))
        switch kind {
        case .month: return month(text, year)
        case .quarter: return quarter(text, year)
        case .year:
            return text.wholeMatch(of: /((19|20)\d\d)(-01(-01([ T]00:00:00.*)?)?)?/).map { String($0.1) }
        }
    }

    private static func two(_ text: Substring) -> String { text.count == 1 ? "0" + text : String(text) }

    private static func month(_ text: String, _ year: String?) -> String? {
        if let found = text.wholeMatch(
            of: /(\d{4})[\-\/.]?(0?[1-9]|1[0-2])([\-\/.]0?1)?([ T]00:00:00(\.\d+)?(Z|\+00:?00)?)?/)
        {
            return "\(found.1)-\(two(found.2))"
        }
        if let found = text.wholeMatch(of: /([A-Za-z]{3,9})\.?[ \-]+(\d{4})/), let number = number(found.1) {
            return "\(found.2)-\(number)"
        }
        if let found = text.wholeMatch(of: /(0?[1-9]|1[0-2])[\-\/](\d{4})/) { return "\(found.2)-\(two(found.1))" }
        guard let year else { return nil }
        if let found = text.wholeMatch(of: /(0?[1-9]|1[0-2])/) { return "\(year)-\(two(found.1))" }
        return number(Substring(text)).map { "\(year)-\($0)" }
    }

    private static func number(_ name: Substring) -> String? {
        let name = name.lowercased()
        let at = months.firstIndex { $0 == name || String($0.prefix(3)) == name }
        return at.map { two(Substring(String($0 + 1))) }
    }

    private static func quarter(_ text: String, _ year: String?) -> String? {
        if let found = text.wholeMatch(of: /(\d{4})[\- \/]?[Qq]?([1-4])/) { return "\(found.1)-Q\(found.2)" }
        if let found = text.wholeMatch(of: /[Qq]([1-4])[\- \/]?(\d{4})/) { return "\(found.2)-Q\(found.1)" }
        if let found = text.wholeMatch(of: /(\d{4})-(01|04|07|10)(-01.*)?/), let month = Int(found.2) {
            return "\(found.1)-Q\((month + 2) / 3)"
        }
        guard let year, let found = text.wholeMatch(of: /[Qq]?([1-4])/) else { return nil }
        return "\(year)-Q\(found.1)"
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december",
    ]
}
