/// A sample of the different values of a column, chosen by their hashes, so that two columns with the same value keep it or
/// leave it together: what part of one column's values stands in another can be told from samples alone. Also tells how
/// many different values there are, and whether values repeat.
///
/// Adaptive sampling after M. Wegman (P. Flajolet, "On adaptive sampling", Computing 43, 1990): kept are the hashes
/// whose lowest ``level`` bits are zero; the level grows when there are too many.
public struct DistinctSample: Sendable, Hashable {
    /// How many lowest bits of a kept hash are zero; at level 0 every value is kept.
    public private(set) var level: Int
    /// The kept hashes, smallest first.
    public private(set) var hashes: [UInt64]
    /// How many rows have each of them.
    public private(set) var counts: [UInt32]

    /// Makes a sample from kept hashes in ascending order.
    public init(level: Int, hashes: [UInt64], counts: [UInt32]) {
        self.level = level
        self.hashes = hashes
        self.counts = counts
    }

    /// Whether every value was kept.
    public var isExact: Bool { level == 0 }
    /// How many different values there are: exact at level 0, else with an error of about one over the root of the kept.
    public var distinctCount: Int { hashes.count << level }
    /// How many of the kept values stand in more than one row.
    public var repeatedCount: Int { counts.count { $0 > 1 } }

    /// How much of one sample stands in another.
    public struct Inclusion: Sendable, Hashable {
        /// How many different values could be compared.
        public var compared: Int
        /// How many of them were found.
        public var found: Int
        /// How many rows have the compared values.
        public var rows: Int
        /// How many rows have the found ones.
        public var rowsFound: Int

        /// The part of the different values that was found, 0 to 1.
        public var part: Double { compared == 0 ? 0 : Double(found) / Double(compared) }
        /// The part of the rows whose value was found, 0 to 1: wrong values that each stand in one row weigh little.
        public var partOfRows: Double { rows == 0 ? 0 : Double(rowsFound) / Double(rows) }
    }

    /// How much of this column's values stand among those of `other`.
    public func inclusion(in other: DistinctSample) -> Inclusion {
        let shared = UInt64.max << UInt64(max(level, other.level))
        let mask = ~shared
        var result = Inclusion(compared: 0, found: 0, rows: 0, rowsFound: 0)
        var at = 0
        for (place, hash) in hashes.enumerated() where hash & mask == 0 {
            while at < other.hashes.count, other.hashes[at] < hash { at += 1 }
            let isFound = at < other.hashes.count && other.hashes[at] == hash
            let rows = Int(counts[place])
            result.compared += 1
            result.rows += rows
            if isFound {
                result.found += 1
                result.rowsFound += rows
            }
        }
        return result
    }

    /// The sample with at most `limit` values.
    public func thinned(to limit: Int) -> DistinctSample {
        var sample = self
        while sample.hashes.count > limit {
            sample.level += 1
            let mask = ~(UInt64.max << UInt64(sample.level))
            let kept = sample.hashes.indices.filter { sample.hashes[$0] & mask == 0 }
            sample.counts = kept.map { sample.counts[$0] }
            sample.hashes = kept.map { sample.hashes[$0] }
        }
        return sample
    }
}

/// Gathers a ``DistinctSample`` from hashes as they come, in bounded memory.
public final class DistinctSampler {
    private let limit: Int
    private var shift: Int
    private var level = 0
    private var mask: UInt64 = 0
    private var used = 0
    // Open addressing; zero marks a free place.
    private var keys: [UInt64]
    private var counts: [UInt32]

    /// At most `limit` different values are kept.
    public init(limit: Int) {
        self.limit = max(1, limit)
        shift = 64 - 6
        keys = Array(repeating: 0, count: 64)
        counts = Array(repeating: 0, count: 64)
    }

    /// Counts one row with the value of this hash.
    public func add(_ hash: UInt64) {
        if hash & mask != 0 { return }
        // Zero is taken; its neighbour has as many zero bits as any level asks for.
        let key = hash == 0 ? 1 << 63 : hash
        var place = Int(truncatingIfNeeded: key >> UInt64(shift))
        while keys[place] != key {
            if keys[place] == 0 { return insert(key, at: place) }
            place = (place + 1) & (keys.count - 1)
        }
        counts[place] &+= counts[place] == .max ? 0 : 1
    }

    private func insert(_ key: UInt64, at place: Int) {
        keys[place] = key
        counts[place] = 1
        used += 1
        if used > limit {
            level += 1
            mask = ~(UInt64.max << UInt64(level))
            rebuild(keys.count)
        } else if used * 2 > keys.count {
            shift -= 1
            rebuild(keys.count * 2)
        }
    }

    private func rebuild(_ capacity: Int) {
        let (oldKeys, oldCounts) = (keys, counts)
        keys = Array(repeating: 0, count: capacity)
        counts = Array(repeating: 0, count: capacity)
        used = 0
        for (old, key) in oldKeys.enumerated() where key != 0 && key & mask == 0 {
            var place = Int(truncatingIfNeeded: key >> UInt64(shift))
            while keys[place] != 0 { place = (place + 1) & (capacity - 1) }
            keys[place] = key
            counts[place] = oldCounts[old]
            used += 1
        }
    }

    /// What was gathered.
    public var sample: DistinctSample {
        let order = keys.indices.filter { keys[$0] != 0 }.sorted { keys[$0] < keys[$1] }
        return DistinctSample(level: level, hashes: order.map { keys[$0] }, counts: order.map { counts[$0] })
    }
}
