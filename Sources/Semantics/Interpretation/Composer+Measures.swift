import Modeling
import Schemas

/// Makes measures of tables, columns and business terms.
extension Composer {
    func count(_ table: String) -> Measure {
        Measure(
            .count(table), title: "Number of \(model.entity(table).map { Titles.plural($0.title) } ?? table)",
            format: .count)
    }

    func countDistinct(_ ref: ColumnRef) -> Measure {
        Measure(
            .countDistinct(ref), title: "Number of different \(Titles.plural(Titles.column(ref).lowercased()))",
            format: .count)
    }

    func measure(_ aggregate: Aggregate, _ amount: Amount) -> Measure {
        let name: String
        let isMoney: Bool
        switch amount {
        case .column(let ref):
            name = Titles.column(ref).lowercased()
            isMoney = column(ref)?.measure?.isMoney ?? false
        case .product:
            name = "sales"
            isMoney = true
        case .formula(let formula, _):
            name = Titles.formula(formula)
            isMoney = formula.columns.contains { column($0)?.measure?.isMoney ?? false }
        case .span(let span):
            name = Titles.span(span)
            isMoney = false
        }
        return Measure(
            .aggregate(aggregate, amount), title: Titles.aggregate(aggregate, name),
            format: isMoney ? .money : .number)
    }

    /// The measure that a business term stands for here; revenue is summed unless the question says otherwise.
    mutating func measure(_ term: BusinessTerm, _ aggregate: Aggregate?) throws(CompositionFailure) -> Measure {
        func assume(_ text: String) { if !assumptions.contains(text) { assumptions.append(text) } }
        switch term {
        case .figure(let name): return try measure(figure: name, aggregate)
        case .unitsSold:
            guard let amount = finder.unitsSold() else {
                guard let table = finder.salesTable(near: subject) else {
                    throw CompositionFailure(
                        "I find no quantities sold in this database.", reason: "undefined_metric")
                }
                return count(table)
            }
            return measure(aggregate ?? .sum, amount)
        case .revenue, .orderValue:
            guard let (amount, assumption) = finder.revenue() else {
                throw CompositionFailure(
                    "I find no amounts of sales that belong to what you ask about.", options: moneyOptions(),
                    reason: "undefined_metric")
            }
            assume(assumption)
            // The average of sales means the average per transaction, also where only its lines have amounts.
            if aggregate == .average || (term == .orderValue && aggregate == nil),
                let header = header(of: amount.table)
            {
                var found = Measure(
                    .perEntity(amount: amount, countOf: nil, entity: header),
                    title: "Average \(model.entity(header)?.title ?? header) value", format: .money)
                if aggregate == .sum { found = measure(.sum, amount) }
                return found
            }
            let kind = aggregate ?? (term == .orderValue ? .average : .sum)
            var found = measure(kind, amount)
            found.title = Titles.aggregate(kind, term == .revenue ? "sales" : "order value")
            return found
        }
    }

    func moneyOptions() -> [String] {
        Array(
            model.entities.flatMap(\.measures).filter { $0.measure == .money }.prefix(5)
                .map {
                    "\(Titles.aggregate(.sum, Titles.column($0.ref).lowercased()).lowercased()) of \(model.entity($0.ref.table).map { Titles.plural($0.title) } ?? $0.ref.table)"
                })
    }

    /// The transaction that lines belong to; nil when the table is no line table.
    func header(of table: String) -> String? {
        guard let entity = model.entity(table), finder.isLine(entity) else { return nil }
        return finder.time(of: table).map(\.table).flatMap { $0 == table ? nil : $0 }
    }
}
