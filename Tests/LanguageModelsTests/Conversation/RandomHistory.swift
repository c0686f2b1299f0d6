import LanguageModels
import Values

/// Makes histories as agents have them, from a seed.
struct RandomHistory {
    var random: SeededRandom
    private var calls = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// A complete history that begins with a goal and ends with something to reply to.
    mutating func complete() -> Conversation {
        var conversation = Conversation(system: text(0...300), entries: [.user("the goal: " + text(1...200))])
        for _ in 0..<random.below(24) {
            switch random.below(6) {
            case 0: conversation.append(.user("and then " + text(1...300)))
            case 1: conversation.append(.assistant(AssistantMessage(text: "so " + text(1...400))))
            default:
                let answer = answerWithCalls()
                conversation.append(.assistant(answer))
                conversation.append(.toolResults(answer.toolCalls.map { result(of: $0) }))
            }
            // Two answers in a row come from nowhere; a person says something between them.
            if case .assistant = conversation.entries.last { conversation.append(.user("go on")) }
        }
        return conversation
    }

    /// A complete history cut off at a random place: calls without results, some results, or results of nothing.
    mutating func cutOff() -> Conversation {
        let whole = complete()
        var entries = Array(whole.entries.prefix(1 + random.below(whole.entries.count)))
        switch random.below(4) {
        case 0:
            entries.append(.assistant(AssistantMessage(text: random.chance(0.5) ? "" : "half an ans")))
            if random.chance(0.3) { entries.append(.user("hello?")) }
        case 1:
            let answer = answerWithCalls()
            entries.append(.assistant(answer))
            if random.chance(0.3) { entries.append(.user("hello?")) }
        case 2:
            let answer = answerWithCalls()
            entries.append(.assistant(answer))
            entries.append(
                .toolResults(answer.toolCalls.shuffled(using: &random).dropFirst(1).map { result(of: $0) }))
        default:
            if random.chance(0.5) {
                entries.append(.toolResults([ToolResult(callID: "none", name: "x_y", content: "")]))
            }
        }
        return Conversation(system: whole.system, entries: entries)
    }

    private mutating func answerWithCalls() -> AssistantMessage {
        let calls = (0...random.below(3)).map { _ -> ToolCall in
            self.calls += 1
            let arguments: JSON = ["sql": .string(text(0...200))]
            return ToolCall(
                id: "call_\(self.calls)", name: "run_sql", arguments: arguments, raw: arguments.description)
        }
        let reasoning = random.chance(0.3) ? [ReasoningBlock(text: text(0...300), signature: "c2ln")] : []
        return AssistantMessage(
            text: random.chance(0.5) ? "" : text(1...80), reasoning: reasoning, toolCalls: calls)
    }

    private mutating func result(of call: ToolCall) -> ToolResult {
        let size = random.chance(0.3) ? 1000...6000 : 0...200
        return ToolResult(callID: call.id, name: call.name, content: text(size), isError: random.chance(0.1))
    }

    private mutating func text(_ bytes: ClosedRange<Int>) -> String {
        let letters = ["a", "b ", "ö", "語", "👩‍💻", "\n", "x1", "e\u{301}"]
        let wanted = bytes.lowerBound + random.below(bytes.count)
        guard wanted > 0 else { return "" }
        let unit = "t" + (0..<8).map { _ in letters[random.below(letters.count)] }.joined()
        return String(repeating: unit, count: 1 + wanted / unit.utf8.count)
    }
}
