import Values

/// Reads YAML whose syntax is wrong in places: after each syntax error the key or the list item around it is left out
/// and the rest is read again, so that one wrong bracket does not hide the other mistakes of the file.
struct YAMLRecovery {
    /// What could be read.
    private(set) var root: YAMLNode?
    private(set) var diagnostics: [Diagnostic] = []
    /// Keys of the outermost mapping that were left out.
    private(set) var lostKeys: Set<String> = []
    /// Keys of the outermost mapping whose lists are not complete.
    private(set) var incompleteKeys: Set<String> = []

    private var lines: [Substring]
    private static let attemptLimit = 16

    init(_ yaml: String, file: String, line: Int) {
        lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
        for _ in 0..<Self.attemptLimit {
            let (root, found) = YAML.parse(lines.joined(separator: "\n"), file: file, line: line)
            guard root == nil, let last = found.last, ["yaml_syntax", "yaml_tab"].contains(last.code) else {
                self.root = root
                diagnostics += found
                return
            }
            // What was found before the error will be found again.
            diagnostics.append(last)
            guard leaveOut(around: last.place.line - line) else { return }
        }
    }

    /// Blanks the smallest block around a line; false when there is nothing left to blank.
    private mutating func leaveOut(around number: Int) -> Bool {
        var at = min(max(number, 0), lines.count - 1)
        while at >= 0, isBlank(at) { at -= 1 }
        guard at >= 0 else { return false }
        guard let top = (0...at).last(where: isKey) else {
            lines[at] = ""
            return true
        }
        let key = String(lines[top].prefix { $0 != ":" })
        let end = ((top + 1)..<lines.count).first(where: isKey) ?? lines.count
        let items = ((top + 1)..<end).filter { lines[$0].drop { $0 == " " }.hasPrefix("- ") }
        let starts = items.filter { indent($0) == indent(items[0]) }
        if starts.count > 1, let start = starts.last(where: { $0 <= at }) {
            incompleteKeys.insert(key)
            blank(start..<(starts.first { $0 > start } ?? end))
        } else {
            lostKeys.insert(key)
            blank(top..<end)
        }
        return true
    }

    private mutating func blank(_ range: Range<Int>) { for index in range { lines[index] = "" } }

    private func isBlank(_ index: Int) -> Bool {
        let text = lines[index].drop { $0 == " " || $0 == "\t" }
        return text.isEmpty || text.hasPrefix("#")
    }

    /// Whether a key of the outermost mapping begins on the line.
    private func isKey(_ index: Int) -> Bool {
        guard let first = lines[index].unicodeScalars.first else { return false }
        return first != " " && first != "\t" && first != "#" && first != "-"
    }

    private func indent(_ index: Int) -> Int { lines[index].prefix { $0 == " " }.count }
}
