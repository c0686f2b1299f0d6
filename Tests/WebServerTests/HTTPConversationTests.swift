import Glibc
import Support
import Synchronization
import Testing

@testable import WebServer

/// A few paths that show what a server can do.
private func demo(_ server: WebServer, _ request: HTTPRequest) async -> HTTPResponse {
    switch request.path {
    case "/hello": .text("hello")
    case "/big": .text(String(repeating: "0123456789", count: 300_000))
    case "/asset": .asset(HTTPAsset(Array(String(repeating: "a{}", count: 1000).utf8), contentType: "text/css"))
    case "/echo": HTTPResponse(fields: ["X-Trailer": request.trailers["x-sum"] ?? ""], body: .bytes(request.body))
    case "/head": .text("\(request.method) \(request.head.host) \(request.head.peer) \(request.head.isSecure)")
    case "/stream":
        HTTPResponse(
            body: .stream { writer in
                for number in 0..<1000 { try await writer.write(Array("\(number)\n".utf8)) }
            })
    case "/broken":
        HTTPResponse(
            body: .stream { writer in
                try await writer.write(Array("begun".utf8))
                throw CancellationError()
            })
    case "/events":
        .events { events in
            for number in 1...3 { try await events.send(ServerEvent(id: "\(number)", data: "n\(number)")) }
        }
    default: HTTPResponse(status: 404)
    }
}

@Suite("HTTP on the wire")
struct HTTPConversationTests {
    @Test("requests are answered one after the other on one connection, also when they come all at once")
    func pipelining() async throws {
        try await withServer({ _ in }, demo) { server, port in
            let client = try RawClient(port)
            client.send("GET /hello HTTP/1.1\nHost: a\n\n")
            let first = try client.answer()
            #expect(
                first.text == "hello" && first.fields["x-content-type-options"] == "nosniff"
                    && first.fields["date"] != nil)
            let one = "GET /hello HTTP/1.1\nHost: a\n\n",
                two = "POST /echo HTTP/1.1\nHost: a\nContent-Length: 3\n\nabc"
            let three = "HEAD /hello HTTP/1.1\nHost: a\n\n"
            client.send(String(repeating: one + two + three, count: 100))
            for _ in 0..<100 {
                #expect(try client.answer().text == "hello")
                #expect(try client.answer().text == "abc")
                #expect(try client.answer(hasBody: false).fields["content-length"] == "5")
            }
            try eventually("one connection did it") {
                server.statistics.requests == 301 && server.statistics.connections == 1
            }
            client.send("GET /hello HTTP/1.1\nHost: a\nConnection: close\n\n" + one)
            let last = try client.answer()
            #expect(last.fields["connection"] == "close")
            #expect(try client.rest().isEmpty, "nothing is answered after the end")
        }
    }

    @Test("chunked bodies, 100-continue, a large response, an absolute target")
    func bodies() async throws {
        try await withServer({ _ in }, demo) { _, port in
            let client = try RawClient(port)
            client.send("POST /echo HTTP/1.1\nHost: a\nExpect: 100-continue\nTransfer-Encoding: chunked\n\n")
            #expect(try client.answer().status == 100)
            client.send("5;x=y\nhello\n6\n world\n0\nX-Sum: 11\n\n")
            let echo = try client.answer()
            #expect(echo.text == "hello world" && echo.fields["x-trailer"] == "11")
            client.send("GET /big HTTP/1.1\nHost: a\n\n")
            #expect(try client.answer().body.count == 3_000_000)
            client.send("GET http://other:81/head HTTP/1.1\nHost: a\n\n")
            #expect(try client.answer().text == "GET other:81 127.0.0.1 false")
            client.send("GET /big HTTP/1.1\nHost: a\nAccept-Encoding: gzip\n\n")
            #expect(try client.answer().body.count < 30_000)
            client.send("GET /hello HTTP/1.0\n\n")
            #expect(try client.answer().fields["connection"] == "close")
            #expect(try client.rest().isEmpty)
        }
    }

    @Test("a client that ends its side still gets all that it has asked for")
    func halfClosed() async throws {
        try await withServer({ _ in }, demo) { _, port in
            let client = try RawClient(port)
            client.send(String(repeating: "GET /big HTTP/1.1\nHost: a\n\n", count: 3) + "GET /hello HTTP/1.1\nHo")
            client.endSending()
            for _ in 0..<3 { #expect(try client.answer().body.count == 3_000_000) }
            #expect(try client.rest().isEmpty)
        }
    }

    @Test("streams come in chunks, a stream that fails is cut off, events come as they are")
    func streams() async throws {
        try await withServer({ _ in }, demo) { _, port in
            let client = try RawClient(port)
            client.send("GET /stream HTTP/1.1\nHost: a\n\nGET /hello HTTP/1.1\nHost: a\n\n")
            #expect(try client.answer().text == (0..<1000).map { "\($0)\n" }.joined())
            #expect(try client.answer().text == "hello")
            client.send("HEAD /stream HTTP/1.1\nHost: a\n\nGET /events HTTP/1.1\nHost: a\n\n")
            #expect(try client.answer(hasBody: false).status == 200)
            let events = try client.answer()
            #expect(events.fields["content-type"] == "text/event-stream")
            #expect(events.text == "id: 1\ndata: n1\n\nid: 2\ndata: n2\n\nid: 3\ndata: n3\n\n")
            client.send("GET /broken HTTP/1.1\nHost: a\n\n")
            #expect(throws: ClientFailure.self) { try client.answer() }
            let old = try RawClient(port)
            old.send("GET /stream HTTP/1.0\n\n")
            #expect(try old.answer().body.count == 3890)
        }
    }

    @Test("a stream whose client does not read waits, and is given up when the client goes")
    func backpressure() async throws {
        final class Box: Sendable {
            let made = Atomic<Int>(0)
            let hasEnded = Atomic<Bool>(false)
        }
        let box = Box()
        try await withServer(
            {
                $0.socketSendBytes = 32 << 10; $0.streamBytes = 64 << 10
            },
            { _, _ in
                HTTPResponse(
                    body: .stream { writer in
                        defer { box.hasEnded.store(true, ordering: .relaxed) }
                        while true {
                            try await writer.write([UInt8](repeating: 7, count: 8 << 10))
                            box.made.add(8 << 10, ordering: .relaxed)
                        }
                    })
            }
        ) { server, port in
            let client = try RawClient(port, receiveBytes: 16 << 10)
            client.send("GET / HTTP/1.1\nHost: a\n\n")
            _ = try client.read(1000)
            var before = -1
            try eventually("the stream stands still") {
                let now = box.made.load(ordering: .relaxed)
                defer { before = now }
                usleep(50_000)
                return now == before
            }
            #expect(before < 1 << 20, "\(before) bytes were made for a client that does not read")
            _ = try client.read(2 << 20)
            #expect(box.made.load(ordering: .relaxed) > 1 << 20, "reading lets it go on")
            client.endSending()
            try eventually("the stream is given up") { box.hasEnded.load(ordering: .relaxed) }
        }
    }

    @Test(
        "smuggling and other nonsense is answered once, and the connection ends",
        arguments: HTTPRequestParserTests.hostile)
    func hostile(_ hostile: HTTPRequestParserTests.Hostile) async throws {
        try await withServer({ _ in }, demo) { _, port in
            let client = try RawClient(port)
            client.send(hostile.text)
            client.send("GET /hello HTTP/1.1\nHost: a\n\n")
            let answer = try client.answer()
            #expect(answer.status == hostile.status && answer.fields["connection"] == "close")
            #expect(try client.rest().isEmpty, "nothing behind it is taken for a request")
        }
    }

    @Test("what is not admitted is answered before its body comes")
    func admission() async throws {
        try await withServer(
            { configuration in
                configuration.admit = { head in
                    switch head.path {
                    case "/small": .accept(bodyBytes: 4)
                    case "/closed": .refuse(.text("no", status: 403))
                    default: .accept(bodyBytes: nil)
                    }
                }
            }, demo
        ) { _, port in
            let client = try RawClient(port)
            client.send("GET /closed HTTP/1.1\nHost: a\n\nGET /hello HTTP/1.1\nHost: a\n\n")
            #expect(try client.answer().status == 403)
            #expect(try client.answer().text == "hello")
            client.send("POST /small HTTP/1.1\nHost: a\nContent-Length: 4\n\nabcd")
            #expect(try client.answer().status == 404)
            client.send("POST /small HTTP/1.1\nHost: a\nExpect: 100-continue\nContent-Length: 5\n\n")
            #expect(try client.answer().status == 413, "no 100 Continue for what would be refused")
            let other = try RawClient(port)
            other.send("POST /closed HTTP/1.1\nHost: a\nExpect: 100-continue\nContent-Length: 99999999\n\n")
            #expect(try other.answer().status == 403)
        }
    }
}

@Suite("Slow and many clients")
struct PatienceTests {
    @Test("whoever drips a head or a body is answered 408 and closed, whoever says nothing is closed")
    func slowLoris() async throws {
        try await withServer(
            {
                $0.headerTimeout = .milliseconds(150)
                $0.bodyTimeout = .milliseconds(150)
                $0.idleTimeout = .seconds(1)
            }, demo
        ) { server, port in
            let silent = try RawClient(port)
            for start in [
                "GET /hello HTTP/1.1\nHost: a\nX: ", "POST /echo HTTP/1.1\nHost: a\nContent-Length: 100\n\n",
                "POST /echo HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n50\n",
            ] {
                let client = try RawClient(port)
                client.send(start)
                let begin = SystemClock.now
                // A byte now and then does not put the end off.
                while SystemClock.now - begin < 100 * slowFactor { client.send(Array("a".utf8)); usleep(20_000) }
                #expect(try client.answer().status == 408)
                _ = try client.rest()
            }
            #expect(try silent.rest().isEmpty)
            try eventually("they are counted") { server.statistics.timeouts == 3 }
            let good = try RawClient(port)
            good.send("GET /hello HTTP/1.1\nHost: a\n\n")
            #expect(try good.answer().text == "hello")
        }
    }

    @Test("a client that takes nothing of its answer is closed")
    func slowReader() async throws {
        try await withServer(
            {
                $0.writeTimeout = .milliseconds(200); $0.socketSendBytes = 32 << 10
            }, demo
        ) { server, port in
            let client = try RawClient(port, receiveBytes: 16 << 10)
            client.send("GET /big HTTP/1.1\nHost: a\n\n")
            try eventually("the connection is closed") {
                server.statistics.requests == 1 && server.statistics.connections == 0
            }
        }
    }

    @Test("connections beyond the limit are turned away, and there is room again when others go")
    func tooMany() async throws {
        try await withServer({ $0.maxConnections = 3 }, demo) { server, port in
            var clients = try (0..<3).map { _ in try RawClient(port) }
            try eventually("three are open") { server.statistics.connections == 3 }
            let fourth = try RawClient(port)
            #expect(try fourth.answer().status == 503)
            clients.removeLast()
            try eventually("one is gone") { server.statistics.connections == 2 }
            let fifth = try RawClient(port)
            fifth.send("GET /hello HTTP/1.1\nHost: a\n\n")
            #expect(try fifth.answer().text == "hello")
            try eventually("it is counted") { server.statistics.turnedAway == 1 }
        }
    }

    @Test("a thousand connections are held and served, on two loops")
    func thousand() async throws {
        try await withServer({ $0.loops = 2 }, demo) { server, port in
            let clients = try (0..<1000).map { _ in try RawClient(port) }
            for client in clients { client.send("GET /hello HTTP/1.1\nHost: a\n\n") }
            for client in clients { #expect(try client.answer().text == "hello") }
            try eventually("all are counted") {
                server.statistics.connections == 1000 && server.statistics.requests == 1000
            }
        }
    }

    @Test("shutting down lets what runs finish, and ends what is idle and what streams events")
    func drain() async throws {
        final class Gate: Sendable { let isOpen = Atomic<Bool>(false) }
        let gate = Gate()
        try await withServer(
            { _ in },
            { server, request in
                if request.path == "/events" {
                    return .events { events in
                        try await events.send(ServerEvent(data: "first"))
                        try await Task.sleep(nanoseconds: 3_600_000_000_000)
                    }
                }
                if request.path == "/slow" { while !gate.isOpen.load(ordering: .relaxed) { await Task.yield() } }
                return await demo(server, request)
            }
        ) { server, port in
            let idle = try RawClient(port)
            let slow = try RawClient(port)
            let events = try RawClient(port)
            slow.send("GET /slow HTTP/1.1\nHost: a\n\n")
            events.send("GET /events HTTP/1.1\nHost: a\n\n")
            try eventually("all are there") {
                server.statistics.connections == 3 && server.statistics.requests == 2
            }
            while try events.line() != "data: first" {}
            server.shutDown()
            #expect(try idle.rest().isEmpty)
            let tail = String(decoding: try events.rest(), as: UTF8.self)
            #expect(tail.hasSuffix("0\r\n\r\n"), "the stream is complete")
            #expect(throws: (any Error).self) { try RawClient(port).answer() }
            gate.isOpen.store(true, ordering: .relaxed)
            #expect(try slow.answer().status == 404)
            #expect(try slow.rest().isEmpty)
        }
    }
}

/// Milliseconds of a clock that never goes back.
enum SystemClock {
    static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
