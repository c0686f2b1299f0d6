import Glibc
import HTTPClient
import Support
import Testing

@Suite("Answers that break off, break the rules, or never end")
struct HostileAnswerTests {
    /// Sends one request to a server that answers with `answer` and does `ending` afterwards; reads everything.
    private func outcome(
        of answer: [String], limits: HTTPLimits = HTTPLimits(), method: String = "POST",
        ending: @escaping @Sendable (Connection) -> Void = { $0.close() }
    ) async throws -> (status: Int?, body: [UInt8], failure: HTTPFailure?, requests: Int) {
        let server = ScriptedServer { connection, _ in
            guard connection.request() != nil else { return }
            for piece in answer { if !connection.send(piece) { return } }
            ending(connection)
        }
        let engine = HTTPEngine()
        var status: Int?
        var body: [UInt8] = []
        var failure: HTTPFailure?
        do throws(HTTPFailure) {
            let response = try await engine.send(HTTPRequest(url: server.url(), method: method, limits: limits))
            status = response.status
            while let piece = try await response.body.next() { body += piece }
        } catch { failure = error }
        await engine.stop()
        return (status, body, failure, server.requests.count)
    }

    @Test("nobody listens: no connection, and nothing was sent")
    func refused() async throws {
        let port = try #require(silentPort())
        let engine = HTTPEngine()
        let failure = await caught { () async throws(HTTPFailure) in
            _ = try await engine.send(HTTPRequest(url: "http://127.0.0.1:\(port)/secret-path"))
        }
        #expect(failure?.kind == .connect)
        #expect(failure?.isUnsent == true)
        #expect(failure?.message.contains("secret-path") == false)
        await engine.stop()
    }

    @Test(
        "a connection that ends before the head is a reset, and the request was sent once",
        arguments: [true, false])
    func endBeforeHead(isReset: Bool) async throws {
        for start in [[], ["HTTP/1.1 200 OK\r\nX-A: b\r\n"]] {
            let got = try await outcome(of: start) { if isReset { $0.reset() } else { $0.close() } }
            #expect(got.failure?.kind == .reset)
            #expect(got.failure?.isUnsent == false)
            #expect(got.status == nil)
            #expect(got.requests == 1)
        }
    }

    @Test("a body that ends too early gives its bytes and then a reset", arguments: [true, false])
    func endInBody(isReset: Bool) async throws {
        let heads = ["Content-Length: 100\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"]
        for head in heads {
            let received = Event()
            let server = ScriptedServer { connection, _ in
                guard connection.request() != nil else { return }
                connection.send("HTTP/1.1 200 OK\r\n" + head)
                // A reset may overtake bytes that the peer has not read yet.
                received.block()
                if isReset { connection.reset() }
            }
            let engine = HTTPEngine()
            let response = try await engine.send(HTTPRequest(url: server.url()))
            #expect(try await response.body.next() == Array("hello".utf8))
            received.happen()
            let failure = await caught { () async throws(HTTPFailure) in _ = try await response.body.next() }
            #expect(failure?.kind == .reset)
            #expect(failure?.isUnsent == false)
            // It stays so.
            #expect(
                await caught({ () async throws(HTTPFailure) in
                    _ = try await response.body.next()
                }) == failure)
            await engine.stop()
        }
    }

    @Test(
        "what is no HTTP is a breach of protocol",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n", "hello\n", "<html>\n", "HTTP/9.9 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        ])
    func notHTTP(answer: String) async throws {
        let got = try await outcome(of: [answer])
        #expect(got.failure?.kind == .protocol)
        #expect(got.failure?.isUnsent == false)
        #expect(got.requests == 1)
    }

    @Test("headers beyond the limit are refused: many, one giant line, interim responses without end, trailers")
    func hugeHeaders() async throws {
        let line = "X-Filler: " + String(repeating: "x", count: 1000) + "\r\n"
        let many = ["HTTP/1.1 200 OK\r\n"] + Array(repeating: line, count: 200) + ["Content-Length: 0\r\n\r\n"]
        let giant = ["HTTP/1.1 200 OK\r\nX-A: ", String(repeating: "x", count: 200 << 10), "\r\n\r\n"]
        let interim = Array(repeating: "HTTP/1.1 103 Early Hints\r\n\(line)\r\n", count: 200)
        for answer in [many, giant, interim] {
            let got = try await outcome(of: answer)
            #expect(got.failure?.kind == .tooLarge)
            #expect(got.status == nil)
        }
        let trailers =
            ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"]
            + Array(repeating: line, count: 200)
        let got = try await outcome(of: trailers)
        #expect(got.failure?.kind == .tooLarge)
        // As many as are allowed are taken.
        var limits = HTTPLimits()
        limits.headerBytes = 1 << 20
        #expect(try await outcome(of: many, limits: limits).status == 200)
    }

    @Test("a body beyond the limit is refused, with and without its length told")
    func hugeBody() async throws {
        let limits = HTTPLimits(bodyBytes: 100_000)
        let pieces = Array(repeating: String(repeating: "x", count: 10_000), count: 20)
        for head in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n"] {
            let got = try await outcome(of: [head] + pieces, limits: limits)
            #expect(got.failure?.kind == .tooLarge)
            #expect(got.body.count <= 100_000)
        }
        let fits = try await outcome(of: ["HTTP/1.1 200 OK\r\n\r\n"] + pieces.prefix(10), limits: limits)
        #expect(fits.failure == nil)
        #expect(fits.body.count == 100_000)
    }

    @Test("gzip is undone, in one piece and byte by byte")
    func gzip() async throws {
        let packed = try #require(output(of: "printf 'hello gzip' | gzip -c"))
        let server = ScriptedServer { connection, number in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
            if number == 0 { connection.send(packed) } else { for byte in packed { connection.send([byte]) } }
        }
        let engine = HTTPEngine()
        for _ in 0..<2 {
            let response = try await engine.send(HTTPRequest(url: server.url()))
            #expect(try await response.body.collect(limit: 100) == Array("hello gzip".utf8))
        }
        await engine.stop()
    }

    @Test("a decompression bomb without end ends at the limit, and memory stays bounded")
    func bomb() async throws {
        let sent = Counter()
        let server = ScriptedServer { connection, _ in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
            let (start, more) = endlessZeros()
            connection.send(start)
            while connection.send(more) { sent.increment(by: more.count) }
        }
        let before = try #require(peakKilobytes())
        let engine = HTTPEngine()
        let response = try await engine.send(
            HTTPRequest(url: server.url(), limits: HTTPLimits(bodyBytes: 16 << 20)))
        var count = 0
        let failure = await caught { () async throws(HTTPFailure) in
            while let piece = try await response.body.next() { count += piece.count }
        }
        #expect(failure?.kind == .tooLarge)
        #expect((15 << 20)...(16 << 20) ~= count)
        // The bomb is endless. Other tests run in this process, and their peak counts too; a sanitizer keeps freed memory,
        // so that nothing can be told of it there.
        if slowFactor == 1 { #expect(try #require(peakKilobytes()) - before < 2 << 20) }
        await engine.stop()
    }

    @Test("a kept connection that was closed meanwhile is replaced before anything is sent on it")
    func staleConnection() async throws {
        let closed = Event()
        let server = ScriptedServer { connection, number in
            guard connection.request() != nil else { return }
            connection.respond("x")
            if number == 0 {
                connection.close()
                closed.happen()
            } else {
                _ = connection.request()
            }
        }
        let engine = HTTPEngine()
        for _ in 0..<2 {
            let response = try await engine.send(HTTPRequest(url: server.url()))
            #expect(try await response.body.collect(limit: 10).count == 1)
            await closed.wait()
        }
        #expect(server.connections == 2)
        #expect(server.requests.count == 2)
        await engine.stop()
    }

    @Test(
        "a kept connection that breaks under a request: a GET is sent again, once; a POST is not",
        arguments: [("GET", 2), ("POST", 1)])
    func brokenReuse(method: String, expected: Int) async throws {
        let server = ScriptedServer { connection, number in
            guard connection.request() != nil else { return }
            connection.respond("x")
            guard connection.request() != nil else { return }
            // The second request on any connection is read and never answered.
            if number == 0 { connection.reset() }
        }
        let engine = HTTPEngine()
        let first = try await engine.send(HTTPRequest(url: server.url(), method: method))
        _ = try await first.body.collect(limit: 10)
        let failure = await caught { () async throws(HTTPFailure) in
            let second = try await engine.send(HTTPRequest(url: server.url(), method: method))
            _ = try await second.body.collect(limit: 10)
        }
        #expect(server.requests.count == 1 + expected)
        if method == "GET" {
            #expect(failure == nil)
        } else {
            #expect(failure?.kind == .reset)
            #expect(failure?.isUnsent == false)
        }
        await engine.stop()
    }
}

/// A port of 127.0.0.1 on which nobody listens: bound, so that nobody else gets it.
private func silentPort() -> Int? {
    let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(made, address, size) == 0 && getsockname(made, address, &size) == 0
        }
    } ? Int(UInt16(bigEndian: address.sin_port)) : nil
}

/// What a shell command writes; nil when it fails.
func output(of command: String) -> [UInt8]? {
    guard let pipe = popen(command, "re") else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = fread(&buffer, 1, buffer.count, pipe)
        if count == 0 { break }
        bytes += buffer[..<count]
    }
    return pclose(pipe) == 0 ? bytes : nil
}

/// The most memory that this process has had, in KiB.
private func peakKilobytes() -> Int? {
    guard let status = output(of: "grep VmHWM /proc/\(getpid())/status") else { return nil }
    return Int(String(decoding: status.filter { (48...57).contains($0) }, as: UTF8.self))
}

/// A gzip stream of zeros without end: how it starts, and what follows again and again. After the header of RFC 1952
/// comes one block with fixed codes (RFC 1951, section 3.2.6): a zero, and then 258 more at the distance 1, for ever.
private func endlessZeros() -> (start: [UInt8], more: [UInt8]) {
    var bits: [UInt8] = [0, 1, 0] + [0, 0, 1, 1, 0, 0, 0, 0]
    // 13 bits each, so that the pattern comes again after 13 bytes.
    for _ in 0..<32 { bits += [1, 1, 0, 0, 0, 1, 0, 1] + [0, 0, 0, 0, 0] }
    func byte(_ index: Int) -> UInt8 { (0..<8).reduce(0) { $0 | bits[8 * index + $1] << UInt8($1) } }
    let pattern = (2..<15).map(byte)
    let start: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, byte(0), byte(1)]
    return (start, Array(Array(repeating: pattern, count: 1000).joined()))
}
