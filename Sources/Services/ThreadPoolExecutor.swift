internal import Glibc
internal import Synchronization

/// A task executor with a fixed number of threads of its own. Replays run on one and on many of them to prove that
/// the number of threads changes nothing.
public final class ThreadPoolExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var head = 0
        var isStopping = false
    }

    /// How many threads run jobs.
    public let threadCount: Int
    private let state = Mutex(State())
    private let ready: Semaphore

    /// Starts `threads` threads (at least 1). They end with ``stop()``.
    public init(threads: Int) {
        threadCount = max(1, threads)
        ready = Semaphore()
        for _ in 0..<threadCount {
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, runThreadOfPool, Unmanaged.passRetained(self).toOpaque())
            precondition(code == 0, "the system gives no more threads (pthread_create: \(code))")
            pthread_detach(thread)
        }
    }

    /// Queues a job; the next free thread of the pool runs it.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        ready.signal()
    }

    /// Lets the threads end once no job is left. Tasks that still run on this executor must have ended.
    public func stop() {
        state.withLock { $0.isStopping = true }
        for _ in 0..<threadCount { ready.signal() }
    }

    fileprivate func run() {
        while true {
            ready.wait()
            let (job, isStopping) = state.withLock { state -> (UnownedJob?, Bool) in
                guard state.head < state.jobs.count else { return (nil, state.isStopping) }
                let job = state.jobs[state.head]
                state.head += 1
                // Under a steady backlog the queue is never empty; what was run must go nevertheless.
                if state.head == state.jobs.count || state.head >= 1024 && 2 * state.head >= state.jobs.count {
                    state.jobs.removeFirst(state.head)
                    state.head = 0
                }
                return (job, state.isStopping)
            }
            if let job {
                job.runSynchronously(on: asUnownedTaskExecutor())
            } else if isStopping {
                return
            }
        }
    }
}

/// The body of a pool thread; a file-scope function, so that it inherits no isolation.
private func runThreadOfPool(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<ThreadPoolExecutor>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
