/// Why a WebSocket has failed: the code that the close frame carries.
package struct WebSocketFailure: Error, Hashable {
    package var code: WebSocketCloseCode
    package var reason: String

    package init(_ code: WebSocketCloseCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

/// Reads the frames of a client, wherever the bytes are cut (RFC 6455, section 5; compression: RFC 7692).
///
/// A message that lies in the input as a whole is handed out where it lies, unmasked in place.
package struct WebSocketDecoder {
    /// The bytes of a message.
    package enum Payload {
        /// These bytes of the input, unmasked.
        case input(Range<Int>)
        /// Put together from several pieces.
        case bytes([UInt8])
    }

    /// What the bytes have brought.
    package enum Event {
        case text(Payload)
        case binary(Payload)
        case ping([UInt8])
        case pong([UInt8])
        /// The client closes: its code, ``WebSocketCloseCode/noStatus`` without one, and its reason.
        case close(WebSocketCloseCode, String)
        /// The client broke the protocol or a limit. Nothing that follows is read.
        case failed(WebSocketFailure)
    }

    private struct Frame {
        var opcode: WebSocketOpcode
        var isFinal: Bool
        var isCompressed: Bool
        var left: Int
        var key: UInt32
        /// How far the key has been used, 0 to 3.
        var phase: Int
    }

    private let messageLimit: Int
    /// Undoes compression; nil when it was not agreed upon. With its own window when context is kept.
    package var inflater: MessageInflater?
    /// The first bytes of a frame's header that has not come as a whole.
    private var header: [UInt8] = []
    private var frame: Frame?
    /// What the message under way is; nil between messages.
    private var opcode: WebSocketOpcode?
    private var isCompressed = false
    private var message: [UInt8] = []
    private var utf8 = UTF8Validator()
    private var control: [UInt8] = []
    private var hasEnded = false

    /// Messages of more than `messageLimit` bytes, decompressed, are refused with 1009.
    package init(messageLimit: Int, inflater: MessageInflater? = nil) {
        self.messageLimit = messageLimit
        self.inflater = inflater
    }

    /// Takes bytes of `input` from `position` on until something is complete; nil when all are taken.
    package mutating func next(_ input: UnsafeMutableRawBufferPointer, _ position: inout Int) -> Event? {
        do {
            return try step(input, &position)
        } catch {
            hasEnded = true
            position = input.count
            message = []
            return .failed(error)
        }
    }

    private mutating func step(
        _ input: UnsafeMutableRawBufferPointer, _ position: inout Int
    ) throws(WebSocketFailure) -> Event? {
        while !hasEnded {
            if frame == nil {
                guard let started = try start(input, &position) else { return nil }
                frame = started
                if let event = try begin(started, input, &position) { return event }
            }
            guard var current = frame else { return nil }
            let count = min(current.left, input.count - position)
            if count > 0 {
                let piece = UnsafeMutableRawBufferPointer(rebasing: input[position..<(position + count)])
                current.phase = unmask(piece, current.key, from: current.phase)
                try keep(UnsafeRawBufferPointer(piece), of: current)
                position += count
                current.left -= count
            }
            frame = current
            if current.left > 0 { return nil }
            frame = nil
            if let event = try end(current) { return event }
        }
        position = input.count
        return nil
    }

    // MARK: the beginning of a frame

    /// The header of the next frame, checked; nil while it is not complete.
    private mutating func start(
        _ input: UnsafeMutableRawBufferPointer, _ position: inout Int
    ) throws(WebSocketFailure) -> Frame? {
        if header.isEmpty, input.count - position >= Self.longestHeader {
            return try read(UnsafeRawBufferPointer(rebasing: input[position...]), &position).get()
        }
        // Byte by byte near the end of the input: wrong first bytes are refused without waiting for the others.
        while position < input.count {
            header.append(input[position])
            position += 1
            var used = 0
            if let found = try header.withUnsafeBytes({ read($0, &used) }).get() {
                header = []
                return found
            }
        }
        return nil
    }

    private static var longestHeader: Int { 14 }

    private func read(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Result<Frame?, WebSocketFailure> {
        func broken(_ reason: String) -> Result<Frame?, WebSocketFailure> {
            .failure(WebSocketFailure(.protocolError, reason))
        }
        let first = bytes[0]
        guard let opcode = WebSocketOpcode(rawValue: first & 15) else { return broken("a reserved opcode") }
        let isFinal = first & 0x80 != 0
        let isCompressed = first & 0x40 != 0
        let isControl = opcode.rawValue >= 8
        if first & 0x30 != 0 { return broken("a reserved bit") }
        if isCompressed, inflater == nil || isControl || opcode == .continuation { return broken("a reserved bit") }
        if isControl {
            if !isFinal { return broken("a control frame in pieces") }
        } else if opcode == .continuation {
            if self.opcode == nil { return broken("a continuation of nothing") }
        } else if self.opcode != nil {
            return broken("a new message inside of another")
        }
        guard bytes.count >= 2 else { return .success(nil) }
        if bytes[1] & 0x80 == 0 { return broken("a frame that is not masked") }
        let short = Int(bytes[1] & 127)
        if isControl && short > 125 { return broken("a control frame of more than 125 bytes") }
        let lengthBytes = short == 126 ? 2 : short == 127 ? 8 : 0
        guard bytes.count >= 2 + lengthBytes else { return .success(nil) }
        var length = UInt64(short)
        if lengthBytes > 0 {
            length = 0
            for index in 0..<lengthBytes { length = length << 8 | UInt64(bytes[2 + index]) }
            if length < (lengthBytes == 2 ? 126 : 65536) || length > UInt64(Int64.max) {
                return broken("a length that is not written in the fewest bytes")
            }
        }
        if !isControl, length > UInt64(max(0, messageLimit - message.count)) {
            return .failure(WebSocketFailure(.tooBig, "a message of more than \(messageLimit) bytes"))
        }
        let count = 2 + lengthBytes + 4
        guard bytes.count >= count else { return .success(nil) }
        position += count
        return .success(
            Frame(
                opcode: opcode, isFinal: isFinal, isCompressed: isCompressed, left: Int(length),
                key: bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self), phase: 0))
    }

    /// Notes what a data frame begins, and takes the quick way when it is a whole message that lies in the input.
    private mutating func begin(
        _ frame: Frame, _ input: UnsafeMutableRawBufferPointer, _ position: inout Int
    ) throws(WebSocketFailure) -> Event? {
        guard frame.opcode == .text || frame.opcode == .binary else { return nil }
        if frame.isFinal, !frame.isCompressed, input.count - position >= frame.left {
            let range = position..<(position + frame.left)
            let piece = UnsafeMutableRawBufferPointer(rebasing: input[range])
            _ = unmask(piece, frame.key, from: 0)
            position = range.upperBound
            self.frame = nil
            guard frame.opcode == .text else { return .binary(.input(range)) }
            var check = UTF8Validator()
            guard check.take(UnsafeRawBufferPointer(piece)), check.isComplete else { throw Self.notUTF8 }
            return .text(.input(range))
        }
        opcode = frame.opcode
        isCompressed = frame.isCompressed
        utf8 = UTF8Validator()
        return nil
    }

    // MARK: its payload and its end

    private mutating func keep(_ bytes: UnsafeRawBufferPointer, of frame: Frame) throws(WebSocketFailure) {
        if frame.opcode.rawValue >= 8 {
            control.append(contentsOf: bytes)
            return
        }
        if opcode == .text, !isCompressed, !utf8.take(bytes) { throw Self.notUTF8 }
        message.append(contentsOf: bytes)
    }

    private mutating func end(_ frame: Frame) throws(WebSocketFailure) -> Event? {
        switch frame.opcode {
        case .ping: return .ping(takeControl())
        case .pong: return .pong(takeControl())
        case .close:
            hasEnded = true
            return try closing(takeControl())
        case .continuation, .text, .binary:
            guard frame.isFinal else { return nil }
            return try takeMessage()
        }
    }

    private mutating func takeControl() -> [UInt8] {
        defer { control = [] }
        return control
    }

    private mutating func takeMessage() throws(WebSocketFailure) -> Event {
        var whole = message
        let isText = opcode == .text
        message = []
        opcode = nil
        if isCompressed, let inflater {
            do {
                whole = try inflater.stream.message(whole, keepsContext: inflater.keepsContext, limit: messageLimit)
            } catch {
                throw error == .tooLarge
                    ? WebSocketFailure(.tooBig, "a message of more than \(messageLimit) bytes")
                    : WebSocketFailure(.invalidData, "a compressed message that is damaged")
            }
            if isText, !whole.withUnsafeBytes({ utf8.take($0) }) { throw Self.notUTF8 }
        }
        if isText, !utf8.isComplete { throw Self.notUTF8 }
        return isText ? .text(.bytes(whole)) : .binary(.bytes(whole))
    }

    private func closing(_ payload: [UInt8]) throws(WebSocketFailure) -> Event {
        if payload.isEmpty { return .close(.noStatus, "") }
        guard payload.count >= 2 else { throw WebSocketFailure(.protocolError, "a close frame of one byte") }
        let code = WebSocketCloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.isSendable else { throw WebSocketFailure(.protocolError, "a close code that may not be sent") }
        guard let reason = String(validating: payload[2...], as: UTF8.self) else { throw Self.notUTF8 }
        return .close(code, reason)
    }

    private static var notUTF8: WebSocketFailure { WebSocketFailure(.invalidData, "text that is not UTF-8") }
}

/// Combines `bytes` with a frame's key in place, eight at a time; gives how far the key has been used.
@inline(__always)
func unmask(_ bytes: UnsafeMutableRawBufferPointer, _ key: UInt32, from phase: Int) -> Int {
    // The key's first byte lies lowest in memory, so turning it right skips bytes that were used.
    let turned = phase == 0 ? key : key >> UInt32(8 * phase) | key << UInt32(32 - 8 * phase)
    let wide = UInt64(turned) << 32 | UInt64(turned)
    let count = bytes.count
    var index = 0
    while index + 8 <= count {
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
        bytes.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
        index += 8
    }
    while index < count {
        bytes[index] ^= UInt8(truncatingIfNeeded: turned >> UInt32(8 * (index & 3)))
        index += 1
    }
    return (phase + count) & 3
}
