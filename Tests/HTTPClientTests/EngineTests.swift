import HTTPClient
import Support
import Testing

@Suite("The engine's requests and responses")
struct EngineTests {
    @Test("a POST arrives as it was written, and its answer comes back whole")
    func post() async throws {
        let server = ScriptedServer { connection, _ in
            while connection.request() != nil {
                connection.respond("hello", headers: "X-Two:  a  \r\nx-two: b\r\n")
            }
        }
        let engine = HTTPEngine(HTTPConfiguration(userAgent: "operon/test"))
        let response = try await engine.send(
            HTTPRequest(
                url: server.url("/v1/x?y=1"),
                headers: [HTTPHeader("X-Key", "secret"), HTTPHeader("X-Empty", "")], body: Array("{}".utf8)))
        #expect(response.status == 200)
        #expect(response.headers.filter { $0.name.lowercased() == "x-two" }.map(\.value) == ["a", "b"])
        #expect(try await response.body.collect(limit: 100) == Array("hello".utf8))
        #expect(try await response.body.next() == nil)
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /v1/x?y=1 HTTP/1.1")
        #expect(request.body == Array("{}".utf8))
        #expect(request.values("x-key") == ["secret"])
        #expect(request.values("x-empty") == [""])
        #expect(request.values("user-agent") == ["operon/test"])
        #expect(request.values("content-length") == ["2"])
        #expect(request.values("accept-encoding").first?.hasPrefix("gzip") == true)
        // Nothing that libcurl adds of its own accord.
        for name in ["expect", "content-type", "cookie", "authorization"] { #expect(request.values(name).isEmpty) }
        await engine.stop()
    }

    @Test("methods: GET has no body, HEAD brings none, an empty POST says so, others keep their name and body")
    func methods() async throws {
        let server = ScriptedServer { connection, _ in
            while let request = connection.request() {
                if request.line.hasPrefix("HEAD") {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
                } else {
                    connection.respond("x")
                }
            }
        }
        let engine = HTTPEngine()
        var bodies: [[UInt8]] = []
        let methods = ["GET", "HEAD", "POST", "DELETE", "PUT", "PATCH"]
        for (method, body) in zip(methods, ["", "", "", "", "p", "q"]) {
            let response = try await engine.send(
                HTTPRequest(url: server.url(), method: method, body: Array(body.utf8)))
            bodies.append(try await response.body.collect(limit: 10))
        }
        #expect(bodies.map(\.count) == [1, 0, 1, 1, 1, 1])
        #expect(server.requests.map { String($0.line.prefix { $0 != " " }) } == methods)
        #expect(server.requests.map { $0.values("content-length").first } == [nil, nil, "0", nil, "1", "1"])
        #expect(server.requests.map { String(decoding: $0.body, as: UTF8.self) } == ["", "", "", "", "p", "q"])
        #expect(server.connections == 1)
        await engine.stop()
    }

    @Test("requests one after the other share a connection")
    func keepAlive() async throws {
        let server = ScriptedServer { connection, _ in
            while connection.request() != nil { connection.respond("x") }
        }
        let engine = HTTPEngine()
        for _ in 0..<20 {
            let response = try await engine.send(HTTPRequest(url: server.url(), method: "GET"))
            _ = try await response.body.collect(limit: 10)
        }
        #expect(server.requests.count == 20)
        #expect(server.connections == 1)
        await engine.stop()
    }

    @Test("a chunked answer in single bytes, with an interim response before and a trailer behind, is read whole")
    func chunkedInPieces() async throws {
        let text =
            "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n"
            + "X-Folded: a\r\n  b\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: t\r\n\r\n"
        let server = ScriptedServer { connection, _ in
            while connection.request() != nil { for byte in text.utf8 { connection.send([byte]) } }
        }
        let engine = HTTPEngine()
        for _ in 0..<2 {
            let response = try await engine.send(HTTPRequest(url: server.url()))
            #expect(response.status == 201)
            #expect(response.headers.map(\.name) == ["Transfer-Encoding", "X-Folded"])
            #expect(response.header("x-folded") == "a b")
            #expect(try await response.body.collect(limit: 100) == Array("hello world".utf8))
        }
        #expect(server.connections == 1)
        await engine.stop()
    }

    @Test("the head comes before the body, and each piece of the body when it is sent")
    func streaming() async throws {
        let mayGoOn = [Event(), Event()]
        let server = ScriptedServer { connection, _ in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
            for (event, piece) in zip(mayGoOn, ["one", "two"]) {
                event.block()
                connection.send(piece)
            }
        }
        let engine = HTTPEngine()
        let response = try await engine.send(HTTPRequest(url: server.url()))
        #expect(response.header("content-type") == "text/event-stream")
        for (event, piece) in zip(mayGoOn, ["one", "two"]) {
            event.happen()
            #expect(try await response.body.next() == Array(piece.utf8))
        }
        // No length was told: the end of the connection is the end of the body.
        #expect(try await response.body.next() == nil)
        await engine.stop()
    }

    @Test("a redirect is a response like any other", arguments: ["301", "302", "303", "307", "308"])
    func redirects(status: String) async throws {
        let server = ScriptedServer { connection, _ in
            while connection.request() != nil {
                connection.respond("moved", status: "\(status) Moved", headers: "Location: /other\r\n")
            }
        }
        let engine = HTTPEngine()
        let response = try await engine.send(
            HTTPRequest(url: server.url(), headers: [HTTPHeader("x-api-key", "k")]))
        #expect(response.status == Int(status))
        #expect(response.header("location") == "/other")
        #expect(try await response.body.collect(limit: 10) == Array("moved".utf8))
        #expect(server.requests.count == 1)
        await engine.stop()
    }

    @Test("cookies are not kept, and a demand for credentials is not answered")
    func noCookies() async throws {
        let server = ScriptedServer { connection, _ in
            while connection.request() != nil {
                connection.respond(
                    "", status: "401 No", headers: "Set-Cookie: a=b\r\nWWW-Authenticate: Basic realm=\"x\"\r\n")
            }
        }
        let engine = HTTPEngine()
        for _ in 0..<2 {
            let response = try await engine.send(HTTPRequest(url: server.url()))
            #expect(response.status == 401)
            #expect(try await response.body.next() == nil)
        }
        #expect(server.requests.count == 2)
        #expect(server.requests.allSatisfy { $0.values("cookie").isEmpty && $0.values("authorization").isEmpty })
        await engine.stop()
    }

    @Test("a large body goes out whole")
    func largeUpload() async throws {
        let server = ScriptedServer { connection, _ in
            while let request = connection.request() { connection.respond("\(request.body.count)") }
        }
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let engine = HTTPEngine()
        let response = try await engine.send(HTTPRequest(url: server.url(), body: body))
        #expect(try await response.body.collect(limit: 10) == Array("3000000".utf8))
        #expect(server.requests.first?.body == body)
        await engine.stop()
    }

    @Test(
        "requests that must not be sent are refused before anything is opened",
        arguments: [
            HTTPRequest(url: "http://127.0.0.1:1/", headers: [HTTPHeader("X-A", "b\r\nX-C: d")]),
            HTTPRequest(url: "http://127.0.0.1:1/", headers: [HTTPHeader("X-A", "b\nc")]),
            HTTPRequest(url: "http://127.0.0.1:1/", headers: [HTTPHeader("X-A", "b\0c")]),
            HTTPRequest(url: "http://127.0.0.1:1/", headers: [HTTPHeader("X-A: b\r\nX-C", "d")]),
            HTTPRequest(url: "http://127.0.0.1:1/", headers: [HTTPHeader("", "d")]),
            HTTPRequest(url: "http://127.0.0.1:1/", headers: [HTTPHeader("X\0", "d")]),
            HTTPRequest(url: "http://127.0.0.1:1/", headers: [HTTPHeader("Content-Length", "5")]),
            HTTPRequest(url: "http://127.0.0.1:1/", headers: [HTTPHeader("transfer-Encoding", "chunked")]),
            HTTPRequest(url: "http://127.0.0.1:1/", method: "GET / HTTP/1.1\r\nX: y"),
            HTTPRequest(url: "http://127.0.0.1:1/", method: ""),
            HTTPRequest(url: "http://127.0.0.1:1/", method: "CONNECT"),
            HTTPRequest(url: "http://user:secret@127.0.0.1:1/"), HTTPRequest(url: "http://user@127.0.0.1:1/"),
            HTTPRequest(url: "http://@127.0.0.1:1/"), HTTPRequest(url: "http://127.0.0.1:1/\r\nX: y"),
            HTTPRequest(url: "http://127.0.0.1:1/\0"), HTTPRequest(url: "ftp://127.0.0.1:1/"),
            HTTPRequest(url: "file:///etc/passwd"), HTTPRequest(url: "127.0.0.1:1"), HTTPRequest(url: "/path"),
            HTTPRequest(url: ""), HTTPRequest(url: "http://"), HTTPRequest(url: "http://127.0.0.1:99999/"),
        ])
    func badRequests(request: HTTPRequest) async throws {
        let failure = await caught { () async throws(HTTPFailure) in _ = try await HTTPEngine().send(request) }
        #expect(failure?.kind == .badRequest)
        #expect(failure?.isUnsent == true)
        #expect(failure?.message.contains("secret") == false)
    }
}
