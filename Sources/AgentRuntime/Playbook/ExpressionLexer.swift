import Values

/// A word of the expression language.
enum ExpressionToken: Equatable {
    case name(String)
    case number(JSON)
    case text(String)
    /// An operator or a bracket.
    case symbol(String)
    /// The text ends here.
    case end
}

/// A mistake in an expression: what, the remedy, and at which character of the text.
struct ExpressionMistake: Error, Equatable {
    var code = "expression_syntax"
    var message: String
    var hint: String
    var offset: Int
}

/// Cuts the text of an expression into words. Offsets count Unicode scalars of the text that it was made with.
struct ExpressionLexer {
    let source: [UnicodeScalar]
    private(set) var at: Int
    /// Where the latest token begins.
    private(set) var tokenStart = 0

    init(_ source: [UnicodeScalar], at: Int) {
        self.source = source
        self.at = at
    }

    mutating func next() throws(ExpressionMistake) -> ExpressionToken {
        while at < source.count, source[at].properties.isWhitespace { at += 1 }
        tokenStart = at
        guard at < source.count else { return .end }
        let character = source[at]
        if Self.isNameStart(character) { return .name(take { Self.isNameStart($0) || Self.isDigit($0) }) }
        if Self.isDigit(character) { return try number() }
        if character == "'" || character == "\"" { return try quoted(character) }
        if at + 1 < source.count {
            let pair = String(String.UnicodeScalarView(source[at...(at + 1)]))
            if ["==", "!=", "<=", ">="].contains(pair) {
                at += 2
                return .symbol(pair)
            }
            if let word = ["&&": "and", "||": "or"][pair] {
                throw mistake("'\(pair)' is no operator here", "write '\(word)'")
            }
        }
        guard "()[].,<>+-}".unicodeScalars.contains(character) else { throw unknown(character) }
        at += 1
        return .symbol(String(character))
    }

    private func unknown(_ character: UnicodeScalar) -> ExpressionMistake {
        switch character {
        case "=": mistake("'=' is no operator here", "write '==' to compare")
        case "!": mistake("'!' is no operator here", "write 'not', or '!=' to compare")
        case "*", "/", "%":
            mistake("'\(character)' is no operator here", "the language only adds and subtracts; compute in a tool")
        case "?", ":":
            mistake("'\(character)' is no operator here", "use 'when' on two steps, or default(x, y)")
        case "{": mistake("'{' cannot stand inside an expression", "build objects in YAML around the ${…}")
        default:
            mistake("'\(character)' cannot stand here", "see the list of operators in the playbook's specification")
        }
    }

    private mutating func number() throws(ExpressionMistake) -> ExpressionToken {
        var text = take(Self.isDigit)
        if at + 1 < source.count, source[at] == ".", Self.isDigit(source[at + 1]) {
            at += 1
            text += "." + take(Self.isDigit)
        }
        if at < source.count, Self.isNameStart(source[at]) {
            throw mistake(
                "'\(text)\(source[at])' is no number", "write a number such as 12 or 0.5; texts need quotes")
        }
        if let value = Int(text) { return .number(.int(value)) }
        guard let value = Double(text), value.isFinite else {
            throw mistake("'\(text)' is no number that can be kept", "use a smaller one")
        }
        return .number(.double(value))
    }

    private mutating func quoted(_ quote: UnicodeScalar) throws(ExpressionMistake) -> ExpressionToken {
        at += 1
        var text = String.UnicodeScalarView()
        while at < source.count, source[at] != quote {
            if source[at] == "\\", at + 1 < source.count {
                at += 1
                let escapes: [UnicodeScalar: UnicodeScalar] = [
                    "n": "\n", "t": "\t", "\\": "\\", "'": "'", "\"": "\"",
                ]
                guard let meant = escapes[source[at]] else {
                    throw ExpressionMistake(
                        message: "'\\\(source[at])' is no escape", hint: "known: \\n \\t \\\\ \\' \\\"",
                        offset: at - 1)
                }
                text.append(meant)
            } else {
                text.append(source[at])
            }
            at += 1
        }
        guard at < source.count else {
            throw mistake("the text that begins here has no closing \(quote)", "add the \(quote)")
        }
        at += 1
        return .text(String(text))
    }

    private func mistake(_ message: String, _ hint: String) -> ExpressionMistake {
        ExpressionMistake(message: message, hint: hint, offset: tokenStart)
    }

    private mutating func take(_ belongs: (UnicodeScalar) -> Bool) -> String {
        let start = at
        while at < source.count, belongs(source[at]) { at += 1 }
        return String(String.UnicodeScalarView(source[start..<at]))
    }

    private static func isDigit(_ scalar: UnicodeScalar) -> Bool { scalar.value &- 48 < 10 }

    private static func isNameStart(_ scalar: UnicodeScalar) -> Bool {
        (scalar.value | 32) &- 97 < 26 || scalar == "_"
    }
}
