internal import Synchronization
public import Values

extension SessionLog {
    /// Returns once the entry `seq` and all before it are on disk; at once without a sink. Throws `store_failed` (or
    /// whatever the sink reported) when that will not happen, `session_closed` when a closed log never reached `seq`,
    /// and `cancelled` when the task was cancelled.
    public func waitUntilDurable(_ seq: Int) async throws(OperonError) {
        let ticket = state.withLock { state -> Int? in
            if state.durable >= seq { return nil }
            state.nextTicket += 1
            return state.nextTicket
        }
        guard let ticket else { return }
        let error = await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<OperonError?, Never>) in
                let verdict = state.withLock { state -> OperonError?? in
                    if state.durable >= seq { return .some(nil) }
                    if let error = state.reasonNeverDurable(seq) { return error }
                    if Task.isCancelled { return Self.cancelled(seq) }
                    state.waiters.append(.init(ticket: ticket, seq: seq, continuation: continuation))
                    return nil
                }
                if let verdict { continuation.resume(returning: verdict) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> DurabilityWaiter? in
                guard let index = state.waiters.firstIndex(where: { $0.ticket == ticket }) else { return nil }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: Self.cancelled(seq))
        }
        if let error { throw error }
    }

    private static func cancelled(_ seq: Int) -> OperonError {
        OperonError(code: "cancelled", "the wait for envelope \(seq) to become durable was cancelled")
    }
}

extension SessionLog {
    /// Somebody who waits for an entry to be on disk.
    struct DurabilityWaiter {
        var ticket: Int
        var seq: Int
        var continuation: UnsafeContinuation<OperonError?, Never>
    }

    /// Whom to wake, collected under the lock and resumed outside it.
    struct Woken {
        var readers: [UnsafeContinuation<Void, Never>] = []
        var waiters: [(UnsafeContinuation<OperonError?, Never>, OperonError?)] = []

        func resume() {
            for reader in readers { reader.resume() }
            for (waiter, error) in waiters { waiter.resume(returning: error) }
        }
    }

    /// Everything that changes; guarded by the log's lock.
    struct State {
        var envelopes: [Envelope]
        /// The last durable sequence number: envelopes up to it may be delivered.
        var durable: Int
        /// The last sequence number that was handed to the bus.
        var published: Int
        var isPublishing = false
        var isClosed = false
        var failure: OperonError?
        var readers: [Reader] = []
        var waiters: [DurabilityWaiter] = []
        var nextTicket = 0

        init(history: [Envelope]) {
            envelopes = history
            durable = history.count
            published = history.count
        }

        /// Whether nothing more will be delivered than what is durable now.
        var isSettled: Bool { failure != nil || isClosed && durable == envelopes.count }

        /// Why `seq` will not become durable, when that is certain.
        func reasonNeverDurable(_ seq: Int) -> OperonError? {
            if let failure { return failure }
            guard isClosed, seq > envelopes.count else { return nil }
            return OperonError(code: "session_closed", "the session's log was closed before envelope \(seq)")
        }

        /// Makes everything up to `seq` durable and says whom to wake.
        mutating func advance(to seq: Int) -> Woken {
            var woken = Woken()
            let from = durable
            durable = max(durable, min(seq, envelopes.count))
            let isLast = isSettled
            for index in readers.indices {
                guard let waiting = readers[index].waiter else { continue }
                if isLast || envelopes[from..<durable].contains(where: readers[index].wants) {
                    woken.readers.append(waiting)
                    readers[index].waiter = nil
                }
            }
            if !waiters.isEmpty { release(&woken) }
            return woken
        }

        /// Wakes whoever has nothing more to wait for, after the log was closed or has failed.
        mutating func settle() -> Woken {
            var woken = Woken()
            if isSettled {
                for index in readers.indices {
                    guard let waiting = readers[index].waiter else { continue }
                    woken.readers.append(waiting)
                    readers[index].waiter = nil
                }
            }
            release(&woken)
            return woken
        }

        private mutating func release(_ woken: inout Woken) {
            var left: [DurabilityWaiter] = []
            for waiter in waiters {
                if durable >= waiter.seq {
                    woken.waiters.append((waiter.continuation, nil))
                } else if let error = reasonNeverDurable(waiter.seq) {
                    woken.waiters.append((waiter.continuation, error))
                } else {
                    left.append(waiter)
                }
            }
            waiters = left
        }
    }
}
