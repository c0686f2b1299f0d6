/// A bounded queue of many callers who take turns: the callers are served one after the other, and each caller's own
/// elements in the order in which they came. Somebody who queues a hundred elements delays another by one of them, not
/// by a hundred. A pure value.
public struct FairQueue<Element> {
    /// How many elements fit.
    public let capacity: Int
    /// How many wait.
    public private(set) var count = 0
    /// Callers in the order of their turns; each has at least one element.
    private var turns: [String] = []
    private var waiting: [String: [(ticket: Int, element: Element)]] = [:]
    private var nextTicket = 0

    /// Makes an empty queue.
    public init(capacity: Int) { self.capacity = max(0, capacity) }

    /// Queues an element; nil when the queue is full. The ticket takes it out again.
    public mutating func append(_ element: Element, caller: String) -> Int? {
        guard count < capacity else { return nil }
        nextTicket += 1
        if waiting[caller] == nil { turns.append(caller) }
        waiting[caller, default: []].append((nextTicket, element))
        count += 1
        return nextTicket
    }

    /// Takes the element whose turn it is; its caller goes to the end of the row.
    public mutating func popFirst() -> Element? {
        guard !turns.isEmpty else { return nil }
        let caller = turns.removeFirst()
        guard let first = waiting[caller]?.removeFirst() else { return nil }
        count -= 1
        if waiting[caller]?.isEmpty == true { waiting[caller] = nil } else { turns.append(caller) }
        return first.element
    }

    /// Takes out the element with this ticket; nil when it is no longer there.
    public mutating func remove(ticket: Int, caller: String) -> Element? {
        guard let index = waiting[caller]?.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        let element = waiting[caller]?.remove(at: index).element
        count -= 1
        if waiting[caller]?.isEmpty == true {
            waiting[caller] = nil
            turns.removeAll { $0 == caller }
        }
        return element
    }
}

extension FairQueue: Sendable where Element: Sendable {}
