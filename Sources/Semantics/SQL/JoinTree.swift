import Modeling

/// The tables of a query joined to one base: a small Steiner tree, grown by the cheapest path to the next table.
struct JoinTree: Sendable {
    private(set) var base: String
    private(set) var tables: [String]
    private(set) var steps: [JoinStep] = []
    /// Whether some step could as well have gone another way.
    private(set) var isAmbiguous = false
    /// The first table that could not be reached.
    private(set) var unreachable: String?
    private let model: SchemaModel

    /// Joins the terminals, and after them those of `anchors` that did not take part yet.
    init(_ model: SchemaModel, base: String, terminals: [String], anchors: [String] = []) {
        self.base = base
        self.model = model
        tables = [base]
        grow(to: terminals)
        improve(terminals)
        if unreachable == nil { grow(to: anchors) }
    }

    /// Takes the exact tree where growing path by path found a costlier one, and sees whether another one costs the same.
    private mutating func improve(_ terminals: [String]) {
        guard unreachable == nil, Set(terminals).subtracting([base]).count > 1,
            let exact = SteinerTree(model.joins, base: base), let best = exact.cheapest(to: terminals)
        else { return }
        guard best.cost < SteinerTree.cost(of: steps, from: base) - 1e-6, isTree(best.steps) else { return }
        steps = best.steps
        tables = [base] + best.steps.map(\.to)
        isAmbiguous = best.steps.contains { step in
            exact.cheapest(to: terminals, without: step.edge).map { $0.cost <= best.cost + 1e-6 } ?? false
        }
    }

    /// Whether no table is entered twice; one that is reached from below and from above could be.
    private func isTree(_ steps: [JoinStep]) -> Bool {
        let reached = steps.map(\.to)
        return Set(reached).count == reached.count && !reached.contains(base)
    }

    private mutating func grow(to terminals: [String]) {
        var open = terminals.filter { $0 != base }
        while !open.isEmpty {
            var best: (path: JoinPath, at: Int)?
            for (at, table) in open.enumerated() {
                if tables.contains(table) {
                    best = (JoinPath(steps: [], cost: 0, isAmbiguous: false), at)
                    break
                }
                guard let path = model.joins.path(from: tables, to: table) else { continue }
                if path.cost < (best?.path.cost ?? .infinity) - 1e-9 { best = (path, at) }
            }
            guard let best else {
                unreachable = open[0]
                return
            }
            for step in best.path.steps where !tables.contains(step.to) {
                steps.append(step)
                tables.append(step.to)
            }
            isAmbiguous = isAmbiguous || best.path.isAmbiguous
            open.remove(at: best.at)
        }
    }

    /// Whether a row of the base may be joined to several rows.
    var fansOut: Bool { steps.contains { !$0.isToOne } }

    /// The JOIN clauses in order.
    var joins: [SQLSelect.Join] {
        steps.map { step in
            let child = step.edge.childColumns.map { SQLExpression.column(ColumnRef(step.edge.child, $0)) }
            let parent = step.edge.parentColumns.map { SQLExpression.column(ColumnRef(step.edge.parent, $0)) }
            return SQLSelect.Join(
                table: step.to, stored: model.role(step.to)?.table, on: Array(zip(child, parent)))
        }
    }

    /// The joins in words.
    var words: [String] {
        steps.map { step in
            let pairs = zip(step.edge.childColumns, step.edge.parentColumns).map {
                "\(step.edge.child).\($0) = \(step.edge.parent).\($1)"
            }
            return pairs.joined(separator: " and ")
                + (step.edge.isDeclared ? "" : " (inferred from names and types)")
        }
    }
}
