public import Schemas
public import Values

/// What became of one statement behind the sandbox.
public struct QueryVerdict: Sendable, Hashable {
    /// The four ways in which a statement ends.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It ran; a row or byte cap may have cut its rows short.
        case ok
        /// It asked for something that is not allowed, and nothing of it ran.
        case denied
        /// It was too large, too deep, or took too long or too much memory.
        case limit
        /// It is wrong, or it was cancelled, or the database could not be read.
        case error
    }

    /// How the statement ended.
    public var kind: Kind
    /// The rows; empty unless ``kind`` is ``Kind/ok``.
    public var table: ResultTable
    /// What went wrong; never holds values of the database or names of hidden tables. Nil when ``kind`` is
    /// ``Kind/ok``.
    public var error: OperonError?

    /// A statement that ran.
    public init(ok table: ResultTable) {
        kind = .ok
        self.table = table
    }

    /// A statement that did not run to its end.
    public init(_ kind: Kind, _ error: OperonError) {
        self.kind = kind
        table = ResultTable(columns: [], rows: [])
        self.error = error
    }

    /// `{"id","verdict","rows","truncated","bytes","error","data"}`: `rows` counts, `error` is a text or null, `data`
    /// holds one array per row. Infinite numbers, which JSON does not know, become null.
    public func json(id: JSON) -> JSON {
        [
            "id": id, "verdict": .string(kind.rawValue), "rows": .int(table.rows.count),
            "truncated": .bool(table.isTruncated), "bytes": .int(table.byteCount),
            "error": .optional(error?.description),
            "data": .array(table.rows.map { .array($0.map(Self.jsonValue)) }),
        ]
    }

    private static func jsonValue(_ value: SQLValue) -> JSON {
        if case .real(let number) = value, !number.isFinite { return .null }
        return value.json
    }
}
