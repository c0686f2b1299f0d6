public import Values

/// What an agent sees before it plans.
public struct Observation: Sendable {
    /// The goal: what the caller gave.
    public var input: JSON
    /// The database and other context that travels with every request.
    public var context: JSON
    /// The round, from 1.
    public var round: Int
    /// What a failed check said in the round before; null in the first.
    public var feedback: JSON

    /// Makes an observation.
    public init(input: JSON, context: JSON, round: Int = 1, feedback: JSON = .null) {
        self.input = input
        self.context = context
        self.round = round
        self.feedback = feedback
    }

    /// The values that expressions see.
    var values: [String: JSON] {
        ["input": input, "context": context, "round": .int(round), "feedback": feedback]
    }
}

/// What an agent means to do in a round: a dataflow graph, and results that are kept from the round before.
public struct Plan: Sendable {
    /// The steps, in declared order.
    public var steps: [PlaybookStep]
    /// Which of them run in this round; the others keep their state.
    public var running: [String]
    /// The states kept, by step id.
    public var kept: [String: Scope.StepState]
    /// Why the plan is worse than it should be: it makes the outcome `degraded`.
    public var reasons: [String] = []
    /// The budget that kept the plan from being what it should be, if one did.
    public var truncated: String?
    /// The conversation with a language model that led to the plan; nil when there was none.
    var thread: ModelThread?
    /// Whether every step runs.
    var isWhole: Bool { running.count == steps.count && kept.isEmpty }

    /// Makes a plan.
    public init(steps: [PlaybookStep], running: [String], kept: [String: Scope.StepState] = [:]) {
        self.steps = steps
        self.running = running
        self.kept = kept
    }

    /// Whether the steps are the playbook's own, so that its graph can be used. Two arrays with one buffer are equal.
    func follows(_ playbook: Playbook) -> Bool {
        steps.count == playbook.steps.count
            && steps.withUnsafeBufferPointer { mine in
                playbook.steps.withUnsafeBufferPointer { $0.baseAddress == mine.baseAddress }
            }
    }
}

/// What came of a plan.
public struct Execution: Sendable {
    /// How every step ended.
    public var scope: Scope
    /// The answer of the first answer step that ran, if one did.
    public var answer: JSON?
    /// What that step says of it.
    public var answerOutcome: PlaybookStep.AnswerOutcome
    /// Why the answer is worse than it should be, in declared order.
    public var reasons: [String]
    /// The first failure, in declared order, that the playbook does not allow for.
    public var failure: OperonError?
    /// The budget that cut the work short, if one did.
    public var truncated: String?
    /// The conversation with a language model that the plan came from.
    var thread: ModelThread?

    /// Makes an execution.
    public init(
        scope: Scope, answer: JSON? = nil, answerOutcome: PlaybookStep.AnswerOutcome = .completed,
        reasons: [String] = [], failure: OperonError? = nil, truncated: String? = nil
    ) {
        self.scope = scope
        self.answer = answer
        self.answerOutcome = answerOutcome
        self.reasons = reasons
        self.failure = failure
        self.truncated = truncated
    }
}

/// What an agent concludes from a round.
public enum Reflection: Sendable {
    /// This is the answer; the reasons, if any, make it `degraded`.
    case answer(JSON, outcome: PlaybookStep.AnswerOutcome, reasons: [String])
    /// Run these steps, and what depends on them, again.
    case again(steps: [String], feedback: String)
    /// The work is not finished, as planned: another round, which is no repetition and counts as none. `feedback` is
    /// what the planner should know; empty when there is nothing.
    case goOn(feedback: String)
    /// Ask the person.
    case ask(question: String)
    /// It cannot be done.
    case giveUp(OperonError)
}

/// Fills the phases of a turn. Two kinds sit in the same seat: one that follows the playbook, and one that asks a
/// language model. Everything downstream is identical.
public protocol Reasoner: Sendable {
    /// The name that traces show.
    var name: String { get }
    /// What its decisions depend on besides the agents, such as the model and the prompts: written into the log when a
    /// session opens, so that a replay can be made with the same. Nil when there is nothing.
    var facts: JSON? { get }
    /// Takes in the goal, and from the second round on what went wrong.
    func observe(_ observation: Observation, as definition: AgentDefinition, at site: PhaseSite) async throws
        -> Observation
    /// Decides what to do.
    func plan(
        _ observation: Observation, after previous: Execution?, as definition: AgentDefinition, at site: PhaseSite
    ) async throws -> Plan
    /// Judges what came of it.
    func reflect(
        on execution: Execution, of observation: Observation, as definition: AgentDefinition, at site: PhaseSite
    ) async throws -> Reflection
}

extension Reasoner {
    /// Nothing.
    public var facts: JSON? { nil }
}
