import MessageBus
import Services
import Values

/// Deliveries and requests over the bus.
enum BusBench {
    private static let subscribers = 10
    private static let batch = 256

    /// One publisher, ten subscribers, batches of 256: how many envelopes reach a subscriber per second.
    static func deliveries(seconds: Double) async throws -> Measurement {
        let bus = Bus()
        let envelopes = (1...batch).map { seq in
            Envelope(
                seq: seq, at: Timestamp(microseconds: 0), session: "s", path: "t1", topic: "console.log.s",
                sender: "bench", kind: .log, payload: ["text": "what was said to all of them"])
        }
        var durations: [UInt64] = []
        var delivered = 0
        let start = monotonic()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<subscribers {
                let subscription = bus.subscribe(
                    try TopicPattern("console.log.*"), capacity: 16 * batch, whenFull: .shedOldest)
                group.addTask {
                    var count = 0
                    while case let received = await subscription.next(), !received.isEmpty {
                        count += received.count
                    }
                    return count
                }
            }
            let deadline = start + UInt64(seconds * 1e9)
            while monotonic() < deadline {
                let before = monotonic()
                bus.publish(contentsOf: envelopes)
                durations.append(monotonic() - before)
                // A publisher that leaves no thread to the subscribers would only measure shedding.
                await Task.yield()
            }
            bus.close()
            for try await count in group { delivered += count }
        }
        let total = monotonic() - start
        var measurement = Measurement(
            name: "bus", durations: durations, operationsEach: batch * subscribers, total: total,
            extra: [
                "subscribers": .int(subscribers), "delivered": .int(delivered),
                "shed": .int(durations.count * batch * subscribers - delivered),
            ])
        measurement.count = delivered
        measurement.perSecond = Double(delivered) / (Double(total) / 1e9)
        return measurement
    }

    /// 256 requests in flight at a time to one responder.
    static func requests(seconds: Double) async throws -> Measurement {
        let bus = Bus()
        let deadline = monotonic() + UInt64(seconds * 1e9)
        let responder = bus.respond(to: try TopicPattern("agent.message.echo"), capacity: 4096)
        var durations: [UInt64] = []
        let start = monotonic()
        try await withThrowingTaskGroup(of: [UInt64].self) { group in
            group.addTask {
                while case let batch = await responder.next(), !batch.isEmpty {
                    for request in batch { request.reply(request.payload) }
                }
                return []
            }
            for _ in 0..<256 {
                group.addTask {
                    var durations: [UInt64] = []
                    while monotonic() < deadline {
                        let before = monotonic()
                        _ = try await bus.request(
                            topic: "agent.message.echo", payload: .int(1), deadline: .seconds(10))
                        durations.append(monotonic() - before)
                    }
                    return durations
                }
            }
            var lanes = 0
            for try await some in group {
                durations += some
                lanes += 1
                if lanes == 256 { bus.close() }
            }
        }
        return Measurement(
            name: "request", durations: durations, total: monotonic() - start, extra: ["in_flight": 256])
    }
}
