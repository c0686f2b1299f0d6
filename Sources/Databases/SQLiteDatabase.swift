public import Schemas
public import Services
import Values

/// An SQLite database that is only ever read: its catalogue, sample values, and statements behind a sandbox.
///
/// All work happens on one thread of its own with one connection, one call after the other. The file is opened with the
/// first call, looked at again before each, and opened anew when it was replaced.
public final class SQLiteDatabase: Database {
    /// Which file.
    public let url: DatabaseURL
    /// What a statement may take unless a call says otherwise.
    public let limits: QueryLimits
    let workers: DatabaseWorkers<SandboxSession>

    /// Prepares a database; nothing is opened yet. `hiddenTables` (compared without case) do not exist for anybody who
    /// asks here, and neither do views that read them.
    public init(
        url: DatabaseURL, hiddenTables: [String] = [], limits: QueryLimits = QueryLimits(),
        time: any TimeSource = SystemTime()
    ) {
        self.url = url
        self.limits = limits
        workers = DatabaseWorkers(time: time) {
            SandboxSession(url: url, hiddenTables: hiddenTables, limits: limits, time: time)
        }
    }

    /// SQLite's own.
    public var dialect: SQLDialect { .sqlite }

    /// The visible tables and views with columns, keys, indices and row counts. Throws `database_unreachable`,
    /// `database_is_directory`, `database_unreadable`, `database_invalid`, `database_corrupt`,
    /// `database_needs_recovery`, `catalogue_limit`, or `CancellationError`.
    public func catalogue() async throws -> Catalogue { try await catalogue(knownRowCounts: [:]) }

    /// The catalogue, in which tables whose row count somebody knows (as of the present state of the file) are not counted
    /// again. Throws as ``catalogue()`` does.
    package func catalogue(knownRowCounts known: [String: Int]) async throws -> Catalogue {
        let limits = self.limits
        // Reading the structure may take one timeout, counting rows half of one.
        let (patience, isOver) = limits.timeoutNanoseconds.multipliedReportingOverflow(by: 2)
        return try await workers.run(timeoutNanoseconds: isOver ? .max : patience) { session, cancellation in
            try session.readCatalogue(limits, cancellation, known)
        }
    }

    /// Runs one statement behind the sandbox. Never throws: what goes wrong is in the verdict. Cancelling the task
    /// stops the statement; its verdict is then `error` with the code `cancelled`.
    public func query(_ sql: String, parameters: [SQLValue], limits: QueryLimits?) async -> QueryVerdict {
        let limits = limits ?? self.limits
        do {
            return try await workers.run(timeoutNanoseconds: limits.timeoutNanoseconds) { session, cancellation in
                session.query(sql, parameters, limits, cancellation)
            }
        } catch {
            let error =
                (error as? OperonError) ?? OperonError(code: "query_failed", "The statement could not be run")
            return QueryVerdict(error.code == "query_timeout" ? .limit : .error, error)
        }
    }

    /// Up to `limit` values of a column that are not NULL, from the first rows in storage order; values repeat as
    /// they do in the table. Throws `table_unknown`, `column_unknown`, `query_timeout`, and what ``catalogue()`` throws.
    public func sampleValues(table: String, column: String, limit: Int) async throws -> [SQLValue] {
        try await values(table: table, column: column, limit: limit) { table, column in
            "SELECT \(column) FROM main.\(table) WHERE \(column) IS NOT NULL"
        }
    }

    /// Up to `limit` different values of a column that are not NULL, smallest first. Throws as
    /// ``sampleValues(table:column:limit:)`` does.
    public func distinctValues(table: String, column: String, limit: Int) async throws -> [SQLValue] {
        try await values(table: table, column: column, limit: limit) { table, column in
            "SELECT DISTINCT \(column) FROM main.\(table) WHERE \(column) IS NOT NULL ORDER BY \(column)"
        }
    }

    /// Closes the file and ends the thread after what is queued. Later calls fail.
    public func close() async { await workers.close() }

    private func values(
        table: String, column: String, limit: Int, _ sql: (String, String) -> String
    ) async throws -> [SQLValue] {
        let catalogue = try await catalogue()
        guard let found = catalogue.table(table) else {
            throw OperonError(
                code: "table_unknown", "There is no table or view \(table)", hint: "The catalogue names them",
                at: url.path)
        }
        guard let name = found.column(column)?.name else {
            throw OperonError(
                code: "column_unknown", "\(found.name) has no column \(column)", hint: "The catalogue names them",
                at: url.path)
        }
        var limits = self.limits
        limits.maxRows = max(0, min(limit, limits.maxRows))
        // One row more than wanted would only be read to be told that there are more.
        let text = sql(SQLText.quoted(found.name), SQLText.quoted(name)) + " LIMIT \(limits.maxRows)"
        let verdict = await query(text, limits: limits)
        if let error = verdict.error { throw error }
        return verdict.table.rows.map { $0[0] }
    }
}
