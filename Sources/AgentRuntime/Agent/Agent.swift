internal import Services
internal import Values

/// An agent at work in one session: a definition with an inbox and a supervisor. It is made when it is first spoken
/// to and keeps nothing from turn to turn, so that a restart has nothing to repair.
actor Agent {
    private let definition: AgentDefinition
    private let graph: StepGraph
    private let reasoner: any Reasoner
    private let inbox: Inbox
    private var supervision: RestartWindow
    /// Monotonic nanoseconds before which the agent takes no turn: it is being restarted.
    private var restartsAt: UInt64 = 0

    init(definition: AgentDefinition, reasoner: any Reasoner) {
        self.definition = definition
        self.reasoner = reasoner
        graph = StepGraph(definition.playbook.steps)
        inbox = Inbox(concurrency: definition.limits.concurrency, capacity: definition.limits.inbox)
        supervision = RestartWindow(limit: definition.limits.restarts, window: definition.limits.restartWindow)
    }

    /// Runs a turn when there is room. A request that cannot be taken ends as a failed turn with the code
    /// `mailbox_full` or `agent_stopped`; since that depends on timing, it is recorded as a failed effect `delivery`.
    func serve(_ request: TurnRequest, in environment: TurnEnvironment) async throws -> TurnResult {
        let journal = environment.journal
        if let recorded = journal.upcoming(at: request.path), recorded.kind == .effectFailed,
            let error = recorded.payload["error"].flatMap(OperonError.init(json:))
        {
            return refuse(request, error, journal)
        }
        let upcoming = journal.upcoming(at: request.path)?.kind
        // The recording says that the turn ended before it began.
        if upcoming == .turnFinished { throw CancellationError() }
        let turn = TurnLoop(
            definition: definition, graph: graph, reasoner: reasoner, request: request, environment: environment)
        // What only repeats a recording takes up no place, no time and no restart.
        if journal.isOffline || journal.recordedEnd(of: request.path) {
            try turn.start()
            return try await turn.run()
        }
        let isOwed = upcoming == .turnStarted
        var hasPlace = true
        switch await admit(environment, isOwed: isOwed) {
        case .admitted: break
        // A turn that the recording says was begun must come to its end, whatever stands in its way now.
        case _ where isOwed: hasPlace = false
        case .refused(let error): return refuse(request, error, journal)
        case .cancelled: throw CancellationError()
        }
        defer { if hasPlace { inbox.leave() } }
        try turn.start()
        let result = try await guarded(turn)
        supervise(result, request, environment)
        return result
    }

    private enum Admission { case admitted, cancelled, refused(OperonError) }

    private func admit(_ environment: TurnEnvironment, isOwed: Bool) async -> Admission {
        if supervision.hasGivenUp { return .refused(stoppedError) }
        switch await inbox.enter(evenWhenFull: isOwed) {
        case .admitted: break
        case .cancelled: return .cancelled
        case .full:
            return .refused(
                OperonError(
                    code: "mailbox_full", "\(definition.name) has \(definition.limits.inbox) requests waiting",
                    hint: "Raise limits.inbox or limits.concurrency of the agent."))
        }
        let now = environment.time.monotonicNanoseconds()
        if restartsAt > now {
            do {
                try await environment.time.sleep(nanoseconds: restartsAt - now)
            } catch {
                inbox.leave()
                return .cancelled
            }
        }
        if supervision.hasGivenUp {
            inbox.leave()
            return .refused(stoppedError)
        }
        return .admitted
    }

    private var stoppedError: OperonError {
        OperonError(
            code: "agent_stopped",
            "\(definition.name) crashed more than \(definition.limits.restarts) times and was stopped",
            hint: "See the agent.restarted and step.finished events before this one.")
    }

    private func refuse(_ request: TurnRequest, _ error: OperonError, _ journal: Journal) -> TurnResult {
        journal.close(
            .effectFailed, at: request.path, sender: definition.name,
            payload: ["effect": "delivery", "error": error.json])
        if request.isRoot {
            var payload = Outcome.failed(error).json.object ?? [:]
            payload["rounds"] = 0
            journal.close(.turnFinished, at: request.path, sender: definition.name, payload: .object(payload))
        }
        return TurnResult(outcome: .failed(error))
    }

    /// A crash is answered by a restart after a backoff, or by giving up and letting whoever delegated decide.
    private func supervise(_ result: TurnResult, _ request: TurnRequest, _ environment: TurnEnvironment) {
        guard case .failed(let error) = result.outcome, error.code == "agent_crashed",
            !environment.journal.isOffline
        else { return }
        let now = environment.time.monotonicNanoseconds()
        var payload: JSONObject = ["agent": .string(definition.name)]
        switch supervision.failed(at: now) {
        case .restart(let attempt):
            let delay = Backoff().ceiling(attempt: attempt).wholeNanoseconds
            restartsAt = now &+ delay
            payload["restart"] = .int(attempt)
            payload["delay_ms"] = .int(Int(delay / 1_000_000))
        case .giveUp: payload["stopped"] = true
        }
        environment.journal.remark(
            .agentRestarted, at: request.path, sender: definition.name, payload: .object(payload))
    }
}
