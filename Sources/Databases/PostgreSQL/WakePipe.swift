internal import Glibc

/// A pipe that wakes a thread which waits for a socket in poll(2).
final class WakePipe: Sendable {
    /// What to wait for beside the socket; -1 when the system has no more descriptors: nobody is woken then, and the
    /// deadline alone ends the wait.
    let reading: Int32
    private let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        for end in ends where end >= 0 {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        reading = ends[0]
        writing = ends[1]
    }

    deinit {
        if reading >= 0 { close(reading) }
        if writing >= 0 { close(writing) }
    }

    /// Wakes the thread, from any other. A full pipe is no loss: it wakes as well.
    func ring() {
        var byte: UInt8 = 1
        _ = write(writing, &byte, 1)
    }

    /// Forgets what has rung so far.
    func quiet() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(reading, &bytes, bytes.count) > 0 {}
    }
}
