import Modeling

/// One word, number or sign of a question.
struct Token: Sendable, Hashable {
    /// As written; a quoted passage is one token without its quotes.
    var text: String
    /// In lower case, without accents and apostrophes.
    var folded: String
    /// The singular of ``folded``.
    var lemma: String
    /// The number that it stands for: `1,500`, `1.5k`, `two`, `3rd`.
    var number: Double?
    /// Whether it is a rank such as `3rd` or `second`.
    var isOrdinal = false
    /// Whether it stood in quotes.
    var isQuoted = false
    /// Whether it begins with a capital.
    var isCapitalised: Bool { text.first?.isUppercase ?? false }
    /// Whether it is a sign and no word: a comma, a bracket.
    var isSign: Bool { !isQuoted && !(text.first.map { $0.isLetter || $0.isNumber } ?? false) }
}

/// Splits a question, or a stored value, into tokens. Values go through the same steps as questions, so that both
/// meet in the same form.
enum Tokenizer {
    /// At most so many tokens are read; a longer text is no question.
    static let tokenLimit = 400

    static func tokens(_ text: String) -> [Token] {
        var tokens: [Token] = []
        let characters = Array(text.prefix(12_000))
        var index = 0
        while index < characters.count, tokens.count < tokenLimit {
            let character = characters[index]
            if character.isWhitespace {
                index += 1
            } else if let close = closingQuote(characters, at: index) {
                let content = String(characters[index + 1..<close])
                var token = Token(text: content, folded: normalized(content), lemma: "")
                token.lemma = token.folded
                token.isQuoted = true
                tokens.append(token)
                index = close + 1
            } else if character.isNumber {
                index = appendNumber(characters, from: index, to: &tokens)
            } else if character.isLetter {
                index = appendWord(characters, from: index, to: &tokens)
            } else {
                let sign = String(character)
                tokens.append(Token(text: sign, folded: sign, lemma: sign))
                index += 1
            }
        }
        for at in tokens.indices.dropFirst() where particles.contains(tokens[at].folded) {
            // "check-ins", "sign ups"
            if tokens[at - 1].text == "-" || tokens[at - 1].text.last?.isLetter ?? false {
                tokens[at].lemma = String(tokens[at].folded.dropLast())
            }
        }
        return tokens
    }

    private static let particles: Set<String> = ["ins", "outs", "ups", "offs", "downs"]

    /// The form in which values are compared: folded, singular words with one space between.
    static func normalized(_ text: String) -> String {
        tokens(text.replacingQuotes()).filter { !$0.isSign || "%+#&".contains($0.text) }.map(\.lemma)
            .joined(separator: " ")
    }

    private static func closingQuote(_ characters: [Character], at index: Int) -> Int? {
        let pairs: [Character: Character] = ["\"": "\"", "“": "”", "‘": "’", "'": "'", "`": "`", "«": "»"]
        guard let close = pairs[characters[index]] else { return nil }
        let isApostrophe = characters[index] == "'" || characters[index] == "‘"
        // An apostrophe opens a quotation only before a word, and closes it only after one.
        guard index + 1 < characters.count, !characters[index + 1].isWhitespace else { return nil }
        var at = index + 1
        while at < characters.count, at - index <= 120 {
            if characters[at] == close {
                let next = at + 1 < characters.count ? characters[at + 1] : " "
                if !isApostrophe || !(next.isLetter || next.isNumber) { return at > index + 1 ? at : nil }
            }
            at += 1
        }
        return nil
    }

    private static func appendNumber(_ characters: [Character], from start: Int, to tokens: inout [Token]) -> Int {
        var index = start
        var digits = ""
        while index < characters.count {
            let character = characters[index]
            let next = index + 1 < characters.count ? characters[index + 1] : " "
            if character.isASCII, character.isNumber {
                digits.append(character)
            } else if character == ",", next.isNumber, index + 3 < characters.count,
                characters[index + 1...index + 3].allSatisfy(\.isNumber),
                index + 4 >= characters.count || !characters[index + 4].isNumber
            {
                // A thousands separator.
            } else if character == ".", next.isNumber, !digits.contains(".") {
                digits.append(character)
            } else {
                break
            }
            index += 1
        }
        var suffix = ""
        while index < characters.count,
            characters[index].isLetter || (!suffix.isEmpty && characters[index].isNumber)
        {
            suffix.append(characters[index])
            index += 1
        }
        let text = String(characters[start..<max(index, start + 1)])
        let scales: [String: Double] = ["k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9]
        let lower = suffix.lowercased()
        var token = Token(text: text, folded: (digits + lower), lemma: digits + lower)
        if suffix.isEmpty {
            token.number = Double(digits)
        } else if let scale = scales[lower] {
            token.number = Double(digits).map { $0 * scale }
        } else if ["st", "nd", "rd", "th"].contains(lower) {
            token.number = Double(digits)
            token.isOrdinal = true
        }
        tokens.append(token)
        return max(index, start + 1)
    }

    private static func appendWord(_ characters: [Character], from start: Int, to tokens: inout [Token]) -> Int {
        var index = start
        while index < characters.count {
            let character = characters[index]
            let next = index + 1 < characters.count ? characters[index + 1] : " "
            let isInner =
                (character == "'" || character == "’" || character == "_") && (next.isLetter || next.isNumber)
            if !(character.isLetter || character.isNumber || isInner) { break }
            index += 1
        }
        var text = String(characters[start..<index])
        for possessive in ["'s", "’s"] where text.hasSuffix(possessive) && text.count > 3 { text.removeLast(2) }
        // A name of the schema written as such is several words.
        if text.contains("_") {
            for part in text.split(separator: "_") { tokens.append(word(String(part))) }
        } else {
            tokens.append(word(text))
        }
        // "customers'"
        if index < characters.count, characters[index] == "'" || characters[index] == "’" { index += 1 }
        return index
    }

    private static func word(_ text: String) -> Token {
        let folded = text.folded
        var token = Token(text: text, folded: folded, lemma: Words.lemma(folded))
        if let number = Numerals.cardinals[folded] { token.number = number }
        if let number = Numerals.ordinals[folded] {
            token.number = number
            token.isOrdinal = true
        }
        return token
    }
}

/// Numbers written as words.
enum Numerals {
    static let cardinals: [String: Double] = [
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
        "ten": 10,
        "eleven": 11, "twelve": 12, "dozen": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50,
        "hundred": 100, "thousand": 1000, "million": 1_000_000,
    ]
    static let scales: [String: Double] = [
        "hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12,
    ]
    /// How often: numbers in comparisons only ("more than once").
    static let occasions: [String: Double] = ["once": 1, "twice": 2, "thrice": 3]
    static let ordinals: [String: Double] = [
        "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
        "ninth": 9, "tenth": 10,
    ]
}

extension String {
    /// In lower case, without accents and apostrophes.
    var folded: String {
        var result = ""
        for scalar in lowercased().unicodeScalars {
            if scalar.isASCII {
                if scalar != "'" { result.unicodeScalars.append(scalar) }
            } else if let plain = Folding.letters[scalar] {
                result += plain
            } else if scalar.properties.generalCategory != .nonspacingMark, scalar != "’" {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Without quotation marks, which carry no meaning inside a stored value.
    func replacingQuotes() -> String { String(map { "\"“”‘«»`".contains($0) ? " " : $0 }) }
}

/// Latin letters with marks and the plain letters that people type for them.
enum Folding {
    static let letters: [Unicode.Scalar: String] = {
        let groups: [(String, String)] = [
            ("a", "àáâãäåāăą"), ("c", "çćĉċč"), ("d", "ďđð"), ("e", "èéêëēĕėęě"), ("g", "ĝğġģ"), ("h", "ĥħ"),
            ("i", "ìíîïĩīĭįı"), ("j", "ĵ"), ("k", "ķ"), ("l", "ĺļľŀł"), ("n", "ñńņňŉ"), ("o", "òóôõöøōŏő"),
            ("r", "ŕŗř"), ("s", "śŝşšș"), ("t", "ţťŧț"), ("u", "ùúûüũūŭůűų"), ("w", "ŵ"), ("y", "ýÿŷ"),
            ("z", "źżž"),
            ("ss", "ß"), ("ae", "æ"), ("oe", "œ"),
        ]
        var letters: [Unicode.Scalar: String] = [:]
        for (plain, marked) in groups {
            for scalar in marked.unicodeScalars { letters[scalar] = plain }
        }
        return letters
    }()
}
