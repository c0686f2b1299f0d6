/// Where an unstructured task is right, and why. Everything else is a child of a `run()`.
let unstructuredTasks: [String: String] = [
    "Sources/operon/OperonMain.swift":
        "the entry is not asynchronous, so that signals are blocked on the first thread; its one task ends the process",
    "Sources/MessageBus/PendingRequests.swift":
        "one sleeper serves the deadlines of all requests and lives only while one is in flight",
    "Sources/Databases/DatabaseWorkers.swift":
        "the alarm of a statement that cannot be stopped outlives the call that it answers",
]

/// `try!` and `as!`: a crash where an error belongs.
func findingsInForces(_ source: SourceText) -> [Finding] {
    source.findings("try! ends the process", better: "let the error through, or catch it and say what it means") {
        !places(of: "try!", in: $0).isEmpty
    }
        + source.findings("as! ends the process", better: "as? and a thrown error that names what was found") {
            !places(of: "as!", in: $0).isEmpty
        }
}

/// `print(` in a library.
func findingsInPrinting(_ source: SourceText) -> [Finding] {
    guard source.target != nil, source.target != "operon" else { return [] }
    return source.findings(
        "a library prints",
        better: "return the text, or publish a `log` envelope; only Sources/operon writes to a terminal"
    ) { line in
        places(of: "print(", in: line, notAfter: [UInt8(ascii: ".")]).contains { start in
            // `func print(` declares a method of that name.
            !String(decoding: line.utf8.prefix(start), as: UTF8.self).hasSuffix("func ")
        }
    }
}

/// Tasks that no one awaits, outside `allowed` (path to reason).
func findingsInTasks(_ source: SourceText, allowed: [String: String] = unstructuredTasks) -> [Finding] {
    guard allowed[source.path] == nil else { return [] }
    return source.findings(
        "an unstructured task",
        better:
            "a child of the service's run() (async let, a task group), or an entry with its reason in Constructs.swift"
    ) { line in startsTask(line) }
}

/// Whether a line of code starts an unstructured task: `Task {`, `Task(…)`, `Task<…> {`, `Task.detached`, `.immediate`.
private func startsTask(_ line: Substring) -> Bool {
    places(of: "Task", in: line).contains { start in
        var rest = line.utf8.dropFirst(start + 4)
        if rest.first == UInt8(ascii: "<") {
            var depth = 0
            rest = rest.drop { byte in
                if byte == UInt8(ascii: "<") { depth += 1 }
                if byte == UInt8(ascii: ">") { depth -= 1 }
                return depth > 0
            }.dropFirst()
        }
        let text = String(decoding: rest.drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
        // `Task` as a type may stand before a body, as in `-> Task<Int, Error> {`: there is an arrow or a colon before.
        if text.hasPrefix("{") || text.hasPrefix("(") {
            let before = String(decoding: line.utf8.prefix(start), as: UTF8.self)
            return !before.hasSuffix("-> ") && !before.hasSuffix(": ")
        }
        return [".detached", ".immediate", ".init("].contains { text.hasPrefix($0) }
    }
}

/// Switched-off checks of the compiler without the reason that makes them right.
func findingsInUncheckedState(_ source: SourceText) -> [Finding] {
    source.code.indices.compactMap { index in
        let line = source.code[index]
        guard let construct = ["@unchecked Sendable", "nonisolated(unsafe)"].first(where: line.contains) else {
            return nil
        }
        // The three lines before with all of a comment that reaches into them, and the line behind.
        var first = max(0, index - 3)
        let isComment = { (line: Int) in source.comments[line].contains { $0 != " " } }
        while first > 0, isComment(first), isComment(first - 1) { first -= 1 }
        let last = min(index + 1, source.comments.count - 1)
        if source.comments[first...last].contains(where: { $0.lowercased().contains("because") }) { return nil }
        return Finding(
            path: source.path, line: index + 1, message: "\(construct) without its reason",
            better: "a Mutex or an actor; or a comment beside it: it is safe because …")
    }
}

/// Lines at which a file is worth a second look, and lines at which it must be split.
let fileLines = (report: 350, limit: 450)

/// A file that is too long to answer one question.
func findingsInSize(_ source: SourceText) -> [Finding] {
    let count = source.lines.count - (source.lines.last == "" ? 1 : 0)
    guard count > fileLines.limit else { return [] }
    return [
        Finding(
            path: source.path, line: count, message: "\(count) lines, and the limit is \(fileLines.limit)",
            better: "split by topic, as in Bus+Mirror.swift")
    ]
}
