public import Modeling
public import Values

/// The time between two moments of a row: from ordering to shipping, from birth to today.
public struct DateSpan: Sendable, Hashable, Codable {
    /// Where the time begins or ends.
    public enum End: Sendable, Hashable, Codable {
        /// At the moment that a column holds.
        case column(ColumnRef)
        /// On a day that is the same for every row.
        case day(CivilDate)

        /// The column, when it is one.
        public var column: ColumnRef? { if case .column(let ref) = self { ref } else { nil } }
    }

    /// What the time is counted in.
    public enum Unit: String, Sendable, Hashable, CaseIterable, Codable {
        case second, minute, hour, day, week, month, year
        /// Whole years that have passed: how old somebody is.
        case age

        /// The word for people, in the plural.
        public var plural: String { self == .age ? "years" : rawValue + "s" }
        /// How many of them a day holds; a month and a year are those of the mean calendar.
        var perDay: Double {
            switch self {
            case .second: 86_400
            case .minute: 1440
            case .hour: 24
            case .day: 1
            case .week: 1 / 7.0
            case .month: 12 / 365.25
            case .year, .age: 1 / 365.25
            }
        }
    }

    /// Where it begins.
    public var from: End
    /// Where it ends.
    public var to: End
    /// What it is counted in.
    public var unit: Unit
    /// The table at whose rows the time exists.
    public var table: String

    /// Makes a span.
    public init(from: End, to: End, unit: Unit, table: String) {
        self.from = from
        self.to = to
        self.unit = unit
        self.table = table
    }

    /// The columns that are read.
    public var columns: [ColumnRef] { [from, to].compactMap(\.column) }
}
