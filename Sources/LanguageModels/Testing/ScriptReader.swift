internal import Values

/// Reads the YAML of a script. It goes on after a mistake, so that all of them are told at once.
struct ScriptReader {
    struct Script {
        var entries: [ScriptedEntry] = []
        var order = ScriptedModel.Order.matching
        var chunkBytes: Int?
        var model = "script"
    }

    private var problems: [Diagnostic] = []

    static func read(_ yaml: String, file: String) -> (Script?, [Diagnostic]) {
        let (root, problems) = YAML.parse(yaml, file: file)
        var reader = ScriptReader(problems: problems)
        guard let root else {
            if problems.isEmpty {
                reader.error(
                    "script_empty", "the script is empty", "write a list of entries",
                    SourcePlace(file: file, line: 1))
            }
            return (nil, reader.problems)
        }
        return (reader.script(root), reader.problems)
    }

    private mutating func script(_ root: YAMLNode) -> Script {
        var script = Script()
        var list = root
        if root.mapping != nil {
            let fields = fields(root, "the script", ["entries", "order", "chunk_bytes", "model"])
            if let node = fields["order"], let word = text(node, "order") {
                let known = ScriptedModel.Order.allCases.map(\.rawValue)
                if let order = ScriptedModel.Order(rawValue: word) {
                    script.order = order
                } else {
                    error(
                        "script_value", "there is no order '\(word)'",
                        Spelling.hint(word, among: known, otherwise: ""), node.place)
                }
            }
            if let node = fields["chunk_bytes"] { script.chunkBytes = number(node, "chunk_bytes", least: 1) }
            if let node = fields["model"], let name = text(node, "model") { script.model = name }
            guard let entries = fields["entries"] else {
                error(
                    "script_missing", "the script has no 'entries'", "add a list: entries: [{reply: Hello}]",
                    root.place)
                return script
            }
            list = entries
        }
        guard let nodes = list.sequence else {
            error("script_type", "the entries must be a list", "begin each entry with '- '", list.place)
            return script
        }
        for (index, node) in nodes.enumerated() {
            if let entry = entry(node, "entry \(index + 1)") { script.entries.append(entry) }
        }
        return script
    }

    private mutating func entry(_ node: YAMLNode, _ owner: String) -> ScriptedEntry? {
        let fields = fields(node, owner, ["when", "reply", "error", "times"])
        guard node.mapping != nil else { return nil }
        var entry = ScriptedEntry(.parts([]), place: node.place)
        if let when = fields["when"] { entry.when = pattern(when, "'when' of \(owner)") }
        if let times = fields["times"] {
            entry.times = times.scalar?.text == "any" ? nil : number(times, "times", least: 1, orAlso: " or 'any'")
        }
        switch (fields["reply"], fields["error"]) {
        case (let reply?, nil): entry.answer = .reply(self.reply(reply, "the reply of \(owner)"))
        case (nil, let failure?):
            guard let answer = self.failure(failure, "the error of \(owner)") else { return nil }
            entry.answer = answer
        case (nil, nil):
            error(
                "script_missing", "\(owner) has neither 'reply' nor 'error'", "add one, such as reply: Hello",
                node.place)
            return nil
        case (_?, let failure?):
            error(
                "script_value", "\(owner) has both 'reply' and 'error'",
                "keep one; parts before an error go into error.after", failure.place)
            return nil
        }
        return entry
    }

    private mutating func pattern(_ node: YAMLNode, _ owner: String) -> RequestPattern {
        let fields = fields(node, owner, ["caller", "tool", "contains"])
        var pattern = RequestPattern()
        if let node = fields["caller"] { pattern.caller = text(node, "caller") }
        if let node = fields["tool"] { pattern.tool = text(node, "tool") }
        if let node = fields["contains"] {
            pattern.contains = (node.sequence ?? [node]).compactMap { text($0, "contains") }
        }
        return pattern
    }

    private mutating func reply(_ node: YAMLNode, _ owner: String) -> ModelReply {
        if node.scalar != nil {
            return ModelReply(message: AssistantMessage(text: text(node, "reply") ?? ""), finish: .stop)
        }
        let fields = fields(node, owner, ["text", "reasoning", "tool_calls", "finish", "usage", "model"])
        var message = AssistantMessage()
        if let node = fields["text"] { message.text = text(node, "text") ?? "" }
        if let node = fields["reasoning"], let text = text(node, "reasoning") {
            message.reasoning = [ReasoningBlock(text: text)]
        }
        if let node = fields["tool_calls"] {
            if let nodes = node.sequence {
                message.toolCalls = nodes.compactMap { call($0, "a call of \(owner)") }
            } else {
                error(
                    "script_type", "tool_calls of \(owner) must be a list", "write [{name: …, arguments: {…}}]",
                    node.place)
            }
        }
        var reply = ModelReply(message: message, finish: message.toolCalls.isEmpty ? .stop : .toolCalls)
        if let node = fields["finish"], let word = text(node, "finish") { reply.finish = finish(word, node.place) }
        if let node = fields["usage"] { reply.usage = usage(node, "the usage of \(owner)") }
        if let node = fields["model"] { reply.model = text(node, "model") ?? "" }
        return reply
    }

    private mutating func call(_ node: YAMLNode, _ owner: String) -> ToolCall? {
        let fields = fields(node, owner, ["id", "name", "arguments"])
        guard node.mapping != nil else { return nil }
        guard let name = fields["name"] else {
            error("script_missing", "\(owner) has no 'name'", "add the tool's name", node.place)
            return nil
        }
        // A text is what the model wrote, so that arguments can be broken on purpose.
        var raw = "{}"
        if let arguments = fields["arguments"] {
            if case .string(let written) = arguments.json {
                raw = written
            } else {
                raw = arguments.json.description
            }
        }
        let id = fields["id"].flatMap { text($0, "id") } ?? ""
        return ToolCall(id: id, name: text(name, "name") ?? "", raw: raw)
    }

    private mutating func usage(_ node: YAMLNode, _ owner: String) -> TokenUsage {
        let fields = fields(node, owner, ["input", "output", "cached_input", "cache_writes", "reasoning"])
        var usage = TokenUsage()
        if let node = fields["input"] { usage.input = number(node, "input", least: 0) ?? 0 }
        if let node = fields["output"] { usage.output = number(node, "output", least: 0) ?? 0 }
        if let node = fields["cached_input"] { usage.cachedInput = number(node, "cached_input", least: 0) ?? 0 }
        if let node = fields["cache_writes"] { usage.cacheWrites = number(node, "cache_writes", least: 0) ?? 0 }
        if let node = fields["reasoning"] { usage.reasoning = number(node, "reasoning", least: 0) ?? 0 }
        return usage
    }

    private mutating func finish(_ word: String, _ place: SourcePlace) -> FinishReason {
        let known = ["stop", "length", "tool_calls", "content_filter", "pause"]
        if !known.contains(word), !word.hasPrefix("other:") {
            error(
                "script_value", "there is no finish '\(word)'",
                Spelling.hint(word, among: known, otherwise: "") + ", or other:WORD", place)
        }
        return FinishReason(name: word)
    }

    private mutating func failure(_ node: YAMLNode, _ owner: String) -> ScriptedEntry.Answer? {
        var fields: [String: YAMLNode] = ["kind": node]
        if node.scalar == nil {
            fields = self.fields(node, owner, ["kind", "status", "message", "retry_after_ms", "after"])
        }
        guard let kindNode = fields["kind"] else {
            error("script_missing", "\(owner) has no 'kind'", "add one, such as kind: rate_limit", node.place)
            return nil
        }
        guard let word = text(kindNode, "kind") else { return nil }
        guard let kind = ModelError.Kind(rawValue: word) else {
            let known = ModelError.Kind.allCases.map(\.rawValue)
            error(
                "script_value", "there is no kind of error '\(word)'",
                Spelling.hint(word, among: known, otherwise: ""), kindNode.place)
            return nil
        }
        var failure = ModelError(kind, "the script says so")
        if let node = fields["message"], let message = text(node, "message") { failure.message = message }
        if let node = fields["status"] { failure.status = number(node, "status", least: 100) }
        if let node = fields["retry_after_ms"] {
            failure.retryAfter = number(node, "retry_after_ms", least: 0).map { .milliseconds($0) }
        }
        let after = fields["after"].flatMap { text($0, "after") } ?? ""
        return .failure(failure, after: after.isEmpty ? [] : [.text(after)])
    }

    // MARK: Nodes

    private mutating func fields(_ node: YAMLNode, _ owner: String, _ known: [String]) -> [String: YAMLNode] {
        guard let entries = node.mapping else {
            error(
                "script_type", "\(owner) must be a mapping", "known keys: \(known.joined(separator: ", "))",
                node.place)
            return [:]
        }
        for entry in entries where !known.contains(entry.key) {
            error(
                "script_key", "\(owner) has no key '\(entry.key)'",
                Spelling.hint(entry.key, among: known, otherwise: "remove it"), entry.place)
        }
        return Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
    }

    private mutating func text(_ node: YAMLNode, _ what: String) -> String? {
        if let scalar = node.scalar { return scalar.text }
        error("script_type", "'\(what)' must be a text", "write it in one piece, in quotes if need be", node.place)
        return nil
    }

    private mutating func number(_ node: YAMLNode, _ what: String, least: Int, orAlso other: String = "") -> Int? {
        if let number = node.json.int, number >= least { return number }
        error(
            "script_type", "'\(what)' must be a whole number of at least \(least)\(other)",
            "write it without quotes", node.place)
        return nil
    }

    private mutating func error(_ code: String, _ message: String, _ hint: String, _ place: SourcePlace) {
        problems.append(Diagnostic(code: code, message: message, hint: hint, place: place))
    }
}
