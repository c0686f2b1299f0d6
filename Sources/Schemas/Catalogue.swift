/// What a database says of itself: its tables and views with columns, keys, indices and row counts.
public struct Catalogue: Sendable, Hashable {
    /// The database's name as people call it: the file name without its ending, or the name it was registered under.
    public var database: String
    /// The SQL dialect that the database speaks.
    public var dialect: SQLDialect
    /// Tables and views in the order of the schema.
    public var tables: [CatalogueTable]

    /// Makes a catalogue.
    public init(database: String, dialect: SQLDialect = .sqlite, tables: [CatalogueTable]) {
        self.database = database
        self.dialect = dialect
        self.tables = tables
    }

    /// The table called `name`, compared without case.
    public func table(_ name: String) -> CatalogueTable? {
        let wanted = name.lowercased()
        return tables.first { $0.name.lowercased() == wanted }
    }
}

/// A SQL dialect that Operon can print.
public enum SQLDialect: String, Sendable, Hashable, CaseIterable { case sqlite, postgresql, duckdb }

/// One table or view.
public struct CatalogueTable: Sendable, Hashable {
    /// Whether rows are stored or computed.
    public enum Kind: String, Sendable, Hashable { case table, view }

    /// The name as the schema writes it.
    public var name: String
    /// Table or view.
    public var kind: Kind
    /// The columns in schema order.
    public var columns: [CatalogueColumn]
    /// The primary key's columns in key order; empty when none is declared.
    public var primaryKey: [String]
    /// Declared foreign keys.
    public var foreignKeys: [ForeignKey]
    /// Indices, also those that unique constraints made.
    public var indices: [CatalogueIndex]
    /// How many rows there are; nil when it was not counted.
    public var rowCount: Int?

    /// Makes a table.
    public init(
        name: String, kind: Kind = .table, columns: [CatalogueColumn], primaryKey: [String] = [],
        foreignKeys: [ForeignKey] = [], indices: [CatalogueIndex] = [], rowCount: Int? = nil
    ) {
        self.name = name
        self.kind = kind
        self.columns = columns
        self.primaryKey = primaryKey
        self.foreignKeys = foreignKeys
        self.indices = indices
        self.rowCount = rowCount
    }

    /// The column called `name`, compared without case.
    public func column(_ name: String) -> CatalogueColumn? {
        let wanted = name.lowercased()
        return columns.first { $0.name.lowercased() == wanted }
    }
}

/// One column.
public struct CatalogueColumn: Sendable, Hashable {
    /// What values a declared type holds, in the few kinds that decisions need.
    public enum Kind: String, Sendable, Hashable {
        case integer, real, text, blob, boolean, date, datetime, unknown
    }

    /// The name as the schema writes it.
    public var name: String
    /// The type as the schema writes it; may be empty in SQLite.
    public var declaredType: String
    /// What the declared type (or, where it says nothing, the stored values) holds.
    public var kind: Kind
    /// Whether NULL is allowed.
    public var isNullable: Bool
    /// The default as SQL text, if any.
    public var defaultSQL: String?

    /// Makes a column.
    public init(name: String, declaredType: String, kind: Kind, isNullable: Bool = true, defaultSQL: String? = nil)
    {
        self.name = name
        self.declaredType = declaredType
        self.kind = kind
        self.isNullable = isNullable
        self.defaultSQL = defaultSQL
    }
}

/// A declared reference from one table's columns to another's.
public struct ForeignKey: Sendable, Hashable {
    /// The referring columns.
    public var columns: [String]
    /// The table referred to.
    public var referencedTable: String
    /// Its columns, in the same order as `columns`.
    public var referencedColumns: [String]

    /// Makes a foreign key.
    public init(columns: [String], referencedTable: String, referencedColumns: [String]) {
        self.columns = columns
        self.referencedTable = referencedTable
        self.referencedColumns = referencedColumns
    }
}

/// One index.
public struct CatalogueIndex: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its columns in order; an expression stands as an empty string.
    public var columns: [String]
    /// Whether it forbids duplicates.
    public var isUnique: Bool

    /// Makes an index.
    public init(name: String, columns: [String], isUnique: Bool) {
        self.name = name
        self.columns = columns
        self.isUnique = isUnique
    }
}
