/// A streamed answer in a form that is odd and still right, with what a reader must make of it. The forms are those
/// that compatible servers were seen to send.
public struct FaultOddity: Sendable, CustomStringConvertible {
    /// What is odd.
    public var name: String
    /// The API.
    public var api: FaultAPI
    /// The body of the stream.
    public var body: String
    /// The text that it says.
    public var text = ""
    /// The calls that it asks for, the arguments as written.
    public var calls: [(name: String, raw: String)] = []
    /// Why it ends.
    public var finish = "stop"
    /// Tokens in and out; nil when it does not say.
    public var usage: (input: Int, output: Int)? = (9, 17)

    /// The name with the API.
    public var description: String { "\(api.rawValue): \(name)" }

    /// The reply that sends it, whole in one piece.
    public var reply: FaultReply {
        .raw(FaultReply.response(200, ["Content-Type: text/event-stream"], [Array(body.utf8)], framing: .chunked))
    }

    /// All of them.
    public static var all: [FaultOddity] { openAICalls + anthropicCalls + usages + framings }

    private static let usageEvent = openAIUsage("9", "17")
    private static let done = "data: [DONE]\n\n"

    private static func openAIUsage(_ input: String, _ output: String) -> String {
        #"data: {"choices":[],"usage":{"prompt_tokens":\#(input),"completion_tokens":\#(output)}}"# + "\n\n"
    }

    /// The deltas of tool calls (`tool_calls` lists without their key), closed by a finish reason, usage and `[DONE]`.
    private static func openAI(_ lists: [String], finish: String = "tool_calls") -> String {
        lists.map { FaultAnswer.chunk(#"{"tool_calls":\#($0)}"#) }.joined()
            + FaultAnswer.chunk("{}", finish: "\"\(finish)\"") + usageEvent + done
    }

    private static func call(_ name: String, _ body: String, _ calls: [(name: String, raw: String)]) -> FaultOddity
    {
        FaultOddity(
            name: name, api: .openAI, body: body, calls: calls, finish: calls.isEmpty ? "stop" : "tool_calls")
    }

    /// Odd calls of tools in OpenAI-compatible streams.
    public static let openAICalls: [FaultOddity] = [
        call(
            "the first fragment of the arguments is null",
            openAI([
                #"[{"index":0,"id":"a","type":"function","function":{"name":"run_sql","arguments":null}}]"#,
                #"[{"index":0,"function":{"arguments":"{\"q\":1}"}}]"#,
            ]), [("run_sql", #"{"q":1}"#)]),
        call(
            "there is no identifier",
            openAI([
                #"[{"index":0,"function":{"name":"run_sql","arguments":"{\"q\""}}]"#,
                #"[{"index":0,"function":{"arguments":":1}"}}]"#,
            ]), [("run_sql", #"{"q":1}"#)]),
        call(
            "identifier and name come again with each fragment",
            openAI(
                ["", #"{\"q\""#, ":1}"].map {
                    #"[{"index":0,"id":"a","type":"function","function":{"name":"run_sql","arguments":"\#($0)"}}]"#
                }), [("run_sql", #"{"q":1}"#)]),
        call(
            "there is no index",
            openAI([
                #"[{"id":"a","function":{"name":"run_sql","arguments":"{\"q\""}}]"#,
                #"[{"function":{"arguments":":1}"}}]"#,
            ]), [("run_sql", #"{"q":1}"#)]),
        call(
            "two calls without an index, each with its identifier",
            openAI([
                #"[{"id":"a","function":{"name":"run_sql","arguments":"{\"q\":1}"}}]"#,
                #"[{"id":"b","function":{"name":"draw_chart","arguments":"{\"k\":2}"}}]"#,
            ]), [("run_sql", #"{"q":1}"#), ("draw_chart", #"{"k":2}"#)]),
        call(
            "all arguments come in one delta",
            openAI([#"[{"index":0,"id":"a","function":{"name":"run_sql","arguments":"{\"q\":1}"}}]"#]),
            [("run_sql", #"{"q":1}"#)]),
        call(
            "several calls are interleaved by index",
            openAI([
                #"[{"index":0,"id":"a","function":{"name":"run_sql","arguments":""}}]"#,
                #"[{"index":1,"id":"b","function":{"name":"draw_chart","arguments":""}}]"#,
                #"[{"index":0,"function":{"arguments":"{\"q\""}}]"#,
                #"[{"index":1,"function":{"arguments":"{\"k\":"}},{"index":0,"function":{"arguments":":1}"}}]"#,
                #"[{"index":1,"function":{"arguments":"2}"}}]"#,
            ]), [("run_sql", #"{"q":1}"#), ("draw_chart", #"{"k":2}"#)]),
        call(
            "two whole calls stand in one delta without index",
            openAI([
                #"[{"id":"a","function":{"name":"run_sql","arguments":"{\"q\":1}"}},"#
                    + #"{"id":"b","function":{"name":"run_sql","arguments":"{\"q\":2}"}}]"#
            ]), [("run_sql", #"{"q":1}"#), ("run_sql", #"{"q":2}"#)]),
        call("the list of calls is empty and the finish reason says tool_calls", openAI(["[]"]), []),
        call(
            "the finish reason is stop although there are calls",
            openAI(
                [#"[{"index":0,"id":"a","function":{"name":"run_sql","arguments":"{\"q\":1}"}}]"#], finish: "stop"),
            [("run_sql", #"{"q":1}"#)]),
        call(
            "the arguments are an empty text",
            openAI([#"[{"index":0,"id":"a","function":{"name":"run_sql","arguments":""}}]"#]), [("run_sql", "")]),
        call(
            "the arguments break off",
            openAI([#"[{"index":0,"id":"a","function":{"name":"run_sql","arguments":"{\"city\": \"Par"}}]"#]),
            [("run_sql", #"{"city": "Par"#)]),
        call(
            "the arguments are an object and no text",
            openAI([#"[{"index":0,"id":"a","function":{"name":"run_sql","arguments":{"q":1}}}]"#]),
            [("run_sql", #"{"q":1}"#)]),
    ]

    /// Odd calls of tools in Anthropic's streams.
    public static let anthropicCalls: [FaultOddity] = {
        func stream(_ events: [String]) -> String {
            let good = FaultAnswer(calls: [.init(fragments: [])]).events(.anthropic)
            return ([good[0]] + events + good.suffix(2)).joined()
        }
        func start(_ index: Int, _ block: String) -> String {
            FaultAnswer.event("content_block_start", #""index":\#(index),"content_block":\#(block)"#)
        }
        func json(_ index: Int, _ text: String) -> String {
            FaultAnswer.event(
                "content_block_delta",
                #""index":\#(index),"delta":{"type":"input_json_delta","partial_json":"\#(text)"}"#)
        }
        func stop(_ index: Int) -> String { FaultAnswer.event("content_block_stop", #""index":\#(index)"#) }
        func tool(_ id: String, _ name: String, input: String = "{}") -> String {
            #"{"type":"tool_use","id":"\#(id)","name":"\#(name)","input":\#(input)}"#
        }
        func oddity(_ name: String, _ events: [String], _ calls: [(name: String, raw: String)]) -> FaultOddity {
            FaultOddity(name: name, api: .anthropic, body: stream(events), calls: calls, finish: "tool_calls")
        }
        return [
            oddity(
                "the input has no fragment at all", [start(0, tool("a", "run_sql")), stop(0)], [("run_sql", "")]),
            oddity(
                "the input's only fragment is empty", [start(0, tool("a", "run_sql")), json(0, ""), stop(0)],
                [("run_sql", "")]),
            oddity(
                "the input comes whole with the block's start",
                [start(0, tool("a", "run_sql", input: #"{"q":1}"#)), stop(0)], [("run_sql", #"{"q":1}"#)]),
            oddity(
                "two blocks are interleaved",
                [
                    start(0, tool("a", "run_sql")), start(1, tool("b", "draw_chart")), json(1, #"{\"k\":"#),
                    json(0, #"{\"q\":1}"#), json(1, "2}"), stop(0), stop(1),
                ], [("run_sql", #"{"q":1}"#), ("draw_chart", #"{"k":2}"#)]),
            oddity(
                "a block is never stopped", [start(0, tool("a", "run_sql")), json(0, #"{\"q\":1}"#)],
                [("run_sql", #"{"q":1}"#)]),
            oddity(
                "unknown blocks, deltas and events stand between",
                [
                    start(0, #"{"type":"server_tool_use","id":"s","name":"web_search","input":{}}"#),
                    json(0, #"{\"query\":1}"#), stop(0), FaultAnswer.event("surprise", #""a":[1]"#),
                    start(1, tool("a", "run_sql")),
                    FaultAnswer.event("content_block_delta", #""index":1,"delta":{"type":"new_delta","x":1}"#),
                    json(1, #"{\"q\":1}"#), stop(1),
                ], [("run_sql", #"{"q":1}"#)]),
        ]
    }()

    /// Usage in odd places.
    public static let usages: [FaultOddity] = {
        let text = FaultAnswer.chunk(#"{"content":"hi"}"#)
        let stop = FaultAnswer.chunk("{}", finish: "\"stop\"")
        let numbers = #"{"prompt_tokens":9,"completion_tokens":17}"#
        func odd(_ name: String, _ body: String, usage: (Int, Int)? = (9, 17)) -> FaultOddity {
            FaultOddity(name: name, api: .openAI, body: body, text: "hi", usage: usage)
        }
        let inChoice =
            #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":\#(numbers)}]}"# + "\n\n"
        let good = FaultAnswer(["hi"]).events(.anthropic)
        func anthropic(_ name: String, _ events: [String], usage: (Int, Int)?) -> FaultOddity {
            FaultOddity(name: name, api: .anthropic, body: events.joined(), text: "hi", usage: usage)
        }
        return [
            odd("usage stands inside the choice", text + inChoice + done),
            odd(
                "usage comes with the finish reason",
                text + FaultAnswer.chunk("{}", finish: "\"stop\"", extra: ",\"usage\":\(numbers)") + done),
            odd("usage comes first", usageEvent + text + stop + done),
            odd(
                "usage comes with every event and grows",
                openAIUsage("9", "1") + text + usageEvent + stop + usageEvent + done),
            odd(
                "usage is null",
                text + FaultAnswer.chunk("{}", finish: "\"stop\"", extra: ",\"usage\":null") + done, usage: nil),
            odd("usage is missing", text + stop + done, usage: nil),
            odd("usage comes behind the end", text + stop + usageEvent),
            anthropic(
                "usage comes in two cumulative steps",
                good.dropLast(2) + [
                    FaultAnswer.event("message_delta", #""delta":{},"usage":{"output_tokens":5}"#),
                    good[good.count - 2],
                    good[good.count - 1],
                ], usage: (9, 17)),
            anthropic(
                "only the end tells usage",
                [
                    FaultAnswer.event("message_start", #""message":{"role":"assistant","content":[]}"#)
                ] + good[1..<(good.count - 2)] + [
                    FaultAnswer.event(
                        "message_delta",
                        #""delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":9,"output_tokens":17}"#),
                    good[good.count - 1],
                ], usage: (9, 17)),
        ]
    }()

    /// Server-sent events in odd forms (HTML standard, 9.2.6).
    public static let framings: [FaultOddity] = FaultAPI.allCases.flatMap { api -> [FaultOddity] in
        let good = FaultAnswer.hello.events(api)
        let whole = good.joined()
        func odd(_ name: String, _ body: String) -> FaultOddity {
            FaultOddity(name: name, api: api, body: body, text: FaultAnswer.helloText)
        }
        let comments = good.map { ": keep-alive\n\n" + $0 }.joined()
        var multiline = ""
        for line in whole.split(separator: "\n", omittingEmptySubsequences: false) {
            // A line break is allowed between the members of JSON.
            multiline += line.hasPrefix("data: {") ? "data: {\ndata:" + line.dropFirst(7) + "\n" : line + "\n"
        }
        multiline.removeLast()
        var result = [
            odd("comments stand between the events", comments),
            odd(
                "lines end in CRLF",
                whole.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")),
            odd(
                "lines end in CR",
                whole.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r")),
            odd("a byte order mark comes first", "\u{FEFF}" + whole),
            odd("there is no space behind the colon", whole.replacing("data: ", with: "data:")),
            odd("the data goes over two lines", multiline),
            odd(
                "events have identifiers, and some no data", good.map { "id: 7\n\nid: 8\nretry: 5\n" + $0 }.joined()
            ),
            odd("the terminator comes twice", whole + (good.last ?? "")),
            odd("something comes behind the terminator", whole + (good[api == .openAI ? 1 : 2])),
            odd("the terminator is missing", good.dropLast().joined()),
        ]
        if api == .anthropic {
            result.append(
                odd("events have no names", good.map { $0.drop { $0 != "\n" }.dropFirst() }.joined()))
        }
        return result
    }
}
