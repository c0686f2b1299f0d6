/// Limits how much is used per time, with a burst. Whoever takes more than is there goes into debt and waits until it
/// is paid: so those who wait are served in the order in which they came. A pure value: time comes in as nanoseconds
/// of a monotonic clock.
public struct TokenBucket: Sendable, Hashable {
    /// How much fits: the burst.
    public let capacity: Double
    /// How much flows in per nanosecond.
    private let rate: Double
    /// What is there; negative while somebody waits.
    private var level: Double
    private var filledAt: UInt64?

    /// A full bucket into which `amount` flows per `period`; it holds `burst`, or else `amount`.
    public init(_ amount: Int, per period: Duration, burst: Int? = nil) {
        capacity = Double(max(1, burst ?? amount))
        rate = Double(max(1, amount)) / Double(max(1, period.wholeNanoseconds))
        level = capacity
    }

    /// Takes `amount` and tells how long to wait before using it: zero when it is there. More than fits into the
    /// bucket is taken as a full one, since it could never be there.
    public mutating func take(_ amount: Int, at now: UInt64) -> Duration {
        fill(at: now)
        level -= min(Double(max(0, amount)), capacity)
        return wait(for: -level)
    }

    /// How long ``take(_:at:)`` would tell to wait.
    public func wait(for amount: Int, at now: UInt64) -> Duration {
        var copy = self
        return copy.take(amount, at: now)
    }

    /// Puts back what was taken and not used. A negative amount takes what was used beyond what was taken.
    public mutating func giveBack(_ amount: Int, at now: UInt64) {
        fill(at: now)
        level = min(capacity, level + min(Double(amount), capacity))
    }

    private mutating func fill(at now: UInt64) {
        if let filledAt, now > filledAt { level = min(capacity, level + Double(now - filledAt) * rate) }
        filledAt = max(filledAt ?? now, now)
    }

    private func wait(for debt: Double) -> Duration {
        // What rounding leaves of nothing is no debt.
        debt <= 1e-9 ? .zero : .nanoseconds(Int64((debt / rate).rounded(.up)))
    }
}
