internal import MessageBus
internal import Values

/// One turn of an agent: rounds of observe, plan, execute, reflect, until there is an outcome.
struct TurnLoop: Sendable {
    let definition: AgentDefinition
    let graph: StepGraph
    let reasoner: any Reasoner
    let request: TurnRequest
    let environment: TurnEnvironment

    private var journal: Journal { environment.journal }

    /// The same turn, stopped by another control, or going through its log again.
    func under(_ control: RunControl, wall: Duration, journal: Journal? = nil) -> TurnLoop {
        if control === environment.control && journal == nil { return self }
        return TurnLoop(
            definition: definition, graph: graph, reasoner: reasoner, request: request,
            environment: environment.under(control, wall: wall, journal: journal))
    }

    /// Says `turn.started`; throws `CancellationError` when the caller is being stopped already.
    func start() throws {
        try journal.open(
            .turnStarted, at: request.path, sender: definition.name,
            payload: ["agent": .string(definition.name), "reasoner": .string(reasoner.name)])
    }

    /// Runs the turn once it has been started. Says `turn.finished` last, exactly once, unless the turn is suspended
    /// (it will go on) or diverges (the run is void). Throws ``Divergence`` only.
    func run() async throws -> TurnResult {
        var progress = Progress(ledger: Ledger(limit: definition.limits.usage(within: request.grant)))
        if reasoner.facts != nil { progress.meter = PhaseMeter() }
        do {
            let (outcome, answer) = try await rounds(&progress)
            finish(outcome, answer, progress)
            return progress.result(outcome, answer)
        } catch let stopped as Stopped {
            progress.settle()
            return end(stopped.by, progress)
        } catch  where error is CancellationError || error is CancelledEffect {
            progress.settle()
            return end(environment.interruption(of: request.path), progress)
        } catch let suspension as Suspension {
            journal.remark(
                .turnSuspended, at: request.path, sender: definition.name, payload: suspension.json)
            return TurnResult(outcome: nil, usage: progress.ledger.settled, suspension: suspension)
        } catch let divergence as Divergence {
            throw divergence
        } catch {
            let crash =
                (error as? OperonError) ?? (error as? Crash)?.error
                ?? OperonError(
                    code: "agent_crashed", "\(definition.name) failed unexpectedly (\(type(of: error)))",
                    at: request.path)
            progress.settle()
            finish(.failed(crash), .null, progress)
            return progress.result(.failed(crash))
        }
    }

    /// What a turn carries from round to round.
    private struct Progress {
        var ledger: Ledger
        var detector = LoopDetector()
        var round = 0
        /// Rounds that carried on with a plan, and so are no repetitions.
        var extraRounds = 0
        var previous: Execution?
        /// What the phases themselves use, beside the steps: a language model's tokens.
        var meter: PhaseMeter?

        mutating func settle() { if let used = meter?.take() { ledger.settle(used) } }
        /// Whether the turn's time was up before its work was done.
        var isLate = false
        /// Whether something unsafe was done, or may have been.
        var isUnrepeatable = false

        func result(_ outcome: Outcome, _ answer: JSON = .null) -> TurnResult {
            var result = TurnResult(outcome: outcome, answer: answer, usage: ledger.settled)
            result.isUnrepeatable = isUnrepeatable
            return result
        }
    }

    /// The turn was stopped for this reason, which is read once: it may change while the turn ends.
    private struct Stopped: Error {
        var by: Interruption?
    }

    /// Ends a stopped turn. One whose time is up still answers with what the round before gave.
    private func end(_ interruption: Interruption?, _ progress: Progress) -> TurnResult {
        let outcome = interruption?.outcome ?? .cancelled(by: "caller")
        var progress = progress
        progress.isLate = interruption == .deadline
        let answer = progress.isLate ? progress.previous?.answer ?? .null : .null
        finish(outcome, answer, progress)
        return progress.result(outcome, answer)
    }

    private func rounds(_ progress: inout Progress) async throws -> (Outcome, JSON) {
        var observation = Observation(input: request.input, context: request.context)
        while true {
            progress.round += 1
            observation.round = progress.round
            let base = progress.round == 1 ? request.path : "\(request.path)/r\(progress.round)"
            try enter("observe", base, progress.round)
            observation = try await reasoner.observe(
                observation, as: definition, at: site("\(base)/observe", progress))
            progress.settle()
            try enter("plan", base, progress.round)
            let plan = try await reasoner.plan(
                observation, after: progress.previous, as: definition, at: site("\(base)/plan", progress))
            progress.settle()
            let graph = plan.follows(definition.playbook) ? self.graph : StepGraph(plan.steps)
            try journal.open(
                .planMade, at: "\(base)/plan", sender: definition.name, payload: describe(plan, graph))
            try enter("execute", base, progress.round)
            let run = await execute(plan, graph, observation, "\(base)/execute", &progress.ledger)
            progress.isUnrepeatable = progress.isUnrepeatable || run.isUnrepeatable
            var execution = try conclude(run, &progress)
            if !plan.reasons.isEmpty { execution.reasons = plan.reasons + execution.reasons }
            execution.truncated = execution.truncated ?? plan.truncated
            execution.thread = plan.thread
            // From here on nothing is refused: a turn whose time is up still answers with what it has.
            journal.close(
                .phaseEntered, at: "\(base)/reflect", sender: definition.name,
                payload: ["phase": "reflect", "round": .int(progress.round)])
            if let repeated = progress.detector.note(run.calls) {
                return (.failed(loopError(repeated)), .null)
            }
            let reflection = try await reasoner.reflect(
                on: execution, of: observation, as: definition, at: site("\(base)/reflect", progress))
            progress.settle()
            switch reflection {
            case .answer(let answer, let said, let reasons):
                return (outcome(execution, answer, said, reasons), answer)
            case .ask(let question): return (.awaiting(question: question), execution.answer ?? .null)
            case .giveUp(let error): return (.failed(error), .null)
            case .again(let steps, let feedback):
                if progress.round - progress.extraRounds >= definition.limits.rounds {
                    return (.truncated(budget: "rounds"), execution.answer ?? .null)
                }
                observation.feedback = ["message": .string(feedback), "steps": .strings(steps)]
                progress.previous = execution
            case .goOn(let feedback):
                observation.feedback = feedback.isEmpty ? .null : ["message": .string(feedback), "steps": []]
                progress.previous = execution
                progress.extraRounds += 1
            }
        }
    }

    private func outcome(
        _ execution: Execution, _ answer: JSON, _ said: PlaybookStep.AnswerOutcome, _ reasons: [String]
    ) -> Outcome {
        if let budget = execution.truncated { return .truncated(budget: budget) }
        switch said {
        case .awaiting: return .awaiting(question: question(in: answer))
        case .degraded: return .degraded(reasons: reasons)
        case .completed: return reasons.isEmpty ? .completed : .degraded(reasons: reasons)
        }
    }

    /// What an answer that is a question back asks.
    private func question(in answer: JSON) -> String {
        answer["clarification"]?["message"]?.string ?? answer["clarification"]?.string ?? answer["answer"]?.string
            ?? answer.plainText
    }

    private func site(_ path: String, _ progress: Progress) -> PhaseSite {
        PhaseSite(path: path, remaining: progress.ledger.remaining, environment: environment, meter: progress.meter)
    }

    private func enter(_ phase: String, _ base: String, _ round: Int) throws {
        try journal.open(
            .phaseEntered, at: "\(base)/\(phase)", sender: definition.name,
            payload: ["phase": .string(phase), "round": .int(round)])
    }

    private func describe(_ plan: Plan, _ graph: StepGraph) -> JSON {
        if plan.isWhole { return ["steps": .array(graph.nodes.map { $0.description })] }
        let running = Set(plan.running)
        return [
            "steps": .array(
                plan.steps.indices.filter { running.contains(plan.steps[$0].id) }.map {
                    graph.nodes[$0].description
                })
        ]
    }

    /// Sorts out what a plan's run means for the turn before anybody judges its results.
    private func conclude(_ run: PlanRun, _ progress: inout Progress) throws -> Execution {
        if run.isDiverged {
            throw journal.divergence
                ?? Divergence(kind: .different, path: request.path, recorded: .null, replayed: .null)
        }
        // Before anything else: what waits for a person is open, and a turn cannot end around it. When the turn is
        // being stopped too, whoever watches over it goes through it once more and closes what waits.
        if let suspension = run.suspension { throw suspension }
        let interruption = environment.interruption(of: request.path)
        if run.isCancelled && interruption != .deadline { throw Stopped(by: interruption) }
        progress.isLate = run.isCancelled
        return run.execution(interruption: interruption)
    }

    private func loopError(_ repeated: CallRecord) -> OperonError {
        OperonError(
            code: "loop_detected",
            "\(definition.name) repeats \(repeated.callee) with the same arguments and the same result",
            hint: "Change the check that asks for another round, or what the repeated step is given.",
            at: request.path)
    }

    private func finish(_ outcome: Outcome, _ answer: JSON, _ progress: Progress) {
        var payload = outcome.json.object ?? [:]
        payload["rounds"] = .int(progress.round)
        payload["usage"] = progress.ledger.settled.json
        // The outcome may tell of something else that went wrong before; a replay needs to know of this.
        if progress.isLate { payload["stopped"] = "deadline" }
        if request.isRoot {
            if !answer.isNull {
                journal.close(
                    .messageSent, at: request.path, sender: definition.name,
                    topic: TopicName.consoleLog(journal.log.session),
                    payload: ["to": "person", "answer": answer])
            }
        } else {
            payload["answer"] = answer.excerpt
        }
        journal.close(.turnFinished, at: request.path, sender: definition.name, payload: .object(payload))
    }
}

extension JSON {
    /// The value itself when it is small; otherwise its digest, since large results stand on the log already.
    var excerpt: JSON {
        isLargerThan(4096) ? ["$digest": .string(SHA256Digest.hex(canonicalBytes()))] : self
    }

    /// Whether the text would have more than about `limit` bytes; stops counting there.
    func isLargerThan(_ limit: Int) -> Bool {
        var left = limit
        return !fits(&left)
    }

    private func fits(_ left: inout Int) -> Bool {
        switch self {
        case .null, .bool: left -= 4
        case .int, .double: left -= 8
        case .string(let text): left -= text.utf8.count + 2
        case .array(let elements):
            for element in elements where !element.fits(&left) { return false }
            left -= elements.count + 2
        case .object(let object):
            for member in object.members {
                left -= member.key.utf8.count + 4
                if !member.value.fits(&left) { return false }
            }
        }
        return left >= 0
    }
}
