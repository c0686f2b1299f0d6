import AgentRuntime
import MessageBus
import Services
import Traces
import Values

/// An agent's turn: four phases, three parallel tools that do nothing, every event logged.
enum TurnBench {
    struct Nothing: Tool {
        let descriptor = ToolDescriptor(
            name: "nothing", title: "Nothing", summary: "Does nothing.", input: JSONSchema(["type": "object"]),
            output: JSONSchema([:]), effectClass: .pure, permission: "read")
        func call(_ arguments: JSON, in context: ToolContext) async throws -> ToolOutput { ToolOutput(.int(1)) }
    }

    static let definition = AgentDefinition(
        name: "bench", title: "Bench", tools: ["nothing"],
        playbook: Playbook(
            steps: ["a", "b", "c"].map { id in
                PlaybookStep(id: id, action: .tool(name: "nothing", arguments: .literal([:])))
            } + [
                PlaybookStep(
                    id: "reply",
                    action: .answer(
                        .object(["a", "b", "c"].map { .init($0, .expression(.reference(root: $0, path: []))) }),
                        outcome: .completed))
            ]))

    static var configuration: SessionConfiguration {
        SessionConfiguration(definitions: [definition], agent: "bench", tools: ToolRegistry([Nothing()]))
    }

    /// Turns in two sessions per processor, each a hundred turns long, so that no log grows without bound.
    static func run(seconds: Double, isDurable: Bool) async throws -> Measurement {
        let folder = try isDurable ? TemporaryFolder() : nil
        let store = try folder.map { try TraceStore(path: $0.path + "/bench.sqlite") }
        let deadline = monotonic() + UInt64(seconds * 1e9)
        let start = monotonic()
        var durations: [UInt64] = []
        var envelopes = 0
        let executors = (0..<2).map { _ in ThreadPoolExecutor(threads: 1) }
        defer { for executor in executors { executor.stop() } }
        try await withThrowingTaskGroup(of: ([UInt64], Int).self) { group in
            for lane in 0..<(isDurable ? 512 : 8) {
                group.addTask(executorPreference: executors[lane % executors.count]) {
                    try await self.lane(lane, until: deadline, store)
                }
            }
            for try await (some, count) in group {
                durations += some
                envelopes += count
            }
        }
        let total = monotonic() - start
        await store?.close()
        return Measurement(
            name: isDurable ? "turn-durable" : "turn", durations: durations, total: total,
            extra: [
                "events_per_turn": .double(
                    (Double(envelopes) / Double(max(1, durations.count)) * 10).rounded() / 10)
            ])
    }

    private static func lane(
        _ lane: Int, until deadline: UInt64, _ store: TraceStore?
    ) async throws -> ([UInt64], Int) {
        var durations: [UInt64] = []
        var envelopes = 0
        var number = 0
        let configuration = configuration
        while monotonic() < deadline {
            number += 1
            let name = "bench_\(lane)_\(number)"
            let log: SessionLog
            if let store {
                log = try await store.openLog(session: name, time: SystemTime())
            } else {
                log = SessionLog(session: name, time: SystemTime())
            }
            let session = Session(configuration, journal: Journal(log: log))
            try await session.open()
            for _ in 0..<100 where monotonic() < deadline {
                let before = monotonic()
                _ = try await session.ask([:])
                durations.append(monotonic() - before)
            }
            try await session.close()
            envelopes += log.lastSeq
        }
        return (durations, envelopes)
    }
}
