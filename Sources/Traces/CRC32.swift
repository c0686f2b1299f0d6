/// CRC-32 as in IEEE 802.3, gzip and PNG (polynomial 0xEDB88320, reflected): it finds what was changed by accident or
/// by hand, not by somebody who computes it anew; the run's hash is for that.
enum CRC32 {
    /// Eight tables, so that eight bytes go in one step ("slicing-by-8", M. Kounavis and F. Berry, 2005).
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
            tables[index] = value
        }
        for index in 256..<(8 * 256) {
            let before = tables[index - 256]
            tables[index] = (before >> 8) ^ tables[Int(before & 255)]
        }
        return tables
    }()

    /// The checksum of `bytes`.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let all = ContiguousArray(bytes)
        return all.withUnsafeBufferPointer { all in
            tables.withUnsafeBufferPointer { table in
                var crc: UInt32 = 0xFFFF_FFFF
                var index = 0
                while index + 8 <= all.count {
                    let word =
                        UnsafeRawPointer(all.baseAddress! + index).loadUnaligned(as: UInt64.self).littleEndian
                        ^ UInt64(crc)
                    var next: UInt32 = 0
                    for lane in 0..<8 {
                        let byte = Int(truncatingIfNeeded: word >> (8 * UInt64(lane))) & 255
                        next ^= table[(7 - lane) * 256 + byte]
                    }
                    crc = next
                    index += 8
                }
                while index < all.count {
                    crc = (crc >> 8) ^ table[Int((crc ^ UInt32(all[index])) & 255)]
                    index += 1
                }
                return ~crc
            }
        }
    }

    /// As eight lower-case hexadecimal digits.
    static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}
