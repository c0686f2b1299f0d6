/// The tables of a database and the references between them.
public struct JoinGraph: Sendable {
    /// The edges between tables: declared first, each group in the order of the schema.
    public let edges: [JoinEdge]
    private let stepsFrom: [String: [JoinStep]]
    private let roles: Set<String>

    /// What a turn from "to one" to "to many" costs: two tables that only share a parent are seldom meant together
    /// (orders and employees of the same store).
    public static let turnPenalty = 1.5

    /// Makes a graph of references between tables, and of those to and from the names in `roles`, each of which stands
    /// for a table a second time.
    public init(edges: [JoinEdge], ofRoles further: [JoinEdge] = [], roles: Set<String> = []) {
        self.edges = edges
        self.roles = roles
        var stepsFrom: [String: [JoinStep]] = [:]
        for edge in edges + further where edge.child != edge.parent {
            stepsFrom[edge.child, default: []].append(JoinStep(edge: edge, isToOne: true))
            stepsFrom[edge.parent, default: []].append(JoinStep(edge: edge, isToOne: false))
        }
        self.stepsFrom = stepsFrom
    }

    /// The steps that leave `table` for other tables, in a fixed order; roles are no tables of their own.
    public func steps(from table: String) -> [JoinStep] {
        let steps = stepsFrom[table] ?? []
        return roles.isEmpty ? steps : steps.filter { !roles.contains($0.to) }
    }

    /// The steps that leave `table`, those to roles included.
    public func allSteps(from table: String) -> [JoinStep] { stepsFrom[table] ?? [] }

    /// The references of a table to itself, in a fixed order. Paths never walk them: one query needs the table twice.
    public func selfReferences(of table: String) -> [JoinEdge] {
        edges.filter { $0.isSelfReference && $0.child == table }
    }

    /// All references of `child` to `parent`; several are roles (order date and ship date), told apart by
    /// ``JoinEdge/cueWords``.
    public func edges(from child: String, to parent: String) -> [JoinEdge] {
        edges.filter { $0.child == child && $0.parent == parent }
    }

    /// The cheapest path between two tables; nil when they are not connected. At most `limit` steps.
    public func path(from start: String, to goal: String, limit: Int = 8) -> JoinPath? {
        path(from: [start], to: goal, limit: limit)
    }

    /// The cheapest path from any table of a tree to `goal`. The tree's tables are tried in the order given.
    public func path(from starts: [String], to goal: String, limit: Int = 8) -> JoinPath? {
        if starts.contains(goal) { return JoinPath(steps: [], cost: 0, isAmbiguous: false) }
        struct Reached {
            var table: String
            var wentUp: Bool
            var steps: [JoinStep]
            var cost: Double
        }
        var frontier = starts.map { Reached(table: $0, wentUp: false, steps: [], cost: 0) }
        var settled: [String: Double] = [:]
        var best: JoinPath?
        while !frontier.isEmpty {
            var lowest = 0
            for index in frontier.indices where frontier[index].cost < frontier[lowest].cost - 1e-9 {
                lowest = index
            }
            let here = frontier.remove(at: lowest)
            if let found = best, here.cost > found.cost + 1e-9 { break }
            if here.table == goal {
                if best == nil {
                    best = JoinPath(steps: here.steps, cost: here.cost, isAmbiguous: false)
                } else {
                    best?.isAmbiguous = true
                }
                continue
            }
            let state = here.table + (here.wentUp ? "↑" : "↓")
            if let known = settled[state], known < here.cost - 1e-9 { continue }
            settled[state] = here.cost
            guard here.steps.count < limit else { continue }
            for step in allSteps(from: here.table) {
                if starts.contains(step.to) || here.steps.contains(where: { $0.from == step.to }) { continue }
                let turns = here.wentUp && !step.isToOne
                let cost = here.cost + step.edge.weight + (turns ? Self.turnPenalty : 0)
                let next = step.to + (step.isToOne ? "↑" : "↓")
                if let known = settled[next], known < cost - 1e-9 { continue }
                frontier.append(
                    Reached(table: step.to, wentUp: step.isToOne, steps: here.steps + [step], cost: cost))
            }
        }
        return best
    }

    /// The cheapest cost between two tables, the same in both directions; nil when they are not connected.
    public func distance(_ a: String, _ b: String) -> Double? { path(from: a, to: b)?.cost }
}
