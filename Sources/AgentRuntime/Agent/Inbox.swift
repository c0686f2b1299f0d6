internal import Synchronization

/// The door of an agent: so many turns at a time, so many that wait in order, no more.
final class Inbox: Sendable {
    /// What became of a request.
    enum Admission: Sendable { case admitted, full, cancelled }

    private struct Waiter {
        var ticket: Int
        var continuation: UnsafeContinuation<Admission, Never>
    }

    private struct State {
        var active = 0
        var waiters: [Waiter] = []
        var nextTicket = 0
        var cancelled: Set<Int> = []
    }

    private let concurrency: Int
    private let capacity: Int
    private let state = Mutex(State())

    init(concurrency: Int, capacity: Int) {
        self.concurrency = max(1, concurrency)
        self.capacity = max(0, capacity)
    }

    /// How many requests wait.
    var depth: Int { state.withLock { $0.waiters.count } }

    /// Waits for a place. Whoever is admitted must ``leave()``. `evenWhenFull` is for a request that was taken in by
    /// the process before: it waits, but is not turned away.
    func enter(evenWhenFull: Bool = false) async -> Admission {
        let now = state.withLock { state -> Admission? in
            if state.active < concurrency && state.waiters.isEmpty {
                state.active += 1
                return .admitted
            }
            return state.waiters.count >= capacity && !evenWhenFull ? .full : nil
        }
        if let now { return now }
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        defer { state.withLock { _ = $0.cancelled.remove(ticket) } }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let now = state.withLock { state -> Admission? in
                    if state.cancelled.remove(ticket) != nil { return .cancelled }
                    if state.active < concurrency {
                        state.active += 1
                        return .admitted
                    }
                    if state.waiters.count >= capacity && !evenWhenFull { return .full }
                    state.waiters.append(Waiter(ticket: ticket, continuation: continuation))
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiters.firstIndex(where: { $0.ticket == ticket }) else {
                    state.cancelled.insert(ticket)
                    return nil
                }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: .cancelled)
        }
    }

    /// Gives the place to whoever waits longest.
    func leave() {
        let next = state.withLock { state -> Waiter? in
            if state.waiters.isEmpty {
                state.active -= 1
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.continuation.resume(returning: .admitted)
    }
}
