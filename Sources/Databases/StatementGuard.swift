internal import Glibc
import Services
internal import Synchronization

/// Why a statement was stopped before its end.
enum StopReason: Sendable {
    case timeout, memory, cancelled
}

/// Tells a running statement from any thread that nobody waits for it any more. One object per query, so that a late
/// cancellation can never hit the next statement.
final class Cancellation: Sendable {
    private let flag = Atomic(false)
    private let bell = Mutex<WakePipe?>(nil)
    var isCancelled: Bool { flag.load(ordering: .relaxed) }

    func cancel() {
        flag.store(true, ordering: .relaxed)
        bell.withLock { $0 }?.ring()
    }

    /// Has `pipe` ring when the query is cancelled, for a thread that waits for a socket. Look at ``isCancelled``
    /// afterwards: it may have been before.
    func rings(_ pipe: WakePipe) { bell.withLock { $0 = pipe } }
}

/// The deadline, the memory ceiling and the cancellation of the statement that runs on one thread.
///
/// SQLite asks it from the progress handler, the authoriser, the allocator and the functions that Operon overrides.
final class StatementGuard: @unchecked Sendable {
    // @unchecked Sendable because only the thread of its database touches it; `Cancellation` is the part for others.
    private let time: any TimeSource
    private var deadline: UInt64 = .max
    private var cancellation: Cancellation?
    /// The bytes that SQLite holds for this thread.
    private(set) var heldBytes = 0
    private var ceiling = Int.max
    /// Why the statement was stopped; nil while it may run.
    private(set) var stopReason: StopReason?

    init(time: any TimeSource) { self.time = time }

    /// Starts to watch a statement that may take `timeoutNanoseconds` and `memoryBytes` beyond what is held now.
    func begin(timeoutNanoseconds: UInt64, memoryBytes: Int, cancellation: Cancellation?) {
        let (end, isOver) = time.monotonicNanoseconds().addingReportingOverflow(timeoutNanoseconds)
        deadline = isOver ? .max : end
        let (most, isOverMost) = max(0, heldBytes).addingReportingOverflow(memoryBytes)
        ceiling = isOverMost ? .max : most
        self.cancellation = cancellation
        stopReason = nil
    }

    /// Ends the watch; ``stopReason`` stays to be read.
    func end() {
        deadline = .max
        ceiling = .max
        cancellation = nil
    }

    /// Whether the statement must stop now. Reads the clock.
    func mustStop() -> Bool {
        if stopReason != nil { return deadline != .max }
        if let cancellation, cancellation.isCancelled {
            stopReason = .cancelled
        } else if deadline != .max, time.monotonicNanoseconds() >= deadline {
            stopReason = .timeout
        }
        return stopReason != nil
    }

    /// Whether SQLite may have `count` more bytes. Large requests also look at the clock: they are what the long
    /// opcodes (upper, hex, a million characters of JSON) have in common, and SQLite does not look in between.
    func mayAllocate(_ count: Int) -> Bool {
        if count >= 32_768, deadline != .max, mustStop() { return false }
        if heldBytes > ceiling - min(count, ceiling) {
            if stopReason == nil { stopReason = .memory }
            return false
        }
        return true
    }

    /// Counts bytes taken (positive) or given back (negative).
    func count(_ bytes: Int) { heldBytes += bytes }
}
