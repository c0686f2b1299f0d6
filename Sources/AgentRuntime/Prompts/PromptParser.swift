internal import Values

/// Reads one prompt: optional front matter, then `# System` and `# Task`.
struct PromptParser {
    let file: String
    let phase: ModelPhase
    let fragments: [String: String]
    private(set) var diagnostics: [Diagnostic] = []
    private static let includeDepth = 4

    init(file: String, phase: ModelPhase, fragments: [String: String]) {
        self.file = file
        self.phase = phase
        self.fragments = fragments
    }

    mutating func parse(_ text: String) -> Prompt {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var first = 1
        var isPrivate = false
        if lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") {
            isPrivate = frontMatter(lines[1..<end])
            first = end + 2
            lines.removeFirst(end + 1)
        }
        var parts: [String: (line: Int, lines: [Substring])] = [:]
        var current: String?
        for (index, line) in lines.enumerated() {
            if line == "# System" || line == "# Task" {
                current = String(line.dropFirst(2))
                if parts[current ?? ""] != nil {
                    report("duplicate_part", "'\(line)' stands here twice", "keep one of them", first + index)
                }
                parts[current ?? ""] = (first + index + 1, [])
            } else if let current {
                parts[current]?.lines.append(line)
            } else if !line.allSatisfy(\.isWhitespace), diagnostics.last?.code != "text_outside" {
                report(
                    "text_outside", "this text stands in no part",
                    "begin with a line '# System' or '# Task'", first + index)
            }
        }
        guard let task = parts["Task"] else {
            report("task_missing", "there is no part '# Task'", "say under '# Task' what is to be done", 1)
            return Prompt(system: [], task: [], isPrivate: isPrivate)
        }
        let system = parts["System"].map { pieces($0.lines, from: $0.line, allowsData: false, depth: 0) } ?? []
        return Prompt(
            system: system, task: pieces(task.lines, from: task.line, allowsData: true, depth: 0),
            isPrivate: isPrivate)
    }

    private mutating func frontMatter(_ lines: ArraySlice<Substring>) -> Bool {
        var isPrivate = false
        for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            switch line {
            case "private: true": isPrivate = true
            case "private: false": isPrivate = false
            default:
                report(
                    "unknown_key", "'\(line)' is nothing that a prompt knows", "write private: true, or remove it",
                    index + 2)
            }
        }
        return isPrivate
    }

    private mutating func pieces(
        _ lines: [Substring], from first: Int, allowsData: Bool, depth: Int
    ) -> [Prompt.Piece] {
        var pieces: [Prompt.Piece] = []
        var plain = ""
        func flush() {
            if !plain.isEmpty { pieces.append(.text(plain)) }
            plain = ""
        }
        for (index, line) in Self.trimmed(lines).enumerated() {
            if index > 0 { plain += "\n" }
            var rest = line
            while let start = rest.firstRange(of: "${") {
                if rest[..<start.lowerBound].hasSuffix("$") {
                    plain += rest[..<start.lowerBound].dropLast() + "${"
                    rest = rest[start.upperBound...]
                    continue
                }
                plain += rest[..<start.lowerBound]
                let inside = rest[start.upperBound...]
                guard let end = inside.firstIndex(of: "}") else {
                    report(
                        "unclosed", "a '${' is not closed", "write ${name}, or $${ for the text itself",
                        first + index)
                    return pieces
                }
                flush()
                pieces += named(String(inside[..<end]), first + index, allowsData, depth)
                rest = inside[inside.index(after: end)...]
            }
            plain += rest
        }
        flush()
        return pieces
    }

    private static func trimmed(_ lines: [Substring]) -> ArraySlice<Substring> {
        var lines = lines[...]
        while let line = lines.first, line.allSatisfy(\.isWhitespace) { lines.removeFirst() }
        while let line = lines.last, line.allSatisfy(\.isWhitespace) { lines.removeLast() }
        return lines
    }

    private mutating func named(
        _ name: String, _ line: Int, _ allowsData: Bool, _ depth: Int
    ) -> [Prompt.Piece] {
        if name.hasPrefix("include ") {
            let fragment = String(name.dropFirst(8))
            guard let text = fragments[fragment], depth < Self.includeDepth else {
                report(
                    "unknown_fragment", "there is no shared/\(fragment).md, or it takes in itself",
                    Spelling.hint(fragment, among: fragments.keys.sorted(), otherwise: "write the file"), line)
                return []
            }
            return pieces(
                text.split(separator: "\n", omittingEmptySubsequences: false), from: line, allowsData: allowsData,
                depth: depth + 1)
        }
        let known = PromptVariable.allCases.filter { $0.isKnown(in: phase) && (allowsData || !$0.isData) }
        guard let variable = PromptVariable(rawValue: name), known.contains(variable) else {
            let isMisplaced = PromptVariable(rawValue: name).map { $0.isData && $0.isKnown(in: phase) } ?? false
            report(
                isMisplaced ? "data_in_system" : "unknown_variable",
                isMisplaced
                    ? "'${\(name)}' is data, and the system part holds trusted text only"
                    : "'${\(name)}' is nothing that the phase \(phase.rawValue) knows here",
                isMisplaced
                    ? "move it to '# Task'"
                    : Spelling.hint(name, among: known.map(\.rawValue), otherwise: "write $${ for the text itself"),
                line)
            return []
        }
        return [.variable(variable)]
    }

    private mutating func report(_ code: String, _ message: String, _ hint: String, _ line: Int) {
        diagnostics.append(
            Diagnostic(code: code, message: message, hint: hint, place: SourcePlace(file: file, line: line)))
    }
}
