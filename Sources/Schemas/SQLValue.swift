public import Values

/// One value of a database.
public enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int)
    case real(Double)
    case text(String)
    case blob([UInt8])

    /// The value as JSON: a blob becomes `{"$bytes": count}`, since results are for reading.
    public var json: JSON {
        switch self {
        case .null: .null
        case .integer(let value): .int(value)
        case .real(let value): .double(value)
        case .text(let value): .string(value)
        case .blob(let bytes): ["$bytes": .int(bytes.count)]
        }
    }

    /// The value that a JSON scalar stands for; nil for arrays and objects.
    public init?(json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .integer(value ? 1 : 0)
        case .int(let value): self = .integer(value)
        case .double(let value): self = .real(value)
        case .string(let value): self = .text(value)
        case .array, .object: return nil
        }
    }
}

/// Rows that a query returned.
public struct ResultTable: Sendable, Hashable {
    /// The column names in select order.
    public var columns: [String]
    /// The rows; each has one value per column.
    public var rows: [[SQLValue]]
    /// Whether a row or byte cap cut the result short.
    public var isTruncated: Bool
    /// How many bytes of values were read.
    public var byteCount: Int

    /// Makes a table.
    public init(columns: [String], rows: [[SQLValue]], isTruncated: Bool = false, byteCount: Int = 0) {
        self.columns = columns
        self.rows = rows
        self.isTruncated = isTruncated
        self.byteCount = byteCount
    }

    /// `{"columns","rows","row_count","truncated","bytes"}`
    public var json: JSON {
        [
            "columns": .strings(columns), "rows": .array(rows.map { .array($0.map(\.json)) }),
            "row_count": .int(rows.count), "truncated": .bool(isTruncated), "bytes": .int(byteCount),
        ]
    }
}

/// A scalar of JSON; bytes have no form there and are not written.
extension SQLValue: Codable {
    /// Writes the scalar. Throws for a blob.
    public func encode(to encoder: any Encoder) throws {
        var place = encoder.singleValueContainer()
        switch self {
        case .null: try place.encodeNil()
        case .integer(let value): try place.encode(value)
        case .real(let value): try place.encode(value)
        case .text(let value): try place.encode(value)
        case .blob:
            throw EncodingError.invalidValue(
                self, .init(codingPath: encoder.codingPath, debugDescription: "bytes are not written"))
        }
    }

    /// Reads the scalar.
    public init(from decoder: any Decoder) throws {
        let place = try decoder.singleValueContainer()
        if place.decodeNil() {
            self = .null
        } else if let text = try? place.decode(String.self) {
            self = .text(text)
        } else if let number = try? place.decode(Int.self) {
            self = .integer(number)
        } else {
            self = .real(try place.decode(Double.self))
        }
    }
}
