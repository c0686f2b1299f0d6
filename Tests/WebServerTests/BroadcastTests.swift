import Glibc
import Support
import Synchronization
import Testing

@testable import WebServer

/// Joins its connections to a group; what they say is published.
private final class Viewer: WebSocketHandler {
    let group: Broadcast
    let backlog: [SharedFrame]
    init(_ group: Broadcast, backlog: [SharedFrame] = []) {
        self.group = group
        self.backlog = backlog
    }
    func onOpen(_ connection: WebSocketConnection) { group.join(connection, after: backlog) }
    func onText(_ text: Span<UInt8>, _ connection: WebSocketConnection) {
        group.publish(SharedFrame(text: text.array))
    }
}

/// The group of a server, made when it is first asked for.
private final class Groups: Sendable {
    private let made = Mutex<Broadcast?>(nil)
    func group(_ server: WebServer, stagingBytes: Int = 32 << 20) -> Broadcast {
        made.withLock { made in
            let group = made ?? server.makeBroadcast(stagingBytes: stagingBytes)
            made = group
            return group
        }
    }
}

@Suite("One message to many")
struct BroadcastTests {
    @Test("everyone gets everything once and in order, on two loops, compressed or not")
    func fanOut() async throws {
        let groups = Groups()
        try await withServer(
            { $0.loops = 2 },
            { server, request in
                let group = groups.group(server)
                let compression: WebSocketCompression =
                    request.path == "/context" ? .keepingContext(leastBytes: 0) : .perMessage(leastBytes: 8)
                return .webSocket(WebSocketUpgrade(Viewer(group), outboxBytes: 16 << 20, compression: compression))
            }
        ) { server, port in
            let offers = ["", "permessage-deflate", "permessage-deflate; server_max_window_bits=10"]
            var clients: [(RawClient, Inflater?, Bool)] = []
            for number in 0..<30 {
                let client = try RawClient(port)
                let offer = offers[number % 3]
                let isContext = number % 2 == 1
                try client.upgrade(
                    isContext ? "/context" : "/plain", offer.isEmpty ? "" : "Sec-WebSocket-Extensions: \(offer)\n")
                clients.append((client, offer.isEmpty ? nil : Inflater(), isContext))
            }
            let group = groups.group(server)
            try eventually("all have joined") { group.memberCount == 30 }
            let count = 2000
            for number in 0..<count { group.publish(SharedFrame(text: "message \(number) to all")) }
            for (client, inflater, isContext) in clients {
                for number in 0..<count {
                    guard let frame = try client.frame() else { throw ClientFailure("the end") }
                    var payload = frame.payload
                    if frame.reserved == 4, let inflater {
                        payload = try inflater.message(payload, keepsContext: isContext, limit: 1000)
                    }
                    let text = String(decoding: payload, as: UTF8.self)
                    guard text == "message \(number) to all" else {
                        throw ClientFailure("\(text) instead of \(number)")
                    }
                }
            }
            clients.removeAll()
            try eventually("all have left") { group.memberCount == 0 }
        }
    }

    @Test("who joins gets the backlog first and then all that follows, without a gap, while others publish")
    func joining() async throws {
        let groups = Groups()
        // The log: whoever appends also publishes, and whoever joins takes what is there, under one lock.
        final class Log: Sendable { let entries = Mutex<[SharedFrame]>([]) }
        let log = Log()
        struct Reader: WebSocketHandler {
            let group: Broadcast
            let log: Log
            func onOpen(_ connection: WebSocketConnection) {
                log.entries.withLock { group.join(connection, after: $0) }
            }
            func onText(_ text: Span<UInt8>, _ connection: WebSocketConnection) {}
        }
        try await withServer(
            { _ in },
            { server, _ in
                .webSocket(WebSocketUpgrade(Reader(group: groups.group(server), log: log), outboxBytes: 16 << 20))
            }
        ) { server, port in
            let group = groups.group(server)
            var clients: [RawClient] = []
            for number in 0..<3000 {
                log.entries.withLock { entries in
                    let frame = SharedFrame(text: "\(number)")
                    entries.append(frame)
                    group.publish(frame)
                }
                if number % 300 == 0 {
                    let client = try RawClient(port)
                    try client.upgrade("/")
                    clients.append(client)
                }
            }
            for client in clients {
                for number in 0..<3000 {
                    guard let frame = try client.frame(), frame.text == "\(number)" else {
                        throw ClientFailure("a gap at \(number)")
                    }
                }
            }
        }
    }

    @Test("a slow viewer sheds its oldest messages and is told how many; others get all")
    func slowViewer() async throws {
        let groups = Groups()
        try await withServer(
            { $0.socketSendBytes = 16 << 10 },
            { server, request in
                .webSocket(
                    WebSocketUpgrade(
                        Viewer(groups.group(server)), outboxBytes: request.path == "/slow" ? 64 << 10 : 64 << 20,
                        whenFull: .dropOldest { Array("gap \($0)".utf8) }))
            }
        ) { server, port in
            let slow = try RawClient(port, receiveBytes: 8 << 10), quick = try RawClient(port)
            try slow.upgrade("/slow")
            try quick.upgrade("/quick")
            let group = groups.group(server)
            try eventually("both have joined") { group.memberCount == 2 }
            let count = 5000
            let filling = String(repeating: "x", count: 250)
            for number in 0..<count {
                group.publish(SharedFrame(text: "\(number) \(filling)"))
                if number % 50 == 0 { usleep(200) }
            }
            for number in 0..<count {
                guard let frame = try quick.frame(), frame.text.hasPrefix("\(number) ") else {
                    throw ClientFailure("the quick one misses \(number)")
                }
            }
            var next = 0
            var gaps = 0
            while next < count, let frame = try slow.frame() {
                let words = frame.text.split(separator: " ")
                if words[0] == "gap" {
                    gaps += 1
                    next += Int(words[1]) ?? 0
                } else {
                    guard Int(words[0]) == next else { throw ClientFailure("\(words[0]) instead of \(next)") }
                    next += 1
                }
            }
            #expect(next == count && gaps > 0)
            try eventually("it is counted") { server.statistics.shedMessages > 0 }
        }
    }

    @Test("a slow viewer is closed with 1013 when that is the policy")
    func closedViewer() async throws {
        let groups = Groups()
        try await withServer(
            { $0.socketSendBytes = 16 << 10 },
            { server, _ in .webSocket(WebSocketUpgrade(Viewer(groups.group(server)), outboxBytes: 32 << 10)) }
        ) { server, port in
            let slow = try RawClient(port, receiveBytes: 8 << 10)
            try slow.upgrade("/")
            let group = groups.group(server)
            try eventually("it has joined") { group.memberCount == 1 }
            for _ in 0..<1000 { group.publish(SharedFrame(binary: [UInt8](repeating: 0, count: 1000))) }
            try eventually("it has left") { group.memberCount == 0 }
            var last: RawClient.Frame?
            while let frame = try slow.frame() { last = frame }
            #expect(last?.opcode == 8 && last?.code == 1013)
            try eventually("it is counted") { server.statistics.shedConnections == 1 }
        }
    }

    @Test("a publisher that no loop can keep up with sheds, and everyone is told")
    func staging() async throws {
        let groups = Groups()
        try await withServer(
            { _ in },
            { server, _ in
                .webSocket(
                    WebSocketUpgrade(
                        Viewer(groups.group(server, stagingBytes: 1000)), outboxBytes: 64 << 20,
                        whenFull: .dropOldest { Array("gap \($0)".utf8) }))
            }
        ) { server, port in
            let client = try RawClient(port)
            try client.upgrade("/")
            let group = groups.group(server)
            try eventually("it has joined") { group.memberCount == 1 }
            let count = 10_000
            group.publish((0..<count).map { SharedFrame(text: "\($0)") })
            var next = 0
            while next < count, let frame = try client.frame() {
                let words = frame.text.split(separator: " ")
                next = words[0] == "gap" ? next + (Int(words[1]) ?? 0) : (Int(words[0]) ?? -2) + 1
            }
            #expect(next == count)
            try eventually("it is counted") { server.statistics.shedMessages > 9000 }
        }
    }

    @Test("clients that come and go during publishing harm nobody")
    func churn() async throws {
        let groups = Groups()
        try await withServer(
            { $0.loops = 2 },
            { server, _ in .webSocket(WebSocketUpgrade(Viewer(groups.group(server)), outboxBytes: 16 << 20)) }
        ) { server, port in
            let steady = try RawClient(port)
            try steady.upgrade("/")
            let group = groups.group(server)
            try eventually("it has joined") { group.memberCount >= 1 }
            for round in 0..<300 {
                let guest = try RawClient(port)
                try guest.upgrade("/")
                group.publish(SharedFrame(text: "\(round)"))
                if round % 3 == 0 { guest.send(clientFrame(8)) }
                if round % 3 == 1 { guest.send(clientFrame(3)) }
            }
            for round in 0..<300 {
                guard let frame = try steady.frame(), frame.text == "\(round)" else {
                    throw ClientFailure("round \(round)")
                }
            }
            try eventually("the guests have left") { group.memberCount == 1 && server.statistics.connections == 1 }
        }
    }
}
