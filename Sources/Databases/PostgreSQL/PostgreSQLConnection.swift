internal import CPQ
internal import Glibc
internal import Services

/// One connection to a PostgreSQL server: the thin, typed layer over libpq (PostgreSQL manual, chapter 34).
///
/// Its owner confines it to one ``BlockingThread``, or to one sequential task. Calls block, but never longer than the
/// ``ConnectionWatch`` that is handed in allows: libpq is only ever used without waiting, and what waits is poll(2) on
/// its socket and on the watch's pipe.
package final class PostgreSQLConnection: @unchecked Sendable {
    // @unchecked Sendable because an owner hands it to the one thread that then makes every call; libpq does not care
    // which thread that is, as long as calls do not overlap (PostgreSQL manual, section 34.20).

    let handle: OpaquePointer

    /// Connects. Throws ``PostgreSQLError`` of the kind `lost` with a message in which no password stands.
    init(_ address: ServerAddress, _ watch: ConnectionWatch) throws {
        // The URL stands among the settings: what comes before it yields to it, what comes after does not.
        let settings = [
            ("fallback_application_name", "operon"), ("dbname", address.complete), ("client_encoding", "UTF8"),
        ]
        let handle: OpaquePointer? = withCStrings(settings.map(\.0)) { names in
            withCStrings(settings.map(\.1)) { values in PQconnectStartParams(names, values, 1) }
        }
        guard let handle else { throw PostgreSQLError(.lost, "there is no memory for a connection") }
        // What the server remarks goes to standard error otherwise.
        PQsetNoticeReceiver(handle, ignoreNotice, nil)
        do {
            try Self.connect(handle, address, watch)
        } catch {
            PQfinish(handle)
            throw error
        }
        PQsetnonblocking(handle, 1)
        self.handle = handle
    }

    deinit { PQfinish(handle) }

    /// Connects for work that nobody limits, such as loading tables; waits `seconds` for the server.
    package convenience init(_ url: DatabaseURL, seconds: UInt64 = 10) throws {
        guard let address = url.address else {
            throw PostgreSQLError(.lost, "the URL names no server")
        }
        let watch = ConnectionWatch(time: SystemTime())
        watch.begin(timeoutNanoseconds: seconds * 1_000_000_000, cancellation: nil)
        try self.init(address, watch)
        watch.end()
    }

    private static func connect(_ handle: OpaquePointer, _ address: ServerAddress, _ watch: ConnectionWatch) throws
    {
        func failure() -> PostgreSQLError {
            var text = String(cString: PQerrorMessage(handle))
            if PQconnectionNeedsPassword(handle) != 0 { text = "a password is needed and none was given" }
            return PostgreSQLError(.lost, firstLine(text, without: address.secrets))
        }
        guard PQstatus(handle) != CONNECTION_BAD else { throw failure() }
        var direction = PGRES_POLLING_WRITING
        while true {
            switch direction {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING, PGRES_POLLING_WRITING:
                let events = direction == PGRES_POLLING_READING ? POLLIN : POLLOUT
                if let reason = watch.wait(for: PQsocket(handle), Int16(events)) {
                    throw reason == .cancelled
                        ? PostgreSQLError(.stopped, "the connection was given up")
                        : PostgreSQLError(.lost, "the server did not answer in time")
                }
            default: throw failure()
            }
            direction = PQconnectPoll(handle)
        }
    }

    /// The first line of a message, with nothing of `secrets` in it.
    static func firstLine(_ text: String, without secrets: [String]) -> String {
        var text = text
        for secret in secrets.sorted(by: { $0.count > $1.count }) where text.contains(secret) {
            text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "…")
        }
        let line = text.split(separator: "\n").first.map(String.init) ?? ""
        return line.isEmpty ? "the connection failed without a message" : line
    }

    /// Whether the connection can still be used.
    var isOpen: Bool { PQstatus(handle) == CONNECTION_OK }

    // MARK: Statements that Operon writes itself

    /// Runs every statement of `sql` and drops their rows.
    package func execute(_ sql: String) throws {
        try execute(sql, ConnectionWatch(time: SystemTime()))
    }

    /// Runs every statement of `sql`, watched.
    func execute(_ sql: String, _ watch: ConnectionWatch) throws {
        try send(PQsendQuery(handle, sql), watch)
        try receive(watch) { _ in true }
    }

    /// The rows of one statement; each passed to `body` as texts, nil for NULL.
    package func forEachRow(_ sql: String, _ body: ([String?]) throws -> Void) throws {
        try forEachRow(sql, ConnectionWatch(time: SystemTime()), body)
    }

    /// The rows of one statement, watched.
    func forEachRow(_ sql: String, _ watch: ConnectionWatch, _ body: ([String?]) throws -> Void) throws {
        try send(PQsendQuery(handle, sql), watch)
        try receive(watch) { row in
            try body((0..<row.width).map(row.text))
            return true
        }
    }

    // MARK: Loading

    /// Copies `lines` (COPY's text format, each with its line feed) into a table.
    package func copy(into table: String, _ lines: [String]) throws {
        let watch = ConnectionWatch(time: SystemTime())
        try send(PQsendQuery(handle, "COPY \(table) FROM STDIN"), watch)
        guard let first = try next(watch) else { throw lost() }
        defer { PQclear(first) }
        guard PQresultStatus(first) == PGRES_COPY_IN else { throw error(of: first) }
        for line in lines {
            var line = line
            let code = line.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    PQputCopyData(handle, $0.baseAddress, Int32($0.count))
                }
            }
            guard code >= 0 else { throw lost() }
            // Zero means that the buffer is full.
            if code == 0 { try flush(watch) }
        }
        while true {
            let code = PQputCopyEnd(handle, nil)
            if code < 0 { throw lost() }
            if code > 0 { break }
            try flush(watch)
        }
        try flush(watch)
        try receive(watch) { _ in true }
    }
}

/// The C strings of `texts` with a NULL behind them, for the length of `body`.
func withCStrings<T>(
    _ texts: [String?], _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> T
) -> T {
    let copies = texts.map { text in text.map { strdup($0) } ?? nil }
    defer { for copy in copies { free(copy) } }
    var pointers = copies.map { UnsafePointer<CChar>($0) } + [nil]
    return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress) }
}

/// https://www.postgresql.org/docs/current/libpq-notice-processing.html; a file-scope function, so that it inherits no
/// isolation.
private func ignoreNotice(_ context: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {}
