import Modeling
import Schemas

/// Reads questions: tokens → evidence → a joint choice of meanings → a semantic query → SQL with an explanation, or a
/// clarification. Pure and deterministic; see the page of this target for the steps.
public struct QuestionReader: Sendable {
    /// Readings less sure than this are not given.
    public static let threshold = 0.66
    /// Two readings whose scores differ by less than this are equally good.
    static let margin = 0.015
    /// At most so many joint choices are tried.
    static let choiceLimit = 12

    /// More words, or more parts that mean something, are no one question.
    static let tokenLimit = 120
    static let partLimit = 64

    /// Makes a reader.
    public init() {}

    /// Reads one question against a database.
    public func read(_ question: String, in context: QuestionContext) -> Interpretation {
        guard let previous = context.previous else { return readWhole(question, in: context) }
        switch FollowUpReader(context: context, previous: previous).read(question) {
        case .followUp(let found): return found
        case .newQuestion: return readWhole(question, in: context)
        case .unlessWhole(let found):
            let whole = readWhole(question, in: context)
            if case .clarification = whole { return found }
            return whole
        }
    }

    /// Reads a question that stands by itself.
    func readWhole(_ question: String, in context: QuestionContext) -> Interpretation {
        let found = interpret(question, in: context)
        guard case .clarification(var clarification) = found, !clarification.options.isEmpty else { return found }
        // What is offered must be understood when it is asked as it stands.
        let offered = clarification.options
        clarification.options = offered.filter { option in
            if case .answer = interpret(option, in: context) { true } else { false }
        }.map(\.capitalisedFirst)
        for (option, meaning) in clarification.meanings {
            clarification.meanings[option.capitalisedFirst] = meaning
        }
        if clarification.options.isEmpty, clarification.reason == "ambiguous", Set(offered).count > 1,
            clarification.readings.isEmpty
        {
            clarification.message += " " + offered.joined(separator: "; or ") + "."
        }
        return .clarification(clarification)
    }

    func interpret(_ question: String, in context: QuestionContext) -> Interpretation {
        var tokens = Tokenizer.tokens(question)
        guard tokens.count < Self.tokenLimit else {
            return .clarification(Clarification("That is too long to be one question.", reason: "unsupported"))
        }
        let corrections: Int
        (tokens, corrections) = Misspellings(lexicon: context.lexicon, values: context.values).corrected(tokens)
        let given = phrases(of: tokens, in: context)
        let times = times(of: tokens, given, in: context)
        if let refusal = Refusals.refusal(tokens, time: times) { return .clarification(refusal) }
        var evidence = evidence(of: tokens, times, given, in: context)
        guard evidence.parts.count <= Self.partLimit else {
            return .clarification(Clarification("That is too long to be one question.", reason: "unsupported"))
        }
        evidence.corrections = corrections
        if context.model.entities.isEmpty {
            return .clarification(
                Clarification("This database has no tables that I may read.", reason: "unsupported"))
        }
        if let first = evidence.unknown.first {
            return .clarification(Suggestions(context: context).unknown(first, all: evidence.unknown, of: tokens))
        }
        if evidence.comparesColumns {
            return .clarification(
                Clarification("I cannot yet compare two columns of a row with one another.", reason: "unsupported"))
        }
        let chooser = CandidateChooser(model: context.model, evidence: evidence)
        return decide(chooser.choices(limit: Self.choiceLimit), evidence, context)
    }

    /// What whole phrases say by themselves: a length of time, growth, a formula.
    func phrases(of tokens: [Token], in context: QuestionContext) -> [Evidence.Part] {
        MeasurePhrases(
            model: context.model, lexicon: context.lexicon, values: context.values, tokens: tokens,
            today: context.today, fiscalStart: context.glossary?.fiscalStart
        ).parts()
    }

    /// The times that the tokens tell beside `given` phrases.
    func times(of tokens: [Token], _ given: [Evidence.Part], in context: QuestionContext) -> [TimePhrase] {
        // A column that is called so stands before the calendar.
        TimeReader(
            tokens: tokens, today: context.today, fiscalStart: context.glossary?.fiscalStart
        ).phrases().filter { phrase in
            if given.contains(where: { $0.range.overlaps(phrase.range) }) { return false }
            if context.isStored(phrase, of: tokens) { return false }
            if case .each = phrase.meaning, phrase.range.count == 1, phrase.range.upperBound < tokens.count {
                // "daily price" of a column that is called so is no "per day".
                let name = tokens[phrase.range.lowerBound...phrase.range.upperBound].map(\.lemma).joined(
                    separator: " ")
                return !context.lexicon.candidates(name).contains { $0.weight >= 0.85 }
            }
            // "In which week …", "per season" of a column that is called so, where nothing has a date.
            if case .each(let grain) = phrase.meaning, context.isColumn(grain.rawValue, phrase, of: tokens) {
                return false
            }
            guard case .part(let part) = phrase.meaning else { return true }
            return !context.lexicon.candidates(part.rawValue).contains { $0.weight >= 0.85 }
        }
    }

    /// What the tokens may mean.
    func evidence(
        of tokens: [Token], _ times: [TimePhrase], _ given: [Evidence.Part], in context: QuestionContext
    ) -> Evidence {
        EvidenceFinder(
            lexicon: context.lexicon, values: context.values, tokens: tokens,
            isTime: { [model = context.model] in model.column($0)?.role == .time || model.column($0)?.role == .year
            },
            hasDate: { [model = context.model] in model.entity($0)?.time != nil },
            role: { [model = context.model] in model.column($0)?.role },
            roles: RoleMentions(tokens, context.lexicon.roles), given: given
        ).find(
            times: times)
    }

    /// The first choice that makes a query; when another one of about the same score makes another query, both are
    /// offered.
    private func decide(_ choices: [Choice], _ evidence: Evidence, _ context: QuestionContext) -> Interpretation {
        var best: (reading: Reading, score: Double, choice: Choice)?
        var failure: Clarification?
        // Where a role was left open, only a meaning that tells the role is better.
        var open: [RoleInstance] = []
        for (at, choice) in choices.enumerated() {
            if !open.isEmpty, best == nil,
                !choice.items.contains(where: { item in open.contains { $0.name == item.table } })
            {
                continue
            }
            if let best, choice.score < best.score - Self.margin { break }
            do {
                let margin = choices.indices.contains(at + 1) ? choice.score - choices[at + 1].score : 1
                let reading = try reading(of: choice, margin, evidence, context)
                guard let first = best else {
                    best = (reading, choice.score, choice)
                    continue
                }
                if first.reading.sql != reading.sql, !Equivalence.isSame(first.reading, reading, context.model) {
                    return .clarification(
                        Clarification(
                            "I can read this in two ways. Which one do you mean?",
                            readings: [first.reading, reading],
                            meanings: Meaning.between(first.choice, choice, evidence)))
                }
            } catch {
                if failure == nil { failure = error.clarification }
                if !error.openRoles.isEmpty { open = error.openRoles }
                if error.isFinal, best == nil { break }
            }
        }
        guard let best else {
            return .clarification(
                failure
                    ?? Clarification(
                        "I do not understand the question well enough to answer it.", reason: "unsupported"))
        }
        if best.reading.confidence < Self.threshold {
            return .clarification(
                Clarification(
                    "I am not sure enough. Do you mean: \(best.reading.explanation)?", readings: [best.reading]))
        }
        return .answer(best.reading)
    }

    private func reading(of choice: Choice, _ margin: Double, _ evidence: Evidence, _ context: QuestionContext)
        throws(CompositionFailure) -> Reading
    {
        var composer = Composer(
            model: context.model, evidence: evidence, choice: choice, today: context.today,
            glossary: context.glossary?.on(context.today))
        let composition = try composer.compose()
        do {
            return try reading(of: composition, choice, margin, evidence, context)
        } catch {
            guard !error.openRoles.isEmpty else { throw error }
            var asking = error
            asking.clarification.options = composer.options(for: error.openRoles)
            throw asking
        }
    }

    /// Plans what was composed, and says it in words.
    func reading(
        of composition: Composition, _ choice: Choice, _ margin: Double, _ evidence: Evidence,
        _ context: QuestionContext
    ) throws(CompositionFailure) -> Reading {
        var planner = Planner(model: context.model)
        let plan = try planner.plan(composition.query)
        let explanation = Explanation(model: context.model)
        let signals = Signals(
            evidence: evidence, choice: choice, margin: margin, composition: composition, plan: plan)
        return Reading(
            query: composition.query, sql: SQLPrinter(dialect: context.catalogue.dialect).text(plan.select),
            parameters: [],
            columns: plan.shape.map(\.title), shape: plan.shape,
            explanation: explanation.sentence(composition.query),
            assumptions: evidence.assumptions + composition.assumptions + plan.assumptions, joins: plan.joins,
            filters: composition.query.filters.map(explanation.words), noun: explanation.rowNoun(composition.query),
            confidence: Calibration.probability(signals), signals: signals)
    }
}

/// When two readings differ in words only.
enum Equivalence {
    /// The query without titles, which do not change what it computes.
    private static func stripped(_ query: SemanticQuery) -> SemanticQuery {
        func plain(_ measure: Measure) -> Measure { Measure(measure.value, title: "", format: .plain) }
        var query = query
        query.measures = query.measures.map(plain)
        query.having = query.having.map { MeasureCondition(plain($0.measure), $0.comparison, $0.number) }
        query.order = query.order.map { ordering in
            if case .measure(let measure) = ordering.key {
                return Ordering(.measure(plain(measure)), isDescending: ordering.isDescending)
            }
            return ordering
        }
        return query
    }

    /// Readings whose differing columns are copies of one another in joined tables (a product's name kept on the order
    /// line too) mean the same.
    static func isSame(_ a: Reading, _ b: Reading, _ model: SchemaModel) -> Bool {
        if stripped(a.query) == stripped(b.query) { return true }
        func columns(_ query: SemanticQuery) -> [ColumnRef] {
            query.listed
                + query.dimensions.compactMap { if case .column(let ref) = $0 { ref } else { nil } }
                + (query.filters + query.measures.flatMap(\.shareFilters)).compactMap { filter in
                    switch filter {
                    case .oneOf(let ref, _, _), .during(let ref, _), .compare(let ref, _, _): ref
                    default: nil
                    }
                }
        }
        let x = columns(a.query)
        let y = columns(b.query)
        func values(_ query: SemanticQuery) -> [Measure.Value] { query.measures.map(\.value.whole) }
        guard x.count == y.count, values(a.query) == values(b.query) else { return false }
        return zip(x, y).allSatisfy { one, other in
            if one == other { return true }
            // A manager's name is no copy of the employee's.
            guard model.role(one.table) == nil, model.role(other.table) == nil else { return false }
            guard one.table != other.table, let path = model.joins.path(from: one.table, to: other.table) else {
                return false
            }
            return path.steps.count == 1 && model.column(one)?.words.last == model.column(other)?.words.last
        }
    }
}

extension Measure {
    /// What narrows the part of a share.
    var shareFilters: [Filter] { if case .share(_, let part) = value { part } else { [] } }
}

extension Measure.Value {
    /// The whole of a share, or the value itself.
    var whole: Measure.Value { if case .share(let inner, _) = self { inner } else { self } }
}
