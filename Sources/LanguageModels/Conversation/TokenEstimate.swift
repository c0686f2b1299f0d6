/// How many tokens texts are likely to take. Providers count exactly, but only after the call; a history must fit before.
public struct TokenEstimate: Sendable {
    private let count: @Sendable (String) -> Int

    /// Estimates by a function of a text, such as a real tokenizer.
    public init(_ count: @escaping @Sendable (String) -> Int) { self.count = count }

    /// One token for every three bytes of UTF-8, rounded up. English prose takes about four bytes, SQL and JSON about
    /// three, and scripts of three bytes a character about a token each, so this errs on the safe side.
    public static let byBytes = TokenEstimate { ($0.utf8.count + 2) / 3 }

    /// What a provider adds around a message, a call or a result: roles, names, separators.
    public static let overhead = 8

    /// The tokens of a text alone.
    public func tokens(in text: String) -> Int { max(0, count(text)) }

    /// The tokens of a message with everything that is sent back of it.
    public func tokens(in message: ModelMessage) -> Int {
        switch message {
        case .user(let text): return Self.overhead + tokens(in: text)
        case .assistant(let answer):
            var sum = Self.overhead + tokens(in: answer.text)
            for block in answer.reasoning {
                sum += tokens(in: block.text) + tokens(in: block.signature ?? "") + tokens(in: block.hidden ?? "")
            }
            for call in answer.toolCalls {
                sum += Self.overhead + tokens(in: call.id) + tokens(in: call.name) + tokens(in: call.raw)
            }
            return sum
        case .toolResults(let results): return results.reduce(0) { $0 + tokens(in: $1) }
        }
    }

    func tokens(in result: ToolResult) -> Int {
        Self.overhead + tokens(in: result.callID) + tokens(in: result.name) + tokens(in: result.content)
    }
}
