import Modeling

/// Puts misspelt words right before a question is read, so that they find their place in longer names too.
struct Misspellings {
    let lexicon: Lexicon
    let values: ValueIndex

    /// The tokens with words of six letters or more that mean nothing replaced by the one word of the schema that differs in
    /// a single letter; and how many there were.
    func corrected(_ tokens: [Token]) -> (tokens: [Token], count: Int) {
        var found = tokens
        var count = 0
        for at in tokens.indices {
            let token = tokens[at]
            guard (6...24).contains(token.folded.utf8.count), !token.isQuoted, !token.isCapitalised || at == 0,
                token.number == nil,
                !token.isSign, !isKnown(token)
            else { continue }
            let near = lexicon.words.filter {
                $0.utf8.count >= 6 && Words.isNear($0, token.lemma) && $0 != token.lemma
            }
            guard near.count == 1, let word = near.first, !Words.shareRoot(word, token.folded) else { continue }
            found[at].lemma = word
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
}
