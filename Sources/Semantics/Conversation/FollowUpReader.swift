import Modeling
import Schemas
import Values

/// Reads a line as a follow-up of the question before, and merges it into that question's query. Pure: the same line
/// after the same query gives the same reading.
///
/// A line is a follow-up when its words say so ("and …", "what about …", "only …", "of them"), or when it names no thing
/// and no figure of its own ("2024", "top 10", "per month"). Everything else is a question of its own.
struct FollowUpReader {
    let context: QuestionContext
    let previous: SemanticQuery
    let reader = QuestionReader()

    /// What a line is.
    enum Finding {
        /// A follow-up.
        case followUp(Interpretation)
        /// A follow-up where it cannot be read as a question of its own.
        case unlessWhole(Interpretation)
        /// A question of its own.
        case newQuestion
    }

    /// More words are no follow-up.
    private static let tokenLimit = 30

    func read(_ line: String) -> Finding {
        let (tokens, _) = Misspellings(lexicon: context.lexicon, values: context.values)
            .corrected(Tokenizer.tokens(line))
        guard !tokens.isEmpty, tokens.count <= Self.tokenLimit else { return .newQuestion }
        if ChartRequest.isOne(tokens, line) { return .followUp(result(of: previous)) }
        if let found = why(tokens) { return .followUp(found) }
        let form = FollowUpForm(tokens)
        do throws(CompositionFailure) {
            if let query = try widened(form) { return .followUp(result(of: query)) }
            if let found = drilled(form) { return .followUp(found) }
            return try merged(form)
        } catch {
            let said = Interpretation.clarification(error.clarification)
            return form.isMarked ? .unlessWhole(said) : .newQuestion
        }
    }

    // MARK: Why

    /// Causes are not in the data; what may show them is offered.
    private func why(_ tokens: [Token]) -> Interpretation? {
        let words = tokens.filter { !$0.isQuoted && !$0.isSign }.map(\.folded)
        let asksCause =
            words.contains("why") || words.prefix(2) == ["how", "come"]
            || words.contains(where: ["reason", "cause", "explain", "because"].contains) && words.count <= 8
        guard asksCause,
            !context.lexicon.words.contains(where: { ["reason", "cause"].contains($0) && words.contains($0) })
        else { return nil }
        var offered: [Reading] = []
        for dimension in breakdowns() where offered.count < 3 {
            var query = previous
            guard (try? query.group(by: [dimension], replacing: false, rows: rows(of: previous))) != nil,
                case .answer(let reading) = result(of: query)
            else { continue }
            offered.append(reading)
        }
        var found = Clarification(
            "I can tell what the data says, but not why."
                + (offered.isEmpty
                    ? " Ask for figures that would show the cause, for example the same measure by category."
                    : " These figures may show the cause:"),
            readings: offered, reason: "unsupported")
        found.options = []
        return .clarification(found)
    }

    /// Categories by which the measures of the query before can be broken down, the nearest first.
    private func breakdowns() -> [Dimension] {
        guard let home = previous.measures.first?.home, previous.dimensions.count < 2 else { return [] }
        let given = Set(previous.filters.compactMap(\.column))
        return context.model.entities
            .compactMap { entity -> (cost: Double, entity: EntityModel)? in
                if entity.table == home { return (0, entity) }
                guard let path = context.model.joins.path(from: home, to: entity.table), path.isToOne else {
                    return nil
                }
                return (path.cost, entity)
            }
            .sorted { ($0.cost, $0.entity.table) < ($1.cost, $1.entity.table) }
            .flatMap { near in near.entity.columns.filter { $0.role == .category }.prefix(1).map(\.ref) }
            .filter { !given.contains($0) && !previous.dimensions.contains(.column($0)) }
            .map { .column($0) }
    }

    // MARK: Results

    /// The condition that picks the rows of an answer that was cut to the first few.
    func rows(of query: SemanticQuery) -> Filter? {
        guard let filters = Referent(query, context.model)?.filters, filters.count == 1, case .member = filters[0]
        else {
            return nil
        }
        return filters[0]
    }

    /// A query as a reading, or why it cannot be answered.
    func result(
        of query: SemanticQuery, _ evidence: Evidence? = nil, _ choice: Choice? = nil, assumptions: [String] = [],
        doubt: Double = 0
    ) -> Interpretation {
        do throws(CompositionFailure) {
            return try .answer(reading(of: query, evidence, choice, assumptions: assumptions, doubt: doubt))
        } catch {
            return .clarification(error.clarification)
        }
    }

    func reading(
        of query: SemanticQuery, _ evidence: Evidence? = nil, _ choice: Choice? = nil, assumptions: [String] = [],
        doubt: Double = 0
    ) throws(CompositionFailure) -> Reading {
        let composition = Composition(query: query, assumptions: assumptions, doubt: doubt)
        return try reader.reading(
            of: composition, choice ?? Choice(items: [], score: 1, weakest: 1), 1,
            evidence ?? Evidence(tokens: [], parts: [], unknown: [], assumptions: []), context)
    }
}

/// "As a pie chart", "plot that": another drawing of the same result.
enum ChartRequest {
    static func isOne(_ tokens: [Token], _ line: String) -> Bool {
        let words = tokens.filter { !$0.isSign }
        guard !words.contains(where: \.isQuoted) else { return false }
        let names = ChartWish(line).namesChart
        let draws = words.contains { drawing.contains($0.folded) }
        guard names || draws else { return false }
        let isTable = names && words.contains { ["table", "number"].contains($0.folded) }
        return words.allSatisfy { word in
            plain.contains(word.folded) || ChartWish.vocabulary.contains(word.folded)
                || drawing.contains(word.folded) || isTable && ["table", "number"].contains(word.folded)
        }
    }

    private static let drawing: Set<String> = [
        "plot", "draw", "chart", "graph", "visualize", "visualise", "sketch", "diagram",
    ]
    private static let plain: Set<String> = [
        "as", "a", "an", "the", "it", "that", "this", "them", "these", "those", "in", "into", "to", "on", "show",
        "me",
        "make", "turn", "please", "now", "and", "but", "can", "could", "you", "i", "want", "would", "like", "see",
        "same",
        "result", "results", "data", "instead", "use", "using", "with", "display", "again", "of", "what", "about",
        "how",
        "give", "have", "then", "rather", "also", "just", "put",
    ]
}
