import Glibc
import HTTPClient
import Support
import Testing
import Values

@Suite("Server-sent events")
struct SSETests {
    /// All events of a stream that comes in the given pieces.
    static func events(
        _ pieces: [[UInt8]], limit: Int = 1 << 20
    ) throws(HTTPFailure) -> (events: [SSEEvent], decoder: SSEDecoder) {
        var decoder = SSEDecoder(eventBytes: limit)
        var events: [SSEEvent] = []
        for piece in pieces {
            decoder.feed(piece)
            while let event = try decoder.next() { events.append(event) }
        }
        return (events, decoder)
    }

    static func events(_ text: String) throws(HTTPFailure) -> [SSEEvent] { try events([Array(text.utf8)]).events }

    static func event(_ text: String, name: String = "message", id: String = "") -> SSEEvent {
        SSEEvent(name: name, data: Array(text.utf8)[...], id: id)
    }

    @Test(
        "the standard's examples",
        arguments: [
            (
                "data: This is the first message.\n\ndata: This is the second message, it\ndata: has two lines.\n\n"
                    + "data: This is the third message.\n\n",
                [
                    event("This is the first message."), event("This is the second message, it\nhas two lines."),
                    event("This is the third message."),
                ]
            ),
            (
                "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n",
                [event("73857293", name: "add"), event("2153", name: "remove"), event("113411", name: "add")]
            ),
            ("data: YHOO\ndata: +2\ndata: 10\n\n", [event("YHOO\n+2\n10")]),
            (
                ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event",
                [event("first event", id: "1"), event("second event")]
            ),
            ("data\n\ndata\ndata\n\ndata:", [event(""), event("\n")]),
            ("data:test\n\ndata: test\n\n", [event("test"), event("test")]),
        ])
    func examples(text: String, expected: [SSEEvent]) throws {
        #expect(try Self.events(text) == expected)
    }

    @Test(
        "the corners of the rules",
        arguments: [
            ("id: 7\n\ndata: a\n\ndata: b\n\n", [event("a", id: "7"), event("b", id: "7")]),
            ("id: 7\0\ndata: a\n\n", [event("a")]), ("event: x\n\ndata: a\n\n", [event("a")]),
            ("event: x\nevent:\ndata: a\n\n", [event("a")]),
            ("event: x\nevent: y\ndata: a\n\n", [event("a", name: "y")]),
            ("Data: a\ndata : b\n data: c\ndatabase: d\ndat: e\n\n", []),
            ("\u{FEFF}data: a\n\n", [event("a")]), ("\u{FEFF}\n\u{FEFF}data: a\n\n", []),
            ("data: a\rdata: b\r\rdata: c\r\n\r\ndata: d\n\r\n", [event("a\nb"), event("c"), event("d")]),
            ("\n\r\n\r\ndata: a\n\n", [event("a")]), (":\n:data: x\n::\n\n", []),
            ("data: [DONE]\n\n", [event("[DONE]")]), ("data: a:b: c\n\n", [event("a:b: c")]),
            ("data: {\"x\":\"ä€😀\"}\n\n", [event("{\"x\":\"ä€😀\"}")]), ("data: a\n", []), ("", []),
        ])
    func corners(text: String, expected: [SSEEvent]) throws {
        #expect(try Self.events(text) == expected)
    }

    @Test("retry is taken when it is a number")
    func retry() throws {
        #expect(
            try Self.events([Array("retry: 250\nretry: 1x\nretry:\nretry: -1\n".utf8)]).decoder.retryMilliseconds
                == 250)
        #expect(
            try Self.events([Array("retry: 99999999999999999999999\n".utf8)]).decoder.retryMilliseconds == nil)
    }

    @Test("any split of the bytes into pieces gives the same events")
    func anySplit() throws {
        var random = SeededRandom(seed: 11)
        let words = [
            "data: ä€😀", "data", "data:", "data:  x", "event: delta", "event:", "id: 5", "id", ": comment",
            "retry: 7", "",
            "", "", "\u{FEFF}", "x", "data: \0",
        ]
        for round in 0..<400 {
            var bytes: [UInt8] = round % 5 == 0 ? [0xEF, 0xBB, 0xBF] : []
            for _ in 0..<Int(random.next() % 20) {
                bytes += Array(words[Int(random.next() % UInt64(words.count))].utf8)
                bytes += [[10], [13], [13, 10]][Int(random.next() % 3)]
                if random.next() % 16 == 0 { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
            }
            let whole = try Self.events([bytes])
            let single = try Self.events(bytes.map { [$0] })
            #expect(single.events == whole.events)
            #expect(single.decoder.isInsideEvent == whole.decoder.isInsideEvent)
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = min(rest.count, Int(random.next() % 7))
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(try Self.events(pieces).events == whole.events)
        }
    }

    @Test("what is fed before the events were taken is not lost")
    func feedAhead() throws {
        var decoder = SSEDecoder()
        for piece in ["data: a\n\nda", "ta: b\n", "\nevent: x\ndata: c\n\nda"] { decoder.feed(Array(piece.utf8)) }
        var events: [SSEEvent] = []
        while let event = try decoder.next() { events.append(event) }
        #expect(events == [Self.event("a"), Self.event("b"), Self.event("c", name: "x")])
        #expect(decoder.isInsideEvent)
    }

    @Test("what is no UTF-8 becomes U+FFFD, and a code point that is split over pieces stays whole")
    func invalidText() throws {
        let bytes = Array("data: a".utf8) + [0xFF, 0xC3] + Array("b€\n\n".utf8)
        #expect(try Self.events(bytes.map { [$0] }).events.map(\.text) == ["a\u{FFFD}\u{FFFD}b€"])
        let name = Array("event: ".utf8) + [0xFF] + Array("\ndata: x\n\n".utf8)
        #expect(try Self.events([name]).events.map(\.name) == ["\u{FFFD}"])
    }

    @Test(
        "a stream that was cut is told from one that has ended",
        arguments: [
            ("data: a\n\n", false), (": comment\n", false), ("", false), ("data: a\n\n\n", false),
            ("data: a", true),
            ("data: a\n", true), ("event: x\n", true), ("data: a\n\nd", true), ("data: a\r", true),
            ("data: a\r\r", false),
        ])
    func truncation(text: String, isCut: Bool) throws {
        #expect(try Self.events([Array(text.utf8)]).decoder.isInsideEvent == isCut)
        #expect(try Self.events(text.utf8.map { [$0] }).decoder.isInsideEvent == isCut)
    }

    @Test("an event larger than the limit is refused, in one line or many, with or without its end")
    func limit() {
        let line = Array("data: ".utf8) + [UInt8](repeating: 97, count: 2000)
        for pieces in [
            [line], [line + [10]], line.map { [$0] }, Array(repeating: Array("data: x\n".utf8), count: 3000),
        ] {
            #expect(throws: HTTPFailure.self) { _ = try Self.events(pieces, limit: 1000).events }
        }
        // Many small events are none of its business.
        #expect(throws: Never.self) {
            _ = try Self.events(Array(repeating: Array("data: x\n\n".utf8), count: 3000), limit: 1000).events
        }
    }

    /// A stream of a size that grows with a number.
    enum Shape: String, CaseIterable {
        case giantLine, singleBytes, carriageReturns, smallEvents

        func pieces(_ n: Int) -> [[UInt8]] {
            func repeated(_ text: String) -> [[UInt8]] {
                [Array(Array(repeating: Array(text.utf8), count: n * 3000).joined())]
            }
            switch self {
            case .giantLine:
                let piece = [UInt8](repeating: 97, count: 16 << 10)
                return [Array("data: ".utf8)] + Array(repeating: piece, count: n * 64) + [[10, 10]]
            case .singleBytes: return Array(repeating: [97], count: n * 5000)
            case .carriageReturns: return repeated("data: x\r")
            case .smallEvents: return repeated("data: x\n\n")
            }
        }
    }

    @Test("giant lines, lines without number and single bytes take linear time", arguments: Shape.allCases)
    func linearTime(shape: Shape) async throws {
        try await onThreadOfItsOwn {
            func best(_ pieces: [[UInt8]]) throws -> Duration {
                var best = Duration.seconds(1000)
                for _ in 0..<3 {
                    let start = threadTime()
                    _ = try Self.events(pieces, limit: 64 << 20).events
                    best = min(best, threadTime() - start)
                }
                return best
            }
            let ratio = try best(shape.pieces(32)) / best(shape.pieces(1))
            // 32 times the work; quadratic would be 1024. Large memory is dearer by the byte than small.
            #expect(ratio < 400)
        }
    }
}

/// The processor time of this thread: other tests run beside it.
private func threadTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
