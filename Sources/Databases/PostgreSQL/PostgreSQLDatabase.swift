public import Schemas
public import Services
import Values

/// A database on a PostgreSQL server that is only ever read: its catalogue, sample values, and statements behind a
/// sandbox.
///
/// All work happens on one thread of its own with one connection, one call after the other. The server is asked with the
/// first call; a connection that was lost is opened once more. The catalogue has the tables and views of the search
/// path's schemas that the user may read; `?options=-csearch_path%3Dsales` in the URL chooses others.
public final class PostgreSQLDatabase: Database {
    /// Which database; its description names no password.
    public let url: DatabaseURL
    /// What a statement may take unless a call says otherwise. Memory is limited by the server's own settings.
    public let limits: QueryLimits
    private let workers: DatabaseWorkers<PostgreSQLSession>

    /// Prepares a database; nothing is opened yet. `hiddenTables` (compared without case, with or without their schema)
    /// do not exist for anybody who asks here, and neither do views that read them. `url` names a server; another one
    /// makes every call throw `database_unknown`.
    public init(
        url: DatabaseURL, hiddenTables: [String] = [], limits: QueryLimits = QueryLimits(),
        time: any TimeSource = SystemTime()
    ) {
        self.url = url
        self.limits = limits
        workers = DatabaseWorkers(time: time) {
            PostgreSQLSession(url: url, hiddenTables: hiddenTables, time: time)
        }
    }

    /// PostgreSQL's own.
    public var dialect: SQLDialect { .postgresql }

    /// The visible tables and views with columns, keys, indices and row counts; large tables have the server's estimate.
    /// Throws `database_unreachable`, `database_denied`, `catalogue_limit`, or `CancellationError`.
    public func catalogue() async throws -> Catalogue {
        let limits = self.limits
        // Reading the structure may take one timeout, counting rows half of one.
        return try await workers.run(timeoutNanoseconds: Self.patience(limits, times: 2)) { session, cancellation in
            try session.readCatalogue(limits, cancellation)
        }
    }

    /// Runs one statement behind the sandbox; see ``Database/query(_:parameters:limits:)``. Parameters stand as `$1`.
    public func query(_ sql: String, parameters: [SQLValue], limits: QueryLimits?) async -> QueryVerdict {
        let limits = limits ?? self.limits
        return await verdict(limits) { session, cancellation in
            session.query(sql, parameters, limits, cancellation)
        }
    }

    /// Up to `limit` values of a column; see ``Database/sampleValues(table:column:limit:)``.
    public func sampleValues(table: String, column: String, limit: Int) async throws -> [SQLValue] {
        try await values(table: table, column: column, limit: limit) { table, column in
            "SELECT \(column) FROM \(table) WHERE \(column) IS NOT NULL"
        }
    }

    /// Up to `limit` different values of a column, texts in the order of their characters; see
    /// ``Database/distinctValues(table:column:limit:)``.
    public func distinctValues(table: String, column: String, limit: Int) async throws -> [SQLValue] {
        try await values(table: table, column: column, limit: limit) { table, column in
            // Not every type can be compared, but every one can be written.
            "SELECT * FROM (SELECT DISTINCT \(column) AS value FROM \(table) WHERE \(column) IS NOT NULL) AS found "
                + "ORDER BY value"
        }
    }

    /// Closes the connection and ends the thread after what is queued. Later calls fail.
    public func close() async { await workers.close() }

    /// Time enough to connect and to run; the session itself holds each to its own limit.
    private static func patience(_ limits: QueryLimits, times: UInt64 = 1) -> UInt64 {
        let (time, isOver) = limits.timeoutNanoseconds.multipliedReportingOverflow(by: times)
        let extra = PostgreSQLSession.connectNanoseconds + PostgreSQLSession.housekeepingNanoseconds
        let (all, isOverAll) = time.addingReportingOverflow(extra)
        return isOver || isOverAll ? .max : all
    }

    private func verdict(
        _ limits: QueryLimits, _ body: @escaping @Sendable (PostgreSQLSession, Cancellation) -> QueryVerdict
    ) async -> QueryVerdict {
        do {
            return try await workers.run(timeoutNanoseconds: Self.patience(limits), body)
        } catch {
            let error =
                (error as? OperonError) ?? OperonError(code: "query_failed", "The statement could not be run")
            return QueryVerdict(error.code == "query_timeout" ? .limit : .error, error)
        }
    }

    private func values(
        table: String, column: String, limit: Int, _ sql: @escaping @Sendable (String, String) -> String
    ) async throws -> [SQLValue] {
        var limits = self.limits
        limits.maxRows = max(0, min(limit, limits.maxRows))
        let wanted = limits
        let verdict = try await workers.run(timeoutNanoseconds: Self.patience(limits, times: 2)) {
            session, cancellation in
            let (relation, name, kind) = try session.find(table, column, wanted, cancellation)
            // The order of texts is that of their characters, whatever language the server sorts by; not every type
            // can be compared, but every one can be written.
            let value = kind == .text ? "\(name)::text COLLATE \"C\"" : name
            let text = sql(relation, value) + " LIMIT \(wanted.maxRows)"
            return session.trusted(text, wanted, cancellation)
        }
        if let error = verdict.error { throw error }
        return verdict.table.rows.map { $0[0] }
    }
}
