/// How many terminal columns a text takes, and how to cut, pad and make it safe.
public enum DisplayWidth {
    /// The width of a text in terminal columns: two for East Asian wide characters and emoji, none for combining
    /// marks. Roughly right: terminals differ about some emoji. Source: Unicode Standard Annex 11.
    public static func of(_ text: String) -> Int {
        var width = 0
        for character in text { width += of(character) }
        return width
    }

    /// The width of one character as people see it.
    static func of(_ character: Character) -> Int {
        if character.isASCII { return 1 }
        var width = 0
        for scalar in character.unicodeScalars {
            if scalar == "\u{FE0F}" || isWide(scalar) { return 2 }
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format, .control: break
            default: width = 1
            }
        }
        return width
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F1E6...0x1F1FF, 0x20000...0x3FFFD:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }

    /// The text with everything written out that could move the cursor, change colours or turn the direction of
    /// writing: data must not drive the terminal. A line break becomes `\n`, an escape `\u{1B}`.
    public static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where isUnsafe(scalar): out += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Controls; line and paragraph separators; marks and overrides of direction; tags.
        case 0...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xE0000...0xE007F:
            true
        // What Unicode promises never to be a character.
        default: scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value)
        }
    }

    /// The text cut to `width` columns, with … in place of what is missing.
    public static func truncated(_ text: String, to width: Int) -> String {
        if text.utf8.count <= width { return text }
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        var out = ""
        var used = 0
        for character in text {
            let next = of(character)
            if used + next > width - 1 { break }
            out.append(character)
            used += next
        }
        return out + "…"
    }

    /// The text cut or filled with spaces to exactly `width` columns.
    public static func fitted(_ text: String, to width: Int, right: Bool = false) -> String {
        let cut = truncated(text, to: width)
        let pad = String(repeating: " ", count: max(0, width - of(cut)))
        return right ? pad + cut : cut + pad
    }

    /// The text without spaces at its end.
    static func trimmedEnd(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }
}
