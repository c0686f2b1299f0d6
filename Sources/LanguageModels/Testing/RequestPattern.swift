/// Which requests an entry of a script answers. What is nil or empty fits every request.
public struct RequestPattern: Sendable {
    /// Who calls (``ModelCall/caller``).
    public var caller: String?
    /// A tool that the request must offer.
    public var tool: String?
    /// Texts that must all stand somewhere in the request: in the system text, a message, a call or a result.
    public var contains: [String]
    /// A test of the caller's own.
    public var matches: (@Sendable (ModelRequest, ModelCall) -> Bool)?

    /// Makes a pattern.
    public init(
        caller: String? = nil, tool: String? = nil, contains: [String] = [],
        matches: (@Sendable (ModelRequest, ModelCall) -> Bool)? = nil
    ) {
        self.caller = caller
        self.tool = tool
        self.contains = contains
        self.matches = matches
    }

    /// Fits every request.
    public static let any = RequestPattern()

    /// Whether the request fits.
    public func fits(_ request: ModelRequest, _ call: ModelCall) -> Bool {
        if let caller, caller != call.caller { return false }
        if let tool, !request.tools.contains(where: { $0.name == tool }) { return false }
        if !contains.isEmpty {
            let texts = request.texts
            guard contains.allSatisfy({ wanted in texts.contains { $0.contains(wanted) } }) else { return false }
        }
        return matches?(request, call) ?? true
    }

    /// The pattern in words: `caller planner, contains "orders"`.
    var words: String {
        var words: [String] = []
        if let caller { words.append("caller \(caller)") }
        if let tool { words.append("tool \(tool)") }
        words += contains.map { "contains \"\($0)\"" }
        if matches != nil { words.append("a test of its own") }
        return words.isEmpty ? "any request" : words.joined(separator: ", ")
    }
}

extension ModelRequest {
    /// Every text that a model reads, but for the tools.
    var texts: [String] {
        var texts = [system]
        for message in messages {
            switch message {
            case .user(let text): texts.append(text)
            case .assistant(let answer): texts += [answer.text] + answer.toolCalls.map(\.raw)
            case .toolResults(let results): texts += results.map(\.content)
            }
        }
        return texts
    }

    /// The request's shape without any of its texts, for errors: `3 messages, the last one results of run_sql; tools
    /// run_sql; no output format`.
    func outline(_ call: ModelCall) -> String {
        let last: String
        switch messages.last {
        case .user?: last = "the user's"
        case .assistant?: last = "the model's"
        case .toolResults(let results)?: last = "results of " + results.map(\.name).joined(separator: ", ")
        case nil: last = "missing"
        }
        let tools = tools.isEmpty ? "no tools" : "tools " + tools.map(\.name).joined(separator: ", ")
        return (call.caller.isEmpty ? "" : "caller \(call.caller), ")
            + "\(messages.count) \(messages.count == 1 ? "message" : "messages"), the last one \(last); \(tools)"
            + (output.map { "; output \($0.name)" } ?? "")
    }
}
