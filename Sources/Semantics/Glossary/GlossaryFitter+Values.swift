import Modeling
import Schemas
import Values

extension FormulaFigure {
    /// Tables whose rows aggregates take one by one: one entry per aggregate that repeated rows would change.
    var repeated: [String] {
        func look(_ formula: Formula) -> [String] {
            if case .call(let name, let arguments, let isDistinct) = formula, Formula.aggregates.contains(name) {
                guard !isDistinct, name != "MIN", name != "MAX" else { return [] }
                let tables = Set(arguments.flatMap(\.columns).map(\.table))
                // A row's value may read what the row refers to; then the row is of the finer table.
                return tables.isEmpty || tables.contains(home) ? [home] : tables.sorted()
            }
            return formula.children.flatMap(look)
        }
        return look(formula)
    }
}

/// From formulas to the values that questions know.
extension GlossaryFitter {
    static func format(_ format: SemanticFormat) -> OutputColumn.Format {
        switch format {
        case .plain: .plain
        case .number: .number
        case .money: .money
        case .percent: .percent
        }
    }

    /// Sums and averages of money are money; counts are counts; all else is a number.
    func inferredFormat(_ formula: Formula) -> OutputColumn.Format {
        switch formula {
        case .call("COUNT", _, _): return .count
        case .call(_, let arguments, _):
            let isMoney = arguments.flatMap(\.columns).contains { schema.column($0)?.measure?.isMoney ?? false }
            return isMoney ? .money : .number
        default: return .number
        }
    }

    /// An aggregate of one table as the value that questions have for it; nil when there is none.
    func plainValue(_ formula: Formula, _ base: String) -> Measure.Value? {
        guard case .call(let name, let arguments, let isDistinct) = formula else { return nil }
        if name == "COUNT" {
            guard let argument = arguments.first else { return .count(base) }
            guard case .column(let ref) = argument else { return nil }
            let isKey = schema.entity(ref.table)?.key == [ref.column]
            if isKey { return .count(ref.table) }
            return isDistinct ? .countDistinct(ref) : nil
        }
        guard !isDistinct, let argument = arguments.first else { return nil }
        let amount: Amount
        switch argument {
        case .column(let ref): amount = .column(ref)
        case .infix(.column(let a), "*", .column(let b)) where a.table == b.table: amount = .product(a, b)
        default:
            // All of one table: the rows of another would have to be joined first.
            guard Set(argument.columns.map(\.table)) == [base] else { return nil }
            amount = .formula(argument, of: base)
        }
        switch name {
        case "SUM": return .aggregate(.sum, amount)
        case "AVG": return .aggregate(.average, amount)
        case "MIN": return .aggregate(.minimum, amount)
        case "MAX": return .aggregate(.maximum, amount)
        default: return nil
        }
    }

    /// The formula over those rows only that satisfy the conditions.
    func narrowed(_ formula: Formula, _ conditions: [Formula]) -> Formula {
        guard let first = conditions.first else { return formula }
        let all = conditions.dropFirst().reduce(first) { .infix($0, "AND", $1) }
        return formula.mapped { part -> Formula in
            guard case .call(let name, let arguments, let isDistinct) = part, Formula.aggregates.contains(name)
            else {
                return part
            }
            let value = arguments.first ?? .number("1")
            return .call(
                name, [.cases([Formula.Branch(when: all, then: value)], otherwise: nil)], isDistinct: isDistinct)
        }
    }

    /// What is added up or averaged should be a number.
    mutating func checkTypes(_ formula: Formula, _ path: String) {
        func look(_ formula: Formula) -> [ColumnRef] {
            if case .call(let name, let arguments, _) = formula, ["SUM", "AVG"].contains(name) {
                return arguments.flatMap { argument -> [ColumnRef] in
                    if case .cases = argument { return [] }
                    return argument.columns
                }
            }
            return formula.children.flatMap(look)
        }
        for ref in look(formula) {
            guard let kind = catalogue.table(ref.table)?.column(ref.column)?.kind,
                [.text, .date, .datetime, .blob].contains(kind)
            else { continue }
            report(
                .warning, "semantic_type", "\(ref) holds \(kind.rawValue) values, which cannot be added up",
                "name a column of numbers, or cast it", path + ".formula")
        }
    }
}
