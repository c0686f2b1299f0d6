internal import AgentRuntime
internal import Databases
internal import Schemas
internal import Semantics
internal import Values

extension JSON {
    /// The text member `key`. The input schema has been checked, so that a missing one is a defect of the schema.
    func text(_ key: String) throws -> String {
        guard let text = self[key]?.string else {
            throw ToolFailure(OperonError(code: "arguments_invalid", "\"\(key)\" is missing or no text", at: key))
        }
        return text
    }
}

/// Turns errors that a caller can understand into tool failures.
func reporting<T>(_ body: () async throws -> T) async throws -> T {
    do {
        return try await body()
    } catch let error as OperonError {
        throw ToolFailure(error, isRetryable: error.code == "database_unreachable" || error.code == "database_busy")
    }
}

extension ResultTable {
    /// Reads what ``ResultTable/json`` writes.
    init(json: JSON) {
        let columns = (json["columns"]?.array ?? []).compactMap(\.string)
        let rows = (json["rows"]?.array ?? []).map { row in
            (row.array ?? []).map { SQLValue(json: $0) ?? .text($0.description) }
        }
        self.init(
            columns: columns, rows: rows, isTruncated: json["truncated"]?.bool ?? false,
            byteCount: json["bytes"]?.int ?? 0)
    }
}

/// What the columns of a reading are, for results that have exactly these columns; guessed ones otherwise.
func outputColumns(_ shape: JSON?, for result: ResultTable) -> [OutputColumn] {
    OutputColumn.columns((shape?.array ?? []).compactMap(OutputColumn.init(json:)), of: result)
}

extension JSONSchema {
    /// A database by its name.
    static let databaseName = JSONSchema.string("The name of a database that the process was given.")
    /// The columns of a result, as `read_question` describes them.
    static let shape = JSONSchema([
        "type": "array", "items": ["type": "object"], "description": "What each column is.",
    ])
    /// Rows as `run_sql` returns them.
    static let rows = JSONSchema([
        "type": "array", "items": ["type": "array"], "description": "The rows, one value per column.",
    ])
    /// Names of columns.
    static let columns = JSONSchema([
        "type": "array", "items": ["type": "string"], "description": "The column names in select order.",
    ])
}
