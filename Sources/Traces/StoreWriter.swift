internal import Databases
internal import MessageBus
internal import Schemas
internal import Values

/// The one connection that writes and checkpoints. Everything here runs on the store's writer thread.
final class StoreWriter: @unchecked Sendable {
    // @unchecked Sendable because after `init` only closures on the store's writer thread touch it.
    private let connection: SQLiteConnection
    private let insertSegment: SQLiteStatement
    private let insertBlob: SQLiteStatement
    private let insertUse: SQLiteStatement
    private let findSession: SQLiteStatement
    private let insertSession: SQLiteStatement
    private let updateState: SQLiteStatement
    private var sessions: [String: Known] = [:]

    /// An envelope that does not continue what the store holds of its session.
    struct OutOfSequence: Error {
        var envelope: Envelope
        var lastSeq: Int

        var operonError: OperonError {
            OperonError(
                code: "store_failed",
                "the store holds session \(envelope.session) up to seq \(lastSeq), but seq \(envelope.seq) was appended",
                hint: "A session has one log at a time; open it from the store.")
        }
    }

    /// What is known of a session that was written to.
    private final class Known {
        let number: Int
        var lastSeq: Int
        var state: SessionState
        var storedState: SessionState
        /// The segment that is being filled: envelopes up to `lastSeq`, separated by commas.
        var segment = JSONWriter(reservingBytes: 0)

        init(number: Int, lastSeq: Int, state: SessionState) {
            self.number = number
            self.lastSeq = lastSeq
            self.state = state
            storedState = state
        }
    }

    init(path: String, isNew: Bool, options: TraceStore.Options) throws {
        connection = try SQLiteConnection.store(
            path: path,
            SQLiteStoreOptions(
                synchronous: options.durability == .powerLoss ? .full : .normal, walAutocheckpointPages: 16000,
                cacheKiB: options.cacheKiB))
        if let limit = options.sizeLimitBytes {
            try connection.execute("PRAGMA max_page_count=\(max(16, limit / 4096))")
        }
        if isNew { try connection.transaction { [connection] in try connection.execute(StoreFile.schema) } }
        insertSegment = try connection.prepare(
            "INSERT INTO segment(session, last_seq, body) VALUES (?, ?, ?)", isPersistent: true)
        insertBlob = try connection.prepare(
            "INSERT INTO blob(hash, body) VALUES (?, ?) ON CONFLICT DO NOTHING", isPersistent: true)
        insertUse = try connection.prepare(
            "INSERT INTO blob_use(session, hash) VALUES (?, ?) ON CONFLICT DO NOTHING", isPersistent: true)
        findSession = try connection.prepare(
            """
            SELECT number, state, (SELECT max(last_seq) FROM segment WHERE segment.session = session.number)
            FROM session WHERE id = ?
            """, isPersistent: true)
        insertSession = try connection.prepare(
            "INSERT INTO session(id, opened_at, state) VALUES (?, ?, 'open')", isPersistent: true)
        updateState = try connection.prepare("UPDATE session SET state = ? WHERE number = ?", isPersistent: true)
    }

    /// Writes envelopes in one transaction. After an error nothing of them is in the file.
    func write(_ envelopes: some Sequence<Envelope>) throws {
        do {
            try connection.transaction {
                var last: (session: String, known: Known)?
                var touched: [Known] = []
                var filled: [Known] = []
                for envelope in envelopes {
                    let known: Known
                    if let last, last.session == envelope.session {
                        known = last.known
                    } else {
                        known = try self.known(envelope)
                        last = (envelope.session, known)
                    }
                    if known.segment.bytes.isEmpty { filled.append(known) }
                    try add(envelope, to: known)
                    if known.segment.bytes.count > Self.segmentBytes { try flush(known) }
                    if known.state != known.storedState { touched.append(known) }
                }
                for known in filled { try flush(known) }
                for known in touched where known.state != known.storedState { try store(known.state, known) }
            }
        } catch {
            // What is known may be ahead of what was rolled back.
            sessions = [:]
            throw error
        }
    }

    /// A segment is written when it has grown beyond this, and at the end of each transaction.
    private static let segmentBytes = 1 << 16

    private func add(_ envelope: Envelope, to known: Known) throws {
        guard envelope.seq == known.lastSeq + 1 else {
            throw OutOfSequence(envelope: envelope, lastSeq: known.lastSeq)
        }
        if !known.segment.bytes.isEmpty { known.segment.byte(44) }
        let start = known.segment.bytes.count
        StoredEnvelope.write(envelope, payload: envelope.payload, to: &known.segment)
        if known.segment.bytes.count - start > PayloadParts.limit {
            var parts = PayloadParts()
            let payload = parts.deflate(envelope.payload)
            if !parts.blobs.isEmpty {
                for blob in parts.blobs {
                    try insertBlob.run(.text(blob.hash), .blob(blob.body))
                    try insertUse.run(.integer(known.number), .text(blob.hash))
                }
                known.segment.bytes.removeSubrange(start...)
                StoredEnvelope.write(envelope, payload: payload, to: &known.segment)
            }
        }
        known.lastSeq = envelope.seq
        known.state = known.state.after(envelope)
    }

    /// Writes what has gathered of a session as one row. Rows stand in the order of writing, whatever the
    /// session, so that a commit fills pages one after the other instead of rewriting one page per session.
    private func flush(_ known: Known) throws {
        if known.segment.bytes.isEmpty { return }
        try insertSegment.bind(known.number, at: 1)
        try insertSegment.bind(known.lastSeq, at: 2)
        try known.segment.bytes.withUnsafeBytes { bytes in
            try insertSegment.bind(borrowing: bytes, asText: false, at: 3)
            try insertSegment.run()
        }
        // Idle sessions keep no buffer.
        known.segment.bytes.removeAll(keepingCapacity: false)
    }

    private func known(_ envelope: Envelope) throws -> Known {
        if let known = sessions[envelope.session] { return known }
        let known: Known
        do {
            defer { findSession.reset() }
            try findSession.bind(envelope.session, at: 1)
            if try findSession.step() {
                known = Known(
                    number: findSession.int(0), lastSeq: findSession.int(2),
                    state: SessionState(rawValue: findSession.text(1)) ?? .open)
            } else {
                try insertSession.run(.text(envelope.session), .integer(Int(envelope.at.microseconds)))
                known = Known(number: connection.lastInsertedRow, lastSeq: 0, state: .open)
            }
        }
        sessions[envelope.session] = known
        return known
    }

    private func store(_ state: SessionState, _ known: Known) throws {
        try updateState.run(.text(state.rawValue), .integer(known.number))
        known.storedState = state
    }

    /// Removes a session and the payload parts that no other session uses. False when there is no such session.
    func delete(_ session: String) throws -> Bool {
        guard
            case .integer(let number)? = try connection.value(
                "SELECT number FROM session WHERE id = ?", [.text(session)])
        else { return false }
        sessions[session] = nil
        try connection.transaction {
            try connection.prepare("DELETE FROM segment WHERE session = ?").run(.integer(number))
            try connection.prepare(
                """
                DELETE FROM blob WHERE hash IN (SELECT hash FROM blob_use WHERE session = ?1)
                AND NOT EXISTS (SELECT 1 FROM blob_use AS other WHERE other.hash = blob.hash AND other.session <> ?1)
                """
            ).run(.integer(number))
            try connection.prepare("DELETE FROM blob_use WHERE session = ?").run(.integer(number))
            try connection.prepare("DELETE FROM session WHERE number = ?").run(.integer(number))
        }
        return true
    }

    /// Copies the write-ahead log into the file and empties it, as far as readers allow.
    func checkpoint() throws { _ = try connection.checkpoint(.truncate) }
}
