import AgentRuntime
import MessageBus
import Services
import Toolbox
import Values

/// `operon ask --jsonl`: many questions in one process, answered in the order in which they came.
struct AskLines {
    let invocation: Invocation
    private let composition: Composition
    private let models: ModelSetup
    private let time: any TimeSource

    init(_ invocation: Invocation) throws {
        if !invocation.arguments.isEmpty {
            throw UsageError("give a question as an argument or with --jsonl, not both")
        }
        self.invocation = invocation
        composition = try Composition(invocation)
        models = try composition.models(invocation)
        time = try AskCommand.time(invocation)
    }

    func run() async throws -> ExitStatus {
        let input = InputLines()
        while let line = try await input.next() {
            if line.allSatisfy(\.isWhitespace) { continue }
            let control = RunControl()
            Interrupts.shared.direct(to: control)
            invocation.terminal.print(await answer(line, control).description)
            Interrupts.shared.direct(to: nil)
            if control.interruption != nil {
                await models.close(invocation.terminal)
                return .cancelled
            }
        }
        await models.close(invocation.terminal)
        return .completed
    }

    /// The database of a line: one that was given with `--db` by its name, or a URL; without one the first of `--db`.
    private func database(_ named: JSON) throws -> (name: String, source: String) {
        let given = invocation.all("db").first
        if named.isNull, let given, let first = composition.pool.names.first { return (first, given) }
        guard let text = named.string else {
            throw OperonError(
                code: "line_invalid", "the line has no text \"db\"",
                hint: "Name the database in the line, or with --db.")
        }
        if composition.pool.names.contains(text) { return (text, text) }
        return (try Composition.register(text, in: composition.pool), text)
    }

    private func answer(_ line: String, _ control: RunControl) async -> JSON {
        let clock = time.monotonicNanoseconds()
        var id = JSON.null
        func report(_ result: TurnResult, _ database: String, _ session: String) -> JSON {
            let milliseconds = Double(time.monotonicNanoseconds() - clock) / 1_000_000
            var object =
                AnswerReport(
                    id: "", result: result, database: database, session: session, trace: nil,
                    milliseconds: milliseconds
                ).json.object ?? [:]
            object["id"] = id
            return .object(object)
        }
        do {
            let request = try JSON(parsing: line)
            id = request["id"] ?? .null
            guard let question = request["question"]?.string else {
                throw OperonError(
                    code: "line_invalid", "the line has no text \"question\"",
                    hint: #"Write {"id","db","question"}."#)
            }
            if let given = request["semantic"], !given.isNull, given.string == nil {
                throw OperonError(
                    code: "line_invalid", "\"semantic\" is no text", hint: "Name the file of a glossary.")
            }
            // An empty name is how callers say that there is no glossary.
            let semantic = try composition.glossary(
                request["semantic"]?.string ?? invocation.value("semantic"))
            let (name, source) = try database(request["db"] ?? .null)
            let log = SessionLog(session: RandomIDs().next("s"), time: time)
            let session = Session(
                composition.session(
                    on: name, source: source, time: time, reasoner: models.reasoner, semantic: semantic),
                journal: Journal(log: log, redactor: models.redactor))
            try await session.open()
            let result = try await session.ask(["question": .string(question)], control: control)
            try await session.close()
            return report(result, name, session.id)
        } catch let error as JSONError {
            let hint = #"Write {"id","db","question"} on one line."#
            return report(
                TurnResult(outcome: .failed(OperonError(code: "line_invalid", "\(error)", hint: hint))), "", "")
        } catch let error as OperonError {
            return report(TurnResult(outcome: .failed(error)), "", "")
        } catch {
            let code = OperonError(code: "internal", "unexpected error of type \(type(of: error))")
            return report(TurnResult(outcome: .failed(code)), "", "")
        }
    }
}
