/// One piece of an answer while it is being written. What all providers send becomes this one stream.
///
/// Order: a call's ``toolCallStarted(index:id:name:)`` comes before its fragments; ``finish(_:)`` comes once, last but
/// for ``usage(_:)``, which replaces any usage before it.
public enum ModelPart: Sendable, Hashable {
    /// Text of the answer.
    case text(String)
    /// Text of the reasoning.
    case reasoning(String)
    /// A call begins; `index` counts the calls of the answer from 0.
    case toolCallStarted(index: Int, id: String, name: String)
    /// A fragment of a call's arguments.
    case toolCallArguments(index: Int, fragment: String)
    /// What the answer has used so far.
    case usage(TokenUsage)
    /// Why the answer ended.
    case finish(FinishReason)
}

/// Why an answer ended.
public enum FinishReason: Sendable, Hashable {
    /// It is complete.
    case stop
    /// The limit on output tokens or the context window ended it.
    case length
    /// It waits for the results of calls.
    case toolCalls
    /// The provider refused to go on.
    case contentFilter
    /// The provider paused a long turn; sending the conversation back goes on with it.
    case pause
    /// Something else, in the provider's word.
    case other(String)

    /// `stop`, `length`, `tool_calls`, `content_filter`, `pause`, `other:X`.
    public var name: String {
        switch self {
        case .stop: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        case .contentFilter: "content_filter"
        case .pause: "pause"
        case .other(let word): "other:\(word)"
        }
    }

    /// Reads ``name``; what it does not know is ``other(_:)``.
    public init(name: String) {
        switch name {
        case "stop": self = .stop
        case "length": self = .length
        case "tool_calls": self = .toolCalls
        case "content_filter": self = .contentFilter
        case "pause": self = .pause
        default: self = .other(name.hasPrefix("other:") ? String(name.dropFirst(6)) : name)
        }
    }
}

/// How many tokens an answer used.
public struct TokenUsage: Sendable, Hashable {
    /// Tokens read, cached ones and those written to the cache included.
    public var input: Int
    /// Tokens written, reasoning included.
    public var output: Int
    /// Of the input: read from the provider's cache.
    public var cachedInput: Int
    /// Of the input: written to the provider's cache.
    public var cacheWrites: Int
    /// Of the output: reasoning.
    public var reasoning: Int

    /// Makes a usage.
    public init(input: Int = 0, output: Int = 0, cachedInput: Int = 0, cacheWrites: Int = 0, reasoning: Int = 0) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
        self.cacheWrites = cacheWrites
        self.reasoning = reasoning
    }
}
