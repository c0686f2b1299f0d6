public import MessageBus
internal import Services
internal import Synchronization
public import Values

extension TraceFile {
    /// Appends envelopes to a trace file while they happen. Every batch is handed to the operating system before
    /// ``write(_:)`` returns, so it survives the end of this process; it is forced onto the disk only by
    /// ``close()``. Blocks; call it from a thread that may.
    public final class Writer: Sendable {
        private let file: FileAccess.Appender
        private let last: Mutex<Int>
        /// What was noticed when the file was opened: a torn last line of an earlier writer, which was cut off.
        public let notes: [Diagnostic]

        /// Opens `path`. With `continuing`, envelopes are added to what it holds, which must be a trace without
        /// defects; otherwise it is emptied first, unless it holds something that is no trace. Throws `file_foreign`,
        /// `file_unwritable`, and what ``TraceFile/read(_:)`` throws.
        public init(path: String, continuing: Bool = false) throws(OperonError) {
            guard continuing, FileAccess.exists(path) else {
                if FileAccess.size(of: path) > 0, !FileAccess.begins(path, with: Array("{\"seq\":".utf8)) {
                    throw OperonError(
                        code: "file_foreign", "\(path) exists and is no trace; it was left as it is",
                        hint: "Give the trace another name.", at: path)
                }
                file = try FileAccess.Appender(path, keepingBytes: 0)
                last = Mutex(0)
                notes = []
                return
            }
            let bytes = try FileAccess.read(path)
            let contents = try TraceFile.parse(bytes, name: path)
            notes = contents.notes
            last = Mutex(contents.envelopes.last?.seq ?? 0)
            let isTorn = !contents.notes.isEmpty
            let whole = isTorn ? (bytes.lastIndex(of: 10).map { $0 + 1 } ?? 0) : bytes.count
            file = try FileAccess.Appender(path, keepingBytes: whole)
            if !isTorn, whole > 0, bytes[whole - 1] != 10 { try file.append([10]) }
        }

        /// The sequence number of the last envelope in the file; 0 when it is empty.
        public var lastSeq: Int { last.withLock { $0 } }

        /// Appends envelopes in one write. Those that the file holds already are passed over, so that a log can be
        /// followed again from its beginning. Throws `file_unwritable`.
        public func write(_ envelopes: [Envelope]) throws(OperonError) {
            let error = last.withLock { last -> OperonError? in
                var writer = JSONWriter(reservingBytes: envelopes.count * 512)
                for envelope in envelopes where envelope.seq > last { TraceFile.write(envelope, to: &writer) }
                do throws(OperonError) {
                    try file.append(writer.bytes)
                    last = max(last, envelopes.last?.seq ?? 0)
                    return nil
                } catch {
                    return error
                }
            }
            if let error { throw error }
        }

        /// Writes `log` down, history and live, until it is closed or the task is cancelled; the writing happens on a
        /// thread of its own. Throws `file_unwritable`, and the log's failure when its store failed.
        public func follow(_ log: SessionLog) async throws(OperonError) {
            let thread = BlockingThread()
            let subscription = log.subscribe(after: lastSeq, capacity: 1024, whenFull: .wait(nanoseconds: 0))
            while case let batch = await subscription.next(), !batch.isEmpty {
                do {
                    try await thread.run { try self.write(batch) }
                } catch {
                    throw (error as? OperonError) ?? OperonError(code: "file_unwritable", "\(type(of: error))")
                }
            }
            await thread.stop()
            if let failure = subscription.failure { throw failure }
        }

        /// Forces everything onto the disk and closes the file.
        public func close() throws(OperonError) { try file.close() }
    }
}
