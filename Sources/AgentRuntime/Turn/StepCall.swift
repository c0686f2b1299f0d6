internal import MessageBus
internal import Services
internal import Values

/// One attempt of a step: the call itself.
struct StepCall: Sendable {
    let site: StepRunner.Site
    /// The path of this attempt.
    let path: String
    /// The path of the work whatever the attempt: the idempotency key is made from it.
    let key: String
    let scope: Scope
    let share: Usage

    private var step: PlaybookStep { site.step }
    private var agent: String { site.agent }
    private var environment: TurnEnvironment { site.environment }

    /// Performs the call. Throws ``ToolFailure`` when the tool or the person failed; a delegate's failure is an end
    /// with the usage of the failed turn.
    func perform() async throws -> StepEnd {
        switch step.action {
        case .tool(let name, let arguments): try await callTool(name, arguments.value(in: scope))
        case .delegate(let name, let goal): try await delegate(name, goal.value(in: scope))
        case .ask(let question, let options): try await ask(question, options)
        case .answer(let template, _): StepEnd(.finished(template.value(in: scope)))
        }
    }

    private func callTool(_ name: String, _ arguments: JSON) async throws -> StepEnd {
        guard site.tools.contains(name) else {
            throw OperonError(
                code: "tool_not_allowed", "\(agent) may not call \(name)",
                hint: "List it under \"tools\" in the agent's definition.", at: path)
        }
        guard let tool = environment.tools[name] else {
            throw OperonError(code: "tool_unknown", "there is no tool called \(name)", at: path)
        }
        let violations = tool.descriptor.input.validate(arguments)
        if let violation = violations.first {
            throw OperonError(
                code: "arguments_invalid",
                "\(name): \(violation.path.isEmpty ? "arguments" : violation.path) \(violation.message)",
                hint: "See the tool's schema: operon tools schema \(name)", at: path)
        }
        if step.isProposed && tool.descriptor.effectClass == .unsafe { try await approve(name, arguments) }
        let request = EffectRequest(
            path: path, sender: agent, kind: "tool", name: name, effectClass: tool.descriptor.effectClass,
            arguments: arguments)
        let toolContext = ToolContext(
            idempotencyKey: "\(environment.journal.log.session)/\(key)", rowLimit: share.rows,
            byteLimit: share.bytes,
            timeout: step.timeoutMilliseconds.map { .milliseconds($0) })
        let output = try await environment.journal.effect(request) {
            guard let milliseconds = step.timeoutMilliseconds else {
                return try await tool.call(arguments, in: toolContext)
            }
            let late =
                request.effectClass == .unsafe
                ? request.unknown("took longer than \(milliseconds) ms") : timeout(milliseconds)
            return try await within(milliseconds, else: late) { try await tool.call(arguments, in: toolContext) }
        }
        var usage = output.usage
        usage.calls += 1
        var end = StepEnd(.finished(output.value), usage: usage)
        end.truncated = output.limitReached
        end.isUnrepeatable = request.effectClass == .unsafe
        end.calls = [CallRecord(callee: name, arguments: arguments, result: output.value)]
        return end
    }

    /// What a language model proposes and nobody can take back needs a person's word, for just these arguments and
    /// this once.
    private func approve(_ name: String, _ arguments: JSON) async throws {
        let place = "\(path)/approval"
        let asked = Suspension(
            reason: .question, path: place, question: "\(agent) wants to call \(name) with \(arguments). Do it?",
            options: ["approve", "deny"])
        let request = EffectRequest(
            path: place, sender: agent, kind: "person", name: "approval", effectClass: .readOnly,
            arguments: ["tool": .string(name), "arguments": arguments], question: asked)
        let output = try await environment.journal.effect(request) {
            guard let answer = try await environment.person?.answer(asked) else { throw asked }
            return ToolOutput(answer)
        }
        guard output.value == "approve" else {
            throw OperonError(
                code: "approval_denied", "a person did not approve the call of \(name)", at: path)
        }
    }

    private func timeout(_ milliseconds: Int) -> ToolFailure {
        ToolFailure(
            OperonError(code: "timeout", "\(step.summary) took longer than \(milliseconds) ms", at: path),
            isRetryable: true)
    }

    private func within<Result: Sendable>(
        _ milliseconds: Int, else late: ToolFailure, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask { [time = environment.time] in
                try await time.sleep(nanoseconds: UInt64(max(0, milliseconds)) * 1_000_000)
                return nil
            }
            defer { group.cancelAll() }
            if let output = try await group.next() ?? nil { return output }
            throw late
        }
    }

    private func delegate(_ name: String, _ goal: JSON) async throws -> StepEnd {
        guard site.delegates.contains(name) else {
            throw OperonError(
                code: "delegate_not_allowed", "\(agent) may not delegate to \(name)",
                hint: "List it under \"delegates\" in the agent's definition.", at: path)
        }
        guard let other = environment.agents[name] else {
            throw OperonError(code: "agent_unknown", "there is no agent called \(name)", at: path)
        }
        try environment.journal.open(
            .messageSent, at: path, sender: agent, topic: TopicName.agentMessage(name),
            payload: ["to": .string(name), "goal": goal])
        let request = TurnRequest(
            path: path, input: goal, context: site.context, grant: share - Usage(calls: 1),
            patience: step.timeoutMilliseconds.map { .milliseconds($0) })
        let result: TurnResult
        do { result = try await other.serve(request, in: environment) } catch is CancellationError {
            // Asked, and stopped before the other agent began.
            return StepEnd(.cancelled, usage: Usage(calls: 1))
        }
        var usage = result.usage
        usage.calls += 1
        guard let outcome = result.outcome else {
            guard let suspension = result.suspension else { throw CancellationError() }
            throw suspension
        }
        var end = StepEnd(.finished(result.answer), usage: usage)
        end.isUnrepeatable = result.isUnrepeatable
        end.calls = [CallRecord(callee: name, arguments: goal, result: result.answer)]
        switch outcome {
        case .completed, .awaiting: break
        case .degraded(let reasons): end.reasons = reasons
        case .truncated(let budget): end.truncated = budget
        case .cancelled: end.kind = .cancelled
        case .failed(let error):
            end.kind = .failed(error)
            end.isRetryable = ["agent_crashed", "mailbox_full"].contains(error.code)
            end.calls = []
        }
        return end
    }

    private func ask(_ question: Template, _ options: Template) async throws -> StepEnd {
        let asked = Suspension(
            reason: .question, path: path, question: question.value(in: scope).plainText,
            options: (options.value(in: scope).array ?? []).map(\.plainText))
        try environment.journal.open(
            .questionAsked, at: path, sender: agent,
            payload: ["question": .string(asked.question), "options": .strings(asked.options)])
        let request = EffectRequest(
            path: path, sender: agent, kind: "person", name: "answer", effectClass: .readOnly,
            arguments: .string(asked.question), question: asked)
        let output = try await environment.journal.effect(request) {
            guard let person = environment.person else { throw asked }
            var answer: JSON?
            if let milliseconds = step.timeoutMilliseconds {
                answer = try await within(milliseconds, else: timeout(milliseconds)) {
                    try await person.answer(asked) ?? nil
                }
            } else {
                answer = try await person.answer(asked)
            }
            guard let answer else { throw asked }
            return ToolOutput(answer)
        }
        return StepEnd(.finished(["answer": output.value]), usage: Usage(calls: 1))
    }
}
