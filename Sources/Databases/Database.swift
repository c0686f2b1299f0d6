public import Schemas
public import Services

/// A database that is only ever read, whichever engine keeps it: its catalogue, sample values, and statements behind a
/// sandbox. ``DatabaseURL/open(hiddenTables:limits:time:)`` makes the one that a URL means.
public protocol Database: Sendable {
    /// Which database. Its description names no password.
    var url: DatabaseURL { get }
    /// What a statement may take unless a call says otherwise.
    var limits: QueryLimits { get }
    /// The SQL that statements are written in.
    var dialect: SQLDialect { get }

    /// The visible tables and views with columns, keys, indices and row counts. Throws `database_unreachable` and
    /// other codes of the engine, `catalogue_limit`, or `CancellationError`.
    func catalogue() async throws -> Catalogue

    /// Runs one statement behind the sandbox; `parameters` stand in it as the dialect writes them (`?`, `$1`).
    /// Never throws: what goes wrong is in the verdict. Cancelling the task stops the statement; its verdict is then
    /// `error` with the code `cancelled`.
    func query(_ sql: String, parameters: [SQLValue], limits: QueryLimits?) async -> QueryVerdict

    /// Up to `limit` values of a column that are not NULL, from the first rows in storage order; values repeat as they
    /// do in the table. Throws `table_unknown`, `column_unknown`, `query_timeout`, and what ``catalogue()`` throws.
    func sampleValues(table: String, column: String, limit: Int) async throws -> [SQLValue]

    /// Up to `limit` different values of a column that are not NULL, smallest first. Throws as
    /// ``sampleValues(table:column:limit:)`` does.
    func distinctValues(table: String, column: String, limit: Int) async throws -> [SQLValue]

    /// Closes every connection and ends the thread after what is queued. Later calls fail.
    func close() async
}

extension Database {
    /// What people call the database.
    public var name: String { url.name }

    /// Runs one statement with the limits of the database.
    public func query(_ sql: String, parameters: [SQLValue] = []) async -> QueryVerdict {
        await query(sql, parameters: parameters, limits: nil)
    }

    /// Runs one statement without parameters.
    public func query(_ sql: String, limits: QueryLimits?) async -> QueryVerdict {
        await query(sql, parameters: [], limits: limits)
    }
}

extension DatabaseURL {
    /// The database behind the URL; nothing is opened yet. `hiddenTables` (compared without case) do not exist for
    /// anybody who asks there, and neither do views that read them.
    public func open(
        hiddenTables: [String] = [], limits: QueryLimits = QueryLimits(), time: any TimeSource = SystemTime()
    ) -> any Database {
        switch engine {
        case .sqlite: SQLiteDatabase(url: self, hiddenTables: hiddenTables, limits: limits, time: time)
        case .postgresql: PostgreSQLDatabase(url: self, hiddenTables: hiddenTables, limits: limits, time: time)
        }
    }
}
