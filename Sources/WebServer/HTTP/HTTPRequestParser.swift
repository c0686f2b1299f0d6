/// Reads requests from bytes, wherever these are cut: HTTP/1.1 and 1.0 (RFC 9112), strictly. Whatever two readers could
/// understand differently is refused, because a proxy in front may have understood it otherwise (request smuggling).
package struct HTTPRequestParser {
    /// What the bytes have brought.
    package enum Event {
        /// All bytes are taken; more are needed.
        case needsMore
        /// A head is complete. When it announces a body, ``admit(bodyBytes:)`` may set another limit for it.
        case head(HTTPRequestHead)
        /// A piece of the body: these bytes of the input.
        case body(Range<Int>)
        /// The request is complete; the next one may follow.
        case end(HTTPFields)
        /// This is no request. Nothing that follows can be understood.
        case refused(HTTPRefusal)
    }

    private enum State {
        case head
        case length(Int)
        case chunkSize
        case chunkData(Int)
        case chunkEnd
        case trailers
        case end
        case refused(HTTPRefusal)
    }

    private let limits: HTTPLimits
    private var state = State.head
    /// The lines of the head, of a chunk's size or of the trailers, as far as they have come.
    private var lines = HTTPLineBuffer()
    private var trailers = HTTPFields()
    private var bodyBytes = 0
    private var bodyLimit: Int
    private var overheadBytes = 0

    package init(limits: HTTPLimits) {
        self.limits = limits
        bodyLimit = limits.bodyBytes
    }

    /// Whether a request has begun and is not complete.
    package var isInsideRequest: Bool {
        if case .head = state { return !lines.isEmpty }
        return true
    }

    /// Whether the head is complete and the body is not.
    package var isInsideBody: Bool {
        if case .head = state { return false }
        return true
    }

    /// Sets the limit of the body of the request whose head has just come. Throws 413 when it announces more.
    package mutating func admit(bodyBytes limit: Int) throws(HTTPRefusal) {
        bodyLimit = limit
        if case .length(let count) = state, count > limit {
            let refusal = HTTPRefusal(413, "the body has more than \(limit) bytes")
            state = .refused(refusal)
            throw refusal
        }
    }

    /// Takes bytes of `input` from `position` on, until something is complete.
    package mutating func next(_ input: Span<UInt8>, _ position: inout Int) -> Event {
        do {
            return try step(input, &position)
        } catch {
            state = .refused(error)
            return .refused(error)
        }
    }

    private mutating func step(_ input: Span<UInt8>, _ position: inout Int) throws(HTTPRefusal) -> Event {
        while true {
            switch state {
            case .head:
                guard try lines.take(input, &position, isHead: true, limits) else { return .needsMore }
                let head = try HTTPHeadReader.read(&lines)
                bodyBytes = 0
                overheadBytes = 0
                bodyLimit = limits.bodyBytes
                trailers = HTTPFields()
                switch head.framing {
                case .none: state = .end
                case .length(let count): state = count == 0 ? .end : .length(count)
                case .chunked: state = .chunkSize
                }
                return .head(head)
            case .length(let left):
                guard position < input.count else { return .needsMore }
                let count = min(left, input.count - position)
                state = count == left ? .end : .length(left - count)
                defer { position += count }
                return .body(position..<(position + count))
            case .chunkSize:
                guard try lines.takeLine(input, &position, limit: 1024) else { return .needsMore }
                let size = try HTTPHeadReader.chunkSize(lines.bytes)
                try spend(max(0, lines.bytes.count - 16))
                lines.removeAll()
                guard size <= bodyLimit - bodyBytes else {
                    throw HTTPRefusal(413, "the body has more than \(bodyLimit) bytes")
                }
                bodyBytes += size
                state = size == 0 ? .trailers : .chunkData(size)
            case .chunkData(let left):
                guard position < input.count else { return .needsMore }
                let count = min(left, input.count - position)
                state = count == left ? .chunkEnd : .chunkData(left - count)
                defer { position += count }
                return .body(position..<(position + count))
            case .chunkEnd:
                guard try lines.takeLine(input, &position, limit: 2) else { return .needsMore }
                guard lines.bytes.isEmpty else { throw HTTPRefusal(400, "a chunk is longer than its size") }
                lines.removeAll()
                state = .chunkSize
            case .trailers:
                guard try lines.takeLine(input, &position, limit: limits.chunkOverheadBytes) else {
                    return .needsMore
                }
                if lines.bytes.isEmpty {
                    lines.removeAll()
                    state = .end
                } else {
                    try spend(lines.bytes.count)
                    let field = try HTTPHeadReader.field(lines.bytes[...])
                    guard !HTTPHeadReader.isForbiddenTrailer(field.name),
                        trailers.entries.count < limits.headerCount
                    else {
                        throw HTTPRefusal(400, "a trailer that may not be one, or too many of them")
                    }
                    trailers.append(field.name, field.value)
                    lines.removeAll()
                }
            case .end:
                state = .head
                return .end(trailers)
            case .refused(let refusal):
                position = input.count
                return .refused(refusal)
            }
        }
    }

    /// Counts what chunked coding spends beyond data. A body of one-byte chunks with long extensions is an attack.
    private mutating func spend(_ count: Int) throws(HTTPRefusal) {
        overheadBytes += count
        if overheadBytes > limits.chunkOverheadBytes {
            throw HTTPRefusal(400, "chunked coding spends more than \(limits.chunkOverheadBytes) bytes on itself")
        }
    }
}
