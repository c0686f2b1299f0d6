import LanguageModels
import Testing
import Values

@Suite("Answers of chat completions")
struct ChatDecoderTests {
    @Test("text, usage and finish of a stream are put together")
    func plain() throws {
        let answer = read(
            .chat,
            events: [
                chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"content":"Hel"}"#),
                chunk(#"{"content":"lo"}"#),
                chunk("{}", finish: "stop"),
                #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":17,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}}}"#,
                "[DONE]",
            ])
        let usage = TokenUsage(input: 9, output: 17, cachedInput: 4, reasoning: 3)
        #expect(answer.parts == [.text("Hel"), .text("lo"), .usage(usage), .finish(.stop)])
        #expect(
            answer.reply
                == ModelReply(message: AssistantMessage(text: "Hello"), finish: .stop, usage: usage, model: "m-1"))
    }

    @Test("an answer is complete with a finish reason or with the terminator, and truncated without both")
    func ends() {
        let text = chunk(#"{"content":"Hi"}"#)
        #expect(read(.chat, events: [text, chunk("{}", finish: "length")]).reply?.finish == .length)
        #expect(read(.chat, events: [text, "[DONE]"]).reply?.finish == .stop)
        let cut = read(.chat, events: [text])
        #expect(cut.error?.kind == .truncated)
        #expect(cut.text == "Hi")
        #expect(read(.chat, events: [String]()).error?.kind == .truncated)
        #expect(read(.chat, events: ["[DONE]"]).error?.kind == .truncated)
        #expect(read(.chat, events: [#"{"choices":[]}"#, "[DONE]"]).error?.kind == .truncated)
    }

    @Test("what comes after the terminator is ignored, the terminator again included")
    func afterTheEnd() {
        let answer = read(
            .chat,
            events: [
                chunk(#"{"content":"a"}"#, finish: "stop"), "[DONE]", "[DONE]", chunk(#"{"content":"b"}"#), "{",
            ])
        #expect(answer.reply?.text == "a")
    }

    @Test("an error in the stream ends it, with the status that it would have had and the text so far")
    func errors() {
        let text = chunk(#"{"content":"Hi"}"#)
        for (event, status, retryable) in [
            (#"{"error":{"message":"boom","type":"server_error"}}"#, 500, true),
            (#"{"error":{"message":"busy","type":"overloaded_error"}}"#, 529, true),
            (#"{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"#, 429, true),
            (#"{"error":{"message":"pay","type":"insufficient_quota"}}"#, 429, false),
            (#"{"error":{"message":"bad","type":"invalid_request_error"}}"#, 400, false),
            (#"{"error":{"message":"bad","code":503}}"#, 503, true),
            (#"{"object":"error","message":"bad","code":400}"#, 400, false),
            (#"{"error":"plain words"}"#, nil, true),
        ] as [(String, Int?, Bool)] {
            let answer = read(.chat, events: [text, event, "[DONE]"])
            #expect(answer.error?.kind == .streamError)
            #expect(answer.error?.status == status)
            #expect(answer.error?.isRetryable == retryable)
            #expect(answer.text == "Hi")
        }
        #expect(read(.chat, events: [#"{"error":null,"choices":[]}"#, text, "[DONE]"]).reply?.text == "Hi")
        #expect(read(.chat, whole: #"{"error":{"message":"x"}}"#).error?.kind == .streamError)
    }

    @Test("broken, deep and odd JSON is an error that shows nothing of it")
    func broken() {
        let deep = String(repeating: "[", count: 100_000)
        for event in [#"{"choices":[{"secret"#, "[1]", "3", "\"x\"", #"{"choices":"# + deep, "{}{}"] {
            let answer = read(.chat, events: [event])
            #expect(answer.error?.kind == .decode)
            #expect(answer.error?.message.contains("secret") == false)
        }
        #expect(read(.chat, whole: "{}").error?.kind == .decode)
        #expect(read(.chat, whole: #"{"choices":[]}"#).error?.kind == .decode)
        #expect(read(.chat, whole: "").error?.kind == .decode)
    }

    @Test("bytes that are no UTF-8 and halves of surrogates become U+FFFD; NUL stays")
    func oddCharacters() {
        let bytes =
            Array(#"{"choices":[{"delta":{"content":"a"#.utf8) + [0xFF, 0xC3]
            + Array(#"b"},"finish_reason":"stop"}]}"#.utf8)
        #expect(read(.chat, events: [("", bytes)]).reply?.text == "a\u{FFFD}\u{FFFD}b")
        let escaped = chunk(#"{"content":"x\ud83dy\u0000z"}"#, finish: "stop")
        #expect(read(.chat, events: [escaped]).reply?.text == "x\u{FFFD}y\u{0}z")
    }

    @Test("content may be null, empty or a list of parts; choices may be empty or of another index")
    func contents() {
        let answer = read(
            .chat,
            events: [
                #"{"choices":[]}"#, #"{"choices":null}"#, #"{}"#, chunk(#"{"content":null}"#),
                chunk(#"{"content":""}"#),
                chunk(#"{"content":[{"type":"text","text":"A"},{"type":"text","text":"B"}]}"#),
                #"{"choices":[{"index":1,"delta":{"content":"other"}}]}"#,
                #"{"choices":[{"delta":{"content":"C"}}]}"#,
                #"{"choices":[{"index":0,"delta":null,"finish_reason":""}]}"#, chunk("{}", finish: "stop"),
            ])
        #expect(answer.reply?.text == "ABC")
    }

    @Test("reasoning is kept apart, under either name")
    func reasoning() {
        let answer = read(
            .chat,
            events: [
                chunk(#"{"reasoning_content":"Let "}"#), chunk(#"{"reasoning":"me"}"#),
                chunk(#"{"reasoning":" see","reasoning_content":" see"}"#),
                chunk(#"{"content":"4"}"#, finish: "stop"),
            ])
        #expect(answer.reply?.message.reasoning == [ReasoningBlock(text: "Let me see")])
        #expect(answer.reply?.text == "4")
    }

    @Test("usage is found in every place that is known")
    func usages() {
        let used = TokenUsage(input: 5, output: 6, cachedInput: 2)
        for usage in [
            #"{"prompt_tokens":5,"completion_tokens":6,"cached_tokens":2}"#,
            #"{"prompt_tokens":5,"completion_tokens":6,"prompt_cache_hit_tokens":2}"#,
            #"{"prompt_tokens":5,"completion_tokens":6.0,"prompt_tokens_details":{"cached_tokens":2}}"#,
        ] {
            let inside = chunk(#"{"content":"a"}"#, finish: "stop", more: #","usage":"# + usage)
            #expect(read(.chat, events: [inside]).reply?.usage == used)
            let outside = #"{"choices":[],"usage":"# + usage + "}"
            #expect(read(.chat, events: [chunk("{}", finish: "stop"), outside, "[DONE]"]).reply?.usage == used)
        }
        let odd = #"{"choices":[],"usage":{"prompt_tokens":-5,"completion_tokens":1e30}}"#
        #expect(read(.chat, events: [chunk("{}", finish: "stop"), odd]).reply?.usage == nil)
        let null = chunk("{}", finish: "stop", more: #","usage":null"#)
        #expect(read(.chat, events: [null]).reply?.usage == nil)
    }

    @Test("finish reasons are told as they are, a refusal is a refusal")
    func finishes() {
        for (word, finish) in [
            ("stop", .stop), ("length", .length), ("content_filter", .contentFilter), ("tool_calls", .stop),
            ("eos", .other("eos")),
        ] as [(String, FinishReason)] {
            #expect(read(.chat, events: [chunk(#"{"content":"a"}"#, finish: word)]).reply?.finish == finish)
        }
        let refused = read(.chat, events: [chunk(#"{"refusal":"I cannot"}"#), chunk("{}", finish: "stop")])
        #expect(refused.reply?.finish == .contentFilter)
        #expect(refused.reply?.text == "I cannot")
    }

    @Test("a whole answer gives what its stream gives")
    func whole() {
        let answer = read(
            .chat,
            whole: #"""
                {"model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":null,
                 "reasoning_content":"hm","tool_calls":[
                  {"id":"c1","type":"function","function":{"name":"run_sql","arguments":"{\"q\":1}"}},
                  {"id":"c1","type":"function","function":{"name":"run_sql","arguments":{"q":2}}},
                  {"function":{"name":"list_tables"}}]},"finish_reason":"stop"}],
                 "usage":{"prompt_tokens":1,"completion_tokens":2}}
                """#)
        #expect(answer.reply?.finish == .toolCalls)
        #expect(answer.calls.map(\.name) == ["run_sql", "run_sql", "list_tables"])
        #expect(answer.calls.map(\.arguments) == [["q": 1], ["q": 2], [:]])
        #expect(answer.calls.map(\.id) == ["c1", "call_2", "call_3"])
        #expect(answer.reply?.message.reasoning.map(\.text) == ["hm"])
        #expect(answer.reply?.usage == TokenUsage(input: 1, output: 2))
    }
}
