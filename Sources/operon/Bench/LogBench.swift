import MessageBus
import Services
import Traces
import Values

/// Envelopes appended to durable logs: how many per second are on disk.
enum LogBench {
    static func run(seconds: Double) async throws -> Measurement {
        let folder = try TemporaryFolder()
        let store = try TraceStore(path: folder.path + "/bench.sqlite")
        let payload: JSON = [
            "phase": "execute", "round": 1, "does": "tool run_sql",
            "text": .string(String(repeating: "what was done here ", count: 8)),
        ]
        let deadline = monotonic() + UInt64(seconds * 1e9)
        let start = monotonic()
        var durations: [UInt64] = []
        let batch = 1000
        try await withThrowingTaskGroup(of: [UInt64].self) { group in
            for lane in 0..<4 {
                group.addTask {
                    let log = try await store.openLog(session: "bench_\(lane)", time: SystemTime())
                    let topic = TopicName.reasoningStep(log.session)
                    var durations: [UInt64] = []
                    while monotonic() < deadline {
                        let before = monotonic()
                        for _ in 0..<batch {
                            log.append(
                                path: "t1/execute/s2/a1", topic: topic, sender: "coordinator", kind: .stepStarted,
                                payload: payload)
                        }
                        try await log.waitUntilDurable(log.lastSeq)
                        durations.append(monotonic() - before)
                    }
                    return durations
                }
            }
            for try await some in group { durations += some }
        }
        let total = monotonic() - start
        await store.close()
        return Measurement(name: "log", durations: durations, operationsEach: batch, total: total)
    }
}
