/// Every text that gives a secret away, prepared for a scan. Immutable; shared by all copies of a redactor.
final class SecretForms: Sendable {
    /// A text that gives a secret away, before percent-encoding or escaping, and what stands for it.
    struct Needle: Sendable {
        var bytes: [UInt8]
        var placeholder: [UInt8]
    }

    let needles: [Needle]
    /// The needles that begin with a byte, by that byte.
    let starting: [[Int]]
    /// The spellings worth a try: without spaces in the secrets, a form has nothing of its own.
    let spellings: [SecretSpelling]
    /// Bit `first * 256 + second` is set when some form can begin with these two bytes.
    private let pairs: [UInt64]

    init(_ secrets: [String]) {
        var needles: [Needle] = []
        for secret in secrets {
            let placeholder = Array(Redactor.placeholder(for: secret).utf8)
            let bytes = Array(secret.utf8)
            needles.append(Needle(bytes: bytes, placeholder: placeholder))
            for alignment in 0..<3 {
                for alphabet in [Base64Alphabet.standard, .url] {
                    let form = alphabet.core(of: bytes, alignment: alignment)
                    if needles.last?.bytes != form { needles.append(Needle(bytes: form, placeholder: placeholder)) }
                }
            }
        }
        var starting = [[Int]](repeating: [], count: 256)
        var pairs = [UInt64](repeating: 0, count: 1024)
        func mark(_ first: UInt8, _ second: UInt8) {
            let pair = Int(first) << 8 | Int(second)
            pairs[pair >> 6] |= 1 << UInt64(pair & 63)
        }
        for (index, needle) in needles.enumerated() {
            let first = needle.bytes[0]
            starting[Int(first)].append(index)
            for second in [needle.bytes[1], Byte.percent, Byte.backslash] { mark(first, second) }
            if needle.bytes[1] == Byte.space { mark(first, Byte.plus) }
        }
        for digit in UInt8.min...UInt8.max where Byte.hexValue(digit) != nil { mark(Byte.percent, digit) }
        for escape in "\"\\/bfnrtu".utf8 { mark(Byte.backslash, escape) }
        // A space may be written as a plus in a form.
        if !starting[Int(Byte.space)].isEmpty { for second in UInt8.min...UInt8.max { mark(Byte.plus, second) } }
        let hasSpaces = needles.contains { $0.bytes.contains(Byte.space) }
        spellings = [.plain, .percent, .escaped] + (hasSpaces ? [.form] : [])
        self.needles = needles
        self.starting = starting
        self.pairs = pairs
    }

    @inline(__always)
    func canStart(_ first: UInt8, _ second: UInt8) -> Bool {
        let pair = Int(first) << 8 | Int(second)
        return pairs[pair >> 6] >> UInt64(pair & 63) & 1 != 0
    }

    /// Whether a form can begin with this byte, when it is not known what follows.
    func canStart(_ first: UInt8) -> Bool {
        !starting[Int(first)].isEmpty || first == Byte.percent || first == Byte.backslash
            || first == Byte.plus && !starting[Int(Byte.space)].isEmpty
    }
}

/// Bytes by their names.
enum Byte {
    static let space: UInt8 = 32
    static let percent: UInt8 = 37
    static let plus: UInt8 = 43
    static let backslash: UInt8 = 92

    static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 65...70: digit - 55
        case 97...102: digit - 87
        default: nil
        }
    }
}

/// The alphabets of RFC 4648, sections 4 and 5.
struct Base64Alphabet {
    static let standard = Base64Alphabet(
        characters: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8))
    static let url = Base64Alphabet(
        characters: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8))

    let characters: [UInt8]

    /// The characters that `bytes` alone decide when they stand `alignment` bytes behind a multiple of three in what
    /// is encoded: those that they share with bytes before or behind are left out.
    func core(of bytes: [UInt8], alignment: Int) -> [UInt8] {
        let firstBit = (6 - alignment * 8 % 6) % 6
        return stride(from: firstBit, through: bytes.count * 8 - 6, by: 6).map { bit in
            let high = Int(bytes[bit / 8]) << 8
            let low = bit / 8 + 1 < bytes.count ? Int(bytes[bit / 8 + 1]) : 0
            return characters[(high | low) >> (10 - bit % 8) & 63]
        }
    }
}
