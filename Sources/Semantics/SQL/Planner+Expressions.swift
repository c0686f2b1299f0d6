import Modeling
import Schemas
import Values

extension Planner {
    // MARK: Columns

    func keys(_ entity: EntityModel) -> [SQLExpression] {
        if !entity.key.isEmpty { return entity.key.map { .column(ColumnRef(entity.table, $0)) } }
        return entity.kind == .table ? [.rowID(entity.table)] : []
    }

    /// What people call a row: its name, the first and last name as one, or else its key.
    func label(_ entity: EntityModel) -> (SQLExpression, OutputColumn) {
        let parts = entity.label.map { SQLExpression.column(ColumnRef(entity.table, $0)) }
        if parts.count > 1 {
            return (
                .concatenated(parts),
                OutputColumn(name: entity.title, title: entity.title.capitalisedFirst, role: .dimension)
            )
        }
        let name = entity.label.first ?? entity.key.first ?? entity.columns.first?.ref.column ?? "rowid"
        let ref = ColumnRef(entity.table, name)
        let title = entity.label.isEmpty ? Titles.column(ref) : entity.title.capitalisedFirst
        return (.column(ref), OutputColumn(name: name, title: title, role: .dimension))
    }

    func column(_ ref: ColumnRef) -> (SQLExpression, OutputColumn) {
        let model = model.column(ref)
        var format = OutputColumn.Format.plain
        if let measure = model?.measure { format = measure.isMoney ? .money : .number }
        let role: OutputColumn.Role = model?.role == .measure ? .measure : .dimension
        if let told = conversions.first(where: { $0.column == ref }) {
            let title = Titles.column(ref, told: told)
            return (.told(.column(ref), told), OutputColumn(name: title, title: title, role: role, format: .number))
        }
        return (.column(ref), OutputColumn(name: ref.column, title: Titles.column(ref), role: role, format: format))
    }

    /// Select columns under names that do not repeat.
    func named(_ shown: [(SQLExpression, OutputColumn)]) -> [SQLSelect.Column] {
        var taken: [String] = []
        return shown.map { expression, column in
            var name = Self.identifier(column.name)
            if taken.contains(name) { name = Self.identifier(column.title) }
            var number = 2
            let stem = name
            while taken.contains(name) {
                name = "\(stem)_\(number)"
                number += 1
            }
            taken.append(name)
            if case .column(let ref) = expression, ref.column == name {
                return .init(expression: expression, alias: nil)
            }
            return .init(expression: expression, alias: name)
        }
    }

    /// A column name as it stands, or a title in snake_case.
    private static func identifier(_ text: String) -> String {
        text.contains(" ")
            ? text.lowercased().split(whereSeparator: { !($0.isLetter || $0.isNumber) }).joined(separator: "_")
            : text
    }

    func unique(_ expressions: [SQLExpression]) -> [SQLExpression] {
        var found: [SQLExpression] = []
        for expression in expressions where !found.contains(expression) { found.append(expression) }
        return found
    }

    func parts(_ expression: SQLExpression) -> [SQLExpression] {
        if case .concatenated(let parts) = expression { parts } else { [expression] }
    }

    func rename(_ expression: SQLExpression, _ names: [SQLExpression: SQLExpression]) -> SQLExpression {
        if let name = names[expression] { return name }
        if case .concatenated(let parts) = expression { return .concatenated(parts.map { rename($0, names) }) }
        return expression
    }

    /// The column as a number, also where it is stored as text.
    func numeric(_ ref: ColumnRef) -> SQLExpression { model.comparable(ref) }

    // MARK: Conditions

    func conditions(_ filters: [Filter]) throws(CompositionFailure) -> [SQLExpression] {
        var found: [SQLExpression] = []
        for filter in filters { found += try condition(filter) }
        return found
    }

    private func condition(_ filter: Filter) throws(CompositionFailure) -> [SQLExpression] {
        switch filter {
        case .oneOf(let ref, let values, let isNegated): return [.oneOf(.column(ref), values, isNegated: isNegated)]
        case .compare(let ref, let comparison, let number):
            return [.infix(numeric(ref), comparison.rawValue, .literal(.real(number)))]
        case .between(let ref, let low, let high):
            return [
                .infix(numeric(ref), ">=", .literal(.real(low))), .infix(numeric(ref), "<=", .literal(.real(high))),
            ]
        case .during(let ref, let interval):
            // ISO text sorts like time, so a half-open interval holds for days and for moments alike.
            var found: [SQLExpression] = []
            if let start = interval.start { found.append(.infix(numeric(ref), ">=", .date(start))) }
            if let end = interval.end { found.append(.infix(numeric(ref), "<", .date(end))) }
            return found
        case .isMissing(let ref, let isNegated): return [.isNull(.column(ref), isNegated: isNegated)]
        case .againstAverage(let ref, let comparison):
            let stored = ColumnRef(model.stored(ref.table), ref.column)
            var inner = SQLSelect(from: .table(stored.table))
            inner.columns = [.init(expression: .aggregate(.average, model.comparable(stored)), alias: nil)]
            return [.infix(numeric(ref), comparison.rawValue, .subquery(inner))]
        case .againstSome(let ref, let comparison, let sharing, let inner):
            return [try againstSome(ref, comparison, sharing, inner)]
        case .matches(let ref, let piece, let anchored, let isNegated):
            return [.contains(.column(ref), piece, anchored: anchored, isNegated: isNegated)]
        case .without(let target, let owner, let inner): return [try absence(of: target, for: owner, inner)]
        case .anyOf(let filters): return [.any(try conditions(filters))]
        case .among(let ref, let inner):
            let tree = try tree(ref.table, inner.map(\.table))
            var select = SQLSelect(from: source(ref.table))
            select.columns = [.init(expression: .column(ref), alias: nil)]
            select.joins = tree.joins
            select.conditions = try conditions(inner)
            return [.inSelect(.column(ref), select, isNegated: false)]
        case .holds(let formula, _): return [.formula(formula)]
        case .member(let key, let query):
            var planner = Planner(model: model)
            var select = try planner.plan(query).select
            select.columns = [.init(expression: select.columns[0].expression, alias: nil)]
            if select.limit == nil { select.order = [] }
            return [.inSelect(.column(key), select, isNegated: false)]
        case .versus(let left, let comparison, let right):
            return [.infix(numeric(left), comparison.rawValue, numeric(right))]
        case .asOther(let ref, let comparison, let inner): return [try likeOther(ref, comparison, inner)]
        case .unreferenced(let key, let reference, let inner): return [try unreferenced(key, reference, inner)]
        case .whose(let table, let condition): return [try membership(table, condition)]
        case .span(let span, let comparison, let number):
            return [.infix(SQLExpression.span(span), comparison.rawValue, .literal(.real(number)))]
        case .onWeekdays(let ref, let days, let isNegated):
            return [
                .oneOf(.computed(.weekday(.column(ref))), days.map { .integer($0) }, isNegated: isNegated)
            ]
        }
    }

    /// The owner's key is in no row of the target; built as NOT IN over the table next to the owner, with NULL left out,
    /// since NOT IN over a NULL would keep nothing.
    private func absence(of target: String, for owner: String, _ inner: [Filter]) throws(CompositionFailure)
        -> SQLExpression
    {
        guard let path = model.joins.path(from: owner, to: target), let first = path.steps.first,
            first.edge.childColumns.count == 1
        else { throw CompositionFailure("I find no way to join \(owner) and \(target) in this database.") }
        try refuseOpenRoles(path.steps)
        let mine = ColumnRef(owner, first.isToOne ? first.edge.childColumns[0] : first.edge.parentColumns[0])
        let theirs = ColumnRef(first.to, first.isToOne ? first.edge.parentColumns[0] : first.edge.childColumns[0])
        // Only tables beyond the first step are joined inside.
        let tree = JoinTree(model, base: first.to, terminals: path.steps.dropFirst().map(\.to) + inner.map(\.table))
        guard tree.unreachable == nil, !tree.tables.contains(owner) else {
            throw CompositionFailure("I cannot express what \(owner) should be without.")
        }
        var select = SQLSelect(from: source(first.to))
        select.columns = [.init(expression: .column(theirs), alias: nil)]
        select.joins = tree.joins
        select.conditions = try conditions(inner) + [.isNull(.column(theirs), isNegated: true)]
        let isNotIn = SQLExpression.inSelect(.column(mine), select, isNegated: true)
        return first.isToOne ? .any([.isNull(.column(mine), isNegated: false), isNotIn]) : isNotIn
    }

    /// The table's key is among the groups that satisfy the condition.
    private func membership(_ table: String, _ condition: MeasureCondition) throws(CompositionFailure)
        -> SQLExpression
    {
        guard let key = model.entity(table)?.key, key.count == 1 else {
            throw CompositionFailure("Rows of \(table) have no single key to group by.")
        }
        let ref = ColumnRef(table, key[0])
        var query = SemanticQuery()
        query.dimensions = [.column(ref)]
        query.measures = [condition.measure]
        query.having = [condition]
        var planner = Planner(model: model)
        var select = try planner.plan(query).select
        select.columns = Array(select.columns.prefix(1))
        select.order = []
        return .inSelect(.column(ref), select, isNegated: false)
    }
}

/// Writes measures at their grain: plain where every row of the base stands once, by distinct keys or over distinct
/// rows where joins repeat them.
struct MeasureGrain {
    let model: SchemaModel
    let base: String
    let fansOut: Bool
    /// Names in the subquery of distinct rows, when there is one.
    var names: [SQLExpression: SQLExpression] = [:]
    /// Units in which columns are told.
    var conversions: [UnitConversion] = []
    /// The period that the rows are grouped by, and its other groups, for what moves over periods.
    var period: (expression: SQLExpression, grain: TimeGrain)?
    var otherGroups: [SQLExpression] = []

    init(model: SchemaModel, base: String, fansOut: Bool) {
        self.model = model
        self.base = base
        self.fansOut = fansOut
    }

    /// Whether repeated rows would change the value.
    func isHarmedByFanOut(_ value: Measure.Value) -> Bool {
        switch value {
        case .count, .countDistinct: false
        case .aggregate(let aggregate, _): aggregate == .sum || aggregate == .average
        case .perEntity(let amount, _, _): amount != nil
        case .share(let inner, _), .shareOfAll(let inner): isHarmedByFanOut(inner)
        case .ratio: true
        case .formula(let figure): figure.isHarmedByFanOut
        case .combined(let a, _, let b): isHarmedByFanOut(a) || isHarmedByFanOut(b)
        case .narrowed(let inner, _), .course(_, let inner), .perPeriod(let inner, _, _): isHarmedByFanOut(inner)
        case .median, .standing: true
        }
    }

    /// The column as a number, also where it is stored as text.
    private func numeric(_ ref: ColumnRef) -> SQLExpression { model.comparable(ref) }

    func raw(_ amount: Amount) -> SQLExpression {
        switch amount {
        case .column(let ref):
            guard let told = conversions.first(where: { $0.column == ref }) else { return numeric(ref) }
            return .told(numeric(ref), told)
        case .product(let a, let b): return .infix(numeric(a), "*", numeric(b))
        case .formula(let formula, _): return .formula(formula)
        case .span(let span): return .span(span)
        }
    }

    /// What of the rows the value is computed from.
    func rawParts(_ value: Measure.Value) -> [SQLExpression] {
        switch value {
        case .count(let table): keys(table)
        case .countDistinct(let ref): [.column(ref)]
        case .aggregate(_, let amount): [raw(amount)]
        case .perEntity(let amount, let countOf, let entity):
            (amount.map { [raw($0)] } ?? []) + (countOf.map(keys) ?? []) + keys(entity)
        case .share(let inner, _), .shareOfAll(let inner): rawParts(inner)
        case .ratio(let top, _, let bottom, _): rawParts(top) + rawParts(bottom)
        case .formula(let figure): figure.arguments.map { .formula($0) }
        case .combined(let a, _, let b): rawParts(a) + rawParts(b)
        case .narrowed(let inner, _), .course(_, let inner): rawParts(inner)
        case .perPeriod(let inner, let time, _): rawParts(inner) + [.column(time)]
        case .median(let amount): [raw(amount)]
        case .standing(let standing): [raw(standing.amount)]
        }
    }

    func keys(_ table: String) -> [SQLExpression] {
        guard let entity = model.entity(table) else { return [] }
        return entity.key.isEmpty ? [.rowID(table)] : entity.key.map { .column(ColumnRef(table, $0)) }
    }

    func named(_ expression: SQLExpression) -> SQLExpression { names[expression] ?? expression }

    func expression(_ value: Measure.Value, _ conditions: ([Filter]) throws(CompositionFailure) -> [SQLExpression])
        throws(CompositionFailure) -> SQLExpression
    {
        switch value {
        case .count(let table):
            if table == base, !fansOut { return .count(distinct: []) }
            return .count(distinct: keys(table).map(named))
        case .countDistinct(let ref): return .count(distinct: [named(.column(ref))])
        case .aggregate(let aggregate, let amount): return .aggregate(aggregate, named(raw(amount)))
        case .perEntity(let amount, let countOf, let entity):
            let top: SQLExpression
            if let amount {
                top = .aggregate(.sum, named(raw(amount)))
            } else {
                top = try expression(.count(countOf ?? base), conditions)
            }
            return .ratio(top, .count(distinct: keys(entity).map(named)))
        case .formula(let figure): return .formula(figure.formula(renamed: names))
        case .shareOfAll(let inner):
            // A row that belongs to several groups would count several times in the whole.
            guard names.isEmpty, !fansOut else {
                throw CompositionFailure(
                    "I cannot tell these shares without counting some rows twice.", isFinal: true)
            }
            let each = try expression(inner, conditions)
            return .infix(.literal(.integer(100)), "*", .ratio(each, .overAll(each)))
        case .share(let inner, let filters):
            guard names.isEmpty, !fansOut else {
                throw CompositionFailure("I cannot tell this share without counting some rows twice.")
            }
            let each = try addend(inner)
            let part = SQLExpression.aggregate(.sum, .caseWhen(try conditions(filters), then: each))
            return .infix(.literal(.integer(100)), "*", .ratio(part, .aggregate(.sum, each)))
        case .ratio(let top, let first, let bottom, let second):
            guard names.isEmpty, !fansOut else {
                throw CompositionFailure("I cannot tell this ratio without counting some rows twice.")
            }
            func side(_ value: Measure.Value, _ filters: [Filter]) throws(CompositionFailure) -> SQLExpression {
                if filters.isEmpty { return try expression(value, conditions) }
                return .aggregate(.sum, .caseWhen(try conditions(filters), then: try addend(value)))
            }
            return .ratio(try side(top, first), try side(bottom, second))
        case .combined, .narrowed, .course, .perPeriod, .median, .standing:
            return try computed(value, conditions)
        }
    }

    /// What each row adds to a sum or a count.
    func addend(_ value: Measure.Value) throws(CompositionFailure) -> SQLExpression {
        switch value {
        case .aggregate(.sum, let amount): raw(amount)
        case .count(let table) where table == base: .literal(.integer(1))
        default: throw CompositionFailure("I can tell the share of a sum or of a number of things only.")
        }
    }
}
