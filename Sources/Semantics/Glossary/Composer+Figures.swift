import Modeling
import Schemas

/// Figures of the glossary in a question.
extension Composer {
    /// Whether a figure counts things.
    func isCount(figure name: String) -> Bool {
        switch glossary?.figure(name)?.value {
        case .count, .countDistinct: true
        default: false
        }
    }

    /// The figure called `name`, at the grain that the question needs. An aggregate that the question names combines the
    /// same amounts in its own way, where the figure is a sum of them.
    mutating func measure(figure name: String, _ aggregate: Aggregate?) throws(CompositionFailure) -> Measure {
        guard let glossary, let named = glossary.figure(name) else {
            throw CompositionFailure("The glossary has no figure called \"\(name)\".", reason: "undefined_metric")
        }
        guard let figure = suited(named, in: glossary) else {
            // What the schema has for the built-in word may exist at the grain that is needed.
            let names = [named.name] + glossary.synonyms(of: named.name)
            if named.filters.isEmpty, aggregate == nil || aggregate == .sum,
                names.contains(where: { BusinessTerms.phrases[GlossaryFitter.phrase($0)] == .revenue }),
                let (amount, _) = finder.revenue(), fits(amount.table)
            {
                return try measure(.revenue, aggregate)
            }
            throw CompositionFailure(
                "\(named.title) is kept for each row of \(named.value.home), so what you break it down by would count some of it several times.",
                reason: "undefined_metric")
        }
        if figure.name != named.name {
            assumptions.append("\(named.title.lowercased()) is measured by \(figure.title.lowercased()) here")
        }
        var value = figure.value
        var title = figure.title
        if let aggregate {
            switch value {
            case .aggregate(.sum, let amount):
                value = .aggregate(aggregate, amount)
                if aggregate != .sum { title = Titles.aggregate(aggregate, title.lowercased()) }
            case .aggregate(aggregate, _): break
            default:
                // "Total orders" only stresses; an average of a ratio or of a count would be another figure.
                guard aggregate == .sum else {
                    throw CompositionFailure(
                        "\(figure.title) is defined by the glossary, and I cannot take the \(aggregate.rawValue) of it.",
                        isFinal: true)
                }
            }
        }
        if let time = figure.time, figureTime == nil { figureTime = time }
        try narrow(by: figure)
        return Measure(value, title: title, format: figure.format)
    }

    /// Conditions of a figure hold for the whole answer when it is the only figure; two figures with different
    /// conditions need a formula each.
    private mutating func narrow(by figure: DefinedFigure) throws(CompositionFailure) {
        guard !figure.filters.isEmpty || !asked.isEmpty else { return }
        for filter in figure.filters where !query.filters.contains(filter) {
            guard asked.isEmpty, further.isEmpty else {
                throw CompositionFailure("I cannot yet show \(figure.title.lowercased()) beside other figures.")
            }
            query.filters.append(filter)
        }
    }

    /// The figure itself where repeated rows do it no harm, or where everything that the question speaks of is reached
    /// without repeating its rows; else one that is called like it with a word more (`line revenue` for `revenue`) and is
    /// reached so.
    private func suited(_ figure: DefinedFigure, in glossary: Glossary) -> DefinedFigure? {
        guard figure.value.isHarmedByRepetition, !fits(figure.value.home) else { return figure }
        let others = glossary.model.metrics.map(\.name) + glossary.model.measures.map(\.name)
        for case let other? in others.map(glossary.figure)
        where other.name != figure.name && Set(other.words).isSuperset(of: figure.words) && fits(other.value.home) {
            return other
        }
        return nil
    }

    /// Whether everything that the question speaks of is reached from the table without repeating its rows.
    private func fits(_ home: String) -> Bool {
        finder.tables.allSatisfy { $0 == home || model.joins.path(from: home, to: $0)?.isToOne ?? false }
    }
}

extension Measure.Value {
    /// Whether rows that joins repeat would change the value.
    fileprivate var isHarmedByRepetition: Bool {
        switch self {
        case .aggregate(let aggregate, _): aggregate == .sum || aggregate == .average
        case .formula(let figure): figure.isHarmedByFanOut
        default: false
        }
    }
}

extension Glossary {
    /// The other words for a figure.
    func synonyms(of name: String) -> [String] {
        model.metrics.first { $0.name == name }?.synonyms ?? model.measures.first { $0.name == name }?.synonyms
            ?? []
    }
}

extension FormulaFigure {
    /// The formula with the arguments of its aggregates as the columns that a subquery gives them.
    func formula(renamed names: [SQLExpression: SQLExpression]) -> Formula {
        guard !names.isEmpty else { return formula }
        return formula.mapped { part -> Formula in
            guard case .call(let name, let arguments, let isDistinct) = part, Formula.aggregates.contains(name)
            else {
                return part
            }
            let renamed = arguments.map { argument -> Formula in
                if case .name(let column)? = names[.formula(argument)] { return .name([column], at: 0) }
                return argument
            }
            return .call(name, renamed, isDistinct: isDistinct)
        }
    }
}
