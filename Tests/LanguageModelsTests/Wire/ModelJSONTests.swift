import LanguageModels
import Testing
import Values

/// A request that uses everything.
let fullRequest = ModelRequest(
    system: "You plan.",
    messages: [
        .user("How many?"),
        .assistant(
            AssistantMessage(
                text: "Let me look.",
                reasoning: [
                    ReasoningBlock(text: "count rows", signature: "sig"), ReasoningBlock(text: "", hidden: "zzz"),
                ],
                toolCalls: [
                    ToolCall(id: "c1", name: "run_sql", raw: #"{"q":"select 1"}"#),
                    ToolCall(id: "c2", name: "run_sql", raw: #"{ "q" : "sel"#),
                ])),
        .toolResults([
            ToolResult(callID: "c1", name: "run_sql", content: "1"),
            ToolResult(callID: "c2", name: "run_sql", content: "the arguments broke off", isError: true),
        ]),
    ],
    tools: [
        ModelTool(name: "run_sql", summary: "Runs SQL.", input: .object(["q": .string("The statement.")]))
    ],
    toolChoice: .named("run_sql"), output: OutputFormat(name: "plan", schema: .object(["steps": .integer()])),
    maxOutputTokens: 100, temperature: 0, seed: 7, stop: ["END"], streams: false)

@Suite("The JSON forms of requests and answers")
struct ModelJSONTests {
    @Test("a request that uses everything survives its JSON form and text")
    func requestRoundTrip() throws {
        let text = fullRequest.json.description
        let read = try #require(ModelRequest(json: try JSON(parsing: text)))
        #expect(read == fullRequest)
        #expect(read.json.canonicalBytes() == fullRequest.json.canonicalBytes())
    }

    @Test("what has its default is not written")
    func compact() {
        let request = ModelRequest(messages: [.user("hi")])
        #expect(request.json.description == #"{"messages":[{"role":"user","text":"hi"}]}"#)
        let reply = ModelReply(message: AssistantMessage(text: "hi"), finish: .stop)
        #expect(reply.json.description == #"{"message":{"text":"hi"},"finish":"stop"}"#)
        let call = ToolCall(id: "a", name: "b", raw: #"{"x":1}"#)
        #expect(call.json == ["id": "a", "name": "b", "arguments": ["x": 1]])
    }

    @Test(
        "arguments and their text survive together, also when they do not belong together",
        arguments: [
            ToolCall(id: "1", name: "t", raw: ""), ToolCall(id: "1", name: "t", raw: " {} "),
            ToolCall(id: "1", name: "t", raw: #"{"city": "Par"#), ToolCall(id: "1", name: "t", raw: "[1]"),
            ToolCall(id: "1", name: "t", arguments: nil, raw: "{}"),
            ToolCall(id: "1", name: "t", arguments: ["a": 1], raw: ""),
            ToolCall(id: "1", name: "t", arguments: ["a": 1.5], raw: #"{"a":1.50}"#),
        ])
    func callRoundTrip(call: ToolCall) throws {
        #expect(ToolCall(json: try JSON(parsing: call.json.description)) == call)
    }

    @Test("an answer survives its JSON form")
    func replyRoundTrip() throws {
        let reply = ModelReply(
            message: AssistantMessage(text: "é\u{0}😀", toolCalls: [ToolCall(id: "x", name: "y", raw: "")]),
            finish: .other("odd"),
            usage: TokenUsage(input: 5, output: 6, cachedInput: 1, cacheWrites: 2, reasoning: 3), model: "m",
            attempts: 3)
        #expect(ModelReply(json: try JSON(parsing: reply.json.description)) == reply)
    }

    @Test(
        "nonsense is no request and no answer",
        arguments: [
            "null", "{}", #"{"messages":1}"#, #"{"messages":[{"role":"system","text":"x"}]}"#,
            #"{"messages":[],"seed":"x"}"#, #"{"messages":[],"tool_choice":3}"#, #"{"messages":[],"tools":[{}]}"#,
            #"{"message":{"text":1},"finish":"stop"}"#, #"{"message":{}}"#,
            #"{"message":{"tool_calls":[{"id":"1","name":"t"}]},"finish":"stop"}"#,
            #"{"message":{},"finish":"stop","usage":{}}"#,
        ])
    func nonsense(text: String) throws {
        let json = try JSON(parsing: text)
        #expect(ModelRequest(json: json) == nil)
        #expect(ModelReply(json: json) == nil)
    }

    @Test("an answer is the same after it went through its parts")
    func parts() throws {
        let reply = ModelReply(
            message: AssistantMessage(
                text: "hello", reasoning: [ReasoningBlock(text: "hm")],
                toolCalls: [
                    ToolCall(id: "a", name: "f", raw: #"{"x":1}"#), ToolCall(id: "b", name: "g", raw: ""),
                ]),
            finish: .toolCalls, usage: TokenUsage(input: 1, output: 2))
        var assembler = ReplyAssembler()
        assembler.take(reply.parts)
        #expect(assembler.reply() == reply)
        var unfinished = ReplyAssembler()
        unfinished.take(reply.parts.dropLast())
        #expect(unfinished.reply() == nil)
        #expect(unfinished.message == reply.message)
    }
}
