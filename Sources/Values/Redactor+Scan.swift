/// One pass over text: finds the leftmost form of a secret, at each place the longest one.
struct SecretScan {
    private let forms: SecretForms
    /// What has been decided so far; empty until something is found.
    private var output: [UInt8] = []
    /// Up to where `output` accounts for the text.
    private var copied = 0
    /// Whether a secret was found.
    private(set) var hasFound = false

    init(_ forms: SecretForms) { self.forms = forms }

    /// Looks through `bytes` and returns up to where everything is decided. Unless the text is final, that is where
    /// its tail is the beginning of some form.
    mutating func run(over bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool) -> Int {
        var at = 0
        while at < bytes.count {
            if at + 1 < bytes.count ? !forms.canStart(bytes[at], bytes[at + 1]) : !forms.canStart(bytes[at]) {
                at += 1
                continue
            }
            switch longest(in: bytes, at: at, isFinal: isFinal) {
            case .none: at += 1
            case .open: return at
            case .match(let end, let placeholder):
                hasFound = true
                output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<at]))
                output.append(contentsOf: placeholder)
                copied = end
                at = end
            }
        }
        return at
    }

    /// The text up to `end` with what was found taken out.
    func text(upTo end: Int, of bytes: UnsafeBufferPointer<UInt8>) -> String {
        let rest = UnsafeBufferPointer(rebasing: bytes[copied..<end])
        if !hasFound { return String(decoding: rest, as: UTF8.self) }
        return String(decoding: output + rest, as: UTF8.self)
    }

    private enum Finding {
        case none
        /// More text is needed to tell.
        case open
        case match(end: Int, placeholder: [UInt8])
    }

    private func longest(in bytes: UnsafeBufferPointer<UInt8>, at start: Int, isFinal: Bool) -> Finding {
        var best: (end: Int, needle: Int)?
        for spelling in forms.spellings {
            switch spelling.unit(in: bytes, at: start, isFinal: isFinal) {
            case .open: return .open
            case .unit(let unit, _):
                for needle in forms.starting[Int(unit[0])] {
                    switch spelling.match(forms.needles[needle].bytes, in: bytes, at: start, isFinal: isFinal) {
                    case .none: continue
                    case .open: return .open
                    case .end(let end): if end > best?.end ?? 0 { best = (end, needle) }
                    }
                }
            }
        }
        guard let best else { return .none }
        return .match(end: best.end, placeholder: forms.needles[best.needle].placeholder)
    }
}

/// How a secret may be spelled. Each spelling reads a text in one way only, so that no match needs a second try.
enum SecretSpelling {
    /// As it stands.
    case plain
    /// Any character as `%XX`.
    case percent
    /// Any character as `%XX`, a space as `+` (application/x-www-form-urlencoded).
    case form
    /// Any character escaped as in a JSON string.
    case escaped

    enum Unit {
        /// The bytes that stand here (up to four) and where the next unit begins.
        case unit(Bytes4, next: Int)
        /// The text ends inside an escape.
        case open
    }

    enum Match {
        case none
        case open
        case end(Int)
    }

    /// Up to four bytes, without an allocation.
    struct Bytes4 {
        var count = 0
        var word: UInt32 = 0
        init(_ byte: UInt8) { append(byte) }
        init(_ scalar: Unicode.Scalar) {
            guard let encoded = UTF8.encode(scalar) else { return }
            for byte in encoded { append(byte) }
        }
        mutating func append(_ byte: UInt8) {
            word |= UInt32(byte) << UInt32(8 * count)
            count += 1
        }
        subscript(index: Int) -> UInt8 { UInt8(truncatingIfNeeded: word >> UInt32(8 * index)) }
    }

    /// Compares `needle` with the text from `start` on.
    func match(_ needle: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, at start: Int, isFinal: Bool) -> Match {
        var at = start
        var seen = 0
        while seen < needle.count {
            if at == bytes.count { return isFinal ? .none : .open }
            switch unit(in: bytes, at: at, isFinal: isFinal) {
            case .open: return .open
            case .unit(let unit, let next):
                guard seen + unit.count <= needle.count else { return .none }
                for index in 0..<unit.count where unit[index] != needle[seen + index] { return .none }
                seen += unit.count
                at = next
            }
        }
        return .end(at)
    }

    /// What stands at `at` in this spelling.
    @inline(__always)
    func unit(in bytes: UnsafeBufferPointer<UInt8>, at: Int, isFinal: Bool) -> Unit {
        let byte = bytes[at]
        switch self {
        case .percent where byte == Byte.percent, .form where byte == Byte.percent:
            return percentUnit(bytes, at, isFinal)
        case .form where byte == Byte.plus: return .unit(Bytes4(Byte.space), next: at + 1)
        case .escaped where byte == Byte.backslash: return escapedUnit(bytes, at, isFinal)
        default: return .unit(Bytes4(byte), next: at + 1)
        }
    }

    private func percentUnit(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ isFinal: Bool) -> Unit {
        let itself = Unit.unit(Bytes4(Byte.percent), next: at + 1)
        var value: UInt8 = 0
        for index in (at + 1)...(at + 2) {
            guard index < bytes.count else { return isFinal ? itself : .open }
            guard let digit = Byte.hexValue(bytes[index]) else { return itself }
            value = value << 4 | digit
        }
        return .unit(Bytes4(value), next: at + 3)
    }

    private func escapedUnit(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ isFinal: Bool) -> Unit {
        let itself = Unit.unit(Bytes4(Byte.backslash), next: at + 1)
        guard at + 1 < bytes.count else { return isFinal ? itself : .open }
        let simple: UInt8
        switch bytes[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): simple = bytes[at + 1]
        case UInt8(ascii: "b"): simple = 8
        case UInt8(ascii: "f"): simple = 12
        case UInt8(ascii: "n"): simple = 10
        case UInt8(ascii: "r"): simple = 13
        case UInt8(ascii: "t"): simple = 9
        case UInt8(ascii: "u"):
            switch hex4(bytes, at + 2) {
            case .bad: return itself
            case .open: return isFinal ? itself : .open
            case .value(let high) where high & 0xFC00 == 0xD800:
                let mark = Array("\\u".utf8)
                for index in 0..<2 {
                    guard at + 6 + index < bytes.count else { return isFinal ? itself : .open }
                    guard bytes[at + 6 + index] == mark[index] else { return itself }
                }
                switch hex4(bytes, at + 8) {
                case .bad: return itself
                case .open: return isFinal ? itself : .open
                case .value(let low):
                    guard low & 0xFC00 == 0xDC00,
                        let scalar = Unicode.Scalar(0x10000 + (high & 0x3FF) << 10 + low & 0x3FF)
                    else { return itself }
                    return .unit(Bytes4(scalar), next: at + 12)
                }
            case .value(let value):
                guard let scalar = Unicode.Scalar(value) else { return itself }
                return .unit(Bytes4(scalar), next: at + 6)
            }
        default: return itself
        }
        return .unit(Bytes4(simple), next: at + 2)
    }

    private enum Hex4 {
        case value(UInt32)
        case bad
        case open
    }

    private func hex4(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Hex4 {
        var value: UInt32 = 0
        for index in start..<(start + 4) {
            guard index < bytes.count else { return .open }
            guard let digit = Byte.hexValue(bytes[index]) else { return .bad }
            value = value << 4 | UInt32(digit)
        }
        return .value(value)
    }
}
