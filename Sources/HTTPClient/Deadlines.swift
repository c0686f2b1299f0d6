/// The three clocks of a transfer, in nanoseconds of the monotonic clock. Pure: time is handed in.
///
/// libcurl's own low-speed limit counts whole seconds and goes on while a body is paused; so these are kept here.
struct Deadlines {
    private var total: UInt64
    private let connect: UInt64
    private let idleSpan: UInt64
    /// Never, until the request is sent, and while the body is paused.
    private var idle = UInt64.max
    private var isConnecting = true

    init(_ limits: HTTPLimits, from now: UInt64) {
        total = Self.add(now, limits.total)
        connect = Self.add(now, limits.connect)
        idleSpan = Self.add(0, limits.idle)
    }

    /// The connection stands and the request goes out.
    mutating func requested(at now: UInt64) {
        isConnecting = false
        touched(at: now)
    }

    /// A header line or a piece of the body has come, or the reader is ready again.
    mutating func touched(at now: UInt64) { idle = Self.saturated(now, idleSpan) }

    /// The whole ends at `moment` at the latest.
    mutating func shorten(to moment: UInt64) { total = min(total, moment) }

    /// The body is paused: only the total goes on.
    mutating func paused() { idle = .max }

    /// The earliest moment at which something may be due.
    var next: UInt64 { min(total, isConnecting ? connect : idle) }

    /// What is due at `now`; of several the earliest.
    func due(at now: UInt64) -> HTTPFailure.Kind? {
        guard next <= now else { return nil }
        if next == total { return .totalTimeout }
        return isConnecting ? .connectTimeout : .idleTimeout
    }

    private static func add(_ now: UInt64, _ span: Duration) -> UInt64 {
        let (seconds, attoseconds) = span.components
        guard seconds >= 0, attoseconds >= 0 else { return now }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return .max }
        return saturated(now, saturated(whole, UInt64(attoseconds / 1_000_000_000)))
    }

    private static func saturated(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }
}
