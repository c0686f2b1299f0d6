import Modeling
import Schemas

/// What to say about words that match nothing.
struct Suggestions {
    let context: QuestionContext

    func unknown(_ token: Token, all: [Token], of tokens: [Token]) -> Clarification {
        if all.contains(where: { $0.folded == "between" }) {
            return Clarification(
                "I cannot yet work out what lies between two things, such as the time between two dates.",
                reason: "unsupported")
        }
        let names = all.map { "\"\($0.text)\"" }.joined(separator: ", ")
        if Refusals.undefinedMetrics.contains(token.folded)
            || all.contains(where: { Refusals.undefinedMetrics.contains($0.folded) })
        {
            let word = all.first { Refusals.undefinedMetrics.contains($0.folded) } ?? token
            return Clarification(
                "This database does not define \"\(word.text)\", and I do not guess definitions. Tell me how it is computed "
                    + "from what the database holds.", options: tables(), reason: "undefined_metric")
        }
        let near = options(token)
        let questions = near.map { Self.question(tokens, with: $0, for: token, unknown: all) }
        let tail = near.isEmpty ? "" : " Did you mean \(near.joined(separator: ", or "))?"
        var found = Clarification(
            "I find nothing in this database for \(names).\(tail)", options: near.isEmpty ? tables() : questions,
            reason: "unknown_term")
        for (name, question) in zip(near, questions) { found.meanings[question] = meaning(of: token, as: name) }
        return found
    }

    /// What the word stands for when it is the name.
    private func meaning(of token: Token, as name: String) -> Meaning? {
        let best = context.lexicon.candidates(name).max { $0.weight < $1.weight }?.element
        if let best, let found = Meaning(token.lemma, Item(0..<0, best).kind) { return found }
        let hits = context.values.hits(Tokenizer.normalized(name))
        return hits.count == 1 ? Meaning(token.lemma, .value(hits[0].column, hits[0].value)) : nil
    }

    /// Names of the schema and values that look like the word.
    private func options(_ token: Token) -> [String] {
        var found: [String] = []
        guard token.folded.utf8.count <= ValueIndex.suggestionLength else { return [] }
        for phrase in context.lexicon.phrases where found.count < 3 {
            let isNear =
                token.lemma.count >= 4
                && (Words.isNear(phrase, token.lemma)
                    || (token.lemma.count >= 5 && phrase.hasPrefix(token.lemma.prefix(5))))
            if isNear { found.append(phrase) }
        }
        return found + context.values.suggestions(for: token.lemma, limit: 3 - found.count)
    }

    private func tables() -> [String] {
        context.model.entities.filter { !$0.isBridge }.prefix(6).map { Titles.plural($0.title) }
    }

    /// The question with a word, and the unknown words beside it, replaced by what may have been meant.
    private static func question(_ tokens: [Token], with name: String, for token: Token, unknown: [Token]) -> String
    {
        var words: [String] = []
        var isInside = false
        var isReplaced = false
        for word in tokens where !(word.isSign && "?.!".contains(word.text)) {
            if !isReplaced || isInside, word == token || (isInside && unknown.contains(word)) {
                if !isReplaced { words.append(name.contains(" ") ? "\"\(name)\"" : name) }
                isReplaced = true
                isInside = true
                continue
            }
            isInside = false
            words.append(word.isQuoted ? "\"\(word.text)\"" : word.text)
        }
        return words.joined(separator: " ")
    }
}
