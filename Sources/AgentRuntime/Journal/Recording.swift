public import Values

/// What a log says happened, indexed by effect path. A journal reads from it instead of acting, as far as it reaches.
public struct Recording: Sendable {
    /// Canonical envelopes by path, in the order in which they were said.
    private(set) var entries: [String: [Envelope]]
    /// Turns that were stopped from outside, by their paths.
    private(set) var interruptions: [String: Interruption]
    /// Steps that were stopped.
    private var stoppedSteps: Set<String> = []
    /// Turns that have ended.
    private var finished: Set<String> = []
    /// Turns that were being stopped, whether they came to their end or not.
    private(set) var stops: [String: Interruption] = [:]
    /// Turns that waited for a person.
    private var suspended: Set<String> = []
    /// How many canonical envelopes there are.
    public let count: Int

    /// Indexes `envelopes`, which stand in arrival order.
    public init(_ envelopes: [Envelope]) {
        var entries: [String: [Envelope]] = [:]
        var interruptions: [String: Interruption] = [:]
        var count = 0
        for envelope in envelopes {
            guard envelope.kind.isCanonical else {
                if envelope.kind == .turnSuspended { suspended.insert(envelope.path) }
                if envelope.kind == .log, let stop = Interruption(json: envelope.payload) {
                    stops[envelope.path] = stop
                }
                continue
            }
            entries[envelope.path, default: []].append(envelope)
            count += 1
            if envelope.kind == .stepFinished, envelope.payload["status"] == "cancelled" {
                stoppedSteps.insert(envelope.path)
            }
            guard envelope.kind == .turnFinished else { continue }
            finished.insert(envelope.path)
            interruptions[envelope.path] = Interruption(ended: envelope.payload)
        }
        self.entries = entries
        self.interruptions = interruptions
        self.count = count
    }

    /// How the innermost turn around `path` that was stopped from outside was stopped; nil when none was.
    func interruption(around path: String) -> Interruption? {
        if interruptions.isEmpty { return nil }
        return Self.innermost(path) { interruptions[$0] }
    }

    /// Whether a step or a turn around `path` was stopped, so that nothing new may begin there.
    func refuses(_ path: String) -> Bool {
        if interruptions.isEmpty && stoppedSteps.isEmpty { return false }
        return Self.innermost(path) { interruptions[$0] != nil || stoppedSteps.contains($0) ? true : nil } ?? false
    }

    /// Whether the turn at `path` has ended.
    func hasFinished(_ path: String) -> Bool { finished.contains(path) }

    /// Whether a turn around `path` has ended, so that nothing more may be said there.
    func hasFinished(around path: String) -> Bool {
        if finished.isEmpty { return false }
        return Self.innermost(path) { finished.contains($0) ? true : nil } ?? false
    }

    /// Whether the session ended while the turn around `path` waited for a person.
    func waits(at path: String) -> Bool {
        if suspended.isEmpty || hasFinished(around: path) { return false }
        return Self.innermost(path) { suspended.contains($0) ? true : nil } ?? false
    }

    /// The first that `find` knows of `path`, its parent, and so on upwards.
    private static func innermost<Found>(_ path: String, _ find: (String) -> Found?) -> Found? {
        var prefix = Substring(path)
        while true {
            if let found = find(String(prefix)) { return found }
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

    /// Reads from the payload of `turn.finished` whether the turn was stopped.
    init?(ended payload: JSON) {
        if payload["stopped"] == "deadline" {
            self = .deadline
        } else if payload["outcome"] == "cancelled" {
            self = .cancelled(by: payload["by"]?.string ?? "")
        } else {
            return nil
        }
    }

    /// The payload of the `log` event that says that a turn is being stopped: whoever resumes goes on stopping it.
    var json: JSON {
        switch self {
        case .cancelled(let by): ["message": "stopping", "by": .string(by)]
        case .deadline: ["message": "stopping", "budget": "wall"]
        }
    }

    init?(json: JSON) {
        guard json["message"] == "stopping" else { return nil }
        if let by = json["by"]?.string { self = .cancelled(by: by) } else { self = .deadline }
    }

    /// How a turn that is stopped in this way ends.
    var outcome: Outcome {
        switch self {
        case .cancelled(let by): .cancelled(by: by)
        case .deadline: .truncated(budget: "wall")
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
    /// The sequence number of the recorded event; nil when there is none.
    var seq: Int?

    /// Whether this tells more of the cause than `other`: it was recorded earlier. Sequence numbers are part of the
    /// recording, so the choice does not depend on the timing of the replay.
    func isBefore(_ other: Divergence) -> Bool {
        let mine = seq ?? .max
        let theirs = other.seq ?? .max
        return mine == theirs ? PathOrder.precedes(path, other.path) : mine < theirs
    }

    /// `{"kind","path","recorded","replayed"}`
    public var json: JSON {
        ["kind": .string(kind.rawValue), "path": .string(path), "recorded": recorded, "replayed": replayed]
    }

    /// The place and both sides.
    public var description: String {
        "replay diverged at \(path) (\(kind.rawValue)):\n  recorded: \(recorded)\n  replayed: \(replayed)"
    }
}
