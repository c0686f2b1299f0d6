internal import Values

/// Writes requests for `POST {base}/chat/completions` (openai/openai-openapi, `CreateChatCompletionRequest`). Pure: the
/// same request gives the same bytes.
struct ChatRequest {
    let request: ModelRequest
    let model: String
    let maxOutputTokens: Int
    let quirks: WireQuirks

    /// The body.
    var json: JSON {
        var json: JSONObject = ["model": .string(model), "messages": .array(messages)]
        if !request.tools.isEmpty {
            json["tools"] = .array(request.tools.map(tool))
            if let choice = toolChoice { json["tool_choice"] = choice }
        }
        if let format = responseFormat { json["response_format"] = format }
        json["stream"] = .bool(request.streams)
        if request.streams, quirks.asksForStreamUsage { json["stream_options"] = ["include_usage": true] }
        if let field = quirks.maxTokensField { json[field] = .int(maxOutputTokens) }
        if !quirks.hasFixedSampling {
            if let temperature = request.temperature {
                json["temperature"] = .double(min(temperature, quirks.temperatureLimit))
            }
            if quirks.takesSeed, let seed = request.seed { json["seed"] = .int(seed) }
        }
        if !request.stop.isEmpty { json["stop"] = .strings(request.stop) }
        for member in quirks.body.members { json[member.key] = member.value }
        return .object(json)
    }

    private var system: String {
        var parts = [request.system]
        if !quirks.canRequireTools, let words = WireSchema.words(request.toolChoice) { parts.append(words) }
        if quirks.responseFormat != .jsonSchema, let output = request.output {
            parts.append(WireSchema.words(output))
        }
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var messages: [JSON] {
        var messages: [JSON] = []
        let system = system
        if !system.isEmpty { messages.append(["role": "system", "content": .string(system)]) }
        for message in request.messages {
            switch message {
            case .user(let text): messages.append(["role": "user", "content": .string(text)])
            case .assistant(let answer): messages.append(assistant(answer))
            case .toolResults(let results):
                for result in results {
                    messages.append([
                        "role": "tool", "tool_call_id": .string(result.callID), "content": .string(result.content),
                    ])
                }
            }
        }
        return messages
    }

    private func assistant(_ answer: AssistantMessage) -> JSON {
        var json: JSONObject = ["role": "assistant"]
        let hasCalls = !answer.toolCalls.isEmpty
        if !answer.text.isEmpty || !hasCalls {
            json["content"] = .string(answer.text)
        } else {
            switch quirks.emptyContent {
            case .null: json["content"] = .null
            case .empty: json["content"] = ""
            case .omit: break
            }
        }
        let reasoning = answer.reasoning.map(\.text).joined()
        let sendsReasoning =
            switch quirks.reasoningBack {
            case .never: false
            case .toolCalls: hasCalls
            case .always: hasCalls || !answer.reasoning.isEmpty
            }
        if sendsReasoning { json["reasoning_content"] = .string(reasoning) }
        if hasCalls {
            json["tool_calls"] = .array(
                answer.toolCalls.map { call in
                    // Some servers parse what is sent back and refuse the request over arguments that broke off.
                    let arguments = call.arguments ?? [:]
                    let isWhole = call.arguments != nil && !call.raw.isEmpty
                    return [
                        "id": .string(call.id), "type": "function",
                        "function": [
                            "name": .string(WireSchema.toolName(call.name)),
                            "arguments": .string(isWhole ? call.raw : arguments.description),
                        ],
                    ]
                })
        }
        return .object(json)
    }

    private func tool(_ tool: ModelTool) -> JSON {
        var schema = tool.input.json
        let isStrict = quirks.hasStrictTools && WireSchema.isStrict(schema)
        if isStrict { schema = WireSchema.dropping(quirks.droppedSchemaKeywords, from: schema) }
        if quirks.needsTypedProperties { schema = WireSchema.typed(schema) }
        var function: JSONObject = [
            "name": .string(tool.name), "description": .string(tool.summary), "parameters": schema,
        ]
        if isStrict { function["strict"] = true }
        return ["type": "function", "function": .object(function)]
    }

    private var toolChoice: JSON? {
        switch request.toolChoice {
        case .automatic: nil
        case .never: "none"
        case .required: quirks.canRequireTools ? "required" : "auto"
        case .named(let name):
            quirks.canRequireTools ? ["type": "function", "function": ["name": .string(name)]] : "auto"
        }
    }

    private var responseFormat: JSON? {
        guard let output = request.output else { return nil }
        switch quirks.responseFormat {
        case .none: return nil
        case .jsonObject: return ["type": "json_object"]
        case .jsonSchema:
            var schema = output.schema.json
            let isStrict = WireSchema.isStrict(schema)
            if isStrict { schema = WireSchema.dropping(quirks.droppedSchemaKeywords, from: schema) }
            if quirks.needsTypedProperties { schema = WireSchema.typed(schema) }
            return [
                "type": "json_schema",
                "json_schema": ["name": .string(output.name), "strict": .bool(isStrict), "schema": schema],
            ]
        }
    }
}
