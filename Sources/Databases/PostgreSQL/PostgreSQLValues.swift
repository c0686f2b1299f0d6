import Schemas

/// How PostgreSQL's values become Operon's, and back.
enum PostgreSQLValues {
    /// The value of a column of a row. Types by their object identifiers, which are fixed (`pg_type.dat`).
    static func value(_ row: PostgreSQLConnection.Row, _ column: Int) -> SQLValue {
        guard let text = row.text(column) else { return .null }
        switch row.type(column) {
        case 16: return .integer(text == "t" ? 1 : 0)
        // int2, int4, int8, oid
        case 20, 21, 23, 26: return Int(text).map { .integer($0) } ?? .text(text)
        // float4, float8
        case 700, 701: return Double(text).map { .real($0) } ?? .text(text)
        // numeric: whole numbers without a fraction are what sums of whole numbers are.
        case 1700:
            if let whole = Int(text) { return .integer(whole) }
            return Double(text).map { .real($0) } ?? .text(text)
        case 17: return .blob(bytes(hex: row.bytes(column)))
        default: return .text(text)
        }
    }

    /// Whether the value has a length of its own.
    static func isLong(_ row: PostgreSQLConnection.Row, _ column: Int) -> Bool {
        if row.isNull(column) { return false }
        switch row.type(column) {
        case 16, 20, 21, 23, 26, 700, 701, 1700: return false
        default: return true
        }
    }

    /// A parameter as text; nil is NULL. The server takes its type from where it stands.
    static func text(_ value: SQLValue) -> String? {
        switch value {
        case .null: nil
        case .integer(let number): String(number)
        case .real(let number):
            number.isFinite ? "\(number)" : number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity"
        // PostgreSQL keeps no NUL in texts, and C would end there.
        case .text(let text): String(text.unicodeScalars.filter { $0.value != 0 }.map(Character.init))
        case .blob(let bytes): "\\x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    /// `\x00ff` as bytes.
    private static func bytes(hex: UnsafeRawBufferPointer) -> [UInt8] {
        guard hex.count >= 2, hex[0] == UInt8(ascii: "\\"), hex[1] == UInt8(ascii: "x") else { return Array(hex) }
        func digit(_ byte: UInt8) -> UInt8 { byte >= 0x61 ? byte - 0x61 + 10 : byte &- 0x30 }
        return stride(from: 2, to: hex.count - 1, by: 2).map { digit(hex[$0]) << 4 | digit(hex[$0 + 1]) & 15 }
    }

    /// What a type holds, by the name that `pg_type` has for it; `modifier` is the column's type modifier.
    static func kind(_ type: String, modifier: Int) -> CatalogueColumn.Kind {
        switch type {
        case "int2", "int4", "int8", "oid": return .integer
        case "float4", "float8": return .real
        case "numeric":
            // numeric(10) and numeric(10,0) hold whole numbers; the modifier holds precision and scale behind four.
            return modifier >= 4 && (modifier - 4) & 0x7ff == 0 ? .integer : .real
        case "bool": return .boolean
        case "date": return .date
        case "timestamp", "timestamptz": return .datetime
        case "bytea": return .blob
        default: return .text
        }
    }
}
