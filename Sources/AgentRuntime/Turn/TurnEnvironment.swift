internal import Services
internal import Synchronization
internal import Values

/// What all turns of one run share. A class, so that handing it on costs one retain.
final class TurnEnvironment: Sendable {
    let journal: Journal
    let tools: ToolRegistry
    let agents: AgentDirectory
    let control: RunControl
    let time: any TimeSource
    let person: (any Person)?
    /// How long the turn that all this belongs to may take.
    let wall: Duration
    /// Jitter of delays only: nothing that is decided depends on it.
    private let jitter: Mutex<SeededRandom>
    private let seed: UInt64

    init(
        journal: Journal, tools: ToolRegistry, agents: AgentDirectory, control: RunControl, time: any TimeSource,
        person: (any Person)?, wall: Duration, seed: UInt64
    ) {
        self.journal = journal
        self.tools = tools
        self.agents = agents
        self.control = control
        self.time = time
        self.person = person
        self.wall = wall
        self.seed = seed
        jitter = Mutex(SeededRandom(seed: seed))
    }

    /// Why the turn at `path` was stopped according to the recording; otherwise why it is being stopped.
    func interruption(of path: String) -> Interruption? {
        journal.recordedInterruption(around: path) ?? (journal.isOffline ? nil : control.interruption)
    }

    /// The same for a turn within this one that can be stopped by itself, or that goes through its log again.
    func under(_ control: RunControl, wall: Duration, journal: Journal? = nil) -> TurnEnvironment {
        TurnEnvironment(
            journal: journal ?? self.journal, tools: tools, agents: agents, control: control, time: time,
            person: person, wall: wall, seed: seed)
    }

    /// Waits out the delay before another attempt, at `next`; nobody waits for what is recorded.
    func pause(_ backoff: Backoff, attempt: Int, before next: String) async throws {
        if journal.isOffline || journal.upcoming(at: next) != nil { return }
        if journal.recordedRefusal(at: next) { return }
        let draw = jitter.withLock { $0.unit() }
        try await time.sleep(nanoseconds: backoff.delay(attempt: attempt, draw: draw).wholeNanoseconds)
    }
}

/// The agents of one session, made when they are first spoken to.
final class AgentDirectory: Sendable {
    private let definitions: [String: AgentDefinition]
    private let reasoner: any Reasoner
    private let agents = Mutex<[String: Agent]>([:])

    init(definitions: [AgentDefinition], reasoner: any Reasoner) {
        var byName: [String: AgentDefinition] = [:]
        for definition in definitions { byName[definition.name] = definition }
        self.definitions = byName
        self.reasoner = reasoner
    }

    /// The agent called `name`; nil when nobody is.
    subscript(name: String) -> Agent? {
        agents.withLock { agents in
            if let agent = agents[name] { return agent }
            guard let definition = definitions[name] else { return nil }
            let agent = Agent(definition: definition, reasoner: reasoner)
            agents[name] = agent
            return agent
        }
    }
}
