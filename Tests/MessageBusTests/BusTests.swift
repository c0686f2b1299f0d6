import MessageBus
import Services
import Support
import Synchronization
import Testing
import Values

func envelope(_ seq: Int, _ topic: String, session: String = "s") -> Envelope {
    Envelope(
        seq: seq, at: Timestamp(microseconds: 0), session: session, path: "t1", topic: topic, sender: "tester",
        kind: .log, payload: ["n": .int(seq)])
}

@Suite("Topics")
struct TopicTests {
    @Test(
        "patterns match whole parts",
        arguments: [
            ("agent.message.data", "agent.message.data", true),
            ("agent.message.data", "agent.message.data.x", false),
            ("agent.message.*", "agent.message.data", true), ("agent.message.*", "agent.message", false),
            ("agent.message.*", "agent.message.data.x", false), ("agent.*.data", "agent.message.data", true),
            ("agent.*.data", "agent.message.viz", false), ("console.**", "console.log.s1", true),
            ("console.**", "console", true), ("console.**", "consoles.log", false), ("**", "anything.at.all", true),
            ("*", "one", true), ("*", "one.two", false), ("*.**", "one.two.three", true),
            ("*.log.**", "x.log", true),
        ] as [(String, String, Bool)])
    func matching(pattern: String, topic: String, isMatch: Bool) throws {
        #expect(try TopicPattern(pattern).matches(topic) == isMatch)
    }

    @Test(
        "broken patterns are refused", arguments: ["", "a..b", ".a", "a.", "a*", "a.**.b", "**.a", "a.b**", "***"])
    func broken(pattern: String) {
        let error = #expect(throws: OperonError.self) { try TopicPattern(pattern) }
        #expect(error?.code == "topic_invalid")
    }
}

@Suite("The bus")
struct BusTests {
    @Test("delivers to everybody who wants the topic, in order")
    func delivery() async throws {
        let bus = Bus()
        let all = bus.subscribe(.all, capacity: 100, whenFull: .shedOldest)
        let one = bus.subscribe(.exact("a.b"), capacity: 100, whenFull: .shedOldest)
        let some = bus.subscribe(try TopicPattern("a.*"), capacity: 100, whenFull: .shedOldest)
        bus.publish(contentsOf: [envelope(1, "a.b"), envelope(2, "a.b"), envelope(3, "a.c"), envelope(4, "x")])
        #expect(await all.next().map(\.seq) == [1, 2, 3, 4])
        #expect(await one.next().map(\.seq) == [1, 2])
        #expect(await some.next().map(\.seq) == [1, 2, 3])
        #expect(bus.statistics.published == 4 && bus.statistics.subscriptions == 3)
    }

    @Test("a subscriber who comes or goes is seen by the next publication")
    func comeAndGo() async {
        let bus = Bus()
        bus.publish(envelope(1, "t"))
        let subscription = bus.subscribe(.exact("t"), capacity: 4, whenFull: .reject)
        bus.publish(envelope(2, "t"))
        #expect(await subscription.next().map(\.seq) == [2])
        subscription.cancel()
        bus.publish(envelope(3, "t"))
        #expect(await subscription.next().isEmpty)
        #expect(bus.statistics.subscriptions == 0 && bus.deadLetters.count == 0)
        await bus.withSubscription(.all, capacity: 1, whenFull: .reject) { scoped in
            #expect(bus.statistics.subscriptions == 1)
            bus.publish(envelope(4, "u"))
            #expect(await scoped.next().map(\.seq) == [4])
        }
        #expect(bus.statistics.subscriptions == 0)
        do { _ = bus.subscribe(.all, capacity: 1, whenFull: .reject) }
        #expect(bus.statistics.subscriptions == 0)
    }

    @Test("shedding is counted and reported per session before the next batch")
    func shedding() async {
        let bus = Bus()
        let subscription = bus.subscribe(.all, capacity: 3, whenFull: .shedOldest)
        bus.publish(contentsOf: [envelope(1, "t"), envelope(2, "t"), envelope(9, "t", session: "z")])
        bus.publish(contentsOf: (3...4).map { envelope($0, "t") })
        bus.publish(contentsOf: (10...15).map { envelope($0, "t", session: "z") })
        let batch = await subscription.nextBatch()
        #expect(batch.envelopes.map(\.seq) == [13, 14, 15])
        #expect(
            Set(batch.gaps) == [
                Gap(session: "s", count: 4, first: 1, last: 4), Gap(session: "z", count: 4, first: 9, last: 12),
            ])
        #expect(subscription.shedCount == 8)
        bus.publish(envelope(16, "t"))
        #expect(await subscription.nextBatch().gaps.isEmpty)
    }

    @Test("refused envelopes are reported and become dead letters, of which the last few are kept")
    func refusing() async {
        let bus = Bus()
        let subscription = bus.subscribe(.all, capacity: 2, whenFull: .reject)
        bus.publish(contentsOf: (1...102).map { envelope($0, "t") })
        let batch = await subscription.nextBatch()
        #expect(batch.envelopes.map(\.seq) == [1, 2])
        #expect(batch.gaps == [Gap(session: "s", count: 100, first: 3, last: 102)])
        #expect(bus.deadLetters.count == 100 && bus.deadLetters.last.count == DeadLetters.keptCount)
        #expect(bus.deadLetters.last.last == DeadLetter(topic: "t", reason: .mailboxFull, session: "s", seq: 102))
    }

    @Test("a session's log publishes what is durable, in order, while several tasks append")
    func logOnBus() async {
        let bus = Bus()
        let subscription = bus.subscribe(.all, capacity: 10_000, whenFull: .reject)
        let sink = HeldSink()
        let held = SessionLog(session: "held", time: ManualTime(), sink: sink, bus: bus)
        held.note("a")
        let log = SessionLog(session: "s", time: ManualTime(), bus: bus)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { for index in 0..<250 { log.note("\(index)") } } }
        }
        var seen: [Int] = []
        while seen.count < 1000 { seen += await subscription.next().map(\.seq) }
        #expect(seen == Array(1...1000))
        sink.commit()
        #expect(await subscription.next().map(\.session) == ["held"])
    }

    @Test("closing ends subscriptions after what they hold")
    func closing() async {
        let bus = Bus()
        let subscription = bus.subscribe(.all, capacity: 4, whenFull: .reject)
        bus.publish(envelope(1, "t"))
        bus.close()
        bus.publish(envelope(2, "t"))
        #expect(await subscription.next().map(\.seq) == [1])
        #expect(await subscription.next().isEmpty)
        #expect(await bus.subscribe(.all, capacity: 1, whenFull: .reject).next().isEmpty)
    }
}

@Suite("Requests and replies")
struct RequestTests {
    let time = ManualTime()

    private func code(_ body: () async throws(OperonError) -> JSON) async -> String {
        do throws(OperonError) {
            return "answered \(try await body())"
        } catch {
            return error.code
        }
    }

    @Test("a request is answered, or fails with what the responder says")
    func answered() async throws {
        let bus = Bus(time: time)
        let responder = bus.respond(to: .exact("echo"), capacity: 8)
        async let answers: [String] = [
            code { () throws(OperonError) in
                try await bus.request(topic: "echo", payload: 1, deadline: .seconds(1))
            },
            code { () throws(OperonError) in
                try await bus.request(topic: "echo", payload: 2, deadline: .seconds(1))
            },
        ]
        for turn in 0..<2 {
            for request in await responder.next() {
                #expect(request.topic == "echo")
                if turn == 0 {
                    #expect(request.reply(["got": request.payload]))
                    #expect(!request.reply("twice"))
                } else {
                    request.fail(OperonError(code: "refused", "no"))
                }
            }
        }
        #expect(await answers == [#"answered {"got":1}"#, "refused"])
        #expect(bus.deadLetters.last.map(\.reason) == [.lateReply])
        #expect(bus.statistics.requestsInFlight == 0)
    }

    @Test("nobody there, no room, time up and cancellation each have their code")
    func failures() async {
        let bus = Bus(time: time, requestLimit: 2)
        func ask(_ topic: String = "slow") async -> String {
            await code { () throws(OperonError) in
                try await bus.request(topic: topic, payload: .null, deadline: .seconds(5))
            }
        }
        #expect(await ask("nobody") == "no_responder")
        let responder = bus.respond(to: .exact("slow"), capacity: 1)
        async let first = ask()
        while bus.statistics.requestsInFlight < 1 { await Task.yield() }
        // The mailbox has one place, and it is taken.
        #expect(await ask() == "mailbox_full")
        let taken = await responder.next()
        let second = Task { await ask() }
        while bus.statistics.requestsInFlight < 2 { await Task.yield() }
        #expect(await ask() == "mailbox_full")
        second.cancel()
        #expect(await second.value == "cancelled")
        await time.waitForSleepers(1)
        time.advance(nanoseconds: 5_000_000_000)
        #expect(await first == "deadline_exceeded")
        #expect(taken.map { $0.reply("late") } == [false])
        #expect(bus.deadLetters.last.map(\.reason) == [.noResponder, .mailboxFull, .mailboxFull, .lateReply])
        #expect(bus.statistics.requestsInFlight == 0)
    }

    @Test("an earlier deadline is kept although a later one was first")
    func deadlines() async {
        let bus = Bus(time: time)
        let responder = bus.respond(to: .all, capacity: 8)
        let slow = Task {
            await code { () throws(OperonError) in
                try await bus.request(topic: "a", payload: .null, deadline: .seconds(60))
            }
        }
        await time.waitForSleepers(1)
        let quick = Task {
            await code { () throws(OperonError) in
                try await bus.request(topic: "b", payload: .null, deadline: .seconds(1))
            }
        }
        while bus.statistics.requestsInFlight < 2 { await Task.yield() }
        // The sweeper for the later deadline gives way to the one for the earlier.
        for _ in 0..<50 { await Task.yield() }
        await time.waitForSleepers(1)
        var result: String?
        while result == nil {
            time.advance(nanoseconds: 1_000_000_000)
            for _ in 0..<20 { await Task.yield() }
            if bus.statistics.requestsInFlight == 1 { result = await quick.value }
        }
        #expect(result == "deadline_exceeded")
        for request in await responder.next() { request.reply(request.payload) }
        #expect(await slow.value == "answered null")
    }

    @Test("requests that wait for a responder who stops fail at once")
    func stoppedResponder() async {
        let bus = Bus(time: time)
        let responder = bus.respond(to: .exact("x"), capacity: 8)
        async let answer = code { () throws(OperonError) in
            try await bus.request(topic: "x", payload: .null, deadline: .seconds(5))
        }
        while bus.statistics.requestsInFlight < 1 { await Task.yield() }
        responder.cancel()
        #expect(await answer == "no_responder")
        #expect(bus.statistics.responders == 0)
    }

    @Test("closing the bus fails what is in flight")
    func closing() async {
        let bus = Bus(time: time)
        let responder = bus.respond(to: .exact("x"), capacity: 8)
        async let answer = code { () throws(OperonError) in
            try await bus.request(topic: "x", payload: .null, deadline: .seconds(5))
        }
        let taken = await responder.next()
        bus.close()
        #expect(await answer == "cancelled")
        #expect(taken.allSatisfy { !$0.reply(1) })
    }

    @Test("closing the bus, or letting go of it, wakes who watches the deadlines")
    func nobodySleeps() async {
        for isClosed in [true, false] {
            let bus = Bus(time: time)
            let responder = bus.respond(to: .exact("x"), capacity: 8)
            async let answer = code { () throws(OperonError) in
                try await bus.request(topic: "x", payload: .null, deadline: .seconds(60))
            }
            for request in await responder.next() { request.reply(1) }
            #expect(await answer == "answered 1")
            await time.waitForSleepers(1)
            if isClosed { bus.close() }
        }
        for _ in 0..<100_000 where time.sleeperCount > 0 { await Task.yield() }
        #expect(time.sleeperCount == 0)
    }

    @Test("many requesters are each answered once with their own answer")
    func many() async {
        let bus = Bus()
        let server = Task {
            await bus.respond(to: .exact("double"), capacity: 1024) { request in
                .int((request.payload.int ?? 0) * 2)
            }
        }
        while bus.statistics.responders == 0 { await Task.yield() }
        let wrong = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<16 {
                group.addTask {
                    var wrong = 0
                    for index in 0..<100 {
                        let number = worker * 1000 + index
                        let answer = try? await bus.request(
                            topic: "double", payload: .int(number), deadline: .seconds(60))
                        if answer?.int != number * 2 { wrong += 1 }
                    }
                    return wrong
                }
            }
            return await group.reduce(0, +)
        }
        server.cancel()
        await server.value
        #expect(wrong == 0 && bus.statistics.requestsInFlight == 0)
    }
}
