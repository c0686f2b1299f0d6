internal import CCurl
internal import Glibc
internal import Services
internal import Synchronization

/// libcurl's multi handle and the thread that it lives on: one turn after the other, each of which takes commands,
/// lets libcurl read and write, and then tells whoever waits.
///
/// @unchecked Sendable because everything outside `inbox` is touched by the loop's thread alone; of `multi` others use
/// only `curl_multi_wakeup`, which is made for it, and under the inbox's lock, so that the handle is still there.
final class CurlLoop: @unchecked Sendable {
    /// What the loop is asked to do.
    enum Command {
        case start(Transfer)
        case resume(Transfer)
        case finish(Transfer)
        case drop(Transfer)
    }

    private struct Inbox {
        var commands: [Command] = []
        /// Whether the loop will look at the inbox before it sleeps.
        var isAwake = false
        var isStopping = false
        var hasEnded = false
    }

    private let inbox = Mutex(Inbox())
    private let multi: UnsafeMutableRawPointer?

    // The loop's thread only.
    private var live: [ObjectIdentifier: Transfer] = [:]
    /// Transfers that have got something in this turn.
    private var news: [Transfer] = []
    /// No deadline of any transfer comes before this; found anew when it is reached.
    private var nextDeadline = UInt64.max
    /// When this turn began to read.
    private(set) var turnTime: UInt64 = 0

    init(_ configuration: HTTPConfiguration) {
        CurlLibrary.prepare()
        multi = curl_multi_init()
        for (option, value) in [
            (CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX)),
            (CURLMOPT_MAXCONNECTS, max(1, configuration.cachedConnections)),
            (CURLMOPT_MAX_HOST_CONNECTIONS, max(0, configuration.connectionsPerHost)),
        ] {
            operon_curl_multi_set_long(multi, option, value)
        }
    }

    static func now() -> UInt64 { SystemTime().monotonicNanoseconds() }

    // MARK: any thread

    /// Queues a command. After the end it is dropped: by then every transfer that had started is concluded.
    func post(_ command: Command) {
        let isTaken = inbox.withLock { inbox in
            if inbox.isStopping || multi == nil { return false }
            inbox.commands.append(command)
            wake(&inbox)
            return true
        }
        if !isTaken, case .start(let transfer) = command {
            transfer.conclude(.failed(.stopped(isRequested: false)))
        }
    }

    /// Lets the loop end every transfer with `stopped`, and then itself.
    func stop() {
        inbox.withLock { inbox in
            inbox.isStopping = true
            wake(&inbox)
        }
    }

    /// Wakes the loop, only on the edge: a loop that is awake looks again before it sleeps.
    private func wake(_ inbox: inout Inbox) {
        if !inbox.isAwake && !inbox.hasEnded { curl_multi_wakeup(multi) }
        inbox.isAwake = true
    }

    // MARK: the loop's thread

    /// The whole life of the loop.
    func run() {
        var commands: [Command] = []
        var running: Int32 = 0
        turnTime = Self.now()
        while takeCommands(&commands) {
            for command in commands { perform(command) }
            commands.removeAll(keepingCapacity: true)
            curl_multi_perform(multi, &running)
            reap()
            tell()
            expire()
            wait()
        }
        for transfer in Array(live.values) {
            end(transfer, .failed(.stopped(isRequested: transfer.isRequested)))
        }
        let late = inbox.withLock { inbox in
            inbox.hasEnded = true
            // Emptied: a command holds its transfer, which holds this loop.
            defer { inbox.commands = [] }
            return inbox.commands
        }
        for case .start(let transfer) in late { transfer.conclude(.failed(.stopped(isRequested: false))) }
        curl_multi_cleanup(multi)
    }

    /// Notes that a transfer has got something in this turn. Called from libcurl's callbacks.
    func note(_ transfer: Transfer) {
        transfer.deadlines.touched(at: turnTime)
        if transfer.hasNews { return }
        transfer.hasNews = true
        news.append(transfer)
    }

    /// Notes that the request is about to go out. Called from libcurl's callbacks.
    func noteRequest(_ transfer: Transfer) {
        transfer.deadlines.requested(at: turnTime)
        nextDeadline = min(nextDeadline, transfer.deadlines.next)
    }

    /// Swaps the inbox for an empty one. False when it is time to end.
    private func takeCommands(_ commands: inout [Command]) -> Bool {
        inbox.withLock { inbox in
            if inbox.isStopping { return false }
            swap(&commands, &inbox.commands)
            return true
        }
    }

    private func perform(_ command: Command) {
        switch command {
        case .start(let transfer):
            guard !transfer.isOver, let handle = transfer.handle else { return transfer.handle = nil }
            live[ObjectIdentifier(transfer)] = transfer
            nextDeadline = min(nextDeadline, transfer.deadlines.next)
            if curl_multi_add_handle(multi, handle.easy) != CURLM_OK {
                end(transfer, .failed(.curl(CURLE_FAILED_INIT, isRequested: false)))
            }
        case .resume(let transfer):
            guard transfer.isHeld, live[ObjectIdentifier(transfer)] != nil, let handle = transfer.handle else {
                return
            }
            transfer.deadlines.touched(at: Self.now())
            nextDeadline = min(nextDeadline, transfer.deadlines.next)
            unpause(transfer, handle)
        case .finish(let transfer):
            guard live[ObjectIdentifier(transfer)] != nil, let handle = transfer.handle else { return }
            transfer.deadlines.shorten(to: Self.now() + Transfer.finishSpan)
            nextDeadline = min(nextDeadline, transfer.deadlines.next)
            if transfer.isHeld { unpause(transfer, handle) }
        case .drop(let transfer):
            if live[ObjectIdentifier(transfer)] != nil { end(transfer, .failed(.cancelled(isRequested: true))) }
            // One that was never started has a handle, too.
            transfer.handle = nil
        }
    }

    private func unpause(_ transfer: Transfer, _ handle: CurlHandle) {
        transfer.isHeld = false
        let code = curl_easy_pause(handle.easy, CURLPAUSE_CONT)
        if code != CURLE_OK { end(transfer, .failed(failure(code, of: transfer))) }
    }

    /// Takes a transfer out of libcurl, frees what it holds there and tells whoever waits.
    private func end(_ transfer: Transfer, _ ending: Transfer.Ending) {
        live[ObjectIdentifier(transfer)] = nil
        if let handle = transfer.handle { curl_multi_remove_handle(multi, handle.easy) }
        transfer.handle = nil
        transfer.conclude(ending)
    }

    /// Ends the transfers that libcurl is done with.
    private func reap() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = operon_curl_message_result(message)
            var context: UnsafeMutableRawPointer?
            operon_curl_get_pointer(easy, CURLINFO_PRIVATE, &context)
            guard let context else { continue }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            if code == CURLE_OK && transfer.head.isComplete {
                end(transfer, .complete)
            } else if code == CURLE_OK {
                end(transfer, .failed(.curl(CURLE_GOT_NOTHING, isRequested: transfer.isRequested)))
            } else {
                end(transfer, .failed(failure(code, of: transfer)))
            }
        }
    }

    /// Why a transfer has failed: what a callback found, or what libcurl says.
    private func failure(_ code: CURLcode, of transfer: Transfer) -> HTTPFailure {
        if let verdict = transfer.verdict { return verdict }
        var systemError = 0
        if let handle = transfer.handle { operon_curl_get_long(handle.easy, CURLINFO_OS_ERRNO, &systemError) }
        return .curl(
            code, isRequested: transfer.isRequested, hasSystemError: systemError != 0, isSecure: transfer.isSecure)
    }

    /// Wakes the readers of what has come in this turn, each once.
    private func tell() {
        for transfer in news {
            transfer.hasNews = false
            transfer.publish()
        }
        news.removeAll(keepingCapacity: true)
    }

    /// Ends what has taken too long. Bytes that had arrived were read before.
    private func expire() {
        let now = Self.now()
        guard now >= nextDeadline else { return }
        for transfer in Array(live.values) {
            guard let kind = transfer.deadlines.due(at: now) else { continue }
            if kind == .idleTimeout && isUploading(transfer) {
                transfer.deadlines.touched(at: now)
            } else {
                end(transfer, .failed(.timeout(kind, isRequested: transfer.isRequested)))
            }
        }
        nextDeadline = live.values.reduce(.max) { min($0, $1.deadlines.next) }
    }

    /// Whether more of the request's body has gone out since this was last asked: then the line is not idle.
    private func isUploading(_ transfer: Transfer) -> Bool {
        guard let handle = transfer.handle, transfer.uploaded < transfer.bodyCount else { return false }
        var sent: curl_off_t = 0
        operon_curl_get_offset(handle.easy, CURLINFO_SIZE_UPLOAD_T, &sent)
        defer { transfer.uploaded = Int64(sent) }
        return Int64(sent) > transfer.uploaded
    }

    /// With many transfers, lets more of them become ready before the next turn. Every turn looks at every transfer, so
    /// turns for one event each would cost far more than the events; few transfers are served at once.
    private func gather() {
        if live.count < 32 { return }
        var pause = timespec(tv_sec: 0, tv_nsec: min(1_500_000, live.count * 3000))
        nanosleep(&pause, nil)
    }

    /// Sleeps until a socket is ready, libcurl or a deadline is due, or somebody wakes the loop.
    private func wait() {
        let mustLook = inbox.withLock { inbox in
            if !inbox.commands.isEmpty || inbox.isStopping { return true }
            inbox.isAwake = false
            return false
        }
        if !mustLook {
            let now = Self.now()
            // Rounded up: waking a moment too early would only mean another turn.
            let milliseconds = nextDeadline <= now ? 0 : min((nextDeadline - now) / 1_000_000 + 1, 3_600_000)
            var ready: Int32 = 0
            curl_multi_poll(multi, nil, 0, Int32(milliseconds), &ready)
            if ready > 0 { gather() }
        }
        turnTime = Self.now()
    }
}
