public import Values

/// How a turn ended. Every way of ending is named; nothing else leaves a turn.
public enum Outcome: Sendable, Hashable {
    /// The goal is reached.
    case completed
    /// There is an answer, worse than it should be for these reasons.
    case degraded(reasons: [String])
    /// A budget ended the work; the answer holds what there was. The name of what ran out: `steps`, `calls`,
    /// `rounds`, `tokens`, `microcost`, `rows`, `bytes`, `wall`.
    case truncated(budget: String)
    /// A person must say something first.
    case awaiting(question: String)
    /// Somebody stopped it.
    case cancelled(by: String)
    /// It could not be done.
    case failed(OperonError)

    /// The name on the wire.
    public var name: String {
        switch self {
        case .completed: "completed"
        case .degraded: "degraded"
        case .truncated: "truncated"
        case .awaiting: "awaiting"
        case .cancelled: "cancelled"
        case .failed: "failed"
        }
    }

    /// `{"outcome": name}` with `reasons`, `budget`, `question`, `by` or `error` as the case has it.
    public var json: JSON {
        var object: JSONObject = ["outcome": .string(name)]
        switch self {
        case .completed: break
        case .degraded(let reasons): object["reasons"] = .strings(reasons)
        case .truncated(let budget): object["budget"] = .string(budget)
        case .awaiting(let question): object["question"] = .string(question)
        case .cancelled(let by): object["by"] = .string(by)
        case .failed(let error): object["error"] = error.json
        }
        return .object(object)
    }

    /// Reads ``json``.
    public init?(json: JSON) {
        switch json["outcome"]?.string {
        case "completed": self = .completed
        case "degraded": self = .degraded(reasons: (json["reasons"]?.array ?? []).compactMap(\.string))
        case "truncated": self = .truncated(budget: json["budget"]?.string ?? "")
        case "awaiting": self = .awaiting(question: json["question"]?.string ?? "")
        case "cancelled": self = .cancelled(by: json["by"]?.string ?? "")
        case "failed":
            guard let error = json["error"].flatMap(OperonError.init(json:)) else { return nil }
            self = .failed(error)
        default: return nil
        }
    }
}

/// What a turn gives back to whoever asked for it.
public struct TurnResult: Sendable {
    /// How it ended; nil when it is suspended and will go on when its ``suspension`` is answered.
    public var outcome: Outcome?
    /// The answer; null when there is none.
    public var answer: JSON
    /// What it used.
    public var usage: Usage
    /// What it waits for.
    public var suspension: Suspension?
    /// Whether the turn did something unsafe, or may have: it is not tried again as a whole.
    var isUnrepeatable = false

    /// Makes a result.
    public init(outcome: Outcome?, answer: JSON = .null, usage: Usage = Usage(), suspension: Suspension? = nil) {
        self.outcome = outcome
        self.answer = answer
        self.usage = usage
        self.suspension = suspension
    }
}

/// A turn that cannot go on until a person has spoken. It stays open on the log and is resumed with the answer.
public struct Suspension: Error, Sendable, Hashable {
    /// Why the turn waits.
    public enum Reason: String, Sendable, Hashable {
        /// A step asked a question.
        case question
        /// An unsafe effect was requested and the process died before its result was known.
        case unsafeEffect = "unsafe_effect"
    }

    /// Why.
    public var reason: Reason
    /// The effect path that the answer belongs to.
    public var path: String
    /// What the person is asked.
    public var question: String
    /// Answers to choose from; empty means free text.
    public var options: [String]

    /// `{"reason","path","question","options"}`
    public var json: JSON {
        [
            "reason": .string(reason.rawValue), "path": .string(path), "question": .string(question),
            "options": .strings(options),
        ]
    }
}
