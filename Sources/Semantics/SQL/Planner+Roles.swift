import Modeling
import Schemas

/// Tables that take part in a role.
extension Planner {
    /// What FROM reads: a table, or a table under the name of its role.
    func source(_ name: String) -> SQLSelect.Source {
        model.role(name).map { .named($0.name, of: $0.table) } ?? .table(name)
    }

    /// A value against that of another row, which a subquery looks up.
    func likeOther(_ ref: ColumnRef, _ comparison: Comparison, _ inner: [Filter]) throws(CompositionFailure)
        -> SQLExpression
    {
        let tree = try tree(ref.table, inner.flatMap(\.tables))
        var select = SQLSelect(from: source(ref.table))
        select.columns = [.init(expression: numeric(ref), alias: nil)]
        select.joins = tree.joins
        select.conditions = try conditions(inner)
        if comparison == .equal { return .inSelect(.column(ref), select, isNegated: false) }
        return .infix(numeric(ref), comparison.rawValue, .subquery(select))
    }

    /// The key stands in no referring column; NULL is left out, since NOT IN over a NULL would keep nothing.
    func unreferenced(_ key: ColumnRef, _ reference: ColumnRef, _ inner: [Filter]) throws(CompositionFailure)
        -> SQLExpression
    {
        let tree = try tree(reference.table, inner.flatMap(\.tables))
        var select = SQLSelect(from: source(reference.table))
        select.columns = [.init(expression: .column(reference), alias: nil)]
        select.joins = tree.joins
        select.conditions = try conditions(inner) + [.isNull(.column(reference), isNegated: true)]
        return .inSelect(.column(key), select, isNegated: true)
    }

    /// Two references that only their roles tell apart need a word that says which is meant.
    func refuseOpenRoles(_ steps: [JoinStep]) throws(CompositionFailure) {
        for step in steps where model.role(step.from) == nil && model.role(step.to) == nil {
            let edge = step.edge
            guard edge.isRolePlaying, !edge.isDefault else { continue }
            let roles = model.roles(of: edge.parent).filter { $0.anchor == edge.child && !$0.isDay }
            guard roles.count > 1, roles.contains(where: { $0.origin.childColumns == edge.childColumns }) else {
                continue
            }
            let names = roles.map { "the " + $0.title.joined(separator: " ") }
            var failure = CompositionFailure(
                "The \(model.entity(edge.parent)?.title ?? edge.parent) of a \(model.entity(edge.child)?.title ?? edge.child) may be "
                    + "\(names.dropLast().joined(separator: ", ")) or \(names.last ?? ""). Which one do you mean?",
                reason: "ambiguous")
            failure.openRoles = roles
            throw failure
        }
    }

    /// Which of several references was followed where nothing told, in words.
    func usualRoles(_ tree: JoinTree) -> [String] {
        tree.steps.compactMap { step in
            let edge = step.edge
            let isOneOfSeveral = model.joins.edges.contains {
                $0.child == edge.child && $0.parent == edge.parent && $0.childColumns != edge.childColumns
            }
            guard isOneOfSeveral, model.role(step.to) == nil, model.role(step.from) == nil else { return nil }
            let noun = model.entity(edge.parent)?.title ?? edge.parent
            return "the \(noun) is that of \(edge.child).\(edge.childColumns.joined(separator: ", "))"
        }
    }
}
