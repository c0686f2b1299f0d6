public import Schemas
import Values

/// How cells of text write what they mean, where that is a number or a day: `1,234`, `$12.50`, `7%`, `October 8, 2008`.
///
/// Spreadsheets and pages keep numbers and days as people read them. They are compared, ordered and added up as what they
/// mean; what is shown stays as it is stored.
public enum CellForm: Sendable, Hashable {
    /// Digits as they are.
    case number
    /// Digits among signs that stand in the way (thousands separators, currencies), perhaps with a unit behind them.
    case dressed(signs: String)
    /// `October 8, 2008`, `Oct 8, 2008`
    case monthDayYear(isShort: Bool)
    /// `8 October 2008`, `8 Oct 2008`; the sign stands between the parts
    case dayMonthYear(separator: String, isShort: Bool)
    /// `10/8/2008`: the month first
    case numericMonthFirst(separator: String)
    /// `8/10/2008`, `8.10.2008`: the day first
    case numericDayFirst(separator: String)
    /// `2008/10/08`
    case slashed

    /// Whether cells are days.
    public var isDay: Bool {
        switch self {
        case .number, .dressed: false
        default: true
        }
    }

    /// The form that nearly all of the samples have; nil for other text and for ISO dates, which compare as they are.
    public static func of(_ samples: [SQLValue]) -> CellForm? {
        let texts = samples.compactMap { sample -> String? in
            guard case .text(let text) = sample else { return nil }
            let plain = trimmed(text)
            return gaps.contains(plain.lowercased()) ? nil : plain
        }
        guard !texts.isEmpty, texts.count * 2 >= samples.count else { return nil }
        return number(texts) ?? day(texts)
    }

    /// What people write where nothing is known.
    private static let gaps: Set<String> = [
        "", "-", "–", "—", "n/a", "na", "none", "unknown", "tba", "tbd", "null", "?",
    ]

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    // MARK: Numbers

    private static func number(_ texts: [String]) -> CellForm? {
        var signs = ""
        var unit: Substring?
        for text in texts {
            var rest = text[...]
            if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
            if let first = rest.first, "$€£".contains(first) {
                rest.removeFirst()
                if !signs.contains(first) { signs.append(first) }
            }
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "," || $0 == "." }
            guard let first = digits.first, first != ",", let last = digits.last, last.isNumber else { return nil }
            if digits.contains(",") {
                // Groups of three after the first; "1,5" is no such number.
                let groups = digits.prefix { $0 != "." }.split(separator: ",", omittingEmptySubsequences: false)
                guard groups.dropFirst().allSatisfy({ $0.count == 3 }), groups[0].count <= 3 else { return nil }
                if !signs.contains(",") { signs.append(",") }
            }
            guard Double(digits.filter { $0 != "," }) != nil else { return nil }
            // A unit must be the same everywhere: "12 kg" beside "3 t" does not compare.
            let tail = trimmed(String(rest[digits.endIndex...]))[...]
            if !tail.isEmpty, tail != "%", tail.contains(where: \.isNumber) || tail.count > 12 { return nil }
            if let unit, unit != tail { return nil }
            unit = tail
        }
        // "5th" is a rank and "1A" a name.
        if let unit, !unit.isEmpty, unit != "%", !isUnit(unit) { return nil }
        return signs.isEmpty && unit?.isEmpty ?? true ? .number : .dressed(signs: signs)
    }

    private static func isUnit(_ text: Substring) -> Bool {
        [
            "million", "billion", "thousand", "m", "km", "kg", "g", "cm", "mm", "min", "minutes", "mi", "ft", "lbs",
            "lb", "usd", "eur", "hours", "days", "years", "mph", "km/h",
        ].contains(text.lowercased())
    }

    // MARK: Days

    private static func day(_ texts: [String]) -> CellForm? {
        var forms: [CellForm: Int] = [:]
        var isDayFirst = false
        var isMonthFirst = false
        for text in texts {
            guard let found = dayForm(text) else { continue }
            if case .numericMonthFirst = found.form {
                if found.first > 12 { isDayFirst = true }
                if found.second > 12 { isMonthFirst = true }
            }
            forms[found.form, default: 0] += 1
        }
        guard let best = forms.max(by: { $0.value < $1.value }), best.value * 10 >= texts.count * 9 else {
            return nil
        }
        guard case .numericMonthFirst(let separator) = best.key else { return best.key }
        // 3/4/2008 alone does not tell; points stand where the day comes first.
        if isDayFirst, isMonthFirst { return nil }
        if isDayFirst || (separator == "." && !isMonthFirst) { return .numericDayFirst(separator: separator) }
        return isMonthFirst ? best.key : nil
    }

    private static func dayForm(_ text: String) -> (form: CellForm, first: Int, second: Int)? {
        let parts = text.split(whereSeparator: { " ,/.-".contains($0) }).map(String.init)
        guard parts.count == 3 else { return nil }
        func whole(_ part: String, _ range: ClosedRange<Int>) -> Int? {
            guard let value = Int(part), range.contains(value) else { return nil }
            return value
        }
        if text.contains("/"), parts[0].utf8.count == 4, whole(parts[0], 1000...2999) != nil,
            parts[1].utf8.count == 2,
            parts[2].utf8.count == 2
        {
            return (.slashed, 0, 0)
        }
        guard parts[2].utf8.count == 4, whole(parts[2], 1000...2999) != nil else { return nil }
        if let isShort = month(parts[0]), whole(parts[1], 1...31) != nil, text.contains(" ") {
            return (.monthDayYear(isShort: isShort), 0, 0)
        }
        let digits = String(parts[0].prefix { $0.isNumber })
        if let isShort = month(parts[1]), whole(digits, 1...31) != nil {
            guard let separator = text.first(where: { " -/.".contains($0) }) else { return nil }
            return (.dayMonthYear(separator: String(separator), isShort: isShort), 0, 0)
        }
        if let first = whole(parts[0], 1...31), let second = whole(parts[1], 1...31),
            let separator = text.first(where: { "/.-".contains($0) })
        {
            return (.numericMonthFirst(separator: String(separator)), first, second)
        }
        return nil
    }

    /// Whether the word is a month's name, and if so whether it is cut to three letters.
    private static func month(_ word: String) -> Bool? {
        let lower = word.lowercased()
        guard lower.count >= 3, let name = months.first(where: { $0.hasPrefix(lower) }) else { return nil }
        // May is both.
        return lower.count == 3 && name != "may"
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december",
    ]
}
