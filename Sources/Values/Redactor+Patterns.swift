extension Redactor {
    /// A second line behind the known secrets: takes out what only looks like one.
    ///
    /// That is `sk-` with at least 16 characters behind it, the word behind `Bearer`, and the value behind
    /// `Authorization`, `Proxy-Authorization`, `X-Api-Key`, `Api-Key` as a header (`name: value`) or a member of JSON
    /// (`"name": "value"`). Names are compared without regard to case. It can take out too much and can miss what has
    /// no such form; known secrets go through ``redact(_:)-(String)`` first.
    public static func redactPatterns(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in PatternScan(bytes: bytes).run() } ?? text
    }
}

/// Finds what looks like a credential.
private struct PatternScan {
    let bytes: UnsafeBufferPointer<UInt8>

    private static let names = ["authorization", "x-api-key", "api-key"].map { Array($0.utf8) }
    private static let schemes = ["bearer", "basic", "digest", "negotiate", "token"].map { Array($0.utf8) }
    private static let bearer = Array("bearer".utf8)
    private static let key = Array("sk-".utf8)

    /// The text without what was found; nil when nothing was.
    func run() -> String? {
        var output: [UInt8] = []
        var copied = 0
        var at = 0
        while at < bytes.count {
            guard let value = value(at: at) else {
                at += 1
                continue
            }
            let secret = String(decoding: bytes[value], as: UTF8.self)
            output.append(contentsOf: bytes[copied..<value.lowerBound])
            output.append(contentsOf: Redactor.placeholder(for: secret).utf8)
            copied = value.upperBound
            at = copied
        }
        if copied == 0 { return nil }
        output.append(contentsOf: bytes[copied...])
        return String(decoding: output, as: UTF8.self)
    }

    /// The value that a pattern beginning at `at` gives away.
    private func value(at: Int) -> Range<Int>? {
        // Most bytes begin no pattern.
        switch bytes[at] | 32 {
        case UInt8(ascii: "s"):
            guard !isWord(at - 1), has(Self.key, at) else { return nil }
            let end = end(of: at, while: isWord)
            return end - at >= Self.key.count + 16 ? at..<end : nil
        case UInt8(ascii: "b"):
            guard !isWord(at - 1), has(Self.bearer, at) else { return nil }
            return credential(from: at + Self.bearer.count)
        case UInt8(ascii: "a"), UInt8(ascii: "x"):
            for name in Self.names where has(name, at) { return header(behind: at + name.count) }
            return nil
        default: return nil
        }
    }

    /// The value of a header or member whose name ends at `start`.
    private func header(behind start: Int) -> Range<Int>? {
        var at = start
        if at < bytes.count, isQuote(at) { at += 1 }
        at = end(of: at, while: isSpace)
        guard at < bytes.count, bytes[at] == UInt8(ascii: ":") || bytes[at] == UInt8(ascii: "=") else { return nil }
        at = end(of: at + 1, while: isSpace)
        if at < bytes.count, isQuote(at) { at += 1 }
        let end = end(of: at, while: isToken)
        guard end > at else { return nil }
        // A scheme (RFC 9110 section 11.1) stands before the credential and is none itself.
        if Self.schemes.contains(where: { has($0, at) && $0.count == end - at }) {
            let next = self.end(of: end, while: isSpace)
            let last = self.end(of: next, while: isToken)
            return last - next >= 4 ? next..<last : nil
        }
        return end - at >= 4 ? at..<end : nil
    }

    /// The credential behind the scheme that ends at `start`. Words of ordinary text have neither digits nor length.
    private func credential(from start: Int) -> Range<Int>? {
        let at = end(of: start, while: isSpace)
        let end = end(of: at, while: isToken)
        guard at > start, end - at >= 8 else { return nil }
        let hasDigit = bytes[at..<end].contains { $0 &- 48 < 10 }
        return hasDigit || end - at >= 20 ? at..<end : nil
    }

    private func has(_ word: [UInt8], _ at: Int) -> Bool {
        at + word.count <= bytes.count
            && word.indices.allSatisfy { index in
                let byte = bytes[at + index]
                return (byte &- 65 < 26 ? byte | 32 : byte) == word[index]
            }
    }

    private func end(of start: Int, while condition: (Int) -> Bool) -> Int {
        var at = start
        while at < bytes.count, condition(at) { at += 1 }
        return at
    }

    private func isWord(_ at: Int) -> Bool {
        guard at >= 0 else { return false }
        let byte = bytes[at]
        return (byte | 32) &- 97 < 26 || byte &- 48 < 10 || byte == 45 || byte == 95
    }

    /// The characters of a credential (RFC 6750 `b64token`, RFC 9110 `token68`).
    private func isToken(_ at: Int) -> Bool {
        switch bytes[at] {
        case UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): true
        default: isWord(at)
        }
    }

    private func isSpace(_ at: Int) -> Bool { bytes[at] == 32 || bytes[at] == 9 }
    private func isQuote(_ at: Int) -> Bool { bytes[at] == 34 || bytes[at] == 39 }
}
