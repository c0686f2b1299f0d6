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
}
