internal import CZlib

/// Compresses. The stream stands at a fixed address, because zlib keeps a pointer back to it.
final class Deflater {
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil when there is no memory. `windowBits` as zlib takes them: negative for raw deflate, 16 more for gzip.
    init?(level: Int32, windowBits: Int32, memoryLevel: Int32 = 8) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard operon_deflate_init(stream, level, windowBits, memoryLevel) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Everything at once, with the end of the stream; nil when zlib gives up.
    func finish(_ bytes: [UInt8]) -> [UInt8]? {
        bytes.withUnsafeBytes { run($0, flush: Z_FINISH) }
    }

    /// One message: ended by a flush whose last four bytes are left out (RFC 7692, section 7.2.1). Without
    /// `keepsContext` nothing of earlier messages is referred to.
    func message(_ bytes: UnsafeRawBufferPointer, keepsContext: Bool) -> [UInt8]? {
        if !keepsContext { deflateReset(stream) }
        // A second flush without data gives nothing at all; an empty block stands for it (section 7.2.3.6).
        if bytes.isEmpty { return [0] }
        guard var packed = run(bytes, flush: Z_SYNC_FLUSH), packed.count >= 4 else { return nil }
        packed.removeLast(4)
        return packed
    }

    private func run(_ bytes: UnsafeRawBufferPointer, flush: Int32) -> [UInt8]? {
        guard bytes.count <= Int(UInt32.max) else { return nil }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(bytes.count)
        defer { stream.pointee.next_in = nil }
        var packed: [UInt8] = []
        var room = min(1 << 20, bytes.count / 2 + 128)
        while true {
            var isFull = false
            var code: Int32 = Z_OK
            packed.append(
                contentsOf: [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                    stream.pointee.next_out = buffer.baseAddress
                    stream.pointee.avail_out = UInt32(room)
                    code = deflate(stream, flush)
                    count = room - Int(stream.pointee.avail_out)
                    isFull = stream.pointee.avail_out == 0
                })
            if code == Z_STREAM_ERROR { return nil }
            if code == Z_STREAM_END || flush != Z_FINISH && !isFull { return packed }
            room = 1 << 16
        }
    }
}

/// Decompresses messages of raw deflate.
final class Inflater {
    /// Why a message cannot be had.
    enum Failure: Error {
        case damaged
        case tooLarge
    }

    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil when there is no memory.
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard operon_inflate_init(stream, -15) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// The message whose compressed form is `packed`, at most `limit` bytes of it (RFC 7692, section 7.2.2). Without
    /// `keepsContext` it may not refer to earlier ones.
    func message(_ packed: [UInt8], keepsContext: Bool, limit: Int) throws(Failure) -> [UInt8] {
        if !keepsContext { inflateReset(stream) }
        var source = packed
        source.append(contentsOf: [0, 0, 0xFF, 0xFF])
        var message: [UInt8] = []
        var failure: Failure?
        source.withUnsafeMutableBufferPointer { source in
            stream.pointee.next_in = source.baseAddress
            stream.pointee.avail_in = UInt32(source.count)
            repeat {
                // One byte more than the limit shows that there is more.
                let room = max(1, min(limit + 1 - message.count, max(1024, 4 * source.count), 1 << 18))
                var code: Int32 = Z_OK
                message.append(
                    contentsOf: [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                        stream.pointee.next_out = buffer.baseAddress
                        stream.pointee.avail_out = UInt32(room)
                        code = inflate(stream, Z_SYNC_FLUSH)
                        count = room - Int(stream.pointee.avail_out)
                    })
                if code == Z_STREAM_END {
                    // A final block inside a message: the next block starts afresh and still sees the window.
                    inflateResetKeep(stream)
                } else if code != Z_OK && code != Z_BUF_ERROR {
                    failure = .damaged
                }
                if message.count > limit { failure = .tooLarge }
                if code == Z_BUF_ERROR && stream.pointee.avail_out > 0 { break }
            } while failure == nil && (stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0)
        }
        stream.pointee.next_in = nil
        if let failure { throw failure }
        return message
    }
}
