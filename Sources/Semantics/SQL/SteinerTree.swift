import Modeling

/// The cheapest tree of joins that reaches all terminals from one table, exactly: Dreyfus and Wagner's dynamic program
/// over subsets of the terminals, on states of a table and how it was entered, since going down right after going up
/// costs more.
struct SteinerTree {
    /// More terminals or tables than these are left to growing the tree path by path.
    static let terminalLimit = 8
    static let tableLimit = 200

    private enum Choice {
        case leaf
        case merge(Int)
        case step(Int)
    }

    private let graph: JoinGraph
    private let names: [String]
    private let index: [String: Int]
    private let steps: [[(step: JoinStep, to: Int)]]

    /// Nil where the tables that can be reached from `base` are too many.
    init?(_ graph: JoinGraph, base: String) {
        self.graph = graph
        var names = [base]
        var index = [base: 0]
        var steps: [[(step: JoinStep, to: Int)]] = []
        var at = 0
        while at < names.count {
            var here: [(step: JoinStep, to: Int)] = []
            for step in graph.allSteps(from: names[at]) {
                if index[step.to] == nil {
                    index[step.to] = names.count
                    names.append(step.to)
                }
                here.append((step, index[step.to]!))
            }
            steps.append(here)
            at += 1
            if names.count > Self.tableLimit { return nil }
        }
        self.names = names
        self.index = index
        self.steps = steps
    }

    /// The steps of the cheapest tree, those nearer to the base first, and its cost; nil when a terminal cannot be reached
    /// or there are too many.
    func cheapest(to terminals: [String], without banned: JoinEdge? = nil) -> (steps: [JoinStep], cost: Double)? {
        var goals: [Int] = []
        for table in terminals where table != names[0] {
            guard let at = index[table] else { return nil }
            if !goals.contains(at) { goals.append(at) }
        }
        guard !goals.isEmpty, goals.count <= Self.terminalLimit else { return nil }
        let full = 1 << goals.count
        // State 2 v: entered from below or the start; 2 v + 1: entered by going up.
        let states = names.count * 2
        var cost = [[Double]](repeating: [Double](repeating: .infinity, count: states), count: full)
        var choice = [[Choice?]](repeating: [Choice?](repeating: nil, count: states), count: full)
        for set in 1..<full {
            for state in 0..<states {
                if let bit = goals.firstIndex(of: state / 2), set == 1 << bit {
                    cost[set][state] = 0
                    choice[set][state] = .leaf
                }
                var part = (set - 1) & set
                while part > 0 {
                    // Each split once.
                    if part >= set ^ part {
                        let sum = cost[part][state] + cost[set ^ part][state]
                        if sum < cost[set][state] - 1e-9 {
                            cost[set][state] = sum
                            choice[set][state] = .merge(part)
                        }
                    }
                    part = (part - 1) & set
                }
            }
            settle(&cost[set], &choice[set], banned)
        }
        guard cost[full - 1][0].isFinite else { return nil }
        var found: [JoinStep] = []
        collect(full - 1, 0, choice, into: &found)
        return (found, cost[full - 1][0])
    }

    /// Lets costs flow backwards along steps until none gets lower: Dijkstra over few states.
    private func settle(_ cost: inout [Double], _ choice: inout [Choice?], _ banned: JoinEdge?) {
        var isChanged = true
        while isChanged {
            isChanged = false
            for from in steps.indices {
                for (at, (step, to)) in steps[from].enumerated() where step.edge != banned {
                    let rest = cost[to * 2 + (step.isToOne ? 1 : 0)]
                    guard rest.isFinite else { continue }
                    for wentUp in 0...1 {
                        let turn = wentUp == 1 && !step.isToOne ? JoinGraph.turnPenalty : 0
                        let sum = rest + step.edge.weight + turn
                        if sum < cost[from * 2 + wentUp] - 1e-9 {
                            cost[from * 2 + wentUp] = sum
                            choice[from * 2 + wentUp] = .step(at)
                            isChanged = true
                        }
                    }
                }
            }
        }
    }

    private func collect(_ set: Int, _ state: Int, _ choice: [[Choice?]], into found: inout [JoinStep]) {
        switch choice[set][state] {
        case .merge(let part)?:
            collect(part, state, choice, into: &found)
            collect(set ^ part, state, choice, into: &found)
        case .step(let at)?:
            let (step, to) = steps[state / 2][at]
            if !found.contains(step) { found.append(step) }
            collect(set, to * 2 + (step.isToOne ? 1 : 0), choice, into: &found)
        default: break
        }
    }

    /// What the steps of a tree cost by the same measure.
    static func cost(of steps: [JoinStep], from base: String) -> Double {
        var wentUp: [String: Bool] = [base: false]
        return steps.reduce(0) { sum, step in
            wentUp[step.to] = step.isToOne
            let turn = (wentUp[step.from] ?? false) && !step.isToOne ? JoinGraph.turnPenalty : 0
            return sum + step.edge.weight + turn
        }
    }
}
