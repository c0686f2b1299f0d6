/// Spellings of one word.
extension Words {
    /// The American spelling of a word that is written otherwise in Britain, by its ending: `colour`, `centre`,
    /// `organise`, `catalogue`, `licence`. Other words come back as they are.
    public static func plainSpelling(_ word: String) -> String {
        guard word.utf8.count >= 6 else { return word }
        for (british, american) in [
            ("our", "or"), ("tre", "ter"), ("isation", "ization"), ("ise", "ize"), ("yse", "yze"), ("ogue", "og"),
            ("ence", "ense"), ("elled", "eled"), ("elling", "eling"), ("elment", "ellment"), ("olment", "ollment"),
            ("ilment", "illment"), ("ramme", "ram"), ("eller", "eler"), ("aemia", "emia"), ("aedic", "edic"),
        ] where word.hasSuffix(british) {
            return String(word.dropLast(british.utf8.count)) + american
        }
        return word
    }

    /// The first letter and the consonants that follow, as names are cut down to them: `level` gives `lvl`, `manager`
    /// `mngr`, `address` `addrss`.
    public static func skeleton(_ word: String) -> String {
        var result = ""
        for (at, letter) in word.enumerated() where at == 0 || !"aeiou".contains(letter) { result.append(letter) }
        return result
    }

    /// How many letters must be inserted, deleted, replaced or swapped to make one word of the other, or any larger number
    /// where it is more than `limit`.
    public static func distance(_ a: String, _ b: String, atMost limit: Int) -> Int {
        let x = Array(a.utf8)
        let y = Array(b.utf8)
        guard abs(x.count - y.count) <= limit else { return limit + 1 }
        var before: [Int] = []
        var above = Array(0...y.count)
        for i in x.indices {
            var row = [i + 1]
            for j in y.indices {
                var best = min(above[j + 1] + 1, row[j] + 1, above[j] + (x[i] == y[j] ? 0 : 1))
                if i > 0, j > 0, x[i] == y[j - 1], x[i - 1] == y[j] { best = min(best, before[j - 1] + 1) }
                row.append(best)
            }
            if row.allSatisfy({ $0 > limit }) { return limit + 1 }
            (before, above) = (above, row)
        }
        return above[y.count]
    }
}
