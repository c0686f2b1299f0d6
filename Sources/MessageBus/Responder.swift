internal import Services
public import Values

/// A request as its responder sees it. Reply or fail once; what comes later is dropped.
public struct Request: Sendable {
    /// What it is about.
    public var topic: String { call.topic }
    /// What is asked.
    public var payload: JSON { call.payload }
    let call: PendingRequest
    let bus: Bus

    /// Answers it. Returns whether the requester still waited; a late reply is counted as a dead letter.
    @discardableResult
    public func reply(_ payload: JSON) -> Bool { end(.success(payload)) }

    /// Answers it with an error.
    @discardableResult
    public func fail(_ error: OperonError) -> Bool { end(.failure(error)) }

    private func end(_ result: Result<JSON, OperonError>) -> Bool {
        if bus.requests.finish(call, result) { return true }
        bus.bury(DeadLetter(topic: topic, reason: .lateReply))
        return false
    }
}

/// The responding end of a topic. One task reads it; letting go of it cancels it.
public final class Responder: Sendable {
    private let bus: Bus
    private let queue: ResponderQueue

    init(bus: Bus, queue: ResponderQueue) {
        self.bus = bus
        self.queue = queue
    }

    deinit { cancel() }

    /// All requests that wait, in order; waits while there is none. Empty means the end: the responder or the task
    /// was cancelled, or the bus was closed.
    public func next() async -> [Request] {
        while true {
            let calls = await queue.mailbox.receive()
            if calls.isEmpty { return [] }
            let open = calls.filter { !$0.isFinished }.map { Request(call: $0, bus: bus) }
            if !open.isEmpty { return open }
        }
    }

    /// Stops taking requests. Those that wait in the mailbox fail with `no_responder`.
    public func cancel() {
        bus.removeResponder(queue.id)
        queue.close(bus.requests)
    }
}

/// What the bus keeps of a responder: its pattern and its bounded mailbox.
final class ResponderQueue: Sendable {
    let id: Int
    let pattern: TopicPattern
    let mailbox: Mailbox<PendingRequest>

    init(id: Int, pattern: TopicPattern, capacity: Int) {
        self.id = id
        self.pattern = pattern
        mailbox = Mailbox(capacity: capacity)
    }

    func close(_ requests: PendingRequests) {
        mailbox.close()
        for call in mailbox.drain() {
            requests.finish(
                call,
                .failure(
                    OperonError(
                        code: "no_responder", "the responder to \"\(call.topic)\" has stopped", at: call.topic)))
        }
    }
}
