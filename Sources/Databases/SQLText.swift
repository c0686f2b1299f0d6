/// What can be said of an SQL text without understanding it: its first word, what follows its first statement, and
/// which names it mentions. The sandbox rests on SQLite's own parser; this only makes its answers clearer.
enum SQLText {
    /// Words that start a statement which is no query.
    private static let otherStatements: Set<String> = [
        "ALTER", "ANALYZE", "ATTACH", "BEGIN", "COMMIT", "CREATE", "DELETE", "DETACH", "DROP", "END", "EXPLAIN",
        "INSERT", "PRAGMA", "REINDEX", "RELEASE", "REPLACE", "ROLLBACK", "SAVEPOINT", "UPDATE", "VACUUM",
    ]

    /// The first word of the text in capitals when it starts a statement that is no query.
    static func refusedFirstWord(_ sql: [UInt8]) -> String? {
        var tokens = Tokens(sql[...])
        while let token = tokens.next() {
            if case .semicolon = token { continue }
            guard case .name(let name, isQuoted: false) = token else { return nil }
            let word = name.uppercased()
            return otherStatements.contains(word) ? word : nil
        }
        return nil
    }

    /// Whether there is nothing but white space, comments and semicolons.
    static func isBlank(_ sql: ArraySlice<UInt8>) -> Bool {
        var tokens = Tokens(sql)
        while let token = tokens.next() {
            if case .semicolon = token { continue }
            return false
        }
        return true
    }

    /// Whether one of `names` (in folded form) stands in the text as a name or in quotes.
    static func mentions(_ names: Set<String>, in sql: [UInt8]) -> Bool {
        if names.isEmpty { return false }
        var tokens = Tokens(sql[...])
        while let token = tokens.next() {
            if case .name(let name, _) = token, names.contains(fold(name)) { return true }
        }
        return false
    }

    /// A name as SQLite compares it: ASCII letters without case.
    static func fold(_ name: String) -> String {
        var folded = [UInt8](name.utf8)
        for index in folded.indices where (0x41...0x5a).contains(folded[index]) { folded[index] |= 0x20 }
        return String(decoding: folded, as: UTF8.self)
    }

    /// A name in double quotes.
    static func quoted(_ name: String) -> String {
        var text = "\""
        for scalar in name.unicodeScalars {
            if scalar == "\"" { text.unicodeScalars.append("\"") }
            text.unicodeScalars.append(scalar)
        }
        return text + "\""
    }
}

/// SQLite's tokens, as coarse as ``SQLText`` needs them.
private struct Tokens {
    enum Token {
        case name(String, isQuoted: Bool)
        case semicolon
        case other
    }

    private var rest: ArraySlice<UInt8>
    init(_ sql: ArraySlice<UInt8>) { rest = sql }

    mutating func next() -> Token? {
        skipBlank()
        guard let first = rest.first else { return nil }
        switch first {
        case UInt8(ascii: ";"):
            rest = rest.dropFirst()
            return .semicolon
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): return quoted(until: first)
        case UInt8(ascii: "["): return quoted(until: UInt8(ascii: "]"))
        default:
            let word = rest.prefix(while: isNamePart)
            if word.isEmpty {
                rest = rest.dropFirst()
                return .other
            }
            rest = rest.dropFirst(word.count)
            return .name(String(decoding: word, as: UTF8.self), isQuoted: false)
        }
    }

    private mutating func skipBlank() {
        while let first = rest.first {
            switch first {
            case 0x09, 0x0a, 0x0c, 0x0d, 0x20: rest = rest.dropFirst()
            case UInt8(ascii: "-") where rest.dropFirst().first == UInt8(ascii: "-"):
                rest = rest.drop { $0 != 0x0a }
            case UInt8(ascii: "/") where rest.dropFirst().first == UInt8(ascii: "*"):
                rest = rest.dropFirst(2)
                while !rest.isEmpty, !rest.starts(with: [UInt8(ascii: "*"), UInt8(ascii: "/")]) {
                    rest = rest.dropFirst()
                }
                rest = rest.dropFirst(2)
            default: return
            }
        }
    }

    /// A quoted name or text; a doubled quote stands for itself, except between square brackets.
    private mutating func quoted(until end: UInt8) -> Token {
        rest = rest.dropFirst()
        var name: [UInt8] = []
        while let byte = rest.first {
            rest = rest.dropFirst()
            if byte == end {
                guard end != UInt8(ascii: "]"), rest.first == end else { break }
                rest = rest.dropFirst()
            }
            name.append(byte)
        }
        return .name(String(decoding: name, as: UTF8.self), isQuoted: true)
    }

    private func isNamePart(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
            || byte == 0x24 || byte >= 0x80
    }
}
