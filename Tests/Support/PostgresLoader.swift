public import Databases
import Schemas

/// Loads SQLite files into PostgreSQL, so that both engines can be asked the same.
public enum PostgresLoader {
    /// Copies the tables of the SQLite file at `path`, with keys and rows, into a new database of `server`.
    ///
    /// Columns get PostgreSQL's own types where all of their values fit: dates, moments and flags are no texts there.
    /// Empty texts in columns of numbers and dates become NULL. Foreign keys that PostgreSQL would not take are left out.
    public static func load(_ path: String, into server: PostgresServer) async throws -> DatabaseURL {
        let source = SQLiteDatabase(url: try DatabaseURL(path))
        let catalogue = try await source.catalogue()
        await source.close()
        let url = try await server.makeDatabase()
        try await server.withConnection(to: url) { target in
            let file = try SQLiteConnection(path: path, mode: .readOnly)
            let tables = catalogue.tables.filter { $0.kind == .table }
            for table in tables { try copy(table, from: file, into: target) }
            for table in tables {
                for key in table.foreignKeys {
                    // Not every reference of an SQLite file points to what is unique.
                    try? target.execute(
                        "ALTER TABLE \(quoted(table.name)) ADD FOREIGN KEY (\(list(key.columns))) REFERENCES "
                            + "\(quoted(key.referencedTable)) (\(list(key.referencedColumns))) NOT VALID")
                }
            }
            try target.execute("ANALYZE")
        }
        return url
    }

    private static func copy(
        _ table: CatalogueTable, from file: SQLiteConnection, into target: PostgreSQLConnection
    ) throws {
        var rows: [[SQLValue]] = []
        let names = list(table.columns.map(\.name))
        try file.forEachRow("SELECT \(names) FROM \(quoted(table.name))") { row in
            rows.append(table.columns.indices.map(row.value))
        }
        let types = table.columns.indices.map { at in type(of: table.columns[at], rows.map { $0[at] }) }
        var parts = table.columns.indices.map { "\(quoted(table.columns[$0].name)) \(types[$0])" }
        if !table.primaryKey.isEmpty { parts.append("PRIMARY KEY (\(list(table.primaryKey)))") }
        try target.execute("CREATE TABLE \(quoted(table.name)) (\(parts.joined(separator: ", ")))")
        let lines = rows.map { row in
            row.indices.map { text(row[$0], types[$0]) }.joined(separator: "\t") + "\n"
        }
        try target.copy(into: "\(quoted(table.name)) (\(names))", lines)
    }

    /// The type that holds all values of a column.
    private static func type(of column: CatalogueColumn, _ values: [SQLValue]) -> String {
        var hasReal = false
        var texts: [String] = []
        for value in values {
            switch value {
            case .null, .integer: continue
            case .real: hasReal = true
            case .text(let text): if !text.isEmpty { texts.append(text) }
            case .blob: return "bytea"
            }
        }
        let isNumber = texts.isEmpty && column.kind != .text && column.kind != .unknown
        switch column.kind {
        case .date where texts.allSatisfy { isISO($0, hasTime: false) }: return "date"
        case .datetime where texts.allSatisfy { isISO($0, hasTime: true) }: return "timestamp"
        case .boolean
        where texts.isEmpty && !hasReal && values.allSatisfy { [.null, .integer(0), .integer(1)].contains($0) }:
            return "boolean"
        case .integer where isNumber && !hasReal: return "bigint"
        case .blob: return "bytea"
        default:
            if isNumber {
                return column.declaredType.uppercased().hasPrefix("DEC") ? "numeric" : "double precision"
            }
            let numbers = values.contains { if case .integer = $0 { true } else { hasReal } }
            return texts.isEmpty && numbers && column.kind == .unknown ? "double precision" : "text"
        }
    }

    /// `2024-01-31`, and with a time `2024-01-31 10:00:00` with or without its fraction.
    private static func isISO(_ text: String, hasTime: Bool) -> Bool {
        let bytes = Array(text.utf8)
        let pattern = Array((hasTime && bytes.count > 10 ? "0000-00-00 00:00:00" : "0000-00-00").utf8)
        guard bytes.count == pattern.count || (hasTime && bytes.count > 19 && bytes[19] == UInt8(ascii: ".")) else {
            return false
        }
        return zip(bytes, pattern).allSatisfy { byte, sign in
            sign == UInt8(ascii: "0")
                ? (0x30...0x39).contains(byte) : byte == sign || (sign == 0x20 && byte == UInt8(ascii: "T"))
        }
    }

    /// A value in COPY's text format.
    private static func text(_ value: SQLValue, _ type: String) -> String {
        switch value {
        case .null: return "\\N"
        case .integer(let number): return type == "boolean" ? (number == 1 ? "t" : "f") : String(number)
        case .real(let number): return "\(number)"
        case .text(let text):
            if text.isEmpty, type != "text" { return "\\N" }
            var escaped = ""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\\": escaped += "\\\\"
                case "\t": escaped += "\\t"
                case "\n": escaped += "\\n"
                case "\r": escaped += "\\r"
                case "\0": continue
                default: escaped.unicodeScalars.append(scalar)
                }
            }
            return escaped
        case .blob(let bytes):
            return "\\\\x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    private static func list(_ names: [String]) -> String { names.map(quoted).joined(separator: ", ") }
    private static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
