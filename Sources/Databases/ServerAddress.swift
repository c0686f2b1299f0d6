internal import Glibc

/// `USER:PASSWORD@HOST:PORT/DATABASE?SETTING=VALUE` behind the scheme of a server's URL. The password stays inside:
/// neither its description nor a dump of it holds one.
struct ServerAddress: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    private let scheme: String
    private let rest: String

    init(scheme: String, rest: Substring) {
        self.scheme = scheme
        self.rest = String(rest)
    }

    /// All of it, password included: for the client library and nobody else.
    var complete: String { scheme + "://" + rest }

    var description: String { scheme + "://" + shown }
    var customMirror: Mirror { Mirror(self, children: [("address", shown)]) }

    /// What may be shown: without a password before the `@`, without settings that hold one.
    var shown: String {
        let (place, settings) = parts
        var text = String(place)
        if let at = place.lastIndex(of: "@") {
            let user = place[..<at].prefix { $0 != ":" }
            text = String(user + place[at...])
        } else if let colon = place.firstIndex(of: ":"), !place.hasPrefix("["),
            !place[colon...].dropFirst().prefix(while: { $0 != "/" && $0 != "," }).allSatisfy(\.isNumber)
        {
            // No port stands there: the address is broken, and what it is may be a password.
            text = String(place[..<colon])
        }
        let kept = settings.filter { !Self.isSecret($0) }
        return kept.isEmpty ? text : text + "?" + kept.joined(separator: "&")
    }

    /// The name of the database: what follows the host, or the setting `dbname`, or the user's name, which is what
    /// a server takes when none is given.
    var database: String {
        let (place, settings) = parts
        let host = place.lastIndex(of: "@").map { place[place.index(after: $0)...] } ?? place
        if let slash = host.firstIndex(of: "/"), host.index(after: slash) < host.endIndex {
            return Self.decoded(host[host.index(after: slash)...])
        }
        for setting in settings where Self.key(setting) == "dbname" {
            return Self.decoded(setting.drop { $0 != "=" }.dropFirst())
        }
        if let at = place.lastIndex(of: "@") {
            let user = place[..<at].prefix { $0 != ":" }
            if !user.isEmpty { return Self.decoded(user) }
        }
        return getenv("PGDATABASE").map { String(cString: $0) } ?? "postgres"
    }

    /// The setting called `name`, decoded; nil when there is none.
    func setting(_ name: String) -> String? {
        parts.settings.last { Self.key($0) == name }.map { Self.decoded($0.drop { $0 != "=" }.dropFirst()) }
    }

    /// The passwords inside, as written and decoded: what must not be in any message.
    var secrets: [String] {
        let (place, settings) = parts
        var found: [Substring] = []
        if let at = place.lastIndex(of: "@"), let colon = place[..<at].firstIndex(of: ":") {
            found.append(place[place.index(after: colon)..<at])
        }
        found += settings.filter(Self.isSecret).map { $0.drop { $0 != "=" }.dropFirst() }
        return found.flatMap { [String($0), Self.decoded($0)] }.filter { !$0.isEmpty }
    }

    /// User, host and database; and the settings. Where the credentials end is read as libpq reads it, and beyond it
    /// for passwords that should have been encoded: what may belong to one counts as one.
    private var parts: (place: Substring, settings: [Substring]) {
        var start = rest.startIndex
        if let at = rest.firstIndex(of: "@") {
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            if at < slash {
                start = rest[at...].prefix { $0 != "/" && $0 != "?" }.lastIndex(of: "@") ?? at
            } else {
                start = rest.prefix { $0 != "?" }.lastIndex(of: "@") ?? start
            }
        }
        guard let mark = rest[start...].firstIndex(of: "?") else { return (rest[...], []) }
        return (rest[..<mark], rest[rest.index(after: mark)...].split(separator: "&"))
    }

    private static func key(_ setting: Substring) -> String { decoded(setting.prefix { $0 != "=" }).lowercased() }

    /// `password`, `sslpassword`, and whatever else is called so; a file of passwords is only a path.
    private static func isSecret(_ setting: Substring) -> Bool {
        let key = key(setting)
        return key.contains("pass") && key != "passfile"
    }

    /// `%20` becomes a space; what is no such sign stays.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
