import Modeling
import Schemas

/// Figures that are chosen among rows before they are added up: medians, and figures that stand still in time.
extension Planner {
    /// The median: the rows of each group in order, and the average of the one or two in the middle.
    mutating func median(_ amount: Amount, _ query: SemanticQuery) throws(CompositionFailure) -> GrainBranch {
        var (rows, plan) = try rows(of: amount, query)
        let value = SQLExpression.name("value")
        let groups = names(plan.select.groups.count)
        let partition = plan.select.groups
        guard let raw = rows.columns.last?.expression else {
            throw CompositionFailure("I do not see what to take the median of.")
        }
        rows.conditions.append(.isNull(raw, isNegated: true))
        rows.columns.append(
            .init(expression: .computed(.place(partition: partition, order: [raw])), alias: "place"))
        rows.columns.append(.init(expression: .computed(.rows(partition: partition)), alias: "rows"))
        var outer = outer(rows, plan, groups)
        let twice = SQLExpression.infix(.literal(.integer(2)), "*", .name("place"))
        outer.conditions = [
            .infix(twice, ">=", .name("rows")),
            .infix(twice, "<=", .infix(.name("rows"), "+", .literal(.integer(2)))),
        ]
        outer.columns.append(.init(expression: .aggregate(.average, value), alias: "figure"))
        let origin = plan.select
        plan.select = outer
        return GrainBranch(plan: plan, keys: groups, origin: origin)
    }

    /// A standing figure: summed over things on the day that is told of each period, or on each day and then averaged.
    mutating func standing(_ standing: Standing, _ query: SemanticQuery) throws(CompositionFailure) -> GrainBranch {
        var (rows, plan) = try rows(of: standing.amount, query)
        let day = SQLExpression.column(standing.time)
        let groups = names(plan.select.groups.count)
        let origin = plan.select
        switch standing.pick {
        case .last, .first:
            let periods = plan.select.groups.filter {
                switch $0 {
                case .period, .calendarPart: true
                default: false
                }
            }
            rows.columns.append(.init(expression: day, alias: "day"))
            rows.columns.append(
                .init(
                    expression: .computed(
                        .across(standing.pick == .last ? .maximum : .minimum, day, partition: periods)),
                    alias: "told_day"))
            var outer = outer(rows, plan, groups)
            outer.conditions = [.infix(.name("day"), "=", .name("told_day"))]
            outer.columns.append(.init(expression: .aggregate(.sum, .name("value")), alias: "figure"))
            plan.select = outer
            let name = Titles.column(standing.time).lowercased()
            plan.assumptions.append(
                "it is that of the \(standing.pick.rawValue) \(name)\(periods.isEmpty ? "" : " of each period"), since it does not add up over time"
            )
        case .average, .highest, .lowest:
            var daily = rows
            daily.columns = daily.columns.map { column in
                guard column.alias == "value" else { return column }
                return .init(expression: .aggregate(.sum, column.expression), alias: "value")
            }
            daily.columns.append(.init(expression: day, alias: "day"))
            daily.groups = unique(plan.select.groups + [day])
            var outer = outer(daily, plan, groups)
            let aggregate: Aggregate =
                standing.pick == .average ? .average : standing.pick == .highest ? .maximum : .minimum
            outer.columns.append(.init(expression: .aggregate(aggregate, .name("value")), alias: "figure"))
            plan.select = outer
            plan.assumptions.append(
                "it is added up on each day and then the \(standing.pick.rawValue) of all days is taken")
        }
        return GrainBranch(plan: plan, keys: groups, origin: origin)
    }

    /// The rows that a sum of the amount would add up, not yet grouped: what is shown, the groups, and the value.
    private mutating func rows(of amount: Amount, _ query: SemanticQuery) throws(CompositionFailure)
        -> (SQLSelect, Plan)
    {
        var part = query
        part.measures = [Measure(.aggregate(.sum, amount), title: "figure", format: .number)]
        let plan = try groups(part)
        switch plan.select.source {
        case .table, .named: break
        case .select, .stacked:
            throw CompositionFailure("I cannot tell this figure without counting some rows twice.", isFinal: true)
        }
        var grain = MeasureGrain(model: model, base: amount.table, fansOut: false)
        grain.conversions = conversions
        var rows = plan.select
        rows.order = []
        rows.groups = []
        rows.columns = rows.columns.dropLast().enumerated().map {
            .init(expression: $1.expression, alias: "shown\($0 + 1)")
        }
        for (at, group) in plan.select.groups.enumerated() {
            rows.columns.append(.init(expression: group, alias: "group\(at + 1)"))
        }
        rows.columns.append(.init(expression: grain.raw(amount), alias: "value"))
        return (rows, plan)
    }

    private func names(_ count: Int) -> [SQLExpression] { (0..<count).map { .name("group\($0 + 1)") } }

    /// Groups the rows again, by the names that they have now.
    private func outer(_ rows: SQLSelect, _ plan: Plan, _ groups: [SQLExpression]) -> SQLSelect {
        var outer = SQLSelect(from: .select(rows))
        let shown = (0..<plan.shape.count - 1).map { SQLExpression.name("shown\($0 + 1)") }
        outer.columns = shown.map { .init(expression: $0, alias: nil) }
        outer.groups = groups + shown
        return outer
    }
}
