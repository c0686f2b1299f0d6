import Testing

@testable import WebServer

@Suite("What waits to be written is bounded")
struct OutboxTests {
    func item(_ text: String, messages: UInt32 = 1) -> Outbox.Item {
        Outbox.Item(bytes: WireBytes(Array(text.utf8)), messages: messages)
    }

    /// All that waits, as it would be written; a notice is written as `<count>`.
    func write(_ outbox: inout Outbox) -> String {
        var text = ""
        while !outbox.isEmpty {
            if outbox.noticeIsNext { outbox.resolveNotice(WireBytes(Array("<\(outbox.shedMessages)>".utf8))) }
            var count = 0
            outbox.forEachStretch { piece in
                text += String(decoding: piece, as: UTF8.self)
                count += piece.count
                return true
            }
            outbox.advance(count)
        }
        #expect(outbox.byteCount == 0)
        return text
    }

    @Test("bytes leave in order, whatever the kernel takes at a time")
    func order() {
        for step in 1...7 {
            var outbox = Outbox()
            for text in ["abc", "", "defg", "h", "ijklmnop"] { outbox.append(item(text)) }
            var text = ""
            while !outbox.isEmpty {
                var left = step
                outbox.forEachStretch { piece in
                    let part = piece.prefix(left)
                    text += String(decoding: part, as: UTF8.self)
                    left -= part.count
                    return left > 0
                }
                outbox.advance(step - left)
            }
            #expect(text == "abcdefghijklmnop" && outbox.byteCount == 0)
        }
    }

    @Test("the oldest go, one notice stands in their place, and what has begun or may not go stays")
    func shedding() {
        var outbox = Outbox()
        for text in ["aaaa", "bbbb", "cccc", "dddd", "eeee"] { outbox.append(item(text)) }
        outbox.advance(2)
        #expect(outbox.shed(downTo: 10) == 2)
        #expect(outbox.byteCount == 10)
        outbox.append(item("ffff"))
        #expect(outbox.shed(downTo: 10) == 1)
        #expect(write(&outbox) == "aa<3>eeeeffff")
        outbox.append(item("P", messages: 0))
        outbox.append(item("xxxx", messages: 7))
        outbox.append(item("yyyy"))
        #expect(outbox.shed(downTo: 5) == 7)
        #expect(write(&outbox) == "P<7>yyyy")
        #expect(outbox.shed(downTo: 0) == 0)
    }

    @Test("what OpenSSL has sealed is not shed")
    func committed() {
        var outbox = Outbox()
        for text in ["aaaa", "bbbb", "cccc", "dddd"] { outbox.append(item(text)) }
        outbox.committed = 6
        #expect(outbox.shed(downTo: 0) == 2)
        #expect(write(&outbox) == "aaaabbbb<2>")
        #expect(outbox.committed == 0)
    }

    @Test("messages that never came are counted at the place where they are missing")
    func lost() {
        var outbox = Outbox()
        outbox.append(item("aa"))
        outbox.countLost(3, placeholder: WireBytes())
        outbox.append(item("bb"))
        outbox.countLost(2, placeholder: WireBytes())
        #expect(write(&outbox) == "aa<5>bb")
    }

    @Test("whatever is shed when, every message is either written or counted, in order")
    func model() {
        var state: UInt64 = 11
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<300 {
            var outbox = Outbox()
            var next = 0
            var text = ""
            func drain(_ budget: Int) {
                var budget = budget
                while budget > 0, !outbox.isEmpty {
                    if outbox.noticeIsNext {
                        outbox.resolveNotice(WireBytes(Array("<\(outbox.shedMessages)>".utf8)))
                    }
                    var count = 0
                    outbox.forEachStretch { piece in
                        let part = piece.prefix(budget - count)
                        text += String(decoding: part, as: UTF8.self)
                        count += part.count
                        return count < budget
                    }
                    outbox.advance(count)
                    budget -= count
                    if count == 0 { return }
                }
            }
            for _ in 0..<60 {
                switch random(3) {
                case 0: drain(random(30))
                case 1: _ = outbox.shed(downTo: random(60))
                default:
                    outbox.append(item("[\(next)]"))
                    next += 1
                }
            }
            drain(.max)
            var expected = 0
            for word in text.split(whereSeparator: { "]>".contains($0) }) {
                let number = Int(word.dropFirst()) ?? -1
                if word.first == "[" { #expect(number == expected) }
                expected = word.first == "[" ? number + 1 : expected + number
            }
            #expect(expected == next)
        }
    }
}

@Suite("Deadlines come out in time")
struct TimerWheelTests {
    @Test("an entry comes out at its time or a tick later, never before")
    func inTime() {
        var wheel = TimerWheel(tick: 10, slots: 8, now: 1000)
        wheel.enter(1, at: 1025)
        wheel.enter(2, at: 1001)
        wheel.enter(3, at: 900)
        #expect(wheel.next == 1010)
        #expect(wheel.take(now: 1009).isEmpty)
        #expect(wheel.take(now: 1010).map(\.key).sorted() == [2, 3])
        #expect(wheel.take(now: 1029).isEmpty)
        #expect(wheel.take(now: 1030) == [TimerWheel.Entry(key: 1, time: 1025)])
        #expect(wheel.next == nil)
    }

    @Test("a deadline beyond the ring comes out early, and a long sleep lets nothing be forgotten")
    func beyond() {
        var wheel = TimerWheel(tick: 10, slots: 8, now: 0)
        wheel.enter(1, at: 100_000)
        #expect(wheel.take(now: 79).map(\.key) == [1])
        for key in 0..<100 { wheel.enter(UInt64(key), at: 80 + UInt64(key)) }
        #expect(wheel.take(now: 1_000_000).count == 100)
    }
}
