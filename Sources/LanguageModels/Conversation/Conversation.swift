/// A history that can be sent: what was said, what the model answered, and what came of its calls.
///
/// It is a value; ``compacted(toTokens:estimate:)`` and ``closed(reason:)`` give new ones. What is sent is
/// ``messages``; what was appended stays apart in ``entries``, so that compacting again and again loses no borders.
public struct Conversation: Sendable, Hashable {
    /// Who the model is and what rules hold.
    public var system: String
    /// What was appended and not left out, in order. The first user message is the goal and stays.
    public internal(set) var entries: [ModelMessage]
    /// How many groups have been left out behind the goal.
    public internal(set) var leftOut: Int

    /// Starts a history.
    ///
    /// - Parameter leftOut: for a history that was compacted before and is read back.
    public init(system: String = "", entries: [ModelMessage] = [], leftOut: Int = 0) {
        self.system = system
        self.entries = entries
        self.leftOut = leftOut
    }

    /// Adds a message at the end.
    public mutating func append(_ message: ModelMessage) { entries.append(message) }

    /// What is sent: the entries, a note where groups were left out, and messages of one role in a row joined by a
    /// blank line, since some providers demand that roles alternate.
    public var messages: [ModelMessage] {
        var sent: [ModelMessage] = []
        sent.reserveCapacity(entries.count + 1)
        let noted = leftOut > 0 ? goalIndex.map { $0 + 1 } ?? 0 : nil
        for index in 0...entries.count {
            if index == noted { Self.join(.user(note), to: &sent) }
            if index < entries.count { Self.join(entries[index], to: &sent) }
        }
        return sent
    }

    /// The tokens that it takes to send it, the system text included. Joined messages are counted one by one, so this
    /// is never less than what is sent.
    public func tokens(_ estimate: TokenEstimate = .byBytes) -> Int {
        entries.reduce(systemTokens(estimate) + noteTokens(estimate)) { $0 + estimate.tokens(in: $1) }
    }

    /// Where the goal stands; nil when the history does not begin with a user message.
    var goalIndex: Int? {
        if case .user? = entries.first { 0 } else { nil }
    }

    /// What the reader is told of the groups that are gone.
    var note: String {
        leftOut == 1 ? "[1 earlier exchange was left out.]" : "[\(leftOut) earlier exchanges were left out.]"
    }

    /// The tokens of the system text.
    func systemTokens(_ estimate: TokenEstimate) -> Int {
        system.isEmpty ? 0 : TokenEstimate.overhead + estimate.tokens(in: system)
    }

    /// The tokens of the note; 0 where there is none.
    func noteTokens(_ estimate: TokenEstimate) -> Int { leftOut == 0 ? 0 : estimate.tokens(in: .user(note)) }

    /// Adds a message, or joins it to the one before when both have the same role and nothing stands between them.
    private static func join(_ message: ModelMessage, to sent: inout [ModelMessage]) {
        switch (sent.last, message) {
        case (.user(let before)?, .user(let text)):
            sent[sent.count - 1] = .user(before + "\n\n" + text)
        case (.assistant(let before)?, .assistant(let answer)) where before.toolCalls.isEmpty:
            let texts = [before.text, answer.text].filter { !$0.isEmpty }
            sent[sent.count - 1] = .assistant(
                AssistantMessage(
                    text: texts.joined(separator: "\n\n"), reasoning: before.reasoning + answer.reasoning,
                    toolCalls: answer.toolCalls))
        default: sent.append(message)
        }
    }
}
