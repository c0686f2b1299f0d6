internal import Synchronization

/// What a sender does when a mailbox is full. It stands at the call, because only the sender knows what its message
/// is worth.
public enum OverflowPolicy: Sendable, Hashable {
    /// Wait for room, at most so many nanoseconds.
    case wait(nanoseconds: UInt64)
    /// Drop the oldest message to make room, and count it.
    case shedOldest
    /// Refuse the new message.
    case reject
}

/// How an attempt to send ended.
public enum SendResult: Sendable, Hashable {
    /// The message is in the mailbox.
    case delivered
    /// The message is in the mailbox; the oldest one was dropped and counted.
    case deliveredAfterShedding
    /// The mailbox was full (for the whole wait, if one was asked for); the message was not taken.
    case full
    /// The mailbox was closed; the message was not taken.
    case closed
}

/// A bounded queue from many senders to one receiver, which takes all that is there at once.
///
/// Crossing from task to task costs far more than queueing: `receive()` hands over the whole batch by swapping
/// buffers, so one wake-up serves as many messages as have gathered.
public final class Mailbox<Element: Sendable>: Sendable {
    private struct Sender {
        var ticket: Int
        var element: Element
        var continuation: UnsafeContinuation<SendResult, Never>
    }

    private struct State {
        var queue: [Element] = []
        var head = 0
        /// Those who wait for room, in order. While there is one, the queue is full: room goes to them first.
        var senders: [Sender] = []
        /// Waits whose time was up before they had registered.
        var expired: Set<Int> = []
        var receiver: UnsafeContinuation<Void, Never>?
        var nextTicket = 0
        var shed = 0
        var isClosed = false

        var count: Int { queue.count - head }
    }

    /// How many messages fit.
    public let capacity: Int
    private let state = Mutex(State())

    /// Makes an empty mailbox for at most `capacity` messages (at least 1).
    public init(capacity: Int) { self.capacity = max(1, capacity) }

    /// How many messages wait.
    public var count: Int { state.withLock { $0.count } }

    /// How many senders wait for room.
    public var waitingSenderCount: Int { state.withLock { $0.senders.count } }

    /// How many messages were dropped to make room since the start.
    public var shedCount: Int { state.withLock { $0.shed } }

    /// Sends without waiting. `.wait` behaves as `.reject` here.
    @discardableResult
    public func offer(_ element: Element, whenFull policy: OverflowPolicy) -> SendResult {
        let (result, receiver) = state.withLock { state -> (SendResult, UnsafeContinuation<Void, Never>?) in
            push(element, policy, &state)
        }
        receiver?.resume()
        return result
    }

    /// Sends a batch without waiting, in order; returns how many were taken without shedding or refusal.
    @discardableResult
    public func offer(contentsOf elements: some Sequence<Element>, whenFull policy: OverflowPolicy) -> Int {
        var clean = 0
        let receiver = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            var wake: UnsafeContinuation<Void, Never>?
            for element in elements {
                let (result, receiver) = push(element, policy, &state)
                if result == .delivered { clean += 1 }
                if let receiver { wake = receiver }
            }
            return wake
        }
        receiver?.resume()
        return clean
    }

    private func push(
        _ element: Element, _ policy: OverflowPolicy, _ state: inout State
    ) -> (SendResult, UnsafeContinuation<Void, Never>?) {
        if state.isClosed { return (.closed, nil) }
        var result = SendResult.delivered
        if state.count >= capacity {
            guard policy == .shedOldest else { return (.full, nil) }
            state.head += 1
            state.shed += 1
            result = .deliveredAfterShedding
            if state.head >= capacity {
                state.queue.removeFirst(state.head)
                state.head = 0
            }
        }
        state.queue.append(element)
        let receiver = state.receiver
        state.receiver = nil
        return (result, receiver)
    }

    /// Sends, waiting for room when the policy says so. A cancelled wait ends as `.full`.
    public func send(
        _ element: Element, whenFull policy: OverflowPolicy, time: any TimeSource = SystemTime()
    ) async -> SendResult {
        let first = offer(element, whenFull: policy)
        guard first == .full, case .wait(let nanoseconds) = policy, nanoseconds > 0 else { return first }
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        return await withTaskGroup(of: SendResult?.self) { group in
            group.addTask { await self.waitForRoom(element, ticket) }
            group.addTask {
                try? await time.sleep(nanoseconds: nanoseconds)
                self.giveUp(ticket)
                return nil
            }
            var result = SendResult.full
            for await one in group {
                if let one {
                    result = one
                    group.cancelAll()
                }
            }
            state.withLock { _ = $0.expired.remove(ticket) }
            return result
        }
    }

    private func waitForRoom(_ element: Element, _ ticket: Int) async -> SendResult {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let (now, receiver) = state.withLock { state -> (SendResult?, UnsafeContinuation<Void, Never>?) in
                    if Task.isCancelled || state.expired.contains(ticket) { return (.full, nil) }
                    let (result, receiver) = push(element, .reject, &state)
                    if result != .full { return (result, receiver) }
                    state.senders.append(Sender(ticket: ticket, element: element, continuation: continuation))
                    return (nil, nil)
                }
                receiver?.resume()
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            giveUp(ticket)
        }
    }

    private func giveUp(_ ticket: Int) {
        let sender = state.withLock { state -> Sender? in
            guard let index = state.senders.firstIndex(where: { $0.ticket == ticket }) else {
                // Either it has been served, or it has yet to register and must not wait then.
                state.expired.insert(ticket)
                return nil
            }
            return state.senders.remove(at: index)
        }
        sender?.continuation.resume(returning: .full)
    }

    /// Takes all that waits, in order; waits while there is nothing. Empty only when the mailbox is closed and
    /// drained, or the task was cancelled. One receiver at a time.
    public func receive() async -> [Element] {
        while true {
            let (batch, admitted, isClosed) = take()
            for sender in admitted { sender.continuation.resume(returning: .delivered) }
            if !batch.isEmpty || isClosed || Task.isCancelled { return batch }
            await withTaskCancellationHandler {
                await withUnsafeContinuation { continuation in
                    let ready = state.withLock { state -> Bool in
                        if state.count > 0 || state.isClosed || Task.isCancelled { return true }
                        precondition(state.receiver == nil, "Mailbox.receive() has one receiver at a time")
                        state.receiver = continuation
                        return false
                    }
                    if ready { continuation.resume() }
                }
            } onCancel: {
                state.withLock { state -> UnsafeContinuation<Void, Never>? in
                    defer { state.receiver = nil }
                    return state.receiver
                }?.resume()
            }
        }
    }

    private func take() -> ([Element], [Sender], Bool) {
        state.withLock { state in
            var batch: [Element] = []
            swap(&batch, &state.queue)
            if state.head > 0 {
                batch.removeFirst(state.head)
                state.head = 0
            }
            // Those who waited for room come in now, as many as fit.
            let admitted = Array(state.senders.prefix(capacity))
            state.senders.removeFirst(admitted.count)
            for sender in admitted { state.queue.append(sender.element) }
            return (batch, admitted, state.isClosed)
        }
    }

    /// Takes all that waits, in order, without waiting.
    public func drain() -> [Element] {
        let (batch, admitted, _) = take()
        for sender in admitted { sender.continuation.resume(returning: .delivered) }
        return batch
    }

    /// Closes the mailbox: what is in it can still be received, nothing more is taken. Senders who wait are told.
    public func close() {
        let (receiver, senders) = state.withLock { state -> (UnsafeContinuation<Void, Never>?, [Sender]) in
            state.isClosed = true
            defer {
                state.receiver = nil
                state.senders = []
            }
            return (state.receiver, state.senders)
        }
        receiver?.resume()
        for sender in senders { sender.continuation.resume(returning: .closed) }
    }
}
