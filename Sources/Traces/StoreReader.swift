internal import Databases
internal import Schemas
internal import Values

/// The connection that reads. It never writes and never checkpoints: only one connection of a file may (SQLite before
/// 3.51.3 could lose data otherwise). Everything here runs on the store's reader thread.
final class StoreReader: @unchecked Sendable {
    // @unchecked Sendable because after `init` only closures on the store's reader thread touch it.
    private let connection: SQLiteConnection

    init(path: String) throws {
        connection = try SQLiteConnection(path: path, mode: .readOnly)
        try connection.execute("PRAGMA wal_autocheckpoint=0; PRAGMA mmap_size=0;")
        connection.setBusyTimeout(milliseconds: 5000)
    }

    /// All sessions in the order in which they were opened, or the one named.
    func sessions(_ only: String? = nil) throws -> [SessionRecord] {
        var records: [SessionRecord] = []
        try connection.forEachRow(
            """
            SELECT id, state, opened_at,
                (SELECT max(last_seq) FROM segment WHERE segment.session = session.number)
            FROM session WHERE ?1 IS NULL OR id = ?1 ORDER BY number
            """, [only.map { .text($0) } ?? .null]
        ) { row in
            records.append(
                SessionRecord(
                    session: row.text(0), state: SessionState(rawValue: row.text(1)) ?? .open,
                    openedAt: Timestamp(microseconds: Int64(row.int(2))), lastSeq: row.int(3)))
        }
        return records
    }

    /// The envelopes of a session after `seq`; nil when there is no such session.
    func envelopes(of session: String, after seq: Int) throws -> [Envelope]? {
        guard
            case .integer(let number)? = try connection.value(
                "SELECT number FROM session WHERE id = ?", [.text(session)])
        else { return nil }
        let blobs = try connection.prepare("SELECT body FROM blob WHERE hash = ?")
        // Turns share parts: read once, their values share storage in memory too.
        var parsed: [String: [JSON]] = [:]
        func blob(_ hash: String) throws(OperonError) -> [JSON]? {
            if let known = parsed[hash] { return known }
            do {
                defer { blobs.reset() }
                try blobs.bind(hash, at: 1)
                guard try blobs.step(), let items = (try? JSON(parsing: blobs.bytes(0)))?.array else { return nil }
                parsed[hash] = items
                return items
            } catch {
                throw StoreReader.failure(error, at: "session \(session)")
            }
        }
        var envelopes: [Envelope] = []
        var expected = max(0, seq) + 1
        try connection.forEachRow(
            "SELECT last_seq, body FROM segment WHERE session = ? AND last_seq > ? ORDER BY last_seq",
            [.integer(number), .integer(max(0, seq))]
        ) { row in
            let last = row.int(0)
            let items = try StoredEnvelope.segment(row.bytes(1), last: last, session: session)
            for (offset, item) in items.enumerated() {
                let found = last - items.count + 1 + offset
                if found < expected { continue }
                guard found == expected else {
                    throw OperonError(
                        code: "store_corrupt", "envelope \(expected) of session \(session) is missing",
                        hint: "Restore the store from a backup or an exported trace.")
                }
                expected += 1
                envelopes.append(try StoredEnvelope.read(item, seq: found, session: session, blob: blob))
            }
        }
        return envelopes
    }

    /// How many payload parts there are.
    func blobCount() throws -> Int {
        if case .integer(let count)? = try connection.value("SELECT count(*) FROM blob") { return count }
        return 0
    }

    /// Throws `store_corrupt` with what SQLite found.
    func checkIntegrity() throws {
        var lines: [String] = []
        try connection.forEachRow("PRAGMA integrity_check") { lines.append($0.text(0)) }
        guard lines == ["ok"] else {
            throw OperonError(
                code: "store_corrupt", "the store is damaged: \(lines.prefix(3).joined(separator: "; "))",
                hint: "Restore it from a backup; `sqlite3 FILE .recover` saves what is left.")
        }
    }

    /// The error that a caller of the store sees.
    static func failure(_ error: any Error, at path: String) -> OperonError {
        switch error {
        case let error as OperonError: error
        case let error as StoreWriter.OutOfSequence: error.operonError
        case let error as DatabaseError:
            OperonError(
                code: "store_failed", "the store could not be used: \(error.message)",
                hint: error.operonError().hint, at: path)
        default: OperonError(code: "store_failed", "the store could not be used: \(type(of: error))", at: path)
        }
    }
}
