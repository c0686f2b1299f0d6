import AgentRuntime
import Foundation
import MessageBus
import Support
import Testing
import Values

/// The four agents of the project at work with tools that are played.
@Suite("the agents of the project")
struct DefinitionAgentsTests {
    static func load() throws -> LoadResult {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Agents")
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".md") }
        let texts = try names.sorted().map {
            (file: "Agents/\($0)", text: try String(contentsOf: root.appendingPathComponent($0), encoding: .utf8))
        }
        return DefinitionLoader.load(texts: texts, tools: nil)
    }

    private let reading: JSON = [
        "verdict": "answer", "sql": "select 1", "columns": ["city", "n"], "explanation": "counted per city",
        "confidence": 0.9, "shape": [["name": "city"], ["name": "n"]],
    ]

    private func run(_ changes: [String: @Sendable (JSON) throws -> JSON] = [:]) async throws -> TurnResult {
        let reading = reading
        var bodies: [String: @Sendable (JSON) throws -> JSON] = [
            "read_question": { _ in reading },
            "run_sql": { arguments in
                #expect(arguments["database"] == "shop" && arguments["sql"] == "select 1")
                return [
                    "columns": ["city", "n"], "rows": [["Rome", 2]], "row_count": 1, "truncated": false, "bytes": 8,
                ]
            },
            "write_answer": { _ in ["text": "Rome has 2."] },
            "choose_chart": { arguments in
                #expect(arguments["title"] == "how many per city?")
                return ["chart": "bar", "reason": "kinds", "vega_lite": ["mark": "bar"]]
            },
        ]
        bodies.merge(changes) { $1 }
        let tools = bodies.map { name, body in
            ClosureTool(name, .readOnly) { arguments, _ in ToolOutput(try body(arguments)) }
        }
        let definitions = try Self.load().definitions
        var playground = Playground(definitions, tools: tools)
        playground.configuration.agent = "coordinator"
        playground.configuration.context = ["database": "shop"]
        return try await playground.run(["question": "how many per city?"]).0
    }

    @Test("have no mistake, and no tool or delegate too many")
    func clean() throws {
        let result = try Self.load()
        #expect(result.diagnostics == [])
        #expect(result.definitions.map(\.name) == ["coordinator", "data", "nlp", "viz"])
        #expect(result.definitions.allSatisfy { $0.digest.count == 64 })
    }

    @Test("answer a question with sentence, table and chart")
    func answers() async throws {
        let result = try await run()
        #expect(result.outcome == .completed)
        #expect(
            result.answer == [
                "answer": "Rome has 2.", "sql": "select 1", "columns": ["city", "n"],
                "shape": [["name": "city"], ["name": "n"]], "rows": [["Rome", 2]],
                "row_count": 1, "truncated": false, "chart": "bar", "vega_lite": ["mark": "bar"],
                "chart_refusal": nil,
                "explanation": "counted per city", "confidence": 0.9, "conversation": nil, "clarification": nil,
                "abstain": false,
            ])
    }

    @Test("give a question back to the person instead of guessing")
    func asksBack() async throws {
        let clarification: JSON = ["message": "Which year?", "options": ["2023", "2024"], "reason": "ambiguous"]
        let result = try await run([
            "read_question": { _ in ["verdict": "clarification", "clarification": clarification, "confidence": 0.3]
            },
            "run_sql": { _ in
                Issue.record("nothing must be run")
                return .null
            },
        ])
        guard case .awaiting = result.outcome else {
            Issue.record("\(String(describing: result.outcome))")
            return
        }
        #expect(result.answer["clarification"] == clarification)
        #expect(result.answer["answer"] == "Which year?" && result.answer["abstain"] == true)
        #expect(result.answer["sql"] == JSON.null)
    }

    @Test("a chart or a sentence that fails degrades the answer and does not lose it")
    func degrades() async throws {
        let result = try await run([
            "choose_chart": { _ in throw ToolFailure(OperonError(code: "x", "no chart today")) },
            "write_answer": { _ in throw ToolFailure(OperonError(code: "x", "no words today")) },
        ])
        guard case .degraded(let reasons) = result.outcome else {
            Issue.record("\(String(describing: result.outcome))")
            return
        }
        #expect(reasons.count == 2)
        #expect(result.answer["rows"] == [["Rome", 2]])
        #expect(result.answer["chart"] == "table" && result.answer["answer"] == "counted per city")
    }

    @Test("a result with other columns than promised fails and is not answered with")
    func otherColumns() async throws {
        let result = try await run([
            "run_sql": { _ in ["columns": ["n"], "rows": [[2]], "row_count": 1, "truncated": false, "bytes": 8] }
        ])
        guard case .failed(let error) = result.outcome else {
            Issue.record("\(String(describing: result.outcome))")
            return
        }
        #expect(error.message.contains("1 columns"))
    }

    @Test("a reading without SQL fails")
    func noSQL() async throws {
        let result = try await run(["read_question": { _ in ["verdict": "answer", "sql": ""] }])
        guard case .failed(let error) = result.outcome else {
            Issue.record("\(String(describing: result.outcome))")
            return
        }
        #expect(error.code == "check_failed")
    }
}

@Suite("agents as a drawing")
struct DefinitionGraphTests {
    @Test("the drawing shows agents, tools, dataflow and checks")
    func mermaid() {
        let text = Definitions.text([
            "playbook": """
            playbook:
              - id: rows
                tool: run_sql
                when: ${input.kind == "sql"}
                with: {sql: "${input.sql}"}
              - id: help
                delegate: two
                goal: {rows: "${rows}"}
              - id: reply
                answer: ${default(help, rows)}
                outcome: degraded
            """, "delegates": "delegates: [two]",
            "checks": "checks:\n  - {name: ok, that: \"${rows}\", otherwise: again, steps: [rows], message: m}",
        ])
        let team = Definitions.team([("two", [])])
        let result = DefinitionLoader.load(texts: [("worker.md", text)] + team, tools: Definitions.tools)
        #expect(result.diagnostics == [])
        #expect(
            AgentGraph.mermaid(result.definitions) == """
                flowchart LR
                  subgraph agent__worker["Worker"]
                    worker__rows["rows: run_sql<br/>when input.kind == #quot;sql#quot;"]
                    worker__help[["help: ask two"]]
                    worker__reply(["reply: degraded"])
                    worker__rows --> worker__help
                    worker__rows --> worker__reply
                    worker__help -.-> worker__reply
                    worker__check__ok{{"check ok"}}
                    worker__check__ok -. again .-> worker__rows
                  end
                  subgraph agent__two["T"]
                    two__reply(["reply"])
                  end
                  tool__run_sql[("run_sql")]
                  worker__rows ==> tool__run_sql
                  worker__help ==> agent__two

                """)
    }
}
