/// A gate that somebody who is asked too much closes for a while (HTTP 429 with `Retry-After`). Nothing has failed, so
/// it is kept apart from the breaker. A pure value: time comes in as nanoseconds of a monotonic clock.
public struct RateGate: Sendable, Hashable {
    /// The longest time for which it is closed, whatever is asked. Defaults to 300 s.
    public let cap: Duration
    private var opensAt: UInt64 = 0

    /// Makes an open gate.
    public init(cap: Duration = .seconds(300)) { self.cap = cap }

    /// Closes it for `wait`. Of two moments the later one counts. Returns for how long it is closed now, when that is
    /// longer than before; nil when nothing changed.
    public mutating func close(for wait: Duration, at now: UInt64) -> Duration? {
        let length = min(wait, cap).wholeNanoseconds
        let moment = now.addingSaturated(length)
        guard length > 0, moment > opensAt else { return nil }
        opensAt = moment
        return .nanoseconds(length)
    }

    /// How long it stays closed; nil when it is open.
    public func wait(at now: UInt64) -> Duration? { now < opensAt ? .nanoseconds(opensAt - now) : nil }
}
