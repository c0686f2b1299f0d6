internal import CSQLite
package import Schemas
internal import Values

/// Reads whole tables row by row; valid only inside the closure that it is given to, on the database's thread.
package struct TableScanner {
    let connection: SQLiteConnection

    /// Passes each row of a table or view, in storage order, to `body` until it says false. The names are those of the
    /// catalogue. Returns whether there were no more rows.
    @discardableResult
    package func forEachRow(
        of table: CatalogueTable, columns: [String], limit: Int? = nil, _ body: (ScannedRow) throws -> Bool
    ) throws -> Bool {
        let list = columns.isEmpty ? "1" : columns.map(SQLText.quoted).joined(separator: ",")
        // An index that holds all the columns would give another order.
        let source = "main." + SQLText.quoted(table.name) + (table.kind == .table ? " NOT INDEXED" : "")
        let tail = limit.map { " LIMIT \($0)" } ?? ""
        let statement = try connection.prepare("SELECT \(list) FROM \(source)\(tail)")
        let row = ScannedRow(statement: statement)
        while try statement.step() {
            if try !body(row) { return false }
        }
        return true
    }

    /// What tells cheaply whether the rows of a table are others than before: the smallest and largest row number and the
    /// content of `probes` rows spread between them. Nil when the table has no row numbers. A change of single rows in
    /// place may go unseen.
    package func contentStamp(of table: CatalogueTable, probes: Int = 256) throws -> UInt64? {
        guard table.kind == .table else { return nil }
        let name = "main." + SQLText.quoted(table.name)
        guard !table.columns.contains(where: { ["rowid", "_rowid_", "oid"].contains($0.name.lowercased()) }),
            case .integer(let first)? = try? connection.value("SELECT min(rowid) FROM \(name)"),
            case .integer(let last)? = try? connection.value("SELECT max(rowid) FROM \(name)")
        else { return nil }
        var stamp = StableHash.combined(StableHash.of(first), StableHash.of(last))
        let columns = table.columns.filter { $0.kind != .blob }.map { SQLText.quoted($0.name) }
        let (span, isOver) = last.subtractingReportingOverflow(first)
        if columns.isEmpty || isOver { return stamp }
        let statement = try connection.prepare(
            "SELECT \(columns.joined(separator: ",")) FROM \(name) WHERE rowid>=? ORDER BY rowid LIMIT 1")
        for probe in 0...probes {
            try statement.bind(first + Int(Double(span) * Double(probe) / Double(probes)), at: 1)
            if try statement.step() {
                let row = ScannedRow(statement: statement)
                for column in columns.indices { stamp = StableHash.combined(stamp, row.hash(column)) }
            }
            statement.reset()
        }
        return stamp
    }
}

/// The present row of a scan.
package struct ScannedRow {
    let statement: SQLiteStatement

    /// What a value is stored as.
    package enum Class { case null, integer, real, text, blob }

    /// What the value is stored as.
    package func storage(_ column: Int) -> Class {
        switch sqlite3_column_type(statement.handle, Int32(column)) {
        case SQLITE_INTEGER: .integer
        case SQLITE_FLOAT: .real
        case SQLITE_TEXT: .text
        case SQLITE_BLOB: .blob
        default: .null
        }
    }

    /// The whole number of a column.
    package func integer(_ column: Int) -> Int { statement.int(column) }
    /// The number of a column.
    package func real(_ column: Int) -> Double { statement.double(column) }
    /// How many bytes a text or blob has.
    package func byteCount(_ column: Int) -> Int { statement.byteCount(column) }
    /// The bytes of a text, valid during the call.
    package func withText<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        let start = sqlite3_column_text(statement.handle, Int32(column))
        let count = Int(sqlite3_column_bytes(statement.handle, Int32(column)))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    /// A hash of the value; 0 for NULL.
    package func hash(_ column: Int) -> UInt64 {
        switch storage(column) {
        case .null: 0
        case .integer: StableHash.of(integer(column))
        case .real:
            Int(exactly: real(column)).map { StableHash.of($0) } ?? StableHash.combined(real(column).bitPattern, 1)
        case .text: withText(column) { StableHash.of($0) }
        case .blob: StableHash.of(byteCount(column))
        }
    }
}

extension SQLiteDatabase {
    /// Runs `body` with a scanner inside one read transaction on the database's thread. The policy holds as for any other
    /// statement: hidden tables cannot be read. Throws what ``catalogue()`` throws, and `query_timeout`.
    package func scan<T: Sendable>(
        timeout: Duration, _ body: @escaping @Sendable (TableScanner) throws -> T
    ) async throws -> T {
        var limits = self.limits
        limits.timeout = timeout
        let nanoseconds = limits.timeoutNanoseconds
        let path = url.path
        return try await workers.run(timeoutNanoseconds: nanoseconds) { [limits] session, cancellation in
            try session.scan(limits, cancellation, at: path, body)
        }
    }

    /// What the file system says of the file and its write-ahead log: another text as soon as somebody has written.
    /// Nil when there is no such file.
    package func fileStamp() -> String? { FileStamp.text(of: url.path) }

    /// The path without links and dots, or the path as it was given when there is no such file.
    package var realPath: String { FileStamp.realPath(url.path) }
}

extension SandboxSession {
    fileprivate func scan<T>(
        _ limits: QueryLimits, _ cancellation: Cancellation, at path: String, _ body: (TableScanner) throws -> T
    ) throws -> T {
        func begin() {
            watch.begin(
                timeoutNanoseconds: limits.timeoutNanoseconds, memoryBytes: limits.maxMemoryBytes,
                cancellation: cancellation)
        }
        begin()
        do {
            return try reading { connection in
                begin()
                gate.denial = nil
                gate.callCount = 0
                gate.mode = .sandboxed
                return try body(TableScanner(connection: connection))
            }
        } catch let error as DatabaseError {
            if watch.stopReason == .cancelled { throw CancellationError() }
            if watch.stopReason != nil {
                throw OperonError(
                    code: "query_timeout", "Reading a table took longer than it may", hint: "Ask for less at once",
                    at: path)
            }
            throw error.operonError(at: path)
        }
    }
}
