import Modeling
import Schemas

/// Other figures of the same rows: another measure, a share, another aggregate.
extension FollowUpReader {
    func takeMeasures(
        _ part: inout Composer, _ query: inout SemanticQuery, _ form: FollowUpForm
    ) throws(CompositionFailure) {
        guard part.sharedMeasure == nil else {
            throw CompositionFailure("Please ask for that share in a whole question.")
        }
        // "What about quantity?": a number that is named by itself is added up or averaged.
        for at in part.targets where part.isMeasureColumn(at) && !part.used.contains(at) {
            guard case .column(let ref) = part.items[at].kind, part.ranking == nil, part.query.order.isEmpty else {
                continue
            }
            if query.isList {
                part.used.insert(at)
                if !query.listed.contains(ref) { query.listed = shown(query) + [ref] }
            } else {
                part.used.insert(at)
                part.asked.append(part.implicit(ref))
            }
        }
        guard !part.asked.isEmpty else { return }
        if query.isList, query.limit != nil {
            guard let referent = Referent(query, context.model) else {
                throw CompositionFailure("I do not see of what to compute that.")
            }
            query = SemanticQuery(subject: referent.table)
            query.filters = referent.filters
        }
        if form.adds, !query.measures.isEmpty {
            query.measures += part.asked.filter { measure in !query.measures.contains { $0.value == measure.value }
            }
        } else {
            query.replaceMeasures(with: part.asked, dropping: figures.flatMap(\.filters))
        }
        // What a figure of the glossary demands of rows by itself.
        if let glossary = context.glossary, query.measures.count == 1 {
            let defined = glossary.figures.values.first { $0.value == query.measures[0].value }
            query.narrow(by: defined?.filters ?? [])
        }
    }

    /// What a list shows of each row.
    func shown(_ query: SemanticQuery) -> [ColumnRef] {
        if !query.listed.isEmpty { return query.listed }
        return query.subject.flatMap { table in context.model.entity(table)?.label.map { ColumnRef(table, $0) } }
            ?? []
    }

    /// "As a share", "in percent": each group's part of all.
    func share(_ form: FollowUpForm) throws(CompositionFailure) -> SemanticQuery? {
        let words = form.tokens.filter { !$0.isSign || $0.text == "%" }.map(\.folded)
        let shares: Set<String> = [
            "share", "shares", "percentage", "percentages", "percent", "proportion", "proportions", "%",
        ]
        let plain: Set<String> = [
            "as", "a", "an", "the", "in", "of", "total", "whole", "all", "it", "that", "this", "each", "what", "is",
            "are",
            "give", "me", "overall", "terms", "to",
        ]
        guard words.contains(where: shares.contains),
            words.allSatisfy({ shares.contains($0) || plain.contains($0) })
        else { return nil }
        guard let measure = previous.measures.first, !previous.dimensions.isEmpty else {
            throw CompositionFailure("I can tell shares of an answer that has groups; this one has none.")
        }
        switch measure.value {
        case .aggregate(.sum, _), .count, .formula:
            var query = previous
            let title = "Share of \(measure.title.uncapitalised)"
            query.replaceMeasures(with: [Measure(.shareOfAll(measure.value), title: title, format: .percent)])
            return query
        case .share, .shareOfAll: return previous
        default: throw CompositionFailure("I can tell the share of a sum or of a number of things only.")
        }
    }

    /// "And the average?": another aggregate of the same amount.
    func aggregate(_ form: FollowUpForm) throws(CompositionFailure) -> SemanticQuery? {
        let words = form.tokens.filter {
            !$0.isSign && !["the", "a", "in", "of", "it", "that", "what", "is", "its"].contains($0.folded)
        }
        let cue = CueReader.cues(words, taken: [])
        guard cue.count == 1, cue[0].range == words.indices else { return nil }
        let wanted: Aggregate
        switch cue[0].cue {
        case .aggregate(let aggregate): wanted = aggregate
        case .superlative(let isDescending, nil, 1) where previous.dimensions.isEmpty && !previous.measures.isEmpty:
            wanted = isDescending ? .maximum : .minimum
        default: return nil
        }
        guard form.isMarked || words.count < 3, let measure = previous.measures.first else {
            throw CompositionFailure("I do not see of which number to tell the \(form.text).", reason: "ambiguous")
        }
        let amount: Amount
        switch measure.value {
        case .aggregate(_, let known): amount = known
        case .perEntity(let known?, _, _): amount = known
        default:
            throw CompositionFailure(
                "\(measure.title) is not added up from amounts, so there is no \(words.map(\.text).joined(separator: " ")) of it."
            )
        }
        var query = previous
        let value: Measure.Value
        var name = measure.title
        for prefix in ["Total ", "Average ", "Lowest ", "Highest ", "Minimum ", "Maximum "]
        where name.hasPrefix(prefix) {
            name = String(name.dropFirst(prefix.count))
        }
        if wanted == .average, amount.table != "", let header = header(of: amount.table) {
            value = .perEntity(amount: amount, countOf: nil, entity: header)
            name = context.model.entity(header).map { "\($0.title) value" } ?? name
        } else {
            value = .aggregate(wanted, amount)
        }
        let format: OutputColumn.Format = measure.format == .count && wanted == .average ? .number : measure.format
        query.replaceMeasures(with: [
            Measure(value, title: Titles.aggregate(wanted, name.uncapitalised), format: format)
        ])
        return query
    }

    /// The transaction that the lines of a table belong to: their average is that of the transactions.
    func header(of table: String) -> String? {
        Composer(
            model: context.model, evidence: Evidence(tokens: [], parts: [], unknown: [], assumptions: []),
            choice: Choice(items: [], score: 0, weakest: 1), today: context.today
        ).header(of: table)
    }
}
