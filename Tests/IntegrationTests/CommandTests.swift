import Foundation
import MessageBus
import Testing
import Traces
import Values

/// The other commands: what they print, and with which status they end.
@Suite("The other commands")
struct CommandTests {
    let folder: Folder

    init() throws { folder = try Shop.folder() }

    private func run(_ words: String...) async throws -> Ending { try await Operon.run(words, in: folder) }

    static let commands = [
        "ask", "query", "replay", "trace list", "trace show", "trace hash", "trace diff", "trace fork",
        "trace export",
        "trace import", "agents list", "agents check", "agents graph", "tools list", "tools schema", "tools call",
        "bench", "demo-data", "doctor", "semantic init", "semantic check", "eval",
    ]

    @Test("every command has --help, and so have the words that several share")
    func help() async throws {
        for words in Self.commands {
            let ending = try await Operon.run(
                words.split(separator: " ").map { String($0) } + ["--help"], in: folder)
            #expect(ending.status == 0 && ending.output.contains("Usage: operon \(words)"), "\(ending)")
            let other = try await Operon.run(["help"] + words.split(separator: " ").map { String($0) }, in: folder)
            #expect(other.output == ending.output)
        }
        for group in ["trace", "agents", "tools"] {
            let ending = try await run(group, "--help")
            #expect(ending.status == 0 && ending.output.contains("operon \(group) COMMAND"), "\(ending)")
            #expect(try await run("help", group).output == ending.output)
            let bare = try await run(group)
            #expect(bare.status == 2 && bare.errors.contains("\(group) list"), "\(bare)")
        }
        let overview = try await run("--help")
        for words in Self.commands { #expect(overview.output.contains("\n  \(words) "), "\(words)") }
        #expect(try await run("--version").output == "operon 0.1.0\n")
        #expect(folder.names == ["shop.sqlite"])
    }

    @Test(
        "what is misspelt is told with the nearest right word, on standard error and with --json as JSON",
        arguments: [
            (["aks"], "did you mean \"ask\""), (["trace", "lsit"], "did you mean \"list\""),
            (["ask", "--jso"], "did you mean --json"), (["demo-data", "--seeds", "3"], "did you mean --seed"),
            (["query", "-x"], "options begin with --"), (["replay"], "takes TRACE"),
            (["ask", "--db"], "--db needs"),
            (["ask", "a", "b"], "takes"), (["ask", "q", "--db", "shop.sqlite", "--threads", "0"], "from 1 to 256"),
            (["ask", "q", "--db", "shop.sqlite", "--session", "a", "--session", "b"], "given twice"),
            (["ask", "q", "--db", "shop.sqlite", "--today", "x"], "YYYY-MM-DD"),
            (["ask", "q", "--db", "shop.sqlite", "--model", "openai:x"], "OPENAI_API_KEY"),
            (["ask", "q", "--db", "shop.sqlite", "--semantic", "x.yaml"], "no file x.yaml"),
            (["ask", "q"], "--db"),
            (["demo-data"], "--out"), (["demo-data", "--out", "x", "--scenario", "sales-grwth"], "sales-growth"),
            (["demo-data", "--out", "x", "--months", "0"], "from 1 to"),
            (["tools", "call", "run_sql", "{"], "JSON"), (["tools", "call", "run_sql", "{}"], "missing"),
            (["trace", "fork", "x"], "--at"),
        ])
    func usage(words: [String], mark: String) async throws {
        let ending = try await Operon.run(words, in: folder)
        #expect(ending.status == 2 && ending.output.isEmpty && ending.errors.contains(mark), "\(ending)")
        let json = try await Operon.run(words + ["--json"], in: folder)
        #expect(json.status == 2, "\(json)")
        #expect(json.json["error"]?["code"] == "usage", "\(json)")
        #expect(json.json["error"]?["message"]?.string?.contains(mark) == true, "\(json)")
        #expect(folder.names == ["shop.sqlite"])
    }

    @Test("tools: list, schema, call")
    func tools() async throws {
        let listed = try await run("tools", "list", "--json")
        let names = (listed.json.array ?? []).compactMap { $0["name"]?.string }
        #expect(names == ["choose_chart", "describe_database", "read_question", "run_sql", "write_answer"])
        for name in names {
            let schema = try await run("tools", "schema", name, "--json")
            #expect(schema.status == 0 && schema.json["input_schema"]?["type"] == "object", "\(schema)")
            #expect(listed.json.array?.contains(schema.json) == true)
            #expect(try await run("tools", "list").output.contains(name))
        }
        let called = try await run(
            "tools", "call", "run_sql", #"{"database":"shop","sql":"SELECT 7 AS n"}"#, "--db", "shop.sqlite",
            "--json")
        #expect(called.json["rows"] == [[7]] && called.json["columns"] == ["n"], "\(called)")
        let denied = try await run(
            "tools", "call", "run_sql", #"{"database":"shop","sql":"SELECT * FROM salaries"}"#, "--db",
            "shop.sqlite",
            "--hide", "pay, salaries", "--json")
        #expect(denied.status == 1 && denied.json["error"]?["code"] == "query_denied", "\(denied)")
        let unknown = try await run("tools", "schema", "run_sq", "--json")
        #expect(unknown.status == 1 && unknown.json["error"]?["hint"]?.string?.contains("run_sql") == true)
    }

    @Test("agents: list, check, graph")
    func agents() async throws {
        let listed = try await run("agents", "list", "--json")
        let names = (listed.json.array ?? []).compactMap { $0["name"]?.string }
        #expect(Set(names) == ["coordinator", "nlp", "data", "viz"], "\(listed)")
        #expect(listed.json.array?.first { $0["name"] == "coordinator" }?["delegates"] == ["nlp", "data", "viz"])
        let checked = try await run("agents", "check", "--json")
        #expect(checked.status == 0 && checked.json["ok"] == true && checked.json["errors"] == 0)
        let graph = try await run("agents", "graph")
        #expect(graph.output.hasPrefix("flowchart"), "\(graph)")
        #expect(
            try await run("agents", "graph", "--json").json["mermaid"]?.string.map { $0 + "\n" } == graph.output)

        try folder.write(
            """
            ---
            name: Broken One
            title: Broken
            tools: [run_sq]
            limits: {steps: many}
            playbook:
              - id: a
                tool: run_sql
                with: {sql: "${nowhere.x}"}
                wenn: true
            ---
            """, to: "mine/broken.md")
        let broken = try await run("agents", "check", "mine", "--json")
        #expect(broken.status == 1 && broken.json["ok"] == false, "\(broken)")
        let told = broken.json["diagnostics"]?.array ?? []
        #expect(told.count >= 5, "every mistake at once: \(broken)")
        for diagnostic in told {
            #expect(diagnostic["hint"]?.string?.isEmpty == false && diagnostic["code"] != nil, "\(diagnostic)")
            #expect(diagnostic.description.contains("mine/broken.md"), "\(diagnostic)")
        }
        #expect(try await run("ask", "q", "--db", "shop.sqlite", "--agents", "mine").status == 2)
        #expect(try await run("agents", "check", "nowhere").status == 1)
    }

    @Test("demo-data: the same seed gives the same bytes, and a file of somebody else is left alone")
    func demoData() async throws {
        for name in ["a.sqlite", "b.sqlite"] {
            let made = try await run("demo-data", "--out", name, "--months", "1", "--seed", "7", "--json")
            #expect(made.status == 0 && made.json["months"] == 1, "\(made)")
        }
        let bytes = FileManager.default.contents(atPath: folder.file("a.sqlite"))
        #expect(bytes != nil && bytes == FileManager.default.contents(atPath: folder.file("b.sqlite")))
        try folder.write("mine", to: "mine.txt")
        #expect(try await run("demo-data", "--out", "mine.txt", "--months", "1").status == 1)
        #expect(folder.text("mine.txt") == "mine")
        #expect(try await run("demo-data", "--out", "no/where.sqlite", "--months", "1").status == 1)
    }

    @Test("doctor says what is there and what to do about the rest")
    func doctor() async throws {
        let fine = try await run("doctor", "--db", "shop.sqlite", "--store", "s.sqlite", "--json")
        #expect(fine.status == 0 && fine.json["ok"] == true, "\(fine)")
        let ill = try await run("doctor", "--db", "nosuch.sqlite", "--store", "s.sqlite", "--json")
        #expect(ill.status == 1 && ill.json["ok"] == false)
        let found = ill.json["findings"]?.array?.first { $0["ok"] == false }
        #expect(found?["remedy"]?.string?.isEmpty == false, "\(ill)")
        #expect(try await run("doctor", "--db", "shop.sqlite").output.contains("✓ database shop"))
        #expect(folder.names == ["shop.sqlite"], "looking makes nothing")
    }

    @Test("a configuration file holds any flag; flags beat the environment, which beats the file")
    func configuration() async throws {
        try folder.write("db: shop.sqlite\nmax_rows: 3\njson: true\n", to: "operon.yaml")
        let sql = "SELECT order_id FROM orders"
        let file = try await run("query", sql)
        #expect(file.json["rows"] == 3, "\(file)")
        let environment = try await Operon.run("query", sql, in: folder, environment: ["OPERON_MAX_ROWS": "5"])
        #expect(environment.json["rows"] == 5, "\(environment)")
        let flag = try await Operon.run(
            "query", sql, "--max-rows", "7", in: folder, environment: ["OPERON_MAX_ROWS": "5"])
        #expect(flag.json["rows"] == 7, "\(flag)")
        #expect(try await run("query", sql, "--json=false", "--max-rows", "1").output == "order_id\n1\n")
        try folder.write("max-rows: 2\ndb: {books: shop.sqlite}\n", to: "other.yaml")
        let other = try await Operon.run(
            "query", sql, "--json", in: folder, environment: ["OPERON_CONFIG": "other.yaml"])
        #expect(other.json["rows"] == 2, "\(other)")
        let missing = try await Operon.run("query", sql, in: folder, environment: ["OPERON_CONFIG": "no.yaml"])
        #expect(missing.status == 2 && missing.errors.contains("no.yaml"), "\(missing)")
        for broken in ["- a\n", "db: [unclosed\n", "max_rows: many\n"] {
            try folder.write(broken, to: "operon.yaml")
            #expect(try await run("query", sql, "--db", "shop.sqlite").status == 2, "\(broken)")
        }
        let wrong = try await Operon.run("query", sql, in: folder, environment: ["OPERON_MAX_ROWS": "x"])
        #expect(wrong.status == 2)
    }

    // MARK: Traces

    @Test("trace: list, show, hash, diff, export and import of what was recorded")
    func traces() async throws {
        for (name, question) in [("one", Shop.top), ("two", Shop.count)] {
            let asked = try await run(
                "ask", question, "--db", "shop.sqlite", "--store", "s.sqlite", "--session", name, "--trace",
                "\(name).jsonl")
            #expect(asked.status == 0, "\(asked)")
        }
        let listed = try await run("trace", "list", "--store", "s.sqlite", "--json")
        #expect(listed.json.array?.compactMap { $0["session"]?.string } == ["one", "two"])
        #expect(listed.json.array?.allSatisfy { $0["state"] == "open" } == true)
        let folderList = try await run("trace", "list", ".", "--json")
        #expect(folderList.json.array?.compactMap { $0["file"]?.string } == ["./one.jsonl", "./two.jsonl"])

        let whole = try await run("trace", "show", "one.jsonl", "--json")
        let envelopes = try TraceFile.read(folder.file("one.jsonl")).envelopes
        #expect(whole.lines.count == envelopes.count && whole.jsonLines.allSatisfy { $0["seq"]?.int != nil })
        let below = try await run(
            "trace", "show", "one", "--store", "s.sqlite", "--path", "t1/execute/rows", "--json")
        #expect(!below.lines.isEmpty && below.lines.count < envelopes.count)
        #expect(below.jsonLines.allSatisfy { $0["path"]?.string?.hasPrefix("t1/execute/rows") == true })
        #expect(
            try await run("trace", "show", "one.jsonl", "--kind", "effect.completed").output.contains("t1/clock"))

        let hash = try await run("trace", "hash", "one.jsonl", "--json")
        #expect(hash.json == ["hash": .string(CanonicalForm.hash(of: envelopes)), "events": .int(envelopes.count)])
        #expect(try await run("trace", "hash", "one", "--store", "s.sqlite", "--json").json == hash.json)
        let same = try await run("trace", "diff", "one", "one.jsonl", "--store", "s.sqlite", "--json")
        #expect(same.status == 0, "\(same)")
        let differs = try await run("trace", "diff", "one.jsonl", "two.jsonl", "--json")
        #expect(differs.status == 6 && differs.json != .null, "\(differs)")

        #expect(try await run("trace", "export", "one", "--store", "s.sqlite", "--out", "out.jsonl").status == 0)
        #expect(folder.text("out.jsonl") == folder.text("one.jsonl"))
        #expect(try await run("trace", "import", "out.jsonl", "--store", "t.sqlite").output == "one\n")
        #expect(try await run("trace", "hash", "one", "--store", "t.sqlite", "--json").json == hash.json)
        let twice = try await run("trace", "import", "out.jsonl", "--store", "t.sqlite", "--json")
        #expect(twice.status == 1 && twice.json["error"]?["code"] == "session_exists", "\(twice)")
        for words in [["trace", "export", "nobody"], ["trace", "hash", "nobody"], ["trace", "show", "nobody"]] {
            let ending = try await Operon.run(words + ["--store", "s.sqlite", "--json"], in: folder)
            #expect(ending.status == 1 && ending.json["error"]?["code"] == "session_unknown", "\(ending)")
        }
        let none = try await run("trace", "list", "--store", "none.sqlite", "--json")
        #expect(none.status == 1 && none.json["error"]?["code"] == "store_missing", "\(none)")
        #expect(!folder.names.contains("none.sqlite"))
    }

    @Test("trace fork goes another way from an effect, and the new trace proves itself")
    func fork() async throws {
        _ = try await run("ask", Shop.top, "--db", "shop.sqlite", "--today", Shop.today, "--trace", "one.jsonl")
        let envelopes = try TraceFile.read(folder.file("one.jsonl")).envelopes
        let rows = try #require(envelopes.first { $0.kind == .effectCompleted && $0.path.contains("/rows/") })
        let result = rows.payload["result"]?.description.replacingOccurrences(
            of: "Ada Lovelace", with: "Zoe Forked")
        let forked = try await run(
            "trace", "fork", "one.jsonl", "--at", rows.path, "--result", result ?? "", "--out", "two.jsonl",
            "--json")
        #expect(forked.status == 0, "\(forked)")
        AskTests.checkShape(forked.json, "fork")
        #expect(forked.json["rows"]?.description.contains("Zoe Forked") == true)
        let replayed = try await run("replay", "two.jsonl", "--json")
        #expect(replayed.status == 0 && replayed.json["match"] == true, "\(replayed)")
        #expect(try await run("trace", "diff", "one.jsonl", "two.jsonl").status == 6)
        let nowhere = try await run("trace", "fork", "one.jsonl", "--at", "t1/clok", "--result", "1", "--json")
        #expect(nowhere.status == 1 && nowhere.json["error"]?["hint"]?.string?.contains("t1/clock") == true)
        #expect(try await run("trace", "fork", "one.jsonl", "--at", "t1/clock", "--result", "{").status == 2)
    }
}
