import AgentRuntime
import Databases
import MessageBus
import Services
import Toolbox
import Traces
import Values

/// `operon ask`: questions in plain language.
enum AskCommand: Command {
    static let specification = CommandSpecification(
        words: "ask", arguments: "[QUESTION]", summary: "ask a question about a database in plain language",
        details: """
            Without a QUESTION, holds a conversation in a terminal, or reads the question from a pipe. With --session the
            session is kept in the store: ask again with the same name to go on, also after a crash.
            A question may go on from the one before: "and by region?", "only 2024", "who are they?". Where a question can be
            read in several ways, a conversation and a session of the store wait for your choice: answer with its number, its
            words, or with another question.
            With --jsonl, reads lines {"id","db","question","semantic"?} and answers each with a line, in the same order.

            The embedded reasoner needs no key, no server and no network. With --model a language model plans and reflects
            where there is a prompt for it; several with commas between them take over from each other. When none answers,
            the embedded reasoner goes on and the outcome is "degraded" (exit status 5). No live provider has been used
            while this was built: the formats are the documented ones.
            """,
        options: [
            CommandSpecification.database,
            .init(name: "session", value: "ID", help: "keep the session under this name, or go on with it"),
            CommandSpecification.store,
            .init(name: "trace", value: "FILE", help: "write the trace of the session to this file (JSON lines)"),
            .init(
                name: "chart", value: "FILE",
                help: "write the answer's chart to FILE.svg or, as a page, to FILE.html"),
            .init(name: "today", value: "DATE", help: "the day that \"today\" means, YYYY-MM-DD"),
            .init(
                name: "decide", value: "PATH=again|abandon|JSON", help: "answer what a resumed session waits for",
                isRepeated: true),
            CommandSpecification.progress,
            .init(name: "semantic", value: "FILE", help: "a glossary for the database (see operon semantic)"),
            .init(
                name: "remember", value: "FILE",
                help: "write what you choose a word to mean into this glossary, for later sessions"),
            CommandSpecification.model, CommandSpecification.baseURL, CommandSpecification.models,
            CommandSpecification.prompts,
            .init(
                name: "record", value: "FILE",
                help: "record the model's answers in FILE; when it is there already, answer from it"),
            CommandSpecification.hide, CommandSpecification.cache, CommandSpecification.agents,
            CommandSpecification.threads,
            .init(name: "jsonl", value: nil, help: "read questions as JSON lines"), CommandSpecification.json,
        ],
        examples: [
            "operon ask \"Show me the top 5 customers by total purchase amount\" --db shop.sqlite",
            "operon ask --db shop.sqlite",
            "operon ask \"And by region?\" --db shop.sqlite --session monday",
            "operon ask \"Monthly revenue in 2025\" --db shop.sqlite --chart revenue.svg",
            "operon ask \"How many orders?\" --db shop.sqlite --json --trace run.jsonl",
            "operon ask \"How many orders?\" --db shop.sqlite --model anthropic:claude-sonnet-4-5,embedded",
        ], argumentCount: 0...1)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let threads = try invocation.integer("threads", in: 1...256, default: 0 + 1)
        guard invocation.value("threads") != nil else { return try await start(invocation) }
        let executor = ThreadPoolExecutor(threads: threads)
        defer { executor.stop() }
        return try await withTaskExecutorPreference(executor) { try await start(invocation) }
    }

    private static func start(_ invocation: Invocation) async throws -> ExitStatus {
        if let path = invocation.value("chart") {
            _ = try AnswerChart.Form(path: path)
            if invocation.has("jsonl") {
                throw UsageError("--chart writes the chart of one question, not of --jsonl")
            }
        }
        try ChoiceMemory.check(invocation)
        if invocation.has("jsonl") { return try await AskLines(invocation).run() }
        let composition = try Composition(invocation)
        guard let name = composition.pool.names.first, let source = invocation.all("db").first else {
            throw UsageError("ask needs --db URL")
        }
        // Tells of a missing or unreadable file before anybody waits for an answer.
        _ = try await composition.pool.catalogue(name)
        let ask = try Ask(invocation, composition, database: name, source: source)
        if let question = invocation.arguments.first { return try await ask.once(question) }
        if invocation.terminal.isInputTerminal && !invocation.has("json") {
            return try await ask.conversation()
        }
        if invocation.value("session") != nil && invocation.terminal.isInputTerminal {
            return try await ask.once(nil)
        }
        let question = try await InputLines().rest()
        let isBlank = question.allSatisfy(\.isWhitespace)
        if isBlank && invocation.value("session") == nil { throw UsageError("ask needs a question") }
        return try await ask.once(isBlank ? nil : question)
    }

    static func time(_ invocation: Invocation) throws -> any TimeSource {
        guard let text = invocation.value("today") else { return SystemTime() }
        guard let date = CivilDate(iso8601: text) else {
            throw UsageError("--today takes YYYY-MM-DD, not \"\(text)\"")
        }
        return ShiftedTime(today: date)
    }

    /// What `--decide PATH=…` says.
    static func decisions(_ invocation: Invocation) throws -> [String: PersonDecision] {
        var decisions: [String: PersonDecision] = [:]
        for text in invocation.all("decide") {
            guard let equals = text.firstIndex(of: "=") else {
                throw UsageError("--decide takes PATH=again, PATH=abandon or PATH=JSON")
            }
            let answer = String(text[text.index(after: equals)...])
            let decision: PersonDecision =
                switch answer {
                case "again": .again
                case "abandon": .abandon
                default: .result((try? JSON(parsing: answer)) ?? .string(answer))
                }
            decisions[String(text[..<equals])] = decision
        }
        return decisions
    }
}
