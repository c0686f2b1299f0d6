public import Services
internal import Synchronization
public import Values

/// The process-wide bus: envelopes of all sessions by topic, and requests with replies.
///
/// It offers few verbs: `publish`, `subscribe`, `request`, `respond`. A ``SessionLog`` that was given the bus publishes
/// its durable envelopes here, so a subscriber never sees one that could be lost.
public final class Bus: Sendable {
    let time: any TimeSource
    let state = Mutex(State())
    let requests: PendingRequests

    /// Makes a bus. Deadlines of requests are measured with `time`; at most `requestLimit` requests are in flight at
    /// once, the next one fails with `mailbox_full`.
    public init(time: any TimeSource = SystemTime(), requestLimit: Int = 65_536) {
        self.time = time
        requests = PendingRequests(time: time, limit: requestLimit)
    }

    deinit { requests.failAll(OperonError(code: "cancelled", "the bus is gone")) }

    /// Everything that changes; guarded by the bus's lock.
    struct State {
        /// In the order of subscription.
        var subscribers: [BusQueue] = []
        /// For each topic seen, who wants it; emptied whenever a subscriber comes or goes, and when it grows past
        /// ``topicCacheLimit``, because session topics come and go.
        var cache: [String: [BusQueue]] = [:]
        var responders: [ResponderQueue] = []
        var responderCache: [String: ResponderQueue] = [:]
        var nextID = 0
        var isClosed = false
        var published = 0
        var deadLetters = DeadLetters()

        static let topicCacheLimit = 4096

        mutating func receivers(of topic: String) -> [BusQueue] {
            if let known = cache[topic] { return known }
            let found = subscribers.filter { $0.pattern.matches(topic) }
            if cache.count >= Self.topicCacheLimit { cache.removeAll(keepingCapacity: true) }
            cache[topic] = found
            return found
        }
    }

    /// Delivers an envelope to everybody who wants its topic. Returns at once; with nobody there it does nothing.
    public func publish(_ envelope: Envelope) { publish(contentsOf: [envelope]) }

    /// Delivers envelopes in order. Neighbours with the same topic are looked up and handed over together, so a batch
    /// costs a fraction of single calls.
    ///
    /// What a full subscriber does is its own policy: it sheds its oldest or refuses the newest. A publisher never
    /// waits; refused envelopes are counted as dead letters.
    public func publish(contentsOf envelopes: [Envelope]) {
        var from = 0
        while from < envelopes.count {
            let topic = envelopes[from].topic
            var end = from + 1
            while end < envelopes.count, envelopes[end].topic == topic { end += 1 }
            let receivers = state.withLock { state -> [BusQueue] in
                state.published += end - from
                return state.receivers(of: topic)
            }
            let run = from == 0 && end == envelopes.count ? envelopes[...] : envelopes[from..<end]
            for receiver in receivers {
                let refused = receiver.offer(run)
                if !refused.isEmpty { bury(refused) }
            }
            from = end
        }
    }

    private func bury(_ refused: [Envelope]) {
        state.withLock { state in
            for envelope in refused {
                state.deadLetters.add(
                    DeadLetter(
                        topic: envelope.topic, reason: .mailboxFull, session: envelope.session, seq: envelope.seq))
            }
        }
    }

    /// Subscribes to the topics that `pattern` wants. The subscription is in place when this returns; it begins with
    /// the next envelope (a session's history is had from ``SessionLog/subscribe(after:topics:capacity:whenFull:)``).
    ///
    /// At most `capacity` envelopes wait. Beyond that ``/Services/OverflowPolicy/shedOldest`` drops the oldest;
    /// ``/Services/OverflowPolicy/reject`` refuses the newest, as does
    /// ``/Services/OverflowPolicy/wait(nanoseconds:)``, because a publisher never waits. Either way the loss is
    /// counted and reported as a ``Gap`` per session with the next batch.
    public func subscribe(
        _ pattern: TopicPattern, capacity: Int, whenFull policy: OverflowPolicy
    ) -> Subscription {
        let queue = state.withLock { state -> BusQueue in
            state.nextID += 1
            let queue = BusQueue(bus: self, id: state.nextID, pattern: pattern, capacity: capacity, policy: policy)
            if state.isClosed {
                queue.close()
            } else {
                state.subscribers.append(queue)
                state.cache.removeAll(keepingCapacity: true)
            }
            return queue
        }
        return Subscription(source: queue, reader: queue.id)
    }

    /// Subscribes for as long as `body` runs; the subscription is cancelled on every way out.
    public func withSubscription<Result>(
        _ pattern: TopicPattern, capacity: Int, whenFull policy: OverflowPolicy,
        _ body: (Subscription) async throws -> Result
    ) async rethrows -> Result {
        let subscription = subscribe(pattern, capacity: capacity, whenFull: policy)
        defer { subscription.cancel() }
        return try await body(subscription)
    }

    func remove(_ id: Int) {
        state.withLock { state in
            state.subscribers.removeAll { $0.id == id }
            state.cache.removeAll(keepingCapacity: true)
        }
    }

    /// Ends all subscriptions after what they hold already, and fails all requests with `cancelled`.
    public func close() {
        let (queues, responders) = state.withLock { state -> ([BusQueue], [ResponderQueue]) in
            defer {
                state.isClosed = true
                state.subscribers = []
                state.cache = [:]
                state.responders = []
                state.responderCache = [:]
            }
            return (state.subscribers, state.responders)
        }
        for queue in queues { queue.close() }
        for responder in responders { responder.close(requests) }
        requests.failAll(OperonError(code: "cancelled", "the bus was closed"))
    }
}
