public import Values

extension TokenUsage {
    /// `{"input","output"}`, and `cached_input`, `cache_writes` and `reasoning` where they are not 0.
    public var json: JSON {
        var json: JSONObject = ["input": .int(input), "output": .int(output)]
        if cachedInput != 0 { json["cached_input"] = .int(cachedInput) }
        if cacheWrites != 0 { json["cache_writes"] = .int(cacheWrites) }
        if reasoning != 0 { json["reasoning"] = .int(reasoning) }
        return .object(json)
    }

    /// Reads ``json``; nil when it is something else.
    public init?(json: JSON) {
        guard let input = json["input"]?.int, let output = json["output"]?.int else { return nil }
        self.init(input: input, output: output)
        for (key, path) in [
            ("cached_input", \TokenUsage.cachedInput), ("cache_writes", \.cacheWrites), ("reasoning", \.reasoning),
        ] as [(String, WritableKeyPath<TokenUsage, Int>)] {
            guard let value = json[key] else { continue }
            guard let number = value.int else { return nil }
            self[keyPath: path] = number
        }
    }
}

extension ModelReply {
    /// `{"message","finish"}`, and `usage`, `model` and `attempts` where they are known and not 1.
    public var json: JSON {
        var json: JSONObject = ["message": message.json, "finish": .string(finish.name)]
        if let usage { json["usage"] = usage.json }
        if !model.isEmpty { json["model"] = .string(model) }
        if attempts != 1 { json["attempts"] = .int(attempts) }
        return .object(json)
    }

    /// Reads ``json``; nil when it is something else.
    public init?(json: JSON) {
        guard let message = json["message"].flatMap(AssistantMessage.init(json:)),
            let finish = json["finish"]?.string, let model = json.text("model")
        else { return nil }
        self.init(message: message, finish: FinishReason(name: finish), model: model)
        if let value = json["usage"] {
            guard let read = TokenUsage(json: value) else { return nil }
            usage = read
        }
        if let value = json["attempts"] {
            guard let number = value.int else { return nil }
            attempts = number
        }
    }
}
