internal import Glibc
public import Values

/// Where the present comes from. Handed in everywhere, so that tests and simulations own time.
public protocol TimeSource: Sendable {
    /// The wall clock.
    func now() -> Timestamp
    /// Nanoseconds of a clock that never goes back; its zero means nothing.
    func monotonicNanoseconds() -> UInt64
    /// Returns after `nanoseconds`, or throws `CancellationError` as soon as the task is cancelled.
    func sleep(nanoseconds: UInt64) async throws
}

/// The machine's own clocks.
public struct SystemTime: TimeSource {
    /// Makes the source.
    public init() {}

    /// `CLOCK_REALTIME`, to the microsecond.
    public func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// `CLOCK_MONOTONIC`.
    public func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Suspends the task for real time.
    public func sleep(nanoseconds: UInt64) async throws {
        try await TimerThread.shared.sleep(nanoseconds: nanoseconds)
    }
}

/// Where fresh identifiers come from. Handed in, so that recorded runs give the same ones again.
public protocol IDSource: Sendable {
    /// A fresh identifier that starts with `prefix`; it matches `^[A-Za-z0-9_-]{1,64}$`.
    func next(_ prefix: String) -> String
}

/// Identifiers with 80 random bits from the system's generator, in Crockford's base 32.
public struct RandomIDs: IDSource {
    /// Makes the source.
    public init() {}

    /// `prefix`, an underscore and sixteen letters.
    public func next(_ prefix: String) -> String {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        var text = prefix
        text.append("_")
        for _ in 0..<2 {
            var bits = generator.next()
            for _ in 0..<8 {
                text.unicodeScalars.append(UnicodeScalar(alphabet[Int(bits & 31)]))
                bits >>= 5
            }
        }
        return text
    }
}
