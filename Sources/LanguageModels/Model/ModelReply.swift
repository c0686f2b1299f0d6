/// A whole answer.
public struct ModelReply: Sendable, Hashable {
    /// What the model said, as it goes back into the conversation.
    public var message: AssistantMessage
    /// Why it ended.
    public var finish: FinishReason
    /// What it used; nil when the provider did not say.
    public var usage: TokenUsage?
    /// The model's name in the provider's words; empty when it did not say.
    public var model: String
    /// How many requests it took.
    public var attempts: Int

    /// Makes an answer.
    public init(
        message: AssistantMessage, finish: FinishReason, usage: TokenUsage? = nil, model: String = "",
        attempts: Int = 1
    ) {
        self.message = message
        self.finish = finish
        self.usage = usage
        self.model = model
        self.attempts = attempts
    }

    /// The text.
    public var text: String { message.text }
    /// The calls.
    public var toolCalls: [ToolCall] { message.toolCalls }
}
