import Modeling
public import Schemas
public import Values

/// The values that questions may name, found by their words without regard to case, accents, plural and signs.
///
/// Built once per database from the distinct values of the columns that ``columnsToIndex(of:)`` names; the caller
/// bounds how many values it hands in per column.
public struct ValueIndex: Sendable {
    /// Where a value stands.
    struct Hit: Sendable, Hashable {
        var column: ColumnRef
        var value: SQLValue
    }

    private var added: [(column: ColumnRef, values: [SQLValue], keys: [String])] = []
    private var hits: [String: [Hit]] = [:]
    /// The most words that any indexed value has.
    private(set) var longestPhrase = 0

    /// Longer words are no misspelling of anything.
    static let suggestionLength = 24

    /// At most so many words of a value are indexed; longer values are prose.
    static let wordLimit = 12

    /// An empty index.
    public init() {}

    /// How many values there are.
    public var count: Int { added.reduce(0) { $0 + $1.values.count } }

    /// Adds the distinct values of a column. Nulls, blobs and prose are passed over.
    public mutating func add(table: String, column: String, values: [SQLValue]) {
        let ref = ColumnRef(table, column)
        var kept: [SQLValue] = []
        var keys: [String] = []
        for value in values {
            guard case .text(let text) = value, text.utf8.count <= 200 else { continue }
            let key = Tokenizer.normalized(text)
            let words = key.split(separator: " ").count
            guard words > 0, words <= Self.wordLimit else { continue }
            let hit = Hit(column: ref, value: value)
            if hits[key]?.contains(hit) ?? false { continue }
            hits[key, default: []].append(hit)
            longestPhrase = max(longestPhrase, words)
            kept.append(value)
            keys.append(key)
        }
        if !kept.isEmpty { added.append((ref, kept, keys)) }
    }

    /// The columns whose normalized value is `key`, in the order in which they were added.
    func hits(_ key: String) -> [Hit] { hits[key] ?? [] }

    /// The one value that holds the words as whole words and more ("Contoso" of "Contoso Ltd"); nil when there is none, or
    /// when several values do.
    func onlyValue(holding words: String) -> Hit? {
        guard words.utf8.count >= 4 else { return nil }
        let padded = " " + words + " "
        var found: Hit?
        for (column, values, keys) in added {
            for (value, key) in zip(values, keys) where key.utf8.count > words.utf8.count {
                guard key.hasPrefix(words + " ") || key.hasSuffix(" " + words) || (" " + key + " ").contains(padded)
                else {
                    continue
                }
                if found != nil { return nil }
                found = Hit(column: column, value: value)
            }
        }
        return found
    }

    /// Indexed values that share a word of at least four letters with `word`, for suggestions; at most `limit`.
    func suggestions(for word: String, limit: Int) -> [String] {
        guard (4...Self.suggestionLength).contains(word.utf8.count) else { return [] }
        var found: [String] = []
        let isLong = word.utf8.count >= 5
        for (_, values, keys) in added {
            for (value, key) in zip(values, keys) {
                guard case .text(let text) = value else { continue }
                let isLike = key.split(separator: " ").contains { part in
                    part == word
                        || (isLong && abs(part.utf8.count - word.utf8.count) <= 1
                            && Words.isNear(String(part), word))
                }
                if isLike, !found.contains(text) {
                    found.append(text)
                    if found.count == limit { return found }
                }
            }
        }
        return found
    }

    /// The columns worth indexing: words that people name. Keys, notes, addresses, numbers and dates are left out.
    public static func columnsToIndex(of catalogue: Catalogue) -> [(table: String, column: String)] {
        SchemaModel(catalogue).entities.flatMap { entity in
            entity.columns.filter { column in
                switch column.role {
                case .label: return true
                case .category: return column.kind == .text || column.kind == .unknown
                case .key: return column.kind == .text && entity.key == [column.ref.column]
                case .text:
                    return column.kind == .text
                        && column.words.contains { ["address", "detail", "description"].contains($0) }
                default: return false
                }
            }.map { (entity.table, $0.ref.column) }
        }
    }

    /// `{"columns":[{"table","column","values":[…]}]}`
    public var json: JSON {
        [
            "columns": .array(
                added.map {
                    [
                        "table": .string($0.column.table), "column": .string($0.column.column),
                        "values": .array($0.values.map(\.json)),
                    ]
                })
        ]
    }

    /// Reads back ``json``; nil when the shape is another.
    public init?(json: JSON) {
        guard let columns = json["columns"]?.array else { return nil }
        for entry in columns {
            guard let table = entry["table"]?.string, let column = entry["column"]?.string,
                let values = entry["values"]?.array
            else { return nil }
            add(table: table, column: column, values: values.compactMap(SQLValue.init(json:)))
        }
    }
}
