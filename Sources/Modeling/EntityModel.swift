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
    /// How sure it is that ``key`` identifies a row, from 0 to 1.
    public var keyConfidence = 0.0
    /// What speaks for ``key``.
    public var keyEvidence: [KeyEvidence] = []
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
    static func entity(
        _ table: CatalogueTable, foreignKeys: Set<String>, profiles: [ColumnRef: ColumnProfile],
        profile: Profile.Table? = nil, isOpaque: Bool = false
    ) -> EntityModel {
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
        var label = isCalendar ? [] : labelColumns(columns, entity: words)
        // A table whose name says nothing names its rows by the text that tells them apart.
        if label.isEmpty,
            !words.contains(where: { $0.count > 1 && $0.contains(where: \.isLetter) && $0 != "table" })
        {
            label = tellingColumn(columns, profiles)
        }
        for index in columns.indices where label.contains(columns[index].ref.column) {
            if columns[index].role != .key { columns[index].role = .label }
        }
        let inferred = key(table, columns: columns, entity: words, profiles, profile, isOpaque)
        let key = inferred.columns
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
            isBridge: foreignKeys.count >= 2 && payload.isEmpty, keyConfidence: inferred.confidence,
            keyEvidence: inferred.evidence)
    }

    /// The first column of words, none of which repeats among the samples, and which are no scores or dates.
    private static func tellingColumn(_ columns: [ColumnModel], _ profiles: [ColumnRef: ColumnProfile]) -> [String]
    {
        let found = columns.first { column in
            guard column.kind == .text, column.role == .category, column.form == nil,
                let samples = profiles[column.ref]?.samples, samples.count > 1, Set(samples).count == samples.count
            else { return false }
            return samples.allSatisfy { sample in
                guard case .text(let text) = sample else { return false }
                return text.first?.isLetter ?? false && !text.contains(where: \.isNumber) && text.utf8.count <= 60
            }
        }
        return found.map { [$0.ref.column] } ?? []
    }

    /// `l_tax`, `l_discount`, … of `lineitem`, `ps_availqty` of `partsupp`: letters before every name that abbreviate the
    /// table tell no more than that.
    private static func dropPrefix(_ columns: inout [ColumnModel], of entity: [String]) {
        guard columns.count >= 2, let first = columns[0].words.first, (1...3).contains(first.count),
            columns.allSatisfy({ $0.words.count >= 2 && $0.words[0] == first }), abbreviates(first, entity)
        else { return }
        for at in columns.indices { columns[at].words.removeFirst() }
    }

    /// Whether the letters stand in the entity's name in this order, the first at its beginning.
    private static func abbreviates(_ letters: String, _ entity: [String]) -> Bool {
        guard letters.first == entity.first?.first, letters.count == 1 || entity.joined().count > letters.count + 2
        else {
            return false
        }
        var rest = entity.joined()[...]
        for letter in letters {
            guard let at = rest.firstIndex(of: letter) else { return false }
            rest = rest[rest.index(after: at)...]
        }
        return true
    }

    private static func key(
        _ table: CatalogueTable, columns: [ColumnModel], entity: [String], _ profiles: [ColumnRef: ColumnProfile],
        _ profile: Profile.Table?, _ isOpaque: Bool
    ) -> InferredKey {
        let found = KeyInference.key(table, columns, entity: entity, profile, isOpaque: isOpaque)
        if !found.columns.isEmpty { return found }
        // Nothing is declared: a text that stands first, is called a name and never repeats tells the rows apart.
        if let first = columns.first, first.kind == .text, first.words.count > 1, first.words.last == "name",
            let rows = table.rowCount, rows > 1, profiles[first.ref]?.distinctCount == rows
        {
            return InferredKey(columns: [first.ref.column], confidence: 0.6, evidence: [.unique, .first])
        }
        return found
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
