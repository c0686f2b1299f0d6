import Schemas

/// When two lists of rows are the same.
struct RowComparison {
    /// Whether values are compared loosely.
    let isLoose: Bool
    /// Whether repeated rows count once.
    let isSet: Bool

    /// Whether the rows are the same. Where the order matters, `groups` says how many rows in a row tie with each other.
    func same(_ gold: [[SQLValue]], _ found: [[SQLValue]], isOrdered: Bool, groups: [Int]?) -> Bool {
        if isOrdered, gold.count > 1 {
            guard gold.count == found.count else { return false }
            var at = 0
            for size in groups ?? gold.map({ _ in 1 }) {
                let end = min(at + size, gold.count)
                guard at <= end, unordered(Array(gold[at..<end]), Array(found[at..<end])) else { return false }
                at = end
            }
            return true
        }
        if isSet, isLoose { return unordered(unique(gold), unique(found)) }
        return unordered(gold, found)
    }

    private func row(_ a: [SQLValue], _ b: [SQLValue]) -> Bool {
        zip(a, b).allSatisfy { CellComparison.equal($0, $1, loosely: isLoose) }
    }

    private func sorted(_ rows: [[SQLValue]], _ places: Int) -> [[SQLValue]] {
        rows.sorted { CellComparison.precedes($0, $1, places: places) }
    }

    private func unordered(_ gold: [[SQLValue]], _ found: [[SQLValue]]) -> Bool {
        guard gold.count == found.count else { return false }
        for places in [9, 2] {
            if zip(sorted(gold, places), sorted(found, places)).allSatisfy(row) { return true }
        }
        // Rounding may have changed the order: each row looks for one of its own.
        guard isLoose, gold.count <= 400 else { return false }
        var left = found
        for mine in gold {
            guard let at = left.firstIndex(where: { row(mine, $0) }) else { return false }
            left.remove(at: at)
        }
        return true
    }

    private func unique(_ rows: [[SQLValue]]) -> [[SQLValue]] {
        var kept: [[SQLValue]] = []
        for mine in sorted(rows, 2) {
            if let last = kept.last, row(last, mine) { continue }
            kept.append(mine)
        }
        return kept
    }
}
