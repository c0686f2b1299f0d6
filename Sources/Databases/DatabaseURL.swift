public import Values

/// Which database is meant: a path, `sqlite:PATH`, `postgres://…`, or an address of an engine that this build cannot
/// open.
public struct DatabaseURL: Sendable, Hashable, CustomStringConvertible {
    /// The engines that this build can open.
    public enum Engine: String, Sendable, Hashable, CaseIterable { case sqlite, postgresql }

    /// What keeps the database.
    public let engine: Engine
    /// The path of the SQLite file, as the person wrote it; the address of a server without its password.
    public let path: String
    /// The address of a server as it was written, for the client library only.
    let address: ServerAddress?

    private static let hint = "Name an SQLite file (PATH or sqlite:PATH) or postgres://HOST/DATABASE"

    /// Reads a URL. Throws `database_unknown` when it names nothing, `database_unsupported` for `odbc:` and other
    /// engines. Neither file nor server is looked at.
    public init(_ text: String) throws(OperonError) {
        var rest = Substring(text)
        if let colon = text.firstIndex(of: ":"), Self.isScheme(text[..<colon]) {
            let scheme = text[..<colon].lowercased()
            rest = text[text.index(after: colon)...]
            switch scheme {
            case "sqlite", "sqlite3":
                // `sqlite:///absolute` and `sqlite://relative`, as other tools write them.
                if rest.hasPrefix("//") { rest = rest.dropFirst(2) }
            case "postgres", "postgresql":
                guard rest.hasPrefix("//"), !text.utf8.contains(0) else {
                    throw OperonError(
                        code: "database_unknown", "The address of the server is not complete",
                        hint: "Write postgres://USER@HOST:PORT/DATABASE", at: scheme + ":")
                }
                let address = ServerAddress(scheme: "postgres", rest: rest.dropFirst(2))
                engine = .postgresql
                path = address.description
                self.address = address
                return
            case "odbc":
                throw OperonError(
                    code: "database_unsupported", "Databases of the kind \(scheme): are not built yet",
                    hint: Self.hint, at: scheme + ":")
            default:
                if rest.hasPrefix("//") {
                    throw OperonError(
                        code: "database_unsupported", "There is no kind of database called \(scheme):",
                        hint: Self.hint, at: scheme + ":")
                }
                // A file name with a colon in it.
                rest = Substring(text)
            }
        }
        if rest.isEmpty || rest.utf8.contains(0) {
            throw OperonError(code: "database_unknown", "No database is named", hint: Self.hint)
        }
        engine = .sqlite
        path = String(rest)
        address = nil
    }

    /// The file name without its ending, or the name of the database on its server: what people call it.
    public var name: String {
        if let address { return address.database }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        guard let dot = file.lastIndex(of: "."), dot != file.startIndex else { return file }
        return String(file[..<dot])
    }

    /// `sqlite:PATH`, or the address of a server without its password.
    public var description: String { engine == .sqlite ? "sqlite:" + path : path }

    /// What may be shown and recorded of a text that should be a URL, or `NAME=URL`: all of it but passwords.
    public static func withoutPassword(_ text: String) -> String {
        guard let mark = text.range(ofText: "://") else { return text }
        let scheme = text[..<mark.lowerBound]
        guard ["postgres", "postgresql"].contains(scheme.split(separator: "=").last?.lowercased() ?? "") else {
            return text
        }
        return scheme + "://" + ServerAddress(scheme: "", rest: text[mark.upperBound...]).shown
    }

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

extension StringProtocol {
    /// The first place where `text` stands.
    fileprivate func range(ofText text: String) -> Range<Index>? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
            at = index(after: at)
        }
        return nil
    }
}
