/// Header fields in their order. Names are compared without regard to case (RFC 9110, section 5.1).
public struct HTTPFields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// One field.
    public struct Field: Sendable, Hashable {
        /// The name as it was given; in lower case when it came from a client.
        public var name: String
        /// The value without white space around it.
        public var value: String

        /// Makes a field.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All fields.
    public private(set) var entries: [Field] = []

    /// No fields.
    public init() {}

    /// Fields in the order in which they are written.
    public init(dictionaryLiteral elements: (String, String)...) {
        entries = elements.map { Field($0.0, $0.1) }
    }

    /// The first value of a field. Setting it replaces all fields of the name; nil removes them.
    public subscript(name: String) -> String? {
        get { entries.first { $0.name.isSameToken(as: name) }?.value }
        set {
            entries.removeAll { $0.name.isSameToken(as: name) }
            if let newValue { entries.append(Field(name, newValue)) }
        }
    }

    /// Every value of a field, in order.
    public func values(_ name: String) -> [String] {
        entries.filter { $0.name.isSameToken(as: name) }.map(\.value)
    }

    /// Adds a field, beside others of the same name.
    public mutating func append(_ name: String, _ value: String) { entries.append(Field(name, value)) }

    /// Adds a field unless there is one of that name.
    public mutating func setDefault(_ name: String, _ value: String) {
        if self[name] == nil { append(name, value) }
    }

    /// Whether one of the comma-separated members of a field is `token`, as in `Connection: keep-alive, Upgrade`.
    public func contains(_ token: String, in name: String) -> Bool {
        members(of: name).contains { $0.isSameToken(as: token) }
    }

    /// The comma-separated members of all fields of a name, without white space and empty ones. Commas inside of quotes
    /// do not count as such.
    func members(of name: String) -> [Substring] {
        values(name).flatMap { splitOutsideQuotes($0, at: UInt8(ascii: ",")) }.filter { !$0.isEmpty }
    }

    /// Whether every name is a token and no value would end its line: what may go onto the wire.
    var isWritable: Bool {
        entries.allSatisfy { field in
            !field.name.isEmpty && field.name.utf8.allSatisfy(isTokenByte)
                && field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
        }
    }
}

/// The parts of `text` between `separator`s that stand outside of double quotes, without white space around them.
func splitOutsideQuotes(_ text: String, at separator: UInt8) -> [Substring] {
    var parts: [Substring] = []
    var isQuoted = false
    var isEscaped = false
    var start = text.startIndex
    func end(_ index: String.Index) {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        var part = text[start..<index].drop(while: isSpace)
        while let last = part.last, isSpace(last) { part.removeLast() }
        parts.append(part)
    }
    for index in text.utf8.indices {
        let byte = text.utf8[index]
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") && isQuoted {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isQuoted.toggle()
        } else if byte == separator && !isQuoted {
            end(index)
            start = text.utf8.index(after: index)
        }
    }
    end(text.endIndex)
    return parts
}

extension StringProtocol {
    /// Whether both are the same but for the case of ASCII letters.
    func isSameToken(as other: some StringProtocol) -> Bool {
        let (mine, theirs) = (utf8, other.utf8)
        guard mine.count == theirs.count else { return false }
        return zip(mine, theirs).allSatisfy { $0 == $1 || lowercase($0) == lowercase($1) }
    }
}

/// An ASCII letter in lower case; other bytes as they are.
@inline(__always)
func lowercase(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

/// Whether a byte may stand in a token (RFC 9110, section 5.6.2).
@inline(__always)
func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
        UInt8(ascii: "'"),
        UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"),
        UInt8(ascii: "_"),
        UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
        true
    default: false
    }
}

/// The value of a hexadecimal digit; nil for other bytes.
@inline(__always)
func hexValue(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 48
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte) - 87
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte) - 55
    default: nil
    }
}
