import Modeling
import Schemas
import Values

/// A query ready to be printed, with what its columns are.
struct Plan: Sendable {
    var select: SQLSelect
    var shape: [OutputColumn]
    var joins: [String]
    var assumptions: [String]
    var inferredJoins: Int
    var isAmbiguous: Bool
    /// How many tables are joined.
    var tables: Int
    /// Whether joins repeat rows of the first table.
    var fansOut: Bool
}

/// Turns a semantic query into one SELECT. Every measure is computed at its own grain: where joins would repeat its
/// rows, they are made distinct before they are added up, and entities are counted by their keys.
struct Planner {
    let model: SchemaModel
    var assumptions: [String] = []
    /// Units in which columns are told.
    var conversions: [UnitConversion] = []

    init(model: SchemaModel) { self.model = model }

    mutating func plan(_ query: SemanticQuery) throws(CompositionFailure) -> Plan {
        conversions = query.conversions
        if needsOwnGrains(query) { return try separately(query) }
        return query.measures.isEmpty && query.dimensions.isEmpty ? try list(query) : try groups(query)
    }

    // MARK: Lists

    private mutating func list(_ query: SemanticQuery) throws(CompositionFailure) -> Plan {
        guard let subject = query.subject, let entity = model.entity(subject) else {
            throw CompositionFailure("I do not see what to list.")
        }
        var shown: [(SQLExpression, OutputColumn)] = query.listed.map { column($0) }
        if shown.isEmpty { shown = [label(entity)] }
        for ordering in query.order {
            guard case .column(let ref) = ordering.key, !query.listed.contains(ref), query.limit != nil,
                shown.allSatisfy({ $0.0 != .column(ref) })
            else { continue }
            // Who asked for one number gets that number and no other beside it.
            if query.limit == 1, query.listed.contains(where: { model.column($0)?.kind != .text }) { continue }
            // Nor does one name need the day by which it was found: "Who is the oldest guest?"
            if query.limit == 1, query.listed.count <= 1, model.column(ref)?.role == .time { continue }
            // What was ranked by is shown as the number that it was ranked as.
            let (plain, output) = column(ref)
            shown.append((model.column(ref)?.form == nil ? plain : numeric(ref), output))
        }
        let terminals =
            query.listed.map(\.table) + query.filters.flatMap(\.tables) + query.related
            + query.order.compactMap { if case .column(let ref) = $0.key { ref.table } else { nil } }
        let tree = try tree(subject, terminals)
        var select = SQLSelect(from: source(subject))
        select.joins = tree.joins
        select.conditions = try conditions(query.filters)
        select.columns = named(shown)
        select.isDistinct = query.isDistinct
        for ordering in query.order {
            guard case .column(let ref) = ordering.key else { continue }
            // NULL sorts first in SQLite, and what is unknown is not the lowest.
            if !ordering.isDescending, query.limit != nil {
                select.conditions.append(.isNull(.column(ref), isNegated: true))
            }
            select.order.append((numeric(ref), ordering.isDescending))
        }
        let keys = keys(entity)
        if tree.fansOut {
            if keys.isEmpty || query.isDistinct {
                select.isDistinct = true
            } else {
                select.groups = unique(keys + shown.flatMap { parts($0.0) } + select.order.map(\.expression))
            }
        }
        if !select.order.isEmpty, !select.isDistinct { select.order += keys.map { ($0, false) } }
        select.limit = query.limit
        select.offset = query.offset
        return try finish(select, shape: shown.map(\.1), tree)
    }

    // MARK: Groups

    mutating func groups(_ query: SemanticQuery) throws(CompositionFailure) -> Plan {
        let base = try base(query)
        let measures = query.measures + query.orderMeasures
        let terminals =
            measures.flatMap { tables($0.value) } + query.dimensions.map(\.table)
            + query.listed.map(\.table) + query.filters.flatMap(\.tables) + query.related
        let tree = try tree(base, terminals)
        for measure in query.measures where measure.home != base {
            switch measure.value {
            case .aggregate(.sum, _), .aggregate(.average, _), .share, .shareOfAll, .perEntity, .formula:
                // Each of its rows would be repeated for every row of the base.
                throw CompositionFailure(
                    "\(measure.title) and the other figures are kept at different levels, so one table of both would count "
                        + "some amounts twice. Please ask for one at a time.")
            case .count(let table):
                assumptions.append("only \(table) that have \(base) are counted")
            default: break
            }
        }
        try refuseSingletons(query)
        var shown: [(expression: SQLExpression, column: OutputColumn)] = []
        var groups: [SQLExpression] = []
        // How many of the groups' expressions and of the columns belong to all dimensions but the last.
        var outer = (groups: 0, shown: 0)
        var missing: [SQLExpression] = []
        for dimension in query.dimensions {
            outer = (groups.count, shown.count)
            switch dimension {
            case .entity(let table):
                guard let entity = model.entity(table) else { continue }
                let attributes = query.listed.filter { _ in true }
                let columns = attributes.isEmpty ? [label(entity)] : attributes.map { column($0) }
                shown += columns
                let shownParts = columns.flatMap { parts($0.0) }
                // Rows that hang below what is counted, such as a shop's several districts, are told apart by name.
                let hangsBelow = tree.steps.contains { $0.to == table && !$0.isToOne } && !entity.label.isEmpty
                groups += hangsBelow && base != table ? shownParts : keys(entity) + shownParts
            case .column(let ref):
                shown.append(column(ref))
                groups.append(.column(ref))
                // Nobody asks which unknown is the highest.
                if query.limit != nil { missing.append(.isNull(.column(ref), isNegated: true)) }
            case .part(let ref, let part):
                let expression = SQLExpression.calendarPart(numeric(ref), part)
                let title = part.rawValue
                shown.append(
                    (expression, OutputColumn(name: title, title: title.capitalisedFirst, role: .dimension)))
                if part == .weekday { groups.append(.calendarPlace(numeric(ref), part)) }
                groups.append(expression)
                if query.limit != nil { missing.append(.isNull(.column(ref), isNegated: true)) }
            case .period(let ref, let grain):
                let expression = SQLExpression.period(numeric(ref), grain)
                shown.append(
                    (
                        expression,
                        OutputColumn(
                            name: grain.rawValue, title: grain.rawValue.capitalisedFirst, role: .time(grain))
                    ))
                groups.append(expression)
            case .fiscal(let ref, let grain, let startMonth):
                let expression = SQLExpression.fiscal(.column(ref), grain, startMonth: startMonth)
                let title = "fiscal \(grain.rawValue)"
                shown.append(
                    (expression, OutputColumn(name: title, title: title.capitalisedFirst, role: .time(grain))))
                groups.append(expression)
            case .formula(let formula, _, let name):
                let expression = SQLExpression.formula(formula)
                shown.append(
                    (expression, OutputColumn(name: name, title: name.capitalisedFirst, role: .dimension)))
                groups.append(expression)
            }
        }
        let partition = unique(Array(groups[..<outer.groups])).count
        if query.limitsEachGroup, groups[outer.groups...].contains(where: groups[..<outer.groups].contains) {
            throw CompositionFailure("I cannot tell the groups from what is ranked within them.")
        }
        groups = unique(groups)
        var select = SQLSelect(from: source(base))
        select.joins = tree.joins
        select.conditions = try conditions(query.filters) + missing
        var grain = MeasureGrain(model: model, base: base, fansOut: tree.fansOut)
        grain.conversions = conversions
        let needsInner = tree.fansOut && measures.contains { grain.isHarmedByFanOut($0.value) }
        if needsInner {
            // Each row of the base once per group, before anything is added up.
            let keys = model.entity(base).map(keys) ?? []
            guard !keys.isEmpty else {
                throw CompositionFailure(
                    "Rows of \(base) have no key, so joining them would count some of them twice.")
            }
            assumptions.append("a row of \(base) that belongs to several groups counts once in each")
            var inner = select
            inner.isDistinct = true
            inner.columns = keys.enumerated().map { SQLSelect.Column(expression: $1, alias: "key\($0 + 1)") }
            for (at, group) in groups.enumerated() {
                inner.columns.append(.init(expression: group, alias: "group\(at + 1)"))
            }
            var names: [SQLExpression: SQLExpression] = [:]
            for (at, group) in groups.enumerated() { names[group] = .name("group\(at + 1)") }
            for (at, key) in keys.enumerated() where names[key] == nil { names[key] = .name("key\(at + 1)") }
            for raw in measures.flatMap({ grain.rawParts($0.value) })
            where names[raw] == nil {
                let name = "value\(names.count + 1)"
                inner.columns.append(.init(expression: raw, alias: name))
                names[raw] = .name(name)
            }
            select = SQLSelect(from: .select(inner))
            groups = groups.map { names[$0] ?? $0 }
            shown = shown.map { (rename($0.expression, names), $0.column) }
            grain.names = names
        }
        place(periodOf: query, groups, in: &grain)
        let conditionsOf: (([Filter]) throws(CompositionFailure) -> [SQLExpression]) = {
            filters throws(CompositionFailure) in
            try self.conditions(filters)
        }
        for measure in query.measures {
            let expression = try grain.expression(measure.value, conditionsOf)
            shown.append(
                (
                    expression,
                    OutputColumn(name: measure.title, title: measure.title, role: .measure, format: measure.format)
                ))
        }
        select.columns = named(shown)
        select.groups = groups
        for condition in query.having {
            let left = try grain.expression(condition.measure.value, conditionsOf)
            select.having.append(.infix(left, condition.comparison.rawValue, .literal(.real(condition.number))))
        }
        for ordering in query.order {
            switch ordering.key {
            case .measure(let measure):
                select.order.append((try grain.expression(measure.value, conditionsOf), ordering.isDescending))
            case .column(let ref):
                let expression = rename(.column(ref), grain.names)
                select.order.append((expression, ordering.isDescending))
            case .dimension: continue
            }
        }
        order(&select, query, groups: groups, shown: shown.map(\.expression))
        if query.limitsEachGroup {
            return try finish(
                try firstOfEach(select, query, partition: Array(groups[..<partition]), outerColumns: outer.shown),
                shape: shown.map(\.column), tree)
        }
        select.limit = query.limit
        select.offset = query.offset
        return try finish(select, shape: shown.map(\.column), tree)
    }

    /// Periods in their order, everything else by the first measure; equal rows by their groups, so that results are
    /// the same each time.
    func order(
        _ select: inout SQLSelect, _ query: SemanticQuery, groups: [SQLExpression], shown: [SQLExpression]
    ) {
        guard !groups.isEmpty else { return }
        if select.order.isEmpty {
            let isTime = query.dimensions.contains {
                switch $0 {
                case .period, .part, .fiscal: true
                default: false
                }
            }
            if !isTime, query.dimensions.count == 1, let at = shown.indices.last, !query.measures.isEmpty {
                select.order.append((shown[at - query.measures.count + 1], true))
            }
        }
        for group in groups where !select.order.contains(where: { $0.expression == group }) {
            select.order.append((group, false))
        }
    }

    /// The table at whose grain all measures can be computed: the one from which the others are reached "to one".
    func base(_ query: SemanticQuery) throws(CompositionFailure) -> String {
        var homes: [String] = []
        for home in (query.measures.isEmpty ? query.orderMeasures : query.measures).map(\.home)
        where !homes.contains(home) { homes.append(home) }
        if homes.isEmpty { homes = query.dimensions.map(\.table) }
        for home in homes {
            if homes.allSatisfy({ $0 == home || model.joins.path(from: home, to: $0)?.isToOne ?? false }) {
                return home
            }
        }
        throw CompositionFailure(
            "These figures live in tables that do not belong to one another; please ask for one at a time.")
    }

    func tables(_ value: Measure.Value) -> [String] {
        switch value {
        case .perEntity(_, _, let entity): [value.home, entity]
        case .share(let inner, let filters): tables(inner) + filters.flatMap(\.tables)
        case .shareOfAll(let inner): tables(inner)
        case .ratio(let top, let first, let bottom, let second):
            tables(top) + tables(bottom) + (first + second).flatMap(\.tables)
        case .formula(let figure): figure.tables
        case .aggregate(_, let amount), .median(let amount): [value.home] + amount.tables
        case .combined(let a, _, let b): tables(a) + tables(b)
        case .narrowed(let inner, let filters): tables(inner) + filters.map(\.table)
        case .course(_, let inner): tables(inner)
        case .perPeriod(let inner, let time, _): tables(inner) + [time.table]
        case .standing(let standing): standing.amount.tables + [standing.time.table]
        default: [value.home]
        }
    }

    func tree(_ base: String, _ terminals: [String]) throws(CompositionFailure) -> JoinTree {
        // A role means something beside what it is a role for: managers are those whom employees name.
        let anchors = ([base] + terminals).compactMap { model.role($0)?.anchor }
        let tree = JoinTree(model, base: base, terminals: terminals, anchors: anchors)
        if let table = tree.unreachable {
            throw CompositionFailure(
                "I find no way to join \(base) and \(table) in this database.", reason: "unsupported")
        }
        return tree
    }

    func finish(_ select: SQLSelect, shape: [OutputColumn], _ tree: JoinTree) throws(CompositionFailure)
        -> Plan
    {
        try refuseOpenRoles(tree.steps)
        var shape = shape
        for (at, column) in select.columns.enumerated() where at < shape.count {
            shape[at].name = column.alias ?? shape[at].name
        }
        return Plan(
            select: select, shape: shape, joins: tree.words, assumptions: assumptions + usualRoles(tree),
            inferredJoins: tree.steps.count { !$0.edge.isDeclared }, isAmbiguous: tree.isAmbiguous,
            tables: tree.tables.count, fansOut: tree.fansOut)
    }
}
