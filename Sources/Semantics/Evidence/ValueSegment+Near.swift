import Modeling

extension ValueSegment {
    /// Where a word stands in byte order; nil when no value holds it.
    func place(of wanted: [UInt8]) -> Int? {
        let at = firstPlace { Self.precedes($0, wanted) }
        guard at < wordCount, word(at).elementsEqual(wanted) else { return nil }
        return at
    }

    /// Where the words stand that differ from `wanted` in one letter: inserted, left out, replaced, or two swapped.
    ///
    /// One change cannot reach both ends of a word: such words begin with its first half (but for the last letter of the
    /// half, which may be swapped with the next), or end with its second.
    func placesNear(_ wanted: String) -> [Int] {
        let letters = Array(wanted.utf8)
        let half = letters.count / 2
        guard half >= 2 else { return [] }
        var found: Set<Int> = []
        func check(_ at: Int) {
            let candidate = word(at)
            guard abs(candidate.count - letters.count) <= 1, !candidate.elementsEqual(letters) else { return }
            if Words.isNear(String(decoding: candidate, as: UTF8.self), wanted) { found.insert(at) }
        }
        let head = Array(letters[..<(half - 1)])
        if !head.isEmpty {
            var at = firstPlace { Self.precedes($0, head) }
            while at < wordCount, word(at).starts(with: head) {
                check(at)
                at += 1
            }
        }
        let tail = Array(letters[half...].reversed())
        var low = 0
        var high = wordCount
        while low < high {
            let middle = (low + high) / 2
            if word(reversedWord(middle)).reversed().lexicographicallyPrecedes(tail) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        while low < wordCount, word(reversedWord(low)).reversed().starts(with: tail) {
            check(reversedWord(low))
            low += 1
        }
        return found.sorted()
    }

    private func firstPlace(where precedes: (UnsafeRawBufferPointer) -> Bool) -> Int {
        var low = 0
        var high = wordCount
        while low < high {
            let middle = (low + high) / 2
            if precedes(word(middle)) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func precedes(_ word: UnsafeRawBufferPointer, _ other: [UInt8]) -> Bool {
        word.lexicographicallyPrecedes(other)
    }
}
