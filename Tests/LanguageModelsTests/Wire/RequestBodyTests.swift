import Testing
import Values

@testable import LanguageModels

@Suite("Bodies of requests")
struct RequestBodyTests {
    private func chat(_ request: ModelRequest, _ change: (inout WireQuirks) -> Void = { _ in }) -> JSON {
        var quirks = WireQuirks()
        change(&quirks)
        return ChatRequest(request: request, model: "m", maxOutputTokens: 50, quirks: quirks).json
    }

    private func messages(_ request: ModelRequest, _ change: (inout WireQuirks) -> Void = { _ in }) -> JSON {
        var quirks = WireQuirks()
        change(&quirks)
        return MessagesRequest(request: request, model: "m", maxOutputTokens: 50, quirks: quirks).json
    }

    @Test("chat: a request that uses everything")
    func chatFull() throws {
        let body = chat(fullRequest) { quirks in
            quirks.maxTokensField = "max_completion_tokens"
            quirks.hasStrictTools = true
        }
        #expect(
            body
                == (try JSON(
                    parsing: #"""
                        {"model":"m","messages":[{"role":"system","content":"You plan."},
                          {"role":"user","content":"How many?"},
                          {"role":"assistant","content":"Let me look.","tool_calls":[
                            {"id":"c1","type":"function","function":{"name":"run_sql","arguments":"{\"q\":\"select 1\"}"}},
                            {"id":"c2","type":"function","function":{"name":"run_sql","arguments":"{}"}}]},
                          {"role":"tool","tool_call_id":"c1","content":"1"},
                          {"role":"tool","tool_call_id":"c2","content":"the arguments broke off"}],
                         "tools":[{"type":"function","function":{"name":"run_sql","description":"Runs SQL.",
                           "parameters":{"type":"object","properties":{"q":{"type":"string","description":"The statement."}},
                             "required":["q"],"additionalProperties":false},"strict":true}}],
                         "tool_choice":{"type":"function","function":{"name":"run_sql"}},
                         "response_format":{"type":"json_schema","json_schema":{"name":"plan","strict":true,"schema":
                           {"type":"object","properties":{"steps":{"type":"integer"}},"required":["steps"],
                            "additionalProperties":false}}},
                         "stream":false,"max_completion_tokens":50,"temperature":0.0,"seed":7,"stop":["END"]}
                        """#)))
    }

    @Test("messages: a request that uses everything")
    func messagesFull() throws {
        #expect(
            messages(fullRequest)
                == (try JSON(
                    parsing: #"""
                        {"model":"m","max_tokens":50,"system":"You plan.","messages":[
                          {"role":"user","content":"How many?"},
                          {"role":"assistant","content":[
                            {"type":"thinking","thinking":"count rows","signature":"sig"},
                            {"type":"redacted_thinking","data":"zzz"},{"type":"text","text":"Let me look."},
                            {"type":"tool_use","id":"c1","name":"run_sql","input":{"q":"select 1"}},
                            {"type":"tool_use","id":"c2","name":"run_sql","input":{}}]},
                          {"role":"user","content":[
                            {"type":"tool_result","tool_use_id":"c1","content":"1"},
                            {"type":"tool_result","tool_use_id":"c2","content":"the arguments broke off","is_error":true}]}],
                         "tools":[{"name":"run_sql","description":"Runs SQL.",
                           "input_schema":{"type":"object","properties":{"q":{"type":"string","description":"The statement."}},
                             "required":["q"],"additionalProperties":false}}],
                         "tool_choice":{"type":"tool","name":"run_sql"},
                         "output_config":{"format":{"type":"json_schema","schema":
                           {"type":"object","properties":{"steps":{"type":"integer"}},"required":["steps"],
                            "additionalProperties":false}}},
                         "stream":false,"temperature":0.0,"stop_sequences":["END"]}
                        """#)))
    }

    @Test("the least request says only what is needed, and the same request gives the same bytes")
    func least() {
        let request = ModelRequest(messages: [.user("hi")])
        #expect(
            chat(request).description
                == #"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true},"max_tokens":50}"#
        )
        #expect(
            messages(request).description
                == #"{"model":"m","max_tokens":50,"messages":[{"role":"user","content":"hi"}],"stream":true}"#)
        #expect(chat(fullRequest).bytes() == chat(fullRequest).bytes())
    }

    @Test("Kimi: fixed sampling, no demand for calls, reasoning goes back, no empty content, typed properties")
    func kimi() throws {
        let tool = ModelTool(
            name: "pick", summary: "Picks.",
            input: JSONSchema([
                "type": "object",
                "properties": [
                    "kind": ["enum": ["a", "b"]], "list": ["items": ["description": "x"]], "any": [:],
                    "deep": ["properties": ["n": ["const": 3]]],
                ],
            ]))
        var request = ModelRequest(
            system: "Rules.",
            messages: [
                .user("x"),
                .assistant(AssistantMessage(toolCalls: [ToolCall(id: "pick:0", name: "pick", raw: "")])),
                .toolResults([ToolResult(callID: "pick:0", name: "pick", content: "1")]),
                .assistant(AssistantMessage(text: "done", reasoning: [ReasoningBlock(text: "why")])), .user("more"),
            ], tools: [tool], toolChoice: .required, temperature: 0.5, seed: 1)
        let kimi = { (quirks: inout WireQuirks) in
            quirks.hasFixedSampling = true
            quirks.canRequireTools = false
            quirks.reasoningBack = .always
            quirks.emptyContent = .omit
            quirks.needsTypedProperties = true
            quirks.body = ["thinking": ["type": "enabled"]]
        }
        let body = chat(request, kimi)
        #expect(body["temperature"] == nil)
        #expect(body["seed"] == nil)
        #expect(body["tool_choice"] == "auto")
        #expect(body["thinking"] == ["type": "enabled"])
        #expect(body["messages"]?[0]?["content"]?.string?.contains("call at least one of the tools") == true)
        let call = try #require(body["messages"]?[2])
        #expect(call["content"] == nil)
        #expect(call["reasoning_content"] == "")
        #expect(call["tool_calls"]?[0]?["function"]?["arguments"] == "{}")
        #expect(body["messages"]?[4]?["reasoning_content"] == "why")
        let properties = try #require(body["tools"]?[0]?["function"]?["parameters"]?["properties"])
        #expect(properties["kind"]?["type"] == "string")
        #expect(properties["list"]?["type"] == "array")
        #expect(properties["list"]?["items"]?["type"] == "string")
        #expect(properties["any"]?["type"] == "string")
        #expect(properties["deep"]?["properties"]?["n"]?["type"] == "integer")
        request.toolChoice = .named("pick")
        #expect(chat(request, kimi)["messages"]?[0]?["content"]?.string?.contains("call the tool pick") == true)
    }

    @Test("reasoning and empty content go back as the dialect wants them")
    func goingBack() {
        let request = ModelRequest(messages: [
            .user("x"),
            .assistant(
                AssistantMessage(
                    reasoning: [ReasoningBlock(text: "why")],
                    toolCalls: [ToolCall(id: "c", name: "tool", raw: "{}")])),
        ])
        #expect(chat(request)["messages"]?[1]?["content"] == .null)
        #expect(chat(request)["messages"]?[1]?["reasoning_content"] == nil)
        #expect(chat(request) { $0.emptyContent = .empty }["messages"]?[1]?["content"] == "")
        #expect(chat(request) { $0.reasoningBack = .toolCalls }["messages"]?[1]?["reasoning_content"] == "why")
    }

    @Test("strict is said only of schemas that providers can enforce")
    func strict() {
        let strict: [JSON] = [
            [
                "type": "object", "properties": ["a": ["type": ["string", "null"]]], "required": ["a"],
                "additionalProperties": false,
            ],
            JSONSchema.object(["a": .array(of: .object(["b": .choice(["x"])]))]).json,
        ]
        let loose: [JSON] = [
            ["type": "object"], ["type": "string"], [:], JSONSchema.object(["a": .string()], required: []).json,
            JSONSchema.object(["a": .any()]).json, JSONSchema.object(["a": .string()], isOpen: true).json,
            JSONSchema.object(["a": JSONSchema(["type": "string", "minLength": 1])]).json,
            JSONSchema.object(["a": JSONSchema(["type": "array"])]).json,
            JSONSchema.object(["a": .array(of: .object(["b": .string()], required: []))]).json,
        ]
        for schema in strict { #expect(WireSchema.isStrict(schema)) }
        for schema in loose { #expect(!WireSchema.isStrict(schema)) }
        let request = ModelRequest(messages: [], output: OutputFormat(name: "form", schema: JSONSchema(loose[3])))
        #expect(chat(request)["response_format"]?["json_schema"]?["strict"] == false)
    }

    @Test("a form that a provider does not know is asked for in words")
    func forms() {
        let request = ModelRequest(
            system: "S", messages: [.user("x")],
            output: OutputFormat(name: "form", schema: .object(["a": .string()])))
        let object = chat(request) { $0.responseFormat = .jsonObject }
        #expect(object["response_format"] == ["type": "json_object"])
        #expect(object["messages"]?[0]?["content"]?.string?.contains(#""additionalProperties":false"#) == true)
        let none = chat(request) { $0.responseFormat = .none }
        #expect(none["response_format"] == nil)
        let anthropic = messages(request) { $0.responseFormat = .none }
        #expect(anthropic["output_config"] == nil)
        #expect(anthropic["system"]?.string?.contains("JSON Schema") == true)
        let bounded = ModelRequest(
            messages: [.user("x")],
            output: OutputFormat(name: "form", schema: .object(["maximum": .integer(minimum: 1, maximum: 9)])))
        let dropped = messages(bounded) { $0.droppedSchemaKeywords = ["minimum", "maximum"] }
        let properties = dropped["output_config"]?["format"]?["schema"]?["properties"]
        #expect(properties == ["maximum": ["type": "integer"]])
    }

    @Test("messages alternate, results come first, blanks are no text, and identifiers fit")
    func alternation() throws {
        let call = ToolCall(id: "functions.run_sql:0", name: "no such.tool", raw: "{}")
        let result = ToolResult(callID: call.id, name: call.name, content: "")
        let turn: [ModelMessage] = [
            .assistant(
                AssistantMessage(text: " ", reasoning: [ReasoningBlock(text: "unsigned")], toolCalls: [call])),
            .toolResults([result]), .user("and?"), .user("please"),
        ]
        let body = messages(ModelRequest(messages: [.assistant(AssistantMessage(text: "hello"))] + turn + turn))
        let sent = try #require(body["messages"]?.array)
        #expect(sent.map { $0["role"]?.string } == ["user", "assistant", "user", "assistant", "user"])
        #expect(sent[1]["content"]?.array?.compactMap { $0["type"]?.string } == ["text", "tool_use"])
        #expect(sent[2]["content"]?.array?.compactMap { $0["type"]?.string } == ["tool_result", "text", "text"])
        let ids = [1, 3].map { sent[$0]["content"]?.array?.last?["id"]?.string }
        #expect(ids == ["functions_run_sql_0", "functions_run_sql_0_2"])
        #expect([2, 4].map { sent[$0]["content"]?[0]?["tool_use_id"]?.string } == ids)
        #expect(sent[1]["content"]?.array?.last?["name"] == "no_such_tool")
        #expect(messages(ModelRequest(messages: [.user(" \n")]))["messages"]?[0]?["content"] == "(no text)")
    }

    @Test("temperature is held to the dialect's highest")
    func temperature() {
        let request = ModelRequest(messages: [.user("x")], temperature: 1.5)
        #expect(chat(request)["temperature"] == 1.5)
        #expect(messages(request) { $0.temperatureLimit = 1 }["temperature"] == 1.0)
        #expect(messages(request) { $0.hasFixedSampling = true }["temperature"] == nil)
    }
}
