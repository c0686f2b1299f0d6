/// Reads the lines of a head whose bytes are known to hold no line breaks and no control characters but tabs.
enum HTTPHeadReader {
    /// The head in `lines`, which are empty afterwards.
    static func read(_ lines: inout HTTPLineBuffer) throws(HTTPRefusal) -> HTTPRequestHead {
        defer { lines.removeAll() }
        let bytes = lines.bytes
        let ends = lines.lineEnds
        let (method, targetText, minor) = try requestLine(bytes[..<ends[0]])
        var fields = HTTPFields()
        for index in ends.indices.dropFirst() {
            let field = try field(bytes[ends[index - 1]..<ends[index]])
            fields.append(field.name, field.value)
        }
        let target = try HTTPTarget(targetText, method: method)
        let hosts = fields.values("host")
        guard hosts.count == 1 || hosts.isEmpty && minor == 0 else {
            throw HTTPRefusal(400, hosts.isEmpty ? "the Host field is missing" : "more than one Host field")
        }
        if let host = hosts.first, !isAuthority(host) { throw HTTPRefusal(400, "the Host field names no host") }
        var expectsContinue = false
        if let expectation = fields["expect"] {
            guard expectation.isSameToken(as: "100-continue") else {
                throw HTTPRefusal(417, "only 100-continue can be expected")
            }
            expectsContinue = minor == 1
        }
        let framing = try framing(fields, minor: minor)
        return HTTPRequestHead(
            method: method, target: target, fields: fields, host: target.authority ?? hosts.first ?? "",
            minorVersion: minor, framing: framing, expectsContinue: expectsContinue && framing != .none)
    }

    /// `METHOD SP target SP HTTP/1.x`, with exactly these spaces.
    private static func requestLine(_ line: ArraySlice<UInt8>) throws(HTTPRefusal) -> (String, String, Int) {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw HTTPRefusal(400, "the request line is not method, target and version")
        }
        guard parts[0].count <= 32, parts[0].allSatisfy(isTokenByte) else {
            throw HTTPRefusal(400, "the method is no token")
        }
        let version = Array(parts[2])
        guard version.count == 8, version.starts(with: "HTTP/".utf8), version[6] == UInt8(ascii: "."),
            version[5] &- 48 < 10,
            version[7] &- 48 < 10
        else { throw HTTPRefusal(400, "the request line ends in no version") }
        guard version[5] == UInt8(ascii: "1") else {
            throw HTTPRefusal(505, "only HTTP/1.1 and HTTP/1.0 are spoken here")
        }
        let method = String(decoding: parts[0], as: UTF8.self)
        if method == "CONNECT" { throw HTTPRefusal(501, "this is no proxy") }
        return (method, String(decoding: parts[1], as: UTF8.self), version[7] == UInt8(ascii: "0") ? 0 : 1)
    }

    /// `name: value`. A line that starts with white space would continue the one before, which is refused.
    static func field(_ line: ArraySlice<UInt8>) throws(HTTPRefusal) -> HTTPFields.Field {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(isTokenByte)
        else {
            let isFolded = line.first == 0x20 || line.first == 0x09
            throw HTTPRefusal(400, isFolded ? "a folded header field" : "a header field without a proper name")
        }
        var value = line[(colon + 1)...]
        while let first = value.first, first == 0x20 || first == 0x09 { value.removeFirst() }
        while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
        return HTTPFields.Field(
            String(decoding: line[..<colon].map(lowercase), as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    /// How the body ends. Two answers, or one that can be read in two ways, are none (RFC 9112, section 6.3).
    private static func framing(_ fields: HTTPFields, minor: Int) throws(HTTPRefusal) -> HTTPBodyFraming {
        let codings = fields.values("transfer-encoding")
        let lengths = fields.values("content-length")
        if !codings.isEmpty {
            guard lengths.isEmpty else { throw HTTPRefusal(400, "Transfer-Encoding and Content-Length together") }
            guard minor == 1 else { throw HTTPRefusal(400, "Transfer-Encoding in HTTP/1.0") }
            guard codings.count == 1 else { throw HTTPRefusal(400, "more than one Transfer-Encoding") }
            guard codings[0].isSameToken(as: "chunked") else {
                throw HTTPRefusal(501, "chunked is the only transfer coding that is understood")
            }
            return .chunked
        }
        guard let text = lengths.first else { return .none }
        guard lengths.count == 1 else { throw HTTPRefusal(400, "more than one Content-Length") }
        guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ $0 &- 48 < 10 }), let count = Int(text)
        else {
            throw HTTPRefusal(400, "the Content-Length is no number of bytes")
        }
        return .length(count)
    }

    /// The size before a chunk; extensions behind it are looked over and left out.
    static func chunkSize(_ line: [UInt8]) throws(HTTPRefusal) -> Int {
        let digits = line.prefix { hexValue($0) != nil }
        guard !digits.isEmpty, digits.count <= 15 else { throw HTTPRefusal(400, "a chunk without a proper size") }
        let rest = line.dropFirst(digits.count).drop { $0 == 0x20 || $0 == 0x09 }
        // White space may stand before an extension only.
        guard line.count == digits.count || rest.first == UInt8(ascii: ";") && isExtension(rest) else {
            throw HTTPRefusal(400, "a chunk's size is followed by what is no extension")
        }
        return digits.reduce(0) { $0 << 4 | (hexValue($1) ?? 0) }
    }

    /// `;name` or `;name=value`, any number of them, a value being a token or a quoted string.
    private static func isExtension(_ text: ArraySlice<UInt8>) -> Bool {
        let parts = splitOutsideQuotes(String(decoding: text, as: UTF8.self), at: UInt8(ascii: ";"))
        return parts.dropFirst().allSatisfy { part in
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = sides.first, isToken(trimmed(name)) else { return false }
            guard sides.count == 2 else { return true }
            let value = trimmed(sides[1])
            if value.first == "\"" { return value.utf8.count >= 2 && value.last == "\"" }
            return isToken(value)
        }
    }

    private static func isToken(_ text: Substring) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isTokenByte) }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }

    /// Fields that say how a message is framed, routed or read cannot come behind it (RFC 9110, section 6.5.1).
    static func isForbiddenTrailer(_ name: String) -> Bool {
        [
            "transfer-encoding", "content-length", "host", "connection", "te", "trailer", "upgrade", "expect",
            "content-type", "content-encoding", "content-range", "authorization", "cookie", "set-cookie", "range",
            "cache-control", "max-forwards", "keep-alive", "proxy-authorization",
        ].contains(name)
    }
}
