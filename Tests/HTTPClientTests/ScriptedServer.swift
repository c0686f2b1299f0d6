import Glibc
import HTTPClient
import Synchronization

/// A server on a free port of 127.0.0.1 that does with each connection what a script says, byte by byte. One thread
/// accepts, and each connection has a thread of its own. Connections wait a minute for their peer, so that a test that
/// goes wrong ends.
final class ScriptedServer: Sendable {
    /// What a server does with a connection, the first of which has the number 0.
    typealias Script = @Sendable (_ connection: Connection, _ number: Int) -> Void

    let port: Int
    private let log = Log()

    /// Opens the server.
    init(_ script: @escaping Script) {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        precondition(made >= 0, "no socket")
        // It ends when nobody has come for long. Nothing else ends it: a test may have let go of it and still talk to it.
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(made, address, size) == 0 && listen(made, 1024) == 0 && getsockname(made, address, &size) == 0
            }
        }
        precondition(bound, "no port")
        port = Int(UInt16(bigEndian: address.sin_port))
        let log = log
        startThread {
            var number = 0
            while true {
                let accepted = accept(made, nil, nil)
                guard accepted >= 0 else { break }
                let connection = Connection(accepted, log)
                let mine = number
                number += 1
                log.connections.add(1, ordering: .relaxed)
                startThread {
                    script(connection, mine)
                    connection.close()
                }
            }
            close(made)
        }
    }

    /// The server's address with a path.
    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Connections so far.
    var connections: Int { log.connections.load(ordering: .relaxed) }
    /// All requests that were read, in order.
    var requests: [ReceivedRequest] { log.requests.withLock { $0 } }

    /// What was seen.
    final class Log: Sendable {
        let connections = Atomic<Int>(0)
        let requests = Mutex<[ReceivedRequest]>([])
    }
}

/// A request as it came.
struct ReceivedRequest: Sendable {
    /// `GET / HTTP/1.1`.
    var line = ""
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Which connection it came on.
    var connection: Int32 = 0

    /// The values of a header, by its name in lower case.
    func values(_ name: String) -> [String] { headers.filter { $0.name.lowercased() == name }.map(\.value) }
}

/// One accepted connection. Used by its script's thread alone, but for the descriptor's end.
final class Connection: Sendable {
    let descriptor: Int32
    private let log: ScriptedServer.Log
    private let isClosed = Atomic<Bool>(false)
    private let rest = Mutex<[UInt8]>([])

    init(_ descriptor: Int32, _ log: ScriptedServer.Log) {
        self.descriptor = descriptor
        self.log = log
        // A test that goes wrong shall end, not hang.
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Closes it in order (FIN).
    func close() {
        if !isClosed.exchange(true, ordering: .relaxed) { Glibc.close(descriptor) }
    }

    /// Breaks it off (RST).
    func reset() {
        var off = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &off, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Sends everything; false when the peer is gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var at = 0
        while at < bytes.count {
            let sent = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + at, bytes.count - at, Int32(MSG_NOSIGNAL))
            }
            if sent <= 0 { return false }
            at += sent
        }
        return true
    }

    /// Sends a text; false when the peer is gone.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends a response with its length.
    @discardableResult
    func respond(_ body: String, status: String = "200 OK", headers: String = "") -> Bool {
        send("HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Up to `count` bytes; empty at the end.
    func receive(_ count: Int = 65536) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, recv(descriptor, buffer.baseAddress!, count, 0))
        }
    }

    /// Waits until the peer has closed. Whatever it still sends is dropped.
    func waitForEnd() { while !receive().isEmpty {} }

    /// The next request, with its body; nil when the peer has closed.
    func request() -> ReceivedRequest? {
        rest.withLock { bytes in
            var found: (head: Int, next: Int)?
            while true {
                found = headEnd(bytes)
                if found != nil { break }
                let more = receive()
                if more.isEmpty { return nil }
                bytes += more
            }
            guard let found else { return nil }
            var request = ReceivedRequest(connection: descriptor)
            let lines = String(decoding: bytes[..<found.head], as: UTF8.self).split(separator: "\r\n")
            request.line = String(lines.first ?? "")
            for line in lines.dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                request.headers.append(
                    (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " })))
            }
            let length = request.values("content-length").first.flatMap { Int($0) } ?? 0
            while bytes.count < found.next + length {
                let more = receive()
                if more.isEmpty { return nil }
                bytes += more
            }
            request.body = Array(bytes[found.next..<found.next + length])
            bytes.removeFirst(found.next + length)
            let whole = request
            log.requests.withLock { $0.append(whole) }
            return request
        }
    }

    private func headEnd(_ bytes: [UInt8]) -> (head: Int, next: Int)? {
        guard bytes.count >= 4 else { return nil }
        for index in 0...(bytes.count - 4)
        where bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13 && bytes[index + 3] == 10 {
            return (index, index + 4)
        }
        return nil
    }
}

/// Runs `body` on a detached thread.
func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    pthread_attr_init(attributes)
    // Hundreds of them stand side by side.
    pthread_attr_setstacksize(attributes, 256 << 10)
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Box(body)).toOpaque()
    let code = pthread_create(
        &thread, attributes,
        { context in
            if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        }, context)
    precondition(code == 0, "no thread")
    pthread_attr_destroy(attributes)
    pthread_detach(thread)
}

/// Something that happens once, or has happened; tasks wait for it, and so do threads.
final class Event: Sendable {
    private struct State {
        var hasHappened = false
        var waiters: [UnsafeContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    /// Lets it happen.
    func happen() {
        let waiters = state.withLock { state in
            state.hasHappened = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Holds the calling thread until it has happened. For servers' threads only.
    func block() {
        while !state.withLock({ $0.hasHappened }) { usleep(200) }
    }

    /// Returns when it has happened.
    func wait() async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            let isOver = state.withLock { state in
                if !state.hasHappened { state.waiters.append(continuation) }
                return state.hasHappened
            }
            if isOver { continuation.resume() }
        }
    }
}

/// A number that several threads count up.
final class Counter: Sendable {
    private let number = Atomic<Int>(0)

    /// Adds to it and returns what it is then.
    @discardableResult
    func increment(by more: Int = 1) -> Int { number.add(more, ordering: .relaxed).newValue }

    /// What it is.
    var value: Int { number.load(ordering: .relaxed) }
}

/// The failure that `body` ends with; nil when it ends well.
func caught(_ body: () async throws(HTTPFailure) -> Void) async -> HTTPFailure? {
    do throws(HTTPFailure) { try await body() } catch { return error }
    return nil
}
