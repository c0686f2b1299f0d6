internal import Synchronization

/// One request under way. The loop's thread drives it; whoever sent it waits for the head and reads the body.
///
/// @unchecked Sendable because everything outside `shared` is set before the loop gets the transfer and touched on the
/// loop's thread alone from then on.
final class Transfer: @unchecked Sendable {
    /// What both sides see, under one lock.
    struct Shared {
        var head: ResponseHead?
        var unread: [UInt8] = []
        var ending: Ending?
        /// Whether bytes of the request may have left: set before the first of them does.
        var isRequested = false
        /// The sender is held back until the reader has taken what there is.
        var isPaused = false
        /// How many more bytes may come that nobody reads; nil while somebody does.
        var finishing: Int?
        var headWaiter: UnsafeContinuation<Bool, Never>?
        var reader: UnsafeContinuation<Bool, Never>?
    }

    /// How it ended.
    enum Ending {
        case complete
        case failed(HTTPFailure)
    }

    let loop: CurlLoop
    let limits: HTTPLimits
    let isSecure: Bool
    let bodyCount: Int
    /// Unread bytes from which on the sender is held back.
    private let unreadBytes: Int
    /// Whether sending it twice does no more than sending it once (RFC 9110, section 9.2.2).
    let isIdempotent: Bool
    private let shared = Mutex(Shared())

    // The loop's thread only.
    var handle: CurlHandle?
    var head: ResponseHead
    var deadlines: Deadlines
    /// Decompressed bytes so far.
    var received = 0
    /// Bytes of the request's body that had gone out when the idle time was last looked at.
    var uploaded: Int64 = 0
    /// How often the request was begun: once more when a kept connection turned out to be dead.
    var attempts = 0
    /// Why a callback has broken the transfer off.
    var verdict: HTTPFailure?
    /// Whether it stands in the loop's list of transfers with news.
    var hasNews = false
    /// Whether libcurl holds the body back.
    var isHeld = false

    /// Checks the request and prepares everything that needs no connection. The clocks start here.
    init(_ request: HTTPRequest, _ configuration: HTTPConfiguration, _ loop: CurlLoop) throws(HTTPFailure) {
        let check = try RequestCheck(request)
        self.loop = loop
        limits = request.limits
        isSecure = check.isSecure
        bodyCount = request.body.count
        unreadBytes = max(1, configuration.unreadBytes)
        isIdempotent = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(request.method)
        head = ResponseHead(limit: limits.headerBytes)
        deadlines = Deadlines(limits, from: CurlLoop.now())
        handle = try CurlHandle(request, configuration, isSecure: isSecure)
        handle?.connect(to: self)
    }

    // MARK: the sender's and reader's side, any thread

    /// Registers who waits for the head; false when there is nothing to wait for any more.
    func waitForHead(_ waiter: UnsafeContinuation<Bool, Never>) -> Bool {
        shared.withLock { shared in
            if shared.ending != nil { return false }
            shared.headWaiter = waiter
            return true
        }
    }

    /// The head, or why there is none. A failure after a complete head is told by the body, unless nobody wants it.
    func takeHead() throws(HTTPFailure) -> ResponseHead {
        let (head, ending) = shared.withLock { ($0.head, $0.ending) }
        if case .failed(let failure) = ending, head == nil || failure.kind == .cancelled { throw failure }
        guard let head else { throw HTTPFailure(.protocol, "there was no answer") }
        return head
    }

    /// What a reader finds.
    enum Reading {
        case bytes([UInt8])
        case end
        case failed(HTTPFailure)
        case nothing
    }

    /// Takes all bytes that are there. A failure shows after the bytes before it.
    func take() -> Reading {
        let (reading, mustResume) = shared.withLock { shared -> (Reading, Bool) in
            if !shared.unread.isEmpty {
                var bytes: [UInt8] = []
                swap(&bytes, &shared.unread)
                let mustResume = shared.isPaused && shared.ending == nil
                shared.isPaused = false
                return (.bytes(bytes), mustResume)
            }
            switch shared.ending {
            case nil: return (.nothing, false)
            case .complete: return (.end, false)
            case .failed(let failure): return (.failed(failure), false)
            }
        }
        if mustResume { loop.post(.resume(self)) }
        return reading
    }

    /// What became of an attempt to wait.
    enum Waiting {
        case registered
        case needless
        case taken
    }

    /// Registers the one reader that waits for bytes or the end.
    func waitForBytes(_ reader: UnsafeContinuation<Bool, Never>) -> Waiting {
        shared.withLock { shared in
            if shared.ending != nil || !shared.unread.isEmpty { return .needless }
            if shared.reader != nil { return .taken }
            shared.reader = reader
            return .registered
        }
    }

    /// Gives it up, once: whoever waits fails with `cancelled` at once, and the loop frees the connection.
    func giveUp() {
        let waiters = shared.withLock { shared -> [UnsafeContinuation<Bool, Never>]? in
            guard shared.ending == nil else { return nil }
            shared.ending = .failed(.cancelled(isRequested: shared.isRequested))
            shared.unread = []
            return shared.takeWaiters()
        }
        guard let waiters else { return }
        loop.post(.drop(self))
        for waiter in waiters { waiter.resume(returning: true) }
    }

    /// How long and how much the rest of a body that nobody reads may take.
    static let finishSpan: UInt64 = 50_000_000
    private static let finishBytes = 64 << 10

    /// Nobody reads any more; what comes is dropped, until the end or until it is too much.
    func letFinish() {
        let isUnderWay = shared.withLock { shared in
            if shared.ending != nil || shared.finishing != nil { return false }
            shared.finishing = Self.finishBytes
            shared.unread = []
            return true
        }
        if isUnderWay { loop.post(.finish(self)) }
    }

    // MARK: the loop's side

    /// Whether somebody has given it up, or it has ended otherwise.
    var isOver: Bool { shared.withLock { $0.ending != nil } }

    /// Whether bytes of the request may have left.
    var isRequested: Bool { shared.withLock { $0.isRequested } }

    /// Notes that the request is about to go out; false when nobody wants it any more.
    func markRequested() -> Bool {
        shared.withLock { shared in
            if shared.ending != nil { return false }
            shared.isRequested = true
            return true
        }
    }

    /// Hands over the complete head.
    func deliver(_ head: ResponseHead) { shared.withLock { $0.head = head } }

    /// What becomes of a piece of the body.
    enum Delivery {
        case taken
        /// The reader has enough to do; the sender is held back until it has taken what there is.
        case full
        /// Nobody reads any more.
        case unwanted
    }

    /// Appends a piece of the body, unless too much is unread.
    func deliver(_ bytes: UnsafeRawBufferPointer) -> Delivery {
        shared.withLock { shared in
            if shared.ending != nil { return .unwanted }
            if let left = shared.finishing {
                shared.finishing = left - bytes.count
                return left >= bytes.count ? .taken : .unwanted
            }
            if shared.unread.count >= unreadBytes {
                shared.isPaused = true
                return .full
            }
            shared.unread.append(contentsOf: bytes)
            return .taken
        }
    }

    /// Wakes whoever waits for what has come.
    func publish() {
        let (headWaiter, reader) = shared.withLock { shared in
            var headWaiter: UnsafeContinuation<Bool, Never>?
            var reader: UnsafeContinuation<Bool, Never>?
            if shared.head != nil { swap(&headWaiter, &shared.headWaiter) }
            if !shared.unread.isEmpty { swap(&reader, &shared.reader) }
            return (headWaiter, reader)
        }
        headWaiter?.resume(returning: true)
        reader?.resume(returning: true)
    }

    /// Ends it, unless it has ended; whoever waits goes on.
    func conclude(_ ending: Ending) {
        let waiters = shared.withLock { shared in
            if shared.ending == nil { shared.ending = ending }
            return shared.takeWaiters()
        }
        for waiter in waiters { waiter.resume(returning: true) }
    }
}

extension Transfer.Shared {
    /// Whoever waits, to be resumed once outside the lock.
    mutating func takeWaiters() -> [UnsafeContinuation<Bool, Never>] {
        defer {
            headWaiter = nil
            reader = nil
        }
        return [headWaiter, reader].compactMap(\.self)
    }
}
