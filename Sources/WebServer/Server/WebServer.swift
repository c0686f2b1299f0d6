public import Services
internal import Synchronization
public import Values

/// A server for HTTP/1.1, server-sent events and WebSocket on one address. It lives while ``run()`` does.
public final class WebServer: Sendable {
    /// Answers a request. Runs in a task of its own, off the loops' threads.
    public typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

    /// How it was configured.
    public let configuration: Configuration
    // A closure stands inside a struct, so that it keeps its form wherever it is stored.
    private struct Answering: Sendable { var body: Handler }
    private let answering: Answering
    private let feed = RequestFeed()
    private let homes: [ServerLoop]
    private let time: any TimeSource
    private let listener: Mutex<Listener?> = Mutex(nil)
    private let dates = Mutex(DateField())

    /// Prepares a server; nothing listens yet. Throws `tls_unusable` when the certificate or its key cannot be used.
    public init(
        _ configuration: Configuration = Configuration(), time: any TimeSource = SystemTime(),
        handler: @escaping Handler
    ) throws(OperonError) {
        self.configuration = configuration
        self.time = time
        answering = Answering(body: handler)
        let tls: TLSContext?
        if let files = configuration.tls { tls = try TLSContext(files) } else { tls = nil }
        let count = max(1, configuration.loops)
        let shared = ServerLoop.SharedState(loops: count)
        let feed = feed
        homes = (0..<count).map { _ in ServerLoop(configuration, tls: tls, feed: feed, shared: shared, time: time) }
    }

    /// Listens, if it does not yet, and returns the port. From here on clients can connect; they are served in
    /// ``run()``. Throws `listen_address` or `listen_failed`.
    @discardableResult
    public func bind() throws(OperonError) -> Int {
        if let listener = listener.withLock({ $0 }) { return listener.port }
        let made = try Listener(host: configuration.host, port: configuration.port)
        return listener.withLock { listener in
            listener = listener ?? made
            return listener?.port ?? made.port
        }
    }

    /// Serves until ``shutDown()`` is called or the task is cancelled. Then nothing more is accepted, idle connections end,
    /// WebSockets and streams of events are closed, and what runs finishes within ``Configuration/drainTimeout``.
    /// Cancelling cancels the handlers that run, too. Called once.
    public func run() async throws(OperonError) {
        try bind()
        let listener = listener.withLock { $0.take() }
        for (index, home) in homes.enumerated() where !home.start(index == 0 ? listener : nil, homes) {
            throw OperonError(
                code: "no_thread", "The system gives the server no thread",
                hint: "Look at the limits of the process: ulimit -u")
        }
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                while let batch = await feed.take() {
                    for pending in batch { group.addTask { await self.serve(pending) } }
                }
                group.cancelAll()
            }
        } onCancel: {
            shutDown()
        }
        for home in homes { home.loop.join() }
    }

    /// Lets ``run()`` come to its end; see there. Returns at once.
    public func shutDown() {
        let span = configuration.drainTimeout
        for home in homes { home.loop.post { home.drain(within: span) } }
    }

    /// A group of this server's WebSockets that get the same messages. Of what is published and not yet taken by a loop,
    /// `stagingBytes` are kept.
    public func makeBroadcast(stagingBytes: Int = 32 << 20) -> Broadcast {
        Broadcast(homes, stagingBytes: stagingBytes)
    }

    /// What the server has done and holds, as of the last turn of each loop.
    public var statistics: Statistics { homes.reduce(Statistics()) { $0 + $1.statistics } }

    // MARK: one request

    private func serve(_ pending: PendingRequest) async {
        let connection = pending.connection
        let head = pending.request.head
        var response = await answering.body(pending.request)
        configuration.decorate(head, &response)
        if case .webSocket(let upgrade) = response.body {
            let fields = response.fields.isWritable ? response.fields : HTTPFields()
            connection.loop.post { connection.become(upgrade, head: head, response: fields) }
            return
        }
        let date = dates.withLock { $0.value(microseconds: time.now().microseconds) }
        let plan = ResponsePlan(response, to: head, date: date)
        switch response.body {
        case .stream(let produce) where plan.isStream:
            await stream(plan, to: connection, isEvents: false) { try await produce($0) }
        case .events(let produce) where plan.isStream:
            await stream(plan, to: connection, isEvents: true) { try await produce(EventWriter(writer: $0)) }
        default: connection.loop.post { connection.respond(plan) }
        }
    }

    private func stream(
        _ plan: ResponsePlan, to connection: Connection, isEvents: Bool,
        _ produce: @escaping @Sendable (HTTPBodyWriter) async throws -> Void
    ) async {
        let writer = HTTPBodyWriter(connection, limit: configuration.streamBytes, isEvents: isEvents)
        guard connection.loop.post({ connection.begin(plan, writer) }) else { return }
        let isComplete = await writer.run { try await produce(writer) }
        connection.loop.post { connection.finishStream(isComplete: isComplete) }
    }
}
