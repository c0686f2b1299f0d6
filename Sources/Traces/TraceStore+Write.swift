public import MessageBus
internal import Services
internal import Synchronization
public import Values

extension TraceStore {
    /// An envelope and the log that waits for it.
    typealias Entry = (log: SessionLog, envelope: Envelope)

    /// What waits for the writer thread; guarded by the store's lock.
    struct Queue {
        var entries: [Entry] = []
        /// Whether the writer thread is at work or was called.
        var isAwake = false
        var isClosed = false
        /// Logs that lost an envelope and have not been told yet: nothing more of them may be queued. Once told, a
        /// log sends nothing any more.
        var refused: [ObjectIdentifier: Refusal] = [:]
        var committed = 0
    }

    /// A log that lost an envelope, and why. It keeps the log alive, so that its identity stays its own.
    struct Refusal {
        var log: SessionLog
        var error: OperonError
    }

    /// The largest transaction, in envelopes: it bounds how long the first of them waits for the last.
    private static let batchLimit = 8192

    /// Queues an envelope for the writer thread. Called by the log.
    public func write(_ envelope: Envelope, from log: SessionLog) {
        let mustWake = queue.withLock { queue -> Bool in
            let id = ObjectIdentifier(log)
            if !queue.refused.isEmpty, queue.refused[id] != nil { return false }
            if writer == nil || queue.isClosed {
                queue.refused[id] = Refusal(
                    log: log, error: refusal("it is \(writer == nil ? "open for reading only" : "closed")"))
            } else if queue.entries.count >= options.queueLimit {
                queue.refused[id] = Refusal(
                    log: log, error: refusal("\(options.queueLimit) envelopes wait for the disk already"))
            } else {
                queue.entries.append((log, envelope))
            }
            defer { queue.isAwake = true }
            return !queue.isAwake
        }
        guard mustWake, !writerThread.post({ [self] in drain() }) else { return }
        // The writer has stopped. The log cannot be told from here, because our caller holds its lock.
        BlockingThread().post { [self] in drain() }
    }

    private func refusal(_ why: String) -> OperonError {
        OperonError(
            code: "store_failed", "the store \(path) takes no more envelopes: \(why)",
            hint: "Open the session anew once the cause is gone; it goes on from its last durable envelope.",
            at: path)
    }

    /// Commits until nothing waits. Runs on the writer thread.
    func drain() {
        while true {
            let (batch, refused) = queue.withLock { queue -> ([Entry], [Refusal]) in
                var batch: [Entry] = []
                swap(&batch, &queue.entries)
                let refused = queue.refused.values.sorted { $0.log.session < $1.log.session }
                if batch.isEmpty && refused.isEmpty { queue.isAwake = false }
                return (batch, refused)
            }
            if batch.isEmpty && refused.isEmpty { return }
            // What was queued before the refusal is still a whole beginning of its log: it comes first.
            var failed: Set<ObjectIdentifier> = []
            let step = options.onCommit == nil ? Self.batchLimit : 1
            var from = 0
            while from < batch.count {
                let end = min(from + step, batch.count)
                commit(batch[from..<end], &failed)
                from = end
            }
            for refusal in refused { tell(refusal) }
        }
    }

    private func tell(_ refusal: Refusal) {
        refusal.log.didFail(refusal.error)
        queue.withLock { _ = $0.refused.removeValue(forKey: ObjectIdentifier(refusal.log)) }
    }

    private func commit(_ batch: ArraySlice<Entry>, _ failed: inout Set<ObjectIdentifier>) {
        var batch = batch
        while true {
            if !failed.isEmpty { batch = batch.filter { !failed.contains(ObjectIdentifier($0.log)) }[...] }
            guard let writer, !batch.isEmpty else { return }
            do {
                try writer.write(batch.lazy.map(\.envelope))
                break
            } catch let error as StoreWriter.OutOfSequence {
                // The fault of one log; the others try again without it.
                let log = batch.first { $0.envelope === error.envelope }?.log
                fail(log.map { [$0] } ?? Self.lastPerLog(batch).map(\.log), error.operonError, &failed)
            } catch {
                fail(Self.lastPerLog(batch).map(\.log), StoreReader.failure(error, at: path), &failed)
            }
        }
        let committed = queue.withLock { queue in
            queue.committed += batch.count
            return queue.committed
        }
        options.onCommit?(committed)
        for (log, seq) in Self.lastPerLog(batch) { log.didCommit(upTo: seq) }
    }

    private func fail(_ logs: [SessionLog], _ error: OperonError, _ failed: inout Set<ObjectIdentifier>) {
        failed.formUnion(logs.map { ObjectIdentifier($0) })
        let refusals = logs.map { Refusal(log: $0, error: error) }
        let lost = failed
        queue.withLock { queue in
            for refusal in refusals { queue.refused[ObjectIdentifier(refusal.log)] = refusal }
            queue.entries.removeAll { lost.contains(ObjectIdentifier($0.log)) }
        }
        for refusal in refusals { tell(refusal) }
    }

    /// Each log once, with its last sequence number, in the order of first appearance.
    private static func lastPerLog(
        _ batch: ArraySlice<Entry>
    ) -> [(log: SessionLog, seq: Int)] {
        var result: [(log: SessionLog, seq: Int)] = []
        var index: [ObjectIdentifier: Int] = [:]
        for (log, envelope) in batch {
            if let last = result.last, last.log === log {
                result[result.count - 1].seq = envelope.seq
            } else if let known = index[ObjectIdentifier(log)] {
                result[known].seq = envelope.seq
            } else {
                index[ObjectIdentifier(log)] = result.count
                result.append((log, envelope.seq))
            }
        }
        return result
    }
}
