import Glibc
import Support
import Synchronization
import Testing

@testable import WebServer

private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Notes what happens to its connections.
private final class Recorder: WebSocketHandler {
    struct State {
        var texts: [String] = []
        var closes: [String] = []
        var open: [WebSocketConnection] = []
    }
    let state = Mutex(State())
    func onOpen(_ connection: WebSocketConnection) { state.withLock { $0.open.append(connection) } }
    func onText(_ text: Span<UInt8>, _ connection: WebSocketConnection) {
        let text = text.string
        state.withLock { $0.texts.append(text) }
        connection.send(SharedFrame(text: "got \(text)"))
    }
    func onClose(_ connection: WebSocketConnection, _ code: WebSocketCloseCode, _ reason: String) {
        state.withLock { $0.closes.append("\(code.rawValue) \(reason)") }
    }
    var closes: [String] { state.withLock { $0.closes } }
}

@Suite("WebSocket on the wire")
struct WebSocketConversationTests {
    static func echo(_ compression: WebSocketCompression = .off)
        -> @Sendable (WebServer, HTTPRequest) async -> HTTPResponse
    {
        { _, request in
            request.path == "/ws"
                ? .webSocket(
                    WebSocketUpgrade(
                        EchoHandler(), messageBytes: 1 << 20, outboxBytes: 1 << 20, whenFull: .stopReading,
                        compression: compression))
                : HTTPResponse(status: 404)
        }
    }

    @Test("every frame, good or bad, is answered as RFC 6455 says", arguments: WebSocketCodecTests.cases)
    func conformance(_ example: WebSocketCodecTests.Case) async throws {
        try await withServer({ _ in }, Self.echo()) { server, port in
            let client = try RawClient(port)
            #expect(try client.upgrade("/ws").status == 101)
            client.send(example.bytes)
            if !example.expected.contains(where: { $0.hasPrefix("failed") || $0.hasPrefix("close") }) {
                client.send(clientFrame(8, [0x03, 0xE8]))
            }
            var seen: [String] = []
            var code = 0
            while let frame = try client.frame() {
                #expect(frame.isFinal && frame.reserved == 0)
                switch frame.opcode {
                case 1: seen.append("text " + frame.text)
                case 2: seen.append("binary \(frame.payload)")
                case 10: seen.append("ping " + frame.text)
                case 8: code = frame.code
                default: Issue.record("opcode \(frame.opcode)")
                }
            }
            let answered = example.expected.filter {
                $0.hasPrefix("text") || $0.hasPrefix("binary") || $0.hasPrefix("ping")
            }
            #expect(seen == answered)
            let end = example.expected.last.map { $0.split(separator: " ") } ?? []
            #expect(code == (["failed", "close"].contains(end.first ?? "") ? Int(end[1]) : 1000))
            #expect(try client.rest().isEmpty)
        }
    }

    @Test("a handshake that is none is refused, with what would do")
    func handshake() async throws {
        try await withServer({ _ in }, Self.echo()) { _, port in
            let client = try RawClient(port)
            client.send("GET /ws HTTP/1.1\nHost: a\n\n")
            let plain = try client.answer()
            #expect(
                plain.status == 426 && plain.fields["upgrade"] == "websocket"
                    && plain.fields["sec-websocket-version"] == "13")
            #expect(try client.upgrade("/other").status == 404)
            // A frame may follow the request at once.
            client.send(
                wire(
                    "GET /ws HTTP/1.1\nHost: a\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n") + clientFrame(1, ascii("early")))
            #expect(try client.answer().status == 101)
            #expect(try client.frame()?.text == "early")
        }
    }

    @Test("compressed messages are echoed compressed, each by itself or with memory")
    func deflate() async throws {
        for (compression, keeps) in [
            (WebSocketCompression.perMessage(leastBytes: 0), false), (.keepingContext(leastBytes: 0), true),
        ] {
            try await withServer({ _ in }, Self.echo(compression)) { _, port in
                let client = try RawClient(port)
                let answer = try client.upgrade(
                    "/ws", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\n")
                #expect(answer.fields["sec-websocket-extensions"]?.contains("no_context_takeover") == !keeps)
                let deflater = try #require(Deflater(level: 9, windowBits: -15))
                let inflater = try #require(Inflater())
                for text in ["hello", "hello", String(repeating: "abc", count: 50_000), ""] {
                    let packed = try #require(
                        ascii(text).withUnsafeBytes { deflater.message($0, keepsContext: keeps) })
                    let cut = packed.count / 2
                    client.send(clientFrame(1, Array(packed[..<cut]), isFinal: false, reserved: 4))
                    client.send(clientFrame(9))
                    client.send(clientFrame(0, Array(packed[cut...])))
                    #expect(try client.frame()?.opcode == 10)
                    let frame = try #require(try client.frame())
                    #expect(frame.reserved == 4)
                    #expect(try inflater.message(frame.payload, keepsContext: keeps, limit: 1 << 20) == ascii(text))
                }
                client.send(clientFrame(1, ascii("plain")))
                #expect(try client.frame()?.opcode == 1)
            }
        }
    }

    @Test("a client that sends much and reads nothing is not read from, and loses nothing")
    func flood() async throws {
        try await withServer({ $0.socketSendBytes = 32 << 10 }, Self.echo()) { server, port in
            let client = try RawClient(port, receiveBytes: 32 << 10)
            try client.upgrade("/ws")
            let count = 400
            let message = [UInt8](repeating: 0x61, count: 16 << 10)
            let sender = RawSender(client.fd, (0..<count).map { clientFrame(2, ascii("\($0) ") + message) })
            sender.start()
            try eventually("reading stands still") {
                let before = server.statistics.messages
                usleep(100_000)
                return before > 0 && server.statistics.messages == before
            }
            #expect(server.statistics.messages < count, "the server holds no more than it may")
            for number in 0..<count {
                let frame = try #require(try client.frame())
                #expect(frame.payload.starts(with: ascii("\(number) ")) && frame.payload.count > 16 << 10)
            }
            sender.wait()
        }
    }

    @Test("the server closes with its code and reason and ends the connection when it is answered, or after a time")
    func closing() async throws {
        let recorder = Recorder()
        try await withServer(
            { $0.closeTimeout = .milliseconds(100) },
            { _, _ in .webSocket(WebSocketUpgrade(recorder)) }
        ) { server, port in
            let polite = try RawClient(port), mute = try RawClient(port), gone = try RawClient(port)
            for client in [polite, mute, gone] { try client.upgrade("/") }
            for connection in recorder.state.withLock({ $0.open.prefix(2) }) { connection.close(.policy, "enough") }
            gone.endSending()
            for client in [polite, mute] {
                let frame = try client.frame()
                #expect(frame?.code == 1008 && frame?.payload.dropFirst(2).elementsEqual(ascii("enough")) == true)
            }
            polite.send(clientFrame(8, [0x03, 0xF0]))
            #expect(try polite.frame() == nil)
            #expect(try mute.frame() == nil)
            try eventually("all are closed") { recorder.closes.count == 3 }
            #expect(recorder.closes.sorted() == ["1006 ", "1008 enough", "1008 enough"])
            try eventually("none is left") { server.statistics.webSockets == 0 }
        }
    }

    @Test("a close frame is answered even when the client ends its side with it")
    func closedAtOnce() async throws {
        try await withServer({ _ in }, Self.echo()) { _, port in
            for bytes in [clientFrame(8, [0x03, 0xE8]), clientFrame(3)] {
                let client = try RawClient(port)
                try client.upgrade("/ws")
                client.send(bytes)
                client.endSending()
                #expect(try client.frame()?.opcode == 8)
                #expect(try client.frame() == nil)
            }
        }
    }

    @Test("silence is answered by a ping, and silence after that by the end")
    func pings() async throws {
        let recorder = Recorder()
        try await withServer(
            {
                $0.pingInterval = .milliseconds(50); $0.pongTimeout = .seconds(slowFactor)
            },
            { _, _ in .webSocket(WebSocketUpgrade(recorder)) }
        ) { server, port in
            let client = try RawClient(port)
            try client.upgrade("/")
            for _ in 0..<3 {
                #expect(try client.frame()?.opcode == 9)
                client.send(clientFrame(10))
            }
            #expect(try client.frame()?.opcode == 9)
            #expect(try client.frame() == nil)
            try eventually("it is told") { recorder.closes == ["1006 "] }
        }
    }

    @Test("shutting down closes with 1001")
    func goingAway() async throws {
        let recorder = Recorder()
        try await withServer({ _ in }, { _, _ in .webSocket(WebSocketUpgrade(recorder)) }) { server, port in
            let client = try RawClient(port)
            try client.upgrade("/")
            client.say("last")
            #expect(try client.frame()?.text == "got last")
            server.shutDown()
            #expect(try client.frame()?.code == 1001)
            client.send(clientFrame(8, [0x03, 0xE9]))
            #expect(try client.frame() == nil)
        }
    }

    @Test("an actor may live on the loop: a handler reaches it without crossing threads, others await it")
    func actorOnLoop() async throws {
        actor Counter {
            nonisolated let loop: EventLoop
            nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
            private var count = 0
            init(_ loop: EventLoop) { self.loop = loop }
            func add() -> Int {
                count += 1
                return count
            }
            func total() -> (Int, Bool) { (count, loop.isCurrent) }
        }
        final class Counting: WebSocketHandler {
            let counter = Mutex<Counter?>(nil)
            func onOpen(_ connection: WebSocketConnection) { counter.withLock { $0 = Counter(connection.loop) } }
            func onText(_ text: Span<UInt8>, _ connection: WebSocketConnection) {
                guard let counter = counter.withLock({ $0 }) else { return }
                connection.send(SharedFrame(text: "\(counter.assumeIsolated { $0.add() })"))
            }
        }
        let handler = Counting()
        try await withServer(
            { _ in },
            { _, request in
                guard request.path == "/total" else { return .webSocket(WebSocketUpgrade(handler)) }
                guard let counter = handler.counter.withLock({ $0 }) else { return HTTPResponse(status: 404) }
                let (total, isOnLoop) = await counter.total()
                return .text("\(total) \(isOnLoop)")
            }
        ) { _, port in
            let client = try RawClient(port)
            try client.upgrade("/")
            for number in 1...3 {
                client.say("x")
                #expect(try client.frame()?.text == "\(number)")
            }
            let other = try RawClient(port)
            other.send("GET /total HTTP/1.1\nHost: a\n\n")
            #expect(try other.answer().text == "3 true")
        }
    }

    @Test("messages from other threads arrive in order, and none after the end")
    func otherThreads() async throws {
        let recorder = Recorder()
        try await withServer({ _ in }, { _, _ in .webSocket(WebSocketUpgrade(recorder, outboxBytes: 8 << 20)) }) {
            _, port in
            let client = try RawClient(port)
            try client.upgrade("/")
            let connection = try #require(recorder.state.withLock { $0.open.first })
            for number in 0..<20_000 { connection.send(SharedFrame(text: "\(number)")) }
            connection.close(.normal, "done")
            connection.send(SharedFrame(text: "too late"))
            for number in 0..<20_000 {
                let frame = try #require(try client.frame())
                guard frame.text == "\(number)" else { throw ClientFailure("\(frame.text) instead of \(number)") }
            }
            #expect(try client.frame()?.code == 1000)
        }
    }
}

/// Sends frames from a thread of its own while the test reads.
final class RawSender: @unchecked Sendable {
    // @unchecked because everything is set before the thread starts.
    private let fd: Int32
    private let frames: [[UInt8]]
    private var thread = pthread_t()

    init(_ fd: Int32, _ frames: [[UInt8]]) {
        self.fd = fd
        self.frames = frames
    }

    func start() { pthread_create(&thread, nil, sendFrames, Unmanaged.passRetained(self).toOpaque()) }

    func wait() { pthread_join(thread, nil) }

    fileprivate func run() {
        for frame in frames {
            var start = 0
            while start < frame.count {
                let count = frame[start...].withUnsafeBytes {
                    send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return }
                start += count
            }
        }
    }
}

private func sendFrames(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<RawSender>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
