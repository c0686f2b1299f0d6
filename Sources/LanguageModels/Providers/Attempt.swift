internal import HTTPClient

/// One response on its way to an answer.
struct Attempt {
    let response: HTTPResponse
    var reader: AnswerReader
    let bodyLimit: Int
    /// Whether the caller has seen a part.
    private(set) var hasPassedParts = false

    private var received = 0

    init(response: HTTPResponse, reader: AnswerReader, bodyLimit: Int) {
        self.response = response
        self.reader = reader
        self.bodyLimit = bodyLimit
    }

    /// How a body is written.
    private enum Form {
        case events, json
    }

    /// Reads the answer to its end. Parts are passed on once per piece of the body.
    mutating func run(onParts: (@Sendable ([ModelPart]) async -> Void)?) async throws(ModelError) -> ModelReply {
        var first: [UInt8]? = nil
        let form: Form
        if let told = try told() {
            form = told
        } else {
            first = try await next()
            form = try Self.guessed(first ?? [])
        }
        switch form {
        case .events: try await readEvents(first, onParts)
        case .json: try await readWhole(first)
        }
        let reply = try reader.end()
        await pass(onParts)
        return reply
    }

    /// The form that the response's type tells; nil when it has none.
    private func told() throws(ModelError) -> Form? {
        guard let type = response.header("content-type")?.lowercased() else { return nil }
        let name = String(type.prefix { $0 != ";" && $0 != " " })
        if name == "text/event-stream" { return .events }
        if name == "application/json" || name.hasPrefix("application/") && name.hasSuffix("+json") { return .json }
        if name.isEmpty { return nil }
        throw ModelError(
            .protocol,
            "what answers is no model API: its content type is '\(name.prefix(64))'. Check the base URL, and whether a "
                + "proxy or a login page stands in between.")
    }

    private static func guessed(_ bytes: [UInt8]) throws(ModelError) -> Form {
        guard let byte = WireBytes.trimmed(bytes[...]).first else { return .events }
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { return .json }
        // The fields of an event, or a comment.
        if "dei:r".utf8.contains(byte) { return .events }
        throw ModelError(.protocol, "what answers is no model API: it names no content type and sends no JSON")
    }

    /// The next piece of the body; nil at its end, and also when it breaks off after the answer was complete.
    private mutating func next() async throws(ModelError) -> [UInt8]? {
        let piece: [UInt8]?
        do throws(HTTPFailure) { piece = try await response.body.next() } catch {
            if reader.isComplete, error.kind != .cancelled, error.kind != .stopped { return nil }
            throw WireFailure.error(error, status: response.status)
        }
        received += piece?.count ?? 0
        guard received <= bodyLimit else {
            throw ModelError(.limit, "the answer has more than \(bodyLimit) bytes", status: response.status)
        }
        return piece
    }

    private mutating func readEvents(
        _ first: [UInt8]?, _ onParts: (@Sendable ([ModelPart]) async -> Void)?
    ) async throws(ModelError) {
        var events = SSEDecoder(eventBytes: bodyLimit)
        var piece = first
        if piece == nil { piece = try await next() }
        while let bytes = piece {
            events.feed(bytes)
            do throws(ModelError) { try takeEvents(&events) } catch {
                // What came before the error was part of the answer, however the pieces were cut.
                await pass(onParts)
                throw error
            }
            await pass(onParts)
            if reader.isTerminated { return }
            piece = try await next()
        }
        guard !reader.isComplete, events.isInsideEvent else { return }
        // Some servers leave out the blank line behind their last event. It counts when it is whole.
        events.feed([10, 10])
        do throws(ModelError) { try takeEvents(&events) } catch {
            if error.kind == .decode { throw .truncatedStream }
            throw error
        }
    }

    private mutating func takeEvents(_ events: inout SSEDecoder) throws(ModelError) {
        while !reader.isTerminated {
            let event: SSEEvent?
            do throws(HTTPFailure) { event = try events.next() } catch {
                throw WireFailure.error(error, status: response.status)
            }
            guard let event else { return }
            try reader.take(event: event.name, data: event.data)
        }
    }

    private mutating func readWhole(_ first: [UInt8]?) async throws(ModelError) {
        var whole = first ?? []
        while let piece = try await next() { whole += piece }
        try reader.take(whole: whole[...])
    }

    private mutating func pass(_ onParts: (@Sendable ([ModelPart]) async -> Void)?) async {
        let parts = reader.takeParts()
        guard !parts.isEmpty, let onParts else { return }
        hasPassedParts = true
        await onParts(parts)
    }
}
