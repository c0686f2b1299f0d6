import Modeling

/// Puts misspelt words right before a question is read, so that they find their place in longer names too.
struct Misspellings {
    let lexicon: Lexicon
    let values: ValueIndex

    /// The tokens with words that mean nothing replaced by the one word that they can be meant for: a word of the schema in
    /// another spelling or cut down to its consonants, else a word of business or of asking; and how many were misspelt.
    /// Words of English are no misspellings of others, and the longer a word is, the more letters of it may be wrong.
    func corrected(_ tokens: [Token]) -> (tokens: [Token], count: Int) {
        var found = tokens
        var count = 0
        for at in tokens.indices {
            let token = tokens[at]
            guard (4...24).contains(token.folded.utf8.count), !token.isQuoted, token.number == nil, !token.isSign,
                token.folded.allSatisfy(\.isLetter), !isKnown(token)
            else { continue }
            if let word = sameWord(token) {
                found[at].lemma = word
                found[at].folded = word
                continue
            }
            guard token.folded.utf8.count >= 6, !token.isCapitalised || at == 0, !Self.isEnglish(token.folded)
            else { continue }
            guard let word = misspelt(token), !lexicon.words.contains(word) || !Words.shareRoot(word, token.folded)
            else { continue }
            found[at].lemma = Words.lemma(word)
            found[at].folded = word
            count += 1
        }
        return (found, count)
    }

    private func isKnown(_ token: Token) -> Bool {
        lexicon.words.contains(token.lemma) || lexicon.words.contains(token.folded)
            || CuePhrases.fillers.contains(token.folded) || CuePhrases.table[token.folded] != nil
            || TieWords.isTie(token.folded) || BusinessTerms.synonymsOf[token.lemma] != nil
            || BusinessTerms.phrases[token.lemma] != nil || !values.hits(token.lemma).isEmpty
            || Words.verbStems(token.folded).contains { lexicon.words.contains($0) }
    }

    /// Whether tagged English text holds the word or its base, so that it is hardly a slip of the pen.
    static func isEnglish(_ word: String) -> Bool {
        let english = EnglishLexicon.english
        return english.bases(of: word).contains { base in
            english.entry(base.word)?.counts.values.contains { $0 > 0 } ?? false
        }
    }

    // MARK: Another way to write it

    /// The schema's word that is the same one: "colour" of `color`, "level" of `lvl`.
    private func sameWord(_ token: Token) -> String? {
        let plain = Words.plainSpelling(token.lemma)
        let skeleton = Words.skeleton(token.lemma)
        let first = token.lemma.utf8.first
        let same = lexicon.words.filter { word in
            guard word.utf8.first == first else { return false }
            if abs(word.utf8.count - token.lemma.utf8.count) <= 2, Words.plainSpelling(word) == plain {
                return true
            }
            return (2...5).contains(word.utf8.count) && word.utf8.count < token.lemma.utf8.count
                && word == skeleton && EnglishLexicon.english.entry(word) == nil
        }
        return same.count == 1 ? same.first : nil
    }

    // MARK: Wrong letters

    private func misspelt(_ token: Token) -> String? {
        let length = token.lemma.utf8.count
        for distance in length >= 8 ? [1, 2] : [1] {
            for words in [Array(lexicon.words), Self.ownWords] {
                let near = words.filter { word in
                    word.utf8.count >= 6 && word != token.lemma
                        && (distance == 1
                            ? Words.isNear(word, token.lemma)
                            : word.utf8.first == token.lemma.utf8.first
                                && Words.distance(word, token.lemma, atMost: 2) <= 2)
                }
                if near.count == 1 { return near[0] }
                if near.count > 1 { return nil }
            }
        }
        return nil
    }

    /// Words that questions are asked with and words of business, as far as they are long enough to be misspelt.
    private static let ownWords: [String] = {
        var words: Set<String> = []
        for phrase in CuePhrases.table.keys {
            for word in phrase.split(separator: " ") where word.utf8.count >= 6 { words.insert(String(word)) }
        }
        for word in BusinessTerms.synonymsOf.keys where !word.contains(" ") && word.utf8.count >= 6 {
            guard EnglishLexicon.english.entry(word)?.isMostly(.noun) ?? true else { continue }
            words.insert(word)
        }
        return words.sorted()
    }()
}
