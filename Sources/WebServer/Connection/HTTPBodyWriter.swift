internal import Synchronization

/// Takes the pieces of a response, and makes their maker wait while too many have not gone out.
public final class HTTPBodyWriter: Sendable {
    private struct State {
        /// Bytes handed over, and bytes that the kernel has taken.
        var written = 0
        var gone = 0
        var isClosed = false
        var writer: UnsafeContinuation<Void, Never>?
        var watcher: UnsafeContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let connection: Connection
    private let limit: Int
    let isEvents: Bool

    init(_ connection: Connection, limit: Int, isEvents: Bool) {
        self.connection = connection
        self.limit = limit
        self.isEvents = isEvents
    }

    /// Sends a piece; returns at once while little waits, and otherwise when there is room again. Throws
    /// `CancellationError` when the client has gone or the server ends. One caller at a time.
    public func write(_ piece: [UInt8]) async throws {
        if piece.isEmpty { return }
        let isOpen = state.withLock { state in
            if state.isClosed { return false }
            state.written += piece.count
            return true
        }
        guard isOpen, !Task.isCancelled else { throw CancellationError() }
        let connection = connection
        guard connection.loop.post({ connection.appendPiece(piece) }) else { throw CancellationError() }
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            let mayGoOn = state.withLock { state in
                if state.isClosed || state.written - state.gone <= limit { return true }
                state.writer = continuation
                return false
            }
            if mayGoOn { continuation.resume() }
        }
        if state.withLock({ $0.isClosed }) { throw CancellationError() }
    }

    /// So many bytes in all have gone out.
    func acknowledge(_ gone: Int) {
        let writer = state.withLock { state in
            state.gone = max(state.gone, gone)
            guard state.written - state.gone <= limit / 2 else { return nil as UnsafeContinuation<Void, Never>? }
            return state.writer.take()
        }
        writer?.resume()
    }

    /// Nobody takes anything any more.
    func close() {
        let (writer, watcher) = state.withLock { state in
            state.isClosed = true
            return (state.writer.take(), state.watcher.take())
        }
        writer?.resume()
        watcher?.resume()
    }

    /// Returns when nobody takes anything any more, or the task is cancelled.
    private func untilClosed() async {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                let isOver = state.withLock { state in
                    if state.isClosed || Task.isCancelled { return true }
                    state.watcher = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.watcher.take() }?.resume()
        }
    }

    /// Runs `produce` until it ends, or cancels it when nobody takes anything any more. True when it has ended by itself.
    func run(_ produce: @escaping @Sendable () async throws -> Void) async -> Bool {
        await withTaskGroup(of: Bool?.self) { group in
            group.addTask {
                do {
                    try await produce()
                    return true
                } catch {
                    return false
                }
            }
            group.addTask {
                await self.untilClosed()
                return nil
            }
            defer { group.cancelAll() }
            guard let first = await group.next() else { return false }
            if let isComplete = first { return isComplete }
            group.cancelAll()
            // A stream of events that the server ends is complete; the client comes back for the rest.
            _ = await group.next()
            return isEvents
        }
    }
}

/// A server-sent event (HTML Living Standard, section 9.2).
public struct ServerEvent: Sendable, Hashable {
    /// The identifier that a client sends back as `Last-Event-ID`; without line breaks and NUL.
    public var id: String?
    /// The type; clients take nil as `message`.
    public var event: String?
    /// The data; each of its lines becomes a `data` line.
    public var data: [UInt8]

    /// Makes an event.
    public init(id: String? = nil, event: String? = nil, data: [UInt8]) {
        self.id = id
        self.event = event
        self.data = data
    }

    /// Makes an event.
    public init(id: String? = nil, event: String? = nil, data: String) {
        self.init(id: id, event: event, data: Array(data.utf8))
    }

    /// Appends the event as it goes onto the wire. A line break inside of `id` or `event` would begin another field:
    /// such a field is cut there.
    package func write(to bytes: inout [UInt8]) {
        func line(_ name: StaticString, _ value: some Sequence<UInt8>) {
            name.withUTF8Buffer { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: value)
            bytes.append(0x0A)
        }
        let oneLine = { (text: String) in text.utf8.prefix { $0 != 0x0A && $0 != 0x0D && $0 != 0 } }
        if let id { line("id: ", oneLine(id)) }
        if let event { line("event: ", oneLine(event)) }
        // CR LF, CR and LF all end a line there.
        var start = 0
        var index = 0
        while index < data.count {
            if data[index] == 0x0A || data[index] == 0x0D {
                line("data: ", data[start..<index])
                if data[index] == 0x0D, index + 1 < data.count, data[index + 1] == 0x0A { index += 1 }
                start = index + 1
            }
            index += 1
        }
        line("data: ", data[start...])
        bytes.append(0x0A)
    }
}

/// Sends server-sent events, and makes their maker wait while too many have not gone out.
public struct EventWriter: Sendable {
    let writer: HTTPBodyWriter

    /// Sends an event. Throws `CancellationError` when the client has gone or the server ends.
    public func send(_ event: ServerEvent) async throws { try await send([event]) }

    /// Sends several at once, which costs little more than one.
    public func send(_ events: [ServerEvent]) async throws {
        var bytes: [UInt8] = []
        for event in events { event.write(to: &bytes) }
        try await writer.write(bytes)
    }
}
