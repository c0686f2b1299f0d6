/// What a frame carries (RFC 6455, section 5.2).
package enum WebSocketOpcode: UInt8, Hashable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10
}

/// Why a WebSocket ends (RFC 6455, section 7.4.1).
public struct WebSocketCloseCode: RawRepresentable, Sendable, Hashable {
    /// The number on the wire.
    public let rawValue: UInt16

    /// Any code.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 1000: the purpose is fulfilled.
    public static let normal = WebSocketCloseCode(rawValue: 1000)
    /// 1001: this side goes away.
    public static let goingAway = WebSocketCloseCode(rawValue: 1001)
    /// 1002: the other side broke the protocol.
    public static let protocolError = WebSocketCloseCode(rawValue: 1002)
    /// 1003: a kind of data that is not taken.
    public static let unsupportedData = WebSocketCloseCode(rawValue: 1003)
    /// 1005: the close frame had no code; never on the wire.
    public static let noStatus = WebSocketCloseCode(rawValue: 1005)
    /// 1006: the connection ended without a close frame; never on the wire.
    public static let abnormal = WebSocketCloseCode(rawValue: 1006)
    /// 1007: data that does not fit its type, as text that is not UTF-8.
    public static let invalidData = WebSocketCloseCode(rawValue: 1007)
    /// 1008: a rule of this server.
    public static let policy = WebSocketCloseCode(rawValue: 1008)
    /// 1009: a message that is too big.
    public static let tooBig = WebSocketCloseCode(rawValue: 1009)
    /// 1011: this side failed.
    public static let internalError = WebSocketCloseCode(rawValue: 1011)
    /// 1013: try again later; here: too slow to keep up.
    public static let tryAgainLater = WebSocketCloseCode(rawValue: 1013)

    /// Whether the code may stand in a close frame.
    package var isSendable: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

/// Writes frames as a server does: unmasked, in one piece.
package enum WebSocketEncoder {
    /// The bytes in front of a payload of `count` bytes.
    package static func header(_ opcode: WebSocketOpcode, count: Int, isCompressed: Bool = false) -> [UInt8] {
        let first = 0x80 | (isCompressed ? 0x40 : 0) | opcode.rawValue
        if count < 126 { return [first, UInt8(count)] }
        if count < 65536 { return [first, 126, UInt8(count >> 8), UInt8(count & 255)] }
        return [first, 127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
    }

    /// A whole frame.
    package static func frame(
        _ opcode: WebSocketOpcode, _ payload: some Collection<UInt8>, isCompressed: Bool = false
    ) -> [UInt8] {
        header(opcode, count: payload.count, isCompressed: isCompressed) + payload
    }

    /// The payload of a close frame: the code and as much of `reason` as fits, cut between characters.
    package static func closePayload(_ code: WebSocketCloseCode, _ reason: String) -> [UInt8] {
        guard code.isSendable else { return [] }
        var text = Substring(reason)
        while text.utf8.count > 123 { text.removeLast() }
        return [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 255)] + text.utf8
    }
}
