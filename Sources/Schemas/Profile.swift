/// What was seen of a database's values in one reading: the evidence for keys, references and roles that nobody declared.
/// A pure value; it holds hashes and a few samples, and no more of the data.
public struct Profile: Sendable, Hashable {
    /// The tables that were read.
    public var tables: [Table]

    /// Makes a profile.
    public init(tables: [Table] = []) { self.tables = tables }

    /// The profile of `name`, as the schema writes it.
    public func table(_ name: String) -> Table? { tables.first { $0.name == name } }

    /// What was seen of a table.
    public struct Table: Sendable, Hashable {
        /// The name as the schema writes it.
        public var name: String
        /// How many rows were read.
        public var rowCount: Int
        /// Whether all rows were read.
        public var isComplete: Bool
        /// The columns in schema order.
        public var columns: [Column]
        /// What was seen of several columns together, where somebody asked.
        public var combinations: [Combination] = []

        /// Makes a table's profile.
        public init(name: String, rowCount: Int, isComplete: Bool = true, columns: [Column]) {
            self.name = name
            self.rowCount = rowCount
            self.isComplete = isComplete
            self.columns = columns
        }

        /// The column called `name`, as the schema writes it.
        public func column(_ name: String) -> Column? { columns.first { $0.name == name } }

        /// The columns that hold another value in every row.
        public func isUnique(_ column: Column) -> Bool {
            isComplete && rowCount > 0 && column.nullCount == 0 && column.sample?.repeatedCount == 0
        }

        /// What was seen of these columns together: in this order if there is one, else in another.
        public func combination(_ columns: [String]) -> Combination? {
            combinations.first { $0.columns == columns } ?? combinations.first { Set($0.columns) == Set(columns) }
        }
    }

    /// What was seen of a column.
    public struct Column: Sendable, Hashable {
        /// The name as the schema writes it.
        public var name: String
        /// How many rows have no value.
        public var nullCount = 0
        /// How many rows have a whole number.
        public var integerCount = 0
        /// How many rows have a number that is not whole.
        public var realCount = 0
        /// How many rows have a text.
        public var textCount = 0
        /// How many rows have bytes.
        public var blobCount = 0
        /// The smallest number.
        public var minimum: Double?
        /// The largest number.
        public var maximum: Double?
        /// The shortest text in bytes.
        public var shortestText: Int?
        /// The longest text in bytes.
        public var longestText: Int?
        /// How many bytes all texts have.
        public var textBytes = 0
        /// Whether each value is larger than the one of the row before, in storage order.
        public var isIncreasing = true
        /// The first values, nulls left out.
        public var samples: [SQLValue] = []
        /// A sample of the different values; nil when they were not looked at (bytes, prose).
        public var sample: DistinctSample?

        /// Makes a column's profile in which nothing was seen.
        public init(name: String) { self.name = name }

        /// How many different values there are, when that is known exactly.
        public var exactDistinctCount: Int? { sample.flatMap { $0.isExact ? $0.distinctCount : nil } }
        /// How many bytes a text has on average.
        public var meanTextLength: Double { textCount == 0 ? 0 : Double(textBytes) / Double(textCount) }
        /// Whether all numbers are whole.
        public var isWhole: Bool { realCount == 0 }
    }

    /// What was seen of several columns together.
    public struct Combination: Sendable, Hashable {
        /// The columns, in the order in which their hashes were combined.
        public var columns: [String]
        /// How many rows have no value in one of them.
        public var nullCount: Int
        /// A sample of their different values.
        public var sample: DistinctSample

        /// Makes a combination.
        public init(columns: [String], nullCount: Int, sample: DistinctSample) {
            self.columns = columns
            self.nullCount = nullCount
            self.sample = sample
        }

        /// Whether no two rows have the same values.
        public var isUnique: Bool { nullCount == 0 && sample.repeatedCount == 0 && !sample.hashes.isEmpty }
    }
}
