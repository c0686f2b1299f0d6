public import Schemas

/// Chooses how to show a result: pure, from the shape of the result and the wording of the question.
public enum ChartChooser {
    /// The best chart for a result. A chart that the question names wins whenever it can show the result; otherwise the
    /// cheapest by the costs of ``ChartCandidates`` does. Equal costs are settled by the order of ``ChartKind``.
    ///
    /// - Parameters:
    ///   - columns: What each column of `result` is, in the same order.
    ///   - question: The question as it was asked; its words may name a chart.
    public static func choose(columns: [OutputColumn], result: ResultTable, question: String) -> ChartChoice {
        choose(columns, result, ChartWish(question))
    }

    /// The encoding of a chart that was chosen before, by its kind; the best other one when it cannot show the result.
    public static func choose(_ kind: ChartKind, columns: [OutputColumn], result: ResultTable) -> ChartChoice {
        var wish = ChartWish("")
        wish.named = kind
        return choose(columns, result, wish)
    }

    private static func choose(_ columns: [OutputColumn], _ result: ResultTable, _ wish: ChartWish) -> ChartChoice {
        let shape = ChartShape(columns: columns, result: result)
        let candidates = ChartCandidates(shape: shape, wish: wish, result: result).list
        let order = Dictionary(uniqueKeysWithValues: ChartKind.allCases.enumerated().map { ($1, $0) })
        let ranked = candidates.map { (candidate: $0, cost: $0.cost - favour($0.kind, wish.named)) }.sorted {
            ($0.cost, order[$0.candidate.kind] ?? 0) < ($1.cost, order[$1.candidate.kind] ?? 0)
        }
        let best = ranked[0].candidate
        // What shows the result worse than a table would is no alternative.
        let limit = ranked.first { $0.candidate.kind == .table }?.cost ?? 0
        var alternatives: [ChartKind] = []
        for (candidate, cost) in ranked where candidate.kind != best.kind && cost <= limit {
            if !alternatives.contains(candidate.kind) { alternatives.append(candidate.kind) }
        }
        return ChartChoice(
            kind: best.kind, reason: reason(best, shape, wish), isRefusal: isRefusal(best, shape, wish),
            alternatives: alternatives, encoding: best.encoding)
    }

    private static func isRefusal(_ best: ChartCandidate, _ shape: ChartShape, _ wish: ChartWish) -> Bool {
        shape.rowCount > 0 && (wish.unknown != nil || (wish.named != nil && wish.named != best.kind))
    }

    /// How much a named chart counts: all for itself, much for its nearest relatives.
    private static func favour(_ kind: ChartKind, _ named: ChartKind?) -> Double {
        guard let named else { return 0 }
        if kind == named { return 100 }
        let bars: Set<ChartKind> = [.bar, .groupedBar, .stackedBar]
        if bars.contains(kind), bars.contains(named) || named == .histogram { return 60 }
        return 0
    }

    private static func reason(_ best: ChartCandidate, _ shape: ChartShape, _ wish: ChartWish) -> String {
        if shape.rowCount == 0 { return "There are no rows to draw." }
        let because = "\(best.kind.phrase), since \(best.reason)"
        if let named = wish.named {
            if best.kind == named { return "The question asks for \(named.phrase)." }
            let needs = ChartNeeds.missing(for: named, shape: shape)
            return
                "The question asks for \(named.phrase), which cannot show this result: \(needs). Shown as \(because)."
        }
        if let unknown = wish.unknown {
            return
                "The question asks for a \(unknown), which is none of the charts that can be drawn. Shown as \(because)."
        }
        return best.reason.prefix(1).uppercased() + best.reason.dropFirst() + "."
    }
}

/// What a chart needs that a result does not have, in words for people.
enum ChartNeeds {
    static func missing(for kind: ChartKind, shape: ChartShape) -> String {
        let hasMeasure = !shape.measures.isEmpty
        let negative = shape.measures.contains { shape.facts[$0].minimum < 0 }
        switch kind {
        case .bar, .line, .area, .histogram, .kpi:
            if !hasMeasure { return "it has no figures to draw" }
            if kind == .kpi { return "it has more than one row" }
            if kind == .histogram { return "it has too few figures to count into ranges" }
            return "its rows have no names or periods that occur once each"
        case .groupedBar: return "it takes a figure for two groupings, or several figures of one kind"
        case .stackedBar:
            return negative ? "parts below zero cannot be stacked" : "it takes an amount for each of two groupings"
        case .pie:
            return negative
                ? "parts below zero have no place in a whole" : "it takes one amount for each of several parts"
        case .scatter: return "it takes two figures for each row"
        case .heatmap: return "it takes a figure for each of two groupings"
        case .map: return "it takes a latitude and a longitude for each row"
        case .table: return "it has no columns"
        }
    }
}
