internal import Values

/// The reasoner that needs nothing: it follows the playbook and the declared checks. Deterministic and offline.
public struct EmbeddedReasoner: Reasoner {
    /// `embedded`
    public let name = "embedded"

    /// Makes the reasoner.
    public init() {}

    /// Takes the goal as it is.
    public func observe(
        _ observation: Observation, as definition: AgentDefinition, at site: PhaseSite
    ) -> Observation { observation }

    /// The playbook; from the second round on the steps that a check wants again, with what depends on them.
    public func plan(
        _ observation: Observation, after previous: Execution?, as definition: AgentDefinition, at site: PhaseSite
    ) -> Plan { plan(observation, after: previous, as: definition) }

    func plan(_ observation: Observation, after previous: Execution?, as definition: AgentDefinition) -> Plan {
        let steps = definition.playbook.steps
        guard let previous, let again = observation.feedback["steps"]?.array else {
            return Plan(steps: steps, running: steps.map(\.id))
        }
        let running = StepGraph(steps).closure(of: again.compactMap(\.string)).map { steps[$0].id }
        var kept = previous.scope.steps
        for id in running { kept[id] = nil }
        return Plan(steps: steps, running: running, kept: kept)
    }

    /// The first check that fails decides; otherwise the answer step does.
    public func reflect(
        on execution: Execution, of observation: Observation, as definition: AgentDefinition, at site: PhaseSite
    ) -> Reflection { reflect(on: execution, of: observation, as: definition) }

    func reflect(
        on execution: Execution, of observation: Observation, as definition: AgentDefinition
    ) -> Reflection {
        if let failure = execution.failure { return .giveUp(failure) }
        var reasons = execution.reasons
        // What was cut short cannot be held to the checks of the whole.
        if execution.truncated == nil {
            for check in definition.checks where check.condition.value(in: execution.scope) != .bool(true) {
                let message = check.message.value(in: execution.scope).plainText
                switch check.remedy {
                case .again(let steps) where observation.round < definition.limits.rounds:
                    return .again(steps: steps, feedback: message)
                case .again:
                    return .giveUp(
                        OperonError(
                            code: "check_failed", "\(message) (after \(observation.round) rounds)",
                            at: check.place.description))
                case .ask: return .ask(question: message)
                case .degrade: reasons.append(message)
                case .fail:
                    return .giveUp(OperonError(code: "check_failed", message, at: check.place.description))
                }
            }
        }
        guard let answer = execution.answer else {
            if execution.truncated != nil { return .answer(.null, outcome: .completed, reasons: reasons) }
            return .giveUp(
                OperonError(
                    code: "no_answer", "no answer step of \(definition.name) ran",
                    hint: "Give the playbook an answer step for every case.", at: definition.place.description))
        }
        return .answer(answer, outcome: execution.answerOutcome, reasons: reasons)
    }
}
