import Modeling
import Schemas
import Values

/// Why a choice of meanings could not be turned into a query.
struct CompositionFailure: Error, Sendable, Hashable {
    var clarification: Clarification
    /// Whether the words were understood and only cannot be answered, so that no weaker meaning of them should be tried.
    var isFinal: Bool
    /// The roles that the question leaves open, when that is why.
    var openRoles: [RoleInstance] = []

    init(_ message: String, options: [String] = [], reason: String = "unsupported", isFinal: Bool = false) {
        clarification = Clarification(message, options: options, reason: reason)
        self.isFinal = isFinal
    }
}

/// Groups of time that wait for their column.
enum PeriodGroup: Sendable, Hashable {
    case each(TimeGrain)
    case fiscal(TimeGrain)
    case part(CalendarPart)

    var words: String {
        switch self {
        case .each(let grain): grain.rawValue
        case .fiscal(let grain): "fiscal \(grain.rawValue)"
        case .part(let part): part.rawValue
        }
    }
}

/// What came of composing.
struct Composition: Sendable {
    var query: SemanticQuery
    var assumptions: [String]
    /// Taken off the confidence for each thing that was guessed.
    var doubt: Double
}

/// Turns chosen meanings into a semantic query. Reads the items from left to right; each is used once, for a measure,
/// a dimension, a filter, the order, or as a thing to list, and an item that finds no use is a failure.
///
/// The steps stand in extensions: filters, measures, groups and ranking, listing.
struct Composer {
    let model: SchemaModel
    let tokens: [Token]
    let today: CivilDate
    var items: [Item]
    var used: Set<Int> = []
    var query = SemanticQuery()
    var assumptions: [String] = []
    var doubt = 0.0

    /// Measures that the question asks for.
    var asked: [Measure] = []
    /// What the answer is ranked by.
    var ranking: (key: Ordering.Key, isDescending: Bool)?
    /// Entities and columns that stand to be listed or grouped by, in the order of the question.
    var targets: [Int] = []
    /// Filters on time that wait for their column.
    var pendingTimes: [(phrase: TimePhrase, at: Int)] = []
    var pendingGrains: [PeriodGroup] = []
    /// Aggregates that wait for the number they share with a later one.
    var sharedAggregates: [Aggregate] = []
    /// Measures that stand beside the one being read.
    var further: [Measure] = []
    /// Denials that a value was found for.
    var negatedCues: Set<Int> = []
    /// The date columns that stand before their periods, by the place of the period.
    var timeColumns: [Int: ColumnRef] = [:]
    /// The date of the verb that the question is about: "shipped per month".
    var verbTime: ColumnRef?
    /// Dimensions that were asked for with "per" or "by".
    var dimensions: [Dimension] = []
    /// Verbs of business ("bought") that nothing was made of yet.
    var transactions: [Int] = []
    /// The whole of which a share is asked.
    var sharedMeasure: Measure?
    /// The condition that makes the part of a share, where it is not all of them.
    var sharedPart: Filter?
    /// Whether the highest or the lowest comes first, when it was said.
    var limitIsDescending: Bool?
    /// Whether an order was asked for without saying by what.
    var wantsOrder = false
    /// The most that is wanted was said in words ("top", "most").
    var wantsRanking = false
    let finder: MeasureFinder
    /// What each part of the question may mean.
    let meanings: [Range<Int>: [Candidate]]
    /// What the business calls things.
    let glossary: Glossary?
    /// The date of a figure of the glossary that was asked for.
    var figureTime: ColumnRef?
    /// Whether these items are a clause of a larger question.
    var isSubordinate = false
    /// How the figures move, when that is asked.
    var course: CourseWish?
    /// Units that numbers are told in.
    var units: [MeasureUnit] = []
    /// Weekends, or (negated) the other days, that wait for their column.
    var pendingWeekends: [Bool] = []
    /// Figures of the glossary whose conditions narrow the answer.
    var narrowing: [DefinedFigure] = []

    init(
        model: SchemaModel, evidence: Evidence, choice: Choice, today: CivilDate, glossary: Glossary? = nil
    ) {
        self.glossary = glossary
        self.model = model
        self.tokens = evidence.tokens
        meanings = Dictionary(
            evidence.parts.filter { $0.fixed == nil }.map { ($0.range, $0.candidates) },
            uniquingKeysWith: { a, _ in a })
        self.today = today
        items = choice.items
        for at in items.indices {
            // A label of one column is that column.
            guard case .label(let table) = items[at].kind, let label = model.entity(table)?.label, label.count == 1
            else {
                continue
            }
            items[at].kind = .column(ColumnRef(table, label[0]))
        }
        var tables: [String] = []
        for case let table? in choice.items.map(\.table) where !tables.contains(table) { tables.append(table) }
        finder = MeasureFinder(model: model, tables: tables)
        for case let name? in items.map(\.set) { query.filters += glossary?.sets[name]?.filters ?? [] }
    }

    /// Composes, or fails with what to say to the person.
    mutating func compose() throws(CompositionFailure) -> Composition {
        settleRoles()
        dropRepeats()
        readPairs()
        try readOtherRows()
        readStateRate()
        readSubordinates()
        try readRatio()
        try readOperations()
        readPhrases()
        try readTimes()
        try settlePeriods()
        try readValues()
        try readComparisons()
        try readBoth()
        try readNegations()
        settleAbsences()
        try readClauses()
        readCoordinated()
        placeAmounts()
        try assemble()
        try placeTimes()
        settleSides()
        try placeWeekends()
        try settleFigures()
        try settleAverages()
        settleStandings()
        try applyCourse()
        try placeUnits()
        try checkSense()
        try checkUse()
        return Composition(query: query, assumptions: assumptions, doubt: doubt)
    }

    // MARK: Walking

    /// The first item at or after `index` that is not used and carries meaning of its own; passes over prepositions,
    /// "distinct" and used items. Stops at `and` when told to.
    func next(_ index: Int, overAnd: Bool = false) -> Int? {
        var at = index
        while items.indices.contains(at) {
            if !used.contains(at) {
                switch items[at].kind {
                case .cue(.preposition), .cue(.distinct): break
                case .cue(.and): if !overAnd { return at }
                default: return at
                }
            }
            at += 1
        }
        return nil
    }

    /// The nearest item before `index` that names something, used or not.
    func previousElement(_ index: Int, within gap: Int = 4) -> Int? {
        var at = index - 1
        while at >= 0 {
            switch items[at].kind {
            case .entity, .column, .label, .term, .value, .transaction, .amount:
                return items[index].range.lowerBound - items[at].range.upperBound <= gap ? at : nil
            case .cue(.preposition), .cue(.distinct), .cue(.aggregate): break
            default: return nil
            }
            at -= 1
        }
        return nil
    }

    /// The words between two items; none where they touch or were put in from elsewhere.
    func between(_ left: Int, _ right: Int) -> ArraySlice<Token> {
        let start = items[left].range.upperBound
        return tokens[start..<max(start, items[right].range.lowerBound)]
    }

    func column(_ ref: ColumnRef) -> ColumnModel? { model.column(ref) }

    func words(_ range: Range<Int>) -> String { tokens[range].map(\.text).joined(separator: " ") }

    /// Entities that the question names, in its order, without verbs.
    var namedEntities: [(at: Int, table: String)] {
        items.indices.compactMap { at in
            if case .entity(let table) = items[at].kind { return (at, table) }
            return nil
        }
    }

    /// The entity that the question is about: the one after "which", "top 5", "list", or the first.
    var subject: String? {
        for at in items.indices {
            guard case .entity(let table) = items[at].kind, !items[at].isVerb else { continue }
            return table
        }
        for case .column(let ref) in items.map(\.kind) { return ref.table }
        return nil
    }

    // MARK: Times

    mutating func readTimes() throws(CompositionFailure) {
        for at in items.indices {
            guard case .time(let phrase) = items[at].kind else { continue }
            used.insert(at)
            switch phrase.meaning {
            case .each(let grain):
                if !pendingGrains.contains(.each(grain)) { pendingGrains.append(.each(grain)) }
            case .eachFiscal(let grain):
                if !pendingGrains.contains(.fiscal(grain)) { pendingGrains.append(.fiscal(grain)) }
            case .part(let part):
                if !pendingGrains.contains(.part(part)) { pendingGrains.append(.part(part)) }
            case .future:
                throw CompositionFailure(
                    "The data says what has happened; I make no forecasts.", reason: "forecast")
            case .during, .years:
                pendingTimes.append((phrase, at))
            }
        }
    }

    /// Conditions that exclude each other mean that the question compares two groups, or was misread.
    private func checkSense() throws(CompositionFailure) {
        for case .oneOf(let ref, let values, false) in query.filters {
            for case .oneOf(ref, let others, true) in query.filters where !Set(values).isDisjoint(with: others) {
                throw CompositionFailure(
                    "I read that \(Titles.column(ref).lowercased()) should be something and should not be it. Do you want to "
                        + "compare the two? Please ask for a figure by \(Titles.column(ref).lowercased()).")
            }
        }
    }

    /// Every item must have found a use.
    func checkUse() throws(CompositionFailure) {
        for at in items.indices where !used.contains(at) {
            switch items[at].kind {
            case .cue(.preposition), .cue(.and), .cue(.or), .cue(.list), .cue(.which), .cue(.who), .cue(.when),
                .cue(.each), .cue(.distinct), .cue(.by):
                continue
            case .cue(.aggregate(.sum)):
                continue
            default:
                throw CompositionFailure(
                    "I do not see what to do with \"\(words(items[at].range))\". Could you put the question another way?"
                )
            }
        }
    }
}
