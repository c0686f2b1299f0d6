import Modeling

/// A formula travels as a list: a tag, then its parts. Reading it back accepts what the parser of glossaries accepts and
/// nothing else, since names of functions and operators are printed as they stand.
extension Formula: Codable {
    private static let operators: Set<String> = [
        "+", "-", "*", "/", "%", "||", "=", "<>", "!=", "==", "<", "<=", ">", ">=", "AND", "OR", "LIKE", "NOT LIKE",
    ]
    private static let types: Set<String> = ["REAL", "INTEGER", "TEXT", "NUMERIC", "DATE"]

    /// Writes `["tag", …]`.
    public func encode(to encoder: any Encoder) throws {
        var parts = encoder.unkeyedContainer()
        switch self {
        case .column(let ref):
            try parts.encode("column")
            try parts.encode(ref)
        case .name(let names, let at):
            try parts.encode("name")
            try parts.encode(names)
            try parts.encode(at)
        case .number(let digits):
            try parts.encode("number")
            try parts.encode(digits)
        case .text(let text):
            try parts.encode("text")
            try parts.encode(text)
        case .null: try parts.encode("null")
        case .call(let name, let arguments, let isDistinct):
            try parts.encode("call")
            try parts.encode(name)
            try parts.encode(arguments)
            try parts.encode(isDistinct)
        case .cast(let value, let type):
            try parts.encode("cast")
            try parts.encode(value)
            try parts.encode(type)
        case .infix(let left, let sign, let right):
            try parts.encode("infix")
            try parts.encode(left)
            try parts.encode(sign)
            try parts.encode(right)
        case .prefix(let sign, let value):
            try parts.encode("prefix")
            try parts.encode(sign)
            try parts.encode(value)
        case .isNull(let value, let isNegated):
            try parts.encode("is_null")
            try parts.encode(value)
            try parts.encode(isNegated)
        case .oneOf(let value, let list, let isNegated):
            try parts.encode("one_of")
            try parts.encode(value)
            try parts.encode(list)
            try parts.encode(isNegated)
        case .between(let value, let low, let high, let isNegated):
            try parts.encode("between")
            try parts.encode([value, low, high])
            try parts.encode(isNegated)
        case .cases(let branches, let otherwise):
            try parts.encode("cases")
            try parts.encode(branches.flatMap { [$0.when, $0.then] })
            try parts.encode(otherwise)
        }
    }

    /// Reads what ``encode(to:)`` writes. Throws for operators, functions and types that no glossary can hold.
    public init(from decoder: any Decoder) throws {
        var parts = try decoder.unkeyedContainer()
        let corrupted = DecodingError.dataCorrupted(
            .init(codingPath: decoder.codingPath, debugDescription: "no part of a formula"))
        func checked(_ text: String, _ known: (String) -> Bool) throws -> String {
            if known(text) { return text }
            throw corrupted
        }
        switch try parts.decode(String.self) {
        case "column": self = .column(try parts.decode(ColumnRef.self))
        case "name": self = .name(try parts.decode([String].self), at: try parts.decode(Int.self))
        case "number":
            self = .number(
                try checked(parts.decode(String.self)) { text in
                    Double(text) != nil && text.allSatisfy { $0.isNumber || ".+-eE".contains($0) }
                })
        case "text": self = .text(try parts.decode(String.self))
        case "null": self = .null
        case "call":
            let name = try checked(parts.decode(String.self)) {
                Self.functions.contains($0) || Self.aggregates.contains($0)
            }
            self = .call(name, try parts.decode([Formula].self), isDistinct: try parts.decode(Bool.self))
        case "cast":
            self = .cast(
                try parts.decode(Formula.self), to: try checked(parts.decode(String.self), Self.types.contains))
        case "infix":
            let left = try parts.decode(Formula.self)
            let sign = try checked(parts.decode(String.self), Self.operators.contains)
            self = .infix(left, sign, try parts.decode(Formula.self))
        case "prefix":
            let sign = try checked(parts.decode(String.self)) { ["-", "+", "NOT"].contains($0) }
            self = .prefix(sign, try parts.decode(Formula.self))
        case "is_null": self = .isNull(try parts.decode(Formula.self), isNegated: try parts.decode(Bool.self))
        case "one_of":
            let value = try parts.decode(Formula.self)
            let list = try parts.decode([Formula].self)
            self = .oneOf(value, list, isNegated: try parts.decode(Bool.self))
        case "between":
            let values = try parts.decode([Formula].self)
            guard values.count == 3 else { throw corrupted }
            self = .between(values[0], values[1], values[2], isNegated: try parts.decode(Bool.self))
        case "cases":
            let values = try parts.decode([Formula].self)
            guard values.count.isMultiple(of: 2) else { throw corrupted }
            let branches = stride(from: 0, to: values.count, by: 2).map {
                Branch(when: values[$0], then: values[$0 + 1])
            }
            self = .cases(branches, otherwise: try parts.decode(Formula?.self))
        default: throw corrupted
        }
    }
}
