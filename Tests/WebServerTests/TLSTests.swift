import Glibc
import Services
import Support
import Testing
import Values

@testable import WebServer

/// Runs a command of the shell; nil when it fails.
private func output(of command: String) -> String? {
    guard let pipe = popen(command, "re") else { return nil }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { text += buffer[..<count] }
    return pclose(pipe) == 0 ? String(decoding: text, as: UTF8.self) : nil
}

private let hasTools = output(of: "openssl version 2>/dev/null && python3 -c 'import ssl' 2>/dev/null") != nil

/// A certificate for 127.0.0.1 that signs itself, in a folder of its own.
private final class Certificate: Sendable {
    let folder: String
    var files: TLSFiles { TLSFiles(certificate: folder + "/cert.pem", key: folder + "/key.pem") }

    init() throws {
        folder = String(try #require(output(of: "mktemp -d")).dropLast())
        let made = output(
            of:
                "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=operon-test "
                + "-addext subjectAltName=IP:127.0.0.1 -keyout \(folder)/key.pem -out \(folder)/cert.pem 2>/dev/null"
        )
        try #require(made != nil, "openssl makes no certificate")
    }

    deinit { _ = output(of: "rm -r \(folder)") }

    /// What a Python client with a verified TLS socket `s` prints; `script` uses `s`.
    func python(_ port: Int, _ script: String, version: String = "TLSv1_3") throws -> String {
        let program = """
            import socket, ssl, struct, sys
            c = ssl.create_default_context(cafile='\(folder)/cert.pem')
            c.minimum_version = c.maximum_version = ssl.TLSVersion.\(version)
            s = c.wrap_socket(socket.create_connection(('127.0.0.1', \(port)), 20), server_hostname='127.0.0.1')
            def exactly(n):
                b = b''
                while len(b) < n:
                    p = s.recv(n - len(b))
                    if not p: break
                    b += p
                return b
            \(script)
            """
        let path = folder + "/client.py"
        let file = try #require(fopen(path, "w"))
        fputs(program, file)
        fclose(file)
        return try #require(output(of: "python3 \(path)"), "the client fails")
    }
}

@Suite("TLS", .enabled(if: hasTools))
struct TLSTests {
    @Test("requests, large answers and WebSockets work over TLS 1.2 and 1.3", arguments: ["TLSv1_2", "TLSv1_3"])
    func versions(_ version: String) async throws {
        let certificate = try Certificate()
        try await withServer(
            { $0.tls = certificate.files },
            { _, request in
                switch request.path {
                case "/ws":
                    .webSocket(
                        WebSocketUpgrade(
                            EchoHandler(), messageBytes: 4 << 20, outboxBytes: 1 << 20, whenFull: .stopReading))
                case "/secure": .text("\(request.head.isSecure)")
                default: HTTPResponse(body: .bytes([UInt8](repeating: 0x78, count: 3_000_000)))
                }
            }
        ) { _, port in
            let said = try certificate.python(
                port,
                """
                s.sendall(b'GET /secure HTTP/1.1\\r\\nHost: a\\r\\n\\r\\nGET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n')
                f = s.makefile('rb')
                def answer():
                    n = 0
                    while True:
                        l = f.readline().strip().lower()
                        if l.startswith(b'content-length:'): n = int(l.split(b':')[1])
                        if not l: return f.read(n)
                print(answer().decode(), len(answer()))
                s.sendall(b'GET /ws HTTP/1.1\\r\\nHost: a\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n'
                    b'Sec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n')
                answer()
                n = 2000000
                s.sendall(b'\\x82\\xff' + struct.pack('>Q', n) + b'\\0\\0\\0\\0' + b'y' * n)
                h = f.read(10)
                print(struct.unpack('>Q', h[2:])[0], f.read(n) == b'y' * n)
                for i in range(500): s.sendall(b'\\x81\\x83\\0\\0\\0\\0abc')
                print(f.read(500 * 5) == b'\\x81\\x03abc' * 500)
                s.sendall(b'\\x88\\x80\\0\\0\\0\\0')
                print(f.read(2) == b'\\x88\\x00', f.read(1))
                """, version: version)
            #expect(said == "true 3000000\n2000000 True\nTrue\nTrue b''\n")
        }
    }

    @Test("TLS 1.1, plain text and silence are refused")
    func refused() async throws {
        let certificate = try Certificate()
        try await withServer(
            {
                $0.tls = certificate.files; $0.handshakeTimeout = .milliseconds(200)
            }, { _, _ in .text("secret") }
        ) { server, port in
            let plain = try RawClient(port)
            plain.send("GET / HTTP/1.1\nHost: a\n\n")
            #expect(!String(decoding: try plain.rest(), as: UTF8.self).contains("HTTP"))
            let silent = try RawClient(port)
            #expect(try silent.rest().isEmpty)
            let old = output(
                of:
                    "openssl s_client -connect 127.0.0.1:\(port) -tls1_1 -cipher ALL@SECLEVEL=0 </dev/null 2>/dev/null | grep -c 'Cipher is (NONE)'"
            )
            #expect(old == "1\n")
            #expect(server.statistics.requests == 0)
        }
    }

    @Test("files that cannot be used are named")
    func unusable() throws {
        let certificate = try Certificate()
        var configuration = WebServer.Configuration()
        configuration.tls = TLSFiles(certificate: "/nowhere/cert.pem", key: certificate.files.key)
        let error = #expect(throws: OperonError.self) { try WebServer(configuration) { _ in HTTPResponse() } }
        #expect(error?.code == "tls_unusable" && error?.at == "/nowhere/cert.pem")
        configuration.tls = TLSFiles(certificate: certificate.files.certificate, key: certificate.files.certificate)
        let other = #expect(throws: OperonError.self) { try WebServer(configuration) { _ in HTTPResponse() } }
        #expect(other?.at == certificate.files.certificate)
    }

    @Test("an address that is not to be had is named with its remedy")
    func address() throws {
        let first = try WebServer { _ in HTTPResponse() }
        let port = try first.bind()
        #expect(port > 0)
        #expect(try first.bind() == port)
        let second = try WebServer(WebServer.Configuration(port: port)) { _ in HTTPResponse() }
        #expect(throws: OperonError.self) { try second.bind() }
        let third = try WebServer(WebServer.Configuration(host: "no.such.name")) { _ in HTTPResponse() }
        let error = #expect(throws: OperonError.self) { try third.bind() }
        #expect(error?.code == "listen_address" && error?.hint.isEmpty == false)
    }
}
