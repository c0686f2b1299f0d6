public import Values

/// How a provider's dialect differs from the plain form of its API. All of it is data: an entry's `quirks` in
/// `Models/models.yaml`, provider first, model over it. The defaults suit an unknown OpenAI-compatible server.
public struct WireQuirks: Sendable, Hashable {
    /// How the form of an answer can be asked for.
    public enum ResponseFormat: String, Sendable, Hashable, CaseIterable {
        /// With its schema.
        case jsonSchema = "json_schema"
        /// As any object; the schema is told in words.
        case jsonObject = "json_object"
        /// Not at all; the schema is told in words.
        case none
    }

    /// On which answers sent back the model's reasoning stands beside the text.
    public enum ReasoningBack: String, Sendable, Hashable, CaseIterable {
        /// On none.
        case never
        /// On those with calls.
        case toolCalls = "tool_calls"
        /// On all that have some, and on those with calls always.
        case always
    }

    /// What an answer with calls but no text has as content.
    public enum EmptyContent: String, Sendable, Hashable, CaseIterable {
        /// `null`.
        case null
        /// `""`.
        case empty
        /// The member is left out.
        case omit
    }

    /// The member that limits the tokens of an answer; nil when there is none. Defaults to `max_tokens`.
    public var maxTokensField: String? = "max_tokens"
    /// The sampling is fixed: temperature and seed are left out.
    public var hasFixedSampling = false
    /// The highest temperature; higher ones are lowered to it.
    public var temperatureLimit: Double = 2
    /// Whether a seed is known.
    public var takesSeed = true
    /// How many stop texts there may be.
    public var stopLimit = 4
    /// How many bytes a stop text may have.
    public var stopByteLimit = 1024
    /// How many tools there may be.
    public var toolLimit = 128
    /// Whether calls can be demanded, any or a named one. Otherwise they are asked for in words.
    public var canRequireTools = true
    /// Whether the schema of a tool's arguments can be enforced.
    public var hasStrictTools = false
    /// How the form of an answer is asked for.
    public var responseFormat = ResponseFormat.jsonSchema
    /// Keywords that the provider refuses in schemas that it enforces. They are left out there and checked by us.
    public var droppedSchemaKeywords: [String] = []
    /// Whether every nested schema needs a `type`.
    public var needsTypedProperties = false
    /// Whether usage must be asked for when streaming (`stream_options.include_usage`).
    public var asksForStreamUsage = true
    /// The reasoning that goes back.
    public var reasoningBack = ReasoningBack.never
    /// The content of an answer with nothing but calls.
    public var emptyContent = EmptyContent.null
    /// The header that carries the call's identifier; nil when the provider knows none.
    public var idempotencyHeader: String?
    /// Members that are added to each request, such as `{"thinking":{"type":"disabled"}}`.
    public var body: JSONObject = [:]

    /// The defaults.
    public init() {}
}
