/// How much room a text takes in a drawing, without a font at hand: widths of a common sans-serif, rounded up, so that
/// labels seldom touch.
enum TextSize {
    /// The width in pixels at a font size.
    static func width(_ text: String, size: Double) -> Double {
        var units = 0.0
        for character in text { units += width(of: character) }
        return units * size
    }

    private static func width(of character: Character) -> Double {
        guard character.isASCII else { return DisplayWidth.of(character) == 2 ? 1.05 : 0.62 }
        switch character {
        case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!", " ": return 0.32
        case "f", "r", "t", "(", ")", "[", "]", "-", "/", "\"": return 0.42
        case "m", "w", "M", "W", "@", "%": return 0.92
        case "A"..."Z", "&": return 0.74
        default: return 0.64
        }
    }

    /// The text, cut with … to a width in pixels.
    static func fitted(_ text: String, into room: Double, size: Double) -> String {
        // Longer ones would only take time to measure.
        let text = String(DisplayWidth.safe(text).prefix(400))
        if width(text, size: size) <= room { return text }
        var used = width(of: "…") * size
        var out = ""
        for character in text {
            used += width(of: character) * size
            if used > room { break }
            out.append(character)
        }
        return out + "…"
    }
}
