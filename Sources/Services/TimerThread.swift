internal import Glibc
internal import Synchronization

/// One thread that wakes sleepers when their time has come. A deadline that is set and called off again, which is what
/// nearly all deadlines come to, costs a fraction of a microsecond: the thread is woken only when the new deadline is
/// the earliest one, and what was called off is thrown out later, many at a time.
final class TimerThread: Sendable {
    /// The process needs one: sleeping has no state that anybody could want apart.
    static let shared = TimerThread()

    private struct State {
        var heap: [Sleeper] = []
        /// How many entries of the heap were called off.
        var dead = 0
        var isRunning = false
        /// What the thread waits for; `.max` when it waits for nothing.
        var wakesAt = UInt64.max
    }

    private let state = Mutex(State())
    private let alarm = Alarm()

    /// Returns after `nanoseconds`, or throws `CancellationError` as soon as the task is cancelled.
    func sleep(nanoseconds: UInt64) async throws {
        let (deadline, overflow) = Alarm.now().addingReportingOverflow(nanoseconds)
        let sleeper = Sleeper(deadline: overflow ? .max : deadline)
        let isDue = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                if sleeper.wait(continuation) { schedule(sleeper) }
            }
        } onCancel: {
            if sleeper.finish(isDue: false) { callOff() }
        }
        if !isDue { throw CancellationError() }
    }

    private func schedule(_ sleeper: Sleeper) {
        let (mustStart, mustWake) = state.withLock { state -> (Bool, Bool) in
            state.heap.append(sleeper)
            state.heap.siftUp(from: state.heap.count - 1)
            let mustStart = !state.isRunning
            state.isRunning = true
            return (mustStart, sleeper.deadline < state.wakesAt)
        }
        if mustStart {
            var thread = pthread_t()
            pthread_create(&thread, nil, runTimerThread, Unmanaged.passRetained(self).toOpaque())
            pthread_detach(thread)
        } else if mustWake {
            alarm.ring()
        }
    }

    private func callOff() {
        state.withLock { state in
            state.dead += 1
            guard state.dead > 1024, state.dead > state.heap.count / 2 else { return }
            state.heap.removeAll { $0.isFinished }
            state.heap.rebuild()
            state.dead = 0
        }
    }

    fileprivate func run() {
        while true {
            let (due, next) = state.withLock { state -> ([Sleeper], UInt64) in
                var due: [Sleeper] = []
                let now = Alarm.now()
                while let first = state.heap.first, first.deadline <= now || first.isFinished {
                    state.heap.removeFirstOfHeap()
                    if first.isFinished { state.dead = max(0, state.dead - 1) } else { due.append(first) }
                }
                state.wakesAt = state.heap.first?.deadline ?? .max
                return (due, state.wakesAt)
            }
            for sleeper in due { _ = sleeper.finish(isDue: true) }
            alarm.wait(until: next)
        }
    }
}

/// One task that sleeps.
private final class Sleeper: Sendable {
    private enum State {
        case idle
        case waiting(UnsafeContinuation<Bool, Never>)
        case finished
    }

    let deadline: UInt64
    private let state = Mutex(State.idle)

    init(deadline: UInt64) { self.deadline = deadline }

    var isFinished: Bool { state.withLock { if case .finished = $0 { true } else { false } } }

    /// Registers the continuation; false when the sleep was called off before, and the continuation is resumed.
    func wait(_ continuation: UnsafeContinuation<Bool, Never>) -> Bool {
        let isWaiting = state.withLock { state -> Bool in
            if case .finished = state { return false }
            state = .waiting(continuation)
            return true
        }
        if !isWaiting { continuation.resume(returning: false) }
        return isWaiting
    }

    /// Ends the sleep once; true when that woke somebody.
    func finish(isDue: Bool) -> Bool {
        let continuation = state.withLock { state -> UnsafeContinuation<Bool, Never>? in
            defer { state = .finished }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume(returning: isDue)
        return continuation != nil
    }
}

extension [Sleeper] {
    /// Moves an element up to its place in a binary heap, earliest first.
    fileprivate mutating func siftUp(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            if self[parent].deadline <= self[child].deadline { return }
            swapAt(parent, child)
            child = parent
        }
    }

    private mutating func siftDown(from start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < count {
                if self[child].deadline < self[least].deadline { least = child }
            }
            if least == parent { return }
            swapAt(parent, least)
            parent = least
        }
    }

    fileprivate mutating func removeFirstOfHeap() {
        swapAt(0, count - 1)
        removeLast()
        siftDown(from: 0)
    }

    fileprivate mutating func rebuild() {
        for index in stride(from: count / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
    }
}

/// A condition that one thread waits on, with a deadline on the monotonic clock.
private final class Alarm: @unchecked Sendable {
    // @unchecked Sendable because POSIX mutexes and conditions are made to be shared, and the pointers never change;
    // `isRinging` is guarded by the mutex.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isRinging = false

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    static func now() -> UInt64 { SystemTime().monotonicNanoseconds() }

    func ring() {
        pthread_mutex_lock(mutex)
        isRinging = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Returns when the alarm rings or `deadline` has come; `.max` waits for the ring alone.
    func wait(until deadline: UInt64) {
        pthread_mutex_lock(mutex)
        defer {
            isRinging = false
            pthread_mutex_unlock(mutex)
        }
        var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        while !isRinging {
            if deadline == .max {
                pthread_cond_wait(condition, mutex)
            } else if pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT {
                return
            }
        }
    }
}

/// The body of the timer thread; a file-scope function, so that it inherits no isolation.
private func runTimerThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<TimerThread>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
