/// Appends JSON text to a byte buffer. It trusts the caller to place commas and brackets; ``value(_:)`` writes whole
/// values. Doubles that JSON cannot say (NaN, infinities) become `null`; a whole double keeps its `.0`, so that
/// reading the text back gives a double again.
public struct JSONWriter {
    /// What has been written so far: UTF-8.
    public var bytes: [UInt8]

    /// An empty writer.
    public init(reservingBytes capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Writes text that is JSON already.
    @inline(__always)
    public mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Writes one byte that is JSON already.
    @inline(__always)
    public mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// Writes an integer.
    public mutating func int(_ value: Int) {
        var magnitude = value.magnitude
        if value < 0 { bytes.append(45) }
        if magnitude < 10 {
            bytes.append(48 + UInt8(truncatingIfNeeded: magnitude))
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var at = 20
            repeat {
                at -= 1
                digits[at] = 48 + UInt8(truncatingIfNeeded: magnitude % 10)
                magnitude /= 10
            } while magnitude > 0
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[at...]))
        }
    }

    /// Writes a double in its shortest form that reads back equal.
    public mutating func double(_ value: Double) {
        if value.isFinite { bytes.append(contentsOf: value.description.utf8) } else { raw("null") }
    }

    /// Writes a string with its quotes, escaping what RFC 8259 section 7 demands.
    public mutating func string(_ value: String) {
        bytes.append(34)
        var value = value
        value.withUTF8 { text in
            var run = 0
            var index = Self.cleanLength(text, from: 0)
            while index < text.count {
                let character = text[index]
                if character >= 32 && character != 34 && character != 92 {
                    index += 1
                    continue
                }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[run..<index]))
                run = index + 1
                bytes.append(92)
                switch character {
                case 34, 92: bytes.append(character)
                case 10: bytes.append(110)
                case 13: bytes.append(114)
                case 9: bytes.append(116)
                default:
                    raw("u00")
                    bytes.append(48 + (character >> 4))
                    let low = character & 15
                    bytes.append(low < 10 ? 48 + low : 87 + low)
                }
                index += 1
                index += Self.cleanLength(text, from: index)
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[run...]))
        }
        bytes.append(34)
    }

    /// How many bytes from `start` on, in steps of eight, need no escape: no quote, backslash or control character.
    @inline(__always)
    private static func cleanLength(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = text.baseAddress else { return 0 }
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = start
        while index + 8 <= text.count {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
            let quote = word ^ (ones &* 34)
            let slash = word ^ (ones &* 92)
            let hit =
                ((quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- ones &* 32) & ~word)
                & (ones &* 0x80)
            if hit != 0 { break }
            index += 8
        }
        return index - start
    }

    /// Writes a member's name with its colon.
    @inline(__always)
    public mutating func key(_ name: StaticString) {
        bytes.append(34)
        raw(name)
        bytes.append(34)
        bytes.append(58)
    }

    /// Writes a whole value; with `canonical` the members of objects in byte order of their keys.
    public mutating func value(_ value: JSON, canonical: Bool = false) {
        switch value {
        case .null: raw("null")
        case .bool(let truth): if truth { raw("true") } else { raw("false") }
        case .int(let number): int(number)
        case .double(let number): double(number)
        case .string(let text): string(text)
        case .array(let elements):
            bytes.append(91)
            var first = true
            for element in elements {
                if !first { bytes.append(44) }
                first = false
                self.value(element, canonical: canonical)
            }
            bytes.append(93)
        case .object(let object):
            bytes.append(123)
            var first = true
            for member in canonical ? object.sorted : object.members {
                if !first { bytes.append(44) }
                first = false
                string(member.key)
                bytes.append(58)
                self.value(member.value, canonical: canonical)
            }
            bytes.append(125)
        }
    }

    /// The text so far.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSON: CustomStringConvertible {
    /// The compact JSON text.
    public var description: String {
        var writer = JSONWriter()
        writer.value(self)
        return writer.text
    }

    /// The compact JSON text as UTF-8.
    public func bytes() -> [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// The canonical form: compact, members sorted by the bytes of their keys, numbers as written by ``JSONWriter``.
    /// Equal values have equal canonical bytes; hashes are taken over it.
    public func canonicalBytes() -> [UInt8] {
        var writer = JSONWriter()
        writer.value(self, canonical: true)
        return writer.bytes
    }

    /// The text over several lines, indented by two spaces.
    public func pretty(indent: Int = 0) -> String {
        let pad = String(repeating: " ", count: indent + 2)
        let end = String(repeating: " ", count: indent)
        switch self {
        case .array(let elements) where !elements.isEmpty:
            let scalar = elements.allSatisfy { $0.array == nil && $0.object == nil }
            if scalar { return "[" + elements.map(\.description).joined(separator: ", ") + "]" }
            return "[\n" + elements.map { pad + $0.pretty(indent: indent + 2) }.joined(separator: ",\n")
                + "\n\(end)]"
        case .object(let object) where !object.isEmpty:
            let lines = object.members.map { member in
                pad + JSON.string(member.key).description + ": " + member.value.pretty(indent: indent + 2)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(end)}"
        default:
            return description
        }
    }
}
