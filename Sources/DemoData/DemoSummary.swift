public import Values

/// What was written: how many rows each table has.
public struct DemoSummary: Sendable, Hashable {
    /// One table with its number of rows.
    public struct TableCount: Sendable, Hashable {
        /// The table's name.
        public var table: String
        /// How many rows it has.
        public var rows: Int
    }

    /// The file.
    public var path: String
    /// What its numbers tell.
    public var scenario: DemoScenario
    /// The seed that it was made from.
    public var seed: UInt64
    /// How many months of orders it holds.
    public var months: Int
    /// The size of the file in bytes.
    public var byteCount: Int
    /// The tables in the order in which they were made.
    public var tables: [TableCount]

    /// `{"path","scenario","seed","months","bytes","tables":{"customers":2000,…}}`; the seed is a string when it does
    /// not fit a signed integer of 64 bits.
    public var json: JSON {
        var counts = JSONObject()
        for count in tables { counts[count.table] = .int(count.rows) }
        return [
            "path": .string(path), "scenario": .string(scenario.rawValue),
            "seed": Int(exactly: seed).map { .int($0) } ?? .string("\(seed)"), "months": .int(months),
            "bytes": .int(byteCount), "tables": .object(counts),
        ]
    }
}
