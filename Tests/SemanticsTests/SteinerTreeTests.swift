import Modeling
import Testing
import Values

@testable import Semantics

@Suite("The cheapest tree of joins")
struct SteinerTreeTests {
    private func edge(_ child: String, _ parent: String, _ weight: Double) -> JoinEdge {
        JoinEdge(
            child: child, childColumns: ["to_\(parent)"], parent: parent, parentColumns: ["id"], isDeclared: true,
            weight: weight)
    }

    @Test("tables that share a way are joined through it, where path by path each has its own")
    func hub() throws {
        let graph = JoinGraph(edges: [
            edge("base", "x", 1), edge("x", "one", 1), edge("base", "y", 1), edge("y", "two", 1),
            edge("base", "hub", 1.2), edge("hub", "one", 1), edge("hub", "two", 1),
        ])
        let best = try #require(SteinerTree(graph, base: "base")?.cheapest(to: ["one", "two"]))
        #expect(abs(best.cost - 3.2) < 1e-9)
        #expect(Set(best.steps.map(\.to)) == ["hub", "one", "two"] && best.steps[0].to == "hub")
    }

    @Test("no subset of the references is cheaper", arguments: 0..<40)
    func exact(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let names = ["a", "b", "c", "d", "e", "f"]
        var edges: [JoinEdge] = []
        for _ in 0..<9 {
            let child = names[Int(random.next() % 6)]
            let parent = names[Int(random.next() % 6)]
            let weight = 1 + Double(random.next() % 5) / 4
            if child != parent, !edges.contains(where: { Set([$0.child, $0.parent]) == [child, parent] }) {
                edges.append(edge(child, parent, weight))
            }
        }
        let terminals = ["b", "c", "d"]
        var cheapest: Double?
        for set in 0..<(1 << edges.count) {
            let chosen = edges.indices.filter { set & (1 << $0) != 0 }.map { edges[$0] }
            guard let steps = arborescence(chosen, from: "a", terminals) else { continue }
            cheapest = min(cheapest ?? .infinity, SteinerTree.cost(of: steps, from: "a"))
        }
        let found = SteinerTree(JoinGraph(edges: edges), base: "a")?.cheapest(to: terminals)
        #expect((found == nil) == (cheapest == nil))
        if let found, let cheapest { #expect(abs(found.cost - cheapest) < 1e-9) }
    }

    /// The edges as steps away from the base, when they are a tree that reaches all terminals.
    private func arborescence(_ edges: [JoinEdge], from base: String, _ terminals: [String]) -> [JoinStep]? {
        var reached = [base]
        var steps: [JoinStep] = []
        var rest = edges
        while !rest.isEmpty {
            let next = rest.firstIndex { reached.contains($0.child) != reached.contains($0.parent) }
            guard let next else { return nil }
            let edge = rest.remove(at: next)
            let step = JoinStep(edge: edge, isToOne: reached.contains(edge.child))
            steps.append(step)
            reached.append(step.to)
        }
        return terminals.allSatisfy(reached.contains) ? steps : nil
    }
}
