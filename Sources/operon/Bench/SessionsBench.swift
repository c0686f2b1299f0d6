import AgentRuntime
import MessageBus
import Services
import Values

/// What idle sessions weigh: opened, each with its log and no turn yet.
enum SessionsBench {
    static func run(count: Int) async throws -> Measurement {
        let configuration = TurnBench.configuration
        let before = Measurement.residentMiB
        let start = monotonic()
        var sessions: [Session] = []
        sessions.reserveCapacity(count)
        for number in 0..<count {
            let log = SessionLog(session: "idle_\(number)", time: SystemTime())
            let session = Session(configuration, journal: Journal(log: log))
            try await session.open()
            sessions.append(session)
        }
        let total = monotonic() - start
        let weight = Measurement.residentMiB - before
        return Measurement(
            name: "sessions", durations: [UInt64](repeating: total / UInt64(count), count: sessions.count),
            total: total,
            extra: ["sessions_mib": .double((weight * 10).rounded() / 10)])
    }
}
