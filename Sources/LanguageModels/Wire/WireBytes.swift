internal import Values

/// Reading of JSON as providers send it.
enum WireBytes {
    /// Without white space around it and a byte order mark before it.
    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        while let first = rest.first, isSpace(first) { rest = rest.dropFirst() }
        while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
        return rest
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

    /// The object that `bytes` are; throws `decode` when they are none.
    static func object(_ bytes: ArraySlice<UInt8>, _ what: String) throws(ModelError) -> JSON {
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: trimmed(bytes)) } catch {
            throw .decoding(what, error.description)
        }
        guard json.object != nil else { throw .decoding(what, "it is no JSON object") }
        return json
    }
}

extension JSON {
    /// A count of tokens: a whole number that is not negative, and at most 10^12, so that sums of what a broken server
    /// sends stay numbers; nil for anything else.
    var count: Int? { int.flatMap { $0 >= 0 ? min($0, 1_000_000_000_000) : nil } }
}

/// Notices when a JSON object that comes in fragments is complete, without parsing it again for each.
struct ObjectScanner: Sendable {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// Whether the fragments so far are one object, and nothing is open.
    private(set) var isClosed = false

    /// Takes the next fragment.
    mutating func take(_ fragment: String) {
        for byte in fragment.utf8 {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == 92 {
                    isEscaped = true
                } else if byte == 34 {
                    isInString = false
                }
                continue
            }
            switch byte {
            case 34: isInString = true
            case 123, 91: depth += 1
            case 125, 93:
                depth -= 1
                isClosed = depth == 0
            default: break
            }
        }
    }
}
