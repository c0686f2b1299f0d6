internal import Glibc
internal import Synchronization
import Values

/// One thread of its own for C calls that block, with a queue of closures that run one after the other.
///
/// The thread starts with the first closure and takes no signals. Cancelling the task that waits in
/// ``run(_:)`` does not abandon the closure: whoever wants to stop early tells the C library so.
public final class BlockingThread: Sendable {
    private let core: BlockingThreadCore

    /// Prepares a thread; nothing starts yet.
    public init() { core = BlockingThreadCore() }

    deinit { core.stop(thenSignal: nil) }

    /// Whether the caller runs on this thread.
    public var isCurrent: Bool { core.isCurrent }

    /// Queues `body` and returns at once. False when the thread was stopped or cannot start; `body` then never runs.
    @discardableResult
    public func post(_ body: @escaping @Sendable () -> Void) -> Bool { core.post(body) }

    /// Runs `body` on the thread and returns what it returns. Throws its error, or `thread_stopped`.
    public func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<T, any Error>) in
            let isQueued = core.post { continuation.resume(with: Result { try body() }) }
            if !isQueued { continuation.resume(throwing: BlockingThread.stopped) }
        }
    }

    /// Takes no more closures, runs those that wait, and returns when the thread has ended.
    /// Called on the thread itself it returns at once; the thread ends after what is queued.
    public func stop() async {
        if core.isCurrent { return core.stop(thenSignal: nil) }
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            core.stop { continuation.resume() }
        }
        core.join()
    }

    private static var stopped: OperonError {
        OperonError(
            code: "thread_stopped", "The thread for blocking calls has been stopped or could not start",
            hint: "Use the part only between its start and its stop")
    }
}

/// What the thread and its handle share; the thread keeps it alive until its last closure has run.
private final class BlockingThreadCore: Sendable {
    // A closure stands inside a struct: stored bare in a Mutex, it grows a wrapper at each access.
    struct Job { var body: @Sendable () -> Void }
    struct State {
        var queue: [Job] = []
        var endings: [Job] = []
        var thread: pthread_t?
        var isAwake = false
        var isStopping = false
        var hasEnded = false
        var isJoined = false
    }
    let state = Mutex(State())
    let ready = Semaphore()

    var isCurrent: Bool {
        state.withLock { state in state.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    func post(_ body: @escaping @Sendable () -> Void) -> Bool {
        let (isTaken, mustWake) = state.withLock { state -> (Bool, Bool) in
            if state.isStopping { return (false, false) }
            if state.thread == nil {
                var thread = pthread_t()
                let context = Unmanaged.passRetained(self)
                guard pthread_create(&thread, nil, runBlockingThread, context.toOpaque()) == 0 else {
                    context.release()
                    return (false, false)
                }
                state.thread = thread
            }
            state.queue.append(Job(body: body))
            // Only the edge from idle to busy wakes; a busy thread looks again before it sleeps.
            defer { state.isAwake = true }
            return (true, !state.isAwake)
        }
        if mustWake { ready.signal() }
        return isTaken
    }

    /// Lets the thread end after what is queued; `then` runs once it is past its last closure.
    func stop(thenSignal then: (@Sendable () -> Void)?) {
        let (isOver, mustWake) = state.withLock { state -> (Bool, Bool) in
            state.isStopping = true
            if state.thread == nil || state.hasEnded { return (true, false) }
            if let then { state.endings.append(Job(body: then)) }
            defer { state.isAwake = true }
            return (false, !state.isAwake)
        }
        if isOver { then?() }
        if mustWake { ready.signal() }
    }

    /// Waits for the thread's end, which ``stop(thenSignal:)`` has announced; the first caller joins.
    func join() {
        let thread = state.withLock { state -> pthread_t? in
            guard let thread = state.thread, !state.isJoined else { return nil }
            state.isJoined = true
            return thread
        }
        if let thread { pthread_join(thread, nil) }
    }

    func loop() {
        var batch: [Job] = []
        while true {
            let isOver = state.withLock { state -> Bool in
                if !state.queue.isEmpty {
                    swap(&batch, &state.queue)
                    return false
                }
                state.isAwake = false
                if state.isStopping { state.hasEnded = true }
                return state.isStopping
            }
            if isOver { break }
            if batch.isEmpty { ready.wait() }
            for job in batch { job.body() }
            batch.removeAll(keepingCapacity: true)
        }
        let (endings, mustDetach) = state.withLock { state -> ([Job], Bool) in
            defer { state.endings = [] }
            // Nobody waits for the end: the kernel may reap the thread by itself.
            if state.endings.isEmpty && !state.isJoined { state.isJoined = true; return ([], true) }
            return (state.endings, false)
        }
        if mustDetach { pthread_detach(pthread_self()) }
        for ending in endings { ending.body() }
    }
}

/// The thread's body; a file-scope function, so that it inherits no isolation.
private func runBlockingThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let core = Unmanaged<BlockingThreadCore>.fromOpaque(context).takeRetainedValue()
    var signals = sigset_t()
    sigfillset(&signals)
    // Faults stay deliverable: blocked, they would kill the process without a word.
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] { sigdelset(&signals, fault) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    core.loop()
    return nil
}
