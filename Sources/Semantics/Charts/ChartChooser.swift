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
        let wish = ChartWish(question)
        let shape = ChartShape(columns: columns, result: result)
        var candidates = ChartCandidates(shape: shape, wish: wish, result: result).list
        for index in candidates.indices { candidates[index].cost -= favour(candidates[index].kind, wish.named) }
        let order = Dictionary(uniqueKeysWithValues: ChartKind.allCases.enumerated().map { ($1, $0) })
        candidates.sort { ($0.cost, order[$0.kind] ?? 0) < ($1.cost, order[$1.kind] ?? 0) }
        let best = candidates[0]
        // What shows the result worse than a table would is no alternative.
        let limit = candidates.first { $0.kind == .table }?.cost ?? 0
        var alternatives: [ChartKind] = []
        for candidate in candidates where candidate.kind != best.kind && candidate.cost <= limit {
            if !alternatives.contains(candidate.kind) { alternatives.append(candidate.kind) }
        }
        return ChartChoice(
            kind: best.kind, reason: reason(best, shape, wish), alternatives: alternatives, encoding: best.encoding)
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
        if let named = wish.named {
            if best.kind == named { return "The question asks for \(named.phrase)." }
            return "The question asks for \(named.phrase), which cannot show this result; \(best.reason)."
        }
        return best.reason.prefix(1).uppercased() + best.reason.dropFirst() + "."
    }
}
