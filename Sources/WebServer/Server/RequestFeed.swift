internal import Synchronization

/// The way of requests from the loops to the server's tasks. Each connection has one request under way, so their number
/// bounds it. It ends when it is closed, not when the task is cancelled: until then connections are still served.
final class RequestFeed: Sendable {
    private struct State {
        var waiting: [PendingRequest] = []
        var taker: UnsafeContinuation<Void, Never>?
        var isClosed = false
    }
    private let state = Mutex(State())

    /// Adds a request.
    func put(_ request: PendingRequest) {
        let taker = state.withLock { state in
            if !state.isClosed { state.waiting.append(request) }
            return state.taker.take()
        }
        taker?.resume()
    }

    /// Everything that waits; waits itself while there is nothing. Nil at the end.
    func take() async -> [PendingRequest]? {
        while true {
            let (batch, isOver) = state.withLock { state -> ([PendingRequest], Bool) in
                defer { state.waiting = [] }
                return (state.waiting, state.isClosed)
            }
            if !batch.isEmpty { return batch }
            if isOver { return nil }
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                let mayGoOn = state.withLock { state in
                    if !state.waiting.isEmpty || state.isClosed { return true }
                    state.taker = continuation
                    return false
                }
                if mayGoOn { continuation.resume() }
            }
        }
    }

    /// Takes nothing more.
    func close() {
        let taker = state.withLock { state in
            state.isClosed = true
            return state.taker.take()
        }
        taker?.resume()
    }
}
