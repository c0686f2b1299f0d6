internal import Synchronization

/// Lets at most so many work at the same time. The others wait in a bounded queue in which callers take turns
/// (``FairQueue``). Whoever is cancelled leaves the queue at once.
public final class FairLimiter: Sendable {
    /// How an attempt to get a place ended.
    public enum Entry: Sendable, Hashable {
        /// There is a place; give it back with ``leave()``.
        case entered
        /// As many wait as may.
        case full
        /// The task was cancelled while it waited, or before.
        case cancelled
    }

    private struct State {
        var active = 0
        var queue: FairQueue<UnsafeContinuation<Entry, Never>>
    }

    /// How many may work at the same time.
    public let limit: Int
    private let state: Mutex<State>

    /// Makes a limiter with `limit` places (at least 1) for which at most `queue` wait.
    public init(limit: Int, queue: Int = 1000) {
        self.limit = max(1, limit)
        state = Mutex(State(queue: FairQueue(capacity: queue)))
    }

    /// How many work now.
    public var activeCount: Int { state.withLock { $0.active } }
    /// How many wait now.
    public var waitingCount: Int { state.withLock { $0.queue.count } }

    /// Takes a place if one is free and nobody waits for it.
    public func tryEnter() -> Bool {
        state.withLock { state in
            // While somebody waits no place is free: it goes from hand to hand.
            guard state.active < limit else { return false }
            state.active += 1
            return true
        }
    }

    /// Takes a place; waits for it if need be. `queued` is told once how many wait before, when there is a wait.
    public func enter(as caller: String, queued: (Int) -> Void = { _ in }) async -> Entry {
        if Task.isCancelled { return .cancelled }
        if tryEnter() { return .entered }
        queued(waitingCount)
        let ticket = Mutex<Int?>(nil)
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let now = state.withLock { state -> Entry? in
                    if Task.isCancelled { return .cancelled }
                    if state.active < limit {
                        state.active += 1
                        return .entered
                    }
                    guard let number = state.queue.append(continuation, caller: caller) else { return .full }
                    ticket.withLock { $0 = number }
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            // Without a ticket it has yet to queue and sees there that it is cancelled.
            let waiter = state.withLock { state in
                ticket.withLock { $0 }.flatMap { state.queue.remove(ticket: $0, caller: caller) }
            }
            waiter?.resume(returning: .cancelled)
        }
    }

    /// Gives a place back; it goes to the next in turn.
    public func leave() {
        let next = state.withLock { state -> UnsafeContinuation<Entry, Never>? in
            if let next = state.queue.popFirst() { return next }
            state.active -= 1
            return nil
        }
        next?.resume(returning: .entered)
    }
}
