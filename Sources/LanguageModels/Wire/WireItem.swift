/// What a decoder reads from an answer: the parts that callers see, and what only the whole answer needs.
enum WireItem: Sendable, Hashable {
    /// A part.
    case part(ModelPart)
    /// The model's name in the provider's words.
    case model(String)
    /// A block of reasoning ends, with the provider's signature over it.
    case reasoningSealed(signature: String?)
    /// A block of reasoning that only the provider can read.
    case reasoningHidden(String)
}

/// Reads the answers of one API. Pure: events or a whole body in, items out; the same bytes give the same items
/// however they were cut.
protocol WireDecoder: Sendable {
    /// Whether the answer has said that it is over; what comes after is ignored.
    var isTerminated: Bool { get }
    /// Whether the answer may end here: it has told why it ends, or ``isTerminated``.
    var isComplete: Bool { get }

    /// Takes the data of one event of a stream, `name` being its `event:` field.
    ///
    /// Throws `decode` for what is no JSON, `stream_error` for an error told by the provider, `limit` for too many
    /// calls.
    mutating func take(event name: String, data: ArraySlice<UInt8>, into items: inout [WireItem]) throws(ModelError)

    /// Takes a whole answer; ``end(into:)`` follows it as well.
    mutating func take(whole body: ArraySlice<UInt8>, into items: inout [WireItem]) throws(ModelError)

    /// The stream is at its end: gives what was held back, usage and finish. Throws `truncated` when the answer is
    /// not complete.
    mutating func end(into items: inout [WireItem]) throws(ModelError)
}

/// How many calls one answer may hold.
let toolCallLimit = 256

extension ModelError {
    /// Data of the provider that cannot be read.
    static func decoding(_ what: String, _ problem: String) -> ModelError {
        ModelError(.decode, "\(what) is not what the API promises: \(problem)")
    }

    /// The stream ended too early.
    static var truncatedStream: ModelError {
        ModelError(.truncated, "the answer ended before the provider said that it is complete")
    }

    /// The answer asks for too many calls.
    static var tooManyCalls: ModelError {
        ModelError(.limit, "the answer asks for more than \(toolCallLimit) calls of tools")
    }
}
