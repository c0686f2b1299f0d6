import MessageBus
import Services
import Support
import Synchronization
import Testing
import Values

extension SessionLog {
    @discardableResult
    func note(_ text: String, topic: String = "reasoning.step.s", path: String = "t1") -> Envelope {
        append(path: path, topic: topic, sender: "tester", kind: .log, payload: ["text": .string(text)])
    }
}

/// A sink that commits when the test says so.
final class HeldSink: LogSink {
    private let held = Mutex<[(SessionLog, Int)]>([])
    func write(_ envelope: Envelope, from log: SessionLog) { held.withLock { $0.append((log, envelope.seq)) } }
    /// Commits the next `count` envelopes.
    func commit(_ count: Int = .max) {
        let batch = held.withLock { held -> [(SessionLog, Int)] in
            let batch = Array(held.prefix(count))
            held.removeFirst(batch.count)
            return batch
        }
        for (log, seq) in batch { log.didCommit(upTo: seq) }
    }
    /// Forgets what was not committed: the log and its sink would keep each other alive.
    func discard() { held.withLock { $0.removeAll() } }
}

@Suite("The session log")
struct SessionLogTests {
    @Test("numbers envelopes from 1 and stamps the session's time")
    func numbers() {
        let time = ManualTime()
        let log = SessionLog(session: "s", time: time)
        log.note("a")
        time.advance(nanoseconds: 1_000_000)
        let second = log.note("b")
        #expect(second.seq == 2)
        #expect(second.at.description == "2026-11-20T10:00:00.001Z")
        #expect(log.lastSeq == 2 && log.durableSeq == 2)
        #expect(log.envelopes(after: 1).map(\.seq) == [2])
        #expect(log.envelopes(after: 9).isEmpty)
    }

    @Test("a subscriber gets history and live envelopes without gap or repetition while several tasks append")
    func noGapNoRepetition() async {
        let log = SessionLog(session: "s", time: ManualTime())
        for index in 0..<100 { log.note("\(index)") }
        let subscription = log.subscribe(after: 40, capacity: 16, whenFull: .wait(nanoseconds: 0))
        let total = 100 + 4 * 500
        async let seen: [Int] = {
            var seen: [Int] = []
            while case let batch = await subscription.next(), !batch.isEmpty { seen += batch.map(\.seq) }
            return seen
        }()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for index in 0..<500 {
                        log.note("\(index)")
                        if index % 50 == 0 { await Task.yield() }
                    }
                }
            }
        }
        log.close()
        #expect(await seen == Array(41...total))
    }

    @Test("an envelope is delivered only after the sink has committed it")
    func durableFirst() async throws {
        let sink = HeldSink()
        let log = SessionLog(session: "s", time: ManualTime(), sink: sink)
        let subscription = log.subscribe(after: 0, capacity: 16, whenFull: .shedOldest)
        log.note("a")
        log.note("b")
        log.note("c")
        #expect(log.durableSeq == 0 && log.lastSeq == 3)
        sink.commit(2)
        #expect(await subscription.next().map(\.seq) == [1, 2])
        async let durable: Void = log.waitUntilDurable(3)
        log.close()
        sink.commit()
        try await durable
        #expect(await subscription.next().map(\.seq) == [3])
        #expect(await subscription.next().isEmpty)
    }

    @Test("a failed sink fails the waiters, ends the subscriptions and keeps what it did not write from them")
    func failedSink() async throws {
        let sink = HeldSink()
        let log = SessionLog(session: "s", time: ManualTime(), sink: sink)
        let subscription = log.subscribe(after: 0, capacity: 16, whenFull: .shedOldest)
        log.note("a")
        log.note("b")
        sink.commit(1)
        log.didFail(OperonError(code: "store_failed", "disk full"))
        await #expect(throws: OperonError(code: "store_failed", "disk full")) { try await log.waitUntilDurable(2) }
        #expect(await subscription.next().map(\.seq) == [1])
        #expect(await subscription.next().isEmpty)
        #expect(subscription.failure?.code == "store_failed")
        sink.discard()
    }

    @Test("a subscriber that lags sheds live envelopes only, and learns which")
    func shedding() async throws {
        let log = SessionLog(session: "s", time: ManualTime())
        for _ in 0..<10 { log.note("history") }
        let subscription = log.subscribe(
            after: 2, topics: try TopicPattern("reasoning.**"), capacity: 4, whenFull: .shedOldest)
        for index in 0..<20 { log.note("live", topic: index % 2 == 0 ? "reasoning.step.s" : "console.log.s") }
        #expect(await subscription.next().map(\.seq) == [3, 4, 5, 6])
        #expect(await subscription.next().map(\.seq) == [7, 8, 9, 10])
        let batch = await subscription.nextBatch()
        #expect(batch.envelopes.map(\.seq) == [23, 25, 27, 29])
        #expect(batch.gaps == [Gap(session: "s", count: 6, first: 11, last: 21)])
        #expect(subscription.shedCount == 6)
    }

    @Test("a subscriber that must not lose anything is ended when it lags, with the remedy")
    func tooSlow() async {
        let log = SessionLog(session: "s", time: ManualTime())
        let subscription = log.subscribe(after: 0, capacity: 2, whenFull: .reject)
        for _ in 0..<2 { log.note("live") }
        #expect(await subscription.next().map(\.seq) == [1, 2])
        for _ in 0..<3 { log.note("live") }
        #expect(await subscription.next().isEmpty)
        #expect(subscription.failure?.code == "subscriber_too_slow")
    }

    @Test("a topic nobody waits for wakes nobody, and the next wanted one does")
    func filtered() async throws {
        let log = SessionLog(session: "s", time: ManualTime())
        let subscription = log.subscribe(
            after: 0, topics: .exact("console.log.s"), capacity: 2, whenFull: .wait(nanoseconds: 0))
        async let batch = subscription.next()
        for _ in 0..<5000 { log.note("noise") }
        log.note("signal", topic: "console.log.s")
        #expect(await batch.map(\.seq) == [5001])
    }

    @Test("subscriptions end by cancellation, by the task's cancellation and by letting go")
    func ending() async {
        let log = SessionLog(session: "s", time: ManualTime())
        let first = log.subscribe(after: 0, capacity: 2, whenFull: .shedOldest)
        async let nothing = first.next()
        first.cancel()
        #expect(await nothing.isEmpty)
        let second = log.subscribe(after: 0, capacity: 2, whenFull: .shedOldest)
        let task = Task { await second.next() }
        task.cancel()
        #expect(await task.value.isEmpty)
        log.note("still there")
        #expect(await second.next().map(\.seq) == [1])
        let future = log.subscribe(after: 2, capacity: 2, whenFull: .shedOldest)
        log.note("b")
        log.note("c")
        #expect(await future.next().map(\.seq) == [3])
    }

    @Test("a wait for durability can be cancelled, and a closed log says what it never reached")
    func waits() async {
        let sink = HeldSink()
        defer { sink.discard() }
        let log = SessionLog(session: "s", time: ManualTime(), sink: sink)
        log.note("a")
        let waiter = Task { () -> String in
            do throws(OperonError) { try await log.waitUntilDurable(1) } catch { return error.code }
            return "durable"
        }
        waiter.cancel()
        #expect(await waiter.value == "cancelled")
        log.close()
        await #expect(throws: OperonError.self) { try await log.waitUntilDurable(2) }
        await #expect(throws: Never.self) {
            try await SessionLog(session: "t", time: ManualTime()).waitUntilDurable(0)
        }
    }

    @Test("a log continues its history, which is not published again")
    func history() async {
        let bus = Bus()
        let subscription = bus.subscribe(.all, capacity: 8, whenFull: .reject)
        let history = [envelope(1, "t"), envelope(2, "t")]
        let log = SessionLog(session: "s", time: ManualTime(), history: history, bus: bus)
        #expect(log.durableSeq == 2)
        log.note("c")
        #expect(await subscription.next().map(\.seq) == [3])
        #expect(await log.subscribe(after: 1, capacity: 8, whenFull: .reject).next().map(\.seq) == [2, 3])
    }
}
