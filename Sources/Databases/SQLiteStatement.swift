internal import CSQLite
package import Schemas

/// A compiled statement. Parameters count from 1, columns from 0, as in SQLite.
///
/// Used by the same thread as its connection, which it keeps alive.
package final class SQLiteStatement: @unchecked Sendable {
    // @unchecked Sendable because it follows its connection's thread; see ``SQLiteConnection``.
    let handle: OpaquePointer
    /// The connection that compiled it.
    package let connection: SQLiteConnection

    init(handle: OpaquePointer, connection: SQLiteConnection) {
        self.handle = handle
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    // MARK: Parameters

    /// How many parameters the statement has.
    package var parameterCount: Int { Int(sqlite3_bind_parameter_count(handle)) }

    /// Binds an integer.
    @inline(__always)
    package func bind(_ value: Int, at index: Int32) throws {
        try connection.check(sqlite3_bind_int64(handle, index, Int64(value)))
    }

    /// Binds a double; SQLite stores NaN as NULL.
    @inline(__always)
    package func bind(_ value: Double, at index: Int32) throws {
        try connection.check(sqlite3_bind_double(handle, index, value))
    }

    /// Binds NULL.
    package func bindNull(at index: Int32) throws { try connection.check(sqlite3_bind_null(handle, index)) }

    /// Binds text; SQLite takes a copy.
    package func bind(_ value: String, at index: Int32) throws {
        var value = value
        let code = value.withUTF8 { bytes in
            // The base address of an empty string may be nil, which SQLite would read as NULL.
            bytes.withMemoryRebound(to: CChar.self) { chars in
                sqlite3_bind_text64(
                    handle, index, chars.baseAddress ?? emptyText, UInt64(chars.count), shim_sqlite_transient(),
                    UInt8(SQLITE_UTF8))
            }
        }
        try connection.check(code)
    }

    /// Binds a blob; SQLite takes a copy.
    package func bind(_ value: [UInt8], at index: Int32) throws {
        let code = value.withUnsafeBytes { bytes in
            bytes.isEmpty
                ? sqlite3_bind_zeroblob(handle, index, 0)
                : sqlite3_bind_blob64(
                    handle, index, bytes.baseAddress, UInt64(bytes.count), shim_sqlite_transient())
        }
        try connection.check(code)
    }

    /// Binds bytes without a copy, as text or as a blob: they must stay where they are until ``reset()``.
    package func bind(borrowing bytes: UnsafeRawBufferPointer, asText: Bool, at index: Int32) throws {
        let code: Int32
        if asText {
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? emptyText
            code = sqlite3_bind_text64(handle, index, start, UInt64(bytes.count), nil, UInt8(SQLITE_UTF8))
        } else if bytes.isEmpty {
            code = sqlite3_bind_zeroblob(handle, index, 0)
        } else {
            code = sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), nil)
        }
        try connection.check(code)
    }

    /// Binds any value.
    package func bind(_ value: SQLValue, at index: Int32) throws {
        switch value {
        case .null: try bindNull(at: index)
        case .integer(let value): try bind(value, at: index)
        case .real(let value): try bind(value, at: index)
        case .text(let value): try bind(value, at: index)
        case .blob(let value): try bind(value, at: index)
        }
    }

    /// Binds `values` to the parameters from 1 on.
    package func bind(_ values: [SQLValue]) throws {
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
    }

    // MARK: Running

    /// Runs to the next row. False when there is none; the statement must then be ``reset()`` before it runs again.
    @inline(__always)
    package func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let error = connection.error(isFromStepping: true)
            sqlite3_reset(handle)
            throw error
        }
    }

    /// Makes the statement ready to run again; bound values stay.
    @inline(__always)
    package func reset() { sqlite3_reset(handle) }

    /// Runs a statement that returns no rows and makes it ready again.
    @inline(__always)
    package func run() throws {
        _ = try step()
        sqlite3_reset(handle)
    }

    /// Binds `values`, runs, and makes ready again.
    package func run(_ values: SQLValue...) throws {
        try bind(values)
        try run()
    }

    // MARK: Columns of the present row

    /// How many columns a row has.
    package var columnCount: Int { Int(sqlite3_column_count(handle)) }

    /// The name of a column.
    package func columnName(_ column: Int) -> String {
        sqlite3_column_name(handle, Int32(column)).map { String(cString: $0) } ?? ""
    }

    /// Whether the value is NULL.
    package func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }

    /// The value as an integer, converted as SQLite does.
    package func int(_ column: Int) -> Int { Int(sqlite3_column_int64(handle, Int32(column))) }

    /// The value as a double, converted as SQLite does.
    package func double(_ column: Int) -> Double { sqlite3_column_double(handle, Int32(column)) }

    /// The value as text, with broken UTF-8 repaired; NULL gives an empty string.
    package func text(_ column: Int) -> String {
        guard let start = sqlite3_column_text(handle, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// The bytes of a text or blob, valid until the next call on this statement.
    package func withBytes<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        let start = sqlite3_column_blob(handle, Int32(column))
        return try body(
            UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }

    /// A copy of the bytes of a text or blob.
    package func bytes(_ column: Int) -> [UInt8] { withBytes(column) { Array($0) } }

    /// How many bytes a text or blob has; 8 for everything else.
    package func byteCount(_ column: Int) -> Int {
        switch sqlite3_column_type(handle, Int32(column)) {
        case SQLITE_TEXT, SQLITE_BLOB: Int(sqlite3_column_bytes(handle, Int32(column)))
        default: 8
        }
    }

    /// The value as it is stored.
    package func value(_ column: Int) -> SQLValue {
        switch sqlite3_column_type(handle, Int32(column)) {
        case SQLITE_INTEGER: .integer(int(column))
        case SQLITE_FLOAT: .real(double(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(bytes(column))
        default: .null
        }
    }
}

/// One NUL byte that outlives everything, for empty texts.
private var emptyText: UnsafePointer<CChar> {
    UnsafeRawPointer(StaticString("").utf8Start).assumingMemoryBound(to: CChar.self)
}
