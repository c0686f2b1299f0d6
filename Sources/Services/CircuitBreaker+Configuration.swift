extension CircuitBreaker {
    /// When a breaker opens, how long it stays open, and how it tries again.
    public struct Configuration: Sendable, Hashable {
        /// The calls that are looked at. Defaults to the last 60 seconds.
        public var window: CallWindowKind
        /// No decision below so many calls in the window. Defaults to 10; a window of fewer calls needs only those.
        public var minimumCalls: Int
        /// The part of failed calls, in 0 ... 1, at which it opens. Defaults to one half.
        public var failureRate: Double
        /// The part of slow calls, in 0 ... 1, at which it opens. Defaults to 0.8.
        public var slowRate: Double
        /// A call that takes longer is slow. Defaults to 60 s.
        public var slowCall: Duration
        /// How long it stays open the first time; each further opening without a recovery in between doubles it.
        /// Defaults to 10 s.
        public var wait: Duration
        /// The greatest wait before it is spread. Defaults to 300 s.
        public var waitCap: Duration
        /// By which part of itself a wait is spread, up and down, in 0 ... 1. Defaults to 0.2.
        public var jitter: Double
        /// How many calls may try the way when the wait is over. Defaults to 2.
        public var probes: Int
        /// How long the probes may take altogether before it opens again; nil means for ever. Defaults to 130 s.
        public var probing: Duration?
        /// What a caller is told to wait when all probes are under way. Defaults to 1 s.
        public var probeWait: Duration

        /// Makes a configuration.
        public init(
            window: CallWindowKind = .seconds(60), minimumCalls: Int = 10, failureRate: Double = 0.5,
            slowRate: Double = 0.8, slowCall: Duration = .seconds(60), wait: Duration = .seconds(10),
            waitCap: Duration = .seconds(300), jitter: Double = 0.2, probes: Int = 2,
            probing: Duration? = .seconds(130), probeWait: Duration = .seconds(1)
        ) {
            self.window = window
            self.minimumCalls = max(1, minimumCalls)
            self.failureRate = failureRate
            self.slowRate = slowRate
            self.slowCall = slowCall
            self.wait = wait
            self.waitCap = waitCap
            self.jitter = jitter
            self.probes = max(1, probes)
            self.probing = probing
            self.probeWait = probeWait
        }

        /// How long the opening number `opening` (from 1) lasts; `draw` is in 0 ..< 1.
        func wait(opening: Int, draw: Double) -> Duration {
            Backoff(base: wait, factor: 2, cap: waitCap).ceiling(attempt: opening) * (1 + jitter * (2 * draw - 1))
        }
    }

    /// What a breaker does with calls.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Lets all through and watches.
        case closed
        /// Lets none through until its wait is over.
        case open
        /// Lets a few through to find out.
        case halfOpen = "half_open"
        /// Lets none through until a person resets it.
        case forcedOpen = "forced_open"
        /// Lets all through and does not watch.
        case disabled
        /// Lets all through, watches, and tells once when it would have opened.
        case metricsOnly = "metrics_only"
    }

    /// How a call ended.
    public enum Outcome: Sendable, Hashable {
        /// The other side does its work.
        case success
        /// It does not.
        case failure
        /// The call says nothing about it (it was cancelled, or refused before it was sent).
        case ignored
    }

    /// The right to make one call. Give it back with ``record(_:_:took:at:draw:)``, whatever came of the call.
    public struct Permit: Sendable, Hashable {
        /// The period between two changes in which the permit was given: what is recorded later changes nothing.
        let generation: UInt64
    }

    /// The answer to somebody who wants to call.
    public struct Admission: Sendable, Hashable {
        /// The right to call; nil when the call is refused.
        public var permit: Permit?
        /// To somebody who was refused: when to ask again; nil when time alone will not help.
        public var retryAfter: Duration?
        /// What changed by asking, in order.
        public var changes: [Change]
    }

    /// A change of the state. It is handed out once, to the call that caused it. With `metricsOnly` on both sides it
    /// says that the breaker would have opened.
    public struct Change: Sendable, Hashable {
        /// The state before.
        public var from: State
        /// The state after.
        public var to: State
        /// Why.
        public var reason: Reason

        /// Makes a change.
        public init(from: State, to: State, reason: Reason) {
            self.from = from
            self.to = to
            self.reason = reason
        }
    }

    /// Why a breaker changed.
    public enum Reason: Sendable, Hashable, CustomStringConvertible {
        /// So many of so many calls failed.
        case failures(Int, of: Int)
        /// So many of so many calls were slow.
        case slowCalls(Int, of: Int)
        /// The wait is over.
        case waited
        /// The probes ended well.
        case recovered
        /// The probes did not end in time.
        case probesOverdue
        /// A person wanted it.
        case ordered

        /// In words: `6 of 10 calls failed`.
        public var description: String {
            switch self {
            case .failures(let count, let all): "\(count) of \(all) calls failed"
            case .slowCalls(let count, let all): "\(count) of \(all) calls were slow"
            case .waited: "its wait is over"
            case .recovered: "the probes succeeded"
            case .probesOverdue: "the probes did not end in time"
            case .ordered: "by order"
            }
        }
    }
}
