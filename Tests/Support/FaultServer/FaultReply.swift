/// One thing that a reply does on its connection.
public enum FaultAction: Sendable {
    /// Sends bytes as they stand.
    case send([UInt8])
    /// Sends bytes in pieces of `size`, with a pause after each.
    case drip([UInt8], size: Int, pauseMilliseconds: Int)
    /// Sends the same bytes again and again, with a pause after each time; `Int.max` means until the client leaves.
    case repeated([UInt8], count: Int, pauseMilliseconds: Int)
    /// Does nothing for so long.
    case pause(milliseconds: Int)
    /// Waits until the gate is open.
    case hold(FaultGate)
    /// Sends nothing more and keeps the connection until the client leaves.
    case hang
    /// Ends the connection in order (FIN).
    case finish
    /// Ends the connection with a reset (RST).
    case reset

    /// Sends text as UTF-8.
    public static func text(_ text: String) -> FaultAction { .send(Array(text.utf8)) }
}

/// What the server does with one request. When its actions are over, the connection waits for the next request.
public struct FaultReply: Sendable {
    /// What is done for a request.
    public let actions: @Sendable (FaultRequest) -> [FaultAction]

    /// A reply that depends on its request.
    public init(_ actions: @escaping @Sendable (FaultRequest) -> [FaultAction]) { self.actions = actions }

    /// The same for every request.
    public static func raw(_ actions: [FaultAction]) -> FaultReply { FaultReply { _ in actions } }

    /// How the length of a body is told.
    public enum Framing: Sendable {
        /// `Content-Length`.
        case length
        /// `Transfer-Encoding: chunked`, a chunk per piece.
        case chunked
        /// By the end of the connection.
        case close
    }

    /// The head of a response; `headers` are complete lines without their ends.
    public static func head(_ status: Int, _ headers: [String]) -> [UInt8] {
        Array(("HTTP/1.1 \(status) Status\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n").utf8)
    }

    /// A chunk of a chunked body.
    public static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
    }

    /// The actions of a whole response with a body in pieces.
    public static func response(
        _ status: Int, _ headers: [String], _ pieces: [[UInt8]], framing: Framing = .length
    ) -> [FaultAction] {
        switch framing {
        case .length:
            let count = pieces.reduce(0) { $0 + $1.count }
            return [.send(head(status, headers + ["Content-Length: \(count)"]))] + pieces.map { .send($0) }
        case .chunked:
            // An empty chunk is the end of the body.
            return [.send(head(status, headers + ["Transfer-Encoding: chunked"]))]
                + pieces.filter { !$0.isEmpty }.map { .send(chunk($0)) } + [.text("0\r\n\r\n")]
        case .close:
            return [.send(head(status, headers + ["Connection: close"]))] + pieces.map { .send($0) } + [.finish]
        }
    }

    /// A response with a body of text.
    public static func http(
        _ status: Int, headers: [String] = [], body: String, type: String = "application/json"
    ) -> FaultReply {
        .raw(response(status, ["Content-Type: \(type)"] + headers, [Array(body.utf8)]))
    }

    /// What answers a request whose path names no scenario.
    static let unknownScenario = http(
        404, body: #"{"error":{"type":"not_found_error","message":"there is no such scenario"}}"#)
}
