/// Understands which of several choices a person means.
public enum ChoiceWords {
    /// The index of the choice that `line` names: its number ("2", "#2", "option 2"), its rank ("the second", "the last
    /// one"), its text, or words that stand in no other choice; "yes" where there is only one. Nil when it names none,
    /// such as a new question.
    public static func index(of line: String, among choices: [String]) -> Int? {
        let tokens = Tokenizer.tokens(line).filter { !$0.isSign && !plain.contains($0.folded) }
        if let exact = choices.firstIndex(where: { folded($0) == folded(line) }) { return exact }
        if tokens.count == 1, let token = tokens.first {
            if let number = token.number, let place = Int(exactly: number) {
                return choices.indices.contains(place - 1) ? place - 1 : nil
            }
            switch token.folded {
            case "last", "latter": return choices.indices.last
            case "former": return choices.indices.first
            case "yes", "yeah", "yep", "right", "correct", "ok", "okay", "sure": return choices.count == 1 ? 0 : nil
            default: break
            }
        }
        guard !tokens.isEmpty else { return nil }
        let found = choices.indices.filter { at in
            let words = Set(Tokenizer.tokens(choices[at]).map(\.lemma))
            return tokens.allSatisfy { words.contains($0.lemma) }
        }
        return found.count == 1 ? found[0] : nil
    }

    /// Whether `line` turns all choices down.
    public static func isRefusal(_ line: String) -> Bool {
        [
            "no", "none", "neither", "none of them", "neither of them", "cancel", "never mind", "nevermind", "skip",
            "nope",
        ]
        .contains(folded(line))
    }

    private static func folded(_ text: String) -> String {
        Tokenizer.tokens(text).filter { !$0.isSign }.map(\.folded).joined(separator: " ")
    }

    private static let plain: Set<String> = [
        "the", "one", "option", "number", "no", "choice", "please", "i", "mean", "meant", "want", "take", "choose",
        "by",
        "of", "a", "it", "is", "was", "with", "reading", "answer", "that", "to", "for",
    ]
}
