import Values

/// A Markdown text taken apart: YAML between two `---` lines at its very beginning, and the text below.
struct FrontMatter {
    /// The YAML text.
    var yaml: String
    /// The line on which the YAML begins.
    var line: Int
    /// The text below, without blank lines around it.
    var body: String

    /// Takes `text` apart, or says why that cannot be done.
    static func split(_ text: String, file: String, _ problems: inout Problems) -> FrontMatter? {
        // Split by bytes: Swift takes CR LF for one character.
        var lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false).map { line in
            Substring(line.last == 13 ? line.dropLast() : line)
        }
        if lines[0].unicodeScalars.first == "\u{FEFF}" { lines[0] = Substring(lines[0].unicodeScalars.dropFirst()) }
        func isFence(_ line: Substring) -> Bool {
            line.hasPrefix("---") && line.dropFirst(3).allSatisfy { $0 == " " || $0 == "\t" }
        }
        guard isFence(lines[0]) else {
            let late = lines.firstIndex(where: isFence)
            problems.error(
                "front_matter_missing",
                late == nil
                    ? "the file does not begin with YAML front matter"
                    : "something stands before the line '---' that opens the front matter",
                hint: late == nil
                    ? "put the definition between two lines '---' at the beginning of the file"
                    : "make the '---' of line \(late! + 1) the first line",
                at: SourcePlace(file: file, line: 1, column: 1))
            return nil
        }
        guard let end = lines.dropFirst().firstIndex(where: isFence) else {
            problems.error(
                "front_matter_unterminated", "the front matter that begins on line 1 has no end",
                hint: "put a line '---' between the definition and the instructions",
                at: SourcePlace(file: file, line: 1, column: 1))
            return nil
        }
        let isBlank = { (line: Substring) in line.allSatisfy { $0 == " " || $0 == "\t" } }
        let below = lines[(end + 1)...].drop(while: isBlank)
        let last = below.lastIndex { !isBlank($0) }
        return FrontMatter(
            yaml: lines[1..<end].joined(separator: "\n"), line: 2,
            body: last.map { below[...$0].joined(separator: "\n") } ?? "")
    }
}
