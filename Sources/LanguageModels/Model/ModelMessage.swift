public import Values

/// One entry of a conversation, in a form that every wire format can be written from.
///
/// A conversation alternates: what a person or a program says, what the model answers, and the results of the calls
/// that the model asked for. The results of all calls of one answer stand in one ``toolResults(_:)`` right after it.
public enum ModelMessage: Sendable, Hashable {
    /// What is said to the model.
    case user(String)
    /// What the model answered.
    case assistant(AssistantMessage)
    /// The results of the calls in the answer before, in the order of the calls.
    case toolResults([ToolResult])
}

/// An answer of a model, kept so that it can be sent back as it was.
public struct AssistantMessage: Sendable, Hashable {
    /// The text; empty when it only called tools.
    public var text: String
    /// How the model came to it, as far as it tells. Some providers demand it back, unchanged.
    public var reasoning: [ReasoningBlock]
    /// The calls that it asks for.
    public var toolCalls: [ToolCall]

    /// Makes an answer.
    public init(text: String = "", reasoning: [ReasoningBlock] = [], toolCalls: [ToolCall] = []) {
        self.text = text
        self.reasoning = reasoning
        self.toolCalls = toolCalls
    }
}

/// A piece of a model's reasoning.
public struct ReasoningBlock: Sendable, Hashable {
    /// The text; empty when it is hidden.
    public var text: String
    /// The provider's signature over it (Anthropic `signature`), nil when there is none.
    public var signature: String?
    /// The hidden form (Anthropic `redacted_thinking.data`), nil when it is open.
    public var hidden: String?

    /// Makes a block.
    public init(text: String, signature: String? = nil, hidden: String? = nil) {
        self.text = text
        self.signature = signature
        self.hidden = hidden
    }
}

/// A call that a model asks for.
public struct ToolCall: Sendable, Hashable {
    /// The provider's identifier, or one that we made; unique within the conversation.
    public var id: String
    /// The tool.
    public var name: String
    /// The arguments, an object; nil when the text is no JSON object. A call without arguments must not be carried out.
    public var arguments: JSON?
    /// The text as the model wrote it.
    public var raw: String

    /// Makes a call.
    public init(id: String, name: String, arguments: JSON?, raw: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.raw = raw
    }
}

/// What came of a call.
public struct ToolResult: Sendable, Hashable {
    /// The call's identifier.
    public var callID: String
    /// The tool.
    public var name: String
    /// The result as text, or what went wrong.
    public var content: String
    /// Whether the call failed.
    public var isError: Bool

    /// Makes a result.
    public init(callID: String, name: String, content: String, isError: Bool = false) {
        self.callID = callID
        self.name = name
        self.content = content
        self.isError = isError
    }
}
