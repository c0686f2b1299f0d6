internal import Values

/// Puts untrusted text into a prompt so that it cannot pass for instructions (OWASP LLM01:2025).
///
/// The text stands between two marks that carry a digest of the text itself. Nobody can write a text that contains its
/// own digest, so what stands inside cannot forge the closing mark; and since nothing is drawn by lot, a replay renders
/// the same prompt.
enum DataFence {
    /// The bytes of one text that a prompt takes at most. Defaults to 32 KiB.
    static let byteLimit = 32 << 10

    /// `value` between marks, as text when it is one, as JSON otherwise.
    static func fenced(_ name: String, _ value: JSON, limit: Int = byteLimit) -> String {
        fenced(name, text: value.string ?? value.description, limit: limit)
    }

    /// `text` between marks. What is longer than `limit` bytes is cut, and the cut is told outside the marks.
    static func fenced(_ name: String, text: String, limit: Int = byteLimit) -> String {
        let (shown, left) = cut(visible(text), to: limit)
        let mark = "data-" + SHA256Digest.hex(Array("operon fence\n\(name)\n\(shown)".utf8)).prefix(12)
        let note = left > 0 ? "\n(\(left) more bytes were left out)" : ""
        return "<\(mark) name=\"\(name)\">\n\(shown)\n</\(mark)>\(note)"
    }

    /// The text with everything that people do not see made visible: control characters, zero-width and bidirectional
    /// marks, tag characters (U+E0000…), each as `\u{…}`. Line breaks and tabs stay.
    static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if isHidden(scalar) {
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    private static func isHidden(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x34F, 0x61C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F,
            0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0,
            0xFFF0...0xFFFB, 0xE0000...0xE0FFF:
            true
        default: false
        }
    }

    /// The first `limit` bytes in whole characters, and how many bytes were left out.
    private static func cut(_ text: String, to limit: Int) -> (String, Int) {
        guard text.utf8.count > limit else { return (text, 0) }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: limit)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        let shown = String(text[..<end])
        return (shown, text.utf8.count - shown.utf8.count)
    }
}
