/// One word, name, literal or sign of a glossary's SQL.
struct FormulaToken: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case word(String)
        case quoted(String)
        case number(String)
        case text(String)
        case sign(String)
        case end

        var text: String {
            switch self {
            case .word(let text), .quoted(let text), .number(let text), .text(let text), .sign(let text): text
            case .end: ""
            }
        }

        func isWord(_ word: String) -> Bool {
            if case .word(let mine) = self { mine.uppercased() == word } else { false }
        }
    }
    var kind: Kind
    /// The offset of its first Unicode scalar.
    var at: Int

    /// The tokens of `text`, with an end mark.
    static func tokens(_ text: String) throws(FormulaError) -> [FormulaToken] {
        let scalars = Array(text.unicodeScalars)
        var tokens: [FormulaToken] = []
        var at = 0
        func string(_ range: Range<Int>) -> String {
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars[range])
            return text
        }
        func isLetter(_ scalar: UnicodeScalar) -> Bool { scalar.properties.isAlphabetic || scalar == "_" }
        func isDigit(_ scalar: UnicodeScalar) -> Bool { scalar.value &- 48 < 10 }
        while at < scalars.count {
            let start = at
            let scalar = scalars[at]
            if scalar.properties.isWhitespace {
                at += 1
            } else if isLetter(scalar) {
                while at < scalars.count, isLetter(scalars[at]) || isDigit(scalars[at]) || scalars[at] == "$" {
                    at += 1
                }
                tokens.append(FormulaToken(kind: .word(string(start..<at)), at: start))
            } else if isDigit(scalar) {
                while at < scalars.count, isDigit(scalars[at]) || scalars[at] == "." { at += 1 }
                let digits = string(start..<at)
                guard let value = Double(digits), value.isFinite else {
                    throw FormulaError(message: "\"\(digits)\" is no number", hint: "write 1 or 1.5", at: start)
                }
                tokens.append(FormulaToken(kind: .number(digits), at: start))
            } else if let close = ["'": "'", "\"": "\"", "`": "`", "[": "]"][scalar] as UnicodeScalar? {
                var inner = ""
                at += 1
                while true {
                    guard at < scalars.count else {
                        throw FormulaError(
                            message: "a quote is not closed", hint: "close it with \(close)", at: start)
                    }
                    if scalars[at] == close {
                        // A doubled quote is one of its own.
                        guard at + 1 < scalars.count, scalars[at + 1] == close, close != "]" else { break }
                        at += 1
                    }
                    inner.unicodeScalars.append(scalars[at])
                    at += 1
                }
                at += 1
                tokens.append(FormulaToken(kind: close == "'" ? .text(inner) : .quoted(inner), at: start))
            } else {
                let two = at + 1 < scalars.count ? string(at..<at + 2) : ""
                let sign = ["<>", "!=", "<=", ">=", "==", "||"].contains(two) ? two : string(at..<at + 1)
                guard sign.count == 2 || "+-*/%=<>(),.".contains(sign) else {
                    throw FormulaError(
                        message: "\"\(sign)\" has no place in an expression", hint: "remove it", at: start)
                }
                at += sign.unicodeScalars.count
                tokens.append(FormulaToken(kind: .sign(sign), at: start))
            }
        }
        tokens.append(FormulaToken(kind: .end, at: scalars.count))
        return tokens
    }
}
