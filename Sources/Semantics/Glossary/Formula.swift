public import Modeling
import Schemas

/// A piece of SQL that a glossary writes, as a tree: a row's value, a condition, or a formula over aggregates. Only what
/// stands here can be written, so a glossary never brings statements, subqueries or unknown functions into an answer.
public indirect enum Formula: Sendable, Hashable {
    /// A column that the catalogue has.
    case column(ColumnRef)
    /// A name that is not resolved yet: a column of the table at hand, `table.column`, a measure or a metric.
    case name([String], at: Int)
    /// A number as written.
    case number(String)
    /// A text.
    case text(String)
    case null
    /// A function by its upper-case name. `COUNT(*)` has no arguments.
    case call(String, [Formula], isDistinct: Bool)
    /// A cast to a type of the core few.
    case cast(Formula, to: String)
    /// An operator between two values: arithmetic, `||`, comparisons, `LIKE`, `AND`, `OR`.
    case infix(Formula, String, Formula)
    /// `-` or `NOT`.
    case prefix(String, Formula)
    case isNull(Formula, isNegated: Bool)
    case oneOf(Formula, [Formula], isNegated: Bool)
    case between(Formula, Formula, Formula, isNegated: Bool)
    case cases([Branch], otherwise: Formula?)

    /// One `WHEN … THEN …`.
    public struct Branch: Sendable, Hashable {
        /// The condition.
        public var when: Formula
        /// The value where it holds.
        public var then: Formula
    }

    /// The parts of which this is made.
    var children: [Formula] {
        switch self {
        case .column, .name, .number, .text, .null: []
        case .call(_, let arguments, _): arguments
        case .cast(let inner, _), .prefix(_, let inner), .isNull(let inner, _): [inner]
        case .infix(let left, _, let right): [left, right]
        case .oneOf(let left, let values, _): [left] + values
        case .between(let value, let low, let high, _): [value, low, high]
        case .cases(let branches, let otherwise):
            branches.flatMap { [$0.when, $0.then] } + (otherwise.map { [$0] } ?? [])
        }
    }

    /// The same with each part replaced, leaves first.
    func mapped<Failure: Error>(_ change: (Formula) throws(Failure) -> Formula) throws(Failure) -> Formula {
        func each(_ parts: [Formula]) throws(Failure) -> [Formula] {
            var found: [Formula] = []
            for part in parts { found.append(try part.mapped(change)) }
            return found
        }
        let parts = try each(children)
        switch self {
        case .column, .name, .number, .text, .null: return try change(self)
        case .call(let name, _, let isDistinct): return try change(.call(name, parts, isDistinct: isDistinct))
        case .cast(_, let type): return try change(.cast(parts[0], to: type))
        case .prefix(let sign, _): return try change(.prefix(sign, parts[0]))
        case .isNull(_, let isNegated): return try change(.isNull(parts[0], isNegated: isNegated))
        case .infix(_, let sign, _): return try change(.infix(parts[0], sign, parts[1]))
        case .oneOf(_, _, let isNegated):
            return try change(.oneOf(parts[0], Array(parts.dropFirst()), isNegated: isNegated))
        case .between(_, _, _, let isNegated):
            return try change(.between(parts[0], parts[1], parts[2], isNegated: isNegated))
        case .cases(let branches, let otherwise):
            let pairs = branches.indices.map { Branch(when: parts[2 * $0], then: parts[2 * $0 + 1]) }
            return try change(.cases(pairs, otherwise: otherwise == nil ? nil : parts.last))
        }
    }

    /// All columns that are read.
    var columns: [ColumnRef] {
        if case .column(let ref) = self { return [ref] }
        return children.flatMap(\.columns)
    }

    /// Functions that make one value of many rows.
    static let aggregates: Set<String> = ["SUM", "AVG", "MIN", "MAX", "COUNT"]

    /// Functions of one row that every dialect has.
    static let functions: Set<String> = [
        "ABS", "COALESCE", "NULLIF", "LOWER", "UPPER", "LENGTH", "ROUND", "SUBSTR", "TRIM",
        "TODAY", "DAYS_AGO", "MONTHS_AGO",
    ]

    /// Whether an aggregate stands somewhere inside.
    var isAggregate: Bool {
        if case .call(let name, _, _) = self, Self.aggregates.contains(name) { return true }
        return children.contains(where: \.isAggregate)
    }
}

extension SQLPrinter {
    /// The SQL of a formula: names quoted, literals escaped, every operation in parentheses but the outermost.
    func text(_ formula: Formula, isInner: Bool = false) -> String {
        func inner(_ part: Formula) -> String { text(part, isInner: true) }
        func grouped(_ text: String) -> String { isInner ? "(" + text + ")" : text }
        switch formula {
        case .column(let ref): return quoted(ref.table) + "." + quoted(ref.column)
        case .name(let parts, _): return parts.map(quoted).joined(separator: ".")
        case .number(let digits): return digits
        case .text(let text): return literal(.text(text))
        case .null: return "NULL"
        case .call(let name, let arguments, let isDistinct):
            if name == "COUNT", arguments.isEmpty { return "COUNT(*)" }
            return name + "(" + (isDistinct ? "DISTINCT " : "") + arguments.map { text($0) }.joined(separator: ", ")
                + ")"
        case .cast(let value, let type): return "CAST(" + text(value) + " AS " + type + ")"
        case .infix(let left, "/", let right):
            // A quotient is a fraction, and nothing where the divisor is 0.
            return grouped("1.0 * " + inner(left) + " / NULLIF(" + text(right) + ", 0)")
        case .infix(let left, let sign, let right): return grouped(inner(left) + " " + sign + " " + inner(right))
        case .prefix(let sign, let value): return grouped(sign + " " + inner(value))
        case .isNull(let value, let isNegated):
            return grouped(inner(value) + (isNegated ? " IS NOT NULL" : " IS NULL"))
        case .oneOf(let value, let list, let isNegated):
            return grouped(
                inner(value) + (isNegated ? " NOT IN (" : " IN (") + list.map { text($0) }.joined(separator: ", ")
                    + ")")
        case .between(let value, let low, let high, let isNegated):
            return grouped(
                inner(value) + (isNegated ? " NOT" : "") + " BETWEEN " + inner(low) + " AND " + inner(high))
        case .cases(let branches, let otherwise):
            let whens = branches.map { " WHEN " + text($0.when) + " THEN " + text($0.then) }.joined()
            return "CASE" + whens + (otherwise.map { " ELSE " + text($0) } ?? "") + " END"
        }
    }
}
