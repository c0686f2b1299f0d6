import Glibc
import HTTPClient
import Services
import Support
import Testing

@Suite("Giving requests up")
struct CancelTests {
    /// A server that sends a head and some bytes when `sendsHead`, and then waits for the client to go.
    private func hangingServer(sendsHead: Bool, arrived: Event, gone: Event) -> ScriptedServer {
        ScriptedServer { connection, _ in
            guard connection.request() != nil else { return }
            if sendsHead { connection.send("HTTP/1.1 200 OK\r\n\r\nhello") }
            arrived.happen()
            connection.waitForEnd()
            gone.happen()
        }
    }

    private var cancelled: HTTPFailure.Kind { .cancelled }

    @Test("a task that is cancelled before it sends reaches nobody")
    func beforeSending() async throws {
        let server = ScriptedServer { connection, _ in _ = connection.request() }
        let engine = HTTPEngine()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await caught { () async throws(HTTPFailure) in
                _ = try await engine.send(HTTPRequest(url: server.url()))
            }
        }
        task.cancel()
        let failure = await task.value
        #expect(failure?.kind == cancelled)
        #expect(failure?.isUnsent == true)
        await engine.stop()
        #expect(server.requests.isEmpty)
    }

    @Test("a task that waits for the head: it ends at once, and the server sees the connection close")
    func beforeHead() async throws {
        let (arrived, gone) = (Event(), Event())
        let server = hangingServer(sendsHead: false, arrived: arrived, gone: gone)
        let engine = HTTPEngine()
        let task = Task {
            await caught { () async throws(HTTPFailure) in
                _ = try await engine.send(HTTPRequest(url: server.url()))
            }
        }
        await arrived.wait()
        task.cancel()
        let failure = await task.value
        #expect(failure?.kind == cancelled)
        #expect(failure?.isUnsent == false)
        await gone.wait()
        await engine.stop()
    }

    @Test("a task that waits for bytes: it ends at once, and the server sees the connection close")
    func inBody() async throws {
        let (arrived, gone) = (Event(), Event())
        let server = hangingServer(sendsHead: true, arrived: arrived, gone: gone)
        let engine = HTTPEngine()
        let reading = Event()
        let task = Task {
            await caught { () async throws(HTTPFailure) in
                let response = try await engine.send(HTTPRequest(url: server.url()))
                while try await response.body.next() != nil { reading.happen() }
            }
        }
        await reading.wait()
        task.cancel()
        #expect(await task.value?.kind == cancelled)
        await gone.wait()
        await engine.stop()
    }

    @Test("a body that is cancelled fails its reader and frees the connection")
    func bodyCancel() async throws {
        let (arrived, gone) = (Event(), Event())
        let server = hangingServer(sendsHead: true, arrived: arrived, gone: gone)
        let engine = HTTPEngine()
        let response = try await engine.send(HTTPRequest(url: server.url()))
        #expect(try await response.body.next() == Array("hello".utf8))
        let body = response.body
        async let waiting = caught { () async throws(HTTPFailure) in _ = try await body.next() }
        body.cancel()
        body.cancel()
        #expect(await waiting?.kind == cancelled)
        await gone.wait()
        await engine.stop()
    }

    @Test("a body that nobody holds any more frees the connection")
    func droppedBody() async throws {
        let (arrived, gone) = (Event(), Event())
        let server = hangingServer(sendsHead: true, arrived: arrived, gone: gone)
        let engine = HTTPEngine()
        do {
            let response = try await engine.send(HTTPRequest(url: server.url()))
            #expect(response.status == 200)
        }
        await gone.wait()
        await engine.stop()
    }

    @Test("cancelling what has ended does nothing: the connection is used again")
    func afterTheEnd() async throws {
        let server = ScriptedServer { connection, _ in while connection.request() != nil { connection.respond("x") }
        }
        let engine = HTTPEngine()
        for _ in 0..<3 {
            let response = try await engine.send(HTTPRequest(url: server.url()))
            _ = try await response.body.collect(limit: 10)
            response.body.cancel()
            #expect(try await response.body.next() == nil)
        }
        #expect(server.connections == 1)
        await engine.stop()
    }

    @Test("a body has one reader at a time")
    func twoReaders() async throws {
        let (arrived, gone) = (Event(), Event())
        let server = hangingServer(sendsHead: true, arrived: arrived, gone: gone)
        let engine = HTTPEngine()
        let body = try await engine.send(HTTPRequest(url: server.url())).body
        #expect(try await body.next() == Array("hello".utf8))
        // Whichever of the two comes second is refused; the other is ended by the cancelling.
        let kinds = await withTaskGroup(of: HTTPFailure.Kind?.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    await caught { () async throws(HTTPFailure) in _ = try await body.next() }?.kind
                }
            }
            let first = await group.next() ?? nil
            body.cancel()
            return [first, await group.next() ?? nil]
        }
        #expect(kinds == [.badRequest, .cancelled])
        await engine.stop()
    }

    @Test("stopping ends what runs, refuses what comes, and may be done twice")
    func stop() async throws {
        let arrived = [Event(), Event()]
        let server = ScriptedServer { connection, number in
            guard connection.request() != nil else { return }
            if number == 0 { connection.send("HTTP/1.1 200 OK\r\n\r\nhello") }
            arrived[number].happen()
            connection.waitForEnd()
        }
        let engine = HTTPEngine()
        let body = try await engine.send(HTTPRequest(url: server.url())).body
        #expect(try await body.next() == Array("hello".utf8))
        async let reading = caught { () async throws(HTTPFailure) in _ = try await body.next() }
        async let sending = caught { () async throws(HTTPFailure) in
            _ = try await engine.send(HTTPRequest(url: server.url()))
        }
        await arrived[1].wait()
        await engine.stop()
        #expect(await reading?.kind == .stopped)
        #expect(await sending?.kind == .stopped)
        let late = await caught { () async throws(HTTPFailure) in
            _ = try await engine.send(HTTPRequest(url: server.url()))
        }
        #expect(late?.kind == .stopped)
        #expect(late?.isUnsent == true)
        await engine.stop()
        await HTTPEngine().stop()
    }

    @Test("a body outlives the name of its engine")
    func droppedEngine() async throws {
        let mayGoOn = Event()
        let server = ScriptedServer { connection, _ in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
            mayGoOn.block()
            connection.send("hello")
        }
        let body = try await HTTPEngine().send(HTTPRequest(url: server.url())).body
        mayGoOn.happen()
        #expect(try await body.collect(limit: 10) == Array("hello".utf8))
    }

    @Test("500 streams run at once, and are all given up in a moment")
    func manyStreams() async throws {
        try await onThreadOfItsOwn {
            let count = 500
            let (read, ended) = (Counter(), Counter())
            let (allEnded, allRead) = (Event(), Event())
            let server = ScriptedServer { connection, _ in
                guard connection.request() != nil else { return }
                connection.send("HTTP/1.1 200 OK\r\n\r\n")
                for number in 0..<10 { connection.send("data: \(number)\n\n") }
                connection.waitForEnd()
                if ended.increment() == count { allEnded.happen() }
            }
            let engine = HTTPEngine()
            let streams = Task {
                await withTaskGroup(of: HTTPFailure.Kind?.self) { group in
                    for _ in 0..<count {
                        group.addTask {
                            var decoder = SSEDecoder()
                            var events = 0
                            let failure = await caught { () async throws(HTTPFailure) in
                                let response = try await engine.send(HTTPRequest(url: server.url()))
                                while let bytes = try await response.body.next() {
                                    decoder.feed(bytes)
                                    while try decoder.next() != nil { events += 1 }
                                    if events == 10, read.increment() == count {
                                        allRead.happen()
                                    }
                                }
                            }
                            return failure?.kind
                        }
                    }
                    var kinds: [HTTPFailure.Kind?: Int] = [:]
                    for await kind in group { kinds[kind, default: 0] += 1 }
                    return kinds
                }
            }
            await allRead.wait()
            let start = ContinuousClock.now
            streams.cancel()
            #expect(await streams.value == [.cancelled: count])
            let took = ContinuousClock.now - start
            // 20 ms in release builds on a quiet machine; this one is neither.
            #expect(took < .seconds(1) * slowFactor, "\(took)")
            await allEnded.wait()
            #expect(server.connections == count)
            await engine.stop()
        }
    }
}
