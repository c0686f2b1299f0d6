import AgentRuntime
import Databases
import MessageBus
import Services
import Toolbox
import Traces
import Values

/// `operon trace fork`: goes another way from a point of a recorded run.
enum TraceForkCommand: Command {
    static let specification = CommandSpecification(
        words: "trace fork", arguments: "TRACE", summary: "run on from a recorded effect with another result",
        details: """
            What happened before the effect at PATH ended is taken over from TRACE; the effect then has the result given
            with --result, and everything after it happens live, on the database that the trace names (or --db).
            "operon trace show TRACE --kind effect.completed" lists the paths.
            """,
        options: [
            .init(name: "at", value: "PATH", help: "the effect whose result changes"),
            .init(name: "result", value: "JSON", help: "its new result"),
            .init(name: "out", value: "FILE", help: "where the new trace is written"),
            CommandSpecification.database,
            CommandSpecification.hide, CommandSpecification.agents, CommandSpecification.store,
            CommandSpecification.model, CommandSpecification.baseURL, CommandSpecification.models,
            CommandSpecification.prompts,
            CommandSpecification.progress,
            CommandSpecification.json,
        ],
        examples: [#"operon trace fork q1.jsonl --at t1/clock --result '"2025-06-30T12:00:00Z"' --out q2.jsonl"#],
        argumentCount: 1...1)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        guard let path = invocation.value("at"), let text = invocation.value("result") else {
            throw UsageError("trace fork needs --at PATH and --result JSON")
        }
        let result: JSON
        do { result = try JSON(parsing: text) } catch { throw UsageError("--result is no JSON: \(error)") }
        let parent = try await TraceSource.read(invocation.arguments[0], invocation)
        let recorded = try Fork.recording(from: parent, at: path, result: result)
        let composition = try Composition(invocation)
        let opened = parent.first { $0.kind == .sessionOpened }?.payload
        let database = opened?["context"]?["database"]?.string ?? ""
        if composition.pool.names.isEmpty, let source = opened?["source"]?.string {
            try composition.pool.add(DatabaseURL(plain(source)), as: database)
        }
        let time = SystemTime()
        let models = try composition.models(invocation, resuming: parent)
        var configuration = composition.session(on: nil, source: nil, time: time, reasoner: models.reasoner)
        configuration.context = opened?["context"] ?? configuration.context
        configuration.agent = opened?["agent"]?.string ?? configuration.agent
        let log = SessionLog(session: RandomIDs().next("s"), time: time)
        let session = Session(
            configuration,
            journal: Journal(log: log, mode: .fork, recording: Recording(recorded), redactor: models.redactor))
        let host = SessionHost(composition: composition, terminal: invocation.terminal, time: time, person: nil)
        let live = try invocation.showsProgress(
            auto: invocation.terminal.isErrorTerminal && !invocation.has("json"))
        let control = RunControl()
        Interrupts.shared.direct(to: control)
        defer { Interrupts.shared.direct(to: nil) }
        let clock = time.monotonicNanoseconds()
        let last = try await host.following(log, live: live, trace: invocation.value("out")) { _ -> TurnResult? in
            try await session.open([
                "parent_trace": .string(CanonicalForm.hash(of: parent)), "fork_at": .string(path),
            ])
            var last: TurnResult?
            for message in recorded where message.kind == .messageReceived {
                if control.interruption != nil { break }
                last = try await session.ask(message.payload["input"] ?? .null, control: control)
            }
            try await session.close()
            return last
        }
        await models.close(invocation.terminal)
        guard let last else {
            throw OperonError(code: "fork_empty", "no message was received before \(path)", at: path)
        }
        if invocation.has("json") {
            let report = AnswerReport(
                id: session.id, result: last, database: database, session: session.id,
                trace: invocation.value("out"),
                milliseconds: Double(time.monotonicNanoseconds() - clock) / 1_000_000)
            invocation.terminal.print(report.json.description)
        } else {
            AnswerView(terminal: invocation.terminal).show(last)
        }
        return ExitStatus(last.outcome)
    }

    /// `URL` of `NAME=URL`.
    private static func plain(_ source: String) -> String {
        guard let equals = source.firstIndex(of: "="), !source[..<equals].contains("/") else { return source }
        return String(source[source.index(after: equals)...])
    }
}
