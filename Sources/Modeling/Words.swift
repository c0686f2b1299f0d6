import Schemas

/// Splits the names of tables and columns into words and reduces words to their lemmas.
public enum Words {
    /// The words of a schema name in lower case: `InvoiceLine`, `invoice_line` and `INVOICE-LINE` are all
    /// `[invoice, line]`; known abbreviations are written out (`qty` is `quantity`).
    public static func split(_ name: String) -> [String] {
        var words: [String] = []
        var current = ""
        var previous: Character?
        // "(kW)" is one word.
        var isUnit = false
        let characters = Array(name)
        for (index, character) in characters.enumerated() {
            let next: Character? = index + 1 < characters.count ? characters[index + 1] : nil
            if !(character.isLetter || character.isNumber) {
                if !current.isEmpty { words.append(current) }
                current = ""
                if character == "(" { isUnit = true }
                if character == ")" { isUnit = false }
                if character == "#" { words.append("number") }
                if character == "%" { words.append("percent") }
            } else {
                let startsWord: Bool
                if let previous, !current.isEmpty, !isUnit {
                    let lowerToUpper = previous.isLowercase && character.isUppercase
                    let endOfCapitals =
                        previous.isUppercase && character.isUppercase && (next?.isLowercase ?? false)
                    // Digits stay with the letters before them ("day7"), letters after digits begin a word.
                    let afterDigits = previous.isNumber && character.isLetter && character.isUppercase
                    startsWord = lowerToUpper || endOfCapitals || afterDigits
                } else {
                    startsWord = false
                }
                if startsWord {
                    words.append(current)
                    current = ""
                }
                current.append(character)
            }
            previous = character
        }
        if !current.isEmpty { words.append(current) }
        return words.flatMap { word -> [String] in
            let lower = word.lowercased()
            return (Abbreviations.compound(lower) ?? [lower]).flatMap { Abbreviations.expansions[$0] ?? [$0] }
        }
    }

    /// Whether the names of a database say nothing (`t07.c03`), so that only values can.
    static func areOpaque(_ catalogue: Catalogue) -> Bool {
        let names = catalogue.tables.flatMap { $0.columns.map(\.name) }
        return names.count >= 6 && names.count { isOpaque($0) } * 10 >= names.count * 9
    }

    /// A few letters and a number.
    private static func isOpaque(_ name: String) -> Bool {
        let letters = name.prefix { $0.isLetter }
        let rest = name.dropFirst(letters.count).drop { $0 == "_" }
        return letters.count <= 3 && !rest.isEmpty && rest.allSatisfy(\.isNumber)
    }

    /// ``split(_:)`` with every word reduced to its lemma.
    public static func lemmas(of name: String) -> [String] { split(name).map(lemma) }

    /// The singular of an English noun in lower case; other words come back as they are.
    ///
    /// | word | lemma |
    /// |---|---|
    /// | categories | category |
    /// | boxes, addresses | box, address |
    /// | movies, series, status | movie, series, status |
    /// | people | person |
    public static func lemma(_ word: String) -> String {
        if let irregular = irregularPlurals[word] { return irregular }
        let count = word.utf8.count
        guard count > 3, word.hasSuffix("s"), !word.hasSuffix("ss"), !word.hasSuffix("us"), !word.hasSuffix("is")
        else { return word }
        if word.hasSuffix("ies") {
            return count > 5 ? String(word.dropLast(3)) + "y" : String(word.dropLast(1))
        }
        for ending in ["sses", "shes", "ches", "xes", "zes"] where word.hasSuffix(ending) {
            return String(word.dropLast(2))
        }
        return String(word.dropLast(1))
    }

    /// Stems that a verb form may come from: `ordered` gives `order`, `shipped` gives `shipp`, `ship`, `shippe`.
    /// Empty when the word is no verb form that English marks by its ending.
    public static func verbStems(_ word: String) -> [String] {
        var stems: [String] = []
        func add(_ stem: String) { if stem.utf8.count >= 3, !stems.contains(stem) { stems.append(stem) } }
        for ending in ["ed", "ing"] where word.hasSuffix(ending) && word.utf8.count >= ending.utf8.count + 3 {
            let stem = String(word.dropLast(ending.utf8.count))
            add(stem)
            add(stem + "e")
            if let last = stem.last, stem.dropLast().last == last { add(String(stem.dropLast())) }
            if stem.hasSuffix("i") { add(String(stem.dropLast()) + "y") }
        }
        return stems
    }

    /// Whether two words differ by at most one inserted, deleted, replaced or swapped letter.
    public static func isNear(_ a: String, _ b: String) -> Bool {
        let x = Array(a.utf8)
        let y = Array(b.utf8)
        if abs(x.count - y.count) > 1 { return false }
        var head = 0
        while head < min(x.count, y.count), x[head] == y[head] { head += 1 }
        if head == x.count, head == y.count { return true }
        var tail = 0
        while tail < min(x.count, y.count) - head, x[x.count - 1 - tail] == y[y.count - 1 - tail] { tail += 1 }
        let restX = x.count - head - tail
        let restY = y.count - head - tail
        if restX <= 1, restY <= 1 { return true }
        return restX == 2 && restY == 2 && x[head] == y[head + 1] && x[head + 1] == y[head]
    }

    /// Whether ``lemma(_:)`` may give another word than the one in these bytes, which are in lower case.
    package static func mayHaveLemma(_ word: UnsafeRawBufferPointer) -> Bool {
        guard let last = word.last else { return false }
        return last == UInt8(ascii: "s") || unmarkedPlurals.contains { $0.elementsEqual(word) }
    }

    /// Plurals that do not end in "s".
    private static let unmarkedPlurals: [[UInt8]] = irregularPlurals.compactMap { plural, singular in
        plural.hasSuffix("s") || plural == singular ? nil : Array(plural.utf8)
    }

    private static let irregularPlurals: [String: String] = [
        "people": "person", "persons": "person", "men": "man", "women": "woman", "children": "child",
        "feet": "foot", "analyses": "analysis", "diagnoses": "diagnosis", "bases": "base", "criteria": "criterion",
        "staffs": "staff", "buses": "bus", "statuses": "status", "movies": "movie", "cookies": "cookie",
        "series": "series", "species": "species", "news": "news", "gas": "gas", "this": "this", "his": "his",
        "has": "has", "was": "was", "does": "does", "always": "always", "less": "less", "sales": "sale",
        "cds": "cd", "dvds": "dvd", "shelves": "shelf", "wives": "wife", "lives": "live", "courses": "course",
        "halves": "half", "knives": "knife", "leaves": "leave", "matrices": "matrix", "indices": "index",
        "data": "data", "media": "media", "alias": "alias", "canvas": "canvas", "atlas": "atlas", "ids": "id",
        "nos": "number", "viruses": "virus", "campuses": "campus", "bonuses": "bonus", "lens": "lens",
        "loaves": "loaf", "wolves": "wolf", "thieves": "thief", "scarves": "scarf", "calves": "calf",
        "hooves": "hoof",
        "wharves": "wharf", "mice": "mouse", "geese": "goose", "teeth": "tooth", "oxen": "ox",
        "phenomena": "phenomenon", "alumni": "alumnus", "bacteria": "bacterium", "curricula": "curriculum",
        "appendices": "appendix", "vertices": "vertex", "theses": "thesis", "hypotheses": "hypothesis",
        "crises": "crisis", "nuclei": "nucleus", "stimuli": "stimulus", "fungi": "fungus", "radii": "radius",
        "ties": "tie", "pies": "pie", "yes": "yes", "us": "us",
    ]
}

extension Words {
    /// The lemmas of a name's words without writing abbreviations out: "stat", "no", "dob" as they stand.
    public static func rawLemmas(of name: String) -> [String] {
        var words: [String] = []
        var current = ""
        for character in name {
            let endsWord = !(character.isLetter || character.isNumber)
            let startsWord = character.isUppercase && (current.last?.isLowercase ?? false)
            if endsWord || startsWord {
                if !current.isEmpty { words.append(current) }
                current = endsWord ? "" : String(character)
            } else {
                current.append(character)
            }
        }
        if !current.isEmpty { words.append(current) }
        return words.map { lemma($0.lowercased()) }
    }
}
