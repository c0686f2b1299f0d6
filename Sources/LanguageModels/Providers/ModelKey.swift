public import Values

/// A provider's key. It cannot be printed, dumped or put into a text by mistake: every such form is `[key]`.
public struct ModelKey: Sendable, Hashable {
    private let value: String

    /// Takes a key; white space around it, as files and shells leave it, is cut off. Nil when nothing is left.
    public init?(_ text: String) {
        let bytes = text.utf8
        let isSpace = { (byte: UInt8) in byte == 32 || byte &- 9 < 5 }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return nil }
        value = String(text[first...last])
    }

    /// Hands the key to the one place that sends it.
    public func withValue<Result>(_ use: (String) throws -> Result) rethrows -> Result { try use(value) }

    /// Twelve hexadecimal digits that tell keys apart and do not give them away: the start of the SHA-256 of a fixed
    /// label and the key.
    public var fingerprint: String {
        String(SHA256Digest.hex(Array("operon.key.v1\n".utf8) + Array(value.utf8)).prefix(12))
    }
}

extension ModelKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `[key]`.
    public var description: String { "[key]" }
    /// `[key]`.
    public var debugDescription: String { "[key]" }
    /// No children: a dump shows no key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Redactor {
    /// A redactor for keys, and for other texts that must not come out.
    public init(keys: some Sequence<ModelKey>, others: [String] = []) {
        self.init(secrets: keys.map { key in key.withValue { $0 } } + others)
    }
}
