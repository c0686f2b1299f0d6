internal import Glibc

/// Something that a reply waits for and a test opens: once open it stays open.
public final class FaultGate: Sendable {
    // Waiters poll one end of a pair of sockets, which hangs up when the other is shut down: that also works while a
    // process that was started in between holds a copy of the other end.
    let descriptor: Int32
    private let other: Int32

    /// A closed gate. Throws ``FaultServerError`` when the process has no descriptors left.
    public init() throws {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, streamSocket, 0, &ends) == 0 else { throw FaultServerError(what: "socketpair") }
        descriptor = ends[0]
        other = ends[1]
    }

    /// Lets everything that waits go on.
    public func open() { shutdown(other, Int32(SHUT_RDWR)) }

    deinit {
        close(other)
        close(descriptor)
    }
}

/// A stream socket that started processes do not inherit.
let streamSocket = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

/// One end of a connection, with writes and waits that end when the server stops or the client leaves.
struct FaultPipe: Sendable {
    let descriptor: Int32
    let stopper: FaultGate

    /// POLLRDHUP of poll(2), which the module does not export.
    private static let peerClosed: Int16 = 0x2000

    enum Wake { case ready, elapsed, left, stopped }

    /// Waits until the socket is ready for `events`, a gate opens, or `timeout` milliseconds have passed (-1: never).
    /// With `watchesLeaving` it also returns when the client closes its side.
    func wait(
        for events: Int16 = 0, gate: FaultGate? = nil, timeout: Int32 = -1, watchesLeaving: Bool = false
    ) -> Wake {
        let leaving = watchesLeaving ? Self.peerClosed : 0
        var polled = [
            pollfd(fd: stopper.descriptor, events: 0, revents: 0),
            pollfd(fd: descriptor, events: events | leaving, revents: 0),
        ]
        if let gate { polled.append(pollfd(fd: gate.descriptor, events: 0, revents: 0)) }
        while true {
            let count = poll(&polled, nfds_t(polled.count), timeout)
            if count < 0, errno == EINTR { continue }
            if polled[0].revents != 0 { return .stopped }
            if count == 0 { return .elapsed }
            if polled.count > 2, polled[2].revents != 0 { return .ready }
            let seen = polled[1].revents
            if seen & Int16(POLLERR | POLLNVAL | POLLHUP) != 0 { return .left }
            if seen & leaving != 0 { return .left }
            return .ready
        }
    }

    /// Sends all of `bytes`; false when the client has left or the server stops.
    func send(_ bytes: some Sequence<UInt8>) -> Bool {
        let bytes = ContiguousArray(bytes)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                guard wait(for: Int16(POLLOUT)) == .ready else { return false }
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// What has arrived; empty at the end, or when the server stops.
    func receive() -> [UInt8] {
        guard wait(for: Int16(POLLIN)) == .ready else { return [] }
        return [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
    }

    /// Ends our side in order (FIN) and lets the client end its own.
    func finish() {
        shutdown(descriptor, Int32(SHUT_WR))
        var buffer = [UInt8](repeating: 0, count: 4096)
        // A close with unread bytes would reset the connection and take what was sent with it.
        while wait(for: Int16(POLLIN), timeout: 2000) == .ready {
            if recv(descriptor, &buffer, buffer.count, 0) <= 0 { break }
        }
    }

    /// Resets the connection (RST). Dissolving the association does that at once, whoever else holds the descriptor.
    func reset() {
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        _ = connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    }

    func close() { Glibc.close(descriptor) }
}
