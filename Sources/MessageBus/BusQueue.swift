internal import Services
internal import Synchronization
internal import Values

/// One bus subscriber's bounded queue. It differs from a ``/Services/Mailbox`` in that it remembers, per session, what
/// it lost.
final class BusQueue: SubscriptionSource {
    private struct State {
        var queue: [Envelope] = []
        /// How many at the front of `queue` were shed already.
        var head = 0
        var gaps: [Gap] = []
        var waiter: UnsafeContinuation<Void, Never>?
        var shed = 0
        var isClosed = false
        /// A cancelled subscription ends at once; a closed one first hands over what it holds.
        var isCancelled = false

        var count: Int { queue.count - head }

        mutating func lose(_ envelope: Envelope) {
            shed += 1
            if let index = gaps.lastIndex(where: { $0.session == envelope.session }) {
                gaps[index].count += 1
                gaps[index].first = min(gaps[index].first, envelope.seq)
                gaps[index].last = max(gaps[index].last, envelope.seq)
            } else {
                gaps.append(Gap(session: envelope.session, count: 1, first: envelope.seq, last: envelope.seq))
            }
        }
    }

    let id: Int
    let pattern: TopicPattern
    private let capacity: Int
    private let shedsOldest: Bool
    private let bus: Bus
    private let state = Mutex(State())

    init(bus: Bus, id: Int, pattern: TopicPattern, capacity: Int, policy: OverflowPolicy) {
        self.bus = bus
        self.id = id
        self.pattern = pattern
        self.capacity = max(1, capacity)
        shedsOldest = policy == .shedOldest
    }

    /// Takes envelopes in order; returns those that were refused.
    func offer(_ envelopes: ArraySlice<Envelope>) -> [Envelope] {
        let (waiter, refused) = state.withLock { state -> (UnsafeContinuation<Void, Never>?, [Envelope]) in
            if state.isClosed || state.isCancelled { return (nil, []) }
            let fitting = max(0, min(envelopes.count, capacity - state.count))
            var refused: [Envelope] = []
            if fitting == envelopes.count {
                state.queue.append(contentsOf: envelopes)
            } else if shedsOldest {
                let kept = envelopes.suffix(capacity)
                let room = capacity - kept.count
                while state.count > room {
                    state.lose(state.queue[state.head])
                    state.head += 1
                }
                for envelope in envelopes.dropLast(kept.count) { state.lose(envelope) }
                if state.head >= capacity {
                    state.queue.removeFirst(state.head)
                    state.head = 0
                }
                state.queue.append(contentsOf: kept)
            } else {
                state.queue.append(contentsOf: envelopes.prefix(fitting))
                refused = Array(envelopes.dropFirst(fitting))
                for envelope in refused { state.lose(envelope) }
            }
            defer { state.waiter = nil }
            return (state.waiter, refused)
        }
        waiter?.resume()
        return refused
    }

    func nextBatch(of reader: Int) async -> Batch {
        while true {
            let (batch, isOver) = state.withLock { state -> (Batch, Bool) in
                if state.isCancelled { return (Batch(), true) }
                var batch = Batch()
                swap(&batch.envelopes, &state.queue)
                swap(&batch.gaps, &state.gaps)
                if state.head > 0 {
                    batch.envelopes.removeFirst(state.head)
                    state.head = 0
                }
                return (batch, state.isClosed)
            }
            if !batch.envelopes.isEmpty || isOver || Task.isCancelled { return batch }
            await withTaskCancellationHandler {
                await withUnsafeContinuation { continuation in
                    let mustWait = state.withLock { state -> Bool in
                        precondition(state.waiter == nil, "one task at a time reads a subscription")
                        if state.count > 0 || state.isClosed || state.isCancelled || Task.isCancelled {
                            return false
                        }
                        state.waiter = continuation
                        return true
                    }
                    if !mustWait { continuation.resume() }
                }
            } onCancel: {
                end { _ in }
            }
        }
    }

    private func end(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Nothing more comes; what is there can still be read.
    func close() { end { $0.isClosed = true } }

    func cancel(reader: Int) {
        end { state in
            state.isCancelled = true
            state.queue = []
            state.head = 0
        }
        bus.remove(id)
    }

    func forget(reader: Int) { cancel(reader: reader) }
    func failure(of reader: Int) -> OperonError? { nil }
    func shedCount(of reader: Int) -> Int { state.withLock { $0.shed } }
}
