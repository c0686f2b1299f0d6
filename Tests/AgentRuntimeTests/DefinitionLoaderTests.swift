import AgentRuntime
import Foundation
import Testing
import Values

@Suite("definitions")
struct DefinitionLoaderTests {
    @Test("a whole definition is read with everything in it")
    func whole() throws {
        let text = """
            ---
            name: worker
            title: Worker
            summary: Works.
            tier: strong
            tools: [run_sql, read_question]
            delegates: [helper]
            limits: {steps: 7, calls: 8, rounds: 2, tokens: 10, cost: 0.25, wall: 2m, rows: 9, bytes: 2MiB, concurrency: 2, inbox: 3, restarts: 0, restart_window: 500ms}
            playbook:
              - id: reading
                tool: read_question
                with: {question: "${input.question}"}
                retry: {attempts: 3, backoff_ms: 20, on: [unavailable]}
                timeout: 5s
                on_error: continue
              - id: parts
                delegate: helper
                for_each: ${reading.parts}
                as: part
                limit: 20
                when: ${reading.verdict == "answer"}
                goal: {part: "${part.name}"}
                after: [which]
              - id: which
                ask: "Which one, ${input.name}?"
                options: [a, b]
              - id: reply
                answer: {parts: "${parts}", asked: "${which.answer}"}
              - id: no_reply
                answer: {message: none}
                outcome: degraded
                when: ${failed(reading)}
            checks:
              - name: has_parts
                that: ${count(parts) > 0}
                otherwise: again
                steps: [parts]
                message: "Only ${count(parts)} parts."
            ---

            # Who you are

            You work.

            """
        let helper = Definitions.text(["name": "name: helper"])
        let result = DefinitionLoader.load(
            texts: [("worker.md", text), ("x/helper.md", helper)], tools: Definitions.tools)
        #expect(result.diagnostics.filter { $0.severity == .error } == [])
        #expect(result.diagnostics.map(\.code) == ["tool_unused"])
        let agent = try #require(result.definitions.first)
        #expect(result.definitions.map(\.name) == ["worker", "helper"])
        #expect(agent.tier == .strong)
        #expect(agent.instructions == "# Who you are\n\nYou work.")
        #expect(agent.limits.steps == 7 && agent.limits.microcost == 250_000 && agent.limits.wall == .seconds(120))
        #expect(agent.limits.bytes == 2 << 20 && agent.limits.restartWindow == .milliseconds(500))
        #expect(agent.limits.restarts == 0 && agent.limits.inbox == 3)
        let steps = agent.playbook.steps
        #expect(steps.map(\.id) == ["reading", "parts", "which", "reply", "no_reply"])
        #expect(steps[0].retry == .init(attempts: 3, backoffMilliseconds: 20, codes: ["unavailable"]))
        #expect(steps[0].timeoutMilliseconds == 5000 && steps[0].onError == .continue)
        #expect(
            steps[1].forEach?.variable == "part" && steps[1].forEach?.limit == 20 && steps[1].after == ["which"])
        #expect(steps[1].place.line == 16)
        guard case .answer(_, let outcome) = steps[4].action else {
            Issue.record("the last step is no answer")
            return
        }
        #expect(outcome == .degraded)
        guard case .again(let again) = agent.checks[0].remedy else {
            Issue.record("the remedy is not 'again'")
            return
        }
        #expect(again == ["parts"])
    }

    @Test("the usual definition has no mistake, with any line ends")
    func clean() {
        let text = Definitions.text()
        #expect(Definitions.load(text).diagnostics == [])
        let windows = text.replacingOccurrences(of: "\n", with: "\r\n")
        #expect(Definitions.load(windows).diagnostics == [])
        #expect(Definitions.load("\u{FEFF}" + text).diagnostics == [])
        #expect(Definitions.load(windows).definitions.first?.instructions == "You work.")
    }

    @Test("an agent with a mistake is left out, the others are not")
    func others() {
        let result = DefinitionLoader.load(
            texts: [
                ("worker.md", Definitions.text(["tier": "tier: huge"])),
                ("helper.md", Definitions.text(["name": "name: helper"])),
            ],
            tools: Definitions.tools)
        #expect(result.hasErrors)
        #expect(result.definitions.map(\.name) == ["helper"])
    }

    @Test("syntax errors of YAML do not hide the other mistakes, nor cause new ones")
    func syntaxErrors() {
        let text = """
            ---
            name: worker
            title: "Worker
            summary: Works.
            tools: [run_sql, run_sqll]
            limits: {steps: 0}
            playbook:
              - id: rows
                tool: run_sql
                with: {sql: ${input.sql}}
              - id: more
                tool: run_sql
                with: {slq: x}
              - id: reply
                  answer: ${rows.colums}
              - id: ask
                ask: ${cuont(rows)}
            checks:
              - name: ok
                that: ${rows.row_count > 0}
                otherwise: repeat
                message: No: rows.
            ---
            Body
            """
        let found = Definitions.load(text).diagnostics.map { "\($0.place.line) \($0.code)" }
        #expect(
            found == [
                "3 yaml_syntax", "5 unknown_tool", "6 out_of_range", "10 yaml_syntax", "13 unknown_argument",
                "15 yaml_syntax", "17 unknown_function", "22 yaml_syntax",
            ])
    }

    @Test("a dozen mistakes in one file are all reported, in the order of the lines")
    func dozen() {
        let text = """
            ---
            name: Worker
            titel: Worker
            tier: huge
            tools: [run_sql, run_sqll]
            delegates: [nobody]
            limits: {steps: 0, wall: 60, colour: red}
            playbook:
              - id: rows
                tool: run_sql
                with: {sqll: "select ${input.x", max_rows: 5000}
                timeout: soon
              - id: rows
                delegate: nobody
                with: {}
                when: ${row.count = 1}
              - id: input
                tool: run_sql
                answer: 1
              - id: late
                ask: What?
                after: [roows]
                retry: {attempts: 2}
            checks:
              - name: ok
                that: rows.row_count > 0
                otherwise: again
                message: ${cuont(rows.columns)}
            ---
            Body
            """
        let result = Definitions.load(text)
        let found = result.diagnostics.map { "\($0.place.line) \($0.code)" }
        #expect(
            found == [
                "2 missing_key", "2 bad_name", "3 unknown_key", "4 bad_choice",
                "5 unknown_tool",
                "6 unknown_agent", "7 out_of_range", "7 bad_duration", "7 unknown_key", "11 unknown_argument",
                "11 expression_unclosed", "11 bad_argument", "12 bad_duration", "13 duplicate_step",
                "15 key_not_here",
                "16 expression_syntax", "17 reserved_name", "19 two_actions", "22 unknown_step", "23 key_not_here",
                "26 not_an_expression", "27 missing_key", "28 unknown_function",
            ])
        #expect(result.diagnostics.allSatisfy { !$0.hint.isEmpty && $0.place.column > 0 })
        #expect(result.definitions.isEmpty)
    }
}
