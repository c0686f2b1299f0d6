public import Services
internal import Synchronization

/// One account at one provider: what its callers share so that none of them asks something that is broken, closed for a
/// while, or full. All calls with the same provider, base URL and key use the same one (``EndpointDirectory``).
///
/// The deciders are pure values under one lock. What changes is handed as events to the call that caused it, each once.
public final class Endpoint: Sendable {
    private struct State {
        var breaker: CircuitBreaker
        var gate: RateGate
        var requests: TokenBucket?
        var tokens: TokenBucket?
        var retries: RetryBudget
    }

    /// The name in events and errors: the provider and where it is, without anything secret.
    public let name: String
    /// How it is set.
    public let configuration: EndpointConfiguration
    let places: FairLimiter
    private let state: Mutex<State>

    /// Makes an endpoint that nobody has called yet.
    public init(name: String, configuration: EndpointConfiguration = EndpointConfiguration()) {
        self.name = name
        self.configuration = configuration
        places = FairLimiter(limit: configuration.concurrency, queue: configuration.queue)
        state = Mutex(
            State(
                breaker: CircuitBreaker(configuration.breaker), gate: RateGate(cap: configuration.pauseCap),
                requests: configuration.requestsPerMinute.map { TokenBucket($0, per: .seconds(60)) },
                tokens: configuration.tokensPerMinute.map { TokenBucket($0, per: .seconds(60)) },
                retries: configuration.retries))
    }

    /// What the breaker does with calls now.
    public var breakerState: CircuitBreaker.State { state.withLock { $0.breaker.state } }
    /// How many calls run now.
    public var activeCount: Int { places.activeCount }
    /// How many calls wait for a place now.
    public var waitingCount: Int { places.waitingCount }

    /// A person puts the breaker into a state; `closed` resets it. Returns what is to be told.
    public func force(_ forced: CircuitBreaker.State) -> ModelEvent? {
        state.withLock { $0.breaker.force(forced, orReset: forced == .closed) }.map(event)
    }

    // MARK: The breaker

    /// Asks the breaker.
    func acquire(at now: UInt64, draw: Double) -> (CircuitBreaker.Admission, [ModelEvent]) {
        let admission = state.withLock { $0.breaker.acquire(at: now, draw: draw) }
        return (admission, admission.changes.map(event))
    }

    /// Whether a permit is worth something after a wait.
    func isCurrent(_ permit: CircuitBreaker.Permit) -> Bool { state.withLock { $0.breaker.isCurrent(permit) } }

    /// Gives a permit back.
    func record(
        _ permit: CircuitBreaker.Permit, _ outcome: CircuitBreaker.Outcome, took nanoseconds: UInt64,
        at now: UInt64,
        draw: Double
    ) -> ModelEvent? {
        let change = state.withLock {
            if outcome == .success { $0.retries.succeeded() }
            return $0.breaker.record(permit, outcome, took: .nanoseconds(nanoseconds), at: now, draw: draw)
        }
        return change.map(event)
    }

    private func event(_ change: CircuitBreaker.Change) -> ModelEvent {
        .breakerChanged(
            endpoint: name, from: change.from.rawValue, to: change.to.rawValue, reason: change.reason.description)
    }

    // MARK: Pauses and rates

    /// The provider asks for a pause.
    func pause(for wait: Duration, at now: UInt64) -> ModelEvent? {
        state.withLock { $0.gate.close(for: wait, at: now) }.map { .paused(endpoint: name, wait: $0) }
    }

    /// How long everybody still has to wait.
    func pauseLeft(at now: UInt64) -> Duration? { state.withLock { $0.gate.wait(at: now) } }

    /// Takes a request and its tokens from what flows in per minute; tells how long to wait with it.
    func take(tokens: Int, at now: UInt64) -> Duration {
        state.withLock {
            max(
                $0.requests?.take(1, at: now) ?? .zero, $0.tokens?.take(tokens, at: now) ?? .zero)
        }
    }

    /// Gives back what was taken and not used.
    func giveBack(requests: Int = 0, tokens: Int, at now: UInt64) {
        state.withLock {
            $0.requests?.giveBack(requests, at: now)
            $0.tokens?.giveBack(tokens, at: now)
        }
    }

    /// Pays for a retry; false when too many calls have failed lately.
    func payRetry(afterTimeout: Bool) -> Bool { state.withLock { $0.retries.pay(afterTimeout: afterTimeout) } }
}

extension CircuitBreaker {
    fileprivate mutating func force(_ forced: State, orReset resets: Bool) -> Change? {
        resets ? reset() : force(forced)
    }
}
