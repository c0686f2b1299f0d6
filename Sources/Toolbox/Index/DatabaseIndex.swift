internal import Databases
internal import Schemas
internal import Semantics
internal import Values

/// What is read of a database once and kept: the values that questions may name, and the profile of all columns, table by
/// table, each with what tells whether it still holds.
struct DatabaseIndex: Sendable {
    /// One table's part.
    struct Table: Sendable {
        var name: String
        /// A hash of its columns, kinds and keys.
        var schema: UInt64
        /// How many rows it had; nil when nobody counted.
        var rowCount: Int?
        /// What its rows looked like from afar; nil when that cannot be told.
        var content: UInt64?
        /// The columns whose values are indexed.
        var indexed: [String]
        var profile: Profile.Table
        /// The indexed values, if there are any.
        var values: ValueSegment?
    }

    /// What the file system said of the file before it was read; nil when it said nothing.
    var stamp: String?
    /// The tables in the order of the schema.
    var tables: [Table]

    /// The values of all tables.
    var values: ValueIndex { ValueIndex(tables.compactMap(\.values)) }
    /// The profile of all tables.
    var profile: Profile { Profile(tables: tables.map(\.profile)) }
    /// The row counts by table.
    var rowCounts: [String: Int] {
        Dictionary(tables.compactMap { table in table.rowCount.map { (table.name, $0) } }) { first, _ in first }
    }

    /// A hash of what matters of a table's schema.
    static func schema(of table: CatalogueTable) -> UInt64 {
        var parts = [table.name, table.kind.rawValue] + table.primaryKey
        for column in table.columns { parts += [column.name, column.declaredType, column.kind.rawValue] }
        for key in table.foreignKeys { parts += key.columns + [key.referencedTable] + key.referencedColumns }
        for index in table.indices where index.isUnique { parts += [index.name] + index.columns }
        return parts.reduce(1) { StableHash.combined($0, StableHash.of($1)) }
    }
}

/// How an index is made and kept.
public struct IndexSettings: Sendable {
    /// Where indices are kept, one file per database; nil keeps them in memory only.
    public var folder: String?
    /// How long the building of an index may be silent. Defaults to one second.
    public var patience: Duration = .seconds(1)
    /// Takes messages for the person who waits: how far a long reading is, that a damaged file is built anew.
    public var notice: @Sendable (String) -> Void
    var limits = ValueIndexLimits()

    /// Makes settings.
    public init(folder: String? = nil, notice: @escaping @Sendable (String) -> Void = { _ in }) {
        self.folder = folder
        self.notice = notice
    }
}
