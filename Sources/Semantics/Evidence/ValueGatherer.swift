import Values

/// How much of a database's values is indexed.
public struct ValueIndexLimits: Sendable, Hashable {
    /// How many different values of one column. Defaults to 200 000.
    public var valuesPerColumn = 200_000
    /// How many bytes all values may take together, with what the index adds to each. Defaults to 48 MiB.
    public var totalBytes = 48 << 20

    /// The defaults.
    public init() {}

    /// Longer texts are prose, which nobody names in a question.
    public static let longestText = 200
    /// What the index adds to each value, in bytes: about.
    public static let overheadBytes = 56
}

/// Gathers the different texts of one column with how many rows have each, in bounded memory.
public final class ValueGatherer {
    private let limit: Int
    private var budget: Int
    /// Whether values were left out because there were too many.
    public private(set) var isTruncated = false
    private(set) var arena: [UInt8] = []
    private(set) var ends: [UInt32] = []
    private(set) var counts: [UInt32] = []
    // Open addressing: the hash, and the number of the value plus one.
    private var keys: [UInt64] = Array(repeating: 0, count: 64)
    private var places: [UInt32] = Array(repeating: 0, count: 64)
    private var shift: UInt64 = 64 - 6

    /// At most `limit` values that take at most `budget` bytes.
    public init(limit: Int, budget: Int) {
        self.limit = limit
        self.budget = budget
    }

    /// What the values take of a budget.
    public var cost: Int { arena.count + ends.count * ValueIndexLimits.overheadBytes }
    /// How many values there are.
    var count: Int { ends.count }

    /// Counts one row with a text; `hash` is ``StableHash/of(_:)-(UnsafeRawBufferPointer)`` of it.
    public func add(_ text: UnsafeRawBufferPointer, hash: UInt64) {
        guard text.count <= ValueIndexLimits.longestText, !text.isEmpty else { return }
        var place = Int(truncatingIfNeeded: hash >> shift)
        while places[place] != 0 {
            if keys[place] == hash {
                let at = Int(places[place]) - 1
                if counts[at] < .max { counts[at] += 1 }
                return
            }
            place = (place + 1) & (keys.count - 1)
        }
        let cost = text.count + ValueIndexLimits.overheadBytes
        guard ends.count < limit, budget >= cost else {
            isTruncated = true
            return
        }
        budget -= cost
        arena.append(contentsOf: text)
        ends.append(UInt32(arena.count))
        counts.append(1)
        keys[place] = hash
        places[place] = UInt32(ends.count)
        if ends.count * 2 > keys.count { grow() }
    }

    private func grow() {
        let (oldKeys, oldPlaces) = (keys, places)
        keys = Array(repeating: 0, count: oldKeys.count * 2)
        places = Array(repeating: 0, count: oldKeys.count * 2)
        shift -= 1
        for (at, number) in oldPlaces.enumerated() where number != 0 {
            var place = Int(truncatingIfNeeded: oldKeys[at] >> shift)
            while places[place] != 0 { place = (place + 1) & (keys.count - 1) }
            keys[place] = oldKeys[at]
            places[place] = number
        }
    }

    /// Drops what is only needed while values come in.
    func finish() {
        keys = []
        places = []
    }

    func range(_ value: Int) -> Range<Int> { (value == 0 ? 0 : Int(ends[value - 1]))..<Int(ends[value]) }
}
