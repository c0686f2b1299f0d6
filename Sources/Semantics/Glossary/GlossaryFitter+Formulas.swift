import Modeling
import Schemas
import Values

/// Parses and resolves the SQL of a glossary.
extension GlossaryFitter {
    mutating func parse(_ text: String, _ path: String) -> Formula? {
        do {
            return try FormulaParser.parse(text)
        } catch {
            report(
                .error, "semantic_sql", "\(error.message), at character \(error.at + 1) of \"\(text.prefix(80))\"",
                error.hint, path)
            return nil
        }
    }

    /// The formula with its names as columns of the catalogue.
    ///
    /// - Parameter table: where bare names are looked up, and the only table that may be read; nil for any.
    mutating func resolve(_ formula: Formula, in table: CatalogueTable?, _ path: String) -> Formula? {
        var failed = false
        let found = formula.mapped { part -> Formula in
            guard case .name(let parts, _) = part else { return part }
            guard let ref = column(parts, in: table, path) else {
                failed = true
                return part
            }
            return .column(ref)
        }
        return failed ? nil : found
    }

    private mutating func column(_ parts: [String], in home: CatalogueTable?, _ path: String) -> ColumnRef? {
        if parts.count == 1 {
            if let home { return column(parts[0], of: home, path).map { ColumnRef(home.name, $0.name) } }
            let owners = catalogue.tables.filter { $0.column(parts[0]) != nil }
            if owners.count == 1, let column = owners[0].column(parts[0]) {
                return ColumnRef(owners[0].name, column.name)
            }
            report(
                .error, owners.isEmpty ? "semantic_unknown_column" : "semantic_ambiguous_column",
                owners.isEmpty
                    ? "\"\(parts[0])\" is no column, measure or metric"
                    : "\"\(parts[0])\" is a column of \(owners.map(\.name).joined(separator: ", "))",
                owners.isEmpty
                    ? Spelling.hint(
                        parts[0], among: catalogue.tables.flatMap { $0.columns.map(\.name) },
                        otherwise: "write TABLE.COLUMN") : "write TABLE.COLUMN", path)
            return nil
        }
        guard let table = table(parts[parts.count - 2], path) else { return nil }
        if let home, home.name != table.name {
            report(
                .error, "semantic_other_table", "\(parts.joined(separator: ".")) is not of \(home.name)",
                "an expression reads the columns of one table; join others with a metric over measures", path)
            return nil
        }
        return column(parts[parts.count - 1], of: table, path).map { ColumnRef(table.name, $0.name) }
    }

    /// Whether a formula is true or false for a row; what adds rows up is none.
    mutating func isCondition(_ formula: Formula, _ path: String) -> Bool {
        if formula.isAggregate {
            report(
                .error, "semantic_sql", "a filter is about one row and knows no aggregates",
                "compare columns with values", path)
            return false
        }
        switch formula {
        case .infix(_, let sign, _) where !["+", "-", "*", "/", "%", "||"].contains(sign): return true
        case .isNull, .oneOf, .between, .prefix("NOT", _), .column, .cases: return true
        default:
            report(.error, "semantic_sql", "the filter is no condition", "compare columns with values", path)
            return false
        }
    }

    /// A condition as filters: the plain ones in the form that questions have, so that they can be compared.
    func filters(_ condition: Formula, _ table: String) -> [Filter] {
        switch condition {
        case .infix(let left, "AND", let right): return filters(left, table) + filters(right, table)
        case .infix(.column(let ref), let sign, let right):
            guard let value = Self.literal(right) else { break }
            if sign == "=" { return [.oneOf(ref, [value], isNegated: false)] }
            if sign == "<>" { return [.oneOf(ref, [value], isNegated: true)] }
            if let comparison = Comparison(rawValue: sign), let number = Self.bound(value) {
                return [.compare(ref, comparison, number)]
            }
        case .oneOf(.column(let ref), let list, let isNegated):
            let values = list.compactMap(Self.literal)
            if values.count == list.count { return [.oneOf(ref, values, isNegated: isNegated)] }
        case .isNull(.column(let ref), let isNegated): return [.isMissing(ref, isNegated: isNegated)]
        case .between(.column(let ref), let low, let high, false):
            if let low = Self.literal(low).flatMap(Self.bound), let high = Self.literal(high).flatMap(Self.bound) {
                return [.between(ref, low, high)]
            }
        default: break
        }
        return [.holds(condition, of: table)]
    }

    private static func literal(_ formula: Formula) -> SQLValue? {
        switch formula {
        case .number(let digits): Int(digits).map(SQLValue.integer) ?? Double(digits).map(SQLValue.real)
        case .prefix("-", .number(let digits)):
            Int(digits).map { .integer(-$0) } ?? Double(digits).map { .real(-$0) }
        case .text(let text): .text(text)
        default: nil
        }
    }

    private static func bound(_ value: SQLValue) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }
}
