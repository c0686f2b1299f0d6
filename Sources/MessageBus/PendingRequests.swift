internal import Services
internal import Synchronization
internal import Values

/// A request in flight: it ends exactly once, and whoever ends it first decides how.
final class PendingRequest: Sendable {
    private enum State {
        case open
        case waiting(UnsafeContinuation<Result<JSON, OperonError>, Never>)
        case ended(Result<JSON, OperonError>)
    }

    let topic: String
    let payload: JSON
    private let state = Mutex(State.open)

    init(topic: String, payload: JSON) {
        self.topic = topic
        self.payload = payload
    }

    var isFinished: Bool { state.withLock { if case .ended = $0 { true } else { false } } }

    /// Registers the requester, or tells it at once how the request has ended already.
    func wait(_ continuation: UnsafeContinuation<Result<JSON, OperonError>, Never>) {
        let known = state.withLock { state -> Result<JSON, OperonError>? in
            if case .ended(let result) = state { return result }
            state = .waiting(continuation)
            return nil
        }
        if let known { continuation.resume(returning: known) }
    }

    /// Ends the request; false when it has ended before.
    func finish(_ result: Result<JSON, OperonError>) -> Bool {
        let (isFirst, continuation) = state.withLock {
            state -> (Bool, UnsafeContinuation<Result<JSON, OperonError>, Never>?) in
            switch state {
            case .ended: return (false, nil)
            case .open:
                state = .ended(result)
                return (true, nil)
            case .waiting(let continuation):
                state = .ended(result)
                return (true, continuation)
            }
        }
        continuation?.resume(returning: result)
        return isFirst
    }
}

/// All requests in flight and their deadlines. One task sleeps until the earliest deadline, and only while there is a
/// request; a task per request would cost more than the request.
final class PendingRequests: Sendable {
    private struct State {
        var heap = DeadlineHeap()
        /// How many entries of the heap have not ended; the rest is removed once it outweighs them.
        var live = 0
        var wakeAt = UInt64.max
        var sweep = 0
        var sweeper: Task<Void, Never>?
    }

    private let time: any TimeSource
    private let limit: Int
    private let state = Mutex(State())

    init(time: any TimeSource, limit: Int) {
        self.time = time
        self.limit = limit
    }

    /// How many requests are in flight.
    var count: Int { state.withLock { $0.live } }

    /// Takes note of a request; false when too many are in flight.
    func register(_ call: PendingRequest, deadline: Duration) -> Bool {
        let (due, overflow) = time.monotonicNanoseconds().addingReportingOverflow(deadline.wholeNanoseconds)
        let at = overflow ? UInt64.max : due
        let (accepted, sweep) = state.withLock { state -> (Bool, Int?) in
            if state.live >= limit { return (false, nil) }
            state.live += 1
            state.heap.push(.init(at: at, call: call))
            if state.heap.count > 2 * state.live + 1024 { state.heap.removeFinished() }
            if at >= state.wakeAt { return (true, nil) }
            state.wakeAt = at
            state.sweep += 1
            return (true, state.sweep)
        }
        if let sweep { startSweeper(sweep) }
        return accepted
    }

    private func startSweeper(_ number: Int) {
        let task = Task { await self.sweep(number) }
        let obsolete = state.withLock { state -> Task<Void, Never>? in
            // A later sweep may have been ordered, or this one may have ended, before we came to store it.
            guard state.sweep == number, state.wakeAt != .max else { return state.sweep == number ? nil : task }
            defer { state.sweeper = task }
            return state.sweeper
        }
        obsolete?.cancel()
    }

    private func sweep(_ number: Int) async {
        while true {
            guard let wakeAt = state.withLock({ $0.sweep == number ? $0.wakeAt : nil }) else { return }
            let now = time.monotonicNanoseconds()
            if wakeAt > now {
                do { try await time.sleep(nanoseconds: wakeAt - now) } catch { return }
            }
            let (due, isOver) = expire(number, time.monotonicNanoseconds())
            for call in due {
                finish(
                    call,
                    .failure(
                        OperonError(
                            code: "deadline_exceeded", "no reply to \"\(call.topic)\" in time", at: call.topic)))
            }
            if isOver { return }
        }
    }

    private func expire(_ number: Int, _ now: UInt64) -> ([PendingRequest], Bool) {
        state.withLock { state in
            guard state.sweep == number else { return ([], true) }
            var due: [PendingRequest] = []
            while let next = state.heap.first, next.at <= now || next.call.isFinished {
                due.append(next.call)
                state.heap.popFirst()
            }
            state.wakeAt = state.heap.first?.at ?? .max
            if state.wakeAt == .max { state.sweeper = nil }
            return (due, state.wakeAt == .max)
        }
    }

    /// Ends a request; false when it has ended before.
    @discardableResult
    func finish(_ call: PendingRequest, _ result: Result<JSON, OperonError>) -> Bool {
        guard call.finish(result) else { return false }
        state.withLock { $0.live -= 1 }
        return true
    }

    /// Fails what is in flight, and wakes the sweeper to its end: it would sleep until the last deadline otherwise.
    func failAll(_ error: OperonError) {
        let (calls, sweeper) = state.withLock { state -> ([PendingRequest], Task<Void, Never>?) in
            defer {
                state.heap = DeadlineHeap()
                state.wakeAt = .max
                state.sweep += 1
                state.sweeper = nil
            }
            return (state.heap.entries.map(\.call), state.sweeper)
        }
        sweeper?.cancel()
        for call in calls { finish(call, .failure(error)) }
    }
}

/// A binary heap of deadlines, the earliest first.
struct DeadlineHeap {
    struct Entry {
        var at: UInt64
        var call: PendingRequest
    }

    private(set) var entries: [Entry] = []
    var count: Int { entries.count }
    var first: Entry? { entries.first }

    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if entries[parent].at <= entry.at { break }
            entries.swapAt(parent, child)
            child = parent
        }
    }

    mutating func popFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
                if entries[child].at < entries[least].at { least = child }
            }
            if least == parent { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }

    mutating func removeFinished() {
        let open = entries.filter { !$0.call.isFinished }
        // A sorted array is a heap.
        entries = open.sorted { $0.at < $1.at }
    }
}
