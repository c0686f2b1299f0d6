import Modeling
public import Schemas

/// What a person takes a word for: a table, a column, or a value of a column. A glossary remembers it.
public struct Meaning: Sendable, Hashable, Codable {
    /// The words, as lemmas with a space between.
    public var word: String
    /// The table that the words stand for, or that the column belongs to.
    public var table: String
    /// The column, when they stand for one or for a value of one.
    public var column: String?
    /// The stored value.
    public var value: SQLValue?

    /// Makes a meaning.
    public init(_ word: String, table: String, column: String? = nil, value: SQLValue? = nil) {
        (self.word, self.table, self.column, self.value) = (word, table, column, value)
    }

    /// What the words stand for as a thing of the schema; nil for what a glossary need not remember.
    init?(_ word: String, _ kind: Item.Kind) {
        switch kind {
        case .entity(let table): self.init(word, table: table)
        case .column(let ref): self.init(word, table: ref.table, column: ref.column)
        case .value(let ref, let value): self.init(word, table: ref.table, column: ref.column, value: value)
        default: return nil
        }
    }

    /// The meanings in which two choices differ, where it is exactly one: that of the first, that of the second.
    static func between(_ first: Choice, _ second: Choice, _ evidence: Evidence) -> [Meaning] {
        guard first.items.count == second.items.count else { return [] }
        let different = zip(first.items, second.items).filter { $0.0.kind != $0.1.kind }
        guard different.count == 1, let (a, b) = different.first, a.range == b.range,
            a.range.upperBound <= evidence.tokens.count, !a.range.isEmpty
        else { return [] }
        let word = evidence.tokens[a.range].map(\.lemma).joined(separator: " ")
        guard let one = Meaning(word, a.kind), let other = Meaning(word, b.kind) else { return [] }
        return [one, other]
    }
}
