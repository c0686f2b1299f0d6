internal import Glibc
import Services

/// The deadline and the cancellation of what a connection is doing, and the waiting for its socket.
final class ConnectionWatch: @unchecked Sendable {
    // @unchecked Sendable because only the thread of its connection touches it; `Cancellation` and the pipe are the
    // parts for others.
    private let time: any TimeSource
    private let pipe = WakePipe()
    private var deadline: UInt64 = .max
    private var cancellation: Cancellation?
    /// Why waiting ended; nil while it may go on.
    private var stopReason: StopReason?
    /// Why it ended before the watch was extended.
    private var heldReason: StopReason?

    init(time: any TimeSource) { self.time = time }

    /// Starts to watch what may take `timeoutNanoseconds`.
    func begin(timeoutNanoseconds: UInt64, cancellation: Cancellation?) {
        let (end, isOver) = time.monotonicNanoseconds().addingReportingOverflow(timeoutNanoseconds)
        deadline = isOver ? .max : end
        self.cancellation = cancellation
        stopReason = nil
        heldReason = nil
        pipe.quiet()
        cancellation?.rings(pipe)
    }

    /// Ends the watch; the reasons stay to be read.
    func end() {
        deadline = .max
        cancellation = nil
    }

    /// Grants a little more time after a stop, for the server to say that it has stopped.
    func extend(nanoseconds: UInt64) {
        let reason = reason
        begin(timeoutNanoseconds: nanoseconds, cancellation: nil)
        heldReason = reason
    }

    /// Why the statement was stopped, also after the watch was extended; nil when it was not.
    var reason: StopReason? { heldReason ?? stopReason }

    /// Whether a stop has been passed on to the server already.
    var isStopping: Bool { heldReason != nil }

    /// Waits until the socket is ready for one of `events` (as poll(2) names them). Returns why waiting ended before.
    func wait(for socket: Int32, _ events: Int16) -> StopReason? {
        while true {
            if let reason = look() { return reason }
            var entries = [
                pollfd(fd: socket, events: events, revents: 0),
                pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&entries, nfds_t(entries.count), patience)
            // A broken socket is ready: the library finds out what it has.
            if count > 0, entries[0].revents != 0 { return nil }
            if count > 0 { pipe.quiet() }
            if count < 0, errno != EINTR { return nil }
        }
    }

    /// Whether the statement must stop now. Reads the clock.
    private func look() -> StopReason? {
        if let cancellation, cancellation.isCancelled {
            stopReason = .cancelled
        } else if deadline != .max, time.monotonicNanoseconds() >= deadline {
            stopReason = .timeout
        }
        return stopReason
    }

    /// Milliseconds until the deadline; nil when there is none.
    var remainingMilliseconds: UInt64? {
        if deadline == .max { return nil }
        let now = time.monotonicNanoseconds()
        return now >= deadline ? 0 : (deadline - now) / 1_000_000
    }

    /// Milliseconds until the deadline, rounded up; -1 for ever.
    private var patience: Int32 {
        if deadline == .max { return -1 }
        let now = time.monotonicNanoseconds()
        return now >= deadline ? 0 : Int32(clamping: (deadline - now + 999_999) / 1_000_000)
    }
}
