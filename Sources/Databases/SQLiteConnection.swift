internal import CSQLite
package import Schemas

/// One connection to an SQLite file: the thin, typed layer over the C library.
///
/// It is opened with `SQLITE_OPEN_NOMUTEX` and must not be used by two threads at the same time; its owner confines it
/// to one ``BlockingThread`` or to one sequential task. Every call may block.
package final class SQLiteConnection: @unchecked Sendable {
    // @unchecked Sendable because an owner hands it to the one thread that then makes every call; SQLite itself does
    // not care which thread that is, as long as calls do not overlap (https://sqlite.org/threadsafe.html).

    /// How a file is opened.
    package enum Mode: Sendable {
        /// The file must exist; nothing is written.
        case readOnly
        /// As read only, and promises SQLite that nobody writes: no locks, no `-wal` or `-shm` file is touched.
        case immutable
        /// Made when it is missing.
        case readWriteCreate
        /// A private database in memory; the path is ignored.
        case memory
    }

    let handle: OpaquePointer
    /// The path that was opened.
    package let path: String

    /// Opens `path`. Throws ``DatabaseError`` with SQLite's extended code.
    package init(path: String, mode: Mode) throws {
        _ = SQLiteLibrary.isReady
        self.path = path
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(Self.filename(path, mode), &handle, Self.flags(mode), nil)
        guard code == SQLITE_OK, let handle else {
            let error = DatabaseError(
                extendedCode: handle.map { sqlite3_extended_errcode($0) } ?? code,
                message: handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
            )
            sqlite3_close_v2(handle)
            throw error
        }
        sqlite3_extended_result_codes(handle, 1)
        self.handle = handle
    }

    // Statements keep their connection alive, so none is left by now.
    deinit { sqlite3_close_v2(handle) }

    private static func flags(_ mode: Mode) -> Int32 {
        let access =
            switch mode {
            case .readOnly: SQLITE_OPEN_READONLY
            case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            case .readWriteCreate: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .memory: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY
            }
        return access | SQLITE_OPEN_NOMUTEX
    }

    /// The name that makes SQLite open exactly this file: a leading `file:` or `:memory:` has no special meaning.
    private static func filename(_ path: String, _ mode: Mode) -> String {
        let plain = path.utf8.first == UInt8(ascii: "/") ? path : "./" + path
        switch mode {
        case .readOnly, .readWriteCreate: return plain
        case .memory: return ":memory:"
        case .immutable:
            var name = "file:"
            for byte in plain.utf8 {
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    name.unicodeScalars.append(UnicodeScalar(byte))
                default:
                    let digits = Array("0123456789ABCDEF".unicodeScalars)
                    name.append("%")
                    name.unicodeScalars.append(digits[Int(byte >> 4)])
                    name.unicodeScalars.append(digits[Int(byte & 15)])
                }
            }
            return name + "?immutable=1"
        }
    }

    /// The error of the last call.
    func error(isFromStepping: Bool = false) -> DatabaseError {
        DatabaseError(
            extendedCode: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)),
            isFromStepping: isFromStepping)
    }

    /// Throws the error of the last call unless `code` says that all is well.
    func check(_ code: Int32) throws {
        if code != SQLITE_OK { throw error() }
    }

    /// Runs every statement of `sql` and drops their rows.
    package func execute(_ sql: String) throws { try check(sqlite3_exec(handle, sql, nil, nil, nil)) }

    /// Compiles the first statement of `sql`. `isPersistent` tells SQLite that it will be used for long.
    package func prepare(_ sql: String, isPersistent: Bool = false) throws -> SQLiteStatement {
        var statement: OpaquePointer?
        let flags = isPersistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        try check(sqlite3_prepare_v3(handle, sql, -1, flags, &statement, nil))
        guard let statement else {
            throw DatabaseError(extendedCode: SQLITE_MISUSE, message: "there is no statement in the SQL text")
        }
        return SQLiteStatement(handle: statement, connection: self)
    }

    /// The rows of one statement with its parameters bound, each row passed to `body`.
    package func forEachRow(
        _ sql: String, _ parameters: [SQLValue] = [], _ body: (SQLiteStatement) throws -> Void
    ) throws {
        let statement = try prepare(sql)
        try statement.bind(parameters)
        while try statement.step() { try body(statement) }
    }

    /// The first column of the first row, or nil when there is no row.
    package func value(_ sql: String, _ parameters: [SQLValue] = []) throws -> SQLValue? {
        let statement = try prepare(sql)
        try statement.bind(parameters)
        return try statement.step() ? statement.value(0) : nil
    }

    /// How many rows the last statement changed.
    package var changeCount: Int { Int(sqlite3_changes64(handle)) }

    /// The row identifier of the last insert.
    package var lastInsertedRow: Int { Int(sqlite3_last_insert_rowid(handle)) }

    /// Whether no transaction is open.
    package var isAutocommit: Bool { sqlite3_get_autocommit(handle) != 0 }
}
