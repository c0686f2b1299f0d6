import Foundation
import MessageBus
import Testing
import Traces
import Values

/// `operon ask`: the shape of its answers and every exit status.
@Suite("operon ask")
struct AskTests {
    let folder: Folder

    init() throws { folder = try Shop.folder() }

    private func ask(_ question: String, _ more: String..., input: String = "") async throws -> Ending {
        try await Operon.run(
            ["ask", question, "--db", "shop.sqlite", "--today", Shop.today] + more, in: folder, input: input)
    }

    /// What part 3 of the interfaces names, each with the JSON types that it may have.
    static let members: [(String, Set<String>)] = [
        ("id", ["string"]), ("outcome", ["string"]), ("answer", ["string", "null"]), ("sql", ["string", "null"]),
        ("columns", ["array"]), ("rows", ["array"]), ("row_count", ["integer"]), ("truncated", ["boolean"]),
        ("chart", ["string", "null"]), ("vega_lite", ["object", "null"]), ("explanation", ["string", "null"]),
        ("confidence", ["number", "integer", "null"]), ("clarification", ["string", "null"]),
        ("abstain", ["boolean"]), ("error", ["object", "null"]), ("database", ["string"]), ("session", ["string"]),
        ("trace", ["string", "null"]), ("duration_ms", ["number", "integer"]), ("usage", ["object"]),
    ]
    static let charts: Set<String> = [
        "bar", "grouped_bar", "stacked_bar", "line", "area", "scatter", "pie", "histogram", "heatmap", "map", "kpi",
        "table",
    ]

    static func checkShape(_ answer: JSON, _ place: String) {
        for (name, types) in members {
            guard let value = answer[name] else {
                Issue.record("\(place): \(name) is missing")
                continue
            }
            #expect(types.contains(type(of: value)), "\(place): \(name) is \(value)")
        }
        for name in ["input_tokens", "output_tokens", "cost"] {
            #expect(answer["usage"]?[name] != nil, "\(place): usage.\(name)")
        }
        if let chart = answer["chart"]?.string { #expect(charts.contains(chart), "\(place): \(chart)") }
        let rows = answer["rows"]?.array ?? []
        #expect(answer["row_count"]?.int == rows.count, "\(place)")
        let width = answer["columns"]?.array?.count
        for row in rows { #expect(row.array?.count == width, "\(place): \(row)") }
    }

    private static func type(of value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .int: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    @Test("0: an answer has SQL, rows that the SQL gives, a chart, and how the question was read")
    func completed() async throws {
        let ending = try await ask(Shop.top, "--json", "--trace", "run.jsonl")
        #expect(ending.status == 0 && ending.lines.count == 1 && ending.errors.isEmpty, "\(ending)")
        let answer = ending.json
        Self.checkShape(answer, "\(ending)")
        #expect(answer["outcome"] == "completed" && answer["abstain"] == false && answer["clarification"] == .null)
        #expect(answer["database"] == "shop" && answer["trace"] == "run.jsonl" && answer["error"] == .null)
        #expect(answer["chart"] == "bar" && answer["row_count"] == 3)
        #expect(answer["vega_lite"]?["$schema"]?.string?.contains("vega-lite") == true)
        let sql = try #require(answer["sql"]?.string)
        let queried = try await Operon.run("query", "--db", "shop.sqlite", sql, "--json", in: folder)
        #expect(queried.json["data"] == answer["rows"], "\(queried)")
        let trace = try TraceFile.read(folder.file("run.jsonl"))
        #expect(trace.envelopes.first?.session == answer["session"]?.string)
        #expect(trace.envelopes.last?.kind == .sessionClosed && trace.notes.isEmpty)
    }

    @Test("the result alone goes to a pipe; with --progress always the agents are shown on standard error")
    func streams() async throws {
        let plain = try await ask(Shop.count)
        #expect(plain.status == 0 && plain.errors.isEmpty && plain.output.contains("40"), "\(plain)")
        #expect(!plain.output.contains("\u{1B}"))
        let shown = try await ask(Shop.count, "--progress", "always")
        #expect(shown.output == plain.output)
        for word in ["coordinator", "nlp", "observe", "plan: ", "execute", "reflect", "run_sql", "completed in"] {
            #expect(shown.errors.contains(word), "\(word): \(shown)")
        }
        #expect(try await ask(Shop.count, "--progress", "never").errors.isEmpty)
        let wrong = try await ask(Shop.count, "--progress", "sometimes")
        #expect(wrong.status == 2 && wrong.errors.contains("auto"), "\(wrong)")
    }

    @Test("the question may come through a pipe")
    func standardInput() async throws {
        let ending = try await Operon.run(
            "ask", "--db", "shop.sqlite", "--json", in: folder, input: "  How many orders\nare there?\n\n")
        #expect(ending.status == 0 && ending.json["rows"] == [[40]], "\(ending)")
        let nothing = try await Operon.run("ask", "--db", "shop.sqlite", "--json", in: folder, input: " \n")
        #expect(nothing.status == 2 && nothing.json["error"]?["code"] == "usage", "\(nothing)")
    }

    @Test("3: what the data cannot answer is declined, with what is missing and without SQL")
    func declined() async throws {
        for question in [Shop.unanswerable, "Zxcv qwer?", "", "🙈", "';DROP TABLE orders;--"] {
            let ending = try await ask(question, "--json")
            #expect(ending.status == 3, "\(ending)")
            Self.checkShape(ending.json, "\(ending)")
            #expect(ending.json["abstain"] == true && ending.json["sql"] == .null && ending.json["rows"] == [])
            #expect(ending.json["clarification"]?.string?.isEmpty == false, "\(ending)")
        }
    }

    @Test("1: what fails says what, where and what to do")
    func failed() async throws {
        let ending = try await Operon.run("ask", Shop.count, "--db", "nosuch.sqlite", "--json", in: folder)
        #expect(ending.status == 1, "\(ending)")
        #expect(ending.json["error"]?["code"] == "database_unreachable")
        #expect(ending.json["error"]?["at"] == "nosuch.sqlite" && ending.json["error"]?["hint"] != "")
        #expect(folder.names == ["shop.sqlite"], "nothing was made")
        try folder.write("this is no database, although it is long enough to have a header of one", to: "no.sqlite")
        let foreign = try await Operon.run("ask", Shop.count, "--db", "no.sqlite", "--json", in: folder)
        #expect(foreign.status == 1 && foreign.json["error"]?["code"] != nil, "\(foreign)")
        try folder.write(
            TestAgents.definition(
                """
                - id: rows
                  tool: run_sql
                  with: {database: "${context.database}", sql: SELECT gone FROM nowhere}
                - id: reply
                  answer: {answer: "${rows.row_count}"}
                """), to: "agents/coordinator.md")
        let wrong = try await ask(Shop.count, "--agents", "agents", "--json")
        #expect(wrong.status == 1 && wrong.json["outcome"] == "failed", "\(wrong)")
        Self.checkShape(wrong.json, "\(wrong)")
        #expect(wrong.json["error"]?["message"]?.string?.contains("nowhere") == true, "\(wrong)")
    }

    @Test("4: a budget that runs out truncates, and the answer holds what there was")
    func truncated() async throws {
        try folder.write(
            TestAgents.definition(
                limits: "{rows: 7}",
                """
                - id: rows
                  tool: run_sql
                  with: {database: "${context.database}", sql: SELECT order_id FROM orders ORDER BY 1}
                - id: reply
                  answer:
                    answer: cut
                    columns: ${rows.columns}
                    rows: ${rows.rows}
                    row_count: ${rows.row_count}
                    truncated: ${rows.truncated}
                """), to: "agents/coordinator.md")
        let ending = try await ask("Anything", "--agents", "agents", "--json", "--trace", "run.jsonl")
        #expect(ending.status == 4 && ending.json["outcome"] == "truncated", "\(ending)")
        Self.checkShape(ending.json, "\(ending)")
        #expect(ending.json["row_count"] == 7 && ending.json["truncated"] == true)
        #expect(ending.json["reasons"]?.description.contains("rows") == true)
        let replayed = try await Operon.run("replay", "run.jsonl", "--agents", "agents", "--json", in: folder)
        #expect(replayed.status == 0, "\(replayed)")
    }

    @Test("5: an answer that is worse than it should be says why")
    func degraded() async throws {
        try folder.write(
            TestAgents.definition(
                """
                - id: rows
                  tool: run_sql
                  with: {database: "${context.database}", sql: SELECT order_id FROM orders LIMIT 1}
                - id: more
                  tool: run_sql
                  with: {database: "${context.database}", sql: SELECT * FROM nowhere}
                  on_error: degrade
                - id: reply
                  answer: {answer: one, columns: "${rows.columns}", rows: "${rows.rows}", row_count: "${rows.row_count}"}
                """), to: "agents/coordinator.md")
        let ending = try await ask("Anything", "--agents", "agents", "--json")
        #expect(ending.status == 5 && ending.json["outcome"] == "degraded", "\(ending)")
        Self.checkShape(ending.json, "\(ending)")
        #expect(ending.json["answer"] == "one")
        #expect(ending.json["reasons"]?.array?.first?.string?.contains("more") == true, "\(ending)")
    }

    @Test("3: a question to the person is shown with its path, waits in the store, and goes on with --decide")
    func decide() async throws {
        try folder.write(
            TestAgents.definition(
                tools: "[]",
                """
                - id: which
                  ask: Which year do you mean?
                  options: ["2025", "2026"]
                - id: reply
                  answer: {answer: "${which.answer}"}
                """), to: "agents/coordinator.md")
        let words = ["--agents", "agents", "--store", "s.sqlite", "--session", "s"]
        func go(_ more: String...) async throws -> Ending {
            try await Operon.run(["ask", "Anything", "--db", "shop.sqlite"] + words + more, in: folder)
        }
        let asked = try await go("--json")
        #expect(asked.status == 3 && asked.json["clarification"] == "Which year do you mean?", "\(asked)")
        #expect(asked.json["options"] == ["2025", "2026"])
        let listed = try await Operon.run("trace", "list", "--store", "s.sqlite", "--json", in: folder)
        #expect(listed.json.array?.first?["state"] == "awaiting", "\(listed)")

        // It says how to go on, in words that work.
        let again = try await go()
        #expect(again.status == 3, "\(again)")
        let hint = try #require(again.errors.split(separator: "'").first { $0.hasSuffix("=…") })
        let path = String(hint.dropLast(2))
        let unknown = try await go("--decide", "t9/nothing=1", "--json")
        #expect(unknown.status == 2 && unknown.errors.contains(path), "names what waits: \(unknown)")
        #expect(try await go("--decide", "nothing").status == 2)
        let decided = try await go("--decide", "\(path)=2026", "--json")
        #expect(decided.status == 0, "\(decided)")
        #expect(decided.json["answer"] == "2026" || decided.json["answer"] == 2026, "\(decided)")
        let replayed = try await Operon.run(
            "replay", "s", "--store", "s.sqlite", "--agents", "agents", "--json", in: folder)
        #expect(replayed.status == 0, "\(replayed)")
        // A decision for a session that waits for nothing is not swallowed.
        #expect(try await go("--decide", "\(path)=2025").status == 2)
    }

    @Test("a conversation kept in a store has a turn per question, and its session is one")
    func session() async throws {
        var sessions: Set<String> = []
        for question in [Shop.count, Shop.top] {
            let ending = try await ask(question, "--session", "talk", "--store", "deep/er/s.sqlite", "--json")
            #expect(ending.status == 0, "\(ending)")
            sessions.insert(ending.json["session"]?.string ?? "")
        }
        #expect(sessions == ["talk"])
        let shown = try await Operon.run(
            "trace", "show", "talk", "--store", "deep/er/s.sqlite", "--kind", "turn.finished", "--json", in: folder)
        #expect(shown.jsonLines.compactMap { $0["path"]?.string }.filter { !$0.contains("/") } == ["t1", "t2"])
        // Without --store it is kept where the state of programs is kept.
        let home = try await ask(Shop.count, "--session", "home")
        #expect(home.status == 0 && folder.names.contains(".local"), "\(folder.names)")
    }

    @Test("two processes do not write to one store at once: the second says so")
    func locked() async throws {
        let store = try TraceStore(path: folder.file("s.sqlite"))
        let ending = try await ask(Shop.count, "--session", "x", "--store", "s.sqlite", "--json")
        #expect(ending.status == 1 && ending.json["error"]?["code"] == "store_locked", "\(ending)")
        await store.close()
    }

    @Test("tables that are hidden exist for no question")
    func hidden() async throws {
        for question in [
            "What is the highest amount in salaries?", "How many salaries are there?", "Show me all pay",
        ] {
            let ending = try await ask(question, "--hide", "salaries", "--json", "--trace", "run.jsonl")
            #expect([0, 3].contains(ending.status), "\(ending)")
            for canary in Shop.canaries {
                #expect(!ending.output.contains(canary) && !folder.text("run.jsonl").contains(canary), "\(ending)")
            }
        }
    }
}

/// `operon ask --jsonl`
@Suite("operon ask --jsonl")
struct AskLinesTests {
    let folder: Folder

    init() throws { folder = try Shop.folder() }

    private func answers(_ lines: [String], _ more: String...) async throws -> (Ending, [JSON]) {
        let ending = try await Operon.run(
            ["ask", "--jsonl"] + more, in: folder, input: lines.joined(separator: "\n") + "\n")
        return (ending, ending.jsonLines)
    }

    @Test("answers 200 lines in one process, in their order, each in the shape of an answer")
    func many() async throws {
        let questions = [Shop.count, Shop.top, Shop.unanswerable, "What is the average total amount per month?"]
        let lines = (0..<200).map { number in
            JSON.object([
                "id": .int(number), "db": "shop.sqlite", "question": .string(questions[number % questions.count]),
            ]).description
        }
        let (ending, answers) = try await answers(lines)
        #expect(ending.status == 0 && answers.count == 200)
        #expect(answers.map { $0["id"]?.int } == (0..<200).map { $0 })
        // An id comes back as it was given: a text, a number, or what it was.
        for answer in answers { AskTests.checkShape(answer.with("id", "x"), "\(answer["id"] ?? .null)") }
        for (number, answer) in answers.enumerated() {
            #expect(answer["outcome"] == (number % 4 == 2 ? "awaiting" : "completed"), "\(answer)")
            #expect(answer["rows"] == answers[number % 4]["rows"], "the same question has the same answer")
        }
    }

    @Test("a broken line is answered with an error in its place, and the next is answered as if nothing were")
    func broken() async throws {
        try Shop.make(in: folder, "second.sqlite")
        let (ending, answers) = try await answers([
            #"{"id":"a","db":"shop.sqlite","question":"How many orders are there?"}"#, "", "   ", "nonsense",
            #"{"id":"b","db":"nosuch.sqlite","question":"How many orders?"}"#,
            #"{"id":"c","db":"shop.sqlite"}"#, #"{"id":"d","question":"How many orders?"}"#, "[1,2]", "{",
            #"{"id":"e","db":7,"question":"How many orders?"}"#,
            #"{"id":"f","db":"","question":"How many orders?"}"#,
            #"{"id":"g","db":"shop.sqlite","question":"How many orders?","semantic":"x.yaml"}"#,
            #"{"id":{"deep":[1]},"db":"second.sqlite","question":"How many orders are there?"}"#,
            #"{"db":"sqlite:shop.sqlite","question":"How many orders are there?"}"#,
        ])
        #expect(ending.status == 0, "\(ending)")
        for answer in answers { AskTests.checkShape(answer.with("id", "x"), "\(answer)") }
        let told = answers.map { "\($0["id"] ?? .null) \($0["error"]?["code"]?.string ?? "-")" }
        #expect(
            told == [
                #""a" -"#, "null line_invalid", #""b" database_unreachable"#, #""c" line_invalid"#,
                #""d" line_invalid"#, "null line_invalid", "null line_invalid", #""e" line_invalid"#,
                #""f" database_unknown"#, #""g" file_not_found"#, #"{"deep":[1]} -"#, "null -",
            ], "\(told)")
        #expect(answers.last?["rows"] == [[40]] && answers.first?["rows"] == [[40]])
    }

    @Test("a line may name a database that was given by name, or none when one was given")
    func names() async throws {
        let (ending, answers) = try await answers(
            [
                #"{"id":1,"db":"books","question":"How many orders are there?"}"#,
                #"{"id":2,"question":"How many orders are there?"}"#,
            ], "--db", "books=shop.sqlite")
        #expect(ending.status == 0 && answers.map { $0["rows"] } == [[[40]], [[40]]], "\(ending)")
        #expect(answers.map { $0["database"] } == ["books", "books"])
    }
}

extension JSON {
    /// The object with another member.
    func with(_ key: String, _ value: JSON) -> JSON {
        var object = self.object ?? [:]
        object[key] = value
        return .object(object)
    }
}
