internal import AgentRuntime
internal import Databases
internal import Schemas
internal import Values

/// `run_sql`: one read-only statement behind the sandbox.
struct RunSQL: Tool {
    let pool: DatabasePool

    let descriptor = ToolDescriptor(
        name: "run_sql", title: "Run SQL",
        summary: "Runs one read-only statement in the sandbox and returns its rows.",
        input: .object(
            properties: [
                ("database", .databaseName),
                ("sql", .string("One SELECT statement.")),
                (
                    "max_rows",
                    JSONSchema([
                        "type": "integer", "minimum": 1,
                        "description": "How many rows at most. Defaults to 10 000.",
                    ])
                ),
            ], required: ["database", "sql"]),
        output: .object(properties: [
            ("columns", .columns),
            ("rows", .rows),
            ("row_count", JSONSchema(["type": "integer"])),
            ("truncated", JSONSchema(["type": "boolean"])),
            ("bytes", JSONSchema(["type": "integer"])),
        ]),
        effectClass: .readOnly, permission: "read", contextArguments: ["database"])

    func call(_ arguments: JSON, in context: ToolContext) async throws -> ToolOutput {
        try await reporting {
            var limits = QueryLimits()
            if let wanted = arguments["max_rows"]?.int { limits.maxRows = wanted }
            let wantedRows = limits.maxRows
            limits.maxRows = min(limits.maxRows, context.rowLimit)
            let wantedBytes = limits.maxBytes
            limits.maxBytes = min(limits.maxBytes, context.byteLimit)
            if let timeout = context.timeout { limits.timeout = min(limits.timeout, timeout) }
            let verdict = try await pool.query(
                arguments.text("database"), arguments.text("sql"), limits: limits)
            try Task.checkCancellation()
            switch verdict.kind {
            case .ok:
                let usage = Usage(rows: verdict.table.rows.count, bytes: verdict.table.byteCount)
                var reached: String?
                if verdict.table.isTruncated {
                    // A cut that the caller asked for is no limit that was reached.
                    if verdict.table.rows.count >= limits.maxRows {
                        if limits.maxRows < wantedRows { reached = "rows" }
                    } else if limits.maxBytes < wantedBytes {
                        reached = "bytes"
                    }
                }
                return ToolOutput(verdict.table.json, usage: usage, limitReached: reached)
            case .denied, .limit, .error:
                throw verdict.error
                    ?? OperonError(code: "sql_\(verdict.kind.rawValue)", "the statement was refused")
            }
        }
    }
}
