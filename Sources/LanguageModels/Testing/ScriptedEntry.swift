public import Values

/// One answer of a ``ScriptedModel``, and the requests that it is for.
public struct ScriptedEntry: Sendable {
    /// What comes back.
    public enum Answer: Sendable {
        /// This answer. Calls with an empty id get one.
        case reply(ModelReply)
        /// These parts; without a ``ModelPart/finish(_:)`` the call fails as `truncated`.
        case parts([ModelPart])
        /// This error, behind parts that are passed on first.
        case failure(ModelError, after: [ModelPart])
        /// What the closure makes of the request. It may wait. One that throws begins
        /// `{ request, call throws(ModelError) in`.
        case computed(@Sendable (ModelRequest, ModelCall) async throws(ModelError) -> ModelReply)
    }

    /// The requests that it answers.
    public var when: RequestPattern
    /// The answer.
    public var answer: Answer
    /// How often it is given; nil means any number of times, at least once.
    public var times: Int?
    /// Where it was written, for messages; nil for entries made in code.
    public var place: SourcePlace?

    /// Makes an entry.
    public init(when: RequestPattern = .any, _ answer: Answer, times: Int? = 1, place: SourcePlace? = nil) {
        self.when = when
        self.answer = answer
        self.times = times
        self.place = place
    }

    /// Answers with a text.
    public static func text(_ text: String, when: RequestPattern = .any, usage: TokenUsage? = nil) -> ScriptedEntry
    {
        ScriptedEntry(
            when: when, .reply(ModelReply(message: AssistantMessage(text: text), finish: .stop, usage: usage)))
    }

    /// Answers with calls of tools, in order.
    public static func calls(
        _ calls: KeyValuePairs<String, JSON>, when: RequestPattern = .any, usage: TokenUsage? = nil
    ) -> ScriptedEntry {
        let calls = calls.map { ToolCall(id: "", name: $0.key, arguments: $0.value, raw: $0.value.description) }
        let message = AssistantMessage(toolCalls: calls)
        return ScriptedEntry(when: when, .reply(ModelReply(message: message, finish: .toolCalls, usage: usage)))
    }

    /// Fails.
    public static func error(_ error: ModelError, when: RequestPattern = .any) -> ScriptedEntry {
        ScriptedEntry(when: when, .failure(error, after: []))
    }
}
