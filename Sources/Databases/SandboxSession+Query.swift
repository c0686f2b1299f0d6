internal import CSQLite
import Schemas
import Values

extension SandboxSession {
    /// Runs one statement from outside and says what became of it.
    func query(
        _ sql: String, _ parameters: [SQLValue], _ limits: QueryLimits, _ cancellation: Cancellation
    ) -> QueryVerdict {
        let text = [UInt8](sql.utf8)
        if let verdict = Self.refusal(of: text, limits) { return verdict }
        begin(limits, cancellation)
        do {
            return try reading { connection in
                begin(limits, cancellation)
                do {
                    return QueryVerdict(ok: try run(text, parameters, limits, connection))
                } catch let error as DatabaseError {
                    return verdict(error, text)
                } catch let error as QueryVerdictError {
                    return error.verdict
                }
            }
        } catch let error as OperonError {
            return QueryVerdict(.error, error)
        } catch {
            return (error as? DatabaseError).map { verdict($0, text) } ?? QueryVerdict(.error, Self.unexpected)
        }
    }

    private func begin(_ limits: QueryLimits, _ cancellation: Cancellation) {
        watch.begin(
            timeoutNanoseconds: limits.timeoutNanoseconds, memoryBytes: limits.maxMemoryBytes,
            cancellation: cancellation)
    }

    private static var unexpected: OperonError {
        OperonError(code: "query_failed", "The statement could not be run")
    }

    /// What can be refused from the text alone.
    private static func refusal(of text: [UInt8], _ limits: QueryLimits) -> QueryVerdict? {
        if text.count > limits.maxStatementBytes {
            return .limit("query_too_long", "The statement is longer than \(limits.maxStatementBytes) bytes")
        }
        if text.contains(0) {
            return .denied("The statement holds a NUL character, behind which SQLite would not look")
        }
        if SQLText.isBlank(text[...]) {
            return QueryVerdict(
                .error, OperonError(code: "query_empty", "There is no statement", hint: "Write one SELECT"))
        }
        if let word = SQLText.refusedFirstWord(text) {
            return .denied("\(word) is not allowed: only one SELECT, WITH … SELECT or VALUES statement is")
        }
        return nil
    }

    private func run(
        _ text: [UInt8], _ parameters: [SQLValue], _ limits: QueryLimits, _ connection: SQLiteConnection
    ) throws -> ResultTable {
        gate.denial = nil
        gate.callCount = 0
        gate.mode = .sandboxed
        let statement = try prepare(text, connection)
        if gate.callCount > SandboxGate.maxCalls {
            throw QueryVerdictError(
                .limit(
                    "query_too_complex", "The statement calls functions at more than \(SandboxGate.maxCalls) places"
                ))
        }
        guard parameters.count == statement.parameterCount else {
            throw QueryVerdictError(
                QueryVerdict(
                    .error,
                    OperonError(
                        code: "query_parameters",
                        "The statement has \(statement.parameterCount) parameters, but \(parameters.count) values are given",
                        hint: "Give one value for each ? in the statement")))
        }
        try statement.bind(parameters)
        return try rows(of: statement, limits)
    }

    /// Compiles the one statement of `text` and makes sure that it is one, and only reads.
    private func prepare(_ text: [UInt8], _ connection: SQLiteConnection) throws -> SQLiteStatement {
        var handle: OpaquePointer?
        var consumed = 0
        let code = (text + [0]).withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(connection.handle, start, Int32(text.count + 1), 0, &handle, &tail)
            if let start, let tail { consumed = tail - start }
            return code
        }
        try connection.check(code)
        guard let handle else {
            throw QueryVerdictError(
                QueryVerdict(
                    .error, OperonError(code: "query_empty", "There is no statement", hint: "Write one SELECT")))
        }
        let statement = SQLiteStatement(handle: handle, connection: connection)
        guard SQLText.isBlank(text[min(consumed, text.count)...]) else {
            throw QueryVerdictError(.denied("There is more than one statement; only one is allowed"))
        }
        guard sqlite3_stmt_readonly(handle) != 0, sqlite3_stmt_isexplain(handle) == 0,
            sqlite3_column_count(handle) > 0
        else { throw QueryVerdictError(.denied("Only statements that return rows and change nothing are allowed")) }
        return statement
    }

    private func rows(of statement: SQLiteStatement, _ limits: QueryLimits) throws -> ResultTable {
        let width = statement.columnCount
        var table = ResultTable(columns: (0..<width).map(statement.columnName), rows: [])
        while try statement.step() {
            var size = 0
            for column in 0..<width { size += 8 + (statement.isLong(column) ? statement.byteCount(column) : 0) }
            guard table.rows.count < limits.maxRows, table.byteCount + size <= limits.maxBytes else {
                table.isTruncated = true
                break
            }
            table.byteCount += size
            table.rows.append((0..<width).map(statement.value))
        }
        return table
    }

    // MARK: Errors

    /// What an error of SQLite means, told without values and without hidden names.
    private func verdict(_ error: DatabaseError, _ text: [UInt8]) -> QueryVerdict {
        switch watch.stopReason {
        case .timeout: return .limit("query_timeout", "The statement ran longer than it may")
        case .cancelled: return QueryVerdict(.error, OperonError(code: "cancelled", "The statement was cancelled"))
        case .memory:
            return .limit(
                "query_memory", "The statement needs more memory than it may",
                hint: "Sort, group or join fewer rows")
        case nil: break
        }
        if let denial = gate.denial { return .denied(denial) }
        // A misspelt column of a hidden table must look like the hidden table itself.
        if SQLText.mentions(gate.policy.hidden, in: text) { return .denied(.table) }
        switch error.primaryCode {
        case SQLITE_AUTH, SQLITE_READONLY: return .denied(.statement)
        case SQLITE_NOMEM, SQLITE_TOOBIG:
            return .limit("query_too_complex", "The statement, or a value in it, is too large")
        case SQLITE_ERROR, SQLITE_MISMATCH, SQLITE_RANGE, SQLITE_CONSTRAINT: break
        default: return QueryVerdict(.error, error.operonError())
        }
        let message = publicMessage(error)
        if Self.limitSigns.contains(where: message.contains) {
            return .limit("query_too_complex", "SQLite: \(message)")
        }
        return QueryVerdict(
            .error, OperonError(code: "query_error", "SQLite: \(message)", hint: Self.hint(message)))
    }

    /// What SQLite's messages about its limits have in common.
    private static let limitSigns = [
        "too many", "too large", "too complex", "too big", "stack overflow", "maximum depth", "at most ",
        "recursion",
    ]

    private static func hint(_ message: String) -> String {
        if message.hasPrefix("no such table") { return "The catalogue names the tables and views" }
        if message.hasPrefix("no such column") { return "The catalogue names the columns" }
        return ""
    }

    /// Messages of the compiler quote the statement and stay. Messages of running statements may quote values: only
    /// those that are known not to are passed on.
    private func publicMessage(_ error: DatabaseError) -> String {
        var message = error.message
        if error.isFromStepping {
            let known = [
                "integer overflow", "malformed JSON", "string or blob too big", "LIKE or GLOB pattern too complex",
                "ESCAPE expression must be a single character", "JSON path error", "JSON cannot hold BLOB values",
                "a width or precision of printf", "datatype mismatch", "too many levels of recursion",
                "argument of ntile must be a positive integer",
                "second argument to nth_value must be a positive integer",
                "frame starting offset must be a non-negative", "frame ending offset must be a non-negative",
                "json_object() requires an even number of arguments", "json_object() labels must be TEXT",
            ]
            message = known.first { message.hasPrefix($0) } ?? "the statement failed while it ran"
        }
        let folded = SQLText.fold(message)
        if gate.policy.hidden.contains(where: { folded.contains($0) }) { return "the statement cannot be compiled" }
        return message
    }
}

/// Carries a verdict out of nested calls.
struct QueryVerdictError: Error {
    var verdict: QueryVerdict
    init(_ verdict: QueryVerdict) { self.verdict = verdict }
}

extension QueryVerdict {
    static func limit(_ code: String, _ message: String, hint: String = "Ask for less at once") -> QueryVerdict {
        QueryVerdict(.limit, OperonError(code: code, message, hint: hint))
    }

    static func denied(_ message: String) -> QueryVerdict {
        QueryVerdict(.denied, OperonError(code: "query_denied", message))
    }

    static func denied(_ reason: AccessPolicy.Denial) -> QueryVerdict {
        switch reason {
        case .statement: denied("The statement does more than read rows")
        case .table: denied("The statement reads a table or view that is not available")
        case .schemaTable: denied("SQLite's own tables are not readable; the catalogue describes the schema")
        case .function(let name): denied("The function \(name) is not allowed")
        }
    }
}

extension SQLiteStatement {
    /// Whether the value has a length of its own.
    func isLong(_ column: Int) -> Bool {
        let type = sqlite3_column_type(handle, Int32(column))
        return type == SQLITE_TEXT || type == SQLITE_BLOB
    }
}
