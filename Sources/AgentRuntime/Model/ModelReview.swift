internal import LanguageModels
internal import Values

/// The reflect phase with a language model: it looks at an answer that the declared checks have passed, and may add a
/// doubt or ask for steps to be done again. It cannot write the answer, nor take it back.
struct ModelReview {
    /// What the model says of an answer.
    struct Verdict: JSONSchemaDescribed, Sendable {
        enum Kind: String, Decodable, CaseIterable, Sendable { case accept, doubt, again }

        var verdict: Kind
        var reason: String
        var steps: [String]

        static let propertyDescriptions = [
            "verdict": "accept: nothing speaks against it. doubt: the person should be told of something. again: "
                + "something was misread, and doing steps again can mend it.",
            "reason": "One sentence: what speaks against it; empty when it is accepted.",
            "steps": "With again: the names of the steps to be done again; otherwise empty.",
        ]
    }

    let definition: AgentDefinition
    let model: any LanguageModel
    let site: PhaseSite
    let prompt: Prompt

    /// Judges `answer`, which has these `reasons` to be worse than it should be already. `callCount` counts the calls of
    /// the model in this turn so far, `round` the rounds that were no mere continuation.
    func judge(
        _ answer: JSON, _ reasons: [String], _ execution: Execution, _ observation: Observation, round: Int,
        callCount: Int
    ) async throws -> Reflection {
        func degraded(_ reason: String) -> Reflection {
            .answer(answer, outcome: .completed, reasons: reasons + [reason])
        }
        guard callCount < definition.limits.modelCalls else {
            return degraded("the answer was not reviewed: the model's calls were used up")
        }
        let verdict: Verdict
        do { verdict = try await ask(answer, execution, observation) } catch let error as ModelError {
            return degraded("the answer was not reviewed: the model failed (\(error))")
        }
        switch verdict.verdict {
        case .accept: return .answer(answer, outcome: .completed, reasons: reasons)
        case .doubt: return degraded("\(definition.name) doubts the answer: \(DataFence.visible(verdict.reason))")
        case .again:
            let known = Set(definition.playbook.steps.map(\.id))
            let steps = verdict.steps.filter(known.contains)
            guard round < definition.limits.rounds, !steps.isEmpty else {
                return degraded("\(definition.name) doubts the answer: \(DataFence.visible(verdict.reason))")
            }
            return .again(steps: steps, feedback: verdict.reason)
        }
    }

    /// Asks for a verdict; each round of asking is an effect of its own.
    private func ask(_ answer: JSON, _ execution: Execution, _ observation: Observation) async throws -> Verdict {
        var values = PromptValues(observation, definition)
        values[.answer] = answer
        values[.results] = Self.results(execution)
        let (system, task) = prompt.render(values)
        let output = OutputFormat(name: "verdict", schema: try JSONSchema.derived(from: Verdict.self))
        var flow = try StructuredFlow(
            ModelRequest(system: system, messages: [.user(task)], temperature: 0), output: output,
            mode: StructuredMode(model.profile))
        var request = flow.request
        while true {
            let effect = ModelEffect(
                model: model, definition: definition, site: site, path: "\(site.path)/m\(flow.rounds + 1)")
            let logged: JSON = prompt.isPrivate ? ["private": true] : ["request": request.json]
            let reply = try await effect.call(request, logged: logged)
            switch flow.take(reply) {
            case .done(let value): return try value.decoded(as: Verdict.self)
            case .repair(let next): request = next
            case .failed(let error): throw error
            }
        }
    }

    /// How every step ended, by its name.
    private static func results(_ execution: Execution) -> JSON {
        var members = JSONObject()
        for id in execution.scope.steps.keys.sorted() {
            switch execution.scope.steps[id] {
            case .finished(let value): members[id] = value
            case .failed(let message): members[id] = ["error": .string(message)]
            case .skipped, nil: members[id] = .null
            }
        }
        return .object(members)
    }
}
