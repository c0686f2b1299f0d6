/// What a server does with one WebSocket, or with many. All calls come from the loop's thread, one after the other for
/// each connection, and must return soon: what takes time is handed on.
public protocol WebSocketHandler: Sendable {
    /// The connection is open.
    func onOpen(_ connection: WebSocketConnection)
    /// A text message, UTF-8. The bytes are valid during the call.
    func onText(_ text: Span<UInt8>, _ connection: WebSocketConnection)
    /// A binary message. The bytes are valid during the call.
    func onBinary(_ bytes: Span<UInt8>, _ connection: WebSocketConnection)
    /// The connection is over: with the client's code and reason, with the server's own, or with
    /// ``WebSocketCloseCode/abnormal`` when it broke. Called once.
    func onClose(_ connection: WebSocketConnection, _ code: WebSocketCloseCode, _ reason: String)
}

extension WebSocketHandler {
    /// Does nothing.
    public func onOpen(_ connection: WebSocketConnection) {}
    /// Closes with 1003.
    public func onBinary(_ bytes: Span<UInt8>, _ connection: WebSocketConnection) {
        connection.close(.unsupportedData, "only text is understood here")
    }
    /// Does nothing.
    public func onClose(_ connection: WebSocketConnection, _ code: WebSocketCloseCode, _ reason: String) {}
}

extension Span<UInt8> {
    /// A copy of the bytes.
    public var array: [UInt8] { withUnsafeBufferPointer { Array($0) } }
    /// The bytes as text; what is not UTF-8 is replaced.
    public var string: String { withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }
}

/// What happens when more waits to be written to a WebSocket than may.
public enum WebSocketOverflow: Sendable {
    /// The oldest messages are shed. One notice takes their place; the closure writes it, as text, and gets their number.
    case dropOldest(notice: @Sendable (_ shed: UInt64) -> [UInt8])
    /// The connection is closed with 1013.
    case close
    /// Nothing is read until there is room: for handlers that send only in answer to what they receive. One that sends
    /// far more than that is closed with 1013.
    case stopReading
}

/// How a request becomes a WebSocket.
public struct WebSocketUpgrade: Sendable {
    /// Who handles it.
    public var handler: any WebSocketHandler
    /// The subprotocol that was chosen among those that the client has offered. Defaults to none.
    public var subprotocol: String?
    /// The largest message that is taken, in bytes after decompression. Defaults to 64 KiB; more is closed with 1009.
    public var messageBytes: Int
    /// Bytes that may wait to be written. Defaults to 1 MiB.
    public var outboxBytes: Int
    /// What happens beyond that. Defaults to `.close`.
    public var whenFull: WebSocketOverflow
    /// How messages are compressed, if the client offers that. Defaults to each by itself, from 1 KiB on.
    public var compression: WebSocketCompression

    /// Makes the upgrade.
    public init(
        _ handler: any WebSocketHandler, subprotocol: String? = nil, messageBytes: Int = 64 << 10,
        outboxBytes: Int = 1 << 20, whenFull: WebSocketOverflow = .close,
        compression: WebSocketCompression = .perMessage(leastBytes: 1 << 10)
    ) {
        self.handler = handler
        self.subprotocol = subprotocol
        self.messageBytes = messageBytes
        self.outboxBytes = outboxBytes
        self.whenFull = whenFull
        self.compression = compression
    }
}
