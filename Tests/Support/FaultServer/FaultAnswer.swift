internal import Values

/// A good answer, from which both APIs' wire forms are made, streamed and whole.
public struct FaultAnswer: Sendable {
    /// A call of a tool, its arguments cut as they are sent.
    public struct Call: Sendable {
        /// The identifier.
        public var id: String
        /// The tool.
        public var name: String
        /// The fragments of the arguments' text.
        public var fragments: [String]
        /// Makes a call.
        public init(id: String = "call_1", name: String = "run_sql", fragments: [String]) {
            self.id = id
            self.name = name
            self.fragments = fragments
        }
    }

    /// The text, cut as it is sent.
    public var text: [String]
    /// The calls.
    public var calls: [Call]
    /// The model's name.
    public var model = "test-model"
    /// Tokens in.
    public var inputTokens = 9
    /// Tokens out.
    public var outputTokens = 17
    /// Whether the answer was cut by the limit on output tokens.
    public var isCut = false

    /// Makes an answer.
    public init(_ text: [String] = [], calls: [Call] = []) {
        self.text = text
        self.calls = calls
    }

    /// The text of ``hello``.
    public static let helloText = "Hello, wörld 😀!"
    /// `Hello, wörld 😀!` in four pieces.
    public static let hello = FaultAnswer(["Hello", ", wörld", " 😀", "!"])

    private func quoted(_ text: String) -> String { JSON.string(text).description }

    /// Server-sent events of the streamed form, each with its blank line.
    public func events(_ api: FaultAPI) -> [String] { api == .openAI ? openAIEvents : anthropicEvents }

    /// The JSON of the whole form.
    public func body(_ api: FaultAPI) -> String { api == .openAI ? openAIBody : anthropicBody }

    /// An OpenAI event whose one choice has this delta.
    public static func chunk(_ delta: String, finish: String = "null", extra: String = "") -> String {
        #"data: {"id":"x","object":"chat.completion.chunk","created":1700000000,"model":"test-model","#
            + #""choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(finish)}]\#(extra)}"# + "\n\n"
    }

    /// An Anthropic event.
    public static func event(_ type: String, _ members: String = "") -> String {
        "event: \(type)\ndata: {\"type\":\"\(type)\"\(members.isEmpty ? "" : "," + members)}\n\n"
    }

    /// The finish reason in OpenAI's words.
    public var openAIFinish: String { isCut ? "length" : calls.isEmpty ? "stop" : "tool_calls" }
    /// The stop reason in Anthropic's words.
    public var anthropicStop: String { isCut ? "max_tokens" : calls.isEmpty ? "end_turn" : "tool_use" }

    private var openAIUsage: String {
        #""usage":{"prompt_tokens":\#(inputTokens),"completion_tokens":\#(outputTokens),"#
            + #""total_tokens":\#(inputTokens + outputTokens)}"#
    }

    private var openAIEvents: [String] {
        var events = [Self.chunk(#"{"role":"assistant","content":""}"#)]
        events += text.map { Self.chunk(#"{"content":\#(quoted($0))}"#) }
        for (index, call) in calls.enumerated() {
            events.append(
                Self.chunk(
                    #"{"tool_calls":[{"index":\#(index),"id":\#(quoted(call.id)),"type":"function","#
                        + #""function":{"name":\#(quoted(call.name)),"arguments":""}}]}"#))
            events += call.fragments.map {
                Self.chunk(#"{"tool_calls":[{"index":\#(index),"function":{"arguments":\#(quoted($0))}}]}"#)
            }
        }
        events.append(Self.chunk("{}", finish: quoted(openAIFinish)))
        events.append("data: {\"id\":\"x\",\"model\":\(quoted(model)),\"choices\":[],\(openAIUsage)}\n\n")
        return events + ["data: [DONE]\n\n"]
    }

    private var openAIBody: String {
        let calls = calls.map {
            #"{"id":\#(quoted($0.id)),"type":"function","function":{"name":\#(quoted($0.name)),"#
                + #""arguments":\#(quoted($0.fragments.joined()))}}"#
        }
        let content = text.isEmpty ? "null" : quoted(text.joined())
        let toolCalls = calls.isEmpty ? "" : #","tool_calls":[\#(calls.joined(separator: ","))]"#
        return #"{"id":"x","object":"chat.completion","created":1700000000,"model":\#(quoted(model)),"choices":["#
            + #"{"index":0,"message":{"role":"assistant","content":\#(content)\#(toolCalls)},"#
            + #""finish_reason":"\#(openAIFinish)"}],\#(openAIUsage)}"#
    }

    private var anthropicEvents: [String] {
        var events = [
            Self.event(
                "message_start",
                #""message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":\#(quoted(model)),"#
                    + #""stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":\#(inputTokens),"#
                    + #""output_tokens":1}}"#)
        ]
        var index = 0
        func block(_ start: String, _ deltas: [String]) {
            events.append(Self.event("content_block_start", #""index":\#(index),"content_block":\#(start)"#))
            events += deltas.map { Self.event("content_block_delta", #""index":\#(index),"delta":\#($0)"#) }
            events.append(Self.event("content_block_stop", #""index":\#(index)"#))
            index += 1
        }
        if !text.isEmpty {
            block(#"{"type":"text","text":""}"#, text.map { #"{"type":"text_delta","text":\#(quoted($0))}"# })
        }
        events.append(Self.event("ping"))
        for call in calls {
            block(
                #"{"type":"tool_use","id":\#(quoted(call.id)),"name":\#(quoted(call.name)),"input":{}}"#,
                call.fragments.map { #"{"type":"input_json_delta","partial_json":\#(quoted($0))}"# })
        }
        events.append(
            Self.event(
                "message_delta",
                #""delta":{"stop_reason":"\#(anthropicStop)","stop_sequence":null},"#
                    + #""usage":{"output_tokens":\#(outputTokens)}"#))
        return events + [Self.event("message_stop")]
    }

    private var anthropicBody: String {
        var blocks = text.isEmpty ? [] : [#"{"type":"text","text":\#(quoted(text.joined()))}"#]
        blocks += calls.map {
            #"{"type":"tool_use","id":\#(quoted($0.id)),"name":\#(quoted($0.name)),"#
                + #""input":\#($0.fragments.joined().isEmpty ? "{}" : $0.fragments.joined())}"#
        }
        return #"{"id":"msg_1","type":"message","role":"assistant","model":\#(quoted(model)),"#
            + #""content":[\#(blocks.joined(separator: ","))],"stop_reason":"\#(anthropicStop)","stop_sequence":null,"#
            + #""usage":{"input_tokens":\#(inputTokens),"output_tokens":\#(outputTokens)}}"#
    }
}
