/// What is wrong with a JSON text, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was expected or found.
    public var message: String
    /// The byte at which the text went wrong, from 0.
    public var offset: Int
    /// The line of that byte, from 1.
    public var line: Int
    /// The byte within that line, from 1.
    public var column: Int

    /// The message with its place.
    public var description: String { "invalid JSON at line \(line), column \(column): \(message)" }
}

/// A pull reader over UTF-8 bytes: it walks the text once and builds no tree that the caller did not ask for.
///
/// It accepts exactly RFC 8259, with a depth limit; invalid UTF-8 and lone surrogates become U+FFFD, and of a
/// repeated key the last value wins.
public struct JSONReader: ~Copyable {
    /// The greatest nesting that ``value()`` follows.
    public static let depthLimit = 128

    private let start: UnsafePointer<UInt8>
    private let end: Int
    private var at = 0
    private var depth = 0

    /// Reads from bytes that outlive the reader.
    public init(_ bytes: UnsafeBufferPointer<UInt8>) {
        start = bytes.baseAddress ?? UnsafePointer(bitPattern: 1)!
        end = bytes.count
    }

    /// The byte that is read next.
    public var offset: Int { at }

    /// The error `message` at the present place.
    public func failure(_ message: String) -> JSONError {
        var line = 1
        var column = 1
        for index in 0..<min(at, end) {
            if start[index] == 10 {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        return JSONError(message: message, offset: at, line: line, column: column)
    }

    @inline(__always)
    private mutating func skipSpace() {
        while at < end, start[at] == 32 || start[at] == 10 || start[at] == 13 || start[at] == 9 { at += 1 }
    }

    /// The next byte that is no white space, without taking it; 0 at the end.
    @inline(__always)
    public mutating func peek() -> UInt8 {
        skipSpace()
        return at < end ? start[at] : 0
    }

    /// Whether only white space is left.
    public mutating func atEnd() -> Bool {
        skipSpace()
        return at >= end
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) throws(JSONError) {
        guard peek() == byte, at < end else {
            throw failure("expected '\(Character(UnicodeScalar(byte)))'")
        }
        at += 1
    }

    /// The bytes between the quotes, and whether they hold escapes.
    private mutating func rawString() throws(JSONError) -> (Range<Int>, escaped: Bool) {
        try take(34)
        let first = at
        var escaped = false
        while at < end {
            // Eight bytes at a time: find a quote, a backslash or a control character.
            while at + 8 <= end {
                let word = UnsafeRawPointer(start + at).loadUnaligned(as: UInt64.self)
                let quote = word ^ 0x2222_2222_2222_2222
                let slash = word ^ 0x5c5c_5c5c_5c5c_5c5c
                let ones: UInt64 = 0x0101_0101_0101_0101
                let hit =
                    ((quote &- ones) & ~quote | (slash &- ones) & ~slash
                        | (word &- 0x2020_2020_2020_2020) & ~word) & 0x8080_8080_8080_8080
                if hit != 0 {
                    at += hit.trailingZeroBitCount >> 3
                    break
                }
                at += 8
            }
            guard at < end else { break }
            switch start[at] {
            case 34:
                at += 1
                return (first..<(at - 1), escaped)
            case 92:
                escaped = true
                at += 2
            case 0..<32: throw failure("unescaped control character in a string")
            default: at += 1
            }
        }
        at = end
        throw failure("the string has no closing quote")
    }

    /// Reads a string.
    public mutating func string() throws(JSONError) -> String {
        let (range, escaped) = try rawString()
        if !escaped {
            let bytes = UnsafeBufferPointer(start: start + range.lowerBound, count: range.count)
            return String(decoding: bytes, as: UTF8.self)
        }
        return try unescape(range)
    }

    private mutating func unescape(_ range: Range<Int>) throws(JSONError) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = start[index]
            index += 1
            if byte != 92 {
                out.append(byte)
                continue
            }
            let escape = start[index]
            index += 1
            switch escape {
            case 34, 92, 47: out.append(escape)
            case 98: out.append(8)
            case 102: out.append(12)
            case 110: out.append(10)
            case 114: out.append(13)
            case 116: out.append(9)
            case 117:
                var unit = try hex(index, in: range)
                index += 4
                if unit & 0xFC00 == 0xD800, index + 6 <= range.upperBound, start[index] == 92,
                    start[index + 1] == 117
                {
                    let low = try hex(index + 2, in: range)
                    if low & 0xFC00 == 0xDC00 {
                        unit = 0x10000 + ((unit & 0x3FF) << 10 | low & 0x3FF)
                        index += 6
                    }
                }
                out.append(contentsOf: Array(String(UnicodeScalar(unit) ?? "\u{FFFD}").utf8))
            default:
                at = index - 2
                throw failure("unknown escape in a string")
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private mutating func hex(_ index: Int, in range: Range<Int>) throws(JSONError) -> UInt32 {
        guard index + 4 <= range.upperBound else {
            at = index
            throw failure("\\u needs four hexadecimal digits")
        }
        var value: UInt32 = 0
        for offset in 0..<4 {
            let byte = start[index + offset]
            let digit: UInt32
            switch byte {
            case 48...57: digit = UInt32(byte) - 48
            case 65...70: digit = UInt32(byte) - 55
            case 97...102: digit = UInt32(byte) - 87
            default:
                at = index
                throw failure("\\u needs four hexadecimal digits")
            }
            value = value << 4 | digit
        }
        return value
    }

    /// Reads a number: an integer when it is written as one and fits 64 bits.
    public mutating func number() throws(JSONError) -> JSON {
        skipSpace()
        let first = at
        var whole = true
        if at < end, start[at] == 45 { at += 1 }
        let digits = at
        while at < end, start[at] &- 48 < 10 { at += 1 }
        guard at > digits, at == digits + 1 || start[digits] != 48 else {
            at = first
            throw failure("expected a value")
        }
        if at < end, start[at] == 46 {
            whole = false
            at += 1
            let fraction = at
            while at < end, start[at] &- 48 < 10 { at += 1 }
            guard at > fraction else { throw failure("a fraction needs digits") }
        }
        if at < end, start[at] | 32 == 101 {
            whole = false
            at += 1
            if at < end, start[at] == 43 || start[at] == 45 { at += 1 }
            let exponent = at
            while at < end, start[at] &- 48 < 10 { at += 1 }
            guard at > exponent else { throw failure("an exponent needs digits") }
        }
        if whole, at - digits <= 18 {
            var value = 0
            for index in digits..<at { value = value * 10 + Int(start[index] &- 48) }
            return .int(start[first] == 45 ? -value : value)
        }
        let text = String(decoding: UnsafeBufferPointer(start: start + first, count: at - first), as: UTF8.self)
        if whole, let value = Int(text) { return .int(value) }
        // An out-of-range exponent becomes an infinity in Double's initialiser; JSON has no such number.
        guard let value = Double(text), value.isFinite else { throw failure("the number is out of range") }
        return .double(value)
    }

    /// Reads an integer.
    public mutating func int() throws(JSONError) -> Int {
        guard case .int(let value) = try number() else { throw failure("expected an integer") }
        return value
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for index in 0..<text.utf8CodeUnitCount {
            guard at < end, start[at] == text.utf8Start[index] else { throw failure("expected a value") }
            at += 1
        }
        return value
    }

    /// Reads whatever value comes next as a tree.
    public mutating func value() throws(JSONError) -> JSON {
        switch peek() {
        case 34: return .string(try string())
        case 123:
            var members: [JSONObject.Member] = []
            var repeated = false
            try object { (key, reader) throws(JSONError) in
                let value = try reader.value()
                if members.count < 16, members.contains(where: { $0.key == key }) { repeated = true }
                members.append(.init(key, value))
            }
            if members.count >= 16 { repeated = Set(members.map(\.key)).count != members.count }
            return .object(JSONObject(uniqueMembers: repeated ? Self.lastOfEach(members) : members))
        case 91:
            var elements: [JSON] = []
            try array { (reader) throws(JSONError) in elements.append(try reader.value()) }
            return .array(elements)
        case 116: return try word("true", .bool(true))
        case 102: return try word("false", .bool(false))
        case 110: return try word("null", .null)
        default: return try number()
        }
    }

    /// Each key once, where it stood first and with its last value. Sorting keeps a hostile text with millions of keys
    /// from taking quadratic time.
    private static func lastOfEach(_ members: [JSONObject.Member]) -> [JSONObject.Member] {
        let order = members.indices.sorted { a, b in
            let (left, right) = (members[a].key.utf8, members[b].key.utf8)
            if left.lexicographicallyPrecedes(right) { return true }
            return !right.lexicographicallyPrecedes(left) && a < b
        }
        var kept: [Int: JSON] = [:]
        var first: Int?
        for index in order {
            if let known = first, sameBytes(members[known].key, members[index].key) {
                kept[known] = members[index].value
            } else {
                first = index
                kept[index] = members[index].value
            }
        }
        return members.indices.compactMap { index in kept[index].map { .init(members[index].key, $0) } }
    }

    /// Reads an object, handing each key to `member`, which must read the value.
    public mutating func object(
        _ member: (String, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try take(123)
        try enter()
        defer { depth -= 1 }
        if peek() == 125 {
            at += 1
            return
        }
        while true {
            let key = try string()
            try take(58)
            try member(key, &self)
            let next = peek()
            if next == 125 {
                at += 1
                return
            }
            guard next == 44 else { throw failure("expected ',' or '}'") }
            at += 1
            guard peek() == 34 else { throw failure("expected a member's name") }
        }
    }

    /// Reads an array, calling `element` where each element begins; it must read the element.
    public mutating func array(_ element: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        try take(91)
        try enter()
        defer { depth -= 1 }
        if peek() == 93 {
            at += 1
            return
        }
        while true {
            try element(&self)
            let next = peek()
            if next == 93 {
                at += 1
                return
            }
            guard next == 44 else { throw failure("expected ',' or ']'") }
            at += 1
        }
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= Self.depthLimit else { throw failure("nested deeper than \(Self.depthLimit)") }
    }
}

extension JSON {
    /// Parses a whole text where it lies; anything but white space after the value is an error.
    public init(parsing bytes: ArraySlice<UInt8>) throws(JSONError) {
        let result: Result<JSON, JSONError> = bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            do throws(JSONError) {
                let value = try reader.value()
                guard reader.atEnd() else { throw reader.failure("text after the value") }
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        self = try result.get()
    }

    /// Parses a whole text.
    public init(parsing bytes: [UInt8]) throws(JSONError) { try self.init(parsing: bytes[...]) }

    /// Parses a whole text.
    public init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }
}
