/// What is wrong with the SQL of a glossary.
struct FormulaError: Error, Sendable, Hashable {
    var message: String
    var hint: String
    /// The offset of the character (Unicode scalar) at which it is wrong.
    var at: Int
}

/// Parses SQL expressions: arithmetic, comparisons, `AND`, `OR`, `NOT`, `IN`, `BETWEEN`, `LIKE`, `IS NULL`, `CASE`,
/// `CAST`, aggregates and a few functions. Statements and subqueries are refused.
struct FormulaParser {
    private let tokens: [FormulaToken]
    private var at = 0
    private var depth = 0

    private static let depthLimit = 32

    /// Parses the whole of `text`.
    static func parse(_ text: String) throws(FormulaError) -> Formula {
        var parser = FormulaParser(tokens: try FormulaToken.tokens(text))
        let formula = try parser.expression(0)
        guard parser.peek == .end else {
            throw parser.failure(
                "\"\(parser.peek.text)\" stands where the expression should end", "write one expression")
        }
        return formula
    }

    private init(tokens: [FormulaToken]) { self.tokens = tokens }

    private var peek: FormulaToken.Kind { tokens[at].kind }

    private mutating func take() -> FormulaToken {
        defer { if at < tokens.count - 1 { at += 1 } }
        return tokens[at]
    }

    private mutating func takes(_ word: String) -> Bool {
        guard peek.isWord(word) else { return false }
        at += 1
        return true
    }

    private mutating func takes(sign: String) -> Bool {
        guard peek == .sign(sign) else { return false }
        at += 1
        return true
    }

    private mutating func expect(_ sign: String) throws(FormulaError) {
        guard takes(sign: sign) else {
            throw failure("\"\(sign)\" is missing", "parentheses are closed, and lists have commas")
        }
    }

    private func failure(_ message: String, _ hint: String) -> FormulaError {
        FormulaError(message: message, hint: hint, at: tokens[at].at)
    }

    /// How strongly an operator binds; 0 when the token is none.
    private var strength: Int {
        switch peek {
        case .word(let word):
            switch word.uppercased() {
            case "OR": 1
            case "AND": 2
            case "IS", "IN", "BETWEEN", "LIKE", "NOT": 4
            default: 0
            }
        case .sign(let sign):
            switch sign {
            case "=", "==", "<>", "!=", "<", "<=", ">", ">=": 4
            case "+", "-": 5
            case "*", "/", "%": 6
            case "||": 7
            default: 0
            }
        default: 0
        }
    }

    private mutating func expression(_ floor: Int) throws(FormulaError) -> Formula {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw failure("the expression is nested too deeply", "write a part of it as a metric of its own")
        }
        var left = try operand()
        while strength > floor {
            let binding = strength
            let token = take()
            switch token.kind {
            case .word(let word):
                var word = word.uppercased()
                let isNegated = word == "NOT"
                if isNegated {
                    guard case .word(let next) = peek, ["IN", "BETWEEN", "LIKE"].contains(next.uppercased()) else {
                        throw failure(
                            "NOT stands where an operator should", "write NOT IN, NOT BETWEEN or NOT LIKE")
                    }
                    word = next.uppercased()
                    at += 1
                }
                left = try worded(word, left, binding, isNegated)
            case .sign(var sign):
                if sign == "==" { sign = "=" }
                if sign == "!=" { sign = "<>" }
                left = .infix(left, sign, try expression(binding))
            default: throw failure("an operator is missing", "write one expression")
            }
        }
        return left
    }

    private mutating func worded(
        _ word: String, _ left: Formula, _ binding: Int, _ isNegated: Bool
    ) throws(FormulaError) -> Formula {
        switch word {
        case "IS":
            let isNegated = takes("NOT")
            guard takes("NULL") else { throw failure("IS stands without NULL", "write IS NULL or IS NOT NULL") }
            return .isNull(left, isNegated: isNegated)
        case "IN":
            try expect("(")
            var values = [try expression(0)]
            while takes(sign: ",") { values.append(try expression(0)) }
            try expect(")")
            return .oneOf(left, values, isNegated: isNegated)
        case "BETWEEN":
            let low = try expression(4)
            guard takes("AND") else { throw failure("BETWEEN stands without AND", "write BETWEEN 1 AND 5") }
            return .between(left, low, try expression(4), isNegated: isNegated)
        case "LIKE": return .infix(left, isNegated ? "NOT LIKE" : "LIKE", try expression(binding))
        default: return .infix(left, word, try expression(binding))
        }
    }

    private mutating func operand() throws(FormulaError) -> Formula {
        let token = take()
        switch token.kind {
        case .number(let digits): return .number(digits)
        case .text(let text): return .text(text)
        case .sign("("):
            let inner = try expression(0)
            try expect(")")
            return inner
        case .sign("-"): return .prefix("-", try expression(6))
        case .quoted(let name): return try dotted([name], token.at)
        case .word(let word):
            switch word.uppercased() {
            case "NULL": return .null
            case "TRUE": return .number("1")
            case "FALSE": return .number("0")
            case "NOT": return .prefix("NOT", try expression(3))
            case "CASE": return try cases()
            case "CAST": return try cast()
            case "SELECT", "WITH", "FROM", "WHERE", "WHEN", "THEN", "ELSE", "END", "OVER":
                at -= 1
                throw failure(
                    "\(word.uppercased()) has no place in an expression",
                    "statements, subqueries and windows are not taken")
            default:
                if peek == .sign("(") { return try call(word.uppercased(), token.at) }
                return try dotted([word], token.at)
            }
        default:
            at = max(0, at - (token.kind == .end ? 0 : 1))
            throw failure(
                token.kind == .end
                    ? "the expression ends too early" : "\"\(token.kind.text)\" is not expected here",
                "write a column, a number, a 'text' or a function")
        }
    }

    private mutating func dotted(_ parts: [String], _ place: Int) throws(FormulaError) -> Formula {
        var parts = parts
        while takes(sign: ".") {
            switch take().kind {
            case .word(let name), .quoted(let name): parts.append(name)
            default: throw failure("a name is missing after the point", "write TABLE.COLUMN")
            }
        }
        return .name(parts, at: place)
    }

    private mutating func call(_ name: String, _ place: Int) throws(FormulaError) -> Formula {
        try expect("(")
        guard Formula.aggregates.contains(name) || Formula.functions.contains(name) else {
            let known = (Formula.aggregates.sorted() + Formula.functions.sorted()).joined(separator: ", ")
            throw FormulaError(message: "the function \(name) is not known", hint: "known: \(known)", at: place)
        }
        if name == "COUNT", takes(sign: "*") {
            try expect(")")
            return .call(name, [], isDistinct: false)
        }
        if Formula.daysAgo.contains(name) { return try day(name, place) }
        let isDistinct = takes("DISTINCT")
        var arguments = [try expression(0)]
        while takes(sign: ",") { arguments.append(try expression(0)) }
        try expect(")")
        if Formula.aggregates.contains(name) {
            guard arguments.count == 1, !arguments[0].isAggregate else {
                throw FormulaError(
                    message: "\(name) takes one value of a row", hint: "aggregates do not stand inside one another",
                    at: place)
            }
        }
        return .call(name, arguments, isDistinct: isDistinct)
    }

    /// `TODAY()`, `DAYS_AGO(90)`, `MONTHS_AGO(3)`: days that are counted from the day of the question.
    private mutating func day(_ name: String, _ place: Int) throws(FormulaError) -> Formula {
        var arguments: [Formula] = []
        if name != "TODAY" {
            let count = try expression(0)
            guard case .number(let digits) = count, let number = Int(digits), (0...100_000).contains(number) else {
                throw FormulaError(
                    message: "\(name) takes a whole number", hint: "write \(name)(90)", at: place)
            }
            arguments = [count]
        }
        try expect(")")
        return .call(name, arguments, isDistinct: false)
    }

    private mutating func cases() throws(FormulaError) -> Formula {
        var branches: [Formula.Branch] = []
        while takes("WHEN") {
            let when = try expression(0)
            guard takes("THEN") else { throw failure("WHEN stands without THEN", "write CASE WHEN … THEN … END") }
            branches.append(Formula.Branch(when: when, then: try expression(0)))
        }
        let otherwise = takes("ELSE") ? try expression(0) : nil
        guard takes("END"), !branches.isEmpty else {
            throw failure("CASE is not complete", "write CASE WHEN … THEN … ELSE … END")
        }
        return .cases(branches, otherwise: otherwise)
    }

    private mutating func cast() throws(FormulaError) -> Formula {
        try expect("(")
        let value = try expression(0)
        guard takes("AS"), case .word(let type) = take().kind,
            ["REAL", "INTEGER", "TEXT", "NUMERIC", "DATE", "FLOAT", "DOUBLE", "DECIMAL", "INT"].contains(
                type.uppercased())
        else {
            throw failure("CAST names no type", "known: REAL, INTEGER, TEXT, NUMERIC, DATE")
        }
        try expect(")")
        return .cast(value, to: type.uppercased())
    }
}
