/// LIKE and GLOB patterns as https://sqlite.org/lang_expr.html describes them, matched so that the work is bounded by
/// the product of both lengths and can be stopped in between, which SQLite's own matcher cannot.
struct PatternMatch {
    /// Which of the two languages.
    enum Style { case like, glob }

    private enum Element {
        case byte(UInt8)
        case anyOne
        case anyMany
        case oneOf([ClosedRange<UInt32>], isNegated: Bool)
    }

    private var elements: [Element] = []
    private let ignoresCase: Bool

    /// Compiles `pattern`; nil when a set has no end, for then nothing matches.
    init?(_ pattern: UnsafeRawBufferPointer, style: Style, escape: UInt32? = nil) {
        ignoresCase = style == .like
        var index = 0
        while index < pattern.count {
            let start = index
            let scalar = Self.scalar(pattern, &index)
            if let escape, scalar == escape {
                if index >= pattern.count { return nil }
                let literal = index
                _ = Self.scalar(pattern, &index)
                append(pattern[literal..<index])
            } else if scalar == (style == .like ? 0x25 : 0x2a) {
                if case .anyMany? = elements.last {} else { elements.append(.anyMany) }
            } else if scalar == (style == .like ? 0x5f : 0x3f) {
                elements.append(.anyOne)
            } else if style == .glob, scalar == 0x5b {
                guard let set = Self.set(pattern, &index) else { return nil }
                elements.append(set)
            } else {
                append(pattern[start..<index])
            }
        }
    }

    private mutating func append(_ bytes: Slice<UnsafeRawBufferPointer>) {
        for byte in bytes { elements.append(.byte(ignoresCase ? Self.lower(byte) : byte)) }
    }

    private static func set(_ pattern: UnsafeRawBufferPointer, _ index: inout Int) -> Element? {
        var ranges: [ClosedRange<UInt32>] = []
        var isNegated = false
        if index < pattern.count, pattern[index] == 0x5e {
            isNegated = true
            index += 1
        }
        var isFirst = true
        while index < pattern.count {
            let low = scalar(pattern, &index)
            if low == 0x5d, !isFirst { return .oneOf(ranges, isNegated: isNegated) }
            isFirst = false
            if index + 1 < pattern.count, pattern[index] == 0x2d, pattern[index + 1] != 0x5d {
                index += 1
                let high = scalar(pattern, &index)
                if low <= high { ranges.append(low...high) }
            } else {
                ranges.append(low...low)
            }
        }
        return nil
    }

    /// Whether all of `text` matches; nil when `mustStop` said so, which is asked every 64 Ki steps.
    func matches(_ text: UnsafeRawBufferPointer, mustStop: () -> Bool) -> Bool? {
        var at = 0
        var place = 0
        var star: Int?
        var mark = 0
        var steps = 0
        while at < text.count {
            steps += 1
            if steps & 0xffff == 0, mustStop() { return nil }
            if place < elements.count {
                if case .anyMany = elements[place] {
                    star = place
                    mark = at
                    place += 1
                    continue
                }
                if consume(elements[place], text, &at) {
                    place += 1
                    continue
                }
            }
            guard let back = star else { return false }
            if back + 1 == elements.count { return true }
            // Only the last wildcard can take more: whatever stands before it has matched as early as it can.
            Self.skip(text, &mark)
            at = mark
            place = back + 1
        }
        while place < elements.count, case .anyMany = elements[place] { place += 1 }
        return place == elements.count
    }

    @inline(__always)
    private func consume(_ element: Element, _ text: UnsafeRawBufferPointer, _ at: inout Int) -> Bool {
        switch element {
        case .byte(let byte):
            guard (ignoresCase ? Self.lower(text[at]) : text[at]) == byte else { return false }
            at += 1
            return true
        case .anyOne:
            Self.skip(text, &at)
            return true
        case .oneOf(let ranges, let isNegated):
            var after = at
            let scalar = Self.scalar(text, &after)
            guard ranges.contains(where: { $0.contains(scalar) }) != isNegated else { return false }
            at = after
            return true
        case .anyMany: return false
        }
    }

    @inline(__always)
    private static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Moves behind one character, as SQLite counts them.
    @inline(__always)
    static func skip(_ text: UnsafeRawBufferPointer, _ index: inout Int) {
        let first = text[index]
        index += 1
        if first >= 0xc0 { while index < text.count, text[index] & 0xc0 == 0x80 { index += 1 } }
    }

    /// Reads one character and moves behind it.
    static func scalar(_ text: UnsafeRawBufferPointer, _ index: inout Int) -> UInt32 {
        let start = index
        skip(text, &index)
        let first = UInt32(text[start])
        if first < 0xc0 { return first }
        var value = first & (first >= 0xf0 ? 0x07 : first >= 0xe0 ? 0x0f : 0x1f)
        for byte in text[(start + 1)..<index] { value = (value << 6) | UInt32(byte & 0x3f) }
        return value
    }
}
