public import Values

/// A reference as it stands in a text: for checks that name the place.
struct LocatedReference {
    var root: String
    var path: [Expression.Accessor]
    /// The character of the text at which the reference begins.
    var offset: Int
    /// The function that asks about a step (`failed`, `skipped`, `error`), when the reference is its argument.
    var asks: Expression.Function?
}

extension Expression {
    /// Parses `text`, an expression without `${` and `}`. The grammar stands on the page "The playbook language".
    ///
    /// - Parameter place: where the text begins, for the diagnostics' columns.
    /// - Returns: the expression, or nil when it is wrong; and what is wrong.
    public static func parse(_ text: String, place: SourcePlace) -> (Expression?, [Diagnostic]) {
        var parser = ExpressionParser(Array(text.unicodeScalars), at: 0)
        let parsed = parser.parse(closing: .end)
        let diagnostics = parser.mistakes.map { mistake in
            Diagnostic(
                code: mistake.code, message: mistake.message, hint: mistake.hint,
                place: SourcePlace(file: place.file, line: place.line, column: place.column + mistake.offset))
        }
        return (diagnostics.isEmpty ? parsed : nil, diagnostics)
    }
}

/// Reads one expression by recursive descent:
///
///     or         = and { "or" and }
///     and        = not { "and" not }
///     not        = "not" not | comparison
///     comparison = sum [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not" "in" ) sum ]
///     sum        = unary { ( "+" | "-" ) unary }
///     unary      = "-" number | primary
///     primary    = literal | list | "(" or ")" | function "(" [ or { "," or } ] ")" | reference
///     reference  = name { "." name | "[" index "]" | "[" text "]" }
struct ExpressionParser {
    private var lexer: ExpressionLexer
    private var token = ExpressionToken.end
    private var depth = 0
    private(set) var mistakes: [ExpressionMistake] = []
    private(set) var references: [LocatedReference] = []
    private var asking: Expression.Function?

    /// The deepest nesting, and the most binary operators in a row: evaluation recurses that deep.
    static let depthLimit = 64
    static let operatorLimit = 256
    private var operators = 0
    /// Names that mean something in expressions and so cannot be steps.
    static let keywords = ["or", "and", "not", "in", "true", "false", "null"]

    init(_ source: [UnicodeScalar], at: Int) { lexer = ExpressionLexer(source, at: at) }

    /// The character after the last token that was read.
    var offset: Int { lexer.at }

    /// Reads an expression and the token after it, `closing`. What is wrong goes to ``mistakes``.
    mutating func parse(closing: ExpressionToken) -> Expression? {
        do throws(ExpressionMistake) {
            try advance()
            if token == closing { throw mistake("the expression is empty", "write what shall be inserted here") }
            let expression = try or()
            guard token == closing else { throw unexpected() }
            return expression
        } catch {
            mistakes.append(error)
            return nil
        }
    }

    private mutating func advance() throws(ExpressionMistake) { token = try lexer.next() }

    private func isWord(_ word: String) -> Bool { token == .name(word) }

    private mutating func or() throws(ExpressionMistake) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw mistake("nested deeper than \(Self.depthLimit)", "take the expression apart")
        }
        var left = try and()
        while isWord("or") {
            try advance()
            left = try join(.or, left, try and())
        }
        return left
    }

    private mutating func join(
        _ op: Expression.Operator, _ left: Expression, _ right: Expression
    ) throws(ExpressionMistake) -> Expression {
        operators += 1
        guard operators <= Self.operatorLimit else {
            throw mistake("more than \(Self.operatorLimit) operators", "take the expression apart")
        }
        return .binary(op, left, right)
    }

    private mutating func and() throws(ExpressionMistake) -> Expression {
        var left = try not()
        while isWord("and") {
            try advance()
            left = try join(.and, left, try not())
        }
        return left
    }

    private mutating func not() throws(ExpressionMistake) -> Expression {
        guard isWord("not") else { return try comparison() }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw mistake("nested deeper than \(Self.depthLimit)", "take the expression apart")
        }
        try advance()
        return .not(try not())
    }

    private mutating func comparison() throws(ExpressionMistake) -> Expression {
        let left = try sum()
        guard let (op, negated) = try comparisonOperator() else { return left }
        let whole = Expression.binary(op, left, try sum())
        let second = lexer.tokenStart
        if try comparisonOperator() != nil {
            throw ExpressionMistake(
                message: "comparisons cannot be chained", hint: "write a < b and b < c, or use parentheses",
                offset: second)
        }
        return negated ? .not(whole) : whole
    }

    private mutating func comparisonOperator() throws(ExpressionMistake) -> (Expression.Operator, negated: Bool)? {
        switch token {
        case .symbol(let text):
            guard let op = Expression.Operator(rawValue: text), op != .plus, op != .minus else { return nil }
            try advance()
            return (op, false)
        case .name("in"):
            try advance()
            return (.isIn, false)
        case .name("not"):
            try advance()
            guard isWord("in") else { throw unexpected() }
            try advance()
            return (.isIn, true)
        default: return nil
        }
    }

    private mutating func sum() throws(ExpressionMistake) -> Expression {
        var left = try unary()
        while case .symbol(let text) = token, text == "+" || text == "-" {
            try advance()
            left = try join(text == "+" ? .plus : .minus, left, try unary())
        }
        return left
    }

    private mutating func unary() throws(ExpressionMistake) -> Expression {
        guard token == .symbol("-") else { return try primary() }
        try advance()
        guard case .number(let value) = token else {
            throw mistake("'-' needs a number or two sides", "write 0 - x for the negative of x")
        }
        try advance()
        if case .int(let number) = value { return .literal(.int(-number)) }
        return .literal(.double(-(value.double ?? 0)))
    }

    private mutating func primary() throws(ExpressionMistake) -> Expression {
        let start = lexer.tokenStart
        switch token {
        case .number(let value):
            try advance()
            return .literal(value)
        case .text(let text):
            try advance()
            return .literal(.string(text))
        case .symbol("("):
            try advance()
            let inner = try or()
            try expect(")")
            return inner
        case .symbol("["): return try list()
        case .name(let name):
            switch name {
            case "true", "false", "null":
                try advance()
                return .literal(name == "null" ? .null : .bool(name == "true"))
            case "or", "and", "in", "not": throw unexpected()
            default:
                try advance()
                return token == .symbol("(") ? try call(name, start) : try reference(name, start)
            }
        default: throw unexpected()
        }
    }

    private mutating func list() throws(ExpressionMistake) -> Expression {
        try advance()
        var elements: [JSON] = []
        while token != .symbol("]") {
            let start = lexer.tokenStart
            guard case .literal(let value) = try or() else {
                throw ExpressionMistake(
                    message: "a list in an expression holds literals only", hint: "build the list in YAML instead",
                    offset: start)
            }
            elements.append(value)
            guard token == .symbol(",") else { break }
            try advance()
        }
        try expect("]")
        return .literal(.array(elements))
    }

    private mutating func reference(_ root: String, _ start: Int) throws(ExpressionMistake) -> Expression {
        var path: [Expression.Accessor] = []
        while true {
            if token == .symbol(".") {
                try advance()
                guard case .name(let member) = token else {
                    throw mistake("a name must follow the '.'", "write root.member, or root[\"any text\"]")
                }
                path.append(.member(member))
                try advance()
            } else if token == .symbol("[") {
                try advance()
                switch token {
                case .number(.int(let index)): path.append(.index(index))
                case .text(let member): path.append(.member(member))
                default:
                    throw mistake(
                        "an index is a whole number from 0, or a text", "write list[0] or object[\"key\"]")
                }
                try advance()
                try expect("]")
            } else {
                break
            }
        }
        references.append(LocatedReference(root: root, path: path, offset: start, asks: asking))
        return .reference(root: root, path: path)
    }

    private mutating func call(_ name: String, _ start: Int) throws(ExpressionMistake) -> Expression {
        let function = Expression.Function(rawValue: name)
        let outer = asking
        defer { asking = outer }
        if let function, function.takesStep { asking = function } else { asking = nil }
        try advance()
        var arguments: [Expression] = []
        while token != .symbol(")") {
            arguments.append(try or())
            guard token == .symbol(",") else { break }
            try advance()
        }
        try expect(")")
        guard let function else {
            let names = Expression.Function.allCases.map(\.rawValue)
            mistakes.append(
                ExpressionMistake(
                    code: "unknown_function", message: "there is no function '\(name)'",
                    hint: Spelling.hint(name, among: names, otherwise: ""), offset: start))
            return .literal(.null)
        }
        check(function, arguments, start)
        return .call(function, arguments)
    }

    private mutating func check(_ function: Expression.Function, _ arguments: [Expression], _ start: Int) {
        if !function.arity.contains(arguments.count) {
            mistakes.append(
                ExpressionMistake(
                    code: "wrong_arguments",
                    message:
                        "'\(function.rawValue)' got \(arguments.count) argument\(arguments.count == 1 ? "" : "s")",
                    hint: "write \(function.usage)", offset: start))
        } else if function.takesStep {
            if case .reference(_, let path) = arguments[0], path.isEmpty { return }
            mistakes.append(
                ExpressionMistake(
                    code: "wrong_arguments", message: "'\(function.rawValue)' asks about a step, not about a value",
                    hint: "write \(function.usage) with a step's id alone", offset: start))
        }
    }

    private mutating func expect(_ symbol: String) throws(ExpressionMistake) {
        guard token == .symbol(symbol) else { throw unexpected(wanted: symbol) }
        try advance()
    }

    private func mistake(_ message: String, _ hint: String) -> ExpressionMistake {
        ExpressionMistake(message: message, hint: hint, offset: lexer.tokenStart)
    }

    private func unexpected(wanted: String? = nil) -> ExpressionMistake {
        let want = wanted.map { "'\($0)' is missing here" }
        switch token {
        case .end:
            return mistake(want ?? "the expression ends too early", want == nil ? "finish it" : "add it")
        case .symbol("}") where wanted == nil:
            return mistake("the expression ends too early", "finish it before the '}'")
        case .name(let name):
            return mistake(
                want.map { "\($0), before '\(name)'" } ?? "'\(name)' cannot stand here",
                "join two values with an operator; texts need quotes")
        case .text(let text):
            return mistake(want ?? "the text '\(text)' cannot stand here", "join two values with an operator")
        case .number(let value):
            return mistake(want ?? "the number \(value) cannot stand here", "join two values with an operator")
        case .symbol(let symbol):
            return mistake(
                want.map { "\($0), before '\(symbol)'" } ?? "'\(symbol)' cannot stand here",
                "remove it or complete it")
        }
    }
}

extension Expression.Function {
    /// How many arguments it takes.
    var arity: ClosedRange<Int> {
        switch self {
        case .count, .empty, .exists, .first, .failed, .skipped, .error: 1...1
        case .default: 2...2
        case .join: 1...2
        }
    }

    /// Whether its argument is a step rather than a value.
    var takesStep: Bool { self == .failed || self == .skipped || self == .error }

    /// How a call looks.
    var usage: String {
        switch self {
        case .default: "default(x, y)"
        case .join: "join(list, separator)"
        case .failed, .skipped, .error: "\(rawValue)(step)"
        default: "\(rawValue)(x)"
        }
    }
}
