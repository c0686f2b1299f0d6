import HTTPClient
import Support
import Testing

@Suite("The rest of a body that nobody reads")
struct FinishTests {
    /// A body whose first five bytes are read, and whose rest the server sends when it is told to.
    private func begin(
        _ engine: HTTPEngine, _ server: ScriptedServer
    ) async throws -> HTTPBody {
        let response = try await engine.send(HTTPRequest(url: server.url(), method: "GET"))
        #expect(try await response.body.next()?.starts(with: "first".utf8) == true)
        return response.body
    }

    @Test("is let come, so that the next request has the same connection")
    func reused() async throws {
        let more = Event()
        let server = ScriptedServer { connection, _ in
            while connection.request() != nil {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfirst")
                more.block()
                connection.send("rest")
            }
        }
        let engine = HTTPEngine()
        let body = try await begin(engine, server)
        more.happen()
        await body.finish()
        _ = try await engine.send(HTTPRequest(url: server.url(), method: "GET")).body.collect(limit: 100)
        #expect(server.connections == 1)
        await engine.stop()
    }

    @Test("is given up when it does not come, or is too much", arguments: [0, 16 << 20])
    func givenUp(bytes: Int) async throws {
        let left = Event()
        let server = ScriptedServer { connection, _ in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\nfirst")
            var rest = bytes
            while rest > 0, connection.send([UInt8](repeating: 0, count: 64 << 10)) { rest -= 64 << 10 }
            connection.waitForEnd()
            left.happen()
        }
        let engine = HTTPEngine()
        let body = try await begin(engine, server)
        await body.finish()
        await left.wait()
        await engine.stop()
    }

    @Test("finishing what has ended, or was given up, returns at once")
    func ended() async throws {
        let server = ScriptedServer { connection, _ in
            while connection.request() != nil { connection.respond("first") }
        }
        let engine = HTTPEngine()
        let whole = try await engine.send(HTTPRequest(url: server.url(), method: "GET")).body
        _ = try await whole.collect(limit: 100)
        await whole.finish()
        let dropped = try await engine.send(HTTPRequest(url: server.url(), method: "GET")).body
        dropped.cancel()
        await dropped.finish()
        await engine.stop()
    }
}
