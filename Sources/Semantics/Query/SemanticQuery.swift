public import Modeling
public import Schemas

/// What a question asks for, in terms of the schema and before any SQL: who is listed or counted, broken down by
/// what, narrowed by what, in which order.
public struct SemanticQuery: Sendable, Hashable, Codable {
    /// The table whose rows the question is about, when it lists rows.
    public var subject: String?
    /// Columns to list; with an empty list and no measures the subject's label is listed.
    public var listed: [ColumnRef] = []
    /// What measures are broken down by.
    public var dimensions: [Dimension] = []
    /// What is computed.
    public var measures: [Measure] = []
    /// What rows must satisfy.
    public var filters: [Filter] = []
    /// What groups must satisfy.
    public var having: [MeasureCondition] = []
    /// The order, most significant first.
    public var order: [Ordering] = []
    /// At most so many rows.
    public var limit: Int?
    /// Whether ``limit`` holds for each group of all dimensions but the last: "the cheapest product in each category".
    public var limitsEachGroup = false
    /// Rows to pass over first: 1 for "the second most".
    public var offset: Int = 0
    /// Whether equal listed rows count once.
    public var isDistinct = false
    /// Tables that must take part although nothing of them is shown: "customers who *ordered*".
    public var related: [String] = []
    /// Columns that are shown and computed in another unit than they are stored in.
    public var conversions: [UnitConversion] = []

    /// The measures that the order is by, shown or not.
    var orderMeasures: [Measure] {
        order.compactMap { if case .measure(let measure) = $0.key { measure } else { nil } }
    }

    /// Makes an empty query.
    public init(subject: String? = nil) { self.subject = subject }
}

/// What measures are broken down by.
public enum Dimension: Sendable, Hashable, Codable {
    /// One group per row of a table, shown by its label.
    case entity(String)
    /// One group per value.
    case column(ColumnRef)
    /// One group per period.
    case period(ColumnRef, TimeGrain)
    /// One group per part of the calendar that comes back: all Mondays together.
    case part(ColumnRef, CalendarPart)
    /// One group per fiscal year or quarter, where years start with a month of 1 to 12.
    case fiscal(ColumnRef, TimeGrain, startMonth: Int)
    /// One group per value that a glossary computes from the columns of a table.
    case formula(Formula, of: String, name: String)

    /// The table that the dimension lives in.
    public var table: String {
        switch self {
        case .entity(let table): table
        case .column(let ref), .period(let ref, _), .part(let ref, _), .fiscal(let ref, _, _): ref.table
        case .formula(_, let table, _): table
        }
    }
}

/// A part of the calendar that comes back every week or every day.
public enum CalendarPart: String, Sendable, Hashable, CaseIterable, Codable { case weekday, hour }

/// How values are combined.
public enum Aggregate: String, Sendable, Hashable, CaseIterable, Codable {
    case sum, average, minimum, maximum, median
}

/// What is added up or averaged, at the grain of one table.
public enum Amount: Sendable, Hashable, Codable {
    /// A column's value.
    case column(ColumnRef)
    /// Price times quantity of one line.
    case product(ColumnRef, ColumnRef)
    /// What a glossary computes from the columns of one table.
    case formula(Formula, of: String)
    /// The time between two dates.
    case span(DateSpan)

    /// The table at whose grain the amount exists.
    public var table: String {
        switch self {
        case .column(let ref), .product(let ref, _): ref.table
        case .formula(_, let table): table
        case .span(let span): span.table
        }
    }
}

/// A number that the answer shows or orders by.
public struct Measure: Sendable, Hashable, Codable {
    /// How it is computed.
    public indirect enum Value: Sendable, Hashable, Codable {
        /// How many rows of a table.
        case count(String)
        /// How many different values of a column.
        case countDistinct(ColumnRef)
        /// A sum, average, minimum or maximum.
        case aggregate(Aggregate, Amount)
        /// The sum of an amount, or the count of rows when there is none, for each row of a table: a ratio of sums.
        case perEntity(amount: Amount?, countOf: String?, entity: String)
        /// 100 times the part of the sum (or count) that satisfies the filters, over the whole.
        case share(Value, where: [Filter])
        /// One value over another one of the same table, each with its own conditions.
        case ratio(Value, where: [Filter], to: Value, with: [Filter])
        /// 100 times the value of a group, over the sum of all groups.
        case shareOfAll(Value)
        /// A figure of the glossary that is a formula over aggregates.
        case formula(FormulaFigure)
        /// What two values make together: "revenue minus cost".
        case combined(Value, Operation, Value)
        /// A value of the rows that satisfy the filters only.
        case narrowed(Value, [Filter])
        /// How a value moves over the periods that it is broken down by.
        case course(Course, Value)
        /// The average over the periods of a date that have rows: "average monthly revenue".
        case perPeriod(Value, ColumnRef, TimeGrain)
        /// The middle value.
        case median(Amount)
        /// What a standing figure was on a day, summed over everything else.
        case standing(Standing)
    }

    /// How it is computed.
    public var value: Value
    /// The title for people.
    public var title: String
    /// How it is written.
    public var format: OutputColumn.Format

    /// Makes a measure.
    public init(_ value: Value, title: String, format: OutputColumn.Format) {
        self.value = value
        self.title = title
        self.format = format
    }

    /// The table at whose grain the measure exists.
    public var home: String { value.home }
}

extension Measure.Value {
    /// The table at whose grain the value exists.
    public var home: String {
        switch self {
        case .count(let table): table
        case .countDistinct(let ref): ref.table
        case .aggregate(_, let amount): amount.table
        case .perEntity(let amount, let countOf, let entity): amount?.table ?? countOf ?? entity
        case .share(let value, _), .shareOfAll(let value), .ratio(let value, _, _, _): value.home
        case .formula(let figure): figure.home
        case .combined(let value, _, _), .narrowed(let value, _), .course(_, let value),
            .perPeriod(let value, _, _):
            value.home
        case .median(let amount): amount.table
        case .standing(let standing): standing.amount.table
        }
    }
}

/// A comparison.
public enum Comparison: String, Sendable, Hashable, CaseIterable, Codable {
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// In words: `more than`.
    public var words: String {
        switch self {
        case .equal: "equal to"
        case .notEqual: "not"
        case .less: "less than"
        case .lessOrEqual: "at most"
        case .greater: "more than"
        case .greaterOrEqual: "at least"
        }
    }
}

/// A condition on rows.
public indirect enum Filter: Sendable, Hashable, Codable {
    /// The column holds one of the values (or, negated, none of them).
    case oneOf(ColumnRef, [SQLValue], isNegated: Bool)
    /// The number compares so.
    case compare(ColumnRef, Comparison, Double)
    /// The number lies between, both ends included.
    case between(ColumnRef, Double, Double)
    /// The moment lies in the interval.
    case during(ColumnRef, DateInterval)
    /// Nothing is (or, negated, something is) stored.
    case isMissing(ColumnRef, isNegated: Bool)
    /// The number compares so with the average over all rows of its table.
    case againstAverage(ColumnRef, Comparison)
    /// The number compares so with the average over the rows that share the row's values, or that satisfy the filters:
    /// "above the average of their category".
    case againstSome(ColumnRef, Comparison, sharing: [ColumnRef], [Filter])
    /// The text contains, or starts with, a piece.
    case matches(ColumnRef, String, anchored: Bool, isNegated: Bool)
    /// No row of the table belongs to the row of `of`, where the inner filters hold.
    case without(String, of: String, [Filter])
    /// One of the conditions holds; all of one table.
    case anyOf([Filter])
    /// The value is among those of joined rows that satisfy the inner filters, each membership by its own rows:
    /// "customers who bought both … and …".
    case among(ColumnRef, [Filter])
    /// Two values of one joined row compare so: "employees who earn more than their manager".
    case versus(ColumnRef, Comparison, ColumnRef)
    /// The value compares so with that of the row which satisfies the filters: "countries larger than France"; where it
    /// is to be equal, with that of any such row.
    case asOther(ColumnRef, Comparison, [Filter])
    /// No row that satisfies the filters refers to the key by the column: "ports that are never a destination".
    case unreferenced(ColumnRef, by: ColumnRef, [Filter])
    /// A condition that a glossary writes holds for the row of `of`.
    case holds(Formula, of: String)
    /// The key, or the value, is among those that a query finds, in its first column: "the orders of the customer with
    /// the most complaints", "which of them".
    case member(ColumnRef, SemanticQuery)
    /// The rows of the table that belong to one of its rows satisfy the condition: "customers with more than 3 orders".
    case whose(String, MeasureCondition)
    /// The time between two dates compares so with a number of its unit.
    case span(DateSpan, Comparison, Double)
    /// The moment lies on one of the days of the week, 1 for Monday to 7 for Sunday; negated, on none of them.
    case onWeekdays(ColumnRef, [Int], isNegated: Bool)

    /// The table that the condition reads.
    public var table: String {
        switch self {
        case .oneOf(let ref, _, _), .compare(let ref, _, _), .between(let ref, _, _), .during(let ref, _),
            .isMissing(let ref, _), .againstAverage(let ref, _), .matches(let ref, _, _, _),
            .againstSome(let ref, _, _, _):
            ref.table
        case .without(_, let of, _), .holds(_, let of): of
        case .whose(let table, _): table
        case .among(let ref, _), .member(let ref, _), .onWeekdays(let ref, _, _): ref.table
        case .versus(let ref, _, _), .asOther(let ref, _, _), .unreferenced(let ref, _, _): ref.table
        case .span(let span, _, _): span.table
        case .anyOf(let filters): filters.first?.table ?? ""
        }
    }

    /// All tables that must be joined for the condition.
    var tables: [String] {
        switch self {
        case .versus(let left, _, let right): [left.table, right.table]
        case .anyOf(let filters): filters.flatMap(\.tables)
        case .span(let span, _, _): [span.table] + span.columns.map(\.table)
        default: [table]
        }
    }
}

/// A condition on groups.
public struct MeasureCondition: Sendable, Hashable, Codable {
    /// What is compared.
    public var measure: Measure
    /// How.
    public var comparison: Comparison
    /// With what.
    public var number: Double

    /// Makes a condition.
    public init(_ measure: Measure, _ comparison: Comparison, _ number: Double) {
        self.measure = measure
        self.comparison = comparison
        self.number = number
    }
}

/// One criterion of the order.
public struct Ordering: Sendable, Hashable, Codable {
    /// What is ordered by.
    public enum Key: Sendable, Hashable, Codable {
        case column(ColumnRef)
        case measure(Measure)
        case dimension(Dimension)
    }
    /// What is ordered by.
    public var key: Key
    /// Whether the highest comes first.
    public var isDescending: Bool

    /// Makes a criterion.
    public init(_ key: Key, isDescending: Bool) {
        self.key = key
        self.isDescending = isDescending
    }
}
