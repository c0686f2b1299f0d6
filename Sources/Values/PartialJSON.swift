/// Reads a JSON text that is still being written, for showing it live: after each piece ``value`` is what has come so
/// far, with open strings, arrays and objects closed. Decisions belong to the complete text and ``JSONReader``.
///
/// Whatever is shown stays: strings grow at their end, arrays and objects get further elements, and only the last of
/// each changes. Numbers and words (`true`) appear when they are complete, members when their value begins. Time is
/// linear in the text, as long as the caller lets go of one value before it feeds the next piece.
public struct PartialJSON: Sendable {
    /// How far the reading has come.
    public enum State: Sendable, Hashable {
        /// More is expected.
        case open
        /// The value is complete; white space may follow.
        case complete
        /// The text is no JSON; the value is what had come before.
        case broken
    }

    /// The value so far; nil before it begins.
    public private(set) var value: JSON?
    /// How far the reading has come.
    public private(set) var state = State.open

    private var expectation = Expectation.value
    private var frames: [PartialFrame] = []
    private var string = PartialString()
    private var isKey = false
    /// The bytes of a number or word.
    private var token: [UInt8] = []

    private enum Expectation {
        case value, valueOrEnd, keyOrEnd, key, colon, commaOrEnd, string, token, nothing
    }

    /// Starts before the text.
    public init() {}

    /// Takes the next piece of the text and returns ``value``.
    @discardableResult
    public mutating func feed(_ text: String) -> JSON? { feed(text.utf8) }

    /// The same with UTF-8 bytes; a character may be cut in two.
    @discardableResult
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> JSON? {
        guard state != .broken else { return value }
        withdraw()
        for byte in bytes {
            take(byte)
            if state == .broken { break }
        }
        show()
        return value
    }

    /// Says that the text has ended: only now is a number that stands alone complete. Returns ``value``.
    @discardableResult
    public mutating func finish() -> JSON? {
        guard state != .broken else { return value }
        withdraw()
        if expectation == .token { endToken() }
        if state == .open { state = .broken }
        show()
        return value
    }

    /// Takes what is shown of open parts out of the parts around them, so that each is held once and grows in place.
    private mutating func withdraw() {
        if !frames.isEmpty || expectation == .string { value = nil }
        for index in frames.indices { frames[index].withdraw() }
    }

    /// Puts open parts into the parts around them.
    private mutating func show() {
        var inner: JSON?
        if expectation == .string, !isKey { inner = .string(string.visible) }
        for index in frames.indices.reversed() {
            if let inner { frames[index].show(inner) }
            inner = frames[index].json
        }
        if let inner { value = inner }
    }

    private mutating func take(_ byte: UInt8) {
        switch expectation {
        case .string:
            switch string.take(byte) {
            case .open: return
            case .closed: endString()
            case .broken: state = .broken
            }
            return
        case .token:
            if isTokenByte(byte) { return token.append(byte) }
            endToken()
            if state != .broken { take(byte) }
            return
        default: break
        }
        if byte == 32 || byte == 10 || byte == 13 || byte == 9 { return }
        switch (expectation, byte) {
        case (.valueOrEnd, 93), (.keyOrEnd, 125): close()
        case (.value, _), (.valueOrEnd, _): begin(byte)
        case (.keyOrEnd, 34), (.key, 34): beginString(asKey: true)
        case (.colon, 58): expectation = .value
        case (.commaOrEnd, 44): expectation = frames[frames.count - 1].isObject ? .key : .value
        case (.commaOrEnd, 93) where !frames[frames.count - 1].isObject: close()
        case (.commaOrEnd, 125) where frames[frames.count - 1].isObject: close()
        default: state = .broken
        }
    }

    private mutating func begin(_ byte: UInt8) {
        switch byte {
        case 34: beginString(asKey: false)
        case 91, 123:
            guard frames.count < JSONReader.depthLimit else { return state = .broken }
            frames.append(PartialFrame(isObject: byte == 123))
            expectation = byte == 123 ? .keyOrEnd : .valueOrEnd
        default:
            guard isTokenByte(byte) else { return state = .broken }
            token = [byte]
            expectation = .token
        }
    }

    private mutating func beginString(asKey: Bool) {
        isKey = asKey
        string = PartialString()
        expectation = .string
    }

    private mutating func endString() {
        let text = string.finished
        string = PartialString()
        if isKey {
            frames[frames.count - 1].key = text
            expectation = .colon
        } else {
            add(.string(text))
        }
    }

    private mutating func endToken() {
        guard let value = try? JSON(parsing: token) else { return state = .broken }
        token = []
        add(value)
    }

    private mutating func close() {
        let frame = frames.removeLast()
        add(frame.json)
    }

    /// Adds a complete value to the part around it.
    private mutating func add(_ complete: JSON) {
        guard !frames.isEmpty else {
            value = complete
            expectation = .nothing
            state = .complete
            return
        }
        frames[frames.count - 1].add(complete)
        expectation = .commaOrEnd
    }

    /// Whether a number or a word may hold the byte; whether it is one is told at its end.
    private func isTokenByte(_ byte: UInt8) -> Bool {
        byte &- 48 < 10 || byte &- 97 < 26 || byte == 45 || byte == 43 || byte == 46 || byte == 69
    }
}
