internal import CLinux
internal import Glibc

/// One accepted connection: its descriptor, what it is doing, and what waits to be written.
///
/// @unchecked Sendable because other threads only hand it back to its loop; all state is touched by the loop's thread.
final class Connection: Pollable, @unchecked Sendable {
    /// What the connection is doing.
    enum Phase {
        case handshake
        case http(HTTPExchange)
        case webSocket(WebSocketState)
        /// Everything is written; what still comes is thrown away for a moment, so that the last words arrive.
        case lingering
        case closed
    }

    let home: ServerLoop
    let fd: Int32
    let peer: String
    var phase: Phase
    var outbox = Outbox()
    var tls: TLSSession?
    private var token: UInt64 = 0
    private var interest = operon_epoll_in
    private var wantsWrite = false
    private var isMarked = false
    /// Whether the socket is closed as soon as everything is written.
    private(set) var endsAfterWriting = false
    /// Whether the client says nothing more.
    private(set) var hasPeerEnded = false
    /// Reasons for which reading stands still.
    var pauses: Pauses = []
    private var lingered = 0

    // Time, in nanoseconds of the loop's clock; .max for never.
    private var deadline = UInt64.max
    private var writeDeadline = UInt64.max
    private var entered = UInt64.max

    struct Pauses: OptionSet {
        let rawValue: UInt8
        /// Bytes of later requests wait while one is being answered.
        static let pipeline = Pauses(rawValue: 1)
        /// More waits to be written than may.
        static let outbox = Pauses(rawValue: 2)
        /// The handler of the WebSocket has asked for it.
        static let handler = Pauses(rawValue: 4)
    }

    init(_ fd: Int32, peer: String, home: ServerLoop) {
        self.fd = fd
        self.peer = peer
        self.home = home
        phase = .http(HTTPExchange(home.configuration.limits))
        if let context = home.tls {
            tls = context.session(fd)
            phase = .handshake
        }
    }

    var isClosed: Bool { if case .closed = phase { true } else { false } }
    var loop: EventLoop { home.loop }
    var settings: WebServer.Configuration { home.configuration }

    /// Begins to be watched. False when that is refused.
    func start() -> Bool {
        guard let token = loop.watch(fd, interest, self) else { return false }
        self.token = token
        setDeadline(tls == nil ? settings.idleTimeout : settings.handshakeTimeout)
        return true
    }

    // MARK: events

    func ready(_ events: UInt32) {
        if isClosed { return }
        if case .handshake = phase { return shakeHands() }
        if events & operon_epoll_out != 0 { flush() }
        let isBroken = events & (operon_epoll_error | operon_epoll_hang_up) != 0
        if isBroken && interest & operon_epoll_in == 0 { return close() }
        if isBroken || events & operon_epoll_in != 0 || tls != nil { readable() }
    }

    private func shakeHands() {
        wantsWrite = false
        switch tls?.handshake() ?? .failed {
        case .moved:
            phase = .http(HTTPExchange(settings.limits))
            setDeadline(settings.idleTimeout)
            readable()
        case .wantsRead: break
        case .wantsWrite: wantsWrite = true
        case .ended, .failed: return close()
        }
        updateInterest()
    }

    /// Reads what there is, a few times at most, so that others get their turn.
    func readable() {
        for _ in 0..<4 {
            if isClosed || !pauses.isEmpty || hasPeerEnded { return updateInterest() }
            let buffer = home.scratch
            switch read(buffer) {
            case .moved(let count):
                home.counts.bytesRead += count
                received(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
                if tls == nil && count < buffer.count { return updateInterest() }
            case .wantsRead: return updateInterest()
            case .wantsWrite:
                wantsWrite = true
                return updateInterest()
            case .ended:
                hasPeerEnded = true
                peerEnded()
                return updateInterest()
            case .failed: return close()
            }
        }
        // OpenSSL may hold bytes that no event will tell of.
        if tls != nil { loop.post { self.readable() } }
        updateInterest()
    }

    private func read(_ buffer: UnsafeMutableRawBufferPointer) -> IOProgress {
        if let tls { return tls.read(buffer) }
        let count = Glibc.read(fd, buffer.baseAddress, buffer.count)
        if count > 0 { return .moved(count) }
        if count == 0 { return .ended }
        return errno == EAGAIN || errno == EINTR ? .wantsRead : .failed
    }

    private func received(_ bytes: UnsafeMutableRawBufferPointer) {
        switch phase {
        case .http(let exchange): receivedHTTP(bytes, exchange)
        case .webSocket(let state): receivedFrames(bytes, state)
        case .lingering:
            lingered += bytes.count
            if lingered > 1 << 20 { close() }
        case .handshake, .closed: break
        }
    }

    /// The client says nothing more. What it has asked for is answered; a stream is given up.
    private func peerEnded() {
        switch phase {
        case .http(let exchange) where exchange.isBusy && exchange.writer == nil: break
        case .http(let exchange) where exchange.writer == nil && !outbox.isEmpty: endAfterWriting()
        // The answer to its close frame is on its way.
        case .webSocket where endsAfterWriting: break
        default: close()
        }
    }

    // MARK: writing

    /// Adds bytes that are never shed.
    func append(_ bytes: WireBytes) {
        if isClosed { return }
        outbox.append(Outbox.Item(bytes: bytes, messages: 0))
        mark()
    }

    /// Lets what waits be written when the turn ends, together with all that is added until then.
    func mark() {
        if isMarked || wantsWrite || isClosed { return }
        isMarked = true
        loop.atEndOfTurn(self)
    }

    func turnEnds() {
        isMarked = false
        flush()
    }

    /// Closes once everything has been written.
    func endAfterWriting() {
        endsAfterWriting = true
        mark()
    }

    /// Writes as much as the kernel takes.
    func flush() {
        if isClosed { return }
        wantsWrite = false
        var hasMoved = false
        while !outbox.isEmpty, !isClosed {
            if outbox.noticeIsNext { resolveNotice() }
            switch write() {
            case .moved(let count):
                home.counts.bytesWritten += count
                hasMoved = true
                outbox.advance(count)
                continue
            case .wantsRead: break
            case .wantsWrite: wantsWrite = true
            case .ended, .failed: return close()
            }
            break
        }
        if isClosed { return }
        if outbox.isEmpty {
            writeDeadline = .max
        } else if hasMoved || writeDeadline == .max {
            writeDeadline = loop.now &+ nanoseconds(settings.writeTimeout)
            enterDeadline()
        }
        if hasMoved || outbox.isEmpty { written() }
        if outbox.isEmpty && endsAfterWriting { linger() }
        updateInterest()
    }

    private func write() -> IOProgress {
        if let tls {
            // Small pieces share a record.
            let room = home.record
            var count = 0
            outbox.forEachStretch { piece in
                let part = min(piece.count, room.count - count)
                if part > 0 {
                    UnsafeMutableRawBufferPointer(rebasing: room[count..<(count + part)])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: piece[..<part]))
                }
                count += part
                return count < room.count
            }
            let progress = tls.write(UnsafeRawBufferPointer(rebasing: room[..<count]))
            if case .moved = progress { return progress }
            outbox.committed = max(outbox.committed, count)
            return progress
        }
        let pieces = home.pieces
        var used = 0
        outbox.forEachStretch { piece in
            pieces[used] = iovec(
                iov_base: UnsafeMutableRawPointer(mutating: piece.baseAddress), iov_len: piece.count)
            used += 1
            return used < pieces.count
        }
        let count =
            used == 1
            ? operon_send(fd, pieces[0].iov_base, pieces[0].iov_len)
            : operon_send_pieces(fd, pieces.baseAddress, used)
        if count >= 0 { return .moved(count) }
        return errno == EAGAIN || errno == EINTR ? .wantsWrite : .failed
    }

    /// Something has been written: whoever waits for room is told.
    private func written() {
        switch phase {
        case .http(let exchange): exchange.acknowledge(waiting: outbox.byteCount)
        case .webSocket(let state): roomWasMade(state)
        case .handshake, .lingering, .closed: break
        }
    }

    // MARK: the end

    /// Tells the client that nothing more comes, and waits a moment for its end: closing with unread bytes would make
    /// the kernel throw away the last words.
    private func linger() {
        if case .lingering = phase { return }
        leavePhase(.abnormal, "")
        phase = .lingering
        pauses = []
        tls?.shutdown()
        shutdown(fd, Int32(SHUT_WR))
        if hasPeerEnded { return close() }
        setDeadline(settings.lingerTimeout)
    }

    /// Closes at once.
    func close() {
        if isClosed { return }
        leavePhase(.abnormal, "")
        phase = .closed
        outbox = Outbox()
        tls = nil
        loop.forget(token)
        Glibc.close(fd)
        home.closed(self)
    }

    /// Tells whoever takes part in the present phase that it is over.
    private func leavePhase(_ code: WebSocketCloseCode, _ reason: String) {
        switch phase {
        case .http(let exchange): exchange.writer?.close()
        case .webSocket(let state): leaveWebSocket(state, code, reason)
        case .handshake, .lingering, .closed: break
        }
    }

    /// Watches for what matters now.
    func updateInterest() {
        if isClosed { return }
        let wanted =
            (pauses.isEmpty && !hasPeerEnded ? operon_epoll_in : 0) | (wantsWrite ? operon_epoll_out : 0)
        if wanted == interest { return }
        interest = wanted
        loop.change(token, fd, wanted)
    }

    // MARK: time

    /// Sets when the phase has taken too long; nil for never.
    func setDeadline(_ span: Duration?) {
        deadline = span.map { loop.now &+ nanoseconds($0) } ?? .max
        enterDeadline()
    }

    private func enterDeadline() {
        let earliest = min(deadline, writeDeadline)
        if earliest >= entered { return }
        entered = earliest
        loop.wake(token, at: earliest)
    }

    func timeHasCome(_ time: UInt64) {
        if isClosed || time != entered { return }
        entered = .max
        if writeDeadline <= loop.now { return close() }
        if deadline <= loop.now {
            deadline = .max
            phaseTookTooLong()
        }
        if !isClosed { enterDeadline() }
    }

    private func phaseTookTooLong() {
        switch phase {
        case .http(let exchange): timeIsUp(exchange)
        case .webSocket(let state): timeIsUp(state)
        case .handshake, .lingering: close()
        case .closed: break
        }
    }
}

/// A span as nanoseconds, never negative.
func nanoseconds(_ span: Duration) -> UInt64 {
    let (seconds, attoseconds) = span.components
    return UInt64(max(0, seconds)) &* 1_000_000_000 &+ UInt64(max(0, attoseconds) / 1_000_000_000)
}
