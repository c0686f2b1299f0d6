internal import LanguageModels
internal import Values

/// The conversation of one turn with a language model, carried from round to round with the plan. A value, so an agent
/// that runs several turns at once keeps nothing between them.
struct ModelThread: Sendable {
    /// How a call that the model asked for is answered.
    enum Answer: Sendable {
        /// By how this step ended.
        case step(String)
        /// By these words; nothing was run.
        case words(String)
    }

    /// What the plan means for the turn.
    enum Ending: Sendable, Hashable {
        /// The model waits for the results.
        case open
        /// The plan leads to the answer.
        case answer
        /// The model says that the goal cannot be reached.
        case impossible(String)
    }

    var conversation: Conversation
    /// The calls of the model's last answer, in order, and how each is answered.
    var pending: [(call: ToolCall, answer: Answer)] = []
    var ending = Ending.open
    /// Calls of the model in this turn.
    var callCount = 0
    /// Rounds that ended with the model waiting for results.
    var openRounds = 0
    /// How often the model called the work finished and no answer came of it.
    var emptyEndings = 0
    /// Why the turn goes on without the model; nil while it has one.
    var givenUp: String?
    /// Steps that ran because the model asked for them, the latest under each name.
    var steps: [PlaybookStep] = []
    /// Whether what is sent stays off the log.
    var isPrivate = false
    /// How many messages of the conversation the log holds already, and under which path it has the ones before.
    var logged: (count: Int, path: String)?

    init(_ conversation: Conversation, isPrivate: Bool) {
        self.conversation = conversation
        self.isPrivate = isPrivate
    }

    /// Tells the model how its calls ended, and what else it should know.
    mutating func take(_ previous: Execution, feedback: JSON) {
        answerPending(previous.scope)
        if ending == .open { openRounds += 1 }
        if ending == .answer && previous.answer == nil { emptyEndings += 1 }
        ending = .open
        guard let message = feedback["message"]?.string, !message.isEmpty else { return }
        let steps = (feedback["steps"]?.array ?? []).compactMap(\.string)
        let wanted = steps.isEmpty ? "" : "\nSteps to be done again: \(steps.joined(separator: ", "))."
        conversation.append(
            .user("The result does not hold yet:\n\(DataFence.fenced("feedback", text: message))\(wanted)"))
    }

    /// Answers the open calls; an answer of the model without calls needs none.
    mutating func answerPending(_ scope: Scope) {
        if pending.isEmpty { return }
        let results = pending.map { entry in
            switch entry.answer {
            case .words(let words):
                return ToolResult(callID: entry.call.id, name: entry.call.name, content: words, isError: true)
            case .step(let id): return Self.result(of: id, entry.call, scope)
            }
        }
        conversation.append(.toolResults(results))
        pending = []
    }

    /// What one result takes of the model's attention at most.
    private static let resultByteLimit = 8 << 10

    private static func result(of id: String, _ call: ToolCall, _ scope: Scope) -> ToolResult {
        switch scope.steps[id] {
        case .finished(let value):
            return ToolResult(
                callID: call.id, name: call.name,
                content: "The result has the name \(id).\n"
                    + DataFence.fenced(id, value, limit: resultByteLimit))
        case .failed(let message):
            return ToolResult(
                callID: call.id, name: call.name,
                content: "Step \(id) failed:\n\(DataFence.fenced("error", text: message))", isError: true)
        case .skipped, nil:
            return ToolResult(
                callID: call.id, name: call.name,
                content: "Step \(id) did not run: what it needs is not there.", isError: true)
        }
    }

    /// The step that did the same work before, if one did.
    func earlier(like step: PlaybookStep) -> PlaybookStep? {
        guard let function = FunctionOffer.function(of: step) else { return nil }
        return steps.first { known in
            FunctionOffer.function(of: known) == function
                && FunctionOffer.arguments(of: known) == FunctionOffer.arguments(of: step)
        }
    }

    /// Notes that a step runs at the model's word.
    mutating func note(_ step: PlaybookStep) {
        steps.removeAll { $0.id == step.id }
        steps.append(step)
    }
}
