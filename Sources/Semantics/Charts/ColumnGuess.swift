internal import Modeling
public import Schemas

extension OutputColumn {
    /// The columns of a result for charts and tables: those of the reading when they fit it, otherwise guessed from names
    /// and values, as for SQL that nobody described. Either way years that are whole numbers become periods.
    ///
    /// - Parameter shape: What the reading says of its columns; it counts only when there is one for each column.
    public static func columns(_ shape: [OutputColumn], of result: ResultTable) -> [OutputColumn] {
        let isDescribed = shape.count == result.columns.count
        return result.columns.indices.map { index in
            let guess = ColumnGuess(index: index, result: result)
            guard isDescribed else { return guess.column }
            var column = shape[index]
            if column.role == .dimension, column.format == .plain, let grain = guess.grain {
                column.role = .time(grain)
            }
            return column
        }
    }
}

/// What a column is, judged by its name and values alone.
struct ColumnGuess {
    let name: String
    private let index: Int
    private let words: [String]
    private let values: [SQLValue]

    init(index: Int, result: ResultTable) {
        self.index = index
        name = result.columns[index]
        words = Words.lemmas(of: name)
        values = result.rows.map { index < $0.count ? $0[index] : .null }.filter { $0 != .null }
    }

    var column: OutputColumn {
        let title = Words.split(name).joined(separator: " ").capitalisedFirst
        var column = OutputColumn(name: name, title: title.isEmpty ? name : title, role: .dimension)
        if let grain {
            column.role = .time(grain)
        } else if isNumeric, !has(Self.keyWords), words.last.map(Self.keyEndings.contains) != true {
            column.format = format
            // A name such as `age` may belong to a list; one such as `average_age` was computed.
            if has(Self.computedWords) || name.contains("("), !isCounter { column.role = .measure }
        }
        return column
    }

    private var isNumeric: Bool { !values.isEmpty && values.allSatisfy { $0.number != nil } }

    /// Whether the first column counts on from row to row: hours, ranks, sizes; the others are measured at each.
    private var isCounter: Bool {
        guard index == 0, values.count >= 3 else { return false }
        return zip(values, values.dropFirst()).allSatisfy {
            if case .integer(let a) = $0, case .integer(let b) = $1 { b == a &+ 1 } else { false }
        }
    }

    private func has(_ set: Set<String>) -> Bool { words.contains(where: set.contains) }

    private var format: OutputColumn.Format {
        if has(["percent", "percentage", "pct"]) || name.contains("%") { return .percent }
        if has(Self.countWords), values.allSatisfy({ if case .integer = $0 { true } else { false } }) {
            return .count
        }
        return has(Self.moneyWords) ? .money : .number
    }

    /// The grain, when every value is a period of one and the same; whole numbers only where the name says "year".
    var grain: TimeGrain? {
        guard let first = values.first else { return nil }
        if case .integer = first {
            let years = values.allSatisfy {
                if case .integer(let year) = $0 { (1500...2999).contains(year) } else { false }
            }
            return years && words.contains("year") && !words.contains("per") ? .year : nil
        }
        guard let grain = Self.grain(of: first), values.allSatisfy({ Self.grain(of: $0) == grain }) else {
            return nil
        }
        return grain
    }

    /// `2024`, `2024-Q1`, `2024-03`, `2024-03-09`
    private static func grain(of value: SQLValue) -> TimeGrain? {
        guard case .text(let text) = value else { return nil }
        let parts = text.utf8.split(separator: 45, omittingEmptySubsequences: false).map { Array($0) }
        func number(_ part: [UInt8], _ digits: Int, _ range: ClosedRange<Int>) -> Bool {
            guard part.count == digits, part.allSatisfy({ 48...57 ~= $0 }) else { return false }
            return range.contains(part.reduce(0) { $0 * 10 + Int($1 - 48) })
        }
        guard let year = parts.first, number(year, 4, 1500...2999) else { return nil }
        if parts.count == 1 { return .year }
        if parts.count == 2, parts[1].first == 81, number(Array(parts[1].dropFirst()), 1, 1...4) { return .quarter }
        guard number(parts[1], 2, 1...12) else { return nil }
        if parts.count == 2 { return .month }
        return parts.count == 3 && number(parts[2], 2, 1...31) ? .day : nil
    }

    private static let keyEndings: Set<String> = ["id", "key", "uuid", "guid", "no", "nr"]
    private static let keyWords: Set<String> = [
        "code", "zip", "postal", "postcode", "phone", "isbn", "sku", "year",
    ]
    private static let countWords: Set<String> = [
        "count", "number", "num", "cnt", "n", "quantity", "order", "customer",
    ]
    private static let moneyWords: Set<String> = [
        "amount", "price", "cost", "revenue", "sale", "turnover", "spend", "spending", "fee", "salary", "wage",
        "payment", "budget", "tax", "profit", "subtotal", "income", "expense", "refund",
    ]
    private static let computedWords: Set<String> = [
        "count", "cnt", "num", "number", "sum", "total", "average", "avg", "mean", "median", "min", "max",
        "minimum",
        "maximum", "lowest", "highest", "share", "percent", "percentage", "pct", "ratio", "rate", "revenue", "sale",
        "turnover", "spend", "spent", "profit", "growth", "cumulative", "n",
    ]
}
