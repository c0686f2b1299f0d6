/// Puts the whole answer together from its parts. Pure; time and memory are linear in the parts.
///
/// Signatures and hidden forms of reasoning are no parts of the stream that callers see; a decoder hands them over
/// through ``sealReasoning(signature:)`` and ``addHiddenReasoning(_:)``.
public struct ReplyAssembler: Sendable {
    /// The text so far.
    public private(set) var text = ""
    /// What the answer has used so far; nil when nobody said.
    public private(set) var usage: TokenUsage?
    /// Why the answer ended; nil while it goes on.
    public private(set) var finish: FinishReason?
    /// The model's name in the provider's words.
    public var model = ""

    private var reasoning: [ReasoningBlock] = []
    private var isReasoningOpen = false
    private var calls: [Call] = []

    private struct Call {
        var index: Int
        var id: String
        var name: String
        var raw = ""
    }

    /// Starts an answer.
    public init() {}

    /// Takes the next part. Fragments of a call that has not started are dropped.
    public mutating func take(_ part: ModelPart) {
        switch part {
        case .text(let piece): text += piece
        case .reasoning(let piece):
            if isReasoningOpen {
                reasoning[reasoning.count - 1].text += piece
            } else {
                reasoning.append(ReasoningBlock(text: piece))
                isReasoningOpen = true
            }
        case .toolCallStarted(let index, let id, let name):
            guard position(of: index) == nil else { return }
            calls.append(Call(index: index, id: id, name: name))
        case .toolCallArguments(let index, let fragment):
            guard let position = position(of: index) else { return }
            calls[position].raw += fragment
        case .usage(let used): usage = used
        case .finish(let reason): finish = reason
        }
    }

    /// Takes the next parts.
    public mutating func take(_ parts: some Sequence<ModelPart>) {
        for part in parts { take(part) }
    }

    /// Ends the present block of reasoning with the provider's signature over it; without a block it begins an empty
    /// one when there is a signature.
    public mutating func sealReasoning(signature: String?) {
        if isReasoningOpen {
            reasoning[reasoning.count - 1].signature = signature
        } else if let signature {
            reasoning.append(ReasoningBlock(text: "", signature: signature))
        }
        isReasoningOpen = false
    }

    /// Adds a block of reasoning that only the provider can read.
    public mutating func addHiddenReasoning(_ data: String) {
        isReasoningOpen = false
        reasoning.append(ReasoningBlock(text: "", hidden: data))
    }

    /// The answer so far, finished or not. Arguments are read here, once: those of a call that broke off are nil.
    public var message: AssistantMessage {
        AssistantMessage(
            text: text, reasoning: reasoning,
            toolCalls: calls.map { ToolCall(id: $0.id, name: $0.name, raw: $0.raw) })
    }

    /// The whole answer; nil when it has not finished.
    public func reply(attempts: Int = 1) -> ModelReply? {
        guard let finish else { return nil }
        return ModelReply(message: message, finish: finish, usage: usage, model: model, attempts: attempts)
    }

    /// Fragments mostly belong to the call that started last.
    private func position(of index: Int) -> Int? { calls.lastIndex { $0.index == index } }
}

extension ModelReply {
    /// The parts that a stream of this answer has at least: reasoning, text, calls, usage, finish. Models that know
    /// the whole answer beforehand pass these on.
    public var parts: [ModelPart] {
        var parts: [ModelPart] = []
        for block in message.reasoning where !block.text.isEmpty { parts.append(.reasoning(block.text)) }
        if !message.text.isEmpty { parts.append(.text(message.text)) }
        for (index, call) in message.toolCalls.enumerated() {
            parts.append(.toolCallStarted(index: index, id: call.id, name: call.name))
            if !call.raw.isEmpty { parts.append(.toolCallArguments(index: index, fragment: call.raw)) }
        }
        if let usage { parts.append(.usage(usage)) }
        parts.append(.finish(finish))
        return parts
    }
}
