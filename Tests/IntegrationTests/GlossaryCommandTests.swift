import Foundation
import Testing
import Values

/// `operon semantic`, `operon eval` and `ask --semantic`.
@Suite("Glossaries on the command line")
struct GlossaryCommandTests {
    let folder: Folder

    init() throws { folder = try Shop.folder() }

    private func run(_ words: String..., input: String = "") async throws -> Ending {
        try await Operon.run(words, in: folder, input: input)
    }

    private static let text = """
        metrics:
          - name: footfall
            formula: COUNT(DISTINCT orders.customer_id)
            time: orders.ordered_at
        """

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/" + name))
    }

    @Test("a draft is written once and passes its own check")
    func draft() async throws {
        let made = try await run("semantic", "init", "--db", "shop.sqlite", "--out", "shop.yaml")
        #expect(made.status == 0, "\(made)")
        let again = try await run("semantic", "init", "--db", "shop.sqlite", "--out", "shop.yaml")
        #expect(again.status == 2 && again.errors.contains("exists"), "\(again)")
        let check = try await run("semantic", "check", "shop.yaml", "--db", "shop.sqlite", "--json")
        #expect(check.status == 0 && check.json["errors"] == 0, "\(check)")
        let printed = try await run("semantic", "init", "--db", "shop.sqlite")
        #expect(printed.output.contains("metrics:"), "\(printed)")
    }

    @Test("mistakes are told with file and line, and end with 1")
    func mistakes() async throws {
        try write("metrics:\n  - {name: m, formula: SUM(orders.nothing)}\n", "bad.yaml")
        let check = try await run("semantic", "check", "bad.yaml", "--db", "shop.sqlite")
        #expect(check.status == 1 && check.output.contains("bad.yaml:2:"), "\(check)")
    }

    @Test("a word of the glossary is understood with it only, and the trace replays without the file")
    func asking() async throws {
        try write(Self.text, "own.yaml")
        let question = "What is the footfall per year?"
        let without = try await run("ask", question, "--db", "shop.sqlite", "--json")
        #expect(without.status == 3, "\(without)")
        let with = try await run(
            "ask", question, "--db", "shop.sqlite", "--semantic", "own.yaml", "--json", "--trace", "t.jsonl")
        #expect(with.status == 0 && with.json["sql"]?.string?.contains("COUNT(DISTINCT") == true, "\(with)")
        try FileManager.default.removeItem(atPath: folder.path + "/own.yaml")
        let replay = try await run("replay", "t.jsonl", "--json")
        #expect(replay.status == 0 && replay.json["match"] == true, "\(replay)")
    }

    @Test("lines name their own glossary")
    func lines() async throws {
        try write(Self.text, "own.yaml")
        let line = #"{"id":"1","db":"shop.sqlite","question":"What is the footfall?","semantic":"own.yaml"}"#
        let other = #"{"id":"2","db":"shop.sqlite","question":"What is the footfall?","semantic":""}"#
        let ending = try await run("ask", "--jsonl", input: line + "\n" + other + "\n")
        let answers = try ending.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
        #expect(answers.map { $0["abstain"] } == [false, true], "\(ending)")
    }

    @Test("an evaluation counts right, wrong and declined answers")
    func evaluation() async throws {
        try write(Self.text, "own.yaml")
        try write(
            """
            {"id":"a","question":"How many customers are there?","sql":"SELECT COUNT(*) FROM customers","kind":"count"}
            {"id":"b","question":"How many orders are there?","rows":[[-1]],"kind":"count"}
            {"id":"c","question":"What is the weather in Berlin?","unanswerable":true,"kind":"other"}
            {"id":"d","question":"What is the footfall?","sql":"SELECT COUNT(DISTINCT customer_id) FROM orders"}
            """, "cases.jsonl")
        let ending = try await run(
            "eval", "cases.jsonl", "--db", "shop.sqlite", "--semantic", "own.yaml", "--json", "--failures")
        #expect(ending.status == 0, "\(ending)")
        let overall = ending.json["overall"]
        #expect(overall?["right"] == 2 && overall?["wrong"] == 1 && overall?["unanswerable_declined"] == 1.0)
        #expect(ending.json["by_kind"]?["count"]?["ex"] == 0.5, "\(ending)")
        #expect(ending.errors.contains("wrong b:"), "\(ending)")
        let table = try await run("eval", "cases.jsonl", "--db", "shop.sqlite", "--only", "kind=count")
        #expect(table.output.contains("kind count"), "\(table)")
        try write("{\"id\":\"x\",\"question\":\"q\"}\n", "bad.jsonl")
        let bad = try await run("eval", "bad.jsonl", "--db", "shop.sqlite")
        #expect(bad.status == 1 && bad.errors.contains("bad.jsonl:1"), "\(bad)")
    }
}
