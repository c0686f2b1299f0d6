import AgentRuntime
import Databases
import Testing
import Toolbox
import Values

@Suite("The tools")
struct ToolTests {
    let library: Library
    let tools: ToolRegistry

    init() throws {
        library = try Library()
        tools = try library.registry()
    }

    @Test("are described in schemas whose every keyword is checked, under names that every door accepts")
    func descriptors() {
        #expect(
            tools.tools.map(\.descriptor.name) == [
                "choose_chart", "describe_database", "read_question", "run_sql", "write_answer",
            ])
        for tool in tools.tools {
            let descriptor = tool.descriptor
            #expect(descriptor.input.unsupportedKeywords.isEmpty, "\(descriptor.name)")
            #expect(descriptor.output.unsupportedKeywords.isEmpty, "\(descriptor.name)")
            #expect(descriptor.name.wholeMatch(of: /[a-z][a-z0-9_]{2,63}/) != nil)
            #expect(!descriptor.title.isEmpty && descriptor.summary.hasSuffix("."))
            #expect(["read", "ask", "design", "deploy", "admin"].contains(descriptor.permission))
            #expect(descriptor.effectClass == .pure || descriptor.effectClass == .readOnly, "nothing here writes")
            // Whoever gives what is not asked for has misspelt something.
            #expect(!descriptor.input.validate(["databse": "library"]).isEmpty, "\(descriptor.name)")
            #expect(!descriptor.input.validate([]).isEmpty && !descriptor.input.validate(.null).isEmpty)
        }
    }

    @Test("describe_database gives tables, views, columns, keys and indices, and no hidden table")
    func describe() async throws {
        let value = try await tools.call("describe_database", ["database": "library"]).value
        #expect(value["database"] == "library" && value["dialect"] == "sqlite")
        let tables = value["tables"]?.array ?? []
        #expect(tables.compactMap { $0["name"]?.string }.sorted() == ["authors", "dear", "loans"])
        let loans = try #require(tables.first { $0["name"] == "loans" })
        #expect(loans["row_count"] == 20 && loans["primary_key"] == ["loan_id"])
        #expect(
            loans["foreign_keys"] == [
                ["columns": ["author_id"], "references": "authors", "referenced_columns": ["author_id"]]
            ])
        let authors = try #require(tables.first { $0["name"] == "authors" })
        #expect(authors["indices"]?.array?.contains { $0["unique"] == true } == true)
        #expect(!value.description.contains("secret") && !value.description.contains("CANARY"))
    }

    @Test("run_sql gives rows and tells what it used")
    func rows() async throws {
        let output = try await tools.call(
            "run_sql", ["database": "library", "sql": "SELECT author_name, author_id FROM authors ORDER BY 2"])
        #expect(output.value["columns"] == ["author_name", "author_id"])
        #expect(output.value["rows"] == [["Ursula", 1], ["Italo", 2], ["Stanislaw", 3]])
        #expect(output.value["row_count"] == 3 && output.value["truncated"] == false)
        #expect(output.usage.rows == 3 && output.usage.bytes == output.value["bytes"]?.int)
        #expect(output.limitReached == nil)
    }

    @Test("run_sql keeps the limits of the call and says which of them cut the rows short")
    func limits() async throws {
        let all: JSON = ["database": "library", "sql": "SELECT loan_id, loan_date FROM loans"]
        let few = try await tools.call("run_sql", all, in: ToolContext(rowLimit: 4))
        #expect(few.value["row_count"] == 4 && few.value["truncated"] == true && few.limitReached == "rows")
        let small = try await tools.call("run_sql", all, in: ToolContext(byteLimit: 60))
        #expect(small.value["truncated"] == true && small.limitReached == "bytes" && small.usage.bytes <= 60)
        // What the caller wanted itself is no limit that was reached.
        let wanted = try await tools.call(
            "run_sql", all.with("max_rows", 4), in: ToolContext(rowLimit: 100, byteLimit: 10_000))
        #expect(wanted.value["row_count"] == 4 && wanted.value["truncated"] == true && wanted.limitReached == nil)
        let exact = try await tools.call("run_sql", all, in: ToolContext(rowLimit: 20))
        #expect(exact.value["row_count"] == 20 && exact.value["truncated"] == false && exact.limitReached == nil)
        let none = try await tools.call("run_sql", all, in: ToolContext(rowLimit: 0))
        #expect(none.value["row_count"] == 0 && none.limitReached == "rows")
    }

    @Test("run_sql ends a long statement when its time is up, long before one that has more time")
    func timeout() async throws {
        let endless = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r) SELECT count(*) FROM r"
        try await withThrowingTaskGroup(of: (String, String?).self) { group in
            for (name, time) in [("long", Duration.seconds(600)), ("short", .milliseconds(50))] {
                // Each in a pool of its own: statements on one database run one after the other.
                let tools = try library.registry()
                group.addTask {
                    do {
                        _ = try await tools.call(
                            "run_sql", ["database": "library", "sql": .string(endless)],
                            in: ToolContext(timeout: time))
                        return (name, "it ended")
                    } catch {
                        return (name, (error as? ToolFailure)?.error.code)
                    }
                }
            }
            let first = try await group.next()
            #expect(first?.0 == "short" && first?.1 == "query_timeout", "\(String(describing: first))")
            group.cancelAll()
        }
    }

    @Test("run_sql stops when its caller is cancelled")
    func cancelled() async throws {
        let endless = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r) SELECT count(*) FROM r"
        let tools = tools
        let task = Task {
            try await tools.call("run_sql", ["database": "library", "sql": .string(endless)])
        }
        // One that runs now shows that the worker is reached, so that the cancellation finds a statement at work or
        // waiting: both must end.
        _ = try await library.pool().query("library", "SELECT 1", limits: QueryLimits())
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }

    @Test(
        "what goes wrong is a failure with a code, and no failure shows what is hidden",
        arguments: [
            ("run_sql", ["database": "nowhere", "sql": "SELECT 1"], "database_unknown"),
            ("run_sql", ["database": "library", "sql": "DROP TABLE loans"], "query_denied"),
            ("run_sql", ["database": "library", "sql": "SELECT * FROM secrets"], "query_denied"),
            ("run_sql", ["database": "library", "sql": "SELEC"], "query_error"),
            ("run_sql", ["database": "library", "sql": ""], "query_empty"),
            ("describe_database", ["database": "nowhere"], "database_unknown"),
            ("read_question", ["database": "nowhere", "question": "x", "today": "2026-11-20"], "database_unknown"),
            ("read_question", ["database": "library", "question": "x", "today": "tomorrow"], "arguments_invalid"),
            ("write_answer", ["reading": [:], "result": [:]], "arguments_invalid"),
        ] as [(String, JSON, String)])
    func failures(name: String, arguments: JSON, code: String) async {
        let failure = await tools.failure(name, arguments)
        #expect(failure?.error.code == code, "\(String(describing: failure))")
        #expect(failure?.error.message.isEmpty == false)
        #expect(failure?.error.description.contains("CANARY") == false)
    }

    @Test("a file that is not there is a failure, each time it is tried")
    func missing() async throws {
        let pool = DatabasePool()
        pool.add(try DatabaseURL("/nowhere/at/all.sqlite"), as: "gone")
        let tools = StandardTools.registry(pool)
        for _ in 0..<2 {
            let failure = await tools.failure("run_sql", ["database": "gone", "sql": "SELECT 1"])
            #expect(failure?.error.code == "database_unreachable", "\(String(describing: failure))")
            let reading = await tools.failure(
                "read_question", ["database": "gone", "question": "How many loans?", "today": "2026-11-20"])
            #expect(reading?.error.code == "database_unreachable", "\(String(describing: reading))")
        }
    }

    // MARK: From a question to words

    @Test("a question is read, run, put into words and drawn, each tool with the results of those before")
    func wholeWay() async throws {
        let question = "How many loans are there per author name?"
        let reading = try await tools.call(
            "read_question", ["database": "library", "question": .string(question), "today": "2026-11-20"]
        ).value
        #expect(reading["verdict"] == "answer", "\(reading)")
        let sql = try #require(reading["sql"]?.string)
        let result = try await tools.call("run_sql", ["database": "library", "sql": .string(sql)]).value
        #expect(result["columns"]?.array?.count == reading["shape"]?.array?.count)
        #expect(result["row_count"] == 3)
        let words = try await tools.call("write_answer", ["reading": reading, "result": result]).value
        #expect(words["text"]?.string?.isEmpty == false)
        let chart = try await tools.call(
            "choose_chart",
            [
                "shape": reading["shape"] ?? [], "columns": result["columns"] ?? [], "rows": result["rows"] ?? [],
                "question": .string(question), "title": "Loans",
            ]
        ).value
        #expect(chart["chart"] == "bar", "\(chart)")
        #expect(chart["vega_lite"]?["data"]?["values"]?.array?.count == 3)
        #expect(chart["reason"]?.string?.isEmpty == false)
        // The same again gives the same: a replay compares what tools were asked, byte by byte.
        let again = try await tools.call(
            "read_question", ["database": "library", "question": .string(question), "today": "2026-11-20"]
        ).value
        #expect(again.canonicalBytes() == reading.canonicalBytes())
    }

    @Test("a question that cannot be answered is a clarification, not a failure")
    func clarification() async throws {
        for question in ["What will the fees be next year?", "Qwertz?", "", "How many secrets are there?"] {
            let output = try await tools.call(
                "read_question", ["database": "library", "question": .string(question), "today": "2026-11-20"])
            #expect(output.value["verdict"] == "clarification", "\(question): \(output.value)")
            #expect(output.value["clarification"]?["message"]?.string?.isEmpty == false)
            #expect(!output.value.description.contains("CANARY"))
        }
    }

    @Test("a question goes on from the one before, on the same database only; a choice is read as it was offered")
    func followUp() async throws {
        func read(_ question: String, _ more: JSONObject = [:]) async throws -> JSON {
            var arguments: JSONObject = [
                "database": "library", "question": .string(question), "today": "2026-11-20",
            ]
            for member in more.members { arguments[member.key] = member.value }
            return try await tools.call("read_question", .object(arguments)).value
        }
        let first = try await read("How many loans are there per author name?")
        let state = try #require(first["conversation"])
        let next = try await read("only from Italy", ["previous": state])
        #expect(
            next["sql"]?.string?.contains("'Italy'") == true && next["sql"]?.string?.contains("COUNT") == true,
            "\(next)")
        let other = try await read("only from Italy", ["previous": state.with("database", "archive")])
        #expect(other["sql"]?.string?.contains("COUNT") != true, "what was said of another database is forgotten")
        let asked = try await read("Top 2 authors", [:])
        let clarification = try #require(asked["clarification"])
        let text = try #require(clarification["texts"]?[0]?.string, "\(asked)")
        let chosen = try await read("Top 2 authors", ["clarification": clarification, "choice": .string(text)])
        #expect(chosen["verdict"] == "answer", "\(chosen)")
        let failure = await tools.failure(
            "read_question",
            [
                "database": "library", "question": "Top 2 authors", "today": "2026-11-20",
                "clarification": clarification, "choice": "the moon",
            ])
        #expect(failure?.error.code == "arguments_invalid")
    }

    @Test("choose_chart takes rows of any width and kind without a failure")
    func oddRows() async throws {
        let odd: [(JSON, JSON)] = [
            ([], []), (["a"], []), (["a"], [[.null]]), (["a", "b"], [["x", 1], ["y", .null]]),
            (["a"], [[1], [2.5], ["three"]]), (["a", "b"], [["x"], ["y", 2, 3]]), (["a"], [[[1]]]),
        ]
        for (columns, rows) in odd {
            let output = try await tools.call(
                "choose_chart", ["shape": [], "columns": columns, "rows": rows, "question": ""])
            #expect(output.value["chart"]?.string != nil, "\(rows)")
        }
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
