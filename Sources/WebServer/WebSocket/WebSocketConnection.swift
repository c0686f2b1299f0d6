internal import Synchronization

/// A WebSocket, as its handler and everyone else sees it. Messages of one sender arrive in the order of the calls.
public final class WebSocketConnection: Sendable {
    let connection: Connection
    /// Bytes that were handed over and have not reached the loop. They are bounded like those that wait there.
    private let underway = Atomic<Int>(0)
    private let lost = Atomic<Int>(0)
    private let limit: Int
    private let head: HTTPRequestHead

    init(_ connection: Connection, head: HTTPRequestHead, limit: Int) {
        self.connection = connection
        self.head = head
        self.limit = limit
    }

    /// The request that opened it.
    public var request: HTTPRequestHead { head }

    /// The loop that the connection lives on. An actor with this executor reaches it without crossing threads.
    public var loop: EventLoop { connection.loop }

    /// Sends a message. What cannot be kept is dealt with as ``WebSocketUpgrade/whenFull`` says; after the end it is
    /// dropped.
    public func send(_ frame: SharedFrame) {
        if connection.loop.isCurrent { return connection.send(frame) }
        send([frame])
    }

    /// Sends messages one after the other, which costs little more than one.
    public func send(_ frames: [SharedFrame]) {
        if connection.loop.isCurrent { return frames.forEach(connection.send) }
        let count = frames.reduce(0) { $0 + $1.byteCount }
        // Only a loop that cannot keep up lets this grow: it, too, has its bound, and what is beyond is counted.
        if underway.add(count, ordering: .relaxed).newValue > max(limit, count) {
            underway.subtract(count, ordering: .relaxed)
            lost.add(frames.count, ordering: .relaxed)
            let connection = connection
            connection.loop.post { connection.lostMessages(self.lost.exchange(0, ordering: .relaxed)) }
            return
        }
        connection.loop.post {
            self.underway.subtract(count, ordering: .relaxed)
            for frame in frames { self.connection.send(frame) }
        }
    }

    /// Closes with a close frame. What was sent before goes out first.
    public func close(_ code: WebSocketCloseCode = .normal, _ reason: String = "") {
        let connection = connection
        if connection.loop.isCurrent { return connection.closeWebSocket(code, reason) }
        connection.loop.post { connection.closeWebSocket(code, reason) }
    }

    /// Reads nothing more until ``resumeReading()``: the client is slowed down.
    public func pauseReading() {
        let connection = connection
        connection.loop.post {
            connection.pauses.insert(.handler); connection.updateInterest()
        }
    }

    /// Reads on.
    public func resumeReading() {
        let connection = connection
        connection.loop.post {
            connection.pauses.remove(.handler); connection.readable()
        }
    }
}
