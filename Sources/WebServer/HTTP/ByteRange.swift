/// What a `Range` field asks of a body (RFC 9110, section 14).
package enum ByteRange: Hashable {
    /// The whole: no range, one that is not understood, or several.
    case whole
    /// These bytes.
    case part(Range<Int>)
    /// Bytes that the body does not have.
    case unsatisfiable

    /// Reads `bytes=first-last`, `bytes=first-` and `bytes=-count` for a body of `length` bytes.
    package init(_ text: String?, length: Int) {
        self = .whole
        guard let text, text.hasPrefix("bytes="), !text.contains(",") else { return }
        let sides = text.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2 else { return }
        func number(_ side: Substring) -> Int? {
            let side = side.filter { $0 != " " }
            guard !side.isEmpty, side.utf8.count <= 18, side.utf8.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
            return Int(side)
        }
        switch (number(sides[0]), number(sides[1])) {
        case (let first?, nil) where sides[1].isEmpty:
            self = first < length ? .part(first..<length) : .unsatisfiable
        case (let first?, let last?) where first <= last:
            self = first < length ? .part(first..<min(length, last + 1)) : .unsatisfiable
        case (nil, let count?) where sides[0].isEmpty:
            self = count == 0 || length == 0 ? .unsatisfiable : .part(max(0, length - count)..<length)
        default: return
        }
    }
}
