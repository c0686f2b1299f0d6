public import Values

/// A small dataflow as data: steps whose inputs refer to earlier results. A step starts as soon as everything that it
/// refers to is there; the order of declaration decides only how results are merged.
public struct Playbook: Sendable {
    /// The steps in declared order.
    public var steps: [PlaybookStep]

    /// Makes a playbook.
    public init(steps: [PlaybookStep]) { self.steps = steps }
}

/// One step of a playbook.
public struct PlaybookStep: Sendable {
    /// What the step does.
    public enum Action: Sendable {
        /// Calls a tool; the step's result is the tool's.
        case tool(name: String, arguments: Template)
        /// Gives another agent a goal; the step's result is that agent's answer.
        case delegate(agent: String, goal: Template)
        /// Asks the person; the step's result is `{"answer": …}`.
        case ask(question: Template, options: Template)
        /// Makes the agent's answer. The first answer step in declared order that runs wins.
        case answer(Template, outcome: AnswerOutcome)
    }

    /// What an answer step says of its answer.
    public enum AnswerOutcome: String, Sendable, Hashable, CaseIterable {
        /// The goal is reached.
        case completed
        /// The answer is a question back to the person.
        case awaiting
        /// The answer is worse than it should be.
        case degraded
    }

    /// What happens to the turn when the step fails for good.
    public enum ErrorPolicy: String, Sendable, Hashable, CaseIterable {
        /// The turn fails; siblings that run already are let finish.
        case fail
        /// The step counts as skipped.
        case `continue`
        /// The step counts as skipped and the outcome becomes `degraded`.
        case degrade
    }

    /// Does the step once per element of a list.
    public struct ForEach: Sendable {
        /// The list.
        public var list: Expression
        /// The name under which the element is seen.
        public var variable: String
        /// How many elements at most; more truncate the step. Defaults to 100.
        public var limit: Int

        /// Makes a repetition.
        public init(list: Expression, variable: String = "item", limit: Int = 100) {
            self.list = list
            self.variable = variable
            self.limit = limit
        }
    }

    /// How often a failing step is tried again.
    public struct Retry: Sendable, Hashable {
        /// Attempts in all, at least 1. Defaults to 1.
        public var attempts: Int
        /// The ceiling of the first delay, in milliseconds; it doubles, with full jitter. Defaults to 100.
        public var backoffMilliseconds: Int
        /// Error codes that are worth another attempt; empty means every failure that says it is retryable.
        public var codes: [String]

        /// Makes a retry policy.
        public init(attempts: Int = 1, backoffMilliseconds: Int = 100, codes: [String] = []) {
            self.attempts = attempts
            self.backoffMilliseconds = backoffMilliseconds
            self.codes = codes
        }
    }

    /// The name by which others refer to the result: `^[a-z][a-z0-9_]{0,63}$`, unique in the playbook.
    public var id: String
    /// What it does.
    public var action: Action
    /// The step is skipped unless this is true; nil means always.
    public var condition: Expression?
    /// Does the step once per element; nil means once.
    public var forEach: ForEach?
    /// Steps that must have ended first although nothing of theirs is referred to.
    public var after: [String]
    /// How often to try.
    public var retry: Retry
    /// How long one attempt may take, in milliseconds; nil means as long as the turn.
    public var timeoutMilliseconds: Int?
    /// What a failure means for the turn.
    public var onError: ErrorPolicy
    /// Where the step stands.
    public var place: SourcePlace
    /// Whether a language model proposed the step. Such a step does nothing unsafe without a person's approval.
    public var isProposed = false

    /// Makes a step.
    public init(
        id: String, action: Action, condition: Expression? = nil, forEach: ForEach? = nil, after: [String] = [],
        retry: Retry = Retry(), timeoutMilliseconds: Int? = nil, onError: ErrorPolicy = .fail,
        place: SourcePlace = SourcePlace(file: "<code>", line: 1)
    ) {
        self.id = id
        self.action = action
        self.condition = condition
        self.forEach = forEach
        self.after = after
        self.retry = retry
        self.timeoutMilliseconds = timeoutMilliseconds
        self.onError = onError
        self.place = place
    }
}
