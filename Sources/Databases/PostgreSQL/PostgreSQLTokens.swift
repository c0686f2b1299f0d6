/// PostgreSQL's tokens (manual, section 4.1), as coarse as the gate needs them.
struct PostgreSQLTokens {
    enum Token: Hashable {
        /// A name or keyword; unquoted ones in lower case.
        case name(String, isQuoted: Bool)
        /// A name with Unicode escapes, `U&"…"`: another way to write any name.
        case escapedName
        case text
        case semicolon
        case open
        case dot
        case other(UInt8)
    }

    private var rest: ArraySlice<UInt8>
    init(_ sql: ArraySlice<UInt8>) { rest = sql }

    /// The statement without semicolons before it, which no statement may follow in the extended protocol.
    static func withoutLeadingSemicolons(_ sql: [UInt8]) -> String {
        var tokens = PostgreSQLTokens(sql[...])
        var start = sql[...]
        while tokens.next() == .semicolon { start = tokens.rest }
        return String(decoding: start, as: UTF8.self)
    }

    mutating func next() -> Token? {
        skipBlank()
        guard let first = rest.first else { return nil }
        switch first {
        case UInt8(ascii: ";"): return take(.semicolon)
        case UInt8(ascii: "("): return take(.open)
        case UInt8(ascii: "."): return take(.dot)
        case UInt8(ascii: "'"):
            quoted(until: first, escapes: false)
            return .text
        case UInt8(ascii: "\""): return .name(quoted(until: first, escapes: false), isQuoted: true)
        case UInt8(ascii: "$"): return dollar()
        case _ where isDigit(first):
            // Digits swallow what hangs on them (`1e5`, `0x1F`): no name can begin there.
            rest = rest.drop { isNamePart($0) }
            return .other(first)
        case _ where isNamePart(first): return name()
        default: return take(.other(first))
        }
    }

    private mutating func take(_ token: Token) -> Token {
        rest = rest.dropFirst()
        return token
    }

    private mutating func skipBlank() {
        while let first = rest.first {
            switch first {
            case 0x09...0x0d, 0x20: rest = rest.dropFirst()
            case UInt8(ascii: "-") where rest.dropFirst().first == UInt8(ascii: "-"):
                rest = rest.drop { $0 != 0x0a && $0 != 0x0d }
            case UInt8(ascii: "/") where rest.dropFirst().first == UInt8(ascii: "*"): skipComment()
            default: return
            }
        }
    }

    /// Comments stand inside one another.
    private mutating func skipComment() {
        var depth = 0
        repeat {
            if rest.starts(with: [UInt8(ascii: "/"), UInt8(ascii: "*")]) {
                depth += 1
                rest = rest.dropFirst(2)
            } else if rest.starts(with: [UInt8(ascii: "*"), UInt8(ascii: "/")]) {
                depth -= 1
                rest = rest.dropFirst(2)
            } else {
                rest = rest.dropFirst()
            }
        } while depth > 0 && !rest.isEmpty
    }

    /// A word; before a quote it may be the prefix of a text or of an escaped name.
    private mutating func name() -> Token {
        let word = rest.prefix { isNamePart($0) }
        rest = rest.dropFirst(word.count)
        let text = SQLText.fold(String(decoding: word, as: UTF8.self))
        let following = rest.first
        if following == UInt8(ascii: "'"), ["e", "b", "x", "n"].contains(text) {
            quoted(until: UInt8(ascii: "'"), escapes: text == "e")
            return .text
        }
        if text == "u", following == UInt8(ascii: "&") {
            let second = rest.dropFirst().first
            if second == UInt8(ascii: "'") || second == UInt8(ascii: "\""), let second {
                rest = rest.dropFirst()
                quoted(until: second, escapes: false)
                return second == UInt8(ascii: "'") ? .text : .escapedName
            }
        }
        return .name(text, isQuoted: false)
    }

    /// `$1`, or a text between `$tag$` and `$tag$`.
    private mutating func dollar() -> Token {
        let tag = rest.dropFirst().prefix { isNamePart($0) && $0 != UInt8(ascii: "$") }
        let afterTag = rest.dropFirst(1 + tag.count)
        guard afterTag.first == UInt8(ascii: "$"), !(tag.first.map { isDigit($0) } ?? false) else {
            rest = afterTag
            return .other(UInt8(ascii: "$"))
        }
        let fence = Array(rest.prefix(tag.count + 2))
        rest = afterTag.dropFirst()
        while !rest.isEmpty, !rest.starts(with: fence) { rest = rest.dropFirst() }
        rest = rest.dropFirst(fence.count)
        return .text
    }

    /// What stands in quotes; a doubled quote stands for itself.
    @discardableResult
    private mutating func quoted(until end: UInt8, escapes: Bool) -> String {
        rest = rest.dropFirst()
        var name: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == end {
                guard rest.first == end else { break }
                rest = rest.dropFirst()
            } else if escapes, byte == UInt8(ascii: "\\") {
                rest = rest.dropFirst()
            }
            name.append(byte)
        }
        return String(decoding: name, as: UTF8.self)
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private func isNamePart(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
            || byte == 0x24
            || byte >= 0x80
    }
}
