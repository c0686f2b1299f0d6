internal import Glibc

/// Takes the bytes of a `text/event-stream` as they come and gives its events, by the rules of the HTML Living Standard,
/// section 9.2.6 "Interpreting an event stream".
///
/// ```swift
/// var decoder = SSEDecoder()
/// while let bytes = try await body.next() {
///     decoder.feed(bytes)
///     while let event = try decoder.next() { … }
/// }
/// if decoder.isInsideEvent { /* the stream broke off in the middle of an event, which is dropped */ }
/// ```
///
/// The work is linear in the bytes, whatever the pieces: a line that lies within one piece is read in place, and only
/// what reaches over its end is copied, once.
public struct SSEDecoder: Sendable {
    /// The largest event, in bytes of its lines.
    public let eventBytes: Int
    /// The last `retry` of the stream: after how many milliseconds it asks to be connected again. A language model's
    /// stream is never resumed; whoever needs the number finds it here.
    public private(set) var retryMilliseconds: Int?

    // What was fed last, and how far it is read.
    private var input: [UInt8] = []
    private var at = 0
    /// Where the next LF and CR stand at or after `at`, as far as they were looked for. Each is looked for once per
    /// piece and line, not once per line for the whole piece, which would be quadratic.
    private var nextLF = -1
    private var nextCR = -1
    /// The line that reaches over the end of the input.
    private var partial: [UInt8] = []
    private var isFirstLine = true
    /// The last line ended with CR as the last byte of its piece: an LF at the next one's start belongs to it.
    private var skipsLF = false

    // The event that is being put together.
    private var data = ArraySlice<UInt8>()
    /// Data of several lines; `data` is then empty.
    private var joined: [UInt8] = []
    private var dataLines = 0
    private var name = SSEName()
    private var id = ""

    /// Makes a decoder.
    /// - Parameter eventBytes: the largest event, in bytes. Defaults to 16 MiB.
    public init(eventBytes: Int = 16 << 20) { self.eventBytes = eventBytes }

    /// Whether an event has begun and not ended. At the end of the stream this tells that it was cut: the standard has
    /// the rest dropped.
    public var isInsideEvent: Bool { at < input.count || !partial.isEmpty || dataLines > 0 || name.isSet }

    /// Takes the next bytes of the stream; then ``next()`` gives the events that they complete.
    public mutating func feed(_ bytes: [UInt8]) {
        if at < input.count {
            // The caller has not taken all events: the rest stays in front.
            input.removeFirst(at)
            input += bytes
        } else {
            input = bytes
        }
        at = 0
        nextLF = -1
        nextCR = -1
    }

    /// The next event that is complete; nil when more bytes are needed. Throws `tooLarge` for an event that is larger
    /// than ``eventBytes``, after which the decoder is of no more use.
    public mutating func next() throws(HTTPFailure) -> SSEEvent? {
        while let end = lineEnd() {
            let start = at
            at = end + 1
            if input[end] == 13 {
                if at < input.count { if input[at] == 10 { at += 1 } } else { skipsLF = true }
            }
            if partial.isEmpty {
                if let event = try take(input[start..<end]) { return event }
            } else {
                partial.append(contentsOf: input[start..<end])
                var line: [UInt8] = []
                swap(&line, &partial)
                if let event = try take(line[...]) { return event }
            }
        }
        partial.append(contentsOf: input[at...])
        // The piece is not needed any more, except for data that lies in it.
        input = []
        at = 0
        try check(partial.count)
        return nil
    }

    /// The place of the next line end.
    private mutating func lineEnd() -> Int? {
        if skipsLF, at < input.count {
            if input[at] == 10 { at += 1 }
            skipsLF = false
        }
        if nextLF < at { nextLF = place(of: 10) }
        if nextCR < at { nextCR = place(of: 13) }
        let end = min(nextLF, nextCR)
        return end < input.count ? end : nil
    }

    private func place(of byte: Int32) -> Int {
        input.withUnsafeBytes { bytes in
            guard at < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + at, byte, bytes.count - at)
            else { return Int.max }
            return UnsafeRawPointer(found) - base
        }
    }

    private func check(_ more: Int) throws(HTTPFailure) {
        guard data.count + joined.count + more <= eventBytes else {
            throw HTTPFailure(.tooLarge, "an event of the stream has more than \(eventBytes) bytes")
        }
    }

    /// One line without its end. Gives the event that an empty line completes.
    private mutating func take(_ whole: ArraySlice<UInt8>) throws(HTTPFailure) -> SSEEvent? {
        var line = whole
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        }
        guard let first = line.first else { return dispatch() }
        if first == UInt8(ascii: ":") { return nil }
        try check(line.count)
        // Nearly all lines are data, and nearly all of the rest are names.
        if let value = Self.value(of: line, field: "data") {
            appendData(value)
        } else if let value = Self.value(of: line, field: "event") {
            name.set(value)
        } else if let value = Self.value(of: line, field: "id") {
            if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        } else if let value = Self.value(of: line, field: "retry") {
            if !value.isEmpty, value.allSatisfy({ (48...57).contains($0) }) {
                retryMilliseconds = Int(String(decoding: value, as: UTF8.self)) ?? retryMilliseconds
            }
        }
        return nil
    }

    private mutating func appendData(_ value: ArraySlice<UInt8>) {
        switch dataLines {
        case 0: data = value
        case 1:
            joined = Array(data)
            data = []
            fallthrough
        default:
            joined.append(10)
            joined.append(contentsOf: value)
        }
        dataLines += 1
    }

    /// The event that ends here; none without a `data` line.
    private mutating func dispatch() -> SSEEvent? {
        let text = name.take()
        guard dataLines > 0 else { return nil }
        let event = SSEEvent(name: text, data: dataLines == 1 ? data : joined[...], id: id)
        data = []
        joined = []
        dataLines = 0
        return event
    }

    /// The value of a line `field: value`, `field:value` or `field`; nil when it is another field's.
    private static func value(of line: ArraySlice<UInt8>, field: StaticString) -> ArraySlice<UInt8>? {
        let length = field.utf8CodeUnitCount
        let isField = line.withUnsafeBytes { bytes in
            guard bytes.count >= length, let start = bytes.baseAddress else { return false }
            return memcmp(start, field.utf8Start, length) == 0
                && (bytes.count == length || bytes[length] == UInt8(ascii: ":"))
        }
        guard isField else { return nil }
        let start = line.startIndex + length + 1
        guard start < line.endIndex else { return line[line.endIndex...] }
        return line[start] == 32 ? line[(start + 1)...] : line[start...]
    }
}

/// The type of an event, which most often is the one of the event before: then no text is made anew.
private struct SSEName: Sendable {
    private var bytes: [UInt8] = []
    private var text = ""
    private(set) var isSet = false

    mutating func set(_ value: ArraySlice<UInt8>) {
        isSet = true
        guard !bytes.elementsEqual(value) else { return }
        bytes = Array(value)
        text = String(decoding: value, as: UTF8.self)
    }

    /// The type of the event that ends here, and none for the next.
    mutating func take() -> String {
        defer { isSet = false }
        return isSet && !text.isEmpty ? text : "message"
    }
}
