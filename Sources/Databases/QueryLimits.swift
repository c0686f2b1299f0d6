/// How much one statement may take. Reaching a row or byte cap cuts the result short and is no failure; reaching any
/// other limit ends the statement with the verdict `limit`.
public struct QueryLimits: Sendable, Hashable {
    /// How long a statement may run. Defaults to 10 s.
    public var timeout: Duration
    /// How many rows come back at most. Defaults to 10 000.
    public var maxRows: Int
    /// How many bytes of values come back at most: 8 for each value, and the length of each text and blob on top.
    /// Defaults to 16 MiB.
    public var maxBytes: Int
    /// How much memory SQLite may hold for the statement, sorting and grouping included. Defaults to 128 MiB.
    public var maxMemoryBytes: Int
    /// How long the SQL text may be, in UTF-8 bytes. Defaults to 200 000.
    public var maxStatementBytes: Int
    /// How long any one text, blob or row may be that SQLite reads or computes. Defaults to 8 MiB.
    public var maxValueBytes: Int

    /// Makes limits; each argument has its default.
    public init(
        timeout: Duration = .seconds(10), maxRows: Int = 10_000, maxBytes: Int = 16 << 20,
        maxMemoryBytes: Int = 128 << 20, maxStatementBytes: Int = 200_000, maxValueBytes: Int = 8 << 20
    ) {
        self.timeout = timeout
        self.maxRows = maxRows
        self.maxBytes = maxBytes
        self.maxMemoryBytes = maxMemoryBytes
        self.maxStatementBytes = maxStatementBytes
        self.maxValueBytes = maxValueBytes
    }

    /// The timeout in nanoseconds; at least 1 ms.
    var timeoutNanoseconds: UInt64 {
        let (seconds, attoseconds) = timeout.components
        if seconds < 0 { return 1_000_000 }
        let whole = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
        if whole.overflow { return .max }
        return max(1_000_000, whole.partialValue &+ UInt64(clamping: attoseconds / 1_000_000_000))
    }
}
