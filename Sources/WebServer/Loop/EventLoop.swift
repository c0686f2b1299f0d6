internal import CLinux
internal import Glibc
internal import Services
internal import Synchronization

/// What an event loop watches: it is told when its descriptor is ready and when its time has come.
protocol Pollable: AnyObject {
    /// The descriptor is ready; `events` are the bits of epoll.
    func ready(_ events: UInt32)
    /// The time that was asked for with ``EventLoop/wake(_:at:)`` has come, or a little before it.
    func timeHasCome(_ time: UInt64)
    /// The turn ends in which ``EventLoop/atEndOfTurn(_:)`` was called.
    func turnEnds()
}

/// One thread that waits for many descriptors (epoll), for closures and jobs from other threads (an eventfd wakes it),
/// and for deadlines (a timer wheel). An actor may name the loop as its executor: its code then runs between events, on
/// the same thread, and reaches what belongs to the loop without crossing threads.
///
/// @unchecked Sendable because everything but the inbox and the thread's number is touched by the loop's thread alone.
public final class EventLoop: SerialExecutor, @unchecked Sendable {
    private enum Entry {
        case job(UnownedJob)
        case work(Work)
    }
    // A closure stands inside a struct: stored bare in a generic place, it grows a wrapper at each access.
    private struct Work { var body: @Sendable () -> Void }
    private struct Inbox {
        var entries: [Entry] = []
        /// Whether the loop will look at the inbox before it sleeps.
        var isAwake = false
        var hasEnded = false
    }
    private struct Slot {
        var generation: UInt32 = 0
        var object: (any Pollable)?
    }

    private let inbox = Mutex(Inbox())
    private let threadNumber = Atomic<UInt>(0)
    private let epoll = operon_epoll_make()
    private let bell = operon_eventfd_make()
    private let time: any TimeSource

    // The loop's thread only.
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    private var wheel: TimerWheel
    private var ending: [any Pollable] = []
    private var mustEnd = false
    private var thread = pthread_t()
    /// When this turn began, in nanoseconds of the monotonic clock.
    private(set) var now: UInt64
    /// Called once per turn, after everything else.
    var afterTurn: () -> Void = {}

    private static let bellToken = UInt64.max

    init(time: any TimeSource) {
        self.time = time
        now = time.monotonicNanoseconds()
        wheel = TimerWheel(now: now)
    }

    deinit {
        close(epoll)
        close(bell)
    }

    // MARK: any thread

    /// Whether the caller runs on the loop's thread.
    public var isCurrent: Bool { threadNumber.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Runs `body` on the loop's thread, soon, in the order of the calls. False when the loop has ended.
    @discardableResult
    func post(_ body: @escaping @Sendable () -> Void) -> Bool { put(.work(Work(body: body))) }

    /// Queues a job of an actor whose executor this is.
    public func enqueue(_ job: consuming ExecutorJob) { put(.job(UnownedJob(job))) }

    /// Whether an actor of this loop may be touched right here.
    public func isIsolatingCurrentContext() -> Bool? { isCurrent }

    /// Ends the process unless the caller runs on the loop's thread.
    public func checkIsolated() { precondition(isCurrent, "an actor of an event loop was touched off its thread") }

    @discardableResult
    private func put(_ entry: Entry) -> Bool {
        let (isTaken, mustWake) = inbox.withLock { inbox -> (Bool, Bool) in
            if inbox.hasEnded { return (false, false) }
            inbox.entries.append(entry)
            defer { inbox.isAwake = true }
            return (true, !inbox.isAwake)
        }
        if mustWake {
            var one: UInt64 = 1
            _ = write(bell, &one, 8)
        }
        return isTaken
    }

    /// Starts the thread. False when the system gives none.
    func start() -> Bool {
        operon_epoll_set(epoll, EPOLL_CTL_ADD, bell, operon_epoll_in, Self.bellToken)
        let context = Unmanaged.passRetained(self)
        if pthread_create(&thread, nil, runEventLoop, context.toOpaque()) == 0 { return true }
        context.release()
        return false
    }

    /// Waits for the thread's end.
    func join() { pthread_join(thread, nil) }

    // MARK: the loop's thread

    /// Watches `fd` for `events`; the token names it from now on. Nil when the system refuses.
    func watch(_ fd: Int32, _ events: UInt32, _ object: any Pollable) -> UInt64? {
        let index = freeSlots.popLast() ?? slots.count
        if index == slots.count { slots.append(Slot()) }
        slots[index].generation &+= 1
        slots[index].object = object
        let token = UInt64(slots[index].generation) << 32 | UInt64(index)
        if operon_epoll_set(epoll, EPOLL_CTL_ADD, fd, events, token) == 0 { return token }
        forget(token)
        return nil
    }

    /// Changes what `fd` is watched for.
    func change(_ token: UInt64, _ fd: Int32, _ events: UInt32) {
        operon_epoll_set(epoll, EPOLL_CTL_MOD, fd, events, token)
    }

    /// Takes a descriptor out of epoll that stays open.
    func unwatch(_ fd: Int32) { operon_epoll_set(epoll, EPOLL_CTL_DEL, fd, 0, 0) }

    /// Forgets a token. The descriptor is closed by its owner, which takes it out of epoll.
    func forget(_ token: UInt64) {
        let index = Int(token & 0xFFFF_FFFF)
        guard slots[index].generation == UInt32(token >> 32) else { return }
        slots[index].object = nil
        freeSlots.append(index)
    }

    /// Lets the object of `token` know when it is `time`, or a little before.
    func wake(_ token: UInt64, at time: UInt64) { wheel.enter(token, at: time) }

    /// Lets `object` know when this turn ends. Called once per object and turn.
    func atEndOfTurn(_ object: any Pollable) { ending.append(object) }

    /// Lets the loop end with this turn.
    func end() { mustEnd = true }

    private func object(_ token: UInt64) -> (any Pollable)? {
        let index = Int(token & 0xFFFF_FFFF)
        guard index < slots.count, slots[index].generation == UInt32(token >> 32) else { return nil }
        return slots[index].object
    }

    fileprivate func run() {
        threadNumber.store(UInt(pthread_self()), ordering: .relaxed)
        let capacity = 512
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        defer { events.deallocate() }
        var entries: [Entry] = []
        var waiting: [any Pollable] = []
        while !mustEnd {
            inbox.withLock { swap(&entries, &$0.entries) }
            for entry in entries { perform(entry) }
            entries.removeAll(keepingCapacity: entries.capacity <= 4096)
            now = time.monotonicNanoseconds()
            for entry in wheel.take(now: now) { object(entry.key)?.timeHasCome(entry.time) }
            // What ends a turn may ask for more; that is done in this turn, too.
            while !ending.isEmpty {
                swap(&waiting, &ending)
                for object in waiting { object.turnEnds() }
                waiting.removeAll(keepingCapacity: waiting.capacity <= 4096)
            }
            afterTurn()
            if mustEnd { break }
            let count = epoll_wait(epoll, events, Int32(capacity), timeout())
            inbox.withLock { $0.isAwake = true }
            now = time.monotonicNanoseconds()
            for index in 0..<max(0, Int(count)) {
                let token = operon_event_token(events + index)
                if token == Self.bellToken {
                    var rings: UInt64 = 0
                    _ = read(bell, &rings, 8)
                } else {
                    object(token)?.ready(operon_event_kinds(events + index))
                }
            }
        }
        let late = inbox.withLock { inbox in
            inbox.hasEnded = true
            defer { inbox.entries = [] }
            return inbox.entries
        }
        // Jobs are run to the end: their actors wait for them. Work that is refused was told so.
        for entry in late { perform(entry) }
        slots = []
        afterTurn = {}
    }

    private func perform(_ entry: Entry) {
        switch entry {
        case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
        case .work(let work): work.body()
        }
    }

    /// Milliseconds to sleep: none when the inbox has something, for ever when no time is set.
    private func timeout() -> Int32 {
        let mustLook = inbox.withLock { inbox in
            inbox.isAwake = !inbox.entries.isEmpty
            return inbox.isAwake
        }
        if mustLook { return 0 }
        guard let next = wheel.next else { return -1 }
        // Rounded up: waking a moment too early would only mean another turn.
        return next <= now ? 0 : Int32(min((next - now) / 1_000_000 + 1, 3_600_000))
    }
}

/// The thread's body; a file-scope function, so that it inherits no isolation.
private func runEventLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let loop = Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue()
    var signals = sigset_t()
    sigfillset(&signals)
    // Faults stay deliverable: blocked, they would kill the process without a word.
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] { sigdelset(&signals, fault) }
    // The broken pipes of OpenSSL's writes are among the blocked ones.
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    loop.run()
    return nil
}
