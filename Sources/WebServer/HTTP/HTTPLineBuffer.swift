/// Collects lines until they are complete, and refuses at the first byte that cannot be right.
struct HTTPLineBuffer {
    /// What has been collected; for a head with the line ends, for a single line without.
    private(set) var bytes: [UInt8] = []
    /// Where each line of a head ends, without its CR LF.
    private(set) var lineEnds: [Int] = []
    private var lineStart = 0
    private var sawCarriageReturn = false

    /// Whether nothing has been collected.
    var isEmpty: Bool { bytes.isEmpty && !sawCarriageReturn }

    /// Forgets everything, and large memory with it.
    mutating func removeAll() {
        if bytes.capacity > 512 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
        lineEnds = []
        lineStart = 0
        sawCarriageReturn = false
    }

    /// Takes a line without its CR LF. True when it is complete.
    mutating func takeLine(_ input: Span<UInt8>, _ position: inout Int, limit: Int) throws(HTTPRefusal) -> Bool {
        while position < input.count {
            let byte = input[position]
            position += 1
            if sawCarriageReturn {
                guard byte == 0x0A else { throw Self.bareCarriageReturn }
                sawCarriageReturn = false
                return true
            }
            if byte == 0x0D {
                sawCarriageReturn = true
            } else {
                try Self.check(byte)
                bytes.append(byte)
                if bytes.count > limit { throw HTTPRefusal(400, "a line of the body's coding is too long") }
            }
        }
        return false
    }

    /// Takes the lines of a head up to the empty one. True when it is complete.
    mutating func take(
        _ input: Span<UInt8>, _ position: inout Int, isHead: Bool, _ limits: HTTPLimits
    ) throws(HTTPRefusal) -> Bool {
        while position < input.count {
            let byte = input[position]
            position += 1
            if sawCarriageReturn {
                guard byte == 0x0A else { throw Self.bareCarriageReturn }
                sawCarriageReturn = false
                if bytes.count > lineStart {
                    lineEnds.append(bytes.count)
                    if lineEnds.count - 1 > limits.headerCount {
                        throw HTTPRefusal(431, "more than \(limits.headerCount) header fields")
                    }
                    lineStart = bytes.count
                } else if !lineEnds.isEmpty {
                    return true
                }
                // An empty line before the request line is skipped (RFC 9112, section 2.2).
            } else if byte == 0x0D {
                sawCarriageReturn = true
            } else {
                try Self.check(byte)
                bytes.append(byte)
                if lineEnds.isEmpty && bytes.count > limits.requestLineBytes {
                    throw HTTPRefusal(414, "the request line has more than \(limits.requestLineBytes) bytes")
                }
                if bytes.count + 2 * lineEnds.count > limits.headerBytes {
                    throw HTTPRefusal(431, "the header has more than \(limits.headerBytes) bytes")
                }
            }
        }
        return false
    }

    private static func check(_ byte: UInt8) throws(HTTPRefusal) {
        if byte < 0x20 && byte != 0x09 || byte == 0x7F {
            throw HTTPRefusal(400, byte == 0x0A ? "a line ends without a carriage return" : "a control character")
        }
    }

    private static var bareCarriageReturn: HTTPRefusal { HTTPRefusal(400, "a carriage return without a line feed") }
}
