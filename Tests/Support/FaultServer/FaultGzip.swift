/// Gzip (RFC 1952) by hand: what is needed for a good answer and for a bomb.
enum FaultGzip {
    private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]

    /// The bytes in stored blocks (RFC 1951, 3.2.4), with the right checksum.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var out = header
        var rest = bytes[...]
        repeat {
            let piece = rest.prefix(65_535)
            rest = rest.dropFirst(piece.count)
            out += [rest.isEmpty ? 1 : 0] + little(UInt32(piece.count), 2) + little(~UInt32(piece.count), 2) + piece
        } while !rest.isEmpty
        return out + little(checksum(bytes), 4) + little(UInt32(truncatingIfNeeded: bytes.count), 4)
    }

    /// The beginning of a bomb: a block with fixed codes (RFC 1951, 3.2.6) that begins with a space.
    static let bombHead: [UInt8] = {
        var bits = Bits()
        // Not the last block; fixed codes; the literal 32, whose code is 0x30 + 32.
        bits.number(0, 1)
        bits.number(1, 2)
        bits.code(0x50, 8)
        var out = header
        // Eleven bits are there, and a match adds thirteen: what follows begins at a whole byte.
        bits.match()
        out += bits.bytes
        return out
    }()

    /// Eight matches of 258 bytes each: thirteen bytes that can be repeated for ever; here 4096 times.
    static let bombBlock: [UInt8] = {
        var bits = Bits()
        for _ in 0..<(8 * 4096) { bits.match() }
        return bits.bytes
    }()
    /// What ``bombBlock`` inflates to.
    static let bombBlockBytes = 8 * 4096 * 258

    /// The end of the block and a last, empty one; the checksum is wrong, for nobody should come this far.
    static let bombTail: [UInt8] = {
        var bits = Bits()
        bits.code(0, 7)
        bits.number(1, 1)
        bits.number(1, 2)
        bits.code(0, 7)
        bits.pad()
        return bits.bytes + [0, 0, 0, 0, 0, 0, 0, 0]
    }()

    private struct Bits {
        var bytes: [UInt8] = []
        var current: UInt8 = 0
        var count = 0

        mutating func bit(_ bit: Int) {
            current |= UInt8(bit & 1) << UInt8(count)
            count += 1
            if count == 8 {
                bytes.append(current)
                current = 0
                count = 0
            }
        }
        /// A number, lowest bit first.
        mutating func number(_ value: Int, _ width: Int) { for index in 0..<width { bit(value >> index) } }
        /// A Huffman code, highest bit first.
        mutating func code(_ value: Int, _ width: Int) {
            for index in stride(from: width - 1, through: 0, by: -1) { bit(value >> index) }
        }
        /// Copies 258 bytes from one byte back: length code 285 (0b11000101), distance code 0 in five bits.
        mutating func match() {
            code(0b1100_0101, 8)
            code(0, 5)
        }
        mutating func pad() { while count > 0 { bit(0) } }
    }

    private static func little(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }

    /// CRC-32 as in RFC 1952, section 8.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = ~0
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
