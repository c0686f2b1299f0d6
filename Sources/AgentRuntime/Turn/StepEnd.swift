internal import Values

/// How a step ended.
struct StepEnd: Sendable {
    enum Kind: Sendable {
        case finished(JSON)
        case skipped(reason: String)
        case failed(OperonError)
        /// A budget left nothing for it.
        case starved(budget: String)
        case cancelled
        case suspended(Suspension)
        case diverged
    }

    var kind: Kind
    var usage = Usage()
    /// Whether a failure may go away by itself.
    var isRetryable = false
    /// Whether an unsafe effect was done on the way, or may have been: doing the whole again would do it again.
    var isUnrepeatable = false
    /// Why the result is worse than it should be.
    var reasons: [String] = []
    /// The budget that cut the result short.
    var truncated: String?
    /// What was called with what and gave what, for loop detection.
    var calls: [CallRecord] = []

    init(_ kind: Kind, usage: Usage = Usage()) {
        self.kind = kind
        self.usage = usage
    }
}

/// One call as the loop detector sees it.
struct CallRecord: Sendable, Hashable {
    var callee: String
    var arguments: JSON
    var result: JSON
}

/// Notices that an agent goes round in circles: the same call with the same arguments and the same result in three
/// rounds, or a round that did nothing but repeat the one before.
struct LoopDetector: Sendable {
    private var rounds: [[CallRecord]] = []

    /// Takes the calls of a round, in declared order; returns what was repeated when that is a loop.
    mutating func note(_ calls: [CallRecord]) -> CallRecord? {
        defer { rounds.append(calls) }
        guard let last = rounds.last else { return nil }
        if let first = calls.first, calls.allSatisfy(last.contains) { return first }
        return calls.first { call in rounds.count(where: { $0.contains(call) }) >= 2 }
    }
}
