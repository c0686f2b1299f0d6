internal import Values

/// An answer while it is read: a decoder, a redactor behind it, and the whole that grows. Pure.
struct AnswerReader {
    private var decoder: any WireDecoder
    private let redactor: Redactor
    private var text: Redactor.Stream
    private var reasoning: Redactor.Stream
    private var arguments: [Redactor.Stream] = []
    private var assembler = ReplyAssembler()
    private var items: [WireItem] = []
    private var parts: [ModelPart] = []

    init(_ decoder: any WireDecoder, redactor: Redactor) {
        self.decoder = decoder
        self.redactor = redactor
        text = redactor.stream()
        reasoning = redactor.stream()
    }

    /// Whether nothing that comes now matters.
    var isTerminated: Bool { decoder.isTerminated }
    /// Whether the answer may end here.
    var isComplete: Bool { decoder.isComplete }

    /// Takes an event of a stream.
    mutating func take(event name: String, data: ArraySlice<UInt8>) throws(ModelError) {
        defer { pass() }
        try decoder.take(event: name, data: data, into: &items)
    }

    /// Takes a whole answer.
    mutating func take(whole body: ArraySlice<UInt8>) throws(ModelError) {
        defer { pass() }
        try decoder.take(whole: body, into: &items)
    }

    /// The answer is at its end; returns the whole.
    mutating func end() throws(ModelError) -> ModelReply {
        do throws(ModelError) { try decoder.end(into: &items) } catch {
            pass()
            throw error
        }
        pass()
        guard let reply = assembler.reply() else { throw .truncatedStream }
        return reply
    }

    /// The parts since the last time.
    mutating func takeParts() -> [ModelPart] {
        defer { parts = [] }
        return parts
    }

    /// The text that has arrived, with what was held back because it might have become a secret.
    mutating func partialText() -> String {
        flush()
        return assembler.text
    }

    private mutating func pass() {
        defer { items.removeAll(keepingCapacity: true) }
        for index in items.indices {
            switch items[index] {
            case .part(let part): pass(part)
            case .model(let name): assembler.model = redactor.redact(name)
            case .reasoningSealed(let signature):
                give(.reasoning(reasoning.finish()))
                assembler.sealReasoning(signature: signature)
            case .reasoningHidden(let data): assembler.addHiddenReasoning(data)
            }
        }
    }

    private mutating func pass(_ part: ModelPart) {
        switch part {
        case .text(let piece): give(.text(text.feed(piece)))
        case .reasoning(let piece): give(.reasoning(reasoning.feed(piece)))
        case .toolCallStarted(let index, let id, let name):
            while arguments.count <= index { arguments.append(redactor.stream()) }
            give(.toolCallStarted(index: index, id: redactor.redact(id), name: redactor.redact(name)))
        case .toolCallArguments(let index, let fragment):
            guard arguments.indices.contains(index) else { return }
            give(.toolCallArguments(index: index, fragment: arguments[index].feed(fragment)))
        case .usage, .finish:
            flush()
            give(part)
        }
    }

    /// Lets out what was held back.
    private mutating func flush() {
        give(.reasoning(reasoning.finish()))
        give(.text(text.finish()))
        for index in arguments.indices {
            give(.toolCallArguments(index: index, fragment: arguments[index].finish()))
        }
    }

    private mutating func give(_ part: ModelPart) {
        switch part {
        case .text(""), .reasoning(""), .toolCallArguments(_, ""): return
        default: break
        }
        assembler.take(part)
        parts.append(part)
    }
}
