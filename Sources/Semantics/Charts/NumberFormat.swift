public import Schemas

/// Numbers as people read them: a comma every three digits, a point before the fraction, one way everywhere.
public enum NumberFormat {
    /// A whole number with thousands separators: `1,234,567`.
    public static func grouped(_ value: Int) -> String {
        let digits = Array("\(value.magnitude)".utf8)
        var out: [UInt8] = value < 0 ? [45] : []
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { out.append(44) }
            out.append(digit)
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// A number with exactly `digits` decimals (0 to 9), rounded half away from zero, with thousands separators.
    /// Numbers beyond 10^15 / 10^digits are written as Swift writes them, since more digits would be made up.
    public static func fixed(_ value: Double, digits: Int, separators: Bool = true) -> String {
        var scale = 1
        for _ in 0..<min(max(digits, 0), 9) { scale *= 10 }
        let scaled = (value.magnitude * Double(scale)).rounded(.toNearestOrAwayFromZero)
        guard value.isFinite, scaled < 1e15 else { return "\(value)" }
        let whole = Int(scaled)
        let integer = separators ? grouped(whole / scale) : "\(whole / scale)"
        let sign = value < 0 && whole != 0 ? "-" : ""
        if scale == 1 { return sign + integer }
        // The leading one keeps the zeros after the point.
        return sign + integer + "." + "\(scale + whole % scale)".dropFirst()
    }

    /// At most `digits` decimals, without trailing zeros; small numbers keep three significant digits.
    public static func trimmed(_ value: Double, digits: Int = 2, separators: Bool = true) -> String {
        var places = digits
        var edge = 1.0
        while value != 0, places < 9, value.magnitude < edge {
            places += 1
            edge /= 10
        }
        var text = fixed(value, digits: places, separators: separators)
        guard text.contains("."), !text.contains("e") else { return text }
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    /// A number in few characters for axes: `950`, `1.2k`, `3.4M`, `12G`.
    public static func compact(_ value: Double) -> String {
        for (limit, unit) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")] where value.magnitude >= limit {
            let divisor = unit == "k" ? 1e3 : limit
            return trimmed(value / divisor, digits: value.magnitude / divisor < 100 ? 1 : 0) + unit
        }
        return trimmed(value)
    }

    /// A value as a cell or a label shows it. `grouping` says whether plain numbers get separators: measures do, keys
    /// and years do not.
    public static func text(_ value: SQLValue, format: OutputColumn.Format, grouping: Bool = true) -> String {
        switch value {
        case .null: return "–"
        case .text(let text): return text
        case .blob(let bytes): return "(\(grouped(bytes.count)) bytes)"
        case .integer(let number):
            switch format {
            case .money: return fixed(Double(number), digits: 2)
            case .ratio: return trimmed(Double(number) * 100, digits: 1) + " %"
            case .percent: return grouped(number) + " %"
            case .count, .number: return grouped(number)
            case .plain: return grouping ? grouped(number) : "\(number)"
            }
        case .real(let number):
            guard number.isFinite else { return number.isNaN ? "not a number" : number < 0 ? "-∞" : "∞" }
            switch format {
            case .money: return fixed(number, digits: 2)
            case .ratio: return trimmed(number * 100, digits: 1) + " %"
            case .percent: return trimmed(number, digits: 1) + " %"
            case .count, .number: return trimmed(number)
            case .plain: return trimmed(number, digits: grouping ? 2 : 6, separators: grouping)
            }
        }
    }

    /// A value as the column it stands in wants it.
    public static func text(_ value: SQLValue, in column: OutputColumn) -> String {
        text(value, format: column.format, grouping: column.role == .measure)
    }
}
