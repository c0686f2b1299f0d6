import Modeling

/// Brings stored values into the form in which questions look for them, quickly: plain ASCII is taken apart byte by byte,
/// everything else by ``Tokenizer/normalized(_:)``, whose result both give.
struct ValueNormalizer {
    /// The normal form of the last value.
    private(set) var key: [UInt8] = []
    /// Where its words stand.
    private(set) var words: [Range<Int>] = []

    /// Normalizes one value.
    mutating func normalize(_ text: UnsafeRawBufferPointer) {
        key.removeAll(keepingCapacity: true)
        words.removeAll(keepingCapacity: true)
        if Self.isPlain(text) { return plain(text) }
        key.append(contentsOf: Tokenizer.normalized(String(decoding: text, as: UTF8.self)).utf8)
        var start = 0
        for at in 0...key.count where at == key.count || key[at] == Self.space {
            if at > start { words.append(start..<at) }
            start = at + 1
        }
    }

    private static let space = UInt8(ascii: " ")

    /// Whether the text has neither letters of other alphabets nor apostrophes, and is short.
    private static func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
        text.count <= 400 && text.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "'") }
    }

    private mutating func plain(_ text: UnsafeRawBufferPointer) {
        var at = 0
        while at < text.count {
            let byte = text[at]
            if Self.isDigit(byte) {
                at = number(text, from: at)
            } else if Self.isLetter(byte) {
                at = word(text, from: at)
            } else {
                // The signs that mean something in names: "A+", "C#", "R & D".
                if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#")
                    || byte == UInt8(ascii: "&")
                {
                    let start = begin()
                    key.append(byte)
                    words.append(start..<key.count)
                }
                at += 1
            }
        }
    }

    /// A space before every word but the first; returns where the word begins.
    private mutating func begin() -> Int {
        if !words.isEmpty { key.append(Self.space) }
        return key.count
    }

    /// Digits with their separators, and the letters behind them: as `Tokenizer` reads numbers.
    private mutating func number(_ text: UnsafeRawBufferPointer, from first: Int) -> Int {
        let start = begin()
        var at = first
        var hasPoint = false
        func digit(_ place: Int) -> Bool { place < text.count && Self.isDigit(text[place]) }
        while at < text.count {
            let byte = text[at]
            if Self.isDigit(byte) {
                key.append(byte)
            } else if byte == UInt8(ascii: ","), digit(at + 1), digit(at + 2), digit(at + 3), !digit(at + 4) {
                // A thousands separator.
            } else if byte == UInt8(ascii: "."), digit(at + 1), !hasPoint {
                hasPoint = true
                key.append(byte)
            } else {
                break
            }
            at += 1
        }
        let suffix = at
        while at < text.count, Self.isLetter(text[at]) || (at > suffix && Self.isDigit(text[at])) {
            key.append(Self.lower(text[at]))
            at += 1
        }
        words.append(start..<key.count)
        return at
    }

    private mutating func word(_ text: UnsafeRawBufferPointer, from first: Int) -> Int {
        var at = first
        var start = begin()
        while at < text.count {
            let byte = text[at]
            if Self.isLetter(byte) || Self.isDigit(byte) {
                key.append(Self.lower(byte))
            } else if byte == UInt8(ascii: "_"), at + 1 < text.count,
                Self.isLetter(text[at + 1]) || Self.isDigit(text[at + 1])
            {
                // A name of a schema: several words.
                end(start)
                start = begin()
            } else {
                break
            }
            at += 1
        }
        end(start)
        return at
    }

    /// Reduces the word that begins at `start` to its lemma.
    private mutating func end(_ start: Int) {
        let mayChange = key.withUnsafeBytes { Words.mayHaveLemma(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        if mayChange {
            let lemma = Words.lemma(String(decoding: key[start...], as: UTF8.self))
            key.removeSubrange(start...)
            key.append(contentsOf: lemma.utf8)
        }
        words.append(start..<key.count)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 32) &- 97 < 26 }
    private static func lower(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 32 : byte }
}
