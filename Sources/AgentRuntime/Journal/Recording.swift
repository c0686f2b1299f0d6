public import Values

/// What a log says happened, indexed by effect path. A journal reads from it instead of acting, as far as it reaches.
public struct Recording: Sendable {
    /// Canonical envelopes by path, in the order in which they were said.
    private(set) var entries: [String: [Envelope]]
    /// Turns that were stopped from outside, by their paths.
    private(set) var interruptions: [String: Interruption]
    /// How many canonical envelopes there are.
    public let count: Int

    /// Indexes `envelopes`, which stand in arrival order.
    public init(_ envelopes: [Envelope]) {
        var entries: [String: [Envelope]] = [:]
        var interruptions: [String: Interruption] = [:]
        var count = 0
        for envelope in envelopes where envelope.kind.isCanonical {
            entries[envelope.path, default: []].append(envelope)
            count += 1
            guard envelope.kind == .turnFinished else { continue }
            if let outcome = Outcome(json: envelope.payload), let interruption = Interruption(outcome) {
                interruptions[envelope.path] = interruption
            }
        }
        self.entries = entries
        self.interruptions = interruptions
        self.count = count
    }

    /// How the innermost turn around `path` that was stopped from outside was stopped; nil when none was.
    func interruption(around path: String) -> Interruption? {
        if interruptions.isEmpty { return nil }
        var prefix = Substring(path)
        while true {
            if let interruption = interruptions[String(prefix)] { return interruption }
            guard let slash = prefix.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
            prefix = prefix[..<slash]
        }
    }
}

/// Why a turn is stopped from outside.
public enum Interruption: Sendable, Hashable {
    /// Somebody cancelled it.
    case cancelled(by: String)
    /// Its time is up.
    case deadline

    init?(_ outcome: Outcome) {
        switch outcome {
        case .cancelled(let by): self = .cancelled(by: by)
        case .truncated(budget: "wall"): self = .deadline
        default: return nil
        }
    }
}

/// A replayed run that did something else than the recording says.
public struct Divergence: Error, Sendable, CustomStringConvertible {
    /// What kind of difference it is.
    public enum Kind: String, Sendable {
        /// The same place says something else.
        case different
        /// The run says more than the recording at this place.
        case extra
        /// The recording ends before the run does: a result that the run needs is not there.
        case exhausted
        /// The recording says more than the run did.
        case leftOver = "left_over"
    }

    /// What kind.
    public var kind: Kind
    /// The effect path where it happened.
    public var path: String
    /// What the recording says: `{"kind","sender","payload"}`, or null.
    public var recorded: JSON
    /// What the run said: the same shape, or null.
    public var replayed: JSON

    /// `{"kind","path","recorded","replayed"}`
    public var json: JSON {
        ["kind": .string(kind.rawValue), "path": .string(path), "recorded": recorded, "replayed": replayed]
    }

    /// The place and both sides.
    public var description: String {
        "replay diverged at \(path) (\(kind.rawValue)):\n  recorded: \(recorded)\n  replayed: \(replayed)"
    }
}
