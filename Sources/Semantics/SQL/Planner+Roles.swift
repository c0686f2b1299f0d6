import Modeling
import Schemas

/// Tables that take part in a role.
extension Planner {
    /// What FROM reads: a table, or a table under the name of its role.
    func source(_ name: String) -> SQLSelect.Source {
        model.role(name).map { .named($0.name, of: $0.table) } ?? .table(name)
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
