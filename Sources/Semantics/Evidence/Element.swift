import Modeling
import Schemas

/// A thing of the schema or of the business that words may stand for.
enum Element: Sendable, Hashable {
    case entity(String)
    case column(ColumnRef)
    /// What people call a row: its name, or first and last name.
    case label(String)
    case value(ColumnRef, SQLValue)
    case term(BusinessTerm)

    /// The table that the element lives in; business terms live wherever a measure for them is found.
    var table: String? {
        switch self {
        case .entity(let table), .label(let table): table
        case .column(let ref), .value(let ref, _): ref.table
        case .term: nil
        }
    }

    /// A fixed order for breaking ties.
    var sortKey: String {
        switch self {
        case .entity(let table): "0 \(table)"
        case .term(let term): "1 \(term.rawValue)"
        case .label(let table): "1 \(table)"
        case .column(let ref): "2 \(ref)"
        case .value(let ref, let value): "3 \(ref) \(value)"
        }
    }
}

/// Business words whose meaning is found from the roles of columns and not from their names alone.
enum BusinessTerm: String, Sendable, Hashable, CaseIterable {
    /// Revenue, sales, turnover, spend: the money that business brought in.
    case revenue
    /// The money of one order, invoice or sale.
    case orderValue
    /// How many units were sold.
    case unitsSold
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
