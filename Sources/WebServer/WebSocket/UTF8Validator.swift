/// Checks UTF-8 piece by piece and fails at the first byte that cannot belong to it (RFC 3629).
package struct UTF8Validator {
    private var needed: UInt8 = 0
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xBF

    package init() {}

    /// Whether everything so far ends between characters.
    package var isComplete: Bool { needed == 0 }

    /// Takes more bytes; false when they are no UTF-8.
    package mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        let count = bytes.count
        while index < count {
            if needed == 0 {
                // ASCII goes eight bytes at a time.
                while index + 8 <= count,
                    bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                {
                    index += 8
                }
                if index == count { return true }
            }
            let byte = bytes[index]
            index += 1
            if needed > 0 {
                if byte < low || byte > high { return false }
                (low, high) = (0x80, 0xBF)
                needed -= 1
                continue
            }
            switch byte {
            case 0..<0x80: break
            case 0xC2...0xDF: needed = 1
            case 0xE0: (needed, low) = (2, 0xA0)
            case 0xED: (needed, high) = (2, 0x9F)
            case 0xE1...0xEF: needed = 2
            case 0xF0: (needed, low) = (3, 0x90)
            case 0xF4: (needed, high) = (3, 0x8F)
            case 0xF1...0xF3: needed = 3
            default: return false
            }
        }
        return true
    }
}
