public import Schemas

/// One table or view as an entity: what a row is, what it is called and when it happened.
public struct EntityModel: Sendable, Hashable {
    /// The table.
    public var table: String
    /// The lemmas of its name without warehouse prefixes such as `dim_`.
    public var words: [String]
    /// The columns in schema order.
    public var columns: [ColumnModel]
    /// The columns that identify a row: the primary key, else a unique index, else a column named like a key; empty
    /// when there is none.
    public var key: [String]
    /// The columns that name a row for people, in reading order; empty when only the key does.
    public var label: [String]
    /// The day or moment that a row belongs to, if it has one.
    public var time: String?
    /// Rows, when counted.
    public var rowCount: Int?
    /// Whether rows are stored (and have a rowid in SQLite) or computed.
    public var kind: CatalogueTable.Kind
    /// Whether a row only links rows of other tables.
    public var isBridge: Bool
    /// Whether its key is made of references to two tables or more, whatever else a row holds: an enrolment, the stock of
    /// a part at a supplier.
    public var isLink = false
    /// What a row is in a warehouse.
    public var shape = EntityShape.other
    /// The table whose rows are read, where the entity is a role of it; see ``RoleInstance``.
    public var origin: String?

    /// The column called `name`.
    public func column(_ name: String) -> ColumnModel? { columns.first { $0.ref.column == name } }
    /// The measures in schema order.
    public var measures: [ColumnModel] { columns.filter { $0.role == .measure } }
    /// The name for people, singular: `invoice line`.
    public var title: String { words.joined(separator: " ") }
}

/// Builds entities from a catalogue.
enum EntityInference {
    static func entity(_ table: CatalogueTable, foreignKeys: Set<String>, profiles: [ColumnRef: ColumnProfile])
        -> EntityModel
    {
        var columns = table.columns.map { column in
            RoleInference.model(
                of: column, in: table, isForeignKey: foreignKeys.contains(column.name.lowercased()),
                profile: profiles[ColumnRef(table.name, column.name)])
        }
        var words = Words.lemmas(of: table.name)
        while words.count > 1, let first = words.first, Vocabulary.tablePrefixes.contains(first) {
            words.removeFirst()
        }
        dropPrefix(&columns, of: words)
        let time = timeColumn(columns, entity: words)
        // A day of a calendar has a date, and shares the name of its month with others.
        let isCalendar = time != nil && words.contains(where: Vocabulary.calendarWords.contains)
        let label = isCalendar ? [] : labelColumns(columns, entity: words)
        for index in columns.indices where label.contains(columns[index].ref.column) {
            if columns[index].role != .key { columns[index].role = .label }
        }
        let key = keyColumns(table, columns: columns, entity: words, profiles)
        for index in columns.indices
        where key == [columns[index].ref.column] && columns[index].role != .label
            && (columns[index].kind != .text || !table.primaryKey.isEmpty || columns[index].role == .key)
        {
            columns[index].role = .key
            columns[index].measure = nil
        }
        let payload = columns.filter { $0.role != .key }
        return EntityModel(
            table: table.name, words: words, columns: columns, key: key, label: label,
            time: time, rowCount: table.rowCount, kind: table.kind,
            isBridge: foreignKeys.count >= 2 && payload.isEmpty)
    }

    /// `l_tax`, `l_discount`, … of `lineitem`: one letter before every name tells the table and no more.
    private static func dropPrefix(_ columns: inout [ColumnModel], of entity: [String]) {
        guard columns.count >= 2, let first = columns[0].words.first, first.count == 1,
            first.first == entity.first?.first,
            columns.allSatisfy({ $0.words.count >= 2 && $0.words[0] == first })
        else { return }
        for at in columns.indices { columns[at].words.removeFirst() }
    }

    private static func keyColumns(
        _ table: CatalogueTable, columns: [ColumnModel], entity: [String], _ profiles: [ColumnRef: ColumnProfile]
    ) -> [String] {
        if !table.primaryKey.isEmpty { return table.primaryKey }
        if let unique = table.indices.first(where: { $0.isUnique && !$0.columns.contains("") }) {
            return unique.columns
        }
        let named = columns.first { column in
            guard let last = column.words.last, Vocabulary.keyEndings.contains(last) else { return false }
            let rest = Array(column.words.dropLast())
            return rest.isEmpty || rest == entity
        }
        if let named { return [named.ref.column] }
        // Nothing is declared: a text that stands first, is called a name and never repeats tells the rows apart.
        if let first = columns.first, first.kind == .text, first.words.count > 1, first.words.last == "name",
            let rows = table.rowCount, rows > 1, profiles[first.ref]?.distinctCount == rows
        {
            return [first.ref.column]
        }
        return []
    }

    private static func labelColumns(_ columns: [ColumnModel], entity: [String]) -> [String] {
        let texts = columns.filter { $0.kind == .text || $0.kind == .unknown }
        func named(_ words: [String]) -> ColumnModel? {
            texts.first { $0.words == words } ?? texts.first { $0.words == entity + words }
                ?? texts.first { entity.last.map { [$0] + words } == $0.words }
        }
        let first = texts.first { $0.words.suffix(2) == ["first", "name"] || $0.words == ["given", "name"] }
        let last = texts.first { $0.words.suffix(2) == ["last", "name"] || $0.words == ["family", "name"] }
        for words in Vocabulary.labelWords {
            // A person's job title is no name of the person.
            if words == ["title"], first != nil, last != nil { continue }
            if let column = named(words) { return [column.ref.column] }
        }
        if let first, let last { return [first.ref.column, last.ref.column] }
        // "catalog_entry_name", "company": a name with another beginning, or the entity's own word.
        if let other = texts.first(where: { $0.words.last == "name" && $0.words.first == entity.first }) {
            return [other.ref.column]
        }
        if let own = texts.first(where: { $0.words == entity && $0.role != .key }) { return [own.ref.column] }
        let names = texts.filter { $0.words.last == "name" && $0.role != .key }
        return names.count == 1 ? [names[0].ref.column] : []
    }

    /// The entity's own date: `order_date` of an order before `shipped_date`; audit columns last.
    private static func timeColumn(_ columns: [ColumnModel], entity: [String]) -> String? {
        func score(_ column: ColumnModel) -> Int {
            let words = column.words
            if words.contains(where: ["updated", "modified", "loaded", "timestamp"].contains) { return 1 }
            if words.contains(where: ["created", "crtd"].contains) { return 2 }
            if words.contains(where: ["birth", "end", "due", "expiry", "expiration", "valid", "required"].contains)
            {
                return 3
            }
            if words.contains(where: ["shipped", "ship", "delivered", "delivery", "closed"].contains) { return 4 }
            let stems = words + words.flatMap(Words.verbStems)
            if stems.contains(where: { entity.contains($0) }) { return 7 }
            if words == ["date"] || words == ["day"] { return 6 }
            if words.contains(where: ["transaction", "order", "ordered", "start", "purchase"].contains) {
                return 6
            }
            return 5
        }
        let times = columns.filter { $0.role == .time }
        guard let best = times.map(score).max() else { return nil }
        return times.first { score($0) == best }?.ref.column
    }
}
