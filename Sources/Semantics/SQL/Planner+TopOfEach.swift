import Modeling
import Schemas

/// The first rows of each group, and groups that would hold one row each.
extension Planner {
    /// Numbers the grouped rows within each partition and keeps the first ones. Equal rows follow in the order of their
    /// keys, so that the result is the same each time.
    func firstOfEach(_ grouped: SQLSelect, _ query: SemanticQuery, partition: [SQLExpression], outerColumns: Int)
        throws(CompositionFailure) -> SQLSelect
    {
        guard let limit = query.limit, !partition.isEmpty, !grouped.order.isEmpty else {
            throw CompositionFailure("I do not see within which groups to rank.")
        }
        let names = grouped.columns.map { column in
            if let alias = column.alias { return alias }
            if case .column(let ref) = column.expression { return ref.column }
            return ""
        }
        let place = "place"
        guard !names.contains(""), !names.contains(place), Set(names).count == names.count else {
            throw CompositionFailure("I cannot yet answer for the top of each group.")
        }
        var inner = grouped
        inner.order = []
        let order = grouped.order.map { SQLOrder(expression: $0.expression, isDescending: $0.isDescending) }
        inner.columns.append(.init(expression: .rowNumber(partition: partition, order: order), alias: place))
        var select = SQLSelect(from: .select(inner))
        select.columns = names.map { .init(expression: .name($0), alias: nil) }
        if query.offset > 0 {
            select.conditions.append(.infix(.name(place), ">", .literal(.integer(query.offset))))
        }
        select.conditions.append(.infix(.name(place), "<=", .literal(.integer(query.offset + limit))))
        select.order = names.prefix(outerColumns).map { (.name($0), false) } + [(.name(place), false)]
        return select
    }

    /// Whether each group is one row of the table, and not all rows of one name.
    private func hasOneRowPerGroup(_ table: String, _ query: SemanticQuery) -> Bool {
        guard let entity = model.entity(table) else { return false }
        return entity.label.count != 1 || query.listed.contains { entity.key == [$0.column] && $0.table == table }
    }

    /// "How many customers per customer" is one each: such a reading has mistaken a word.
    func refuseSingletons(_ query: SemanticQuery) throws(CompositionFailure) {
        for case .entity(let table) in query.dimensions where hasOneRowPerGroup(table, query) {
            // "Employees with two or more departments" where each has one.
            for measure in query.measures {
                guard case .count(let other) = measure.value, other != table,
                    let path = model.joins.path(from: table, to: other), path.isToOne, !path.steps.isEmpty
                else { continue }
                throw CompositionFailure(
                    "Every \(model.entity(table)?.title ?? table) has at most one \(model.entity(other)?.title ?? other) in "
                        + "this database, so there is nothing to count.")
            }
        }
        for case .entity(let table) in query.dimensions
        where query.measures.contains(where: { $0.value == .count(table) }) {
            let noun = model.entity(table)?.title ?? table
            throw CompositionFailure(
                "I read that as counting \(Titles.plural(noun)) for every single \(noun), which is always one. "
                    + "Could you put the question another way?")
        }
    }
}
