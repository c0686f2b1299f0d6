/// Help for those who mistyped a name.
public enum Spelling {
    /// The known name that `word` most likely stands for: the one with the smallest edit distance (insert, delete,
    /// replace, swap neighbours), when that is at most a third of the longer word's length. Of several the first wins.
    public static func nearest(_ word: String, among known: some Sequence<String>) -> String? {
        let mine = Array(word.lowercased().unicodeScalars)
        var best: (name: String, distance: Int)?
        for name in known {
            let theirs = Array(name.lowercased().unicodeScalars)
            let limit = max(mine.count, theirs.count) / 3
            guard abs(mine.count - theirs.count) <= limit, theirs.count <= 128, mine.count <= 128 else { continue }
            let distance = editDistance(mine, theirs)
            if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    /// A remedy for an unknown name: the nearest known one, or all of them when there are few, or `otherwise`.
    public static func hint(_ word: String, among known: [String], otherwise: String) -> String {
        if let name = nearest(word, among: known) { return "did you mean '\(name)'?" }
        guard !known.isEmpty, known.count <= 24 else { return otherwise }
        return "known: \(known.joined(separator: ", "))"
    }

    /// Optimal string alignment: Levenshtein's distance with swaps of neighbours.
    private static func editDistance(_ a: [UnicodeScalar], _ b: [UnicodeScalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for j in b.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
