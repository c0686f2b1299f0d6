public import Services
public import Values

/// What a session is made of: who works in it, with which tools, on which database.
public struct SessionConfiguration: Sendable {
    /// The agents that may be spoken to.
    public var definitions: [AgentDefinition]
    /// The agent that receives what the person says. Defaults to `coordinator`.
    public var agent: String
    /// The tools.
    public var tools: ToolRegistry
    /// Who fills the phases.
    public var reasoner: any Reasoner
    /// What travels with every request to every agent, such as the name of the database; an object.
    public var context: JSON
    /// Where the database is, as the person named it. It is written into the log for those who fork or resume the
    /// session, and is no part of its proof.
    public var source: String?
    /// What the session may use in all its turns together.
    public var budget: Usage
    /// Time.
    public var time: any TimeSource
    /// The person, when one is there to be asked while a turn runs.
    public var person: (any Person)?
    /// Seed of the jitter in delays.
    public var seed: UInt64
    /// The version that is written into the log.
    public var version: String

    /// Makes a configuration.
    public init(
        definitions: [AgentDefinition], agent: String = "coordinator", tools: ToolRegistry,
        reasoner: any Reasoner = EmbeddedReasoner(), context: JSON = [:], source: String? = nil,
        budget: Usage = .unlimited,
        time: any TimeSource = SystemTime(), person: (any Person)? = nil, seed: UInt64 = 0, version: String = "0"
    ) {
        self.definitions = definitions
        self.agent = agent
        self.tools = tools
        self.reasoner = reasoner
        self.context = context
        self.source = source
        self.budget = budget
        self.time = time
        self.person = person
        self.seed = seed
        self.version = version
    }
}

extension Usage {
    /// No limit on anything.
    public static let unlimited = Usage(
        steps: .max, calls: .max, tokens: .max, microcost: .max, rows: .max, bytes: .max)
}
