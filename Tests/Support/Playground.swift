public import AgentRuntime
import MessageBus
public import Services
import Synchronization
public import Values

/// A tool made from a closure, for tests.
public struct ClosureTool: Tool {
    /// A descriptor that takes any object.
    public let descriptor: ToolDescriptor
    private let body: @Sendable (JSON, ToolContext) async throws -> ToolOutput

    /// Makes a tool that takes any object.
    public init(
        _ name: String, _ effectClass: EffectClass = .pure,
        _ body: @escaping @Sendable (JSON, ToolContext) async throws -> ToolOutput
    ) {
        descriptor = ToolDescriptor(
            name: name, title: name, summary: "A tool for tests.", input: JSONSchema(["type": "object"]),
            output: JSONSchema([:]), effectClass: effectClass, permission: "read")
        self.body = body
    }

    /// Calls the closure.
    public func call(_ arguments: JSON, in context: ToolContext) async throws -> ToolOutput {
        try await body(arguments, context)
    }
}

/// Counts what happened under names.
public final class Tally: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    /// Starts empty.
    public init() {}
    /// Counts one; returns the new count.
    @discardableResult
    public func add(_ name: String) -> Int {
        counts.withLock { counts in
            counts[name, default: 0] += 1
            return counts[name]!
        }
    }
    /// How often `name` was counted.
    public subscript(name: String) -> Int { counts.withLock { $0[name, default: 0] } }
    /// All names and counts.
    public var all: [String: Int] { counts.withLock { $0 } }
}

extension PlaybookStep {
    /// A step that calls a tool with literal or templated arguments.
    public static func tool(
        _ id: String, _ name: String, _ arguments: Template = .literal([:]), when condition: Expression? = nil,
        forEach: ForEach? = nil, after: [String] = [], retry: Retry = Retry(), timeout: Int? = nil,
        onError: ErrorPolicy = .fail
    ) -> PlaybookStep {
        PlaybookStep(
            id: id, action: .tool(name: name, arguments: arguments), condition: condition, forEach: forEach,
            after: after, retry: retry, timeoutMilliseconds: timeout, onError: onError)
    }

    /// A step that delegates.
    public static func delegate(
        _ id: String, _ agent: String, _ goal: Template = .literal([:]), after: [String] = [],
        retry: Retry = Retry(),
        forEach: ForEach? = nil, timeout: Int? = nil, onError: ErrorPolicy = .fail
    ) -> PlaybookStep {
        PlaybookStep(
            id: id, action: .delegate(agent: agent, goal: goal), forEach: forEach, after: after, retry: retry,
            timeoutMilliseconds: timeout, onError: onError)
    }

    /// A step that answers with the results of other steps, by their ids.
    public static func answer(
        _ id: String, from steps: [String], outcome: AnswerOutcome = .completed, when condition: Expression? = nil
    ) -> PlaybookStep {
        let members = steps.map {
            Template.Member($0, .expression(.call(.default, [.reference(root: $0, path: []), .literal(.null)])))
        }
        return PlaybookStep(
            id: id, action: .answer(.object(members), outcome: outcome), condition: condition)
    }
}

/// A session in memory with everything handed in.
public struct Playground: Sendable {
    /// The configuration under test.
    public var configuration: SessionConfiguration

    /// Makes a playground for agents; the first one is spoken to.
    public init(
        _ definitions: [AgentDefinition], tools: [any Tool], time: any TimeSource = SystemTime(),
        person: (any Person)? = nil
    ) {
        configuration = SessionConfiguration(
            definitions: definitions, agent: definitions[0].name, tools: ToolRegistry(tools), time: time,
            person: person)
    }

    /// A fresh live session.
    public func live(_ name: String = "s", redactor: Redactor? = nil) -> Session {
        let log = SessionLog(session: name, time: configuration.time)
        return Session(configuration, journal: Journal(log: log, redactor: redactor))
    }

    /// A session that goes on where `history` ends.
    public func resuming(_ history: [Envelope], decisions: [String: PersonDecision] = [:]) -> Session {
        let log = SessionLog(session: history[0].session, time: configuration.time, history: history)
        return Session(
            configuration,
            journal: Journal(log: log, mode: .resume, recording: Recording(history), decisions: decisions))
    }

    /// Runs one turn in a fresh session and closes it.
    public func run(_ input: JSON = [:]) async throws -> (TurnResult, [Envelope]) {
        let session = live()
        try await session.open()
        let result = try await session.ask(input)
        try await session.close()
        return (result, session.log.envelopes(after: 0))
    }
}

/// The canonical events of a log in the order of their paths, as text: equal for equal runs.
public func proof(of envelopes: [Envelope]) -> [String] {
    envelopes.filter(\.kind.isCanonical)
        .enumerated().sorted { ($0.element.path, $0.offset) < ($1.element.path, $1.offset) }
        .map {
            "\($0.element.path) \($0.element.kind.rawValue) \($0.element.sender) \(String(decoding: $0.element.payload.canonicalBytes(), as: UTF8.self))"
        }
}

/// Where two proofs differ first, in words; nil when they are equal.
public func difference(_ a: [String], _ b: [String]) -> String? {
    for index in 0..<max(a.count, b.count) {
        let left = index < a.count ? a[index] : "(nothing)"
        let right = index < b.count ? b[index] : "(nothing)"
        if left != right { return "\n  \(left)\n  \(right)" }
    }
    return nil
}
