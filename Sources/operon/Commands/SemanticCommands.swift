import Schemas
import Services
import Toolbox
import Values

/// `operon semantic init`
enum SemanticInitCommand: Command {
    static let specification = CommandSpecification(
        words: "semantic init", summary: "draft a glossary for a database",
        details: """
            Writes a glossary in YAML with what can be seen of the database: entities, dates, categories, likely figures and
            joins. Correct it and add the words that your business uses; "operon semantic check" tells what is wrong in it.
            """,
        options: [
            CommandSpecification.database,
            .init(
                name: "out", value: "FILE", help: "the file to write; it must not exist (default: standard output)"),
            CommandSpecification.hide, CommandSpecification.cache, CommandSpecification.json,
        ],
        examples: ["operon semantic init --db shop.sqlite --out shop.yaml"])

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let (pool, name) = try SemanticCheckCommand.database(invocation, "semantic init")
        let text = try await pool.draftGlossary(of: name)
        guard let path = invocation.value("out") else {
            if invocation.has("json") {
                invocation.terminal.print(
                    JSON.object(["database": .string(name), "yaml": .string(text)]).description)
            } else {
                invocation.terminal.print(Array(text.utf8))
            }
            return .completed
        }
        // What somebody has corrected by hand is not overwritten.
        guard !Files.exists(path) else {
            throw UsageError("\(path) exists; give --out another name, or move it away")
        }
        try Files.replace(path, with: Array(text.utf8))
        if invocation.has("json") {
            invocation.terminal.print(JSON.object(["database": .string(name), "path": .string(path)]).description)
        } else {
            invocation.terminal.print(
                "\(path): a glossary of \(name); check it with: operon semantic check \(path)")
        }
        return .completed
    }
}

/// `operon semantic check`
enum SemanticCheckCommand: Command {
    static let specification = CommandSpecification(
        words: "semantic check", arguments: "FILE", summary: "report every mistake in a glossary",
        details: """
            Reads the glossary (YAML, or JSON of the same shape) and fits it to the database: unknown tables and columns,
            types, expressions that do not parse or read other tables, figures defined by themselves, figures that would
            count rows twice, joins that do not fit, names that stand for two things. Each comes with its line and a remedy.
            Exit status 1 when there are errors; warnings alone leave it 0.
            """,
        options: [
            CommandSpecification.database, CommandSpecification.hide, CommandSpecification.cache,
            CommandSpecification.json,
        ],
        examples: ["operon semantic check shop.yaml --db shop.sqlite"], argumentCount: 1...1)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let (pool, name) = try database(invocation, "semantic check")
        let path = invocation.arguments[0]
        let check = try await pool.check(try Files.text(path), file: path, on: name)
        let errors = check.problems.count { $0.severity == .error }
        let terminal = invocation.terminal
        if invocation.has("json") {
            terminal.print(
                JSON.object([
                    "ok": .bool(errors == 0), "file": .string(path), "database": .string(name),
                    "errors": .int(errors), "warnings": .int(check.problems.count - errors),
                    "diagnostics": .array(check.problems.map(\.json)),
                ]).description)
        } else {
            for problem in check.problems { terminal.print("\(problem)") }
            let model = check.model
            let parts = [
                ("entities", model?.entities.count), ("dimensions", model?.dimensions.count),
                ("measures", model?.measures.count), ("metrics", model?.metrics.count),
            ]
            let counts = parts.map { "\($0.1 ?? 0) \($0.0)" }.joined(separator: ", ")
            terminal.print(
                "\(path): \(errors) errors, \(check.problems.count - errors) warnings; \(counts)")
        }
        return errors == 0 ? .completed : .failed
    }

    /// The one database of the invocation.
    static func database(_ invocation: Invocation, _ command: String) throws -> (DatabasePool, String) {
        let pool = Composition.pool(invocation)
        for url in invocation.all("db") { try Composition.register(url, in: pool) }
        guard let name = pool.names.first else { throw UsageError("\(command) needs --db URL") }
        return (pool, name)
    }
}
