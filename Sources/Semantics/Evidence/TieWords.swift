import Modeling

/// Words that say no more than that two things belong together. They carry no condition of their own: "teachers who
/// *taught* a course" are the teachers that the database joins to a course. They are passed over only when the schema
/// holds nothing that they could mean, and a reading that passes over one is a little less sure.
enum TieWords {
    /// Whether the word only ties its neighbours.
    static func isTie(_ word: String) -> Bool { forms.contains(word) }

    /// Whether the word asks for a drawing and says nothing of what is drawn.
    static func isDraw(_ word: String) -> Bool { word == "drawn" || word == "draw" }

    /// Whether a noun only says what kind of thing a name or number just before it is: "Italian cuisine", "2 medals".
    static func isClassifier(_ lemma: String) -> Bool { classifiers.contains(lemma) }

    /// Nouns that ask for nothing beyond what they stand beside: currencies, and "name" where nothing is called so.
    static func isEmptyNoun(_ lemma: String) -> Bool {
        [
            "name", "usd", "eur", "gbp", "dollar", "euro", "currency", "inclusive", "past", "database", "dataset",
            "table",
        ]
        .contains(lemma)
    }

    private static let forms: Set<String> = {
        var forms: Set<String> = []
        // Regular verbs, by their stems.
        let regular =
            "assign book reserve rent operate play perform compete participate attend enroll enrol direct publish "
            + "compose host organize organise sponsor design build manufacture produce supply treat prescribe undergo "
            + "affiliate associate link connect appear join share cover feature star represent star serve work live "
            + "locate base accommodate visit study found create employ own hire train coach sign award nominate "
            + "list mention post earn obtain gain hold keep buy fill submit form start use carry stock handle process perform"
        for verb in regular.split(separator: " ").map(String.init) {
            let stem = verb.hasSuffix("e") ? String(verb.dropLast()) : verb
            forms.formUnion([verb, verb + "s", stem + "ed", stem + "ing"])
        }
        forms.formUnion(
            ("teach teaches taught teaching fly flies flew flown flying drive drives drove driven driving win wins won "
                + "winning write writes wrote written writing speak speaks spoke spoken speaking sing sings sang sung "
                + "singing run runs ran running come comes came coming go goes went going meet meets met make made "
                + "become becomes became becoming built starring belong belongs being serving booking getting getting "
                + "sat sit wear wears worn wore drew draw led lead leads study studies studied studying")
                .split(separator: " ").map(String.init))
        return forms
    }()

    private static let classifiers: Set<String> = [
        "cuisine", "medal", "point", "people", "person", "member", "music", "genre", "point", "letter", "word",
        "string",
        "substring", "team", "brand", "score", "figure", "rate", "mark", "seat", "vote", "goal", "game", "time",
        "place", "item", "piece",
        "individual",
    ]
}

/// Passages in which people tell how to write the query; they say nothing of what is asked.
enum QuerySpeech {
    /// The places of tokens that belong to such passages: "by doing a left join from a to b", "based on joining the …
    /// tables".
    static func passages(_ tokens: [Token]) -> [Range<Int>] {
        func word(_ at: Int) -> String {
            tokens.indices.contains(at) && !tokens[at].isQuoted ? tokens[at].folded : ""
        }
        func end(_ from: Int) -> Int {
            var at = from
            while at < tokens.count, ![".", "?", "!", ";"].contains(word(at)) { at += 1 }
            return at
        }
        for at in tokens.indices {
            let isJoin = ["join", "joins", "joining"].contains(word(at))
            guard isJoin else { continue }
            // The words before that introduce it, as far as the comma or the verb that begins the passage.
            var start = at
            while start > 0, at - start < 5,
                [
                    "a", "an", "the", "left", "inner", "outer", "right", "full", "doing", "using", "performing",
                    "by", "on", "based", ",", "with",
                ]
                .contains(word(start - 1))
            {
                start -= 1
            }
            let speaks = tokens[start..<at].contains {
                ["doing", "using", "performing", "based", "left", "inner", "by"].contains($0.folded)
            }
            guard speaks else { continue }
            return [start..<end(at)]
        }
        return []
    }
}
