internal import CCurl

// libcurl calls these on the loop's thread, from within the loop's calls. They take bytes and leave notes; what follows
// from the notes happens when libcurl has returned, for nothing here may call into it. They stand at file scope, so
// that they inherit no isolation.

/// A piece of the body, decompressed. Any other result than `size * count` breaks the transfer off.
func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    guard let context, let bytes else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let length = size * count
    // Counted after decompression: a bomb ends here, whatever its size on the wire.
    guard transfer.received + length <= transfer.limits.bodyBytes else {
        transfer.verdict = HTTPFailure(.tooLarge, "the response has more than \(transfer.limits.bodyBytes) bytes")
        return 0
    }
    switch transfer.deliver(UnsafeRawBufferPointer(start: bytes, count: length)) {
    case .taken:
        transfer.received += length
        transfer.loop.note(transfer)
        return length
    case .full:
        // libcurl keeps these bytes, reads no more, and hands them over again when the loop lets it go on.
        transfer.isHeld = true
        transfer.deadlines.paused()
        return Int(CURL_WRITEFUNC_PAUSE)
    case .unwanted: return 0
    }
}

/// One line of a head, or a trailer.
func takeHeaderLine(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context, let bytes else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let length = size * count
    let step = UnsafeRawBufferPointer(start: bytes, count: length).withMemoryRebound(to: UInt8.self) {
        transfer.head.take($0)
    }
    switch step {
    case .more: break
    case .complete: transfer.deliver(transfer.head)
    case .tooLarge:
        transfer.verdict = HTTPFailure(
            .tooLarge, "the response has more than \(transfer.limits.headerBytes) bytes of headers")
        return 0
    }
    transfer.loop.note(transfer)
    return length
}

/// The connection stands, and the request is about to go out on it.
func beginRequest(
    _ context: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<CChar>?, _: UnsafeMutablePointer<CChar>?, _: Int32,
    _: Int32
) -> Int32 {
    guard let context else { return CURL_PREREQFUNC_ABORT }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    transfer.attempts += 1
    // libcurl sends a request again, whatever its method, when a kept connection breaks before the first byte of an
    // answer. The server may have acted on the first one, so only a request that may be repeated is (RFC 9110, 9.2.2).
    guard transfer.attempts == 1 || transfer.isIdempotent && transfer.attempts == 2 else {
        transfer.verdict = HTTPFailure(.reset, "a kept connection broke before the response")
        return CURL_PREREQFUNC_ABORT
    }
    guard transfer.markRequested() else { return CURL_PREREQFUNC_ABORT }
    transfer.loop.noteRequest(transfer)
    return CURL_PREREQFUNC_OK
}
