import Modeling
import Schemas
import Values

/// An expression of SQL as data, so that nothing but the printer writes SQL text.
indirect enum SQLExpression: Sendable, Hashable {
    case column(ColumnRef)
    /// A column of a subquery, or of the select list.
    case name(String)
    case literal(SQLValue)
    case date(CivilDate)
    case count(distinct: [SQLExpression])
    case aggregate(Aggregate, SQLExpression)
    case infix(SQLExpression, String, SQLExpression)
    case any([SQLExpression])
    case oneOf(SQLExpression, [SQLValue], isNegated: Bool)
    case isNull(SQLExpression, isNegated: Bool)
    case contains(SQLExpression, String, anchored: Bool, isNegated: Bool)
    case period(SQLExpression, TimeGrain)
    /// A weekday's name, or the hour as a number.
    case calendarPart(SQLExpression, CalendarPart)
    /// The place of the part in its cycle, for ordering: Monday is the first day.
    case calendarPlace(SQLExpression, CalendarPart)
    /// The sum of an aggregate over all groups.
    case overAll(SQLExpression)
    /// The place of a row within its partition.
    case rowNumber(partition: [SQLExpression], order: [SQLOrder])
    /// Text read as the number or the day that it writes.
    case cell(SQLExpression, CellForm)
    case concatenated([SQLExpression])
    case caseWhen([SQLExpression], then: SQLExpression)
    /// The quotient as a fraction; NULL when the divisor is 0.
    case ratio(SQLExpression, SQLExpression)
    case rowID(String)
    case subquery(SQLSelect)
    case inSelect(SQLExpression, SQLSelect, isNegated: Bool)
    /// What a glossary wrote.
    case formula(Formula)
    /// Moments, windows and parts of computations.
    case computed(SQLComputed)
}

/// One criterion of an order.
struct SQLOrder: Sendable, Hashable {
    var expression: SQLExpression
    var isDescending: Bool
}

/// A SELECT statement as data.
struct SQLSelect: Sendable, Hashable {
    struct Column: Sendable, Hashable {
        var expression: SQLExpression
        var alias: String?
    }
    struct Join: Sendable, Hashable {
        /// The table, or the name that it goes by.
        var table: String
        /// The stored table, where it goes by another name.
        var stored: String?
        /// Pairs of equal columns.
        var on: [(SQLExpression, SQLExpression)]

        static func == (a: Join, b: Join) -> Bool {
            a.table == b.table && a.stored == b.stored && a.on.map(\.0) == b.on.map(\.0)
                && a.on.map(\.1) == b.on.map(\.1)
        }
        func hash(into hasher: inout Hasher) {
            hasher.combine(table)
            for pair in on {
                hasher.combine(pair.0)
                hasher.combine(pair.1)
            }
        }
    }
    enum Source: Sendable, Hashable {
        case table(String)
        /// A table that goes by another name.
        case named(String, of: String)
        indirect case select(SQLSelect)
        /// The rows of all of them, one below the other.
        indirect case stacked([SQLSelect])
    }
    var isDistinct = false
    var columns: [Column] = []
    var source: Source
    var joins: [Join] = []
    var conditions: [SQLExpression] = []
    var groups: [SQLExpression] = []
    var having: [SQLExpression] = []
    var order: [(expression: SQLExpression, isDescending: Bool)] = []
    var limit: Int?
    var offset = 0

    init(from source: Source) { self.source = source }

    static func == (a: SQLSelect, b: SQLSelect) -> Bool {
        a.isDistinct == b.isDistinct && a.columns == b.columns && a.source == b.source && a.joins == b.joins
            && a.conditions == b.conditions && a.groups == b.groups && a.having == b.having && a.limit == b.limit
            && a.offset == b.offset && a.order.map(\.expression) == b.order.map(\.expression)
            && a.order.map(\.isDescending) == b.order.map(\.isDescending)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(columns)
        hasher.combine(source)
        hasher.combine(conditions)
        hasher.combine(limit)
    }
}
