/// A family of wire formats with rules for histories (`wire-formats`, parts 5 to 7).
public enum ConversationFormat: String, Sendable, Hashable, CaseIterable {
    /// OpenAI's chat completions and those that are compatible with them, Kimi included.
    case openAI
    /// Anthropic's messages. Tool results travel in user messages there, and roles alternate.
    case anthropic
}

/// A rule that a history breaks, so that a provider would refuse it.
public struct ConversationViolation: Sendable, Hashable, CustomStringConvertible {
    /// Which of the messages as sent, from 0.
    public var index: Int
    /// What is wrong with it.
    public var message: String

    /// `messages[3]: the call 'c1' has no result`.
    public var description: String { "messages[\(index)]: \(message)" }
}

extension Conversation {
    /// All rules of `format` that ``messages`` break, in order; empty when a provider takes them.
    public func violations(for format: ConversationFormat) -> [ConversationViolation] {
        Self.violations(of: messages, for: format)
    }

    /// The same for messages that stand in no conversation.
    public static func violations(
        of messages: [ModelMessage], for format: ConversationFormat
    ) -> [ConversationViolation] {
        var check = ConversationCheck(messages: messages, format: format)
        check.run()
        return check.violations
    }
}

private struct ConversationCheck {
    let messages: [ModelMessage]
    let format: ConversationFormat
    var violations: [ConversationViolation] = []
    private var seenCalls: Set<String> = []

    init(messages: [ModelMessage], format: ConversationFormat) {
        self.messages = messages
        self.format = format
    }

    mutating func run() {
        guard let first = messages.first, let last = messages.last else { return fail(0, "there is no message") }
        if case .user = first {} else { fail(0, "the first message must be the user's") }
        for index in messages.indices {
            switch messages[index] {
            case .user(let text): check(text, at: index)
            case .assistant(let answer): check(answer, at: index)
            case .toolResults(let results): check(results, at: index)
            }
        }
        if case .assistant = last {
            fail(messages.count - 1, "the last message must not be the model's; something must ask it to go on")
        }
    }

    private mutating func check(_ text: String, at index: Int) {
        // OpenAI takes an empty text; Anthropic wants something that is no white space.
        if format == .anthropic, text.isBlank { fail(index, "a user message must have text") }
    }

    private mutating func check(_ answer: AssistantMessage, at index: Int) {
        if answer.toolCalls.isEmpty, format == .anthropic ? answer.text.isBlank : answer.text.isEmpty {
            fail(index, "an answer must have text or calls")
        }
        if format == .anthropic, index > 0, case .assistant = messages[index - 1] {
            fail(index, "two answers stand in a row")
        }
        for call in answer.toolCalls {
            if !seenCalls.insert(call.id).inserted { fail(index, "the call id '\(call.id)' is used twice") }
            if !isName(call.id, longest: format == .anthropic ? .max : nil) {
                fail(index, "the call id '\(call.id)' cannot be sent")
            }
            if !isName(call.name, longest: 64) { fail(index, "the tool name '\(call.name)' cannot be sent") }
        }
        guard !answer.toolCalls.isEmpty else { return }
        guard index + 1 < messages.count, case .toolResults(let results) = messages[index + 1] else {
            return fail(index, "the results of its calls must follow directly")
        }
        for call in answer.toolCalls where !results.contains(where: { $0.callID == call.id }) {
            fail(index, "the call '\(call.id)' has no result")
        }
    }

    private mutating func check(_ results: [ToolResult], at index: Int) {
        var calls: [ToolCall] = []
        if index > 0, case .assistant(let answer) = messages[index - 1] { calls = answer.toolCalls }
        if calls.isEmpty { fail(index, "results must follow directly on an answer with calls") }
        if results.isEmpty { fail(index, "there is no result") }
        var seen: Set<String> = []
        for result in results {
            if !seen.insert(result.callID).inserted { fail(index, "the call '\(result.callID)' has two results") }
            if !calls.contains(where: { $0.id == result.callID }) {
                fail(index, "the result '\(result.callID)' belongs to no call of the answer before")
            }
        }
    }

    /// Whether a name is `[A-Za-z0-9_-]`; without a length any text will do that is not empty.
    private func isName(_ name: String, longest: Int?) -> Bool {
        guard !name.isEmpty else { return false }
        guard let longest else { return true }
        return name.utf8.count <= longest
            && name.utf8.allSatisfy { byte in
                byte &- 48 < 10 || (byte | 32) &- 97 < 26 || byte == 95 || byte == 45
            }
    }

    private mutating func fail(_ index: Int, _ message: String) {
        violations.append(ConversationViolation(index: index, message: message))
    }
}
