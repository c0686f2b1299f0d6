/// Words of one root: `assign`, `assigned` and `assignment`; `primary` and `primarily`.
extension Words {
    /// Whether two words in lower case come from one root of at least five letters by common English endings. Endings
    /// that make another person or thing of the root ("manager" of "management") count as well: a schema names its tables
    /// by either.
    public static func shareRoot(_ a: String, _ b: String) -> Bool {
        if a == b { return true }
        // Spellings differ in doubled letters: "enrolment", "enrollment".
        let x = withoutDoubles(a)
        let y = withoutDoubles(b)
        var head = 0
        while head < min(x.count, y.count), x[head] == y[head] { head += 1 }
        guard head >= 4 else { return false }
        // The root may end before a letter that both share by chance ("affiliat-ed", "affiliat-ion").
        for cut in stride(from: head, through: max(4, head - 2), by: -1) {
            let restA = String(decoding: x[cut...], as: UTF8.self)
            let restB = String(decoding: y[cut...], as: UTF8.self)
            let isLong = cut >= 5 || (cut == 4 && (restA.isEmpty || restB.isEmpty))
            if isLong, endings.contains(restA), endings.contains(restB) { return true }
        }
        return false
    }

    private static func withoutDoubles(_ word: String) -> [UInt8] {
        var letters: [UInt8] = []
        for letter in word.utf8 where letters.last != letter { letters.append(letter) }
        return letters
    }

    private static let endings: Set<String> = [
        "", "e", "ed", "ing", "s", "es", "er", "or", "ers", "ors", "ion", "ions", "ation", "ations", "ment",
        "ments",
        "ance", "al", "y", "ship", "ily", "ly", "ied", "ies", "icate", "icates", "ication", "ate", "ated", "ates",
        "ating",
    ]
}
