public import Values

/// What a call may do to the world. Resume after a crash and the annotations of other protocols follow from it.
public enum EffectClass: String, Sendable, Hashable, CaseIterable {
    /// Depends on its arguments alone.
    case pure
    /// Reads the outside and leaves it as it was.
    case readOnly = "read_only"
    /// Changes the outside; doing it twice is as good as once.
    case idempotent
    /// Changes the outside, and doing it twice is not as good as once: never repeated without a person's decision.
    case unsafe
}

/// What is known of a tool before it is called.
public struct ToolDescriptor: Sendable {
    /// The name: `^[a-z][a-z0-9_]{2,63}$`.
    public var name: String
    /// The name that people see.
    public var title: String
    /// What it does and when to use it, for people and for language models.
    public var summary: String
    /// The schema of its arguments, an object.
    public var input: JSONSchema
    /// The schema of its result.
    public var output: JSONSchema
    /// What a call may do to the world.
    public var effectClass: EffectClass
    /// Who may call it: the scope that a caller needs (`read`, `ask`, `design`, `deploy`, `admin`).
    public var permission: String
    /// Arguments that the session decides, each with the name under which its context has the value: `database`. A
    /// language model is not offered them and cannot set them.
    public var contextArguments: [String]

    /// Makes a descriptor.
    public init(
        name: String, title: String, summary: String, input: JSONSchema, output: JSONSchema,
        effectClass: EffectClass,
        permission: String, contextArguments: [String] = []
    ) {
        self.name = name
        self.title = title
        self.summary = summary
        self.input = input
        self.output = output
        self.effectClass = effectClass
        self.permission = permission
        self.contextArguments = contextArguments
    }
}

/// A capability that agents, the command line and other doors reach through the same registry.
///
/// `call` receives arguments that match the descriptor's input schema. It throws ``ToolFailure`` for what the caller
/// can understand; anything else that it throws counts as a crash of the agent that called.
public protocol Tool: Sendable {
    /// What is known of it.
    var descriptor: ToolDescriptor { get }
    /// Does it.
    func call(_ arguments: JSON, in context: ToolContext) async throws -> ToolOutput
}

/// What a tool learns of the call besides its arguments. Nothing here may change what the result means.
public struct ToolContext: Sendable {
    /// The same for every attempt at the same work, for those who can recognise a repetition.
    public var idempotencyKey: String
    /// How many rows the call may read.
    public var rowLimit: Int
    /// How many bytes the call may read.
    public var byteLimit: Int
    /// How long the call may take; nil means until it is cancelled.
    public var timeout: Duration?

    /// Makes a context.
    public init(idempotencyKey: String = "", rowLimit: Int = .max, byteLimit: Int = .max, timeout: Duration? = nil)
    {
        self.idempotencyKey = idempotencyKey
        self.rowLimit = rowLimit
        self.byteLimit = byteLimit
        self.timeout = timeout
    }
}

/// A tool's result and what it used.
public struct ToolOutput: Sendable {
    /// The result; it matches the descriptor's output schema.
    public var value: JSON
    /// What the call used.
    public var usage: Usage
    /// The limit of the context that cut the result short (`rows`, `bytes`), if one did.
    public var limitReached: String?

    /// Makes an output.
    public init(_ value: JSON, usage: Usage = Usage(), limitReached: String? = nil) {
        self.value = value
        self.usage = usage
        self.limitReached = limitReached
    }
}

/// An error that a tool reports: sorted by who must act.
public struct ToolFailure: Error, Sendable, Hashable {
    /// What went wrong, in the safe form.
    public var error: OperonError
    /// Whether the same call may succeed later.
    public var isRetryable: Bool

    /// Makes a failure.
    public init(_ error: OperonError, isRetryable: Bool = false) {
        self.error = error
        self.isRetryable = isRetryable
    }
}

/// The tools that a process offers, by name.
public struct ToolRegistry: Sendable {
    /// The tools in byte order of their names.
    public let tools: [any Tool]
    private let byName: [String: any Tool]

    /// Makes a registry; of two tools with one name the later wins.
    public init(_ tools: [any Tool]) {
        var byName: [String: any Tool] = [:]
        for tool in tools { byName[tool.descriptor.name] = tool }
        self.byName = byName
        self.tools = byName.values.sorted { $0.descriptor.name < $1.descriptor.name }
    }

    /// The tool called `name`.
    public subscript(name: String) -> (any Tool)? { byName[name] }
}
