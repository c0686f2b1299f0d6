extension Redactor {
    /// Redacts text that comes in pieces: the pieces that go out, put together, are what ``Redactor/redact(_:)-(String)``
    /// makes of the pieces that came in, wherever they were cut.
    ///
    /// Text is held back only while it may be the beginning of a secret in one of its forms, that is for a few times
    /// the longest secret's length at most.
    public struct Stream: Sendable {
        private let redactor: Redactor
        private var held: [UInt8] = []

        init(_ redactor: Redactor) { self.redactor = redactor }

        /// Takes the next piece; returns what may be shown, which can be empty.
        public mutating func feed(_ text: String) -> String {
            guard let forms = redactor.forms else { return text }
            if held.isEmpty {
                var text = text
                let (end, result) = text.withUTF8 { bytes in
                    let (end, result) = Self.pass(forms, bytes, isFinal: false)
                    if end < bytes.count { held = Array(bytes[end...]) }
                    return (end, result)
                }
                return result
                    ?? (end == text.utf8.count ? text : String(decoding: text.utf8.prefix(end), as: UTF8.self))
            }
            held.append(contentsOf: text.utf8)
            return release(forms, isFinal: false)
        }

        /// The end of the text: returns what was held back. The stream can be used again.
        public mutating func finish() -> String {
            guard let forms = redactor.forms, !held.isEmpty else { return "" }
            return release(forms, isFinal: true)
        }

        private mutating func release(_ forms: SecretForms, isFinal: Bool) -> String {
            let (end, result) = held.withUnsafeBufferPointer { bytes -> (Int, String) in
                let (end, result) = Self.pass(forms, bytes, isFinal: isFinal)
                return (end, result ?? String(decoding: bytes[..<end], as: UTF8.self))
            }
            held.removeFirst(end)
            return result
        }

        /// Up to where the text is decided, and that part of it when it differs.
        private static func pass(
            _ forms: SecretForms, _ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool
        ) -> (end: Int, text: String?) {
            var scan = SecretScan(forms)
            let end = scan.run(over: bytes, isFinal: isFinal)
            return (end, scan.hasFound ? scan.text(upTo: end, of: bytes) : nil)
        }
    }

    /// A stream for text that comes in pieces.
    public func stream() -> Stream { Stream(self) }
}

extension Redactor.Stream: CustomStringConvertible, CustomReflectable {
    /// That it is a stream, and nothing of what it holds.
    public var description: String { "Redactor.Stream" }
    /// No children: a dump shows no secret.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
