public import Services
internal import Synchronization
internal import Values

extension SessionLog {
    /// Follows the log: first the entries after `seq` that it holds already, then the live ones, without gap or
    /// repetition. Only durable envelopes are delivered, and only those whose topic `pattern` wants (nil: all). The
    /// position is taken before this returns.
    ///
    /// A batch holds at most `capacity` envelopes. What was in the log when the subscription began is never shed. When
    /// more than `capacity` wanted live envelopes have gathered:
    /// - ``/Services/OverflowPolicy/shedOldest`` skips the oldest of them and reports the gap with the next batch;
    /// - ``/Services/OverflowPolicy/wait(nanoseconds:)`` loses nothing: the log itself is the buffer, and the reader
    ///   lags behind it for as long as it likes (appending never waits for a reader);
    /// - ``/Services/OverflowPolicy/reject`` ends the subscription with the failure `subscriber_too_slow`; the client
    ///   subscribes again after the last number that it has seen.
    public func subscribe(
        after seq: Int, topics pattern: TopicPattern? = nil, capacity: Int, whenFull policy: OverflowPolicy
    ) -> Subscription {
        let id = state.withLock { state -> Int in
            state.nextTicket += 1
            state.readers.append(
                Reader(
                    id: state.nextTicket, pattern: pattern, capacity: max(1, capacity), policy: policy,
                    cursor: max(0, seq), joined: state.durable))
            return state.nextTicket
        }
        return Subscription(source: self, reader: id)
    }

    /// A subscriber's position.
    struct Reader {
        let id: Int
        let pattern: TopicPattern?
        let capacity: Int
        let policy: OverflowPolicy
        /// The last sequence number that was delivered, or passed over.
        var cursor: Int
        /// The last durable sequence number when the subscription began: what comes later is live.
        let joined: Int
        var shed = 0
        var waiter: UnsafeContinuation<Void, Never>?
        var isCancelled = false
        var failure: OperonError?

        func wants(_ envelope: Envelope) -> Bool {
            envelope.seq > cursor && (pattern?.matches(envelope.topic) ?? true)
        }
    }
}

extension SessionLog: SubscriptionSource {
    /// How many entries one turn under the lock looks at, so that a long history does not hold up appends.
    private static let stride = 4096

    private enum Turn {
        case batch(Batch)
        case again
        case wait
    }

    func nextBatch(of reader: Int) async -> Batch {
        while true {
            switch state.withLock({ take(reader, &$0) }) {
            case .batch(let batch): return batch
            case .again: continue
            case .wait: break
            }
            if Task.isCancelled { return Batch() }
            await withTaskCancellationHandler {
                await withUnsafeContinuation { continuation in
                    let mustWait = state.withLock { state -> Bool in
                        guard let index = state.readers.firstIndex(where: { $0.id == reader }) else { return false }
                        let mine = state.readers[index]
                        precondition(mine.waiter == nil, "one task at a time reads a subscription")
                        if mine.isCancelled || mine.cursor < state.durable || state.isSettled || Task.isCancelled {
                            return false
                        }
                        state.readers[index].waiter = continuation
                        return true
                    }
                    if !mustWait { continuation.resume() }
                }
            } onCancel: {
                wake(reader)
            }
        }
    }

    /// Decides what the reader gets now.
    private func take(_ reader: Int, _ state: inout State) -> Turn {
        guard let index = state.readers.firstIndex(where: { $0.id == reader }) else { return .batch(Batch()) }
        var mine = state.readers[index]
        defer { state.readers[index] = mine }
        if mine.isCancelled || mine.failure != nil { return .batch(Batch()) }
        if mine.cursor >= state.durable { return state.isSettled ? .batch(Batch()) : .wait }

        if mine.cursor < mine.joined || mine.policy != .shedOldest && mine.policy != .reject {
            // History, or a reader who waits: the oldest first, as many as fit.
            let limit = mine.cursor < mine.joined ? min(mine.joined, state.durable) : state.durable
            let end = min(limit, mine.cursor + Self.stride)
            var found: [Envelope] = []
            var seq = mine.cursor
            while seq < end, found.count < mine.capacity {
                let envelope = state.envelopes[seq]
                seq += 1
                if mine.pattern?.matches(envelope.topic) ?? true { found.append(envelope) }
            }
            mine.cursor = seq
            return found.isEmpty ? .again : .batch(Batch(envelopes: found))
        }

        var found = state.envelopes[mine.cursor..<state.durable].filter(mine.wants)
        mine.cursor = state.durable
        let excess = found.count - mine.capacity
        if excess <= 0 { return found.isEmpty ? .again : .batch(Batch(envelopes: found)) }
        let gap = Gap(session: session, count: excess, first: found[0].seq, last: found[excess - 1].seq)
        if mine.policy == .reject {
            mine.failure = OperonError(
                code: "subscriber_too_slow",
                "more than \(mine.capacity) envelopes waited for this subscriber from seq \(gap.first) on",
                hint: "Subscribe again after the last sequence number that was seen.")
            return .batch(Batch())
        }
        mine.shed += excess
        found.removeFirst(excess)
        return .batch(Batch(gaps: [gap], envelopes: found))
    }

    private func wake(_ reader: Int) {
        state.withLock { state -> UnsafeContinuation<Void, Never>? in
            guard let index = state.readers.firstIndex(where: { $0.id == reader }) else { return nil }
            defer { state.readers[index].waiter = nil }
            return state.readers[index].waiter
        }?.resume()
    }

    func cancel(reader: Int) {
        state.withLock { state -> UnsafeContinuation<Void, Never>? in
            guard let index = state.readers.firstIndex(where: { $0.id == reader }) else { return nil }
            defer {
                state.readers[index].waiter = nil
                state.readers[index].isCancelled = true
            }
            return state.readers[index].waiter
        }?.resume()
    }

    func forget(reader: Int) { state.withLock { $0.readers.removeAll { $0.id == reader } } }

    func failure(of reader: Int) -> OperonError? {
        state.withLock { state in
            state.readers.first { $0.id == reader }?.failure ?? state.failure
        }
    }

    func shedCount(of reader: Int) -> Int {
        state.withLock { $0.readers.first { $0.id == reader }?.shed ?? 0 }
    }
}
