public import Schemas

/// One column of a demo table, with what its values must satisfy.
public struct DemoColumn: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The declared type: `INTEGER`, `REAL`, `TEXT`, `DATE` or `DATETIME`.
    public var type: String
    /// Whether NULL is allowed.
    public var isNullable: Bool
    /// The table whose primary key the column refers to, if any. Every primary key is one column.
    public var references: String?
    /// Further constraints as SQL, for instance `CHECK (quantity > 0)`; empty for none.
    public var constraint: String

    init(_ name: String, _ type: String, null: Bool = false, to table: String? = nil, _ constraint: String = "") {
        self.name = name
        self.type = type
        isNullable = null
        references = table
        self.constraint = constraint
    }
}

/// One table of a demo business: how it is declared, and its rows in the order of the primary key.
public struct DemoTable: Sendable {
    /// The name.
    public let name: String
    /// The columns; the first is the primary key, an integer.
    public let columns: [DemoColumn]
    /// A constraint over several columns as SQL; empty for none.
    public let constraint: String
    /// The rows; each has one value per column.
    public internal(set) var rows: [[SQLValue]] = []

    init(_ name: String, _ columns: [DemoColumn], constraint: String = "") {
        self.name = name
        self.columns = columns
        self.constraint = constraint
    }

    /// The `CREATE TABLE` statement. `keys` gives the primary key of each table that may be referred to.
    public func createStatement(keys: [String: String]) -> String {
        var lines = columns.enumerated().map { index, column in
            var line = "\(column.name) \(column.type)"
            if index == 0 { line += " PRIMARY KEY" } else if !column.isNullable { line += " NOT NULL" }
            if !column.constraint.isEmpty { line += " " + column.constraint }
            if let table = column.references { line += " REFERENCES \(table) (\(keys[table] ?? "rowid"))" }
            return line
        }
        if !constraint.isEmpty { lines.append(constraint) }
        return "CREATE TABLE \(name) (\n    " + lines.joined(separator: ",\n    ") + "\n)"
    }

    /// One index for each column that refers to another table, and one for a table's date or moment of happening.
    public var indexStatements: [String] {
        columns.filter { $0.references != nil || $0.type == "DATETIME" }.map {
            "CREATE INDEX \(name)_\($0.name) ON \(name) (\($0.name))"
        }
    }

    /// The statement that adds one row, with a parameter for each column.
    public var insertStatement: String {
        "INSERT INTO \(name) VALUES (" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
    }
}
