/// Words that may stand for one another, with how well they do.
extension EnglishLexicon {
    /// A word that may be meant, with how sure that is: 1 would be the word itself.
    public struct Related: Sendable, Hashable {
        /// The other word.
        public var word: String
        /// How well it stands for the word that was looked up.
        public var weight: Double
        /// How the two are related.
        public var kind: Kind
    }

    /// Words that a form may stand for, the surest first.

    ///
    /// | relation | weight | example |
    /// |---|---|---|
    /// | base of a verb form | 0.85 | departed, depart |
    /// | derived | 0.8 | departure, depart |
    /// | derived from one derived word | 0.68 | payment, payable |
    /// | synonym, first sense | 0.6 | client, customer |
    /// | synonym, second sense | 0.5 | departure, deviation |
    /// | synonym of a base or of a derived word | a tenth less | |
    /// | hypernym, first sense | 0.42 | tariff, duty |
    public func related(to form: String) -> [Related] {
        var found: [Related] = []
        func add(_ word: String, _ weight: Double, _ kind: Kind) {
            guard word != form else { return }
            if let at = found.firstIndex(where: { $0.word == word }) {
                if found[at].weight < weight { found[at] = Related(word: word, weight: weight, kind: kind) }
            } else {
                found.append(Related(word: word, weight: weight, kind: kind))
            }
        }
        for (base, part) in bases(of: form) {
            if base != form { add(base, 0.85, .base) }
            // Words of an adjective's form may rather be a verb's: "paid" of "pay".
            let relations = entry(base)?.relations.filter { $0.part == part } ?? []
            for relation in relations {
                switch relation.kind {
                case .derived:
                    add(relation.word, 0.8, .derived)
                    for further in entry(relation.word)?.relations ?? []
                    where further.kind == .derived { add(further.word, 0.68, .derived) }
                case .synonym: add(relation.word, relation.sense == 1 ? 0.6 : 0.5, .synonym)
                case .hypernym: add(relation.word, 0.42, .hypernym)
                case .antonym, .base, .form: break
                }
            }
        }
        return found.sorted { $0.weight != $1.weight ? $0.weight > $1.weight : $0.word < $1.word }
    }

    /// The word that a prefix of denial stands before: `unpaid` is the opposite of `paid`, `non-hazardous` of
    /// `hazardous`; nil for words that only begin so ("union", "incident").
    public func denied(by word: String) -> String? {
        for prefix in ["un", "in", "im", "ir", "il", "non", "dis"] where word.hasPrefix(prefix) {
            let rest = String(word.dropFirst(prefix.utf8.count))
            guard rest.utf8.count >= 4 else { continue }
            let isOpposite =
                entry(word)?.relations.contains { $0.kind == .antonym && $0.word == rest } ?? false
                || (prefix == "un" || prefix == "non")
                    && bases(of: rest).contains { $0.part == .verb || $0.part == .adjective }
            if isOpposite { return rest }
        }
        return nil
    }
}
