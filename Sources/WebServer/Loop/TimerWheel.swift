/// Deadlines of many things, cheap to set: a ring of slots, one per tick. Time is handed in, in nanoseconds.
///
/// A deadline beyond the ring's reach, or one that has been put off meanwhile, comes out early: its owner looks at the
/// deadline that holds and enters it again.
package struct TimerWheel {
    /// One entry.
    package struct Entry: Hashable {
        package var key: UInt64
        /// The time under which it was entered; tells it from later entries of the same key.
        package var time: UInt64
    }

    private let tick: UInt64
    private var slots: [[Entry]]
    /// The tick up to which everything has come out.
    private var current: UInt64
    private var count = 0

    /// A ring of `slots` ticks of `tick` nanoseconds each, which starts at `now`.
    package init(tick: UInt64 = 8_000_000, slots: Int = 4096, now: UInt64) {
        self.tick = tick
        self.slots = Array(repeating: [], count: slots)
        current = now / tick
    }

    /// Enters `key` for `time`. It comes out at `time` at the earliest, if that lies within the ring, and a tick later
    /// at the latest.
    package mutating func enter(_ key: UInt64, at time: UInt64) {
        let due = max(current + 1, time / tick + 1)
        let slot = Int(min(due, current + UInt64(slots.count) - 1) % UInt64(slots.count))
        slots[slot].append(Entry(key: key, time: time))
        count += 1
    }

    /// Takes out what is due at `now`.
    package mutating func take(now: UInt64) -> [Entry] {
        let target = now / tick
        guard target > current else { return [] }
        defer { current = target }
        if count == 0 { return [] }
        var due: [Entry] = []
        for offset in 1...min(target - current, UInt64(slots.count)) {
            let slot = Int((current + offset) % UInt64(slots.count))
            if slots[slot].isEmpty { continue }
            due += slots[slot]
            count -= slots[slot].count
            slots[slot] = []
        }
        return due
    }

    /// When something may be due next; nil when nothing is entered.
    package var next: UInt64? {
        if count == 0 { return nil }
        for offset in 1..<UInt64(slots.count) where !slots[Int((current + offset) % UInt64(slots.count))].isEmpty {
            return (current + offset) * tick
        }
        return (current + UInt64(slots.count)) * tick
    }
}
