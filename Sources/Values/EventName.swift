/// The kinds of envelopes. These names are on the wire and in every recorded trace: they never change meaning, and a
/// test lists them all.
public enum EventName: String, Sendable, Hashable, CaseIterable {
    case sessionOpened = "session.opened"
    case messageReceived = "message.received"
    case turnStarted = "turn.started"
    case phaseEntered = "phase.entered"
    case planMade = "plan.made"
    case stepStarted = "step.started"
    case stepFinished = "step.finished"
    case effectRequested = "effect.requested"
    case effectCompleted = "effect.completed"
    case effectFailed = "effect.failed"
    case modelDelta = "model.delta"
    case messageSent = "message.sent"
    case questionAsked = "question.asked"
    case artifactWritten = "artifact.written"
    case budgetWarned = "budget.warned"
    case breakerChanged = "breaker.changed"
    case agentRestarted = "agent.restarted"
    case log = "log"
    case turnSuspended = "turn.suspended"
    case turnFinished = "turn.finished"
    case sessionInterrupted = "session.interrupted"
    case sessionClosed = "session.closed"

    /// Whether the event belongs to the proof: it stands in the canonical form and replay must reproduce it. The rest
    /// tells how a run went this time (gauges, logs, interruptions) and may differ between equal runs.
    public var isCanonical: Bool {
        switch self {
        case .modelDelta, .budgetWarned, .breakerChanged, .agentRestarted, .log, .turnSuspended,
            .sessionInterrupted:
            false
        default: true
        }
    }
}

/// Topic names. A topic is a dot-separated name; a subscription pattern may use `*` for one part and a final `**`
/// for any number of parts.
public enum TopicName {
    /// What is said to an agent.
    public static func agentMessage(_ agent: String) -> String { "agent.message." + agent }
    /// What a session's console shows.
    public static func consoleLog(_ session: String) -> String { "console.log." + session }
    /// How a session's agents reason: phases, plans, steps, effects.
    public static func reasoningStep(_ session: String) -> String { "reasoning.step." + session }
}
