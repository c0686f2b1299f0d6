import AgentRuntime
import Testing
import Values

/// A broken definition and what the loader says of it.
struct Mistake: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    var code: String
    var line: Int
    var hint: String
    var testDescription: String { name }

    init(_ name: String, _ text: String, _ code: String, line: Int, hint: String = "") {
        self.name = name
        self.text = text
        self.code = code
        self.line = line
        self.hint = hint
    }

    /// The usual definition with one key replaced.
    init(_ name: String, _ key: String, _ value: String?, _ code: String, line: Int, hint: String = "") {
        self.init(name, Definitions.text([key: value]), code, line: line, hint: hint)
    }

    /// The usual definition with these steps before its answer; they begin on line 7.
    init(steps: String, _ name: String, _ code: String, line: Int, hint: String = "") {
        let lines = steps.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
        let playbook =
            "playbook:\n\(lines)\n  - {id: reply, answer: 1}\n  - {id: sql, tool: run_sql, with: {sql: x}}"
        self.init(name, "playbook", playbook, code, line: line, hint: hint)
    }

    /// The usual definition with this check, which begins on line 13.
    init(check: String, _ name: String, _ code: String, line: Int, hint: String = "") {
        let lines = check.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
        self.init(name, "checks", "checks:\n\(lines)", code, line: line, hint: hint)
    }
}

@Suite("mistakes in definitions")
struct DefinitionMistakeTests {
    static let files = [
        Mistake("no front matter", "# Worker\n", "front_matter_missing", line: 1, hint: "---"),
        Mistake("empty file", "", "front_matter_missing", line: 1),
        Mistake(
            "text before the front matter", "\n---\nname: x\n---\n", "front_matter_missing", line: 1, hint: "line 2"
        ),
        Mistake(
            "front matter without end", "---\nname: worker\n", "front_matter_unterminated", line: 1, hint: "---"),
        Mistake("empty front matter", "---\n---\nBody\n", "front_matter_empty", line: 1),
        Mistake("front matter that is a list", "---\n- a\n---\nBody\n", "wrong_type", line: 2),
        Mistake("no YAML", "title", "title: [", "yaml_syntax", line: 3),
        Mistake("tab", "limits", "limits:\n\tsteps: 1", "yaml_tab", line: 7, hint: "space"),
        Mistake("duplicate key", "extra", "title: Again", "yaml_duplicate_key", line: 12, hint: "line 3"),
        Mistake("no instructions", Definitions.text(body: " "), "instructions_missing", line: 1),
        Mistake("unknown key", "extra", "toools: []", "unknown_key", line: 12, hint: "tools"),
        Mistake("missing name", "name", nil, "missing_key", line: 2, hint: "worker"),
        Mistake("empty title", "title", "title:", "missing_key", line: 3, hint: "title:"),
        Mistake("missing summary", "summary", nil, "missing_key", line: 2),
        Mistake("missing playbook", "playbook", nil, "missing_key", line: 2),
        Mistake("title that is a number", "title", "title: 2024", "wrong_type", line: 3, hint: "\"2024\""),
        Mistake("title that is a list", "title", "title: [a]", "wrong_type", line: 3),
        Mistake("bad name", "name", "name: My-Worker", "bad_name", line: 2),
        Mistake(
            "name that is not the file's", "name", "name: wrker", "name_not_file_name", line: 2, hint: "worker"),
        Mistake("unknown tier", "tier", "tier: strng", "bad_choice", line: 5, hint: "strong"),
        Mistake("tools that are no list", "tools", "tools: run_sql", "wrong_type", line: 5, hint: "[run_sql]"),
        Mistake("tools that are empty", "tools", "tools:", "wrong_type", line: 5),
        Mistake("tool twice", "tools", "tools: [run_sql, run_sql]", "duplicate_entry", line: 5),
        Mistake("unknown tool", "tools", "tools: [run_sql, run_sqk]", "unknown_tool", line: 5, hint: "run_sql"),
        Mistake("tool that is not used", "tools", "tools: [run_sql, open_tool]", "tool_unused", line: 5),
        Mistake("tool that is not listed", "tools", "tools: []", "tool_not_listed", line: 8, hint: "tools"),
        Mistake("unknown agent", "delegates", "delegates: [nobody]", "unknown_agent", line: 6, hint: "nobody.md"),
        Mistake("agent itself", "delegates", "delegates: [worker]", "self_delegation", line: 6),
        Mistake("limit out of range", "limits", "limits: {rounds: 0}", "out_of_range", line: 6, hint: "1 to 100"),
        Mistake("limit that is a text", "limits", "limits: {steps: many}", "wrong_type", line: 6, hint: "number"),
        Mistake("unknown limit", "limits", "limits: {setps: 3}", "unknown_key", line: 6, hint: "steps"),
        Mistake("duration without unit", "limits", "limits: {wall: 60}", "bad_duration", line: 6, hint: "5s"),
        Mistake("size with a wrong unit", "limits", "limits: {bytes: 64Mb}", "bad_size", line: 6, hint: "64MiB"),
        Mistake("negative cost", "limits", "limits: {cost: -1}", "out_of_range", line: 6),
        Mistake("cost with a sign", "limits", "limits: {cost: $1}", "wrong_type", line: 6),
        Mistake("limits that are a list", "limits", "limits: [1]", "wrong_type", line: 6, hint: "steps"),
    ]

    static let steps = [
        Mistake("playbook that is a mapping", "playbook", "playbook: {id: a}", "wrong_type", line: 6, hint: "- id"),
        Mistake(
            "no answer", "playbook", "playbook:\n  - {id: r, tool: run_sql, with: {sql: x}}", "no_answer", line: 7),
        Mistake(steps: "- rows", "step that is a text", "wrong_type", line: 7),
        Mistake(steps: "- {ask: Who?}", "step without id", "missing_key", line: 7, hint: "id"),
        Mistake(steps: "- {id: A, ask: Who?}", "bad id", "bad_name", line: 7),
        Mistake(steps: "- {id: reply, ask: Who?}", "id twice", "duplicate_step", line: 8, hint: "line 7"),
        Mistake(steps: "- {id: context, ask: Who?}", "reserved id", "reserved_name", line: 7),
        Mistake(steps: "- {id: not, ask: Who?}", "keyword as id", "reserved_name", line: 7),
        Mistake(steps: "- {id: a}", "step without action", "no_action", line: 7, hint: "answer"),
        Mistake(steps: "- {id: a, aks: Who?}", "mistyped action", "unknown_key", line: 7, hint: "ask"),
        Mistake(steps: "- {id: a, ask: Who?, answer: 1}", "two actions", "two_actions", line: 7),
        Mistake(
            steps: "- {id: a, tool: run_sql, goal: {}, with: {sql: x}}", "goal for a tool", "key_not_here", line: 7,
            hint: "with"),
        Mistake(steps: "- {id: a, ask: Who?, timeout: 1s}", "timeout of a question", "key_not_here", line: 7),
        Mistake(
            steps: "- {id: a, answer: 1, for_each: \"${input.x}\"}", "for_each on answer", "key_not_here", line: 7),
        Mistake(
            steps: "- {id: a, tool: run_sql, with: {sql: x}, as: b}", "as without for_each", "key_not_here", line: 7
        ),
        Mistake(steps: "- {id: a, ask: Who?, outcome: degraded}", "outcome of a question", "key_not_here", line: 7),
        Mistake(steps: "- {id: a, tool: run_sql, with: sql}", "arguments that are a text", "wrong_type", line: 7),
        Mistake(
            steps: "- {id: a, tool: open_tol}", "tool that does not exist", "unknown_tool", line: 7,
            hint: "open_tool"),
        Mistake(
            steps: "- {id: a, delegate: nlp, goal: {}}", "agent that does not exist", "unknown_agent", line: 7),
        Mistake(
            steps: "- {id: a, tool: run_sql, with: }", "arguments that are nothing", "wrong_type", line: 7,
            hint: "with"),
        Mistake(steps: "- {id: a, ask: Who?, options: b}", "options that are a text", "wrong_type", line: 7),
        Mistake(
            steps: "- {id: a, ask: Who?, when: true}", "when without ${}", "not_an_expression", line: 7,
            hint: "${true}"),
        Mistake(
            steps: "- id: a\n  ask: Who?\n  when: ${sql} and ${sql}", "two expressions", "not_an_expression",
            line: 9,
            hint: "around"),
        Mistake(
            steps: "- {id: a, ask: Who?, on_error: ignore}", "unknown policy", "bad_choice", line: 7,
            hint: "continue"),
        Mistake(
            steps: "- {id: a, ask: Who?, after: [sqk]}", "unknown step in after", "unknown_step", line: 7,
            hint: "sql"),
        Mistake(
            steps: "- {id: a, ask: Who?, after: sql}", "after that is a text", "wrong_type", line: 7, hint: "[sql]"),
        Mistake(steps: "- {id: a, tool: run_sql, with: {sql: x}, timeout: 0s}", "no time", "bad_duration", line: 7),
        Mistake(
            steps: "- {id: a, tool: run_sql, with: {sql: x}, retry: {attempts: 0}}", "no attempt", "out_of_range",
            line: 7),
        Mistake(
            steps: "- {id: a, tool: run_sql, with: {sql: x}, retry: {on: [x]}}", "retry without attempts",
            "missing_key", line: 7),
        Mistake(
            steps: "- {id: a, tool: run_sql, with: {sql: x}, retry: 3}", "retry that is a number", "wrong_type",
            line: 7),
        Mistake(
            steps: "- id: a\n  tool: run_sql\n  for_each: ${input.l}\n  as: sql\n  with: {sql: \"${sql}\"}",
            "loop variable that is a step", "reserved_name", line: 10, hint: "line 13"),
        Mistake(
            steps: "- id: a\n  tool: run_sql\n  for_each: ${item.l}\n  with: {sql: \"${item}\"}",
            "loop variable in its list", "unknown_reference", line: 9, hint: "before"),
        Mistake(
            steps: "- {id: a, ask: \"${slq.columns}\"}", "unknown reference", "unknown_reference", line: 7,
            hint: "sql"),
        Mistake(
            steps: "- {id: a, ask: \"${failed(input)}\"}", "asking about no step", "unknown_reference", line: 7),
        Mistake(steps: "- {id: a, ask: \"${a}\"}", "step that waits for itself", "step_cycle", line: 7),
        Mistake(
            steps: "- {id: a, ask: \"${b}\"}\n- {id: b, ask: x, after: [a]}", "steps in a circle", "step_cycle",
            line: 7),
        Mistake(steps: "- {id: a, answer: 2}", "answer after a certain one", "unreachable_answer", line: 8),
        Mistake(
            steps: "- {id: a, ask: \"${sql.colums}\"}", "member that no result has", "unknown_member", line: 7,
            hint: "columns"),
        Mistake(
            steps: "- {id: a, ask: \"${sql.meta.s}\"}", "inner member that no result has", "unknown_member", line: 7
        ),
        Mistake(
            steps:
                "- {id: a, tool: run_sql, for_each: \"${input.l}\", with: {sql: x}}\n- {id: b, ask: \"${a.columns}\"}",
            "member of a list of results", "unknown_member", line: 8, hint: "a[0].columns"),
    ]

    static let arguments = [
        Mistake(steps: "- {id: a, tool: run_sql}", "no arguments", "missing_argument", line: 7, hint: "sql"),
        Mistake(
            steps: "- id: a\n  tool: run_sql\n  with: {}", "missing argument", "missing_argument", line: 9,
            hint: "sql"),
        Mistake(
            steps: "- {id: a, tool: run_sql, with: {slq: x}}", "unknown argument", "unknown_argument", line: 7,
            hint: "sql"),
        Mistake(
            steps: "- {id: a, tool: run_sql, with: {sql: 1}}", "argument of a wrong type", "bad_argument", line: 7),
        Mistake(
            steps: "- {id: a, tool: run_sql, with: {sql: x, max_rows: 5000}}", "argument out of range",
            "bad_argument", line: 7),
        Mistake(
            steps: "- {id: a, tool: run_sql, with: {sql: x, options: {format: xml}}}", "argument that is no choice",
            "bad_argument", line: 7),
        Mistake(
            steps: "- {id: a, tool: run_sql, with: {sql: x, options: {}}}", "missing inner argument",
            "missing_argument", line: 7, hint: "format"),
        Mistake(
            steps: "- {id: a, tool: run_sql, with: {sql: x, tags: [a, 1]}}", "wrong element", "bad_argument",
            line: 7),
        Mistake(steps: "- {id: a, tool: run_sql, with: {sql: [x]}}", "list for a text", "bad_argument", line: 7),
    ]

    static let checks = [
        Mistake("checks that are a mapping", "checks", "checks: {a: b}", "wrong_type", line: 12),
        Mistake(
            check: "- {name: a, otherwise: fail, message: m}", "no condition", "missing_key", line: 13, hint: "that"
        ),
        Mistake(
            check: "- {name: a, that: \"${rows}\", message: m}", "no remedy", "missing_key", line: 13,
            hint: "otherwise"),
        Mistake(check: "- {name: a, that: \"${rows}\", otherwise: fail}", "no message", "missing_key", line: 13),
        Mistake(
            check: "- {name: a, that: \"${rows}\", otherwise: retry, message: m}", "unknown remedy", "bad_choice",
            line: 13, hint: "again"),
        Mistake(
            check: "- {name: a, that: \"${rows}\", otherwise: again, message: m}", "again without steps",
            "missing_key", line: 13, hint: "steps"),
        Mistake(
            check: "- {name: a, that: \"${rows}\", otherwise: again, steps: [], message: m}", "again with no steps",
            "missing_key", line: 13),
        Mistake(
            check: "- {name: a, that: \"${rows}\", otherwise: again, steps: [row], message: m}",
            "again with unknown steps", "unknown_step", line: 13, hint: "rows"),
        Mistake(
            check: "- {name: a, that: \"${rows}\", otherwise: fail, steps: [rows], message: m}",
            "steps without again", "key_not_here", line: 13),
        Mistake(
            check: "- {name: a, that: rows, otherwise: fail, message: m}", "condition without ${}",
            "not_an_expression", line: 13, hint: "${rows}"),
        Mistake(
            check: "- {name: a, that: \"${row.x}\", otherwise: fail, message: m}", "unknown reference in a check",
            "unknown_reference", line: 13, hint: "rows"),
        Mistake(
            check: "- {name: a, that: \"${rows}\", otherwise: fail, message: m, stop: 1}", "unknown key of a check",
            "unknown_key", line: 13),
        Mistake(
            check:
                "- {name: a, that: \"${rows}\", otherwise: fail, message: m}\n- {name: a, that: \"${rows}\", otherwise: ask, message: m}",
            "check twice", "duplicate_check", line: 14, hint: "line 13"),
    ]

    @Test("each mistake is named once, with its line and a remedy", arguments: files + steps + arguments + checks)
    func mistake(_ mistake: Mistake) throws {
        let found = Definitions.load(mistake.text).diagnostics
        // Nothing else is said but what is meant: no follow-up noise.
        let others = found.filter { $0.code != mistake.code }
        #expect(others == [], "\(others)")
        let first = try #require(found.first { $0.code == mistake.code }, "\(found)")
        #expect(found.count { $0.code == mistake.code } == 1)
        #expect(first.place.line == mistake.line)
        #expect(first.place.file == "Agents/worker.md")
        #expect(!first.hint.isEmpty)
        #expect(first.hint.contains(mistake.hint), "\(first.hint)")
        let warnings = ["instructions_missing", "tool_unused", "unreachable_answer"]
        #expect((first.severity == .warning) == warnings.contains(mistake.code))
    }

    @Test("agents that delegate in a circle are shown with the way")
    func circle() throws {
        let team = Definitions.team([("one", ["two"]), ("two", ["three"]), ("three", ["two"]), ("four", ["one"])])
        let found = DefinitionLoader.load(texts: team, tools: nil).diagnostics
        #expect(found.map(\.code) == ["delegation_cycle"])
        #expect(found.first?.message.contains("two → three → two") == true)
        #expect(found.first?.place == SourcePlace(file: "Agents/two.md", line: 5, column: 13))
    }

    @Test("two agents of one name, and a mistyped agent, are named")
    func names() {
        var team = Definitions.team([("one", ["twoo"]), ("two", [])])
        team.append((file: "other/two.md", text: team[1].text))
        let found = DefinitionLoader.load(texts: team, tools: nil).diagnostics
        #expect(found.map(\.code) == ["unknown_agent", "duplicate_agent"])
        #expect(found.first?.hint == "did you mean 'two'?")
    }

    @Test("an agent that delegates to others than it lists is told so")
    func notListed() {
        var team = Definitions.team([("one", ["two"]), ("two", []), ("three", [])])
        team[0].text = team[0].text.replacing("delegates: [two]", with: "delegates: [three]")
        let found = DefinitionLoader.load(texts: team, tools: nil).diagnostics
        #expect(found.map { "\($0.place.line) \($0.code)" } == ["5 delegate_unused", "7 delegate_not_listed"])
    }

    @Test("an agent whose file cannot be read is not called unknown as well")
    func unreadable() {
        var team = Definitions.team([("one", ["two"])])
        team.append((file: "two.md", text: "---\n]\n---\n"))
        let found = DefinitionLoader.load(texts: team, tools: nil).diagnostics
        #expect(found.map(\.code) == ["yaml_syntax"])
    }

    @Test("any text is answered by a definition or a diagnostic")
    func fuzz() {
        var random = SeededRandom(seed: 11)
        let whole = Array(
            Definitions.text([
                "checks": "checks:\n  - {name: a, that: \"${rows}\", otherwise: again, steps: [rows], message: m}"
            ]))
        for _ in 0..<1500 {
            var text = whole
            for _ in 0..<Int.random(in: 1..<4, using: &random) {
                let at = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text.remove(at: at)
                case 1: text.insert(Array("{}[]:-$\"' \n#&*").randomElement(using: &random)!, at: at)
                default: text.removeSubrange(at..<min(text.count, at + 12))
                }
            }
            let result = Definitions.load(String(text))
            #expect(result.definitions.count + result.diagnostics.count > 0, "\(String(text))")
            #expect(result.hasErrors == result.definitions.isEmpty, "\(String(text))")
        }
    }
}
