/// The floors of the house: a target imports only from floors below its own. A new target is entered here, on the
/// lowest floor that stands above everything it imports.
let floors: [[String]] = [
    ["CSQLite", "CYAML", "CCrypto", "CCurl", "CPQ", "COpenSSL", "CZlib", "CLinux", "CAssets", "CLexicon"],
    ["Values"],
    ["Services", "Schemas"],
    ["Databases", "HTTPClient", "WebServer", "Modeling"],
    ["MessageBus", "LanguageModels", "Semantics", "DemoData"],
    ["AgentRuntime", "Traces"],
    ["Toolbox"],
    ["operon"],
]

/// The modules of the toolchain that every floor may import. Foundation is not among them: it costs start-up time,
/// and its formatters and calendars differ between machines.
let toolchainModules: Set<String> = ["Swift", "Glibc", "Musl", "Darwin", "Synchronization"]

/// The floor of a target or C module; nil when the table does not know it.
func floor(of name: String) -> Int? { floors.firstIndex { $0.contains(name) } }

/// One import in a file.
struct Import: Hashable {
    var module: String
    var line: Int
}

/// The imports of a file, with any attribute, access modifier or kind before the module's name.
func imports(of source: SourceText) -> [Import] {
    let modifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor"]
    return source.code.indices.compactMap { index in
        guard source.code[index].contains("import") else { return nil }
        var words = wordsWithoutAttributes(source.code[index])[...]
        if let first = words.first, modifiers.contains(first) { words = words.dropFirst() }
        guard words.popFirst() == "import" else { return nil }
        if let first = words.first, kinds.contains(first) { words = words.dropFirst() }
        guard let name = words.first?.prefix(while: { $0 != "." && $0 != ";" }) else { return nil }
        return Import(module: String(name), line: index + 1)
    }
}

/// Imports that point sideways or upwards, name Foundation, or name a module that nobody knows.
func findingsInImports(_ source: SourceText) -> [Finding] {
    guard let target = source.target else { return [] }
    guard let own = floor(of: target) else {
        return [
            Finding(
                path: source.path, line: 1, message: "the target \(target) has no floor",
                better: "enter it in the table of Tests/ArchitectureTests/Floors.swift, above all that it imports")
        ]
    }
    return imports(of: source).compactMap { entry in
        func finding(_ message: String, _ better: String) -> Finding {
            Finding(path: source.path, line: entry.line, message: message, better: better)
        }
        if entry.module.hasPrefix("Foundation") {
            return finding(
                "\(entry.module) is imported in Sources",
                "JSON, Timestamp, CivilDate and SeededRandom of Values, and Glibc for files and processes")
        }
        if toolchainModules.contains(entry.module) { return nil }
        guard let other = floor(of: entry.module) else {
            return finding(
                "the module \(entry.module) has no floor",
                "use what the house has, or enter the module in Tests/ArchitectureTests/Floors.swift")
        }
        if other < own { return nil }
        return finding(
            "\(target) (floor \(own)) imports \(entry.module) (floor \(other))",
            "hand the part in from above as a closure or a protocol of \(target), or move the shared type down")
    }
}

/// C modules that other than exactly one target imports. `modules` are the C modules present in Sources.
func findingsInDoors(_ sources: [SourceText], modules: [String]) -> [Finding] {
    modules.sorted().flatMap { module -> [Finding] in
        var doors: [(target: String, path: String, line: Int)] = []
        for source in sources {
            guard let target = source.target, let entry = imports(of: source).first(where: { $0.module == module })
            else { continue }
            doors.append((target, source.path, entry.line))
        }
        guard let first = doors.first else {
            return [
                Finding(
                    path: "Sources/\(module)/module.modulemap", line: 1, message: "no target imports \(module)",
                    better: "remove the module, in the manifest too, until a target needs it")
            ]
        }
        return doors.filter { $0.target != first.target }.map { door in
            Finding(
                path: door.path, line: door.line,
                message: "\(door.target) imports \(module), whose door is \(first.target)",
                better: "call \(first.target), or move this code there")
        }
    }
}
