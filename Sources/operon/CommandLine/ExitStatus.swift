import AgentRuntime

/// What the process tells its caller.
enum ExitStatus: Int32, Error {
    case completed = 0
    case failed = 1
    case usage = 2
    case declined = 3
    case truncated = 4
    case degraded = 5
    case diverged = 6
    case cancelled = 130

    /// The status of an outcome; nil stands for a turn that waits for a person.
    init(_ outcome: Outcome?) {
        switch outcome {
        case .completed: self = .completed
        case .degraded: self = .degraded
        case .truncated: self = .truncated
        case .awaiting, nil: self = .declined
        case .cancelled: self = .cancelled
        case .failed: self = .failed
        }
    }
}
