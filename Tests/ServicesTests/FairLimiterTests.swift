import Services
import Support
import Synchronization
import Testing
import Values

/// A value that several tasks change.
private final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>
    init(_ first: Value) { value = Mutex(first) }
}

@Suite("Fair queue and limiter")
struct FairLimiterTests {
    @Test("callers take turns, each in its own order")
    func turns() {
        var queue = FairQueue<String>(capacity: 10)
        for element in ["a1", "a2", "a3", "b1", "c1", "c2"] {
            _ = queue.append(element, caller: "\(element.prefix(1))")
        }
        #expect(queue.popFirst() == "a1")
        _ = queue.append("b2", caller: "b")
        _ = queue.append("d1", caller: "d")
        var rest: [String] = []
        while let next = queue.popFirst() { rest.append(next) }
        #expect(rest == ["b1", "c1", "a2", "d1", "b2", "c2", "a3"])
    }

    @Test("what is taken out is gone, and a full queue says so")
    func removal() {
        var queue = FairQueue<Int>(capacity: 3)
        let tickets = [queue.append(1, caller: "a"), queue.append(2, caller: "a"), queue.append(3, caller: "b")]
        #expect(queue.append(4, caller: "c") == nil)
        #expect(queue.remove(ticket: tickets[2] ?? 0, caller: "b") == 3)
        #expect(queue.remove(ticket: tickets[2] ?? 0, caller: "b") == nil)
        #expect(queue.remove(ticket: tickets[0] ?? 0, caller: "a") == 1)
        #expect(queue.count == 1)
        #expect(queue.popFirst() == 2)
        #expect(queue.popFirst() == nil)
    }

    @Test("random queues: nobody is served twice while another waits", arguments: 0..<30)
    func nobodyTwice(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var queue = FairQueue<String>(capacity: 1000)
        var waiting: [String: Int] = [:]
        /// Who was served since a caller began to wait.
        var servedSince: [String: Set<String>] = [:]
        for _ in 0..<1000 {
            if random.chance(0.55) {
                let caller = "agent\(random.below(8))"
                _ = queue.append(caller, caller: caller)
                waiting[caller, default: 0] += 1
                if waiting[caller] == 1 { servedSince[caller] = [] }
            } else if let served = queue.popFirst() {
                waiting[served, default: 0] -= 1
                servedSince[served] = waiting[served] == 0 ? nil : []
                for other in servedSince.keys where other != served {
                    let isFirst = servedSince[other]?.insert(served).inserted
                    #expect(isFirst == true, "\(served) overtook \(other)")
                }
            }
        }
    }

    @Test("25 callers and one place: nobody is served twice before everybody who waits was served once")
    func oneplace() async {
        let limiter = FairLimiter(limit: 1)
        let served = Shared<[String]>([])
        #expect(limiter.tryEnter())
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<25 {
                for _ in 0..<4 {
                    group.addTask {
                        let caller = "agent\(number)"
                        #expect(await limiter.enter(as: caller) == .entered)
                        #expect(limiter.activeCount == 1)
                        served.value.withLock { $0.append(caller) }
                        limiter.leave()
                    }
                }
            }
            while limiter.waitingCount < 100 { await Task.yield() }
            limiter.leave()
        }
        let order = served.value.withLock { $0 }
        #expect(order.count == 100)
        for round in 0..<4 { #expect(Set(order[round * 25..<round * 25 + 25]).count == 25, "round \(round)") }
        #expect(limiter.activeCount == 0 && limiter.waitingCount == 0)
    }

    @Test("whoever is cancelled leaves the queue at once, and no place is lost")
    func cancellation() async {
        let limiter = FairLimiter(limit: 1, queue: 2)
        #expect(limiter.tryEnter())
        let first = Task { await limiter.enter(as: "a") }
        while limiter.waitingCount < 1 { await Task.yield() }
        let second = Task { await limiter.enter(as: "b") }
        while limiter.waitingCount < 2 { await Task.yield() }
        #expect(await limiter.enter(as: "c") == .full)
        first.cancel()
        #expect(await first.value == .cancelled)
        #expect(limiter.waitingCount == 1)
        limiter.leave()
        #expect(await second.value == .entered)
        #expect(!limiter.tryEnter())
        limiter.leave()
        #expect(limiter.activeCount == 0 && limiter.tryEnter())
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await limiter.enter(as: "d")
        }
        #expect(await cancelled.value == .cancelled)
    }

    @Test("under cancellation from all sides no place is lost and none is given twice")
    func storm() async {
        let limiter = FairLimiter(limit: 3)
        let active = Shared((now: 0, most: 0))
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<400 {
                let task = Task {
                    guard await limiter.enter(as: "agent\(number % 7)") == .entered else { return }
                    active.value.withLock {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                    }
                    for _ in 0..<number % 5 { await Task.yield() }
                    active.value.withLock { $0.now -= 1 }
                    limiter.leave()
                }
                group.addTask {
                    for _ in 0..<number % 11 { await Task.yield() }
                    if number % 3 == 0 { task.cancel() }
                    await task.value
                }
            }
        }
        #expect(active.value.withLock { $0.most } <= 3)
        #expect(limiter.activeCount == 0 && limiter.waitingCount == 0)
    }
}
