internal import Synchronization

/// Where a reasoner fills a phase: the phase's place on the log, what the turn may still use, and the way to the
/// outside, which leads over the log.
public struct PhaseSite: Sendable {
    /// The phase's effect path: `t1/plan`, `t1/r2/reflect`.
    public let path: String
    /// What the turn may still use.
    public let remaining: Usage
    let environment: TurnEnvironment
    let meter: PhaseMeter?

    /// Books what the phase has used.
    func spend(_ usage: Usage) { meter?.add(usage) }
}

/// Counts what a phase uses until its turn books it. A class, because a phase may make several calls at once.
final class PhaseMeter: Sendable {
    private let used = Mutex(Usage())

    func add(_ usage: Usage) { used.withLock { $0 += usage } }

    var total: Usage { used.withLock { $0 } }

    func take() -> Usage {
        used.withLock { used in
            defer { used = Usage() }
            return used
        }
    }
}
