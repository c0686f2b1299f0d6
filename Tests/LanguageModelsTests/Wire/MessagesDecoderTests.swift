import LanguageModels
import Testing
import Values

/// A stream of Anthropic with reasoning, text and a call.
let messagesStream = [
    #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m-2","stop_reason":null,"usage":{"input_tokens":25,"cache_read_input_tokens":10,"cache_creation_input_tokens":5,"output_tokens":1}}}"#,
    #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me "}}"#,
    #"{"type":"ping"}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"see"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQB"}}"#,
    #"{"type":"content_block_stop","index":0}"#,
    #"{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"zzz"}}"#,
    #"{"type":"content_block_stop","index":1}"#,
    #"{"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}"#,
    #"{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Hi"}}"#,
    #"{"type":"content_block_delta","index":2,"delta":{"type":"citations_delta","citation":{}}}"#,
    #"{"type":"content_block_stop","index":2}"#,
    #"{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_1","name":"run_sql","input":{}}}"#,
    #"{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":""}}"#,
    #"{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"q\":"}}"#,
    #"{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"\"x\"}"}}"#,
    #"{"type":"content_block_stop","index":3}"#, #"{"type":"a_new_event","index":"odd"}"#,
    #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":89}}"#,
    #"{"type":"message_stop"}"#,
]

@Suite("Answers of messages")
struct MessagesDecoderTests {
    private let reply = ModelReply(
        message: AssistantMessage(
            text: "Hi",
            reasoning: [
                ReasoningBlock(text: "Let me see", signature: "EqQB"), ReasoningBlock(text: "", hidden: "zzz"),
            ],
            toolCalls: [ToolCall(id: "toolu_1", name: "run_sql", raw: #"{"q":"x"}"#)]),
        finish: .toolCalls, usage: TokenUsage(input: 40, output: 89, cachedInput: 10, cacheWrites: 5), model: "m-2")

    @Test("reasoning with its signature, text, calls, usage and finish of a stream are put together")
    func stream() {
        let answer = read(.messages, events: messagesStream)
        #expect(answer.reply == reply)
        #expect(
            answer.parts == [
                .reasoning("Let me "), .reasoning("see"), .text("Hi"),
                .toolCallStarted(index: 0, id: "toolu_1", name: "run_sql"),
                .toolCallArguments(index: 0, fragment: #"{"q":"#), .toolCallArguments(index: 0, fragment: #""x"}"#),
                .usage(reply.usage ?? TokenUsage()), .finish(.toolCalls),
            ])
    }

    @Test("the type in the data counts; without it the event's name does")
    func names() {
        let nameless = [
            ("message_start", #"{"message":{}}"#),
            ("content_block_start", #"{"index":0,"content_block":{"type":"text"}}"#),
            ("content_block_delta", #"{"index":0,"delta":{"type":"text_delta","text":"a"}}"#), ("ping", ""),
            ("message_stop", "{}"),
        ]
        #expect(read(.messages, events: nameless.map { ($0.0, Array($0.1.utf8)) }).reply?.text == "a")
    }

    @Test("a stream that ends before its end is truncated, with the text so far")
    func truncated() {
        for count in messagesStream.indices.dropLast(2) {
            let answer = read(.messages, events: Array(messagesStream.prefix(count)))
            #expect(answer.error?.kind == .truncated)
            #expect(answer.text == (count > 10 ? "Hi" : ""))
        }
        #expect(read(.messages, events: Array(messagesStream.dropLast())).reply == reply)
    }

    @Test("an error in the stream ends it, with the status that it would have had")
    func errors() {
        for (type, status, retryable) in [
            ("overloaded_error", 529, true), ("api_error", 500, true), ("rate_limit_error", 429, true),
            ("billing_error", 429, false), ("invalid_request_error", 400, false), ("odd", nil, true),
        ] as [(String, Int?, Bool)] {
            let event = #"{"type":"error","error":{"type":"\#(type)","message":"words"}}"#
            let answer = read(.messages, events: Array(messagesStream.prefix(11)) + [event])
            #expect(answer.error?.kind == .streamError)
            #expect(answer.error?.status == status)
            #expect(answer.error?.isRetryable == retryable)
            #expect(answer.error?.message.contains("words") == true)
            #expect(answer.text == "Hi")
        }
    }

    @Test("what comes after the end is ignored")
    func afterTheEnd() {
        let more = #"{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"more"}}"#
        #expect(read(.messages, events: messagesStream + [more, "{", messagesStream[0]]).reply == reply)
    }

    @Test("stop reasons are told in our words")
    func stopReasons() {
        for (word, finish) in [
            ("end_turn", .stop), ("stop_sequence", .stop), ("max_tokens", .length),
            ("model_context_window_exceeded", .length), ("refusal", .contentFilter), ("pause_turn", .pause),
            ("tool_use", .stop), ("odd", .other("odd")),
        ] as [(String, FinishReason)] {
            let whole = #"{"type":"message","content":[{"type":"text","text":"a"}],"stop_reason":"\#(word)"}"#
            #expect(read(.messages, whole: whole).reply?.finish == finish)
        }
    }

    @Test("a whole answer gives what its stream gives")
    func whole() {
        let answer = read(
            .messages,
            whole: #"""
                {"id":"msg_1","type":"message","role":"assistant","model":"m-2","content":[
                 {"type":"thinking","thinking":"Let me see","signature":"EqQB"},{"type":"redacted_thinking","data":"zzz"},
                 {"type":"text","text":"Hi"},{"type":"server_tool_use","id":"s","name":"web","input":{}},
                 {"type":"tool_use","id":"toolu_1","name":"run_sql","input":{"q":"x"}}],
                 "stop_reason":"tool_use","usage":{"input_tokens":25,"output_tokens":89,
                 "cache_read_input_tokens":10,"cache_creation_input_tokens":5}}
                """#)
        #expect(answer.reply == reply)
        for broken in ["", "[]", "{}", #"{"content":"x"}"#, "<html>"] {
            #expect(read(.messages, whole: broken).error?.kind == .decode)
        }
        #expect(read(.messages, whole: #"{"type":"error","error":{"type":"x"}}"#).error?.kind == .streamError)
    }

    @Test("input that is cut is never made up, and missing or repeated identifiers are replaced")
    func calls() {
        let events = [
            #"{"type":"message_start","message":{}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","name":"tool_a"}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"city\": \"Par"}}"#,
            #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"tool_b"}}"#,
            #"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t","name":"tool_c","input":{"a":1}}}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"max_tokens"}}"#, #"{"type":"message_stop"}"#,
        ]
        let answer = read(.messages, events: events)
        #expect(answer.calls.map(\.id) == ["call_1", "t", "call_3"])
        #expect(answer.calls.map(\.arguments) == [nil, [:], ["a": 1]])
        #expect(answer.reply?.finish == .length)
    }
}
