public import Values

/// What an agent is: the content of one Markdown file with YAML front matter. A value; the loop that runs it is code.
public struct AgentDefinition: Sendable {
    /// The name by which others delegate to it: `^[a-z][a-z0-9_]{2,63}$`.
    public var name: String
    /// The name that people see.
    public var title: String
    /// One sentence on what it does.
    public var summary: String
    /// Tools that its steps may call. What is not listed here is refused at run time too.
    public var tools: [String]
    /// Agents that it may delegate to. The graph of delegations has no cycle.
    public var delegates: [String]
    /// Which class of language model it wants.
    public var tier: ModelTier
    /// What one turn of it may use.
    public var limits: AgentLimits
    /// What it does, as data.
    public var playbook: Playbook
    /// What must hold before it answers.
    public var checks: [Check]
    /// The text below the front matter: who the agent is, for people and for language models.
    public var instructions: String
    /// Where the definition begins.
    public var place: SourcePlace
    /// SHA-256 of the text that the definition was read from; a session writes it into its log, so that a replay with
    /// changed definitions is noticed.
    public var digest = ""

    /// Makes a definition.
    public init(
        name: String, title: String, summary: String = "", tools: [String] = [], delegates: [String] = [],
        tier: ModelTier = .standard, limits: AgentLimits = AgentLimits(), playbook: Playbook, checks: [Check] = [],
        instructions: String = "", place: SourcePlace = SourcePlace(file: "<code>", line: 1)
    ) {
        self.name = name
        self.title = title
        self.summary = summary
        self.tools = tools
        self.delegates = delegates
        self.tier = tier
        self.limits = limits
        self.playbook = playbook
        self.checks = checks
        self.instructions = instructions
        self.place = place
    }
}

/// Classes of language models; which model stands for a class is configuration.
public enum ModelTier: String, Sendable, Hashable, CaseIterable { case fast, standard, strong }

/// What one turn of an agent may use, and how many turns at a time it takes on.
public struct AgentLimits: Sendable, Hashable {
    /// Steps started, over all rounds. Defaults to 50.
    public var steps = 50
    /// Tool calls and delegations, retries counted. Defaults to 100.
    public var calls = 100
    /// Rounds of plan, execute, reflect. Defaults to 3.
    public var rounds = 3
    /// Tokens of language models, in and out. Defaults to 200 000.
    public var tokens = 200_000
    /// Money for language models, in millionths of the currency unit of the price list. Defaults to 1 000 000.
    public var microcost = 1_000_000
    /// Time from the turn's start. Defaults to 60 s.
    public var wall: Duration = .seconds(60)
    /// Rows read from databases. Defaults to 100 000.
    public var rows = 100_000
    /// Bytes read from databases. Defaults to 64 MiB.
    public var bytes = 64 << 20
    /// Calls of a language model in one turn; when they are used up the playbook goes on. Defaults to 16.
    public var modelCalls = 16
    /// Turns that run at the same time within one session; more wait in the inbox. Defaults to 4.
    public var concurrency = 4
    /// Requests that may wait in the inbox. Defaults to 64.
    public var inbox = 64
    /// Failures within `restartWindow` that are answered by a restart; one more stops the agent. Defaults to 3.
    public var restarts = 3
    /// See `restarts`. Defaults to 10 s.
    public var restartWindow: Duration = .seconds(10)

    /// The defaults.
    public init() {}
}

/// Something that must hold when a round has run, and what to do when it does not.
public struct Check: Sendable {
    /// What to do when the check fails.
    public enum Remedy: Sendable {
        /// Run these steps, and what depends on them, once more in a new round; `${feedback.message}` holds the message.
        case again(steps: [String])
        /// Ask the person.
        case ask
        /// Answer, but say so: outcome `degraded` with the message as reason.
        case degrade
        /// Do not answer: outcome `failed`.
        case fail
    }

    /// The name that traces show.
    public var name: String
    /// The condition; it must be true.
    public var condition: Expression
    /// What to do otherwise.
    public var remedy: Remedy
    /// What is wrong, for people.
    public var message: Template
    /// Where the check stands.
    public var place: SourcePlace

    /// Makes a check.
    public init(
        name: String, condition: Expression, remedy: Remedy, message: Template,
        place: SourcePlace = SourcePlace(file: "<code>", line: 1)
    ) {
        self.name = name
        self.condition = condition
        self.remedy = remedy
        self.message = message
        self.place = place
    }
}
