import Modeling
import Schemas

/// A thing of the schema or of the business that words may stand for.
enum Element: Sendable, Hashable {
    case entity(String)
    case column(ColumnRef)
    /// What people call a row: its name, or first and last name.
    case label(String)
    case value(ColumnRef, SQLValue)
    /// Not this value; without a value: the flag says no, the day has not come.
    case denied(ColumnRef, SQLValue?)
    case term(BusinessTerm)
    /// A named part of the business, with its table.
    case set(String, String)
    /// A number of each row that no column holds as it is: the time between two dates, the product of two columns.
    case amount(Amount)
    /// A condition on rows.
    case condition(Filter)
    /// A value that a glossary computes from the columns of a table, by its name.
    case computed(Formula, of: String, name: String)

    /// The table that the element lives in; business terms live wherever a measure for them is found.
    var table: String? {
        switch self {
        case .entity(let table), .label(let table): table
        case .column(let ref), .value(let ref, _), .denied(let ref, _): ref.table
        case .set(_, let table): table
        case .amount(let amount): amount.table
        case .condition(let filter): filter.table
        case .computed(_, let table, _): table
        case .term: nil
        }
    }

    /// A fixed order for breaking ties.
    var sortKey: String {
        switch self {
        case .entity(let table): "0 \(table)"
        case .term(let term): "1 \(term.name)"
        case .set(let name, _): "0 \(name)"
        case .label(let table): "1 \(table)"
        case .column(let ref): "2 \(ref)"
        case .value(let ref, let value): "3 \(ref) \(value)"
        case .denied(let ref, let value): "4 \(ref) \(value.map { "\($0)" } ?? "")"
        case .amount(let amount): "4 \(amount.words)"
        case .condition(let filter): "5 \(filter.table)"
        case .computed(_, let table, let name): "2 \(table) \(name)"
        }
    }
}

/// Business words whose meaning is found from the roles of columns and not from their names alone.
enum BusinessTerm: Sendable, Hashable {
    /// Revenue, sales, turnover, spend: the money that business brought in.
    case revenue
    /// The money of one order, invoice or sale.
    case orderValue
    /// How many units were sold.
    case unitsSold
    /// A figure of the glossary, by its name in lower case.
    case figure(String)

    /// The name for people and for breaking ties.
    var name: String {
        switch self {
        case .revenue: "revenue"
        case .orderValue: "orderValue"
        case .unitsSold: "unitsSold"
        case .figure(let name): name
        }
    }
}

/// One meaning of some words, with how well they match: 1 is exact.
struct Candidate: Sendable, Hashable {
    var element: Element
    var weight: Double
}

/// A stretch of a question with what it may mean, best first.
struct EvidenceSpan: Sendable, Hashable {
    var range: Range<Int>
    var candidates: [Candidate]
}
