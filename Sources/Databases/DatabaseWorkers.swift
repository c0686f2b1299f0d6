import Services
internal import Synchronization
import Values

/// What a ``DatabaseWorkers`` keeps on its thread: connections and what belongs to them.
protocol DatabaseSession: AnyObject, Sendable {
    /// Closes what is open; called on the thread.
    func close()
}

/// The thread and the session of one database, and their replacement when a statement cannot be stopped.
///
/// Deadlines and cancellations are watched by the session, which stops nearly everything within milliseconds. What is
/// left is a call that runs long without asking (SQLite sorting millions of rows, a server's name looked up). The caller
/// then gets its answer at the deadline plus ``graceNanoseconds`` all the same: the busy thread is retired, ends by
/// itself after that step, and a fresh thread with a fresh connection serves the next call.
final class DatabaseWorkers<Session: DatabaseSession>: Sendable {
    private struct Worker {
        var number = 0
        var thread = BlockingThread()
        var session: Session
    }
    private struct State {
        var worker: Worker
        var retired = 0
        var isClosed = false
    }

    /// How long after its deadline a statement may hold up its caller.
    static var graceNanoseconds: UInt64 { 250_000_000 }
    /// How many retired threads may still be busy at once; beyond that, callers wait for the statement itself.
    static var maxRetired: Int { 4 }

    private let state: Mutex<State>
    private let time: any TimeSource
    private let makeSession: @Sendable () -> Session

    init(time: any TimeSource, makeSession: @escaping @Sendable () -> Session) {
        self.time = time
        self.makeSession = makeSession
        state = Mutex(State(worker: Worker(session: makeSession())))
    }

    /// Runs `body` on the database's thread and passes on the cancellation of the calling task. Throws what `body`
    /// throws, or `query_timeout` when it has not ended in time.
    func run<T: Sendable>(
        timeoutNanoseconds: UInt64, _ body: @escaping @Sendable (Session, Cancellation) throws -> T
    ) async throws -> T {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<T, any Error>) in
                let reply = Reply(continuation)
                let (worker, isClosed) = state.withLock { ($0.worker, $0.isClosed) }
                let isQueued =
                    !isClosed
                    && worker.thread.post { [self] in
                        // The time in the queue does not count: the clock starts here, on the thread.
                        let (patience, isOver) = timeoutNanoseconds.addingReportingOverflow(Self.graceNanoseconds)
                        let alarm = Task {
                            try await time.sleep(nanoseconds: isOver ? .max : patience)
                            guard retire(worker.number, unless: { reply.isGiven }) else { return }
                            if !reply.give(.failure(Self.overdue)) { state.withLock { $0.retired -= 1 } }
                        }
                        let result = Result { try body(worker.session, cancellation) }
                        alarm.cancel()
                        // Whoever answers second knows that a worker was retired for a statement that has now ended.
                        if !reply.give(result) { state.withLock { $0.retired -= 1 } }
                    }
                if !isQueued { reply.give(.failure(Self.closed)) }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Closes the file and ends the thread after what is queued.
    func close() async {
        let worker = state.withLock { state in
            state.isClosed = true
            return state.worker
        }
        worker.thread.post { worker.session.close() }
        await worker.thread.stop()
    }

    /// Puts a fresh worker in the place of a busy one. False when there are too many busy ones, or the statement has
    /// ended meanwhile.
    private func retire(_ number: Int, unless isOver: () -> Bool) -> Bool {
        state.withLock { state in
            guard state.worker.number == number, state.retired < Self.maxRetired, !state.isClosed, !isOver() else {
                return false
            }
            state.worker = Worker(number: number + 1, session: makeSession())
            state.retired += 1
            return true
        }
    }

    private static var overdue: OperonError {
        OperonError(code: "query_timeout", "The statement ran longer than it may", hint: "Ask for less at once")
    }
    private static var closed: OperonError { OperonError(code: "database_closed", "The database has been closed") }
}

/// A continuation that takes the first of two answers.
private final class Reply<T: Sendable>: Sendable {
    private let continuation: Mutex<UnsafeContinuation<T, any Error>?>
    init(_ continuation: UnsafeContinuation<T, any Error>) { self.continuation = Mutex(continuation) }

    var isGiven: Bool { continuation.withLock { $0 == nil } }

    /// Answers; false when somebody has answered before.
    @discardableResult
    func give(_ result: Result<T, any Error>) -> Bool {
        let waiting = continuation.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        waiting?.resume(with: result)
        return waiting != nil
    }
}
