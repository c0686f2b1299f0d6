import Modeling
import Schemas

/// A part of a question with what it means, after one meaning was chosen for each.
struct Item: Sendable, Hashable {
    /// What a part means.
    enum Kind: Sendable, Hashable {
        case cue(Cue)
        case entity(String)
        case column(ColumnRef)
        case label(String)
        case value(ColumnRef, SQLValue)
        /// Not this value; without a value: the flag says no, the day has not come.
        case denied(ColumnRef, SQLValue?)
        case term(BusinessTerm)
        case time(TimePhrase)
        case number(Double)
        case quoted(String)
        /// "bought", "sold": there must have been business with it.
        case transaction
        /// A number of each row.
        case amount(Amount)
        /// A condition on rows.
        case condition(Filter)
        /// "growth", "month over month", "cumulative": how a figure moves.
        case course(CourseWish)
        /// "in minutes": the unit that numbers are told in.
        case unit(MeasureUnit)
        /// "minus", "divided by"
        case operation(Operation)
        /// A value that a glossary computes from the columns of a table.
        case computed(Formula, of: String, name: String)
        /// Words that were explained in the question itself.
        case explained
    }
    var range: Range<Int>
    var kind: Kind
    /// Whether the words were a verb: "ordered" for the orders table.
    var isVerb = false
    /// The named part of the business that it was, when it was one: its conditions hold for the table.
    var set: String?

    init(_ range: Range<Int>, _ kind: Kind, isVerb: Bool = false) {
        self.range = range
        self.kind = kind
        self.isVerb = isVerb
    }

    init(_ range: Range<Int>, _ element: Element, isVerb: Bool = false) {
        self.range = range
        self.isVerb = isVerb
        switch element {
        case .entity(let table): kind = .entity(table)
        case .column(let ref): kind = .column(ref)
        case .label(let table): kind = .label(table)
        case .value(let ref, let value): kind = .value(ref, value)
        case .denied(let ref, let value): kind = .denied(ref, value)
        case .term(let term): kind = .term(term)
        case .set(let name, let table):
            kind = .entity(table)
            set = name
        case .amount(let amount): kind = .amount(amount)
        case .condition(let filter): kind = .condition(filter)
        case .computed(let formula, let table, let name): kind = .computed(formula, of: table, name: name)
        }
    }

    /// The table that the part speaks of, if one.
    var table: String? {
        switch kind {
        case .entity(let table), .label(let table): table
        case .column(let ref), .value(let ref, _), .denied(let ref, _): ref.table
        case .amount(let amount): amount.table
        case .computed(_, let table, _): table
        case .condition(let filter): filter.table.isEmpty ? nil : filter.table
        default: nil
        }
    }
}

/// A question taken apart: what each part may mean, and which words mean nothing known.
struct Evidence: Sendable {
    /// A part that has one or more meanings.
    struct Part: Sendable {
        var range: Range<Int>
        /// What it surely is (a cue, a time, a number), or nil when candidates compete.
        var fixed: Item.Kind?
        var candidates: [Candidate] = []
        var isVerb = false
    }
    var tokens: [Token]
    /// In the order of the question, without overlap.
    var parts: [Part]
    /// Content words that match nothing.
    var unknown: [Token]
    var assumptions: [String]
    /// Words that were passed over since they only tie their neighbours.
    var ties = 0
    /// Names that were completed from a part of them.
    var shortened = 0
    /// Nouns that were taken as a part of the name beside them.
    var absorbed = 0
    /// Whether two columns of a row are compared: "below their reorder level".
    var comparesColumns = false
    /// Words that were read in another spelling.
    var corrections = 0
}
