internal import Glibc
public import Values

/// The two APIs that the server speaks.
public enum FaultAPI: String, Sendable, CaseIterable {
    /// `POST …/chat/completions`
    case openAI = "openai"
    /// `POST …/v1/messages`
    case anthropic
}

/// A request as it arrived.
public struct FaultRequest: Sendable {
    /// The method.
    public var method: String
    /// The path with its query.
    public var path: String
    /// The headers in order, their names as they came.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: [UInt8]
    /// When its last byte arrived.
    public var at: ContinuousClock.Instant
    /// The number of its connection, from 1, over the whole server.
    public var connection: Int

    /// The first segment of the path: the scenario that answers.
    public var scenario: String { String(path.dropFirst().prefix { $0 != "/" && $0 != "?" }) }
    /// The API that the path belongs to; nil when it is neither.
    public var api: FaultAPI? {
        let path = path.prefix { $0 != "?" }
        if path.hasSuffix("/chat/completions") { return .openAI }
        return path.hasSuffix("/v1/messages") ? .anthropic : nil
    }
    /// The body as JSON; null when it is none.
    public var json: JSON { (try? JSON(parsing: body)) ?? .null }
    /// Whether a streamed answer is asked for.
    public var wantsStream: Bool { json["stream"]?.bool ?? false }
    /// The first value of a header, whatever the case of its name.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
    /// Everything that was sent as text: for looking for what must not be there.
    public var text: String {
        "\(method) \(path)\n" + headers.map { "\($0.name): \($0.value)\n" }.joined()
            + String(decoding: body, as: UTF8.self)
    }
}

/// Reads requests from a connection and performs replies on it. Belongs to one thread.
struct FaultConnection: Sendable {
    let pipe: FaultPipe
    let number: Int
    private var unread: [UInt8] = []

    enum End { case kept, ended, left }

    init(pipe: FaultPipe, number: Int) {
        self.pipe = pipe
        self.number = number
    }

    /// The next request; nil when the client has left or sends none.
    mutating func next() -> FaultRequest? {
        let mark = Array("\r\n\r\n".utf8)
        var end: Int?
        while end == nil {
            end =
                unread.count < 4
                ? nil : (0...(unread.count - 4)).first { unread[$0..<($0 + 4)].elementsEqual(mark) }
            if end == nil {
                let more = pipe.receive()
                if more.isEmpty { return nil }
                unread += more
            }
        }
        guard let end else { return nil }
        let lines = String(decoding: unread[..<end], as: UTF8.self).split(separator: "\r\n")
        unread.removeFirst(end + 4)
        guard let first = lines.first?.split(separator: " "), first.count == 3 else { return nil }
        let headers = lines.dropFirst().map { line -> (name: String, value: String) in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        var request = FaultRequest(
            method: String(first[0]), path: String(first[1]), headers: headers, body: [], at: .now,
            connection: number)
        let length = request.header("content-length").flatMap { Int($0) } ?? 0
        if request.header("expect") != nil, !pipe.send("HTTP/1.1 100 Continue\r\n\r\n".utf8) { return nil }
        while unread.count < length {
            let more = pipe.receive()
            if more.isEmpty { return nil }
            unread += more
        }
        request.body = Array(unread[..<length])
        request.at = .now
        unread.removeFirst(length)
        return request
    }

    /// Performs a reply.
    func perform(_ actions: [FaultAction]) -> End {
        for action in actions {
            switch action {
            case .send(let bytes): if !pipe.send(bytes) { return .left }
            case .drip(let bytes, let size, let milliseconds):
                var rest = bytes[...]
                while !rest.isEmpty {
                    if !pipe.send(rest.prefix(size)) { return .left }
                    rest = rest.dropFirst(size)
                    if let end = pause(milliseconds) { return end }
                }
            case .repeated(let bytes, let count, let milliseconds):
                var done = 0
                while done < count {
                    if !pipe.send(bytes) { return .left }
                    done += 1
                    if let end = pause(milliseconds) { return end }
                }
            case .pause(let milliseconds): if let end = pause(milliseconds) { return end }
            case .hold(let gate):
                switch pipe.wait(gate: gate, watchesLeaving: true) {
                case .left: return .left
                case .stopped: return .ended
                case .ready, .elapsed: break
                }
            case .hang: return pipe.wait(watchesLeaving: true) == .left ? .left : .ended
            case .finish:
                pipe.finish()
                return .ended
            case .reset:
                // What was sent before must have been read, or the reset would take it away.
                if let end = pause(50) { return end }
                pipe.reset()
                return .ended
            }
        }
        return .kept
    }

    private func pause(_ milliseconds: Int) -> End? {
        guard milliseconds > 0 else { return nil }
        switch pipe.wait(timeout: Int32(clamping: milliseconds), watchesLeaving: true) {
        case .elapsed, .ready: return nil
        case .left: return .left
        case .stopped: return .ended
        }
    }
}
