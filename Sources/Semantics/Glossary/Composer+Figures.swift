import Modeling
import Schemas

/// Figures of the glossary in a question.
extension Composer {
    /// Whether "how many" asks for the figure itself: it is a number of things and no amount of money.
    func isCount(figure name: String) -> Bool {
        guard let figure = glossary?.figure(name) else { return false }
        switch figure.value {
        case .count, .countDistinct, .aggregate(.sum, _): return figure.format != .money
        default: return figure.format == .count
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
            case .standing(var standing) where aggregate != .median:
                let picks: [Aggregate: Standing.Pick] = [.average: .average, .maximum: .highest, .minimum: .lowest]
                standing.pick = picks[aggregate] ?? standing.pick
                value = .standing(standing)
                if aggregate != .sum { title = Titles.aggregate(aggregate, title.lowercased()) }
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
        narrow(by: figure)
        return Measure(value, title: title, format: figure.format)
    }

    /// Conditions of a figure hold for the whole answer as long as it is the only figure; ``settleFigures()`` sees to
    /// the rest when all figures are known.
    private mutating func narrow(by figure: DefinedFigure) {
        guard !figure.filters.isEmpty, !narrowing.contains(where: { $0.name == figure.name }) else { return }
        narrowing.append(figure)
        query.filters += figure.filters
    }

    /// Beside other figures, one with conditions is computed over its own rows by a formula; what is made of it in another
    /// way, such as a share, is declined rather than narrowed as a whole.
    mutating func settleFigures() throws(CompositionFailure) {
        guard let first = narrowing.first else { return }
        var all = query.measures + query.having.map(\.measure)
        for case .measure(let measure) in query.order.map(\.key) { all.append(measure) }
        if narrowing.count == 1, all.allSatisfy({ $0.value == first.value }) { return }
        // "Average large orders" narrows the same rows that it averages.
        if narrowing.count == 1, Set(all.map(\.value)).count == 1, case .aggregate = all[0].value { return }
        for figure in narrowing {
            for filter in figure.filters {
                if let at = query.filters.lastIndex(of: filter) { query.filters.remove(at: at) }
            }
        }
        let plain = all.filter { measure in !narrowing.contains { measure.title == $0.title } }
        guard plain.allSatisfy(\.value.isOwnFigure) else {
            throw CompositionFailure(
                "I cannot yet combine \(first.title.lowercased()) with other figures in this way.", isFinal: true)
        }
        func settled(_ measure: Measure) throws(CompositionFailure) -> Measure {
            guard let figure = narrowing.first(where: { $0.title == measure.title }) else { return measure }
            guard measure.value == figure.value else {
                throw CompositionFailure(
                    "I cannot yet combine \(figure.title.lowercased()) with other figures in this way.",
                    isFinal: true)
            }
            var tables = [figure.value.home]
            for ref in figure.formula.columns where !tables.contains(ref.table) { tables.append(ref.table) }
            var measure = measure
            measure.value = .formula(
                FormulaFigure(formula: figure.formula, home: figure.value.home, tables: tables))
            return measure
        }
        for at in query.measures.indices { query.measures[at] = try settled(query.measures[at]) }
        for at in query.having.indices { query.having[at].measure = try settled(query.having[at].measure) }
        for at in query.order.indices {
            guard case .measure(let measure) = query.order[at].key else { continue }
            query.order[at].key = .measure(try settled(measure))
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
    /// Whether the value stands for itself, and is no share or ratio of something that may be narrowed.
    fileprivate var isOwnFigure: Bool {
        switch self {
        case .count, .countDistinct, .aggregate, .formula: true
        default: false
        }
    }

    /// Whether rows that joins repeat would change the value.
    fileprivate var isHarmedByRepetition: Bool {
        switch self {
        case .aggregate(let aggregate, _): aggregate == .sum || aggregate == .average
        case .formula(let figure): figure.isHarmedByFanOut
        case .standing, .median: true
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
