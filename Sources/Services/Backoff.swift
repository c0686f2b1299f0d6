/// Exponential backoff with full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
///
/// | attempt | ceiling with base 100 ms, factor 2, cap 1 s |
/// |---|---|
/// | 1 | 100 ms |
/// | 2 | 200 ms |
/// | 4 | 800 ms |
/// | 5 and later | 1 s |
public struct Backoff: Sendable, Hashable {
    /// The ceiling of the first delay. Defaults to 100 ms.
    public var base: Duration
    /// By how much the ceiling grows per attempt. Defaults to 2.
    public var factor: Double
    /// The greatest ceiling. Defaults to 10 s.
    public var cap: Duration

    /// Makes a backoff.
    public init(base: Duration = .milliseconds(100), factor: Double = 2, cap: Duration = .seconds(10)) {
        self.base = base
        self.factor = factor
        self.cap = cap
    }

    /// The ceiling of the delay after attempt number `attempt` (from 1) failed.
    public func ceiling(attempt: Int) -> Duration {
        var ceiling = base
        for _ in 1..<max(1, min(attempt, 64)) {
            if ceiling >= cap { return cap }
            ceiling = ceiling * factor
        }
        return min(ceiling, cap)
    }

    /// The delay itself: uniform between nothing and the ceiling; `draw` is in 0 ..< 1.
    public func delay(attempt: Int, draw: Double) -> Duration { ceiling(attempt: attempt) * draw }
}

extension Duration {
    /// The whole nanoseconds of a duration that is not negative; saturates.
    public var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (scaled, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = scaled.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        return overflow || carry ? .max : sum
    }
}
