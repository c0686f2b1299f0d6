internal import Databases
public import MessageBus
public import Services
internal import Synchronization
public import Values

extension TraceStore {
    /// The log of a session: with its history when the store knows it, empty otherwise. What is appended to it goes
    /// into this store. A session has one log at a time.
    public func openLog(
        session: String, time: any TimeSource, bus: Bus? = nil
    ) async throws(OperonError) -> SessionLog {
        let history = try await read { reader in try reader.envelopes(of: session, after: 0) ?? [] }
        if let first = history.first {
            try TraceFile.checkFormat(of: first, at: SourcePlace(file: path, line: 1))
        }
        return SessionLog(session: session, time: time, history: history, sink: self, bus: bus)
    }

    /// All sessions, in the order in which they were opened.
    public func sessions() async throws(OperonError) -> [SessionRecord] { try await read { try $0.sessions() } }

    /// One session; nil when the store does not know it.
    public func record(of session: String) async throws(OperonError) -> SessionRecord? {
        try await read { try $0.sessions(session).first }
    }

    /// The durable envelopes of a session after `seq`. Throws `session_unknown`.
    public func envelopes(of session: String, after seq: Int = 0) async throws(OperonError) -> [Envelope] {
        guard let found = try await read({ try $0.envelopes(of: session, after: seq) }) else {
            throw unknown(session)
        }
        return found
    }

    /// Removes a session, and payload parts that no other session uses. Its log, if one is open, fails with the next
    /// append. Throws `session_unknown`.
    public func delete(session: String) async throws(OperonError) {
        guard let writer else { throw readOnly() }
        let isFound = try await onWriter { try writer.delete(session) }
        if !isFound { throw unknown(session) }
    }

    /// Writes a session as a trace file, atomically. Throws `session_unknown`, `file_unwritable`.
    public func export(session: String, to file: String) async throws(OperonError) {
        let found = try await read { reader -> Bool in
            guard let envelopes = try reader.envelopes(of: session, after: 0) else { return false }
            try TraceFile.export(envelopes, to: file)
            return true
        }
        if !found { throw unknown(session) }
    }

    /// Takes in a whole session, as ``TraceFile/read(_:)`` gives it. Throws `session_exists` when the store knows one
    /// of that name.
    public func add(_ envelopes: [Envelope]) async throws(OperonError) {
        guard let writer else { throw readOnly() }
        guard let session = envelopes.first?.session else { return }
        if try await record(of: session) != nil {
            throw OperonError(
                code: "session_exists", "the store has a session \(session) already",
                hint: "Delete it first, or use another store.", at: path)
        }
        try await onWriter { try writer.write(envelopes) }
    }

    /// Looks through the whole file for damage. Throws `store_corrupt`.
    public func checkIntegrity() async throws(OperonError) { try await read { try $0.checkIntegrity() } }

    func read<T: Sendable>(
        _ body: @escaping @Sendable (StoreReader) throws -> T
    ) async throws(OperonError) -> T {
        do {
            return try await readerThread.run { [reader] in try body(reader) }
        } catch {
            throw StoreReader.failure(error, at: path)
        }
    }

    func onWriter<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws(OperonError) -> T {
        do {
            return try await writerThread.run(body)
        } catch {
            throw StoreReader.failure(error, at: path)
        }
    }

    private func unknown(_ session: String) -> OperonError {
        OperonError(
            code: "session_unknown", "the store has no session \(session)",
            hint: "`operon trace list` shows its sessions.", at: path)
    }

    private func readOnly() -> OperonError {
        OperonError(code: "store_locked", "the store is open for reading only", at: path)
    }
}

// MARK: For tests

extension TraceStore {
    /// Moves everything from the write-ahead log into the file, so that its size can be measured.
    func checkpointForTesting() async { _ = try? await onWriter { [writer] in try writer?.checkpoint() } }

    /// How many payload parts there are.
    func blobCountForTesting() async throws(OperonError) -> Int { try await read { try $0.blobCount() } }
}
