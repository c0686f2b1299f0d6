import Databases
import Schemas
import Services
import Toolbox
import Values

/// `operon query`: read-only SQL behind the sandbox.
enum QueryCommand: Command {
    static let specification = CommandSpecification(
        words: "query", arguments: "[SQL]", summary: "run read-only SQL behind the sandbox",
        details: """
            With --jsonl, reads lines {"id","sql"} and answers each with a line
            {"id","verdict":"ok|denied|limit|error","rows","truncated","bytes","error","data"}.
            """,
        options: [
            CommandSpecification.database,
            .init(name: "jsonl", value: nil, help: "read statements as JSON lines, answer in the same order"),
            .init(name: "timeout-ms", value: "N", help: "time for one statement (default 10000)"),
            .init(name: "max-rows", value: "N", help: "rows at most (default 10000)"),
            .init(name: "max-bytes", value: "N", help: "bytes of values at most (default 16 MiB)"),
            CommandSpecification.hide, CommandSpecification.json,
        ],
        examples: [
            "operon query --db shop.sqlite \"SELECT count(*) FROM orders\"",
            "operon query --db shop.sqlite --jsonl --hide salaries < statements.jsonl",
        ], argumentCount: 0...1)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        guard let url = invocation.value("db") else { throw UsageError("query needs --db URL") }
        let pool = Composition.pool(invocation)
        let name = try Composition.register(url, in: pool)
        var limits = QueryLimits()
        limits.timeout = .milliseconds(
            try invocation.integer("timeout-ms", in: 1...86_400_000, default: 10_000))
        limits.maxRows = try invocation.integer("max-rows", in: 0...100_000_000, default: limits.maxRows)
        limits.maxBytes = try invocation.integer("max-bytes", in: 0...(1 << 40), default: limits.maxBytes)
        // Opening tells of a missing file before any statement is read.
        _ = try await pool.catalogue(name)
        if invocation.has("jsonl") {
            if !invocation.arguments.isEmpty {
                throw UsageError("give SQL as an argument or with --jsonl, not both")
            }
            return try await lines(pool, name, limits, invocation.terminal)
        }
        let sql: String
        if let given = invocation.arguments.first {
            sql = given
        } else {
            if invocation.terminal.isInputTerminal { throw UsageError("query needs SQL, or --jsonl") }
            sql = try await InputLines().rest()
        }
        let verdict = try await pool.query(name, sql, limits: limits)
        if invocation.has("json") {
            var object = verdict.json(id: .null).object ?? [:]
            object["columns"] = .strings(verdict.table.columns)
            invocation.terminal.print(JSON.object(object).description)
        } else {
            QueryView.show(verdict, on: invocation.terminal)
        }
        return verdict.kind == .ok ? .completed : .failed
    }

    private static func lines(
        _ pool: DatabasePool, _ name: String, _ limits: QueryLimits, _ terminal: Terminal
    ) async throws -> ExitStatus {
        let input = InputLines()
        while let line = try await input.next() {
            if line.utf8.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) { continue }
            let verdict: QueryVerdict
            var id = JSON.null
            do {
                let request = try JSON(parsing: line)
                id = request["id"] ?? .null
                if let sql = request["sql"]?.string {
                    verdict = try await pool.query(name, sql, limits: limits)
                } else {
                    verdict = QueryVerdict(
                        .error,
                        OperonError(
                            code: "line_invalid", "the line has no text \"sql\"", hint: #"Write {"id","sql"}."#))
                }
            } catch let error as JSONError {
                verdict = QueryVerdict(
                    .error, OperonError(code: "line_invalid", "\(error)", hint: #"Write {"id","sql"} on one line."#)
                )
            }
            terminal.print(verdict.json(id: id).description)
        }
        return .completed
    }
}
