internal import Values

/// Writes requests for `POST {base}/v1/messages` (anthropics/anthropic-sdk-typescript, `messages.ts`). Pure: the same
/// request gives the same bytes.
struct MessagesRequest {
    let request: ModelRequest
    let model: String
    let maxOutputTokens: Int
    let quirks: WireQuirks

    /// The body.
    var json: JSON {
        var json: JSONObject = ["model": .string(model), "max_tokens": .int(maxOutputTokens)]
        let system = system
        if !system.isEmpty { json["system"] = .string(system) }
        json["messages"] = .array(messages)
        if !request.tools.isEmpty {
            json["tools"] = .array(request.tools.map(tool))
            if let choice = toolChoice { json["tool_choice"] = choice }
        }
        if let output = request.output, quirks.responseFormat == .jsonSchema {
            let schema = WireSchema.dropping(quirks.droppedSchemaKeywords, from: output.schema.json)
            json["output_config"] = ["format": ["type": "json_schema", "schema": schema]]
        }
        json["stream"] = .bool(request.streams)
        if !quirks.hasFixedSampling, let temperature = request.temperature {
            json["temperature"] = .double(min(temperature, quirks.temperatureLimit))
        }
        if !request.stop.isEmpty { json["stop_sequences"] = .strings(request.stop) }
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

    /// The turns: users and answers alternate, the first is a user's, and results stand before any text.
    private var messages: [JSON] {
        var turns: [(isUser: Bool, blocks: [JSON])] = []
        func add(_ isUser: Bool, _ blocks: [JSON]) {
            guard !blocks.isEmpty else { return }
            if turns.last?.isUser == isUser {
                turns[turns.count - 1].blocks += blocks
            } else {
                turns.append((isUser, blocks))
            }
        }
        var ids = WireIdentifiers()
        for message in request.messages {
            switch message {
            case .user(let text): add(true, [block(Self.isBlank(text) ? "(no text)" : text)])
            case .assistant(let answer): add(false, assistant(answer, &ids))
            case .toolResults(let results): add(true, results.map { result($0, &ids) })
            }
        }
        if turns.first?.isUser != true { turns.insert((true, [block("(no text)")]), at: 0) }
        return turns.map { turn in
            // A turn that is one text is written as such.
            let only = turn.isUser && turn.blocks.count == 1 ? turn.blocks[0]["text"] : nil
            return [
                "role": turn.isUser ? "user" : "assistant",
                "content": only ?? .array(Self.resultsFirst(turn.blocks)),
            ]
        }
    }

    private static func resultsFirst(_ blocks: [JSON]) -> [JSON] {
        let isResult = { (block: JSON) in block["type"]?.string == "tool_result" }
        guard blocks.contains(where: isResult) else { return blocks }
        return blocks.filter(isResult) + blocks.filter { !isResult($0) }
    }

    private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    private func block(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }

    private func assistant(_ answer: AssistantMessage, _ ids: inout WireIdentifiers) -> [JSON] {
        var blocks: [JSON] = []
        for block in answer.reasoning {
            // Only what this provider signed may go back; another provider's reasoning would be refused.
            if let hidden = block.hidden {
                blocks.append(["type": "redacted_thinking", "data": .string(hidden)])
            } else if let signature = block.signature {
                blocks.append([
                    "type": "thinking", "thinking": .string(block.text), "signature": .string(signature),
                ])
            }
        }
        if !Self.isBlank(answer.text) { blocks.append(block(answer.text)) }
        for call in answer.toolCalls {
            blocks.append([
                "type": "tool_use", "id": .string(ids.call(call.id)),
                "name": .string(WireSchema.toolName(call.name)),
                "input": call.arguments ?? [:],
            ])
        }
        return blocks
    }

    private func result(_ result: ToolResult, _ ids: inout WireIdentifiers) -> JSON {
        var json: JSONObject = [
            "type": "tool_result", "tool_use_id": .string(ids.result(result.callID)),
            "content": .string(result.content),
        ]
        if result.isError { json["is_error"] = true }
        return .object(json)
    }

    private func tool(_ tool: ModelTool) -> JSON {
        var schema = tool.input.json
        let isStrict = quirks.hasStrictTools && WireSchema.isStrict(schema)
        if isStrict { schema = WireSchema.dropping(quirks.droppedSchemaKeywords, from: schema) }
        var json: JSONObject = [
            "name": .string(tool.name), "description": .string(tool.summary), "input_schema": schema,
        ]
        if isStrict { json["strict"] = true }
        return .object(json)
    }

    private var toolChoice: JSON? {
        switch request.toolChoice {
        case .automatic: nil
        case .never: ["type": "none"]
        case .required: quirks.canRequireTools ? ["type": "any"] : ["type": "auto"]
        case .named(let name):
            quirks.canRequireTools ? ["type": "tool", "name": .string(name)] : ["type": "auto"]
        }
    }
}

/// Identifiers of calls as Anthropic accepts them: `^[a-zA-Z0-9_-]+$`, each once in a conversation. Another provider
/// may have made them otherwise (`functions.run_sql:0`), or each of its answers may count from 1 again.
struct WireIdentifiers {
    private var current: [String: String] = [:]
    private var used: Set<String> = []

    /// The identifier of a call on the wire; different from all before it.
    mutating func call(_ id: String) -> String {
        var wire = String(
            decoding: id.utf8.map { WireSchema.isNameByte($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
        if wire.isEmpty { wire = "call" }
        let plain = wire
        var number = 2
        while !used.insert(wire).inserted {
            wire = "\(plain)_\(number)"
            number += 1
        }
        current[id] = wire
        return wire
    }

    /// The identifier that a result of the call must name.
    mutating func result(_ id: String) -> String { current[id] ?? call(id) }
}
