internal import LanguageModels
internal import Values

/// The plan phase with a language model: asks until there is something to do, and turns it into a plan.
struct ModelPlanner {
    let definition: AgentDefinition
    let model: any LanguageModel
    let site: PhaseSite
    let previous: Execution?
    /// Steps whose results do not hold: they count as not done.
    let wanted: Set<String>

    private var offer: FunctionOffer { FunctionOffer(definition: definition, tools: site.environment.tools) }

    /// What has come of the steps so far.
    private var states: [String: Scope.StepState] { previous?.scope.steps ?? [:] }
    private var finished: Set<String> {
        Set(states.compactMap { if case .finished = $0.value { $0.key } else { nil } }).subtracting(wanted)
    }

    func plan(_ thread: inout ModelThread) async throws -> Plan {
        // Twice called finished with nothing to show: the model has not understood, and the playbook goes on.
        if thread.emptyEndings > 1 {
            return withoutModel(&thread, "the model called the work finished without results")
        }
        var number = 0
        while true {
            if thread.callCount >= definition.limits.modelCalls {
                return withoutModel(&thread, "the model came to no end in \(thread.callCount) calls")
            }
            number += 1
            thread.callCount += 1
            let reply: ModelReply
            do { reply = try await ask(&thread, number) } catch let error as ModelError {
                return withoutModel(&thread, "the model failed (\(error))", error)
            }
            thread.conversation.append(.assistant(reply.message))
            if reply.toolCalls.isEmpty {
                switch reply.finish {
                case .stop, .toolCalls, .other:
                    // It has said what it had to say; the answer is made from the results.
                    return ending(&thread, isDone: true, "")
                case .length, .contentFilter, .pause:
                    return withoutModel(&thread, "the model's answer ended early (\(reply.finish.name))")
                }
            }
            if let plan = take(reply.toolCalls, &thread) { return plan }
            // Nothing of it can be run: the model is told, and asked again.
            thread.answerPending(previous?.scope ?? Scope())
        }
    }

    /// One call, with the conversation cut to what fits.
    private func ask(_ thread: inout ModelThread, _ number: Int) async throws -> ModelReply {
        let path = "\(site.path)/m\(number)"
        let functions = offer.functions
        // Room for the functions and for an answer.
        let room = model.profile.contextWindow * 3 / 4
        thread.conversation = try thread.conversation.compacted(toTokens: room)
        let messages = thread.conversation.messages
        let request = ModelRequest(
            system: thread.conversation.system, messages: messages, tools: functions, temperature: 0)
        let effect = ModelEffect(model: model, definition: definition, site: site, path: path)
        let logged = log(request, &thread, path)
        return try await effect.call(request, logged: logged)
    }

    /// What the log shows of a request: all of it the first time, then only what is new, for every call repeats all
    /// that was said before. Its digest stands for the whole.
    private func log(_ request: ModelRequest, _ thread: inout ModelThread, _ path: String) -> JSON {
        defer { thread.logged = (request.messages.count, path) }
        if thread.isPrivate { return ["private": true] }
        guard let logged = thread.logged, logged.count <= request.messages.count else {
            return ["request": request.json]
        }
        return [
            "after": .string(logged.path),
            "messages": .array(request.messages[logged.count...].map(\.json)),
        ]
    }

    /// The plan that the model's calls amount to; nil when none of them can be run. Every call gets an answer.
    private func take(_ calls: [ToolCall], _ thread: inout ModelThread) -> Plan? {
        var steps: [PlaybookStep] = []
        var playbook = false
        var finish: (isDone: Bool, reason: String)?
        thread.pending = []
        for call in calls {
            let proposed = ProposedStep(offer: offer, taken: Set(steps.map(\.id)), finished: finished)
            switch proposed.verdict(on: call) {
            case .refused(let words): thread.pending.append((call, .words(words)))
            case .playbook:
                playbook = true
                thread.pending.append((call, .words("the playbook is followed")))
            case .finish(let isDone, let reason):
                finish = (isDone, reason)
                thread.pending.append((call, .words("not yet: first see what the other calls gave")))
            case .step(let step):
                if let earlier = thread.earlier(like: step), finished.contains(earlier.id) {
                    thread.pending.append(
                        (call, .words("this was done before; its result has the name \(earlier.id)")))
                } else {
                    steps.append(step)
                    thread.pending.append((call, .step(step.id)))
                }
            }
        }
        if playbook { return followPlaybook(&thread) }
        if !steps.isEmpty { return run(steps, &thread) }
        if let finish { return ending(&thread, isDone: finish.isDone, finish.reason) }
        return nil
    }

    // MARK: Plans

    private func run(_ steps: [PlaybookStep], _ thread: inout ModelThread) -> Plan {
        for step in steps { thread.note(step) }
        thread.ending = .open
        let running = Set(steps.map(\.id))
        let known = thread.steps.filter { !running.contains($0.id) && states[$0.id] != nil }
        let order = definition.playbook.steps.map(\.id)
        let all = (known + steps).enumerated().sorted { a, b in
            let (x, y) = (order.firstIndex(of: a.element.id) ?? .max, order.firstIndex(of: b.element.id) ?? .max)
            return x == y ? a.offset < b.offset : x < y
        }.map(\.element)
        return plan(all, running: steps.map(\.id), thread)
    }

    /// The answer steps alone, over what there is.
    private func ending(_ thread: inout ModelThread, isDone: Bool, _ reason: String) -> Plan {
        thread.ending = isDone ? .answer : .impossible(reason)
        let answers = definition.playbook.steps.filter { FunctionOffer.function(of: $0) == nil }.filter {
            if case .answer = $0.action { true } else { false }
        }
        return plan(definition.playbook.steps, running: isDone ? answers.map(\.id) : [], thread)
    }

    /// What is left of the playbook, as declared.
    private func followPlaybook(_ thread: inout ModelThread) -> Plan {
        thread.ending = .answer
        let steps = definition.playbook.steps
        let graph = StepGraph(steps)
        let running = graph.closure(of: steps.map(\.id).filter { !finished.contains($0) }).map { steps[$0].id }
        return plan(steps, running: running, thread)
    }

    private func plan(_ steps: [PlaybookStep], running: [String], _ thread: ModelThread) -> Plan {
        var kept: [String: Scope.StepState] = [:]
        let runs = Set(running)
        var steps = steps
        for index in steps.indices where !runs.contains(steps[index].id) {
            let state = states[steps[index].id] ?? .skipped
            kept[steps[index].id] = state
            // A failure that the model was told of, and went on from, is not held against the turn.
            if case .failed = state { steps[index].onError = .continue }
        }
        var plan = Plan(steps: steps, running: running, kept: kept)
        plan.thread = thread
        return plan
    }

    /// The turn goes on with the playbook, and says why.
    private func withoutModel(
        _ thread: inout ModelThread, _ reason: String, _ error: ModelError? = nil
    ) -> Plan {
        thread.givenUp = reason
        thread.pending = []
        var plan = followPlaybook(&thread)
        if error?.kind == .budget {
            plan.truncated = "tokens"
        } else {
            plan.reasons = ["\(definition.name) followed its playbook: \(reason)"]
        }
        return plan
    }
}
