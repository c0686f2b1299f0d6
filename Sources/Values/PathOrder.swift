/// The order of effect paths: part by part, digits by their value, so that `s2` comes before `s10`, and a path before
/// everything below it.
public enum PathOrder {
    /// Whether `a` stands before `b`.
    public static func precedes(_ a: String, _ b: String) -> Bool { compare(a, b) < 0 }

    /// Negative when `a` stands before `b`, positive when after, 0 only when they are the same bytes.
    public static func compare(_ a: String, _ b: String) -> Int {
        var a = a
        var b = b
        return a.withUTF8 { left in b.withUTF8 { right in compare(left, right) } }
    }

    private static func compare(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
        var i = 0
        var j = 0
        // Which of two spellings of the same number (`s1`, `s01`) came with fewer zeros decides only when all else is
        // equal.
        var tie = 0
        while i < a.count, j < b.count {
            if isDigit(a[i]), isDigit(b[j]) {
                let (fromA, endA) = number(a, i)
                let (fromB, endB) = number(b, j)
                if endA - fromA != endB - fromB { return (endA - fromA) - (endB - fromB) }
                for offset in 0..<(endA - fromA) where a[fromA + offset] != b[fromB + offset] {
                    return Int(a[fromA + offset]) - Int(b[fromB + offset])
                }
                if tie == 0 { tie = (endA - i) - (endB - j) }
                i = endA
                j = endB
            } else {
                let difference = rank(a[i]) - rank(b[j])
                if difference != 0 { return difference }
                i += 1
                j += 1
            }
        }
        let rest = (a.count - i) - (b.count - j)
        return rest != 0 ? rest : tie
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
    /// A slash ends a part and therefore comes before every other byte.
    private static func rank(_ byte: UInt8) -> Int { byte == 47 ? -1 : Int(byte) }

    /// The digits from `start` on without leading zeros.
    private static func number(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> (Int, Int) {
        var from = start
        while from < text.count, text[from] == 48 { from += 1 }
        var end = from
        while end < text.count, isDigit(text[end]) { end += 1 }
        return (from, end)
    }
}
