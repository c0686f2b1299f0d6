/// What a request names: the path, decoded and normalised, and the query (RFC 9112, section 3.2).
public struct HTTPTarget: Sendable, Hashable {
    /// The decoded path. It starts with a slash, holds neither `.` nor `..` nor empty segments, no control characters,
    /// no backslash, and no slash that was encoded; `*` for `OPTIONS *`.
    public let path: String
    /// The query as it was sent, without the question mark; nil when there is none.
    public let rawQuery: String?
    /// The authority of an absolute target (`http://host:port/…`), which then stands in for the Host field.
    let authority: String?

    /// The decoded pairs of the query, in order; `+` is a space (URL Standard, section 5.1).
    public let query: [(name: String, value: String)]

    /// The first value of a name in the query.
    public func queryValue(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// Reads a target of a request with `method`.
    package init(_ text: String, method: String) throws(HTTPRefusal) {
        // Bytes outside of these never stand in a URI; a fragment is never sent.
        guard
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\") })
        else {
            throw HTTPRefusal(400, "the target holds a byte that no target may hold")
        }
        var rest = Substring(text)
        var authority: String?
        if text.utf8.first != UInt8(ascii: "/") {
            if text == "*" && method == "OPTIONS" {
                (path, rawQuery, self.authority, query) = ("*", nil, nil, [])
                return
            }
            guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://"),
                text[..<colon].isSameToken(as: "http") || text[..<colon].isSameToken(as: "https")
            else { throw HTTPRefusal(400, "the target is neither a path nor an absolute URL") }
            let behind = text[colon...].dropFirst(3)
            let host = behind.prefix { $0 != "/" && $0 != "?" }
            guard isAuthority(host) else { throw HTTPRefusal(400, "the target names no host") }
            authority = String(host)
            rest = behind.dropFirst(host.count)
            if rest.utf8.first != UInt8(ascii: "/") { rest = "/" + rest }
        }
        let question = rest.firstIndex(of: "?")
        path = try Self.normalised(question.map { rest[..<$0] } ?? rest)
        rawQuery = question.map { String(rest[rest.index(after: $0)...]) }
        query = try Self.pairs(rawQuery ?? "")
        self.authority = authority
    }

    private static func normalised(_ text: Substring) throws(HTTPRefusal) -> String {
        var path = ""
        let segments = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, raw) in segments.enumerated() {
            let segment = try decoded(raw, plusIsSpace: false)
            if segment == ".." { throw HTTPRefusal(400, "the path leads upwards") }
            guard
                segment.utf8.allSatisfy({
                    $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\")
                })
            else { throw HTTPRefusal(400, "the path hides a separator or a control character") }
            let isLast = index == segments.count - 1
            if segment.isEmpty || segment == "." {
                // What ends in a slash keeps it; everywhere else these segments say nothing.
                if isLast { path += "/" }
            } else {
                path += "/" + segment
            }
        }
        return path
    }

    private static func pairs(_ text: String) throws(HTTPRefusal) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for part in text.split(separator: "&") {
            let equals = part.firstIndex(of: "=")
            let name = try decoded(equals.map { part[..<$0] } ?? part, plusIsSpace: true)
            let value = try decoded(equals.map { part[part.index(after: $0)...] } ?? "", plusIsSpace: true)
            pairs.append((name, value))
        }
        return pairs
    }

    /// Undoes percent-encoding once. What comes out must be UTF-8.
    private static func decoded(_ text: Substring, plusIsSpace: Bool) throws(HTTPRefusal) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue)
                else {
                    throw HTTPRefusal(400, "the target holds a percent sign without two hexadecimal digits")
                }
                bytes.append(UInt8(high << 4 | low))
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw HTTPRefusal(400, "the target is not UTF-8")
        }
        return string
    }

    /// Compares what was asked for; the pairs follow from the query.
    public static func == (left: HTTPTarget, right: HTTPTarget) -> Bool {
        left.path == right.path && left.rawQuery == right.rawQuery && left.authority == right.authority
    }

    /// Hashes what was asked for.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(path)
        hasher.combine(rawQuery)
    }
}

/// Whether a text is `host` or `host:port`, the host a name, an IPv4 address or an IPv6 address in brackets.
func isAuthority(_ text: some StringProtocol) -> Bool {
    var host = Array(text.utf8)[...]
    if host.first == UInt8(ascii: "[") {
        guard let end = host.firstIndex(of: UInt8(ascii: "]")), end > 1 else { return false }
        guard
            host[1..<end].allSatisfy({ hexValue($0) != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
        else { return false }
        host = host[(end + 1)...]
        return host.isEmpty || isPort(host)
    }
    let name = host.prefix { $0 != UInt8(ascii: ":") }
    guard !name.isEmpty else { return false }
    for byte in name {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            continue
        default: return false
        }
    }
    host = host.dropFirst(name.count)
    return host.isEmpty || isPort(host)
}

private func isPort(_ text: ArraySlice<UInt8>) -> Bool {
    text.first == UInt8(ascii: ":") && text.count <= 6 && text.dropFirst().allSatisfy { $0 &- 48 < 10 }
}
