internal import Synchronization
internal import Values

/// Where the chance in waits comes from. Handed in, so that tests and replays own it.
public struct Draws: Sendable {
    private let draw: @Sendable () -> Double

    /// Takes draws from a function that gives numbers in 0 ..< 1.
    public init(_ draw: @escaping @Sendable () -> Double) { self.draw = draw }

    /// The system's generator.
    public static let system = Draws { Double.random(in: 0..<1) }

    /// The sequence of a seed.
    public static func seeded(_ seed: UInt64) -> Draws {
        let sequence = Sequence(seed)
        return Draws { sequence.random.withLock { $0.unit() } }
    }

    private final class Sequence: Sendable {
        let random: Mutex<SeededRandom>
        init(_ seed: UInt64) { random = Mutex(SeededRandom(seed: seed)) }
    }

    /// The next one.
    func callAsFunction() -> Double { draw() }
}
