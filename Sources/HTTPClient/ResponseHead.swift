/// The head of a response, put together from the lines that libcurl hands out one by one. Pure.
struct ResponseHead {
    /// What a line has led to.
    enum Step: Equatable {
        /// More lines follow.
        case more
        /// The head of the final response is complete.
        case complete
        /// All lines together are longer than allowed.
        case tooLarge
    }

    private(set) var status = 0
    private(set) var headers: [HTTPHeader] = []
    private(set) var isComplete = false
    /// Bytes of all lines so far: of interim responses (1xx) and trailers, too, or they could go on for ever.
    private var bytes = 0
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Takes one line with its line end. Lines after the complete head are trailers: counted, and dropped.
    mutating func take(_ line: UnsafeBufferPointer<UInt8>) -> Step {
        bytes += line.count
        if bytes > limit { return .tooLarge }
        if isComplete { return .more }
        let text = Self.trim(line[...])
        if text.isEmpty {
            // 101 cannot come, because nobody asks for another protocol; if it does, it is final.
            if (100..<200).contains(status), status != 101 {
                headers = []
                return .more
            }
            isComplete = true
            return .complete
        }
        if headers.isEmpty, let status = Self.status(of: text) {
            self.status = status
            return .more
        }
        if let first = line.first, first == 32 || first == 9, let last = headers.indices.last {
            // Obsolete line folding (RFC 9112, section 5.2): the line belongs to the one before.
            headers[last].value += " " + String(decoding: text, as: UTF8.self)
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            headers.append(
                HTTPHeader(
                    String(decoding: Self.trim(text[..<colon]), as: UTF8.self),
                    String(decoding: Self.trim(text[(colon + 1)...]), as: UTF8.self)))
        }
        return .more
    }

    /// The code of a status line, `HTTP/1.1 200 OK` or `HTTP/2 200`.
    private static func status(of line: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard line.starts(with: "HTTP/".utf8), let space = line.firstIndex(of: 32) else { return nil }
        let code = line[(space + 1)...].prefix(3)
        guard code.count == 3, code.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return code.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    private static func trim(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
        var text = text
        while let first = text.first, first <= 32 { text = text.dropFirst() }
        while let last = text.last, last <= 32 { text = text.dropLast() }
        return text
    }
}
