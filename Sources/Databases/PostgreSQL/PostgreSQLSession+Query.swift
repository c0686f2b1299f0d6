import Schemas
import Values

extension PostgreSQLSession {
    /// Runs one statement from outside and says what became of it.
    func query(
        _ sql: String, _ parameters: [SQLValue], _ limits: QueryLimits, _ cancellation: Cancellation
    ) -> QueryVerdict {
        let text = [UInt8](sql.utf8)
        if let verdict = Self.refusal(of: text, limits) { return verdict }
        let sql = PostgreSQLTokens.withoutLeadingSemicolons(text)
        return watched(cancellation, text) { connection in
            if let verdict = gate.refusal(of: text) { return verdict }
            watch.begin(timeoutNanoseconds: limits.timeoutNanoseconds, cancellation: cancellation)
            return try transaction(connection, milliseconds: limits.timeoutNanoseconds / 1_000_000) {
                if let verdict = try refusalOfPlan(sql, parameters, connection) { return verdict }
                return QueryVerdict(ok: try rows(of: sql, parameters, limits, connection))
            }
        }
    }

    /// Runs a statement that Operon wrote over tables that are visible.
    func trusted(_ sql: String, _ limits: QueryLimits, _ cancellation: Cancellation) -> QueryVerdict {
        watched(cancellation, []) { connection in
            watch.begin(timeoutNanoseconds: limits.timeoutNanoseconds, cancellation: cancellation)
            return try transaction(connection, milliseconds: limits.timeoutNanoseconds / 1_000_000) {
                QueryVerdict(ok: try rows(of: sql, [], limits, connection))
            }
        }
    }

    private func watched(
        _ cancellation: Cancellation, _ text: [UInt8], _ body: (PostgreSQLConnection) throws -> QueryVerdict
    ) -> QueryVerdict {
        do {
            return try reading(cancellation, body)
        } catch let error as PostgreSQLError {
            return verdict(error, text)
        } catch let error as OperonError {
            return QueryVerdict(.error, error)
        } catch is CancellationError {
            return .cancelled
        } catch {
            return QueryVerdict(
                .error, OperonError(code: "query_failed", "The statement could not be run", at: url.path))
        }
    }

    /// What can be refused without knowing the server.
    private static func refusal(of text: [UInt8], _ limits: QueryLimits) -> QueryVerdict? {
        if text.count > limits.maxStatementBytes {
            return .limit("query_too_long", "The statement is longer than \(limits.maxStatementBytes) bytes")
        }
        if text.contains(0) {
            return .denied("The statement holds a NUL character, behind which PostgreSQL would not look")
        }
        return nil
    }

    /// Has the server plan the statement and looks at what it would read. A relation that is not known may be a new
    /// one: then the schema is read once more.
    private func refusalOfPlan(
        _ sql: String, _ parameters: [SQLValue], _ connection: PostgreSQLConnection
    ) throws -> QueryVerdict? {
        var text = ""
        try connection.send(
            "EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) " + sql, parameters, isStreamed: false, watch)
        try connection.receive(watch) { row in
            text += row.text(0) ?? ""
            return true
        }
        guard let plan = try? JSON(parsing: text) else { return .denied(.statement) }
        if policy.refusal(ofPlan: plan, gate.mayCall) == nil { return nil }
        policy = try readPolicy(connection, watch)
        return policy.refusal(ofPlan: plan, gate.mayCall)
    }

    private func rows(
        of sql: String, _ parameters: [SQLValue], _ limits: QueryLimits, _ connection: PostgreSQLConnection
    ) throws -> ResultTable {
        var table = ResultTable(columns: [], rows: [])
        do {
            try connection.send(sql, parameters, isStreamed: true, watch)
            try connection.receive(watch, maxValueBytes: limits.maxValueBytes, head: { table.columns = $0 }) {
                row in
                var size = 0
                for column in 0..<row.width {
                    size += 8 + (PostgreSQLValues.isLong(row, column) ? row.length(column) : 0)
                }
                guard table.rows.count < limits.maxRows, table.byteCount + size <= limits.maxBytes else {
                    table.isTruncated = true
                    return false
                }
                table.byteCount += size
                table.rows.append((0..<row.width).map { PostgreSQLValues.value(row, $0) })
                return true
            }
        } catch let error as PostgreSQLError where table.isTruncated && error.kind == .lost {
            // All that was wanted is here; a server that goes on sending is left alone.
            close()
        }
        return table
    }

    // MARK: Errors

    /// What an error of the server means, told without values and without hidden names.
    private func verdict(_ error: PostgreSQLError, _ text: [UInt8]) -> QueryVerdict {
        switch watch.reason {
        case .cancelled: return .cancelled
        case .timeout, .memory: return .limit("query_timeout", "The statement ran longer than it may")
        case nil: break
        }
        // A misspelt column of a hidden table must look like the hidden table itself.
        if SQLText.mentions(gate.hidden, in: text) { return .denied(.table) }
        switch error.state {
        case "57014": return .limit("query_timeout", "The statement ran longer than it may")
        case "25006": return .denied(.statement)
        case "42501": return .denied(.table)
        case "42P02", "08P01":
            return QueryVerdict(
                .error,
                OperonError(
                    code: "query_parameters", "The statement has other parameters than there are values",
                    hint: "Give one value for each of $1, $2, … in the statement"))
        case "53200":
            return .limit(
                "query_memory", "The statement needs more memory than the server has for it",
                hint: "Sort, group or join fewer rows")
        default: break
        }
        if error.state.hasPrefix("54") || error.state.hasPrefix("53") {
            return .limit("query_too_complex", "The statement, or a value in it, is too large")
        }
        if error.isConnectionGone {
            return QueryVerdict(.error, error.unreachable(at: url.path))
        }
        if error.message.hasPrefix("cannot insert multiple commands") {
            return .denied("There is more than one statement; only one is allowed")
        }
        return QueryVerdict(
            .error,
            OperonError(
                code: "query_error", "PostgreSQL: \(Self.publicMessage(error))", hint: Self.hint(error.state)))
    }

    /// Messages about the text of a statement quote the statement and stay. Messages of running statements may quote
    /// values: only what the SQLSTATE itself says is passed on.
    private static func publicMessage(_ error: PostgreSQLError) -> String {
        if error.state.hasPrefix("42") || error.state.hasPrefix("0A") { return error.message }
        switch error.state {
        case "22012": return "division by zero"
        case "22003", "22008": return "a number or a date is out of range"
        case "22P02", "22007": return "a text cannot be read as a number, a date or the like"
        case "21000": return "a subquery that stands for one value gave several rows"
        case "2201E", "2201F", "2201G": return "an argument of a mathematical function is not valid"
        case "2201B": return "a regular expression is not valid"
        default: return "the statement failed while it ran (SQLSTATE \(error.state))"
        }
    }

    private static func hint(_ state: String) -> String {
        switch state {
        case "42P01": "The catalogue names the tables and views"
        case "42703": "The catalogue names the columns"
        default: ""
        }
    }
}

extension QueryVerdict {
    /// The caller has given up.
    static var cancelled: QueryVerdict {
        QueryVerdict(.error, OperonError(code: "cancelled", "The statement was cancelled"))
    }
}
