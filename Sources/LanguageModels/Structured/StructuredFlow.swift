public import Values

/// How an answer of a certain form is come by: asked for, checked, mended once, or refused. A pure value: it makes
/// requests and judges answers, and whoever holds it makes the calls, each as an effect of its own.
///
/// ```swift
/// var flow = try StructuredFlow(request, output: format, mode: StructuredMode(model.profile))
/// var step = flow.take(try await model.respond(to: flow.request, in: call))
/// if case .repair(let request) = step { step = flow.take(try await model.respond(to: request, in: call)) }
/// ```
public struct StructuredFlow: Sendable {
    /// What is to be done next.
    public enum Step: Sendable, Hashable {
        /// The value; it fits the schema.
        case done(JSON)
        /// The model has to be asked once more, with this request.
        case repair(ModelRequest)
        /// There is no value. Nothing of the answer is in the error but ``ModelError/partialText``.
        case failed(ModelError)
    }

    /// How many answers are judged at most.
    public static let roundLimit = 2

    /// The request of the present round.
    public private(set) var request: ModelRequest
    /// The form.
    public let output: OutputFormat
    /// How the form is asked for.
    public let mode: StructuredMode
    /// What all answers so far used; nil when no provider said.
    public private(set) var usage: TokenUsage?
    /// The requests that all answers so far took.
    public private(set) var attempts = 0
    /// How many answers have been judged.
    public private(set) var rounds = 0
    private let check: @Sendable (JSON) -> [SchemaViolation]

    /// Starts a flow.
    ///
    /// - Parameters:
    ///   - request: the conversation. Its `output` and `toolChoice` are replaced; its tools stay known to the model and
    ///     may not be called.
    ///   - check: rules beyond the schema, such as those of a Swift type.
    /// - Throws: `badRequest` for a schema that is no object or that cannot be checked, and in tool mode for a tool of
    ///   the form's name.
    public init(
        _ request: ModelRequest, output: OutputFormat, mode: StructuredMode,
        check: @escaping @Sendable (JSON) -> [SchemaViolation] = { _ in [] }
    ) throws(ModelError) {
        guard output.schema.types == ["object"] else {
            throw Self.bad("the schema of '\(output.name)' is not of an object", "Put the value into a property.")
        }
        let unchecked = output.schema.unsupportedKeywords
        guard unchecked.isEmpty else {
            throw Self.bad(
                "the schema of '\(output.name)' has keywords that cannot be checked: "
                    + unchecked.joined(separator: ", "), "Take them out.")
        }
        var request = request
        switch mode {
        case .native:
            request.output = output
            request.toolChoice = request.tools.isEmpty ? .automatic : .never
        case .tool:
            guard !request.tools.contains(where: { $0.name == output.name }) else {
                throw Self.bad("a tool and the form are both named '\(output.name)'", "Rename one of them.")
            }
            request.output = nil
            request.tools.append(
                ModelTool(name: output.name, summary: Self.toolSummary, input: output.schema))
            request.toolChoice = .named(output.name)
        }
        self.request = request
        self.output = output
        self.mode = mode
        self.check = check
    }

    /// Judges the answer to ``request``.
    public mutating func take(_ reply: ModelReply) -> Step {
        rounds += 1
        attempts += reply.attempts
        if let used = reply.usage { usage = (usage ?? TokenUsage()) + used }
        switch reply.finish {
        case .length:
            return failed(
                .truncated, "the limit on output tokens ended the answer; allow more, or ask for less", reply)
        case .contentFilter: return failed(.invalidOutput, "the provider's content filter ended the answer", reply)
        case .stop, .toolCalls, .pause, .other: break
        }
        let violations: [SchemaViolation]
        switch value(in: reply) {
        case .success(let value):
            let found = output.schema.validate(value)
            violations = found.isEmpty ? check(value) : found
            if violations.isEmpty { return .done(value) }
        case .failure(let failure): violations = [SchemaViolation(path: "", message: failure.message)]
        }
        guard rounds < Self.roundLimit else {
            return failed(
                .invalidOutput,
                "the answer does not have the form '\(output.name)', also after it was asked to mend it: "
                    + Self.list(violations).joined(separator: "; "), reply)
        }
        request = repair(reply, violations)
        return .repair(request)
    }

    /// The value that an answer holds, in whichever way it came.
    private func value(in reply: ModelReply) -> Result<JSON, ExtractionFailure> {
        if reply.toolCalls.isEmpty {
            if reply.text.isBlank { return .failure(ExtractionFailure("the answer is empty")) }
            return ObjectExtraction.value(in: reply.text)
        }
        guard mode == .tool, reply.toolCalls.allSatisfy({ $0.name == output.name }) else {
            return .failure(ExtractionFailure("a tool was called that may not be called now"))
        }
        guard reply.toolCalls.count == 1 else {
            return .failure(ExtractionFailure("\(output.name) was called \(reply.toolCalls.count) times, not once"))
        }
        guard let arguments = reply.toolCalls[0].arguments else {
            return .failure(ExtractionFailure("the arguments of \(output.name) are no JSON object"))
        }
        return .success(arguments)
    }

    /// The conversation with the answer, what is wrong with it, and the wish for another.
    private func repair(_ reply: ModelReply, _ violations: [SchemaViolation]) -> ModelRequest {
        let wish =
            mode == .tool
            ? "Call \(output.name) once more, with the whole value."
            : "Answer once more, with the whole value alone."
        let text =
            "The answer does not have the form that was asked for:\n"
            + Self.list(violations).map { "- \($0)\n" }.joined() + wish
        // A conversation joins what stands in a row, since roles must alternate.
        var conversation = Conversation(entries: request.messages)
        if reply.toolCalls.isEmpty {
            if !reply.text.isBlank { conversation.append(.assistant(reply.message)) }
            conversation.append(.user(text))
        } else {
            conversation.append(.assistant(reply.message))
            conversation.append(
                .toolResults(
                    reply.toolCalls.map { ToolResult(callID: $0.id, name: $0.name, content: text, isError: true) }))
        }
        var next = request
        next.messages = conversation.messages
        return next
    }

    private func failed(_ kind: ModelError.Kind, _ message: String, _ reply: ModelReply) -> Step {
        .failed(ModelError(kind, message, isRetryable: false, partialText: reply.text, attempts: attempts))
    }

    private static let toolSummary = "Takes the answer. Call it once, with the whole value."

    /// Paths and rules; names in the paths may be the model's and are cut.
    private static func list(_ violations: [SchemaViolation]) -> [String] {
        let shown = violations.prefix(20).map { String($0.description.prefix(300)) }
        return violations.count > 20 ? shown + ["and \(violations.count - 20) more"] : shown
    }

    private static func bad(_ message: String, _ remedy: String) -> ModelError {
        ModelError(.badRequest, "\(message). \(remedy)", attempts: 0)
    }
}

/// How a form is asked for.
public enum StructuredMode: String, Sendable, Hashable, CaseIterable {
    /// By the provider's own means: it makes the text of the answer fit.
    case native
    /// As the arguments of a call that the model must make.
    case tool

    /// What suits a model.
    public init(_ profile: ModelProfile) { self = profile.hasNativeSchemas ? .native : .tool }
}

extension TokenUsage {
    /// The sum, part by part.
    static func + (a: TokenUsage, b: TokenUsage) -> TokenUsage {
        TokenUsage(
            input: a.input + b.input, output: a.output + b.output, cachedInput: a.cachedInput + b.cachedInput,
            cacheWrites: a.cacheWrites + b.cacheWrites, reasoning: a.reasoning + b.reasoning)
    }
}
