import Modeling
import Schemas

/// Figures of different grains: each is computed by itself, by the same groups, and the results are put below one another
/// and folded. A group that exists for one figure only is shown with nothing for the other, or with 0 where that is what
/// it comes to.
extension Planner {
    /// Whether one pass over joined rows cannot compute the figures.
    func needsOwnGrains(_ query: SemanticQuery) -> Bool {
        let values = (query.measures + query.having.map(\.measure) + query.orderMeasures).map(\.value)
        guard !values.isEmpty else { return false }
        if values.contains(where: { $0.needsOwnSelect || $0.leaves.map(\.value.home).isMixed }) { return true }
        let shown = query.measures.isEmpty ? query.orderMeasures : query.measures
        guard shown.map(\.home).isMixed else { return false }
        guard let base = try? base(query) else { return true }
        return shown.contains { measure in
            guard measure.home != base else { return false }
            switch measure.value {
            case .count, .countDistinct, .aggregate(.minimum, _), .aggregate(.maximum, _): return false
            default: return true
            }
        }
    }

    mutating func separately(_ query: SemanticQuery) throws(CompositionFailure) -> Plan {
        guard !query.limitsEachGroup else {
            throw CompositionFailure(
                "I cannot yet rank within groups by figures that are kept at different levels.")
        }
        var leaves: [MeasureLeaf] = []
        let measures = query.measures + query.having.map(\.measure) + query.orderMeasures
        for leaf in measures.flatMap({ $0.value.leaves }) where !leaves.contains(leaf) { leaves.append(leaf) }
        let branches = leaves.grouped
        var stacked: [SQLSelect] = []
        var first: GrainBranch?
        var joins: [String] = []
        var inferred = 0
        var isAmbiguous = false
        for branch in branches {
            let found = try self.plan(branch, of: query)
            let plan = found.plan
            assumptions += plan.assumptions.filter { !assumptions.contains($0) }
            joins += plan.joins.filter { !joins.contains($0) }
            inferred += plan.inferredJoins
            isAmbiguous = isAmbiguous || plan.isAmbiguous
            if let first,
                first.keys.count != found.keys.count
                    || first.plan.shape.count != plan.shape.count - branch.count + branches[0].count
            {
                throw CompositionFailure("I cannot put these figures side by side.", isFinal: true)
            }
            if first == nil { first = found }
            stacked.append(self.stacked(found, branch, of: leaves, isFewer: branches.count <= 2))
        }
        guard let first else { throw CompositionFailure("I do not see what to compute.") }
        let dimensions = first.plan.shape.count - branches[0].count
        var folded = FoldedGrain(
            leaves: leaves, isAlone: branches.count == 1, dimensions: dimensions, groups: first.keys.count)
        folded.place(periodOf: first)
        var select = SQLSelect(from: .stacked(stacked))
        var shown: [(SQLExpression, OutputColumn)] = (0..<dimensions).map {
            (.name("shown\($0 + 1)"), first.plan.shape[$0])
        }
        for measure in query.measures {
            shown.append(
                (
                    try folded.expression(measure.value),
                    OutputColumn(name: measure.title, title: measure.title, role: .measure, format: measure.format)
                ))
        }
        select.columns = named(shown)
        select.groups = folded.groups
        for condition in query.having {
            let left = try folded.expression(condition.measure.value)
            select.having.append(.infix(left, condition.comparison.rawValue, .literal(.real(condition.number))))
        }
        for ordering in query.order {
            switch ordering.key {
            case .measure(let measure):
                select.order.append((try folded.expression(measure.value), ordering.isDescending))
            case .column, .dimension: continue
            }
        }
        order(&select, query, groups: folded.groups, shown: shown.map(\.0))
        select.limit = query.limit
        select.offset = query.offset
        var shape = shown.map(\.1)
        for (at, column) in select.columns.enumerated() { shape[at].name = column.alias ?? shape[at].name }
        return Plan(
            select: select, shape: shape, joins: joins, assumptions: assumptions, inferredJoins: inferred,
            isAmbiguous: isAmbiguous, tables: joins.count + branches.count, fansOut: false)
    }

    /// The figures of one table by the groups of the whole query.
    private func plan(_ branch: [MeasureLeaf], of query: SemanticQuery) throws(CompositionFailure) -> GrainBranch {
        var planner = Planner(model: model)
        planner.conversions = conversions
        let home = branch[0].value.home
        var part = query
        part.order = []
        part.having = []
        part.limit = nil
        part.offset = 0
        part.related = query.related.filter { table in
            table != home && model.joins.path(from: home, to: table)?.isToOne ?? false
        }
        part.dimensions = []
        for dimension in query.dimensions {
            part.dimensions.append(try planner.own(dimension, of: home))
        }
        part.filters = branch[0].filters
        for filter in query.filters { part.filters.append(try planner.own(filter, of: home)) }
        part.measures = branch.map { Measure($0.value, title: "figure", format: .number) }
        switch branch[0].value {
        case .standing(let standing): return try planner.standing(standing, part)
        case .median(let amount): return try planner.median(amount, part)
        default:
            let plan = try planner.groups(part)
            return GrainBranch(plan: plan, keys: plan.select.groups, origin: plan.select)
        }
    }

    /// The group for rows of `home`: a table with a date of its own goes by that.
    private mutating func own(_ dimension: Dimension, of home: String) throws(CompositionFailure) -> Dimension {
        switch dimension {
        case .period(let ref, let grain): return .period(try own(ref, of: home), grain)
        case .part(let ref, let part): return .part(try own(ref, of: home), part)
        case .fiscal(let ref, let grain, let start):
            return .fiscal(try own(ref, of: home), grain, startMonth: start)
        case .formula(_, let table, _): try reach(table, from: home)
        case .entity(let table): try reach(table, from: home)
        case .column(let ref): try reach(ref.table, from: home)
        }
        return dimension
    }

    private mutating func own(_ filter: Filter, of home: String) throws(CompositionFailure) -> Filter {
        if case .during(let ref, let interval) = filter { return .during(try own(ref, of: home), interval) }
        if case .onWeekdays(let ref, let days, let isNegated) = filter {
            return .onWeekdays(try own(ref, of: home), days, isNegated: isNegated)
        }
        try reach(filter.table, from: home)
        return filter
    }

    private mutating func own(_ ref: ColumnRef, of home: String) throws(CompositionFailure) -> ColumnRef {
        if ref.table == home { return ref }
        let finder = MeasureFinder(model: model, tables: [home])
        if let time = model.entity(home)?.time, finder.isEvent(ColumnRef(home, time)) {
            assumptions.append("\(home) are placed in time by \(ColumnRef(home, time))")
            return ColumnRef(home, time)
        }
        if model.joins.path(from: home, to: ref.table)?.isToOne ?? false { return ref }
        guard let time = finder.time(of: home) else {
            throw CompositionFailure("\(home) have no date that could be compared with \(ref).", isFinal: true)
        }
        assumptions.append("\(home) are placed in time by \(time)")
        return time
    }

    private func reach(_ table: String, from home: String) throws(CompositionFailure) {
        guard table == home || model.joins.path(from: home, to: table)?.isToOne ?? false else {
            throw CompositionFailure(
                "\(model.entity(home).map { Titles.plural($0.title) } ?? home) do not belong to one \(model.entity(table)?.title ?? table) each, so these figures cannot stand side by side.",
                isFinal: true)
        }
    }

    /// The branch with its groups and figures under common names, and nothing for the figures of others.
    private func stacked(_ found: GrainBranch, _ branch: [MeasureLeaf], of leaves: [MeasureLeaf], isFewer: Bool)
        -> SQLSelect
    {
        let select = found.plan.select
        var result = select
        let dimensions = select.columns.count - branch.count
        result.columns = (0..<dimensions).map {
            .init(expression: select.columns[$0].expression, alias: "shown\($0 + 1)")
        }
        for (at, group) in found.keys.enumerated() {
            result.columns.append(.init(expression: group, alias: "group\(at + 1)"))
        }
        for (at, leaf) in leaves.enumerated() {
            // Two parts agree on a type by themselves; of more, the first two may both hold nothing.
            var value = isFewer ? SQLExpression.literal(.null) : .computed(.noNumber)
            if let own = branch.firstIndex(of: leaf) { value = select.columns[dimensions + own].expression }
            result.columns.append(.init(expression: value, alias: "figure\(at + 1)"))
        }
        result.order = []
        return result
    }
}

/// Figures that one SELECT computes, before they are put beside others.
struct GrainBranch: Sendable {
    var plan: Plan
    /// What tells its groups apart.
    var keys: [SQLExpression]
    /// The groups as they were first computed, where ``plan`` groups once more.
    var origin: SQLSelect
}

/// A figure that is computed by itself, over the rows that satisfy its filters.
struct MeasureLeaf: Sendable, Hashable {
    var value: Measure.Value
    var filters: [Filter]
}

extension [MeasureLeaf] {
    /// Those that one SELECT computes: of one table, with the same filters.
    var grouped: [[MeasureLeaf]] {
        var found: [[MeasureLeaf]] = []
        for leaf in self {
            let at = found.firstIndex { other in
                !leaf.value.needsOwnSelect && !other[0].value.needsOwnSelect
                    && other[0].value.home == leaf.value.home && other[0].filters == leaf.filters
            }
            if let at { found[at].append(leaf) } else { found.append([leaf]) }
        }
        return found
    }
}

extension Measure.Value {
    /// Whether the value is computed over rows of its own: a median, a figure that stands still.
    var needsOwnSelect: Bool {
        switch self {
        case .median, .standing: true
        case .combined(let a, _, let b): a.needsOwnSelect || b.needsOwnSelect
        case .narrowed(let inner, _), .course(_, let inner), .perPeriod(let inner, _, _), .shareOfAll(let inner):
            inner.needsOwnSelect
        default: false
        }
    }

    /// The figures of which this one is made.
    var leaves: [MeasureLeaf] {
        switch self {
        case .combined(let a, _, let b): a.leaves + b.leaves
        case .ratio(let a, let first, let b, let second):
            a.leaves.map { $0.narrowed(first) } + b.leaves.map { $0.narrowed(second) }
        case .narrowed(let inner, let filters): inner.leaves.map { $0.narrowed(filters) }
        case .course(_, let inner), .shareOfAll(let inner): inner.leaves
        default: [MeasureLeaf(value: self, filters: [])]
        }
    }

    /// Whether a group without rows has 0 of it.
    var isNothingWithoutRows: Bool {
        switch self {
        case .count, .countDistinct, .aggregate(.sum, _): true
        default: false
        }
    }
}

extension MeasureLeaf {
    func narrowed(_ further: [Filter]) -> MeasureLeaf { MeasureLeaf(value: value, filters: filters + further) }
}

extension [String] {
    /// Whether they are not all the same.
    fileprivate var isMixed: Bool { Set(self).count > 1 }
}
