/// The order of effect paths: runs of digits compare as numbers, the rest by bytes.
enum NaturalOrder {
    static func precedes(_ a: String, _ b: String) -> Bool {
        var left = Array(a.utf8)[...]
        var right = Array(b.utf8)[...]
        func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
        while let x = left.first, let y = right.first {
            if isDigit(x) && isDigit(y) {
                let m = left.prefix(while: isDigit).drop { $0 == 48 }
                let n = right.prefix(while: isDigit).drop { $0 == 48 }
                if m.count != n.count { return m.count < n.count }
                if !m.elementsEqual(n) { return m.lexicographicallyPrecedes(n) }
                left = left.drop(while: isDigit)
                right = right.drop(while: isDigit)
            } else {
                if x != y { return x < y }
                left = left.dropFirst()
                right = right.dropFirst()
            }
        }
        return left.isEmpty && !right.isEmpty
    }
}
