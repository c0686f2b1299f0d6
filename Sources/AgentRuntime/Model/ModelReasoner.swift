internal import LanguageModels
public import Values

/// The reasoner that asks a language model, where a prompt says so: it offers the agent's tools, delegates and playbook,
/// runs what the model calls as steps like any other, and has the answer made from their results.
///
/// A phase without a prompt follows the playbook. When the model fails, or its answers keep breaking the form, the turn
/// goes on with the playbook and its outcome is `degraded`, with the reason.
public struct ModelReasoner: Reasoner {
    /// `model`
    public let name = "model"
    let models: ModelTeam
    let prompts: PromptLibrary
    let spec: String?
    let embedded = EmbeddedReasoner()

    /// Makes a reasoner. `spec` is how a person named the models (`openai:NAME`); it is written into the log for those
    /// who resume the session.
    public init(models: ModelTeam, prompts: PromptLibrary, spec: String? = nil) {
        self.models = models
        self.prompts = prompts
        self.spec = spec
    }

    /// The reasoner of a recorded session, from what the session wrote as ``facts``; its models can only be answered
    /// from the recording.
    public init(recorded facts: JSON, prompts: PromptLibrary) {
        self.init(
            models: ModelTeam(recorded: facts["tiers"] ?? .null), prompts: prompts, spec: facts["spec"]?.string)
    }

    /// `{"spec","tiers","prompts"}`: how the models were named, their profiles, and the digest of the prompts.
    public var facts: JSON? {
        ["spec": .optional(spec), "tiers": models.json, "prompts": .string(prompts.digest)]
    }

    /// Takes the goal as it is.
    public func observe(
        _ observation: Observation, as definition: AgentDefinition, at site: PhaseSite
    ) -> Observation { observation }

    /// Asks the model what to do next; in a later round it first learns what came of the round before.
    public func plan(
        _ observation: Observation, after previous: Execution?, as definition: AgentDefinition, at site: PhaseSite
    ) async throws -> Plan {
        guard let prompt = prompts[definition.name, .plan] else {
            return embedded.plan(observation, after: previous, as: definition)
        }
        var thread: ModelThread
        if let earlier = previous?.thread, let previous {
            thread = earlier
            if thread.givenUp != nil {
                var plan = embedded.plan(observation, after: previous, as: definition)
                plan.thread = thread
                return plan
            }
            thread.take(previous, feedback: observation.feedback)
        } else {
            let (system, task) = prompt.render(PromptValues(observation, definition))
            thread = ModelThread(
                Conversation(system: system, entries: [.user(task)]), isPrivate: prompt.isPrivate)
        }
        let planner = ModelPlanner(
            definition: definition, model: models[definition.tier], site: site, previous: previous,
            wanted: Set((observation.feedback["steps"]?.array ?? []).compactMap(\.string)))
        return try await planner.plan(&thread)
    }

    /// Where the model waits for results, the turn goes on; where it has come to its end, the declared checks decide,
    /// and then the model, if it has a prompt for it.
    public func reflect(
        on execution: Execution, of observation: Observation, as definition: AgentDefinition, at site: PhaseSite
    ) async throws -> Reflection {
        guard let thread = execution.thread else {
            return embedded.reflect(on: execution, of: observation, as: definition)
        }
        var observation = observation
        observation.round -= thread.openRounds
        let isCut = execution.truncated != nil
        switch thread.ending {
        case .open where !isCut: return .goOn(feedback: "")
        case .impossible(let reason):
            return .giveUp(
                OperonError(
                    code: "model_declined", "\(definition.name) cannot reach its goal: \(reason)", at: site.path))
        default: break
        }
        let own = embedded.reflect(on: execution, of: observation, as: definition)
        if thread.givenUp != nil || isCut { return own }
        switch own {
        case .giveUp(let error) where error.code == "no_answer":
            return .goOn(
                feedback: "No answer can be made yet: the answer steps of the playbook lack results. "
                    + Self.missing(in: execution, definition))
        case .answer(let answer, let outcome, let reasons):
            guard let prompt = prompts[definition.name, .reflect], outcome == .completed else { return own }
            let review = ModelReview(
                definition: definition, model: models[definition.tier], site: site, prompt: prompt)
            return try await review.judge(
                answer, reasons, execution, observation, round: observation.round, callCount: thread.callCount)
        default: return own
        }
    }

    /// Which steps have no result.
    private static func missing(in execution: Execution, _ definition: AgentDefinition) -> String {
        let missing = definition.playbook.steps.filter { step in
            if case .finished = execution.scope.steps[step.id] { return false }
            return FunctionOffer.function(of: step) != nil
        }
        return "Without result: \(missing.map(\.id).joined(separator: ", "))."
    }
}
