/// A 64-bit hash that is the same in every process and on every machine: for sketches and indices that are kept in files.
/// Not for secrets: whoever wants to can make two inputs meet.
public enum StableHash {
    /// The hash of some bytes.
    public static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = first ^ UInt64(truncatingIfNeeded: bytes.count)
        var offset = 0
        while offset + 8 <= bytes.count {
            state = mixed(state ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian, second)
            offset += 8
        }
        if offset < bytes.count {
            var rest: UInt64 = 0
            for at in offset..<bytes.count { rest = rest << 8 | UInt64(bytes[at]) }
            state = mixed(state ^ rest, third)
        }
        return mixed(state, first)
    }

    /// The hash of a text's UTF-8.
    public static func of(_ text: String) -> UInt64 {
        var text = text
        return text.withUTF8 { of(UnsafeRawBufferPointer($0)) }
    }

    /// The hash of a whole number; another one than that of any text by chance only.
    public static func of(_ number: Int) -> UInt64 {
        mixed(mixed(UInt64(bitPattern: Int64(number)) ^ third, second) ^ first, third)
    }

    /// Two hashes as one, in this order.
    public static func combined(_ a: UInt64, _ b: UInt64) -> UInt64 { mixed(a ^ first, second ^ mixed(b, third)) }

    /// Both halves of the 128-bit product, folded.
    private static func mixed(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }

    // Odd numbers with about as many ones as zeros.
    private static let first: UInt64 = 0x9e37_79b9_7f4a_7c15
    private static let second: UInt64 = 0xd1b5_4a32_d192_ed03
    private static let third: UInt64 = 0x8cb9_2ba7_2f3d_8dd7
}
