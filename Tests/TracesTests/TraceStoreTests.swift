import Dispatch
import Foundation
import MessageBus
import Services
import Support
import Synchronization
import Testing
import Values

@testable import Traces

extension SessionLog {
    @discardableResult
    func step(_ text: JSON, path: String = "t1/execute/s1", kind: EventName = .stepStarted) -> Envelope {
        append(
            path: path, topic: TopicName.reasoningStep(session), sender: "data", kind: kind, payload: ["text": text]
        )
    }
}

@Suite("The trace store")
struct TraceStoreTests {
    let folder = Folder()
    let time = ManualTime()
    var path: String { folder.file("store.db") }

    @Test("what became durable is there when the store is opened again, to the microsecond")
    func reopen() async throws {
        let store = try TraceStore(path: path)
        let log = try await store.openLog(session: "s", time: time)
        log.step("a")
        time.advance(nanoseconds: 1_234_000)
        log.step("b", path: "t1", kind: .turnFinished)
        try await log.waitUntilDurable(2)
        #expect(log.durableSeq == 2)
        #expect(try await store.envelopes(of: "s", after: 1).map(\.seq) == [2])
        await store.close()

        let again = try TraceStore(path: path)
        let continued = try await again.openLog(session: "s", time: time)
        #expect(continued.lastSeq == 2 && continued.durableSeq == 2)
        for (old, new) in zip(log.envelopes(after: 0), continued.envelopes(after: 0)) {
            #expect(old.bytes() == new.bytes() && old.at == new.at)
        }
        #expect(continued.step("c").seq == 3)
        try await continued.waitUntilDurable(3)
        #expect(try await again.envelopes(of: "s").count == 3)
        await again.close()
    }

    @Test("many sessions written by several tasks keep their own order without gaps")
    func manySessions() async throws {
        let store = try TraceStore(path: path)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask { [time] in
                    do {
                        let log = try await store.openLog(session: "s\(number)", time: time)
                        for index in 0..<200 {
                            log.step(.int(index))
                            if index % 40 == 0 { try await log.waitUntilDurable(log.lastSeq) }
                        }
                        try await log.waitUntilDurable(200)
                    } catch {
                        Issue.record(error)
                    }
                }
            }
        }
        for number in 0..<8 {
            let found = try await store.envelopes(of: "s\(number)")
            #expect(found.map { $0.payload["text"]?.int } == (0..<200).map { $0 })
        }
        #expect(try await store.sessions().map(\.lastSeq) == Array(repeating: 200, count: 8))
        try await store.checkIntegrity()
        await store.close()
    }

    @Test("a subscriber sees an envelope only when another connection can read it")
    func durableFirst() async throws {
        let store = try TraceStore(path: path)
        let log = try await store.openLog(session: "s", time: time)
        let reader = try TraceStore(reading: path)
        let subscription = log.subscribe(after: 0, capacity: 64, whenFull: .wait(nanoseconds: 0))
        for index in 0..<300 { log.step(.int(index)) }
        log.close()
        var seen = 0
        while case let batch = await subscription.next(), !batch.isEmpty {
            seen = batch[batch.count - 1].seq
            #expect(try await reader.envelopes(of: "s").count >= seen)
        }
        #expect(seen == 300)
        await reader.close()
        await store.close()
    }

    @Test("with the hook set, envelopes are committed one by one and counted")
    func hook() async throws {
        let counts = Mutex<[Int]>([])
        let store = try TraceStore(
            path: path, options: .init(onCommit: { count in counts.withLock { $0.append(count) } }))
        let log = try await store.openLog(session: "s", time: time)
        for index in 0..<20 { log.step(.int(index)) }
        try await log.waitUntilDurable(20)
        #expect(counts.withLock { $0 } == Array(1...20))
        await store.close()
    }

    @Test("a full disk fails the log with a typed error, and the store stays readable")
    func full() async throws {
        let store = try TraceStore(path: path, options: .init(sizeLimitBytes: 200_000))
        let log = try await store.openLog(session: "s", time: time)
        let subscription = log.subscribe(after: 0, capacity: 10_000, whenFull: .shedOldest)
        let text = JSON.string(String(repeating: "x", count: 2000))
        for _ in 0..<10 { log.step(text) }
        try await log.waitUntilDurable(10)
        for _ in 0..<500 { log.step(text) }
        let error = await #expect(throws: OperonError.self) { try await log.waitUntilDurable(510) }
        #expect(error?.code == "store_failed")
        var seen = 0
        while case let batch = await subscription.next(), !batch.isEmpty { seen = batch[batch.count - 1].seq }
        #expect(subscription.failure?.code == "store_failed")
        let stored = try await store.envelopes(of: "s")
        #expect(stored.count >= 10 && stored.count == seen)
        log.step("more")
        #expect(throws: Never.self) {
            try Fork.recording(from: [event(1, "t1", .effectRequested)], at: "t1", result: 1)
        }
        try await store.checkIntegrity()
        // Room is made; the session goes on where the store ends.
        let next = try await store.openLog(session: "s", time: time)
        #expect(next.lastSeq == stored.count)
        await store.close()
    }

    @Test("a log that runs away from the disk fails loudly, with a whole beginning kept")
    func overflow() async throws {
        let gate = DispatchSemaphore(value: 0)
        let isOpen = Mutex(false)
        let store = try TraceStore(
            path: path,
            options: .init(
                queueLimit: 10,
                onCommit: { _ in if !isOpen.withLock({ $0 }) { gate.wait() } }))
        let log = try await store.openLog(session: "s", time: time)
        for index in 0..<100 { log.step(.int(index)) }
        isOpen.withLock { $0 = true }
        gate.signal()
        let error = await #expect(throws: OperonError.self) { try await log.waitUntilDurable(100) }
        #expect(error?.code == "store_failed")
        let stored = try await store.envelopes(of: "s")
        #expect(stored.count >= 10 && stored.count < 100 && stored.count == log.durableSeq)
        let other = try await store.openLog(session: "other", time: time)
        other.step("fine")
        try await other.waitUntilDurable(1)
        gate.signal()
        await store.close()
    }

    @Test("what is appended after the store was closed fails its log")
    func appendedTooLate() async throws {
        let store = try TraceStore(path: path)
        let log = try await store.openLog(session: "s", time: time)
        log.step("a")
        await store.close()
        #expect(log.durableSeq == 1)
        log.step("b")
        let error = await #expect(throws: OperonError.self) { try await log.waitUntilDurable(2) }
        #expect(error?.code == "store_failed")
    }

    @Test("a second log of a session, or of a deleted one, fails alone")
    func outOfSequence() async throws {
        let store = try TraceStore(path: path)
        let log = try await store.openLog(session: "s", time: time)
        let good = try await store.openLog(session: "good", time: time)
        log.step("a")
        log.step("b")
        try await log.waitUntilDurable(2)
        let second = SessionLog(session: "s", time: time, sink: store)
        second.step("x")
        good.step("y")
        await #expect(throws: OperonError.self) { try await second.waitUntilDurable(1) }
        try await good.waitUntilDurable(1)
        try await store.delete(session: "s")
        log.step("c")
        await #expect(throws: OperonError.self) { try await log.waitUntilDurable(3) }
        await #expect(throws: OperonError.self) { try await store.envelopes(of: "s") }
        #expect(try await store.sessions().map(\.session) == ["good"])
        await store.close()
    }

    @Test("foreign files are refused and left as they were")
    func foreign() throws {
        let text = folder.file("notes.txt")
        try String(repeating: "not a database, just notes. ", count: 100).write(
            toFile: text, atomically: true, encoding: .utf8)
        let before = try Data(contentsOf: URL(fileURLWithPath: text))
        for attempt in [{ try TraceStore(path: text) }, { try TraceStore(reading: text) }] {
            let error = #expect(throws: OperonError.self) { try attempt() }
            #expect(error?.code == "store_foreign")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: text)) == before)
        let error = #expect(throws: OperonError.self) { try TraceStore(reading: folder.file("none.db")) }
        #expect(error?.code == "store_missing")
    }

    @Test("a second writer gets a clear error while readers may look on")
    func locked() async throws {
        let store = try TraceStore(path: path)
        let log = try await store.openLog(session: "s", time: time)
        log.step("a")
        try await log.waitUntilDurable(1)
        let error = #expect(throws: OperonError.self) { try TraceStore(path: path) }
        #expect(error?.code == "store_locked")
        let reader = try TraceStore(reading: path)
        #expect(try await reader.envelopes(of: "s").count == 1)
        await #expect(throws: OperonError.self) { try await reader.delete(session: "s") }
        await reader.close()
        await store.close()
        let next = try TraceStore(path: path)
        await next.close()
    }

    @Test("a session's state follows from its envelopes")
    func states() async throws {
        func state(_ kinds: [(EventName, JSON)]) -> SessionState {
            SessionState(
                after: kinds.enumerated().map { event($0.offset + 1, "t1", $0.element.0, payload: $0.element.1) })
        }
        #expect(state([]) == .open)
        #expect(state([(.sessionOpened, [:]), (.questionAsked, [:]), (.effectRequested, [:])]) == .awaiting)
        #expect(state([(.questionAsked, [:]), (.effectRequested, [:]), (.effectCompleted, [:])]) == .open)
        #expect(state([(.turnFinished, ["outcome": "awaiting"])]) == .awaiting)
        #expect(state([(.turnSuspended, [:]), (.log, [:])]) == .awaiting)
        #expect(state([(.sessionInterrupted, [:])]) == .interrupted)
        #expect(state([(.turnFinished, [:]), (.sessionClosed, [:])]) == .closed)

        let store = try TraceStore(path: path)
        let log = try await store.openLog(session: "s", time: time)
        log.step("a", kind: .sessionOpened)
        log.step("?", kind: .turnSuspended)
        try await log.waitUntilDurable(2)
        #expect(try await store.record(of: "s")?.state == .awaiting)
        log.step("!", kind: .messageReceived)
        log.step("end", kind: .sessionClosed)
        try await log.waitUntilDurable(4)
        let record = try #require(try await store.record(of: "s"))
        #expect(record.state == .closed && record.lastSeq == 4 && record.openedAt == time.origin)
        #expect(record.json["opened_at"] == "2026-11-20T10:00:00.000Z")
        #expect(try await store.record(of: "none") == nil)
        await store.close()
    }

    @Test("a session goes out as a trace file and comes into another store with the same hash")
    func exportAndAdd() async throws {
        let store = try TraceStore(path: path)
        try await store.add(smallRun())
        try await store.export(session: "s1", to: folder.file("run.jsonl"))
        let contents = try TraceFile.read(folder.file("run.jsonl"))
        let other = try TraceStore(path: folder.file("other.db"))
        try await other.add(contents.envelopes)
        #expect(CanonicalForm.hash(of: try await other.envelopes(of: "s1")) == CanonicalForm.hash(of: smallRun()))
        await #expect(throws: OperonError.self) { try await other.add(contents.envelopes) }
        #expect(try await other.record(of: "s1")?.state == .closed)
        await store.close()
        await other.close()
    }

    @Test("200 turns that each send the whole conversation make a file that grows linearly")
    func linear() async throws {
        let store = try TraceStore(path: path)
        let log = try await store.openLog(session: "s", time: time)
        var messages: [JSON] = []
        var sizes: [Int] = []
        var random = SeededRandom(seed: 3)
        for turn in 1...200 {
            let words = (0..<60).map { _ in String(random.next(), radix: 36) }.joined(separator: " ")
            messages.append(["role": "user", "content": .string(words)])
            log.append(
                path: "t\(turn)/execute/m", topic: "x", sender: "nlp", kind: .effectRequested,
                payload: ["request": ["messages": .array(messages)]])
            if turn % 100 == 0 {
                try await log.waitUntilDurable(turn)
                await store.checkpointForTesting()
                sizes.append(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0)
            }
        }
        // All messages of all turns, stored whole, are about 16 MB.
        #expect(sizes[1] < 3_000_000)
        #expect(Double(sizes[1]) / Double(sizes[0]) < 2.6)
        let last = try await store.envelopes(of: "s", after: 199)[0]
        #expect(last.payload == ["request": ["messages": .array(messages)]])
        try await store.delete(session: "s")
        #expect(try await store.blobCountForTesting() == 0)
        await store.close()
    }

    @Test("payload parts that two sessions share survive the deletion of one")
    func sharedParts() async throws {
        let store = try TraceStore(path: path)
        let rows = JSON.array((0..<1000).map { [.int($0), "row"] })
        for name in ["a", "b"] {
            let log = try await store.openLog(session: name, time: time)
            log.step(rows)
            try await log.waitUntilDurable(1)
        }
        try await store.delete(session: "a")
        #expect(try await store.envelopes(of: "b")[0].payload["text"] == rows)
        await store.close()
    }

    @Test("killed after any commit, everything acknowledged is there, without gaps and undamaged")
    func killed() async throws {
        let path = path
        let folder = folder
        // The files as they are right after a commit: what a process that is killed there leaves behind.
        let store = try TraceStore(
            path: path,
            options: .init(onCommit: { count in
                guard count % 7 == 0 else { return }
                for suffix in ["", "-wal"] {
                    try? FileManager.default.copyItem(
                        atPath: path + suffix, toPath: folder.file("kill\(count).db" + suffix))
                }
            }))
        let log = try await store.openLog(session: "s", time: time)
        var random = SeededRandom(seed: 11)
        for index in 0..<70 {
            log.step(.string(String(repeating: "payload \(index) ", count: random.below(900))))
        }
        try await log.waitUntilDurable(70)
        await store.close()
        for count in stride(from: 7, through: 70, by: 7) {
            let survivor = try TraceStore(path: folder.file("kill\(count).db"))
            try await survivor.checkIntegrity()
            let found = try await survivor.envelopes(of: "s")
            #expect(found.map(\.seq) == Array(1...count))
            let continued = try await survivor.openLog(session: "s", time: time)
            continued.step("after the crash")
            try await continued.waitUntilDurable(count + 1)
            await survivor.close()
        }
    }

    @Test("a write-ahead log that a power cut has torn anywhere leaves a whole beginning", arguments: 0..<12)
    func torn(seed: Int) async throws {
        let path = path
        let copy = folder.file("torn.db")
        let store = try TraceStore(
            path: path,
            options: .init(onCommit: { count in
                guard count == 40 else { return }
                for suffix in ["", "-wal"] {
                    try? FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
                }
            }))
        let log = try await store.openLog(session: "s", time: time)
        for index in 0..<40 { log.step(.string("payload \(index)")) }
        try await log.waitUntilDurable(40)
        await store.close()
        var random = SeededRandom(seed: UInt64(seed))
        let wal = try FileHandle(forUpdating: URL(fileURLWithPath: copy + "-wal"))
        let size = Int(try wal.seekToEnd())
        // The file's schema stands in the first frames; without them there is no store yet.
        try wal.truncate(atOffset: UInt64(min(size, 60_000 + random.below(size))))
        try wal.close()
        let survivor = try TraceStore(path: copy)
        try await survivor.checkIntegrity()
        if let record = try await survivor.record(of: "s") {
            let found = try await survivor.envelopes(of: "s")
            #expect(found.map(\.seq) == Array(0..<found.count).map { $0 + 1 })
            #expect(record.lastSeq == found.count)
        }
        await survivor.close()
    }
}
