/// Bytes ready for the wire, written once and referred to by every connection that sends them.
///
/// @unchecked Sendable because the bytes are never written after the initializer has returned.
final class WireBytes: @unchecked Sendable {
    let start: UnsafeRawPointer
    let count: Int

    /// Copies `parts` one behind the other.
    init(_ parts: [UInt8]...) {
        let count = parts.reduce(0) { $0 + $1.count }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, count), alignment: 8)
        var end = 0
        for part in parts {
            part.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(start: memory + end, count: $0.count).copyMemory(from: $0)
            }
            end += part.count
        }
        start = UnsafeRawPointer(memory)
        self.count = count
    }

    /// Copies `parts` one behind the other.
    init(_ parts: [WireBytes]) {
        let count = parts.reduce(0) { $0 + $1.count }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, count), alignment: 8)
        var end = 0
        for part in parts {
            (memory + end).copyMemory(from: part.start, byteCount: part.count)
            end += part.count
        }
        start = UnsafeRawPointer(memory)
        self.count = count
    }

    deinit { start.deallocate() }
}

/// A message, encoded as a frame once and shared by all its receivers.
public struct SharedFrame: Sendable {
    let opcode: WebSocketOpcode
    /// The frame without compression.
    let wire: WireBytes
    private let headerCount: Int

    /// A text frame. `text` must be UTF-8.
    public init(text: [UInt8]) { self.init(.text, text) }

    /// A text frame.
    public init(text: String) { self.init(.text, Array(text.utf8)) }

    /// A binary frame.
    public init(binary: [UInt8]) { self.init(.binary, binary) }

    init(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        self.opcode = opcode
        let header = WebSocketEncoder.header(opcode, count: payload.count)
        headerCount = header.count
        wire = WireBytes(header, payload)
    }

    /// Bytes on the wire, without compression.
    public var byteCount: Int { wire.count }

    /// What the frame carries.
    var payload: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: wire.start + headerCount, count: wire.count - headerCount)
    }
}
