import Glibc
import HTTPClient
import Services
import Support
import Testing

@Suite("The three clocks")
struct TimeoutTests {
    /// Far beyond what a test may take.
    private static let long = Duration.seconds(100)

    /// Sends a request with `limits` to a server with `script`, reads everything, and expects `kind` after `limit`.
    private func expect(
        _ kind: HTTPFailure.Kind, after limit: Duration, _ limits: HTTPLimits, scheme: String = "http",
        isUnsent: Bool = false, script: @escaping ScriptedServer.Script
    ) async throws {
        try await onThreadOfItsOwn {
            let server = ScriptedServer(script)
            let engine = HTTPEngine()
            let start = ContinuousClock.now
            let failure = await caught { () async throws(HTTPFailure) in
                let response = try await engine.send(
                    HTTPRequest(url: "\(scheme)://127.0.0.1:\(server.port)/", limits: limits))
                while try await response.body.next() != nil {}
            }
            let took = ContinuousClock.now - start
            #expect(failure?.kind == kind)
            #expect(failure?.isUnsent == isUnsent)
            #expect(took >= limit)
            #expect(took < limit + .seconds(2) * slowFactor, "\(took)")
            await engine.stop()
        }
    }

    @Test("connecting: a TLS handshake that nobody answers")
    func connect() async throws {
        try await expect(
            .connectTimeout, after: .milliseconds(150),
            HTTPLimits(connect: .milliseconds(150), idle: .milliseconds(20), total: Self.long), scheme: "https",
            isUnsent: true
        ) { connection, _ in connection.waitForEnd() }
    }

    @Test("the total counts while connecting, too")
    func totalWhileConnecting() async throws {
        try await expect(
            .totalTimeout, after: .milliseconds(100),
            HTTPLimits(connect: Self.long, idle: .milliseconds(20), total: .milliseconds(100)), scheme: "https",
            isUnsent: true
        ) { connection, _ in connection.waitForEnd() }
    }

    @Test("idle: no head ever comes")
    func idleBeforeHead() async throws {
        try await expect(
            .idleTimeout, after: .milliseconds(150),
            HTTPLimits(connect: .milliseconds(140), idle: .milliseconds(150), total: Self.long)
        ) { connection, _ in connection.waitForEnd() }
    }

    @Test("idle: a header line that never ends does not count as progress")
    func idleInHeaderLine() async throws {
        try await expect(
            .idleTimeout, after: .milliseconds(150), HTTPLimits(idle: .milliseconds(150), total: Self.long)
        ) { connection, _ in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nX-A: ")
            while connection.send("x") { usleep(10_000) }
        }
    }

    @Test("idle: the stream stalls")
    func idleInBody() async throws {
        try await expect(
            .idleTimeout, after: .milliseconds(150), HTTPLimits(idle: .milliseconds(150), total: Self.long)
        ) { connection, _ in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\n\r\nhello")
            connection.waitForEnd()
        }
    }

    @Test("total: headers that drip for ever")
    func totalInHeaders() async throws {
        try await expect(
            .totalTimeout, after: .milliseconds(300),
            HTTPLimits(idle: Self.long, total: .milliseconds(300), headerBytes: 1 << 20)
        ) { connection, _ in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\n")
            while connection.send("X-A: b\r\n") { usleep(10_000) }
        }
    }

    @Test("total: a body that drips for ever, each byte well within the idle time")
    func totalInBody() async throws {
        try await expect(
            .totalTimeout, after: .milliseconds(300), HTTPLimits(idle: Self.long, total: .milliseconds(300))
        ) { connection, _ in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while connection.send("x") { usleep(10_000) }
        }
    }

    @Test("no time at all is over at once", arguments: [Duration.zero, .seconds(-5)])
    func noTime(total: Duration) async throws {
        try await expect(.totalTimeout, after: .zero, HTTPLimits(total: total), isUnsent: true) { connection, _ in
            connection.waitForEnd()
        }
    }

    @Test("endless time does not overflow")
    func endlessTime() async throws {
        let server = ScriptedServer { connection, _ in if connection.request() != nil { connection.respond("x") } }
        let endless = Duration.seconds(Int64.max)
        let engine = HTTPEngine()
        let response = try await engine.send(
            HTTPRequest(url: server.url(), limits: HTTPLimits(connect: endless, idle: endless, total: endless)))
        #expect(try await response.body.collect(limit: 10).count == 1)
        await engine.stop()
    }

    @Test("a reader that takes its time is not idle, but the total goes on")
    func pausedBody() async throws {
        try await onThreadOfItsOwn {
            let body = [UInt8](repeating: 7, count: 16_000_000)
            let server = ScriptedServer { connection, _ in
                while connection.request() != nil {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 16000000\r\n\r\n")
                    connection.send(body)
                }
            }
            let engine = HTTPEngine(HTTPConfiguration(unreadBytes: 64 << 10))
            let idle = Duration.milliseconds(300) * slowFactor
            var response = try await engine.send(
                HTTPRequest(url: server.url(), limits: HTTPLimits(idle: idle, total: Self.long)))
            try await SystemTime().sleep(nanoseconds: 900_000_000 * UInt64(slowFactor))
            #expect(try await response.body.collect(limit: 16_000_000).count == 16_000_000)

            response = try await engine.send(
                HTTPRequest(
                    url: server.url(), limits: HTTPLimits(idle: idle, total: .milliseconds(600) * slowFactor)))
            try await SystemTime().sleep(nanoseconds: 900_000_000 * UInt64(slowFactor))
            let failure = await caught { () async throws(HTTPFailure) in
                _ = try await response.body.collect(limit: 16_000_000)
            }
            #expect(failure?.kind == .totalTimeout)
            await engine.stop()
        }
    }

    @Test("a large request that goes out slowly is not idle")
    func slowUpload() async throws {
        try await onThreadOfItsOwn {
            let server = ScriptedServer { connection, _ in
                var small: Int32 = 64 << 10
                setsockopt(
                    connection.descriptor, SOL_SOCKET, SO_RCVBUF, &small, socklen_t(MemoryLayout<Int32>.size))
                var left = 24_000_000
                while left > 0 {
                    let count = connection.receive(256 << 10).count
                    if count == 0 { return }
                    left -= count
                    usleep(8_000)
                }
                connection.respond("thanks")
                connection.waitForEnd()
            }
            let engine = HTTPEngine()
            let response = try await engine.send(
                HTTPRequest(
                    url: server.url(), body: [UInt8](repeating: 1, count: 24_000_000),
                    limits: HTTPLimits(idle: .milliseconds(700) * slowFactor, total: Self.long)))
            #expect(try await response.body.collect(limit: 10) == Array("thanks".utf8))
            await engine.stop()
        }
    }
}
