public import Schemas

/// A column of a table, by name.
public struct ColumnRef: Sendable, Hashable, Comparable, CustomStringConvertible, Codable {
    /// The table as the schema writes it.
    public var table: String
    /// The column as the schema writes it.
    public var column: String

    /// Makes a reference.
    public init(_ table: String, _ column: String) {
        self.table = table
        self.column = column
    }

    /// By table, then by column, so that ties are broken the same way each time.
    public static func < (a: ColumnRef, b: ColumnRef) -> Bool { (a.table, a.column) < (b.table, b.column) }

    /// `table.column`
    public var description: String { "\(table).\(column)" }
}

/// What was seen of a column's values; optional evidence for role inference.
public struct ColumnProfile: Sendable, Hashable {
    /// The column.
    public var column: ColumnRef
    /// A few values, nulls left out.
    public var samples: [SQLValue]
    /// How many distinct values there are, when somebody counted.
    public var distinctCount: Int?

    /// Makes a profile.
    public init(column: ColumnRef, samples: [SQLValue], distinctCount: Int? = nil) {
        self.column = column
        self.samples = samples
        self.distinctCount = distinctCount
    }
}

extension ColumnProfile {
    /// The samples and counts of a whole profile, by column.
    public static func all(_ profile: Profile) -> [ColumnProfile] {
        profile.tables.flatMap { table in
            table.columns.map { column in
                ColumnProfile(
                    column: ColumnRef(table.name, column.name), samples: column.samples,
                    distinctCount: column.exactDistinctCount)
            }
        }
    }
}

/// What a column is good for.
public enum ColumnRole: String, Sendable, Hashable {
    /// Identifies a row, or refers to one.
    case key
    /// What people call a row: name, title.
    case label
    /// A number to add up, average or compare.
    case measure
    /// A day or a moment, as ISO text.
    case time
    /// A year as a whole number.
    case year
    /// Yes or no.
    case flag
    /// One of a limited number of words or codes to group by.
    case category
    /// Text that is read, not grouped by: addresses, notes, links.
    case text
    /// Bytes, or nothing that a question could use.
    case opaque
}

/// What a measure measures; it decides how the measure is combined and written.
public enum MeasureKind: String, Sendable, Hashable {
    /// An amount of money that may be added up.
    case money
    /// The money for one unit: averaged, or multiplied by a quantity; never added up.
    case unitPrice
    /// A number of things that may be added up.
    case quantity
    /// A length of time that may be added up.
    case duration
    /// A percentage, rate, score or other number that may be averaged only.
    case rate
    /// Any other number.
    case number

    /// Whether adding values up makes sense.
    public var isAdditive: Bool { self != .unitPrice && self != .rate }
    /// Whether values are amounts of money.
    public var isMoney: Bool { self == .money || self == .unitPrice }
}

/// One column with what was inferred about it.
public struct ColumnModel: Sendable, Hashable {
    /// The column.
    public var ref: ColumnRef
    /// The lemmas of its name.
    public var words: [String]
    /// What values it holds.
    public var kind: CatalogueColumn.Kind
    /// What it is good for.
    public var role: ColumnRole
    /// What it measures, when it is a measure.
    public var measure: MeasureKind?
    /// The unit that its name tells: `milliseconds`, `minutes`, `kg`, …
    public var unit: String?
    /// Whether its text may be a number: every number of the question could be one of its values. False when samples of
    /// the text were seen and none of them is a number.
    public var mayHoldNumbers = true
    /// The stored value that means yes, when the column is a flag.
    public var trueValue: SQLValue?
    /// How its text writes numbers or days, where it does and they must be read before they are compared.
    public var form: CellForm?
}
