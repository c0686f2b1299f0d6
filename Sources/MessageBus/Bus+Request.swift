internal import Services
internal import Synchronization
public import Values

extension Bus {
    /// Asks whoever responds to `topic` and waits for the reply, at most `deadline` from now.
    ///
    /// Every request ends exactly once: with its reply, with the error that the responder gave, or with
    /// `no_responder`, `mailbox_full` (the responder's mailbox, or the bus's limit of requests in flight),
    /// `deadline_exceeded` or `cancelled`. A reply that comes later is dropped and counted as a dead letter. A request
    /// that has ended before its responder took it is not handed over any more.
    public func request(topic: String, payload: JSON, deadline: Duration) async throws(OperonError) -> JSON {
        guard let responder = state.withLock({ $0.responder(for: topic) }) else {
            bury(DeadLetter(topic: topic, reason: .noResponder))
            throw OperonError(
                code: "no_responder", "nobody responds to \"\(topic)\"",
                hint: "Start the part that does, or correct the topic.", at: topic)
        }
        let call = PendingRequest(topic: topic, payload: payload)
        guard requests.register(call, deadline: deadline) else {
            bury(DeadLetter(topic: topic, reason: .mailboxFull))
            throw OperonError(
                code: "mailbox_full", "too many requests are in flight", hint: "Ask again later.", at: topic)
        }
        switch responder.mailbox.offer(call, whenFull: .reject) {
        case .delivered, .deliveredAfterShedding: break
        case .full:
            bury(DeadLetter(topic: topic, reason: .mailboxFull))
            requests.finish(
                call,
                .failure(
                    OperonError(
                        code: "mailbox_full", "the responder to \"\(topic)\" has no room for another request",
                        hint: "Ask again later.", at: topic)))
        case .closed:
            bury(DeadLetter(topic: topic, reason: .noResponder))
            requests.finish(
                call,
                .failure(OperonError(code: "no_responder", "the responder to \"\(topic)\" has stopped", at: topic)))
        }
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { call.wait($0) }
        } onCancel: {
            requests.finish(
                call,
                .failure(OperonError(code: "cancelled", "the request to \"\(topic)\" was cancelled", at: topic)))
        }
        return try result.get()
    }

    /// Takes requests on the topics that `pattern` wants, until the responder is cancelled or let go of. At most
    /// `capacity` requests wait; the next one fails with `mailbox_full`. Where several responders want a topic, the
    /// one that came first gets it.
    public func respond(to pattern: TopicPattern, capacity: Int) -> Responder {
        let queue = state.withLock { state -> ResponderQueue in
            state.nextID += 1
            let queue = ResponderQueue(id: state.nextID, pattern: pattern, capacity: capacity)
            if state.isClosed {
                queue.mailbox.close()
            } else {
                state.responders.append(queue)
                state.responderCache.removeAll(keepingCapacity: true)
            }
            return queue
        }
        return Responder(bus: self, queue: queue)
    }

    /// Answers requests with `handler`, one after another in the order of arrival, until the task is cancelled or the
    /// bus is closed. An error that `handler` throws goes to the requester.
    public func respond(
        to pattern: TopicPattern, capacity: Int, with handler: (Request) async throws(OperonError) -> JSON
    ) async {
        let responder = respond(to: pattern, capacity: capacity)
        defer { responder.cancel() }
        while case let batch = await responder.next(), !batch.isEmpty {
            for request in batch {
                do throws(OperonError) {
                    request.reply(try await handler(request))
                } catch {
                    request.fail(error)
                }
            }
        }
    }

    func bury(_ letter: DeadLetter) { state.withLock { $0.deadLetters.add(letter) } }

    func removeResponder(_ id: Int) {
        state.withLock { state in
            state.responders.removeAll { $0.id == id }
            state.responderCache.removeAll(keepingCapacity: true)
        }
    }
}

extension Bus.State {
    mutating func responder(for topic: String) -> ResponderQueue? {
        if let known = responderCache[topic] { return known }
        guard let found = responders.first(where: { $0.pattern.matches(topic) }) else { return nil }
        if responderCache.count >= Self.topicCacheLimit { responderCache.removeAll(keepingCapacity: true) }
        responderCache[topic] = found
        return found
    }
}
