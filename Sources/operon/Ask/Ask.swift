import AgentRuntime
import Databases
import MessageBus
import Semantics
import Services
import Toolbox
import Traces
import Values

/// Asks on behalf of the command line: one question, or a conversation.
struct Ask {
    let invocation: Invocation
    let composition: Composition
    let database: String
    let source: String
    let time: any TimeSource

    private var terminal: Terminal { invocation.terminal }

    /// Whether the agents at work are shown on standard error.
    let showsProgress: Bool

    init(_ invocation: Invocation, _ composition: Composition, database: String, source: String) throws {
        self.invocation = invocation
        self.composition = composition
        self.database = database
        self.source = DatabaseURL.withoutPassword(source)
        time = try AskCommand.time(invocation)
        showsProgress = try invocation.showsProgress(
            auto: invocation.terminal.isErrorTerminal && !invocation.has("json"))
    }

    /// One question, or the one that a resumed session was cut off at.
    func once(_ question: String?) async throws -> ExitStatus {
        try await withSession { opened, live in
            let clock = time.monotonicNanoseconds()
            let control = RunControl()
            // Until the process ends: an interrupt after the answer leaves the time to finish log and trace.
            Interrupts.shared.direct(to: control)
            let result = try await answer(question, opened, control)
            let milliseconds = Double(time.monotonicNanoseconds() - clock) / 1_000_000
            await live?.caughtUp(to: opened.log.lastSeq)
            show(result, opened.session.id, milliseconds)
            if let path = invocation.value("chart") { try writeChart(result, to: path, question ?? "") }
            return ExitStatus(result.outcome)
        }
    }

    /// A resumed session first finishes the turn that it was cut off at; when that turn was this very question, its
    /// answer is the answer.
    private func answer(
        _ question: String?, _ opened: SessionHost.Opened, _ control: RunControl
    ) async throws -> TurnResult {
        let history = opened.log.envelopes(after: 0)
        let open = Session.openTurn(in: history)
        if let question, opened.isResumed, let (asked, said) = Session.openQuestion(in: history),
            open?.input["question"]?.string != question
        {
            if said == nil {
                if let result = try await answer(asked, with: question, opened, control) { return result }
            } else if let result = try await opened.session.resume(control: control) {
                // Cut off after the choice: the same choice again, or a question of its own.
                let chosen = ChoiceWords.index(of: question, among: asked.options).map { asked.options[$0] }
                if result.outcome == nil || chosen != nil && chosen == said?.string { return result }
            }
        } else if let open, opened.isResumed {
            terminal.note("operon: session \(opened.session.id) goes on with \(open.path)")
            let same = question == nil || open.input["question"]?.string == question
            if let result = try await opened.session.resume(control: control), same || result.outcome == nil {
                return result
            }
        }
        guard let question else {
            throw UsageError("session \(opened.session.id) has nothing to go on with; give it a question")
        }
        return try await opened.session.ask(["question": .string(question)], control: control)
    }

    /// What a line says to a question that the turn waits with: its choice goes on with the turn; another question gives
    /// it up, and nil comes back.
    private func answer(
        _ asked: Suspension, with line: String, _ opened: SessionHost.Opened, _ control: RunControl
    ) async throws -> TurnResult? {
        guard let at = ChoiceWords.index(of: line, among: asked.options) else {
            let result = try await opened.session.decide([asked.path: .abandon], control: control)
            return ChoiceWords.isRefusal(line) ? result : nil
        }
        let choice = asked.options[at]
        let result = try await opened.session.decide([asked.path: .result(.string(choice))], control: control)
        try await memory.remember(choice, of: asked, in: opened.log.envelopes(after: 0), composition, database)
        return result
    }

    private var memory: ChoiceMemory { ChoiceMemory(invocation: invocation) }

    private func show(_ result: TurnResult, _ session: String, _ milliseconds: Double) {
        if invocation.has("json") {
            let report = AnswerReport(
                id: session, result: result, database: database, session: session,
                trace: invocation.value("trace"), milliseconds: milliseconds)
            terminal.print(report.json.description)
        } else {
            AnswerView(terminal: terminal).show(result)
            if let suspension = result.suspension, suspension.reason == .question {
                let again = "operon ask --session \(session) --db \(source)"
                terminal.note(
                    "operon: the session waits; answer with: \(again) NUMBER, or \(again) --decide '\(suspension.path)=…'"
                )
            } else if let suspension = result.suspension {
                terminal.note(
                    "operon: the session waits; go on with: operon ask --session \(session) --db \(source) --decide '\(suspension.path)=…'"
                )
            }
        }
    }

    /// A conversation in the terminal. Ctrl-C stops an answer, Ctrl-D ends the conversation.
    func conversation() async throws -> ExitStatus {
        terminal.note("Ask about \(database). Ctrl-C stops an answer, Ctrl-D ends; /help tells more.")
        return try await withSession(isConversation: true) { opened, live in
            let input = InputLines()
            var last = TurnResult(outcome: nil)
            var lastQuestion = ""
            var status = ExitStatus.completed
            while true {
                terminal.noteRaw(terminal.styled("> ", .bold, onError: true))
                guard let line = try await input.next() else { break }
                let words = Self.typed(line)
                if words.isEmpty { continue }
                if ["/quit", "/exit"].contains(words) { break }
                if words.hasPrefix("/") {
                    command(words, last, lastQuestion)
                    continue
                }
                let control = RunControl()
                Interrupts.shared.direct(to: control)
                var answered: TurnResult?
                if let asked = last.suspension, asked.reason == .question {
                    answered = try await answer(asked, with: words, opened, control)
                }
                if let answered {
                    last = answered
                } else {
                    lastQuestion = question(words, last)
                    last = try await opened.session.ask(["question": .string(lastQuestion)], control: control)
                }
                Interrupts.shared.direct(to: nil)
                await live?.caughtUp(to: opened.log.lastSeq)
                AnswerView(terminal: terminal).show(last)
                status = ExitStatus(last.outcome)
            }
            terminal.note("")
            // What nobody answered is given up, so that the log is whole.
            if let asked = last.suspension, invocation.value("session") == nil {
                _ = try await opened.session.decide([asked.path: .abandon])
            }
            return status == .cancelled ? .completed : status
        }
    }

    /// What a line asks: the option that a number chooses when the last answer offered options, else the line itself.
    /// Options are questions of their own.
    private func question(_ line: String, _ last: TurnResult) -> String {
        guard let number = Int(line), let options = last.answer["clarification"]?["options"]?.array,
            options.indices.contains(number - 1)
        else { return line }
        return options[number - 1].string ?? line
    }

    /// The line without what arrow keys and their like leave in it: there is no line editor.
    private static func typed(_ line: String) -> String {
        line.replacing(/\u{1B}(\[[0-9;]*[A-Za-z~]|O[A-Z])/, with: "").trimmed
    }

    /// Writes the chart of an answer, or says that there is none.
    private func writeChart(_ result: TurnResult, to path: String, _ question: String) throws {
        guard let chart = AnswerChart(result.answer) else {
            return terminal.note("operon: there is no chart to write to \(path): the question has no answer")
        }
        try chart.write(to: path, question: question)
        terminal.note("operon: \(chart.phrase) is in \(path)")
    }

    private func command(_ words: String, _ last: TurnResult, _ question: String) {
        if words.hasPrefix("/chart ") {
            let path = String(words.dropFirst(7)).trimmed
            do {
                try writeChart(last, to: path, question)
            } catch let error as UsageError {
                terminal.note("operon: \(error.message)")
            } catch {
                terminal.note("operon: \((error as? OperonError)?.message ?? "the chart was not written")")
            }
            return
        }
        switch words {
        case "/sql": terminal.print(last.answer["sql"]?.string ?? "There is no SQL yet.")
        case "/json": terminal.print(last.answer.pretty())
        case "/chart": terminal.print(last.answer["vega_lite"]?.pretty() ?? "There is no chart yet.")
        default:
            terminal.print(
                """
                /sql    the SQL of the last answer
                /chart  its chart as Vega-Lite; /chart FILE.svg or FILE.html writes a drawing
                /json   all of it
                /quit   end (also Ctrl-D)
                A number, or words of it, chooses what was offered. Anything else is a question, and may go on from the one
                before: "and by region?", "only 2024", "who are they?", "as a pie chart".
                """)
        }
    }

    /// A decision that nothing waits for would be lost without a word.
    private static func check(_ decisions: [String: PersonDecision], against history: [Envelope]) throws {
        let ended = Set(
            history.filter { $0.kind == .effectCompleted || $0.kind == .effectFailed }.map(\.path))
        let waiting = history.filter { $0.kind == .effectRequested && !ended.contains($0.path) }.map(\.path)
        guard let stray = decisions.keys.sorted().first(where: { !waiting.contains($0) }) else { return }
        let known =
            waiting.isEmpty
            ? "the session waits for no decision" : "what waits: " + waiting.sorted().joined(separator: ", ")
        throw UsageError("--decide names \(stray), where nothing waits; \(known)")
    }

    /// The glossary of `--semantic`; what does not fit the database is told and left out.
    private func glossary() async throws -> String? {
        guard let path = invocation.value("semantic") else { return nil }
        guard Files.exists(path) else { throw UsageError("--semantic: there is no file \(path)") }
        let name = try composition.glossary(path)
        let check = try await composition.pool.check(try Files.text(path), file: path, on: database)
        for problem in check.problems { terminal.note("operon: \(problem)") }
        return name
    }

    /// Opens the session, follows its log, and closes what is not to be kept.
    private func withSession(
        isConversation: Bool = false, _ body: (SessionHost.Opened, LiveView?) async throws -> ExitStatus
    ) async throws -> ExitStatus {
        var host = SessionHost(
            composition: composition, terminal: terminal, time: time, person: nil,
            decisions: try AskCommand.decisions(invocation))
        let id = invocation.value("session")
        let isKept = id != nil || invocation.value("store") != nil
        let store = isKept ? try SessionHost.store(invocation) : nil
        if let store { try await SessionHost.markInterrupted(in: store, except: id, time: time) }
        var recorded: [Envelope] = []
        if let id, let store, try await store.record(of: id) != nil { recorded = try await store.envelopes(of: id) }
        let models = try composition.models(invocation, resuming: recorded)
        host.redactor = models.redactor
        let configuration = composition.session(
            on: database, source: source, time: time, reasoner: models.reasoner,
            semantic: try await glossary(), isInteractive: id != nil || isConversation)
        let opened = try await host.open(id, store: store, configuration: configuration)
        let status: ExitStatus
        do {
            try Self.check(host.decisions, against: opened.log.envelopes(after: 0))
            status = try await host.following(
                opened.log, live: showsProgress, trace: invocation.value("trace")
            ) { live in
                let status = try await body(opened, live)
                // A named session stays open for the next message; the others end here.
                if id == nil { try await opened.session.close() }
                return status
            }
        } catch {
            await store?.close()
            await models.close(terminal)
            throw error
        }
        await store?.close()
        await models.close(terminal)
        return status
    }
}

extension String {
    /// The text without white space at its ends.
    var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
