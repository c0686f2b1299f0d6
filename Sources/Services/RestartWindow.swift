/// Decides what a supervisor does with a part that failed: restart it after a backoff, or give up when it failed
/// more than `limit` times within `window`. The semantics are Erlang/OTP's restart intensity. A pure value: time comes
/// in as nanoseconds of a monotonic clock.
public struct RestartWindow: Sendable {
    /// What to do.
    public enum Decision: Sendable, Hashable {
        /// Restart after the backoff of this attempt (from 1 within the window).
        case restart(attempt: Int)
        /// The limit is exceeded: stop the part and tell whoever stands above.
        case giveUp
    }

    /// How many failures within the window are answered by a restart. Defaults to 3.
    public let limit: Int
    /// The window's length. Defaults to 10 s.
    public let window: Duration
    private var failures: [UInt64] = []
    /// Whether the supervisor has given up; it stays so until ``reset()``.
    public private(set) var hasGivenUp = false

    /// Makes a window without failures.
    public init(limit: Int = 3, window: Duration = .seconds(10)) {
        self.limit = limit
        self.window = window
    }

    /// Records a failure at `now` and decides.
    public mutating func failed(at now: UInt64) -> Decision {
        if hasGivenUp { return .giveUp }
        let length = window.wholeNanoseconds
        failures.removeAll { now &- $0 > length }
        failures.append(now)
        if failures.count > limit {
            hasGivenUp = true
            return .giveUp
        }
        return .restart(attempt: failures.count)
    }

    /// Forgets all failures: a person has put things right.
    public mutating func reset() {
        failures = []
        hasGivenUp = false
    }
}
