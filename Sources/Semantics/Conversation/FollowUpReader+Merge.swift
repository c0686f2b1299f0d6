import Modeling
import Schemas
import Values

/// Fragments: what a line names is read like a part of a question, and takes its place in the query before.
extension FollowUpReader {
    func merged(_ form: FollowUpForm) throws(CompositionFailure) -> Finding {
        if let query = try share(form) { return .followUp(result(of: query)) }
        if let query = try aggregate(form) { return .followUp(result(of: query)) }
        let tokens = form.denies ? Tokenizer.tokens("not") + form.tokens : form.tokens
        let given = reader.phrases(of: tokens, in: context)
        let times = reader.times(of: tokens, given, in: context)
        if times.contains(where: { $0.meaning == .future }) { return .newQuestion }
        var evidence = reader.evidence(of: tokens, times, given, in: context)
        guard evidence.parts.count <= 16 else { return .newQuestion }
        if let first = evidence.unknown.first {
            guard form.isMarked else { return .newQuestion }
            var said = Suggestions(context: context).unknown(first, all: evidence.unknown, of: tokens)
            said.options = []
            throw CompositionFailure(said.message, reason: said.reason)
        }
        if Self.isWhole(form, evidence) { return .newQuestion }
        addPlaces(&evidence)
        let count = evidence.parts.count { $0.range.lowerBound < tokens.count }
        let choices = CandidateChooser(model: context.model, evidence: evidence)
            .choices(limit: QuestionReader.choiceLimit)
            .map { choice in
                Choice(
                    items: Array(choice.items.prefix(count)),
                    score: choice.score + touch(choice.items.prefix(count)),
                    weakest: choice.weakest)
            }
            .enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }.map(\.element)
        let isFragment = form.isMarked || !Self.hasHead(evidence, in: choices.first)
        do throws(CompositionFailure) {
            let found = try decide(choices, evidence, form)
            return isFragment ? .followUp(found) : .unlessWhole(found)
        } catch {
            guard isFragment else { return .newQuestion }
            return .unlessWhole(.clarification(error.clarification))
        }
    }

    // MARK: What is a follow-up

    /// A marked line with a verb or a request of its own and a thing that it is about is a whole question: "and how many
    /// customers are there?"
    static func isWhole(_ form: FollowUpForm, _ evidence: Evidence) -> Bool {
        let verbs: Set<String> = [
            "is", "are", "was", "were", "do", "does", "did", "have", "has", "had", "there", "be", "been",
        ]
        guard form.requests || form.tokens.contains(where: { verbs.contains($0.folded) && !$0.isQuoted }) else {
            return false
        }
        return hasHead(evidence, in: nil)
    }

    /// Whether a thing or a figure is named that is not what to group, rank or narrow by.
    static func hasHead(_ evidence: Evidence, in choice: Choice?) -> Bool {
        var isLed = false
        for part in evidence.parts where part.range.lowerBound < evidence.tokens.count {
            switch part.fixed {
            case .cue(.each), .cue(.by), .cue(.order): isLed = true
            case .cue(.count), .cue(.howMuch), .cue(.aggregate), .cue(.share), .cue(.ratio), .cue(.who),
                .cue(.when):
                if !isLed { return true }
            case .some: continue
            case nil:
                if isLed { continue }
                let best = part.candidates.first { candidate in
                    choice?.items.contains {
                        Item(part.range, candidate.element).kind == $0.kind && $0.range == part.range
                    }
                        ?? true
                }
                if case .value? = best?.element { continue }
                return true
            }
        }
        return false
    }

    /// The tables of the query before take part in the choice of meanings: what lies near them is meant.
    func addPlaces(_ evidence: inout Evidence) {
        let end = evidence.tokens.count..<evidence.tokens.count
        var tables = previous.measures.map(\.home) + previous.dimensions.map(\.table)
        if let subject = previous.subject { tables.append(subject) }
        var known: [String] = []
        for table in tables where !known.contains(table) && known.count < 3 { known.append(table) }
        for table in known {
            evidence.parts.append(
                Evidence.Part(range: end, fixed: nil, candidates: [Candidate(element: .entity(table), weight: 1)]))
        }
    }

    /// A meaning that the query before has already is the one that is meant.
    func touch(_ items: some Sequence<Item>) -> Double {
        let columns = Set(previous.filters.compactMap(\.column))
        let groups = Set(previous.dimensions)
        return items.reduce(0) { sum, item in
            switch item.kind {
            case .value(let ref, _), .column(let ref):
                sum + (columns.contains(ref) || groups.contains(.column(ref)) ? 0.2 : 0)
            default: sum
            }
        }
    }

    // MARK: Merging

    func decide(
        _ choices: [Choice], _ evidence: Evidence, _ form: FollowUpForm
    ) throws(CompositionFailure) -> Interpretation {
        var best: (reading: Reading, score: Double, choice: Choice)?
        var failure: CompositionFailure?
        for choice in choices {
            if let best, choice.score < best.score - QuestionReader.margin { break }
            do throws(CompositionFailure) {
                let found = try merge(choice, evidence, form)
                guard let first = best else {
                    best = (found, choice.score, choice)
                    continue
                }
                if first.reading.sql != found.sql, !Equivalence.isSame(first.reading, found, context.model) {
                    return .clarification(
                        Clarification(
                            "I can read this in two ways. Which one do you mean?",
                            readings: [first.reading, found],
                            meanings: Meaning.between(first.choice, choice, evidence)))
                }
            } catch {
                if failure == nil { failure = error }
            }
        }
        if let best { return .answer(best.reading) }
        throw failure ?? CompositionFailure("I do not see how this goes on from the question before.")
    }

    func merge(
        _ choice: Choice, _ evidence: Evidence, _ form: FollowUpForm
    ) throws(CompositionFailure) -> Reading {
        var part = Composer(
            model: context.model, evidence: evidence, choice: choice, today: context.today,
            glossary: context.glossary?.on(context.today))
        let narrowingSets = part.query.filters
        part.query = SemanticQuery()
        absorbNames(&part)
        try part.readTimes()
        try part.readValues()
        try takeComparisons(&part)
        try part.readComparisons()
        try part.readNegations()
        try part.readClauses()
        var query = previous
        takeNamedOrder(&part)
        try takeMeasures(&part, &query, form)
        try takeRank(&part, &query)
        try takeGroups(&part, &query, form)
        try placeTimes(&part, &query, form)
        try takeOrder(&part, &query)
        query.narrow(by: narrowingSets + part.query.filters, adding: form.adds && !part.query.filters.isEmpty)
        for condition in part.query.having { try narrow(&query, condition) }
        query.related += part.query.related.filter { !query.related.contains($0) }
        try part.checkUse()
        guard query != previous || part.used.count > 0 else {
            throw CompositionFailure("I do not see how this goes on from the question before.")
        }
        return try reading(
            of: query, evidence, choice, assumptions: part.assumptions, doubt: part.doubt)
    }

    /// "And orders in France": the thing that the query is about is only named again.
    func absorbNames(_ part: inout Composer) {
        let narrows = part.items.contains { item in
            switch item.kind {
            case .value, .quoted, .cue(.compare), .cue(.between), .cue(.limit): true
            case .time(let phrase): !phrase.isGrouping
            default: false
            }
        }
        guard narrows else { return }
        let own = Set(previous.measures.map(\.home) + [previous.subject].compactMap(\.self))
        for at in part.items.indices {
            guard case .entity(let table) = part.items[at].kind, !part.items[at].isVerb else { continue }
            if at > 0, [.cue(.by), .cue(.each), .cue(.count)].contains(part.items[at - 1].kind) { continue }
            if own.contains(table) || previous.dimensions.contains(.entity(table)) { part.used.insert(at) }
        }
    }

    /// A bare comparison speaks of the figure that is shown: "only those over 100".
    func takeComparisons(_ part: inout Composer) throws(CompositionFailure) {
        guard !part.items.contains(where: { $0.kind.isName || $0.table != nil }) else { return }
        for at in part.items.indices {
            guard case .cue(.compare(let comparison, let number, nil)) = part.items[at].kind,
                part.tokens[part.items[at].range.upperBound - 1].folded != "times"
            else { continue }
            if let measure = previous.measures.first, !previous.dimensions.isEmpty {
                part.used.insert(at)
                part.query.having.append(MeasureCondition(measure, comparison, number))
            } else if let ref = shownNumber {
                part.used.insert(at)
                part.query.filters.append(.compare(ref, comparison, number))
            }
        }
    }

    /// The one number that the rows of the answer before show or are ordered by.
    var shownNumber: ColumnRef? {
        guard previous.isList else { return nil }
        let numbers = previous.listed.filter { context.model.column($0)?.role == .measure }
        if numbers.count == 1 { return numbers[0] }
        if case .column(let ref)? = previous.order.first?.key, context.model.column(ref)?.role == .measure {
            return ref
        }
        return previous.subject.flatMap { context.model.entity($0)?.measures }.flatMap {
            $0.count == 1 ? $0[0].ref : nil
        }
    }

    func narrow(_ query: inout SemanticQuery, _ condition: MeasureCondition) throws(CompositionFailure) {
        if query.isList, let subject = query.subject {
            query.filters.append(.whose(subject, condition))
            return
        }
        guard !query.dimensions.isEmpty else {
            throw CompositionFailure("The answer before is one number, so I do not see what to compare.")
        }
        query.having.removeAll { $0.measure.value == condition.measure.value }
        query.having.append(condition)
    }
}
