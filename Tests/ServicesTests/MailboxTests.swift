import Services
import Support
import Synchronization
import Testing
import Values

@Suite("The mailbox")
struct MailboxTests {
    @Test("keeps the order and hands over all that waits at once")
    func order() async {
        let mailbox = Mailbox<Int>(capacity: 8)
        for number in 1...5 { #expect(mailbox.offer(number, whenFull: .reject) == .delivered) }
        #expect(await mailbox.receive() == [1, 2, 3, 4, 5])
        #expect(mailbox.count == 0)
    }

    @Test("refuses, or sheds the oldest and counts, when it is full")
    func full() async {
        let mailbox = Mailbox<Int>(capacity: 3)
        #expect(mailbox.offer(contentsOf: 1...3, whenFull: .reject) == 3)
        #expect(mailbox.offer(4, whenFull: .reject) == .full)
        #expect(mailbox.offer(4, whenFull: .wait(nanoseconds: 9)) == .full)
        for number in 4...11 { #expect(mailbox.offer(number, whenFull: .shedOldest) == .deliveredAfterShedding) }
        #expect(mailbox.shedCount == 8 && mailbox.count == 3)
        #expect(await mailbox.receive() == [9, 10, 11])
    }

    @Test("a sender who waits comes in when the receiver makes room, before later senders")
    func waitingSender() async {
        let time = ManualTime()
        let mailbox = Mailbox<Int>(capacity: 2)
        mailbox.offer(contentsOf: [1, 2], whenFull: .reject)
        async let third = mailbox.send(3, whenFull: .wait(nanoseconds: 1000), time: time)
        await time.waitForSleepers(1)
        while mailbox.waitingSenderCount < 1 { await Task.yield() }
        async let fourth = mailbox.send(4, whenFull: .wait(nanoseconds: 1000), time: time)
        while mailbox.waitingSenderCount < 2 { await Task.yield() }
        #expect(await mailbox.receive() == [1, 2])
        #expect(mailbox.offer(5, whenFull: .reject) == .full)
        #expect(await third == .delivered)
        #expect(await fourth == .delivered)
        #expect(await mailbox.receive() == [3, 4])
    }

    @Test("a wait ends with its deadline, also when the deadline comes before the sender has registered")
    func deadline() async {
        let time = ManualTime()
        let mailbox = Mailbox<Int>(capacity: 1)
        mailbox.offer(1, whenFull: .reject)
        async let late = mailbox.send(2, whenFull: .wait(nanoseconds: 1000), time: time)
        await time.waitForSleepers(1)
        time.advance(nanoseconds: 1000)
        #expect(await late == .full)
        // A clock that never sleeps: the time is up at once, in whatever order the two sides come.
        for _ in 0..<200 {
            #expect(await mailbox.send(3, whenFull: .wait(nanoseconds: 1), time: ImpatientTime()) == .full)
        }
        #expect(await mailbox.receive() == [1])
        #expect(mailbox.waitingSenderCount == 0)
    }

    @Test("a cancelled sender leaves nothing behind")
    func cancelledSender() async {
        let mailbox = Mailbox<Int>(capacity: 1)
        mailbox.offer(1, whenFull: .reject)
        let sender = Task { await mailbox.send(2, whenFull: .wait(nanoseconds: .max), time: ManualTime()) }
        while mailbox.waitingSenderCount < 1 { await Task.yield() }
        sender.cancel()
        #expect(await sender.value == .full)
        #expect(await mailbox.receive() == [1])
        #expect(mailbox.count == 0)
    }

    @Test("closing tells those who wait; what is inside can still be received")
    func closing() async {
        let mailbox = Mailbox<Int>(capacity: 1)
        mailbox.offer(1, whenFull: .reject)
        async let waiting = mailbox.send(2, whenFull: .wait(nanoseconds: .max), time: ManualTime())
        while mailbox.waitingSenderCount < 1 { await Task.yield() }
        mailbox.close()
        #expect(await waiting == .closed)
        #expect(mailbox.offer(3, whenFull: .shedOldest) == .closed)
        #expect(await mailbox.receive() == [1])
        #expect(await mailbox.receive().isEmpty)
    }

    @Test("a receiver that waits is woken by a message, by closing and by cancellation")
    func waking() async {
        let mailbox = Mailbox<Int>(capacity: 4)
        async let first = mailbox.receive()
        mailbox.offer(1, whenFull: .reject)
        #expect(await first == [1])
        let cancelled = Task { await mailbox.receive() }
        cancelled.cancel()
        #expect(await cancelled.value.isEmpty)
        async let last = mailbox.receive()
        mailbox.close()
        #expect(await last.isEmpty)
    }

    @Test("draining takes what waits without waiting, and lets waiting senders in")
    func drain() async {
        let mailbox = Mailbox<Int>(capacity: 1)
        #expect(mailbox.drain().isEmpty)
        mailbox.offer(1, whenFull: .reject)
        async let waiting = mailbox.send(2, whenFull: .wait(nanoseconds: .max), time: ManualTime())
        while mailbox.waitingSenderCount < 1 { await Task.yield() }
        #expect(mailbox.drain() == [1])
        #expect(await waiting == .delivered)
        #expect(mailbox.drain() == [2])
    }

    @Test(
        "nothing is lost or doubled, and every sender's order holds, with many senders who wait",
        arguments: [1, 3, 64])
    func manySenders(capacity: Int) async {
        let mailbox = Mailbox<(sender: Int, number: Int)>(capacity: capacity)
        let perSender = 200
        async let received: [Int: [Int]] = {
            var seen: [Int: [Int]] = [:]
            while case let batch = await mailbox.receive(), !batch.isEmpty {
                for item in batch { seen[item.sender, default: []].append(item.number) }
            }
            return seen
        }()
        await withTaskGroup(of: Void.self) { group in
            for sender in 0..<6 {
                group.addTask {
                    for number in 0..<perSender {
                        let result = await mailbox.send(
                            (sender, number), whenFull: .wait(nanoseconds: 60_000_000_000))
                        if result != .delivered { Issue.record("\(result)") }
                    }
                }
            }
        }
        mailbox.close()
        let seen = await received
        for sender in 0..<6 { #expect(seen[sender] == Array(0..<perSender)) }
    }
}

/// A clock whose sleeps are over before they begin.
private struct ImpatientTime: TimeSource {
    func now() -> Values.Timestamp { Values.Timestamp(microseconds: 0) }
    func monotonicNanoseconds() -> UInt64 { 0 }
    func sleep(nanoseconds: UInt64) async throws {}
}
