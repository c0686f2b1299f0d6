import Modeling
import Schemas
import Values

/// Figures that one pass over joined rows cannot compute: levels, and formulas over aggregates of several tables.
extension GlossaryFitter {
    /// A measure that stands still in time, with the day on which it is taken.
    mutating func standing(
        _ measure: SemanticMeasure, _ row: Formula, _ table: CatalogueTable, _ formula: Formula, _ path: String
    ) -> DefinedFigure? {
        let own = glossary.entities[table.name]?.time.flatMap { table.column($0)?.name }
        let inferred = schema.entity(table.name)?.time
        let said = measure.time.flatMap { date($0, path + ".time") }
        guard let time = said ?? (own ?? inferred).map({ ColumnRef(table.name, $0) }), time.table == table.name
        else {
            report(
                .error, "semantic_missing", "nothing says on which day \"\(measure.name)\" is taken",
                "name the date column under \"time\"", path)
            return nil
        }
        let picks: [SemanticMeasure.Aggregation: Standing.Pick] = [
            .average: .average, .max: .highest, .min: .lowest,
        ]
        let amount: Amount = if case .column(let ref) = row { .column(ref) } else { .formula(row, of: table.name) }
        guard measure.aggregation != .count, measure.aggregation != .countDistinct,
            var figure = define(
                formula, home: table, name: measure.name, filters: measure.filters, time: nil,
                format: measure.format, unit: measure.unit, path)
        else { return nil }
        figure.value = .standing(Standing(amount, time: time, pick: picks[measure.aggregation] ?? .last))
        figure.time = time
        return figure
    }

    /// Arithmetic of aggregates whose tables do not lead to one another, or whose rows joins would repeat: each aggregate
    /// by itself. Nil for what one pass can compute, and for what is no such arithmetic.
    func valueOfSeveralGrains(_ formula: Formula) -> Measure.Value? {
        guard let value = parts(formula), Set(value.leaves.map(\.value.home)).count > 1 else { return nil }
        let homes = Set(value.leaves.map(\.value.home))
        let base = homes.sorted().first { base in homes.allSatisfy { $0 == base || reaches(base, $0) } }
        if let base {
            let tables = formula.columns.map(\.table)
            let figure = FormulaFigure(formula: formula, home: base, tables: tables)
            if figure.repeated.allSatisfy({ $0 == base }) { return nil }
        }
        return value
    }

    private func parts(_ formula: Formula) -> Measure.Value? {
        switch formula {
        case .call(let name, let arguments, _) where Formula.aggregates.contains(name):
            let tables = Set(arguments.flatMap(\.columns).map(\.table)).sorted()
            guard let base = tables.first(where: { base in tables.allSatisfy { $0 == base || reaches(base, $0) } })
            else { return nil }
            let figure = FormulaFigure(formula: formula, home: base, tables: tables)
            return plainValue(formula, base) ?? .formula(figure)
        case .call("NULLIF", let arguments, _), .call("COALESCE", let arguments, _):
            // A divisor of 0 gives nothing, and a sum of no rows is 0, without being told.
            guard arguments.count == 2, case .number(let digits) = arguments[1], Double(digits) == 0 else {
                return nil
            }
            return parts(arguments[0])
        case .call("ROUND", let arguments, _): return arguments.first.flatMap(parts)
        case .cast(let inner, _): return parts(inner)
        case .infix(let left, let sign, let right): return combined(left, sign, right)
        default: return nil
        }
    }

    private func combined(_ left: Formula, _ sign: String, _ right: Formula) -> Measure.Value? {
        let factor = Self.number(left) ?? Self.number(right)
        if sign == "*", let factor {
            let inner = Self.number(left) == nil ? left : right
            if factor == 1 { return parts(inner) }
            guard factor == 100, case .combined(let a, .over, let b)? = parts(inner) else { return nil }
            return .combined(a, .percentOf, b)
        }
        // 100 × a ÷ b
        if sign == "/", case .infix(let first, "*", let second) = left,
            let scale = Self.number(first) ?? Self.number(second)
        {
            let inner = Self.number(first) == nil ? first : second
            guard let a = parts(inner), let b = parts(right), scale == 1 || scale == 100 else { return nil }
            return .combined(a, scale == 100 ? .percentOf : .over, b)
        }
        let operations: [String: Operation] = ["+": .plus, "-": .minus, "*": .times, "/": .over]
        guard let operation = operations[sign], let a = parts(left), let b = parts(right) else { return nil }
        return .combined(a, operation, b)
    }

    private static func number(_ formula: Formula) -> Double? {
        if case .number(let digits) = formula { Double(digits) } else { nil }
    }
}
