import Schemas
import Values

/// Writes what a person takes a word for into the text of a glossary. The text is edited and not written anew, so that
/// comments and the order of things stay.
public enum GlossaryNote {
    /// The text with the meaning added under the part where it belongs; nil when it is no block of YAML that can be added
    /// to (such as JSON, or a list in brackets).
    ///
    /// - Parameter text: the glossary; empty for a new one, which is then called `name`.
    public static func adding(_ meaning: Meaning, to text: String, name: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
        if lines.isEmpty { lines = ["version: 1", "name: \(quoted(name))"] }
        guard !lines.contains(where: { $0.hasPrefix("{") || $0.contains("\t") }) else { return nil }
        let part = meaning.column == nil ? "entities" : "dimensions"
        var entry = entryLines(meaning)
        if let head = lines.firstIndex(where: { key(of: $0) == part }) {
            let rest = lines[head].drop { $0 != ":" }.dropFirst().prefix { $0 != "#" }
            guard rest.allSatisfy(\.isWhitespace) else { return nil }
            // The block ends before the next line that begins at the margin.
            var end = head + 1
            while end < lines.count, !isAtMargin(lines[end]) { end += 1 }
            // What is between the block and the next part belongs to the next part.
            while end > head + 1, lines[end - 1].allSatisfy(\.isWhitespace) || isRemark(lines[end - 1]) { end -= 1 }
            let indent =
                lines[(head + 1)..<end].first { $0.drop(while: { $0 == " " }).hasPrefix("- ") }
                .map { $0.prefix { $0 == " " }.count } ?? 2
            entry = entry.map { String(repeating: " ", count: indent) + $0 }
            lines.insert(contentsOf: entry, at: end)
        } else {
            lines.append("\(part):")
            lines += entry.map { "  " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func entryLines(_ meaning: Meaning) -> [String] {
        guard let column = meaning.column else {
            return [
                "- table: \(quoted(meaning.table))", "  name: \(quoted(meaning.word))",
            ]
        }
        let place = quoted("\(meaning.table).\(column)")
        guard let value = meaning.value else {
            return ["- name: \(quoted(meaning.word))", "  column: \(place)"]
        }
        let stored: String
        switch value {
        case .text(let text): stored = text
        case .integer(let number): stored = "\(number)"
        case .real(let number): stored = "\(number)"
        case .null, .blob: stored = ""
        }
        return [
            "- name: \(quoted("\(meaning.word) in \(column)"))", "  column: \(place)", "  values:",
            "    \(quoted(stored)): [\(quoted(meaning.word))]",
        ]
    }

    /// The key that a line at the margin begins, if it does.
    private static func key(of line: String) -> String? {
        guard let first = line.first, first.isLetter, let colon = line.firstIndex(of: ":") else { return nil }
        return String(line[..<colon])
    }

    private static func isAtMargin(_ line: String) -> Bool {
        // A list may stand at the margin too.
        line.first.map { !$0.isWhitespace && $0 != "-" && $0 != "#" } ?? false
    }

    private static func isRemark(_ line: String) -> Bool { line.drop { $0 == " " }.hasPrefix("#") }

    /// A text that YAML reads back as it is: in double quotes, which are JSON's.
    private static func quoted(_ text: String) -> String { JSON.string(text).description }
}
