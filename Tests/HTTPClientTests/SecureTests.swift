import Glibc
import HTTPClient
import Support
import Testing

/// What TLS tests need that a machine may lack.
enum Tools {
    static let hasOpenSSL = output(of: "openssl version 2>/dev/null") != nil
    static let hasPython = output(of: "python3 -c 'import ssl; assert ssl.HAS_ALPN' 2>/dev/null") != nil
}

/// A certificate for 127.0.0.1 that signs itself, in a folder of its own.
private final class Certificate: Sendable {
    let folder: String
    var file: String { folder + "/cert.pem" }
    var key: String { folder + "/key.pem" }

    init() throws {
        let made = try #require(output(of: "mktemp -d"))
        folder = String(decoding: made.dropLast(), as: UTF8.self)
        let isMade = output(
            of:
                "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=operon-test "
                + "-addext subjectAltName=IP:127.0.0.1 -keyout \(folder)/key.pem -out \(folder)/cert.pem 2>/dev/null"
        )
        try #require(isMade != nil, "openssl makes no certificate")
    }

    deinit { _ = output(of: "rm -r \(folder)") }
}

/// A command that serves until it is ended; its first line of output says what the test wants to know.
private final class ServerProcess: Sendable {
    private let pid: pid_t
    // nonisolated(unsafe) because it is read in the initialiser and closed in the deinitialiser alone.
    private nonisolated(unsafe) let pipe: UnsafeMutablePointer<FILE>

    /// The number after the last colon or space of the first line that `isReady` accepts.
    let port: Int

    init(_ command: String, isReady: (String) -> Bool) throws {
        // The shell tells its number and becomes the server.
        let pipe = try #require(popen("echo $$; exec \(command)", "re"))
        self.pipe = pipe
        func line() -> String? {
            var buffer = [CChar](repeating: 0, count: 4096)
            guard fgets(&buffer, Int32(buffer.count), pipe) != nil else { return nil }
            let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return text.hasSuffix("\n") ? String(text.dropLast()) : text
        }
        let pid = line().flatMap { pid_t($0) }
        var found: Int?
        while found == nil, let line = line() {
            if isReady(line) { found = line.split(whereSeparator: { ": ".contains($0) }).last.flatMap { Int($0) } }
        }
        self.pid = try #require(pid)
        port = try #require(found, "the server does not start")
    }

    deinit {
        // It can be held back by no mask; threads of the shared pool hand theirs on.
        kill(pid, SIGKILL)
        pclose(pipe)
    }

    /// Keeps the server alive up to here.
    func end() {}
}

@Suite("TLS, HTTP/2 and proxies")
struct SecureTests {
    @Test(
        "a certificate is accepted when its authority is trusted, and refused otherwise",
        .enabled(if: Tools.hasOpenSSL, "the openssl command is missing"))
    func trust() async throws {
        let certificate = try Certificate()
        let server = try ServerProcess(
            "openssl s_server -accept 127.0.0.1:0 -www -cert \(certificate.file) -key \(certificate.key) 2>&1"
        ) { $0.hasPrefix("ACCEPT") }
        let url = "https://127.0.0.1:\(server.port)/"
        let trusting = HTTPEngine(HTTPConfiguration(caFile: certificate.file))
        let response = try await trusting.send(HTTPRequest(url: url, method: "GET"))
        #expect(response.status == 200)
        #expect(try await response.body.collect(limit: 1 << 20).isEmpty == false)
        // The certificate is for the address, not for the name.
        let misnamed = await caught { () async throws(HTTPFailure) in
            _ = try await trusting.send(HTTPRequest(url: "https://localhost:\(server.port)/", method: "GET"))
        }
        #expect(misnamed?.kind == .tls)
        await trusting.stop()
        for configuration in [HTTPConfiguration(), HTTPConfiguration(caFile: "/nonexistent/ca.pem")] {
            let engine = HTTPEngine(configuration)
            let failure = await caught { () async throws(HTTPFailure) in
                _ = try await engine.send(HTTPRequest(url: url, method: "GET"))
            }
            #expect(failure?.kind == .tls)
            #expect(failure?.isUnsent == true)
            await engine.stop()
        }
        server.end()
    }

    @Test("a server that speaks no TLS is a failure of TLS, and gets no request")
    func plainServer() async throws {
        let server = ScriptedServer { connection, _ in
            _ = connection.receive()
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
        }
        let engine = HTTPEngine()
        let failure = await caught { () async throws(HTTPFailure) in
            _ = try await engine.send(HTTPRequest(url: "https://127.0.0.1:\(server.port)/"))
        }
        #expect(failure?.kind == .tls)
        #expect(failure?.isUnsent == true)
        await engine.stop()
    }

    @Test(
        "HTTP/2 is agreed on over TLS, and requests share one connection at the same time",
        .enabled(if: Tools.hasOpenSSL && Tools.hasPython, "the openssl or python3 command is missing"))
    func multiplexing() async throws {
        let count = 30
        let certificate = try Certificate()
        let script = certificate.folder + "/server.py"
        let file = try #require(fopen(script, "we"))
        fputs(http2Server, file)
        fclose(file)
        let server = try ServerProcess(
            "python3 \(script) \(certificate.file) \(certificate.key) \(count) 2>&1"
        ) { $0.hasPrefix("port") }
        let url = "https://127.0.0.1:\(server.port)/"
        let engine = HTTPEngine(HTTPConfiguration(caFile: certificate.file))
        // The server answers nobody before all requests stand open on one connection.
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<count {
                group.addTask {
                    let response = try await engine.send(HTTPRequest(url: url, body: Array("{}".utf8)))
                    #expect(response.status == 200)
                    return String(decoding: try await response.body.collect(limit: 1000), as: UTF8.self)
                }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(Set(answers.map { $0.prefix { $0 != "/" } }) == ["connection 1"])
        #expect(Set(answers).count == count)
        await engine.stop()
        // The switch: such a server has nothing to say to HTTP/1.1.
        let old = HTTPEngine(HTTPConfiguration(caFile: certificate.file, prefersHTTP2: false))
        let failure = await caught { () async throws(HTTPFailure) in _ = try await old.send(HTTPRequest(url: url)) }
        #expect(failure != nil)
        await old.stop()
        server.end()
    }

    @Test("a proxy is asked with the whole URL, and by nobody else's wish")
    func proxy() async throws {
        let proxy = ScriptedServer { connection, _ in while connection.request() != nil { connection.respond("x") }
        }
        let engine = HTTPEngine(HTTPConfiguration(proxy: "http://127.0.0.1:\(proxy.port)"))
        let response = try await engine.send(HTTPRequest(url: "http://host.invalid/path?q", method: "GET"))
        #expect(try await response.body.collect(limit: 10).count == 1)
        #expect(proxy.requests.map(\.line) == ["GET http://host.invalid/path?q HTTP/1.1"])
        await engine.stop()
    }

    @Test("over a proxy TLS goes through a tunnel that learns no header; a refused tunnel is a failed connection")
    func tunnel() async throws {
        let proxy = ScriptedServer { connection, _ in
            while connection.request() != nil { connection.respond("no", status: "403 Forbidden") }
        }
        let engine = HTTPEngine(HTTPConfiguration(proxy: "http://127.0.0.1:\(proxy.port)"))
        let failure = await caught { () async throws(HTTPFailure) in
            _ = try await engine.send(
                HTTPRequest(url: "https://host.invalid/path", headers: [HTTPHeader("X-Key", "secret")]))
        }
        #expect(failure?.kind == .connect)
        #expect(failure?.isUnsent == true)
        #expect(proxy.requests.map(\.line) == ["CONNECT host.invalid:443 HTTP/1.1"])
        #expect(proxy.requests.first?.values("x-key") == [])
        await engine.stop()
    }
}

/// A server that speaks as much HTTP/2 (RFC 9113) as the test needs: it answers when so many requests are open on one
/// connection, in the reverse order.
private let http2Server = """
    import socket, ssl, struct, sys, threading
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    context.set_alpn_protocols(['h2'])
    wanted = int(sys.argv[3])
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(64)
    print('port', listener.getsockname()[1], flush=True)

    def frame(kind, flags, stream, payload=b''):
        return struct.pack('>I', len(payload))[1:] + bytes([kind, flags]) + struct.pack('>I', stream) + payload

    def serve(plain, number):
        try:
            peer = context.wrap_socket(plain, server_side=True)
            if peer.selected_alpn_protocol() != 'h2':
                return peer.close()
            stream = peer.makefile('rb')
            if stream.read(24) != b'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n':
                return peer.close()
            peer.sendall(frame(4, 0, 0))
            waiting = []
            while True:
                head = stream.read(9)
                if len(head) < 9:
                    return
                length, kind, flags = int.from_bytes(head[:3], 'big'), head[3], head[4]
                name = int.from_bytes(head[5:], 'big')
                stream.read(length) if kind != 6 else peer.sendall(frame(6, 1, 0, stream.read(length)))
                if kind == 4 and not flags & 1:
                    peer.sendall(frame(4, 1, 0))
                if kind in (0, 1) and flags & 1:
                    waiting.append(name)
                if len(waiting) == wanted:
                    for name in reversed(waiting):
                        body = ('connection %d/stream %d' % (number, name)).encode()
                        peer.sendall(frame(1, 4, name, b'\\x88') + frame(0, 1, name, body))
                    waiting = []
        except OSError:
            pass

    number = 0
    while True:
        plain, _ = listener.accept()
        number += 1
        threading.Thread(target=serve, args=(plain, number), daemon=True).start()
    """
