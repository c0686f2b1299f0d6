internal import CSQLite
import Schemas
import Services
import Values

/// One sandboxed connection and what belongs to it. Everything happens on the thread of its ``SQLiteDatabase``.
final class SandboxSession: DatabaseSession, @unchecked Sendable {
    // @unchecked Sendable because `SQLiteDatabase` uses it only inside closures that its BlockingThread runs in turn.
    let url: DatabaseURL
    let time: any TimeSource
    let watch: StatementGuard
    let gate: SandboxGate
    private let hiddenTables: Set<String>
    private let maxValueBytes: Int
    private let functions: SafeFunctions
    private(set) var file: DatabaseFile?
    private var opened: SQLiteConnection?
    private var schemaVersion: SQLValue?
    /// The catalogue as last read, and of which state of the file.
    var catalogue: (state: [SQLValue], value: Catalogue)?

    init(url: DatabaseURL, hiddenTables: [String], limits: QueryLimits, time: any TimeSource) {
        self.url = url
        self.time = time
        self.hiddenTables = Set(hiddenTables.map(SQLText.fold))
        maxValueBytes = limits.maxValueBytes
        watch = StatementGuard(time: time)
        gate = SandboxGate(watch: watch)
        functions = SafeFunctions(watch: watch, maxBytes: limits.maxValueBytes)
    }

    /// Closes the connection; the next use opens it again.
    func close() {
        opened = nil
        file = nil
        schemaVersion = nil
        catalogue = nil
    }

    /// Runs `body` inside a read transaction with a policy that fits the schema of that moment. When the file was read
    /// without locks and somebody has written to it meanwhile, the result is dropped and `body` runs again with locks.
    func reading<T>(_ body: (SQLiteConnection) throws -> T) throws -> T {
        var attempt = 0
        while true {
            attempt += 1
            let connection = try ready()
            let result = Result { try transaction(connection, body) }
            if let file, file.isReadImmutable, attempt < 3, (try? DatabaseFile(path: url.path)) != file {
                close()
                continue
            }
            return try result.get()
        }
    }

    private func transaction<T>(_ connection: SQLiteConnection, _ body: (SQLiteConnection) throws -> T) throws -> T
    {
        SQLiteLibrary.install(watch)
        defer { SQLiteLibrary.install(nil) }
        gate.mode = .trusted
        do {
            try connection.execute("BEGIN")
            try refreshPolicy(connection)
        } catch {
            watch.end()
            endTransaction(connection)
            throw openingError(error)
        }
        let result = Result { try body(connection) }
        watch.end()
        gate.mode = .trusted
        endTransaction(connection)
        return try result.get()
    }

    /// A read transaction has nothing to keep: when its end fails, the connection is replaced.
    private func endTransaction(_ connection: SQLiteConnection) {
        if connection.isAutocommit { return }
        if (try? connection.execute("ROLLBACK")) == nil { close() }
    }

    // MARK: Opening

    /// The connection to the file that has the path now.
    private func ready() throws -> SQLiteConnection {
        let now = try DatabaseFile(path: url.path)
        if let opened, let file {
            let isSameFile = file.stamp.device == now.stamp.device && file.stamp.inode == now.stamp.inode
            if isSameFile, !file.isReadImmutable || file == now { return opened }
            close()
        }
        SQLiteLibrary.install(watch)
        defer { SQLiteLibrary.install(nil) }
        guard SQLiteLibrary.isReady else {
            throw OperonError(
                code: "database_setup_failed", "Another part of the process started SQLite first",
                hint: "Open databases before anything else loads SQLite")
        }
        do {
            let connection = try SQLiteConnection(
                path: url.path, mode: now.isReadImmutable ? .immutable : .readOnly)
            file = now
            try lockDown(connection)
            opened = connection
            return connection
        } catch {
            throw openingError(error)
        }
    }

    /// Every layer of the sandbox that is set once per connection.
    private func lockDown(_ connection: SQLiteConnection) throws {
        let handle = connection.handle
        let settings: [(Int32, Int32)] = [
            (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
            (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0), (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
            (SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0), (SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0),
        ]
        for (option, value) in settings { try connection.check(shim_sqlite3_db_config(handle, option, value)) }
        let context = Unmanaged.passUnretained(gate).toOpaque()
        gate.mode = .trusted
        sqlite3_busy_handler(handle, waitForLock, context)
        sqlite3_progress_handler(handle, 1000, continueStatement, context)
        // Intermediate results stay in memory, where the guard counts them: nothing is written, not even to /tmp.
        try connection.execute(
            """
            PRAGMA query_only=ON; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;
            PRAGMA cache_size=-8192;
            """)
        try functions.register(on: connection)
        let limits: [(Int32, Int)] = [
            (SQLITE_LIMIT_LENGTH, maxValueBytes), (SQLITE_LIMIT_EXPR_DEPTH, 200),
            (SQLITE_LIMIT_COMPOUND_SELECT, 50), (SQLITE_LIMIT_VDBE_OP, 250_000), (SQLITE_LIMIT_FUNCTION_ARG, 64),
            (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200),
            (SQLITE_LIMIT_VARIABLE_NUMBER, 500), (SQLITE_LIMIT_TRIGGER_DEPTH, 1),
            (SQLITE_LIMIT_WORKER_THREADS, 0),
        ]
        for (limit, value) in limits { sqlite3_limit(handle, limit, Int32(clamping: value)) }
        try connection.check(sqlite3_set_authorizer(handle, authorizeStatement, context))
    }

    private func openingError(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError, let file else { return error }
        switch error.primaryCode {
        case SQLITE_NOTADB, SQLITE_CORRUPT:
            return OperonError(
                code: "database_corrupt", "The file starts like an SQLite database but cannot be read as one",
                hint: "Restore it from a copy, or save what is left with `sqlite3 FILE .recover`", at: url.path)
        case SQLITE_CANTOPEN, SQLITE_READONLY:
            let hint =
                file.isWAL && !file.isDirectoryWritable
                ? "Its write-ahead log can be read only where files may be made beside it: copy FILE and FILE-wal to "
                    + "a writable directory, or run `PRAGMA wal_checkpoint(TRUNCATE)` where it is written"
                : "It was left in the middle of a write: open it once with a program that may write, such as "
                    + "`sqlite3 FILE 'SELECT 1 FROM sqlite_schema'`"
            return OperonError(
                code: "database_needs_recovery", "The file cannot be read without writing", hint: hint, at: url.path
            )
        default: return error
        }
    }

    // MARK: The schema that statements may see

    /// Reads the schema when it has changed and works out which tables and views are visible.
    private func refreshPolicy(_ connection: SQLiteConnection) throws {
        let version = try connection.value("PRAGMA schema_version")
        if version == schemaVersion { return }
        var policy = AccessPolicy()
        try connection.forEachRow("SELECT name FROM pragma_module_list") {
            policy.modules.insert(SQLText.fold($0.text(0)))
        }
        var tables: [String] = []
        var views: [String] = []
        try connection.forEachRow(
            "SELECT name, type FROM main.sqlite_schema WHERE type IN ('table','view') ORDER BY rowid"
        ) {
            if $0.text(1) == "view" { views.append($0.text(0)) } else { tables.append($0.text(0)) }
        }
        policy.hidden = hiddenTables
        // The tables in which a hidden full-text or spatial index keeps its content are hidden with it.
        try connection.forEachRow("SELECT name FROM pragma_table_list WHERE schema='main' AND type='shadow'") {
            row in
            let name = SQLText.fold(row.text(0))
            if hiddenTables.contains(where: { name.hasPrefix($0 + "_") }) { policy.hidden.insert(name) }
        }
        try connectVirtualTables(connection)
        if !policy.hidden.isEmpty {
            // A view that reads what is hidden, directly or through other views, is hidden; so is one that SQLite
            // cannot compile, for nobody can tell what it would read.
            for view in views where try !isVisible(view, policy.hidden, connection) {
                policy.hidden.insert(SQLText.fold(view))
            }
        }
        policy.readable = Set((tables + views).map(SQLText.fold)).subtracting(policy.hidden)
            .filter { !$0.hasPrefix("sqlite_") }
        gate.policy = policy
        schemaVersion = version
        catalogue = nil
    }

    /// Virtual tables declare their columns when they are first named, which the authoriser would deny to a statement
    /// from outside. So they are named here once.
    private func connectVirtualTables(_ connection: SQLiteConnection) throws {
        var names = AccessPolicy.readableModules.sorted()
        try connection.forEachRow("SELECT name FROM pragma_table_list WHERE schema='main' AND type='virtual'") {
            names.append($0.text(0))
        }
        for name in names {
            do {
                _ = try connection.prepare("SELECT * FROM \(SQLText.quoted(name))")
            } catch let error as DatabaseError {
                // Its module is not built in: nobody can read the table, and the statement that tries is told so.
                if watch.stopReason != nil { throw error }
            }
        }
    }

    private func isVisible(_ view: String, _ hidden: Set<String>, _ connection: SQLiteConnection) throws -> Bool {
        gate.recorded = []
        gate.mode = .recording
        defer { gate.mode = .trusted }
        do {
            _ = try connection.prepare("SELECT * FROM main.\(SQLText.quoted(view))")
        } catch let error as DatabaseError {
            if watch.stopReason != nil { throw error }
            return false
        }
        return gate.recorded.isDisjoint(with: hidden)
    }
}
