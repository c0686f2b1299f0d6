public import Values

extension ToolCall {
    /// A call whose arguments are read from what the model wrote: an empty text is an empty object, an object is
    /// itself, and anything else, such as a text that breaks off, gives no arguments.
    public init(id: String, name: String, raw: String) {
        self.init(id: id, name: name, arguments: Self.arguments(in: raw), raw: raw)
    }

    /// The object that `raw` is; an empty object when it is empty; nil when it is anything else.
    public static func arguments(in raw: String) -> JSON? {
        let isBlank = raw.utf8.allSatisfy { $0 == 32 || $0 == 10 || $0 == 13 || $0 == 9 }
        if isBlank { return [:] }
        guard let value = try? JSON(parsing: raw), value.object != nil else { return nil }
        return value
    }

    /// `{"id","name","arguments"}`; with `raw` only where it is not the compact text of the arguments, and without
    /// `arguments` where they follow from `raw`.
    public var json: JSON {
        var json: JSONObject = ["id": .string(id), "name": .string(name)]
        if let arguments, arguments.description == raw {
            json["arguments"] = arguments
            return .object(json)
        }
        if arguments != Self.arguments(in: raw) { json["arguments"] = arguments ?? .null }
        json["raw"] = .string(raw)
        return .object(json)
    }

    /// Reads ``json``; nil when it is something else.
    public init?(json: JSON) {
        guard let id = json["id"]?.string, let name = json["name"]?.string else { return nil }
        let written = json["arguments"]
        guard let raw = json["raw"]?.string ?? written?.description else { return nil }
        let arguments: JSON?
        switch written {
        case nil: arguments = Self.arguments(in: raw)
        case .null: arguments = nil
        case .some(let value):
            guard value.object != nil else { return nil }
            arguments = value
        }
        self.init(id: id, name: name, arguments: arguments, raw: raw)
    }
}

extension ToolResult {
    /// `{"call_id","name","content"}`, and `is_error` where it is true.
    public var json: JSON {
        var json: JSONObject = ["call_id": .string(callID), "name": .string(name), "content": .string(content)]
        if isError { json["is_error"] = true }
        return .object(json)
    }

    /// Reads ``json``; nil when it is something else.
    public init?(json: JSON) {
        guard let callID = json["call_id"]?.string, let name = json["name"]?.string,
            let content = json["content"]?.string
        else { return nil }
        self.init(callID: callID, name: name, content: content, isError: json["is_error"]?.bool ?? false)
    }
}

extension ReasoningBlock {
    /// `{"text"}`, and `signature` and `hidden` where they are there.
    public var json: JSON {
        var json: JSONObject = ["text": .string(text)]
        if let signature { json["signature"] = .string(signature) }
        if let hidden { json["hidden"] = .string(hidden) }
        return .object(json)
    }

    /// Reads ``json``; nil when it is something else.
    public init?(json: JSON) {
        guard let text = json["text"]?.string else { return nil }
        self.init(text: text, signature: json["signature"]?.string, hidden: json["hidden"]?.string)
    }
}

extension AssistantMessage {
    /// The parts that are there: `{"text","reasoning":[…],"tool_calls":[…]}`.
    public var json: JSON { .object(members) }

    fileprivate var members: JSONObject {
        var json: JSONObject = [:]
        if !text.isEmpty { json["text"] = .string(text) }
        if !reasoning.isEmpty { json["reasoning"] = .array(reasoning.map(\.json)) }
        if !toolCalls.isEmpty { json["tool_calls"] = .array(toolCalls.map(\.json)) }
        return json
    }

    /// Reads ``json``; nil when it is something else.
    public init?(json: JSON) {
        guard json.object != nil, let text = json.text("text"),
            let reasoning = json.list("reasoning", ReasoningBlock.init(json:)),
            let toolCalls = json.list("tool_calls", ToolCall.init(json:))
        else { return nil }
        self.init(text: text, reasoning: reasoning, toolCalls: toolCalls)
    }
}

extension ModelMessage {
    /// `{"role":"user","text"}`, `{"role":"assistant",…}` with the members of ``AssistantMessage/json``, or
    /// `{"role":"tool","results":[…]}`.
    public var json: JSON {
        switch self {
        case .user(let text): return ["role": "user", "text": .string(text)]
        case .assistant(let message):
            var json: JSONObject = ["role": "assistant"]
            for member in message.members.members { json[member.key] = member.value }
            return .object(json)
        case .toolResults(let results): return ["role": "tool", "results": .array(results.map(\.json))]
        }
    }

    /// Reads ``json``; nil when it is something else.
    public init?(json: JSON) {
        switch json["role"]?.string {
        case "user":
            guard let text = json["text"]?.string else { return nil }
            self = .user(text)
        case "assistant":
            guard let message = AssistantMessage(json: json) else { return nil }
            self = .assistant(message)
        case "tool":
            guard json["results"] != nil, let results = json.list("results", ToolResult.init(json:)) else {
                return nil
            }
            self = .toolResults(results)
        default: return nil
        }
    }
}

extension JSON {
    /// The text under `key`; empty when it is missing, nil when it is no text.
    func text(_ key: String) -> String? {
        guard let value = self[key] else { return "" }
        return value.string
    }

    /// The elements under `key`; none when it is missing, nil when one of them cannot be read.
    func list<Element>(_ key: String, _ read: (JSON) -> Element?) -> [Element]? {
        guard let value = self[key] else { return [] }
        guard let elements = value.array else { return nil }
        var list: [Element] = []
        for element in elements {
            guard let one = read(element) else { return nil }
            list.append(one)
        }
        return list
    }
}
