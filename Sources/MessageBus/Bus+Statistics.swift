internal import Synchronization

extension Bus {
    /// What the bus has done and holds.
    public struct Statistics: Sendable, Hashable {
        /// Envelopes published since the start.
        public var published: Int
        /// Subscriptions that exist now.
        public var subscriptions: Int
        /// Responders that exist now.
        public var responders: Int
        /// Requests in flight now.
        public var requestsInFlight: Int
        /// Messages that nobody took since the start.
        public var deadLetters: Int
    }

    /// Counters and gauges for `/metrics` and `operon bench`.
    public var statistics: Statistics {
        let inFlight = requests.count
        return state.withLock { state in
            Statistics(
                published: state.published, subscriptions: state.subscribers.count,
                responders: state.responders.count, requestsInFlight: inFlight, deadLetters: state.deadLetters.count
            )
        }
    }

    /// The messages that nobody took: how many, and the last few.
    public var deadLetters: DeadLetters { state.withLock { $0.deadLetters } }
}
