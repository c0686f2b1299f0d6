public import Values

/// What a model is asked. It names no model, provider or key: any ``LanguageModel`` can answer it.
public struct ModelRequest: Sendable, Hashable {
    /// Who the model is and what rules hold: trusted text only, never data.
    public var system: String
    /// The conversation so far; the last entry is no answer of the model.
    public var messages: [ModelMessage]
    /// The tools that it may call.
    public var tools: [ModelTool]
    /// Whether it may, must or must not call them.
    public var toolChoice: ToolChoice
    /// The form of the answer; nil means text.
    public var output: OutputFormat?
    /// How many tokens it may write; nil means what the model's profile says.
    public var maxOutputTokens: Int?
    /// Sampling temperature; nil leaves it to the provider. It is left out where a model has a fixed one.
    public var temperature: Double?
    /// Seed of the sampling, where the provider knows one.
    public var seed: Int?
    /// Texts at which the answer ends.
    public var stop: [String]
    /// Whether the answer is streamed. Defaults to true.
    public var streams: Bool

    /// Makes a request.
    public init(
        system: String = "", messages: [ModelMessage], tools: [ModelTool] = [], toolChoice: ToolChoice = .automatic,
        output: OutputFormat? = nil, maxOutputTokens: Int? = nil, temperature: Double? = nil, seed: Int? = nil,
        stop: [String] = [], streams: Bool = true
    ) {
        self.system = system
        self.messages = messages
        self.tools = tools
        self.toolChoice = toolChoice
        self.output = output
        self.maxOutputTokens = maxOutputTokens
        self.temperature = temperature
        self.seed = seed
        self.stop = stop
        self.streams = streams
    }
}

/// A tool as a model sees it.
public struct ModelTool: Sendable, Hashable {
    /// The name: `^[a-z][a-z0-9_]{2,63}$`, which every provider accepts.
    public var name: String
    /// What it does and when to use it.
    public var summary: String
    /// The schema of its arguments, an object.
    public var input: JSONSchema

    /// Makes a tool.
    public init(name: String, summary: String, input: JSONSchema) {
        self.name = name
        self.summary = summary
        self.input = input
    }
}

/// Whether a model may, must or must not call tools.
public enum ToolChoice: Sendable, Hashable {
    /// As it likes.
    case automatic
    /// None.
    case never
    /// At least one. Where a provider has no such setting it is asked for in words, and the answer is checked.
    case required
    /// This one.
    case named(String)
}

/// The form that an answer must have.
public struct OutputFormat: Sendable, Hashable {
    /// The name of the form: `^[a-z][a-z0-9_]{2,63}$`.
    public var name: String
    /// Its schema, an object.
    public var schema: JSONSchema

    /// Makes a form.
    public init(name: String, schema: JSONSchema) {
        self.name = name
        self.schema = schema
    }
}
