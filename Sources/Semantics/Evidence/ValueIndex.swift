public import Modeling
public import Schemas
import Values

/// The values that questions may name, found by their words without regard to case, accents, plural and signs.
///
/// One ``ValueSegment`` per table, built from the distinct values of the columns that ``columnsToIndex(of:)`` names. The
/// index is a value: whoever builds it reads the database, and may keep the segments in a file.
public struct ValueIndex: Sendable {
    /// Where a value stands.
    struct Hit: Sendable, Hashable {
        var column: ColumnRef
        var value: SQLValue
    }

    /// The segments in the order of the schema.
    public private(set) var segments: [ValueSegment] = []
    /// The most words that any indexed value has.
    private(set) var longestPhrase = 0

    /// Longer words are no misspelling of anything.
    static let suggestionLength = 24

    /// At most so many words of a value are indexed; longer values are prose.
    static let wordLimit = 12

    /// A word that stands in more values than this names none of them.
    private static let commonWord = 2000

    /// An empty index.
    public init() {}

    /// An index of segments.
    public init(_ segments: [ValueSegment]) {
        self.segments = segments
        longestPhrase = segments.map(\.longestPhrase).max() ?? 0
    }

    /// How many values there are.
    public var count: Int { segments.reduce(0) { $0 + $1.count } }

    /// Whether values of a column were left out because there were too many: then a word that is not found may be one.
    public func isTruncated(_ column: ColumnRef) -> Bool {
        segments.contains { segment in
            segment.table == column.table
                && zip(segment.columns, segment.truncated).contains { $0 == column.column && $1 }
        }
    }

    /// Adds the distinct values of a column. Nulls, blobs and prose are passed over.
    public mutating func add(table: String, column: String, values: [SQLValue]) {
        let gatherer = ValueGatherer(limit: .max, budget: .max)
        for value in values {
            guard case .text(var text) = value else { continue }
            text.withUTF8 { bytes in
                let raw = UnsafeRawBufferPointer(bytes)
                gatherer.add(raw, hash: StableHash.of(raw))
            }
        }
        guard let bytes = ValueSegmentBuilder.bytes(table: table, columns: [(column, gatherer)]),
            let segment = try? ValueSegment(SharedBytes(bytes), in: 0..<bytes.count)
        else { return }
        self = ValueIndex(segments + [segment])
    }

    /// The columns whose normalized value is `key`, in the order of the schema.
    func hits(_ key: String) -> [Hit] {
        let hash = StableHash.of(key)
        return segments.flatMap { segment in segment.values(hash).map { Self.hit(segment, $0) } }
    }

    /// How many rows have the value in its column.
    func frequency(_ hit: Hit) -> Int {
        guard case .text(let text) = hit.value else { return 0 }
        let hash = StableHash.of(Tokenizer.normalized(text))
        for segment in segments where segment.table == hit.column.table {
            for value in segment.values(hash) where Self.hit(segment, value) == hit {
                return segment.frequency(value)
            }
        }
        return 0
    }

    private static func hit(_ segment: ValueSegment, _ value: Int) -> Hit {
        Hit(column: segment.column(value), value: .text(String(decoding: segment.text(value), as: UTF8.self)))
    }

    /// The one value that holds the words as whole words and more ("Contoso" of "Contoso Ltd"); nil when there is none, or
    /// when several values do.
    func onlyValue(holding words: String) -> Hit? {
        guard words.utf8.count >= 4 else { return nil }
        let found = values(holding: words, limit: 2)
        return found?.count == 1 ? found?.first : nil
    }

    /// Up to `limit` values that hold the words as whole words, one after the other, and more; nil when the words are so
    /// common that they name nothing.
    func values(holding words: String, limit: Int) -> [Hit]? {
        let parts = words.split(separator: " ").map { Array($0.utf8) }
        guard !parts.isEmpty else { return [] }
        let padded = " " + words + " "
        var found: [Hit] = []
        for segment in segments {
            let places = parts.compactMap { segment.place(of: $0) }
            guard places.count == parts.count,
                let rarest = places.min(by: { segment.postingCount($0) < segment.postingCount($1) })
            else { continue }
            if segment.postingCount(rarest) > Self.commonWord { return nil }
            for value in segment.values(holding: rarest) {
                let hit = Self.hit(segment, value)
                guard case .text(let text) = hit.value else { continue }
                let key = Tokenizer.normalized(text)
                guard key.utf8.count > words.utf8.count, (" " + key + " ").contains(padded) else { continue }
                found.append(hit)
                if found.count == limit { return found }
            }
        }
        return found
    }

    /// Indexed values that share a word of at least four letters with `word`, or hold one that differs from it in one
    /// letter, for suggestions; at most `limit`.
    func suggestions(for word: String, limit: Int) -> [String] {
        guard (4...Self.suggestionLength).contains(word.utf8.count), limit > 0 else { return [] }
        var found: [String] = []
        for segment in segments {
            var places = segment.place(of: Array(word.utf8)).map { [$0] } ?? []
            if word.utf8.count >= 5 { places += segment.placesNear(word) }
            let values = Set(places).flatMap { segment.values(holding: $0, limit: limit * 4) }.sorted()
            for value in values {
                let text = String(decoding: segment.text(value), as: UTF8.self)
                if found.contains(text) { continue }
                found.append(text)
                if found.count == limit { return found }
            }
        }
        return found
    }

    /// The words of indexed values that differ from `word` in one letter, each once, in byte order; for words of six letters
    /// and more.
    func wordsNear(_ word: String) -> [String] {
        guard (6...Self.suggestionLength).contains(word.utf8.count) else { return [] }
        let found = segments.flatMap { segment in
            segment.placesNear(word).map { String(decoding: segment.word($0), as: UTF8.self) }
        }
        return Set(found).sorted()
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
}
