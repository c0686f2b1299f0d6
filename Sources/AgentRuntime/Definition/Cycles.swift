/// Circles in a graph of names.
enum Cycles {
    /// For each circle one path that shows it, `["a", "b", "a"]`: the shortest through the first of its nodes. A node
    /// that has been shown is not shown again.
    ///
    /// - Parameters:
    ///   - nodes: the names in the order in which circles are looked for.
    ///   - edges: where each leads, in an order that does not change.
    static func find(_ nodes: [String], _ edges: [String: [String]]) -> [[String]] {
        var shown: Set<String> = []
        var circles: [[String]] = []
        for start in nodes where !shown.contains(start) {
            guard let circle = shortest(from: start, edges) else { continue }
            circles.append(circle)
            shown.formUnion(circle)
        }
        return circles
    }

    private static func shortest(from start: String, _ edges: [String: [String]]) -> [String]? {
        var cameFrom: [String: String] = [:]
        var queue = [start]
        var head = 0
        while head < queue.count {
            let node = queue[head]
            head += 1
            for next in edges[node] ?? [] {
                if next == start {
                    var path = [start]
                    var step = node
                    while step != start {
                        path.append(step)
                        step = cameFrom[step] ?? start
                    }
                    return [start] + path.reversed()
                }
                if cameFrom[next] == nil {
                    cameFrom[next] = node
                    queue.append(next)
                }
            }
        }
        return nil
    }
}
