public import Schemas

/// When two values of results are the same.
public enum CellComparison {
    /// The number that a value is, also one that is written as text.
    static func number(_ value: SQLValue) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .real(let number): number
        case .text(let text): isNumber(text) ? Double(trimmed(text)) : nil
        case .null, .blob: nil
        }
    }

    /// `-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?` between white space: what has leading zeros is a code.
    private static func isNumber(_ text: String) -> Bool {
        trimmed(text).wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+\-]?[0-9]+)?/) != nil
    }

    static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// A value as text, white space at the ends left out.
    static func text(_ value: SQLValue) -> String {
        switch value {
        case .null: ""
        case .integer(let number): String(number)
        case .real(let number): "\(number)"
        case .text(let text): trimmed(text)
        case .blob(let bytes): String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Whether two values are the same: numbers to six digits, or, loosely, rounded to two places; texts without white
    /// space at the ends, loosely without a midnight.
    public static func equal(_ a: SQLValue, _ b: SQLValue, loosely: Bool) -> Bool {
        if a == .null || b == .null { return a == b }
        let x = number(a)
        let y = number(b)
        if let x, let y {
            if x == y { return true }
            let difference = abs(x - y)
            let size = max(abs(x), abs(y))
            if difference <= 1e-6 * max(1, size) * (size < 1e12 ? 1 : 10) { return true }
            guard loosely, !(x == x.rounded() && y == y.rounded()) else { return false }
            return difference <= (size >= 1 ? 0.00501 : min(0.00501, 0.02 * size))
        }
        if (x == nil) != (y == nil) { return false }
        let one = text(a)
        let other = text(b)
        if one == other { return true }
        return loosely && withoutMidnight(one) == withoutMidnight(other)
    }

    private static func withoutMidnight(_ text: String) -> String {
        String(text.replacing(/[ T]00:00:00(\.0+)?$/, with: ""))
    }

    /// A key that sorts equal values together: nothing, numbers rounded to `places`, texts.
    static func key(_ value: SQLValue, places: Int) -> (Int, Double, String) {
        if value == .null { return (0, 0, "") }
        if let number = number(value) {
            let scale = places == 2 ? 100.0 : 1e9
            let scaled = number * scale
            return (1, abs(scaled) < 1e15 ? scaled.rounded(.toNearestOrEven) / scale : number, "")
        }
        return (2, 0, text(value))
    }

    static func precedes(_ a: [SQLValue], _ b: [SQLValue], places: Int) -> Bool {
        for (x, y) in zip(a, b) {
            let left = key(x, places: places)
            let right = key(y, places: places)
            if left != right { return left < right }
        }
        return a.count < b.count
    }
}
