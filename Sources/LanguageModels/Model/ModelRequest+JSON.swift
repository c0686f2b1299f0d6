public import Values

extension ModelRequest {
    /// The request with all that decides what the answer means, and nothing that has its default: `system`,
    /// `messages`, `tools`, `tool_choice`, `output`, `max_output_tokens`, `temperature`, `seed`, `stop`, `streams`.
    /// Traces and recordings compare its canonical form.
    public var json: JSON {
        var json: JSONObject = [:]
        if !system.isEmpty { json["system"] = .string(system) }
        json["messages"] = .array(messages.map(\.json))
        if !tools.isEmpty { json["tools"] = .array(tools.map(\.json)) }
        if toolChoice != .automatic { json["tool_choice"] = toolChoice.json }
        if let output { json["output"] = output.json }
        if let maxOutputTokens { json["max_output_tokens"] = .int(maxOutputTokens) }
        if let temperature { json["temperature"] = .double(temperature) }
        if let seed { json["seed"] = .int(seed) }
        if !stop.isEmpty { json["stop"] = .strings(stop) }
        if !streams { json["streams"] = false }
        return .object(json)
    }

    /// Reads ``json``; nil when it is something else.
    public init?(json: JSON) {
        guard json["messages"] != nil, let system = json.text("system"),
            let messages = json.list("messages", ModelMessage.init(json:)),
            let tools = json.list("tools", ModelTool.init(json:)), let stop = json.list("stop", \.string)
        else { return nil }
        self.init(system: system, messages: messages, tools: tools, stop: stop)
        if let value = json["tool_choice"] {
            guard let choice = ToolChoice(json: value) else { return nil }
            toolChoice = choice
        }
        if let value = json["output"] {
            guard let format = OutputFormat(json: value) else { return nil }
            output = format
        }
        if let value = json["max_output_tokens"] {
            guard let limit = value.int else { return nil }
            maxOutputTokens = limit
        }
        if let value = json["temperature"] {
            guard let number = value.double else { return nil }
            temperature = number
        }
        if let value = json["seed"] {
            guard let number = value.int else { return nil }
            seed = number
        }
        if let value = json["streams"] {
            guard let truth = value.bool else { return nil }
            streams = truth
        }
    }
}

extension ModelTool {
    /// `{"name","summary","input"}`.
    public var json: JSON { ["name": .string(name), "summary": .string(summary), "input": input.json] }

    /// Reads ``json``; nil when it is something else.
    public init?(json: JSON) {
        guard let name = json["name"]?.string, let summary = json.text("summary"), let input = json["input"],
            input.object != nil
        else { return nil }
        self.init(name: name, summary: summary, input: JSONSchema(input))
    }
}

extension ToolChoice {
    /// `"auto"`, `"none"`, `"required"` or `{"name"}`.
    public var json: JSON {
        switch self {
        case .automatic: "auto"
        case .never: "none"
        case .required: "required"
        case .named(let name): ["name": .string(name)]
        }
    }

    /// Reads ``json``; nil when it is something else.
    public init?(json: JSON) {
        switch json.string {
        case "auto": self = .automatic
        case "none": self = .never
        case "required": self = .required
        default:
            guard let name = json["name"]?.string else { return nil }
            self = .named(name)
        }
    }
}

extension OutputFormat {
    /// `{"name","schema"}`.
    public var json: JSON { ["name": .string(name), "schema": schema.json] }

    /// Reads ``json``; nil when it is something else.
    public init?(json: JSON) {
        guard let name = json["name"]?.string, let schema = json["schema"], schema.object != nil else { return nil }
        self.init(name: name, schema: JSONSchema(schema))
    }
}
