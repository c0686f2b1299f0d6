/// Which of the last calls a breaker looks at.
public enum CallWindowKind: Sendable, Hashable {
    /// The last so many calls, at least 1.
    case calls(Int)
    /// The calls that ended in the present second and in the ones before it, so many seconds in all, at least 1.
    case seconds(Int)
}

/// How many calls of a window failed and how many were slow. A slow failure counts in both.
public struct CallCounts: Sendable, Hashable {
    /// Calls that ended.
    public var calls = 0
    /// Of these: failed.
    public var failures = 0
    /// Of these: slow.
    public var slow = 0

    /// Nothing counted.
    public init() {}

    /// Counts one call.
    mutating func add(failed: Bool, slow isSlow: Bool) {
        calls += 1
        if failed { failures += 1 }
        if isSlow { slow += 1 }
    }

    /// Takes a bucket out again.
    mutating func subtract(_ bucket: CallCounts) {
        calls -= bucket.calls
        failures -= bucket.failures
        slow -= bucket.slow
    }
}

/// A sliding window over the results of calls: a ring whose total is kept by subtracting what leaves it. All its memory
/// is taken when it is made.
struct CallWindow: Sendable {
    /// For a window of calls one entry per call, for a window of time one per second.
    private var ring: [CallCounts]
    private(set) var total = CallCounts()
    private let isTimed: Bool
    /// Of a window of calls: the entry that is written next; of a window of time: the second that is written now.
    private var head: UInt64 = 0

    init(_ kind: CallWindowKind) {
        switch kind {
        case .calls(let count):
            ring = Array(repeating: CallCounts(), count: max(1, count))
            isTimed = false
        case .seconds(let count):
            ring = Array(repeating: CallCounts(), count: max(1, count))
            isTimed = true
        }
    }

    /// How many calls fit; nil when only time limits them.
    var callLimit: Int? { isTimed ? nil : ring.count }

    /// Forgets everything.
    mutating func reset() {
        for index in ring.indices { ring[index] = CallCounts() }
        total = CallCounts()
    }

    /// Counts a call that ended at `now`.
    mutating func record(failed: Bool, slow: Bool, at now: UInt64) {
        move(to: now)
        let index = Int(head % UInt64(ring.count))
        if !isTimed {
            total.subtract(ring[index])
            ring[index] = CallCounts()
            head += 1
        }
        ring[index].add(failed: failed, slow: slow)
        total.add(failed: failed, slow: slow)
    }

    /// Lets the seconds go that have left a window of time. A moment before the newest one changes nothing.
    mutating func move(to now: UInt64) {
        let second = now / 1_000_000_000
        guard isTimed, second > head else { return }
        let steps = min(second - head, UInt64(ring.count))
        for step in 0..<steps {
            let index = Int((second - step) % UInt64(ring.count))
            total.subtract(ring[index])
            ring[index] = CallCounts()
        }
        head = second
    }
}
