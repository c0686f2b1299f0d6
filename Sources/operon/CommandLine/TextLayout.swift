import Semantics

/// How texts and SQL are laid out for a person.
enum TextLayout {
    /// The text in lines of at most `width` columns, broken at spaces; every line but the first is indented. A word that
    /// is longer than a line is left whole, so that it can be copied.
    static func wrapped(_ text: String, width: Int, indent: Int = 0) -> [String] {
        fill(
            text.split(separator: " ").map { String($0) }, width: width,
            indent: String(repeating: " ", count: indent))
    }

    /// One statement over several lines: a line per clause, long clauses broken between words. Text in quotes is never
    /// broken, so the lines together are the same statement.
    static func sql(_ statement: String, width: Int) -> [String] {
        var clauses: [[String]] = [[]]
        var depth = 0
        for word in words(statement) {
            let starts = depth == 0 && clauseStarts.contains(word)
            if starts, !(clauses.last ?? []).isEmpty { clauses.append([]) }
            clauses[clauses.count - 1].append(word)
            depth += parentheses(word)
        }
        return clauses.flatMap { clause in
            let pieces = pieces(clause)
            let fits = pieces.allSatisfy { DisplayWidth.of($0) + 4 <= width }
            return fill(fits ? pieces : clause, width: max(20, width), indent: "    ")
        }
    }

    /// The words of a clause joined to what belongs together: up to a comma, or to the next AND or OR.
    private static func pieces(_ words: [String]) -> [String] {
        var pieces: [String] = []
        var isOpen = false
        for word in words {
            if isOpen, word != "AND", word != "OR" {
                pieces[pieces.count - 1] += " " + word
            } else {
                pieces.append(word)
            }
            isOpen = !word.hasSuffix(",")
        }
        return pieces
    }

    private static let clauseStarts: Set<String> = [
        "SELECT", "FROM", "JOIN", "LEFT", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT",
    ]

    private static func fill(_ words: [String], width: Int, indent: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in words {
            if line.isEmpty {
                line = word
            } else if DisplayWidth.of(line) + 1 + DisplayWidth.of(word) <= width {
                line += " " + word
            } else {
                lines.append(line)
                line = indent + word
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// The statement cut at spaces that are outside of quotes.
    private static func words(_ statement: String) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        for character in statement {
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == " " {
                if !word.isEmpty { words.append(word) }
                word = ""
                continue
            }
            word.append(character)
        }
        return word.isEmpty ? words : words + [word]
    }

    /// How many more parentheses a word opens than it closes, outside of quotes.
    private static func parentheses(_ word: String) -> Int {
        var depth = 0
        var quote: Character?
        for character in word {
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "(" {
                depth += 1
            } else if character == ")" {
                depth -= 1
            }
        }
        return depth
    }
}
