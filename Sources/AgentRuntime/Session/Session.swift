public import MessageBus
internal import Services
public import Values

/// One conversation or batch run: it owns a log, its agents, and the order of its turns.
public actor Session {
    /// The session's identifier.
    public nonisolated let id: String
    /// The log that everything stands on.
    public nonisolated let log: SessionLog
    private var journal: Journal
    private let configuration: SessionConfiguration
    private let agents: AgentDirectory
    private let turns = Inbox(concurrency: 1, capacity: 64)
    private var turnCount = 0
    private var spent = Usage()
    /// What the answer before said should be known when the next question comes; null when there is nothing.
    private var memory = JSON.null
    private var isClosed = false

    /// A memory that would take more bytes is not kept.
    private static let memoryLimit = 65_536

    /// Makes a session that speaks through `journal`.
    public init(_ configuration: SessionConfiguration, journal: Journal) {
        self.configuration = configuration
        self.journal = journal
        log = journal.log
        id = journal.log.session
        agents = AgentDirectory(definitions: configuration.definitions, reasoner: configuration.reasoner)
    }

    /// Opens the session: the first envelope of its log. `extra` members tell where the session comes from.
    public func open(_ extra: JSONObject = [:]) throws {
        var payload: JSONObject = [
            "format": 1, "operon": .string(configuration.version), "agent": .string(configuration.agent),
            "reasoner": .string(configuration.reasoner.name), "context": configuration.context,
            "definitions": .string(definitionsDigest),
        ]
        if let facts = configuration.reasoner.facts { payload["model"] = facts }
        if let source = configuration.source { payload["source"] = .string(source) }
        if let recorded = journal.upcoming(at: "")?.payload {
            // Facts of the run that is repeated, not of what it does.
            for key in ["operon", "source"] { payload[key] = recorded[key] }
        }
        try journal.open(
            .sessionOpened, at: "", sender: "operon", payload: .object(payload))
        if !extra.isEmpty {
            journal.remark(
                .log, at: "", sender: "operon", payload: ["message": "origin", "origin": .object(extra)])
        }
    }

    /// A change of any definition changes this.
    private var definitionsDigest: String {
        let digests = configuration.definitions.sorted { $0.name < $1.name }.map { "\($0.name) \($0.digest)" }
        return SHA256Digest.short(.strings(digests))
    }

    /// Takes in what a person said, as the next turn, and returns when the turn has ended or is suspended. Turns of a
    /// session run one after the other. `control` stops this turn.
    public func ask(_ said: JSON, control: RunControl = RunControl()) async throws -> TurnResult {
        // What follows from the input must be the same when it comes from the log, which knows no secrets.
        let input = journal.redacted(said)
        switch await turns.enter() {
        case .admitted: break
        case .cancelled: return TurnResult(outcome: .cancelled(by: "caller"))
        case .full:
            return TurnResult(
                outcome: .failed(
                    OperonError(
                        code: "session_busy", "session \(id) has too many messages waiting", hint: "Try again.")))
        }
        defer { turns.leave() }
        if isClosed {
            return TurnResult(outcome: .failed(OperonError(code: "session_closed", "session \(id) is closed")))
        }
        let path = "t\(turnCount + 1)"
        do { try receive(input, at: path) } catch is CancellationError {
            return TurnResult(outcome: .cancelled(by: "caller"))
        }
        turnCount += 1
        return try await run(path, input, control)
    }

    private func receive(_ input: JSON, at path: String) throws {
        try journal.open(
            .messageReceived, at: path, sender: "person", topic: TopicName.agentMessage(configuration.agent),
            payload: ["to": .string(configuration.agent), "input": input])
    }

    private func run(_ path: String, _ input: JSON, _ control: RunControl) async throws -> TurnResult {
        guard let agent = agents[configuration.agent] else {
            let error = OperonError(
                code: "agent_unknown", "there is no agent called \(configuration.agent)",
                hint: "operon agents list shows the agents.")
            journal.close(.turnFinished, at: path, sender: "operon", payload: Outcome.failed(error).json)
            return TurnResult(outcome: .failed(error))
        }
        let wall =
            configuration.definitions.first { $0.name == configuration.agent }?.limits.wall ?? .seconds(60)
        let environment = TurnEnvironment(
            journal: journal, tools: configuration.tools, agents: agents, control: control,
            time: configuration.time,
            person: configuration.person, wall: wall, seed: configuration.seed)
        let result: TurnResult
        do {
            result = try await serve(path, input, agent, environment)
        } catch  where error is CancellationError || error is CancelledEffect {
            // Stopped before the agent began.
            let outcome = environment.interruption(of: path)?.outcome ?? .cancelled(by: "caller")
            var payload = outcome.json.object ?? [:]
            payload["rounds"] = 0
            journal.close(.turnFinished, at: path, sender: "operon", payload: .object(payload))
            result = TurnResult(outcome: outcome)
        }
        spent += result.usage
        if result.outcome != nil { remember(result.answer) }
        if let divergence = journal.divergence { throw divergence }
        do { try await log.waitUntilDurable(log.lastSeq) } catch {
            // A cancelled caller does not want to know; the log's own promise holds for everybody else.
            if error.code != "cancelled" { throw error }
        }
        return result
    }

    private func serve(
        _ path: String, _ input: JSON, _ agent: Agent, _ environment: TurnEnvironment
    ) async throws -> TurnResult {
        var context = configuration.context.object ?? [:]
        let time = configuration.time
        let now = try await journal.effect(
            EffectRequest(
                path: "\(path)/clock", sender: "operon", kind: "clock", name: "now", effectClass: .readOnly,
                arguments: .null)
        ) { ToolOutput(.string(time.now().description)) }
        if !memory.isNull { context["previous"] = memory }
        context["now"] = now.value
        context["today"] = .string(String((now.value.string ?? "").prefix(10)))
        return try await agent.serve(
            TurnRequest(
                path: path, input: input, context: .object(context), grant: configuration.budget - spent),
            in: environment)
    }

    /// Takes over an answer's member `conversation`, which every agent finds as `context.previous` in the next turn. An
    /// answer without it, such as a question back, leaves what was there. Since it comes from the answer, which is on the
    /// log, a session that is resumed, replayed or forked knows the same.
    private func remember(_ answer: JSON) {
        guard let carried = answer["conversation"] else { return }
        memory = carried.isLargerThan(Self.memoryLimit) ? .null : journal.redacted(carried)
    }

    /// Goes on with the turn that the log says was begun and not finished; nil when there is none.
    public func resume(control: RunControl = RunControl()) async throws -> TurnResult? {
        guard let open = Self.openTurn(in: log.envelopes(after: 0)) else { return nil }
        guard await turns.enter() == .admitted else { return nil }
        defer { turns.leave() }
        try receive(open.input, at: open.path)
        return try await run(open.path, open.input, control)
    }

    /// Answers what the open turn waits for and goes on with it, in the process in which it was suspended or in a later
    /// one; nil when no turn is open. A decision where nothing waits is not used.
    public func decide(
        _ decisions: [String: PersonDecision], control: RunControl = RunControl()
    ) async throws -> TurnResult? {
        guard Self.openTurn(in: log.envelopes(after: 0)) != nil else { return nil }
        journal = journal.resumed(decisions)
        journal.acknowledge("")
        return try await resume(control: control)
    }

    /// The last question that the open turn asked the person, if it did, and what was answered to it, if it was.
    public static func openQuestion(in envelopes: [Envelope]) -> (asked: Suspension, answer: JSON?)? {
        guard let open = openTurn(in: envelopes),
            let asked = envelopes.last(where: { $0.kind == .questionAsked && $0.path.hasPrefix(open.path + "/") })
        else { return nil }
        let end = envelopes.last {
            $0.path == asked.path && ($0.kind == .effectCompleted || $0.kind == .effectFailed)
        }
        let suspension = Suspension(
            reason: .question, path: asked.path, question: asked.payload["question"]?.string ?? "",
            options: (asked.payload["options"]?.array ?? []).compactMap(\.string))
        return (suspension, end.map { $0.payload["result"] ?? .null })
    }

    /// Takes over what the log says of earlier turns: their number, what they used, and what the last one left to know.
    public func restore() {
        journal.acknowledge("")
        var answers: [String: JSON] = [:]
        for envelope in log.envelopes(after: 0) {
            if envelope.kind == .messageSent, envelope.payload["to"]?.string == "person" {
                answers[envelope.path] = envelope.payload["answer"]
            }
            // A turn that has not ended is gone through again and remembers then.
            if envelope.kind == .turnFinished, let answer = answers[envelope.path] { remember(answer) }
            if envelope.kind == .messageReceived, let number = Int(envelope.path.dropFirst()) {
                turnCount = max(turnCount, number)
            }
            if envelope.kind == .turnFinished, !envelope.path.utf8.contains(UInt8(ascii: "/")) {
                spent += Usage(json: envelope.payload["usage"] ?? .null)
            }
        }
    }

    /// Closes the session: the last envelope of its log.
    public func close() async throws {
        if isClosed { return }
        isClosed = true
        journal.close(.sessionClosed, at: "", sender: "operon", payload: ["turns": .int(turnCount)])
        try await log.waitUntilDurable(log.lastSeq)
    }

    /// The turn that was begun and not finished, if there is one.
    public static func openTurn(in envelopes: [Envelope]) -> (path: String, input: JSON)? {
        var open: (path: String, input: JSON)?
        for envelope in envelopes {
            switch envelope.kind {
            case .messageReceived: open = (envelope.path, envelope.payload["input"] ?? .null)
            case .turnFinished where envelope.path == open?.path: open = nil
            default: break
            }
        }
        return open
    }
}
