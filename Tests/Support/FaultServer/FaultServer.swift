internal import Glibc
internal import Synchronization

/// A model provider that misbehaves on purpose: HTTP/1.1 on a free port of 127.0.0.1, with raw sockets and a thread per
/// connection, so that it can send what no HTTP library would.
///
/// The first segment of a request's path names the scenario that answers it, so that one server serves many tests at
/// once: with `openAIBase("burst")` as base URL, requests go to `/burst/v1/chat/completions`. Both APIs are spoken;
/// which one, and whether the answer is streamed, follows from the request.
///
///     let server = try FaultServer()
///     defer { server.stop() }
///     server.script("burst", [.error(503), .error(529), .answer()])
///     … call the model at server.openAIBase("burst") …
///     #expect(server.requests("burst").count == 3)
///
/// Its threads keep it alive until ``stop()``.
public final class FaultServer: Sendable {
    private struct State {
        var scripts: [String: [FaultReply]] = [:]
        var requests: [String: [FaultRequest]] = [:]
        var connections = 0
        var departures: [String: Int] = [:]
        var live = 0
        var isStopped = false
    }
    private let state = Mutex(State())
    private let listener: Int32
    private let stopper: FaultGate
    private let ended = ThreadEnds()
    /// The port on 127.0.0.1.
    public let port: Int

    /// Starts a server. Throws ``FaultServerError`` when there is no port.
    public init() throws {
        listener = socket(AF_INET, streamSocket, 0)
        guard listener >= 0 else { throw FaultServerError(what: "socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, size) == 0 && listen(listener, 1024) == 0
                    && getsockname(listener, pointer, &size) == 0
            }
        }
        guard isBound else {
            close(listener)
            throw FaultServerError(what: "bind")
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        stopper = try FaultGate()
        state.withLock { $0.live = 1 }
        startThread { [self] in acceptLoop() }
    }

    /// `http://127.0.0.1:PORT`
    public var url: String { "http://127.0.0.1:\(port)" }
    /// The base URL at which a scenario answers as an OpenAI-compatible provider.
    public func openAIBase(_ name: String) -> String { "\(url)/\(name)/v1" }
    /// The base URL at which a scenario answers as Anthropic does: without the version.
    public func anthropicBase(_ name: String) -> String { "\(url)/\(name)" }
    /// The base URL of a scenario for an API.
    public func base(_ name: String, _ api: FaultAPI) -> String {
        api == .openAI ? openAIBase(name) : anthropicBase(name)
    }

    /// Sets the replies of a scenario: consumed in order, the last one repeats. What was recorded of it is forgotten.
    public func script(_ name: String, _ replies: [FaultReply]) {
        state.withLock { state in
            state.scripts[name] = replies
            state.requests[name] = []
            state.departures[name] = 0
        }
    }

    /// The requests that a scenario has received, in order of arrival. They are recorded before they are answered.
    public func requests(_ name: String) -> [FaultRequest] { state.withLock { $0.requests[name] ?? [] } }
    /// Connections accepted so far, by all scenarios.
    public var connectionCount: Int { state.withLock { $0.connections } }
    /// How many clients closed their connection while a reply of this scenario was under way.
    public func departures(_ name: String) -> Int { state.withLock { $0.departures[name] ?? 0 } }

    /// Returns when a scenario has received `count` requests, or when the server has stopped. Looks every millisecond,
    /// on the caller's task.
    public func received(_ count: Int, by name: String) async throws {
        while state.withLock({ ($0.requests[name] ?? []).count < count && !$0.isStopped }) {
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Returns when `count` clients have left a scenario's replies, or when the server has stopped.
    public func left(_ count: Int, from name: String) async throws {
        while state.withLock({ ($0.departures[name] ?? 0) < count && !$0.isStopped }) {
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Ends every connection and thread; blocks until they have ended. Called again it does nothing.
    public func stop() {
        let live = state.withLock { state -> Int in
            if state.isStopped { return 0 }
            state.isStopped = true
            return state.live
        }
        guard live > 0 else { return }
        stopper.open()
        shutdown(listener, Int32(SHUT_RDWR))
        for _ in 0..<live { ended.wait() }
        close(listener)
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    private func acceptLoop() {
        while true {
            let descriptor = accept(listener, nil, nil)
            let code = errno
            let number = state.withLock { state -> Int? in
                if state.isStopped || descriptor < 0 { return nil }
                state.connections += 1
                state.live += 1
                return state.connections
            }
            guard let number else {
                if descriptor >= 0 { close(descriptor) }
                if descriptor < 0, [EINTR, ECONNABORTED, EMFILE].contains(code), !isStopped { continue }
                return
            }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            var one: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
            let pipe = FaultPipe(descriptor: descriptor, stopper: stopper)
            startThread { [self] in serve(FaultConnection(pipe: pipe, number: number)) }
        }
    }

    private func serve(_ connection: FaultConnection) {
        var connection = connection
        while let request = connection.next() {
            let reply = state.withLock { state -> FaultReply in
                state.requests[request.scenario, default: []].append(request)
                let count = state.requests[request.scenario]?.count ?? 1
                let script = state.scripts[request.scenario] ?? []
                return script.isEmpty ? .unknownScenario : script[min(count, script.count) - 1]
            }
            switch connection.perform(reply.actions(request)) {
            case .kept: continue
            case .left: state.withLock { $0.departures[request.scenario, default: 0] += 1 }
            case .ended: break
            }
            break
        }
        connection.pipe.close()
    }

    /// Starts a thread that is counted until its end.
    private func startThread(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(
            ThreadBody { [self] in
                body()
                let mustTell = state.withLock { state -> Bool in
                    // A thread that ends before the stop is no longer counted; one that ends after it is waited for.
                    if !state.isStopped { state.live -= 1 }
                    return state.isStopped
                }
                if mustTell { ended.signal() }
            })
        var thread = pthread_t()
        guard pthread_create(&thread, nil, runFaultThread, context.toOpaque()) == 0 else {
            context.release()
            state.withLock { $0.live -= 1 }
            return
        }
        pthread_detach(thread)
    }
}

/// Why a server could not start.
public struct FaultServerError: Error, CustomStringConvertible {
    /// The call that failed.
    public var what: String
    /// The number that it left behind.
    public var code: Int32

    init(what: String) {
        self.what = what
        code = errno
    }

    /// `what failed with N`
    public var description: String { "\(what) failed with errno \(code)" }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// The body of every thread; a file-scope function, so that it inherits no isolation.
private func runFaultThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
    return nil
}

/// Counts the ends of threads.
private final class ThreadEnds: @unchecked Sendable {
    // @unchecked Sendable because POSIX semaphores are made to be used from any thread, and the pointer never changes.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    init() { sem_init(semaphore, 0, 0) }
    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }
    func signal() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }
}
