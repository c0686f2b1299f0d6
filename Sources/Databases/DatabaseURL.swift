public import Values

/// Which database is meant: a path, `sqlite:PATH`, or an address of an engine that this build cannot open yet.
public struct DatabaseURL: Sendable, Hashable, CustomStringConvertible {
    /// The path of the SQLite file, as the person wrote it.
    public let path: String

    /// Reads a URL. Throws `database_unknown` when it names nothing, `database_unsupported` for `postgres://`,
    /// `odbc:` and other engines. The file is not looked at.
    public init(_ text: String) throws(OperonError) {
        var rest = Substring(text)
        if let colon = text.firstIndex(of: ":"), Self.isScheme(text[..<colon]) {
            let scheme = text[..<colon].lowercased()
            rest = text[text.index(after: colon)...]
            switch scheme {
            case "sqlite", "sqlite3":
                // `sqlite:///absolute` and `sqlite://relative`, as other tools write them.
                if rest.hasPrefix("//") { rest = rest.dropFirst(2) }
            case "postgres", "postgresql", "odbc":
                throw OperonError(
                    code: "database_unsupported", "Databases of the kind \(scheme): are not built yet",
                    hint: "Name an SQLite file: PATH or sqlite:PATH", at: scheme + ":")
            default:
                if rest.hasPrefix("//") {
                    throw OperonError(
                        code: "database_unsupported", "There is no kind of database called \(scheme):",
                        hint: "Name an SQLite file: PATH or sqlite:PATH", at: scheme + ":")
                }
                // A file name with a colon in it.
                rest = Substring(text)
            }
        }
        if rest.isEmpty || rest.utf8.contains(0) {
            throw OperonError(
                code: "database_unknown", "No database is named", hint: "Name an SQLite file: PATH or sqlite:PATH")
        }
        path = String(rest)
    }

    /// The file name without its ending: what people call the database.
    public var name: String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        guard let dot = file.lastIndex(of: "."), dot != file.startIndex else { return file }
        return String(file[..<dot])
    }

    /// `sqlite:PATH`.
    public var description: String { "sqlite:" + path }

    private static func isScheme(_ text: Substring) -> Bool {
        guard text.count > 1, let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { byte in
            isLetter(byte) || (0x30...0x39).contains(byte) || [0x2b, 0x2d, 0x2e].contains(byte)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
