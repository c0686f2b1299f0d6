import LanguageModels
import Testing
import Values

@Suite("Scripts in files")
struct ScriptFileTests {
    @Test("a script says when to answer what")
    func script() async throws {
        let (model, problems) = ScriptedModel.read(
            """
            order: strict
            chunk_bytes: 3
            entries:
              - when: {caller: planner, tool: run_sql, contains: [orders, "2026"]}
                reply:
                  text: Let me see.
                  reasoning: hm
                  tool_calls:
                    - {name: run_sql, arguments: {sql: SELECT 1}}
                    - {id: mine, name: run_sql, arguments: '{"sql": "SEL'}
                  usage: {input: 12, output: 3, cached_input: 4}
              - reply: One.
              - error: rate_limit
              - error: {kind: server, status: 503, message: down, retry_after_ms: 1500, after: "On"}
              - reply: {text: cut, finish: length}
                times: any
            """, file: "s.yaml")
        #expect(problems.isEmpty)
        let script = try #require(model)
        #expect(script.order == .strict && script.entries.map(\.times) == [1, 1, 1, 1, nil])
        let log = PartLog()
        var call = log.call
        call.caller = "planner"
        let first = try await script.respond(to: .asking("orders of 2026", tools: ["run_sql"]), in: call)
        #expect(first.text == "Let me see." && first.finish == .toolCalls)
        #expect(first.usage == TokenUsage(input: 12, output: 3, cachedInput: 4))
        #expect(first.toolCalls.map(\.id) == ["call_1_1_1", "mine"])
        #expect(first.toolCalls[0].arguments == ["sql": "SELECT 1"] && first.toolCalls[1].arguments == nil)
        #expect(log.batches.count > 10 && log.batches.allSatisfy { $0.count == 1 })
        #expect(try await script.respond(to: .asking("x"), in: ModelCall()).text == "One.")
        let limited = await #expect(throws: ModelError.self) {
            try await script.respond(to: .asking("x"), in: ModelCall())
        }
        #expect(limited?.kind == .rateLimit && limited?.isRetryable == true)
        let down = await #expect(throws: ModelError.self) {
            try await script.respond(to: .asking("x"), in: ModelCall())
        }
        #expect(
            down == ModelError(.server, "down", status: 503, partialText: "On", retryAfter: .milliseconds(1500)))
        for _ in 0..<2 { #expect(try await script.respond(to: .asking("x"), in: ModelCall()).finish == .length) }
        try script.verifyAllUsed()
    }

    @Test("a list of entries is a script")
    func list() async throws {
        let (model, problems) = ScriptedModel.read("- reply: hello", file: "s.yaml")
        #expect(problems.isEmpty)
        #expect(try await model?.respond(to: .asking("x"), in: ModelCall()).text == "hello")
        #expect(
            ScriptedModel.read("- reply: hello", file: "s.yaml").0?.unusedEntries == [
                "s.yaml:1:3, entry 1 (any request)"
            ])
    }

    @Test("all mistakes are told at once, with line and remedy")
    func mistakes() {
        let (_, problems) = ScriptedModel.read(
            """
            ordr: strict
            entries:
              - when: {caler: x}
                reply: {txt: a}
              - error: rate_limits
              - times: 0
                reply: b
              - when: {}
              - reply: a
                error: server
              - reply: {tool_calls: [{arguments: {}}], finish: stopp}
              - text
            """, file: "s.yaml")
        let lines = problems.map { "\($0.place.line) \($0.message). \($0.hint)" }
        #expect(
            lines == [
                "1 the script has no key 'ordr'. did you mean 'order'?",
                "3 'when' of entry 1 has no key 'caler'. did you mean 'caller'?",
                "4 the reply of entry 1 has no key 'txt'. did you mean 'text'?",
                "5 there is no kind of error 'rate_limits'. did you mean 'rate_limit'?",
                "6 'times' must be a whole number of at least 1 or 'any'. write it without quotes",
                "8 entry 4 has neither 'reply' nor 'error'. add one, such as reply: Hello",
                "10 entry 5 has both 'reply' and 'error'. keep one; parts before an error go into error.after",
                "11 a call of the reply of entry 6 has no 'name'. add the tool's name",
                "11 there is no finish 'stopp'. did you mean 'stop'?, or other:WORD",
                "12 entry 7 must be a mapping. known keys: when, reply, error, times",
            ])
    }

    @Test("an empty script, a broken one and a missing one are errors")
    func unreadable() {
        #expect(ScriptedModel.read("", file: "s.yaml").1.map(\.code) == ["script_empty"])
        #expect(ScriptedModel.read("entries: [", file: "s.yaml").1.map(\.code) == ["yaml_syntax"])
        #expect(ScriptedModel.read("model: x", file: "s.yaml").1.map(\.code) == ["script_missing"])
        let error = #expect(throws: OperonError.self) { try ScriptedModel(contentsOf: "no/such/file.yaml") }
        #expect(error?.code == "file_not_found")
    }
}
