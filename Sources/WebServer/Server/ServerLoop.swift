internal import CLinux
internal import Glibc
internal import Services
internal import Synchronization
internal import Values

/// One event loop of a server: its connections, and the buffers that they share.
///
/// @unchecked Sendable because everything that changes is touched by the loop's thread alone, but for the published counts.
final class ServerLoop: @unchecked Sendable {
    let loop: EventLoop
    let configuration: WebServer.Configuration
    let tls: TLSContext?
    let feed: RequestFeed
    private let shared: SharedState
    private let time: any TimeSource

    // The loop's thread only.
    var counts = WebServer.Statistics()
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var listener: Listener?
    private(set) var isDraining = false
    private var drainDeadline = UInt64.max
    private var dateField = DateField()
    private var deflaters: [Int32: Deflater] = [:]
    private(set) lazy var inflater = Inflater()

    /// What is read in one go. Frames are unmasked in place here.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    /// What becomes one TLS record.
    let record = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 16)
    /// What one call writes.
    let pieces = UnsafeMutableBufferPointer<iovec>.allocate(capacity: 128)
    let nothing = WireBytes()
    let continueLine = WireBytes(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))

    private let published = Mutex(WebServer.Statistics())

    /// What the loops of a server share.
    final class SharedState: Sendable {
        let connections = Atomic<Int>(0)
        let loopsRunning: Atomic<Int>
        init(loops: Int) { loopsRunning = Atomic(loops) }
    }

    init(
        _ configuration: WebServer.Configuration, tls: TLSContext?, feed: RequestFeed, shared: SharedState,
        time: any TimeSource
    ) {
        self.configuration = configuration
        self.tls = tls
        self.feed = feed
        self.shared = shared
        self.time = time
        loop = EventLoop(time: time)
    }

    deinit {
        scratch.deallocate()
        record.deallocate()
        pieces.deallocate()
    }

    /// Starts the thread; the first loop of a server accepts for all of them.
    func start(_ listener: Listener?, _ homes: [ServerLoop]) -> Bool {
        loop.afterTurn = { self.turnHasEnded() }
        guard loop.start() else { return false }
        guard let listener else { return true }
        return loop.post {
            if self.isDraining { return }
            self.listener = listener
            listener.start(homes)
        }
    }

    /// The counts as of the last turn, from any thread.
    var statistics: WebServer.Statistics { published.withLock { $0 } }

    // MARK: the loop's thread

    /// Takes an accepted descriptor.
    func adopt(_ fd: Int32, peer: String) {
        if isDraining {
            Glibc.close(fd)
            return
        }
        counts.accepted += 1
        if shared.connections.add(1, ordering: .relaxed).newValue > configuration.maxConnections {
            shared.connections.subtract(1, ordering: .relaxed)
            counts.turnedAway += 1
            if tls == nil {
                let answer = Array(
                    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".utf8)
                _ = answer.withUnsafeBytes { operon_send(fd, $0.baseAddress, $0.count) }
            }
            Glibc.close(fd)
            return
        }
        _ = operon_no_delay(fd)
        if let bytes = configuration.socketSendBytes { _ = operon_send_buffer(fd, Int32(clamping: bytes)) }
        let connection = Connection(fd, peer: peer, home: self)
        connections[ObjectIdentifier(connection)] = connection
        counts.connections += 1
        if !connection.start() { connection.close() }
    }

    /// A connection has closed its descriptor.
    func closed(_ connection: Connection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        counts.connections -= 1
        shared.connections.subtract(1, ordering: .relaxed)
    }

    /// The value of the Date field now.
    func date() -> String { dateField.value(microseconds: time.now().microseconds) }

    /// Compresses messages each by itself, with a window of 2 to the power of `windowBits` bytes.
    func deflater(windowBits: Int32) -> Deflater? {
        if let made = deflaters[windowBits] { return made }
        let made = Deflater(level: 1, windowBits: -windowBits)
        deflaters[windowBits] = made
        return made
    }

    /// Accepts nothing more, lets what runs finish, and ends after `span` at the latest.
    func drain(within span: Duration) {
        let deadline = loop.now &+ nanoseconds(span)
        if deadline < drainDeadline {
            drainDeadline = deadline
            // Nobody has this token: it only makes the loop look at the time.
            loop.wake(UInt64.max - 1, at: deadline)
        }
        if isDraining { return }
        isDraining = true
        listener?.stop()
        listener = nil
        for connection in Array(connections.values) { connection.drain() }
    }

    private func turnHasEnded() {
        if isDraining, connections.isEmpty || loop.now >= drainDeadline {
            for connection in Array(connections.values) { connection.close() }
            loop.end()
            if shared.loopsRunning.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { feed.close() }
        }
        published.withLock { $0 = counts }
    }
}

extension Connection {
    /// Lets what runs finish, and ends.
    func drain() {
        switch phase {
        case .http(let exchange):
            if let writer = exchange.writer {
                exchange.closesAfter = true
                // Events go on for ever; the client comes back for the rest.
                if writer.isEvents { writer.close() }
            } else if !exchange.isBusy && !exchange.parser.isInsideRequest {
                endAfterWriting()
            }
        case .webSocket: closeWebSocket(.goingAway, "the server stops")
        case .handshake: close()
        case .lingering, .closed: break
        }
    }
}
