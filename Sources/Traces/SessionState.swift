public import Values

/// Where a session stands, as its envelopes tell.
public enum SessionState: String, Sendable, Hashable {
    /// It works, or waits for a message.
    case open
    /// It waits for a person: a question was asked, or a turn is suspended.
    case awaiting
    /// It was closed.
    case closed
    /// It was found unfinished after a crash and marked so.
    case interrupted

    /// The state after one more envelope. Gauges and logs change nothing.
    public func after(_ envelope: Envelope) -> SessionState {
        switch envelope.kind {
        case .sessionClosed: .closed
        case .sessionInterrupted: .interrupted
        case .turnSuspended, .questionAsked: .awaiting
        case .turnFinished: envelope.payload["outcome"]?.string == "awaiting" ? .awaiting : .open
        // The request for an answer follows its question and must not hide it.
        case .effectRequested: self == .awaiting ? .awaiting : .open
        case .modelDelta, .budgetWarned, .breakerChanged, .agentRestarted, .log: self
        default: .open
        }
    }

    /// The state after all of them.
    public init(after envelopes: [Envelope]) {
        self = envelopes.reduce(.open) { $0.after($1) }
    }
}

/// What a store knows about a session without reading its envelopes.
public struct SessionRecord: Sendable, Hashable {
    /// The session's identifier.
    public var session: String
    /// Where it stands.
    public var state: SessionState
    /// When its first envelope was appended.
    public var openedAt: Timestamp
    /// Its last durable sequence number.
    public var lastSeq: Int

    /// `{"session","state","opened_at","events"}`
    public var json: JSON {
        [
            "session": .string(session), "state": .string(state.rawValue),
            "opened_at": .string(openedAt.description), "events": .int(lastSeq),
        ]
    }
}
