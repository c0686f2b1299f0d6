import AgentRuntime
import DemoData
import MessageBus
import Services
import Toolbox
import Traces
import Values

/// A question on the demo business, live and replayed in the same run.
enum ReplayBench {
    static func run(seconds: Double) async throws -> Measurement {
        let folder = try TemporaryFolder()
        let file = folder.path + "/shop.sqlite"
        _ = try await BlockingThread().run {
            try DemoDatabase.write(to: file, scenario: .salesGrowth, seed: 1, months: 36, force: false)
        }
        let terminal = Terminal(environment: [:])
        let invocation = Invocation(
            specification: AskCommand.specification, arguments: [], values: ["db": [file]], terminal: terminal)
        let composition = try Composition(invocation)
        let configuration = composition.session(on: composition.pool.names[0], source: file, time: SystemTime())
        let question: JSON = ["question": "Show me the top 5 customers by total purchase amount"]
        func live() async throws -> [Envelope] {
            let log = SessionLog(session: "live", time: SystemTime())
            let session = Session(configuration, journal: Journal(log: log))
            try await session.open()
            _ = try await session.ask(question)
            try await session.close()
            return log.envelopes(after: 0)
        }
        var envelopes = try await live()
        var liveTimes: [UInt64] = []
        for _ in 0..<9 {
            let before = monotonic()
            envelopes = try await live()
            liveTimes.append(monotonic() - before)
        }
        let deadline = monotonic() + UInt64(seconds * 1e9)
        let start = monotonic()
        var durations: [UInt64] = []
        while monotonic() < deadline {
            let before = monotonic()
            let report = try await Replay.run(envelopes, configuration)
            durations.append(monotonic() - before)
            if let divergence = report.divergence { throw divergence }
        }
        let total = monotonic() - start
        let median = Double(liveTimes.sorted()[liveTimes.count / 2])
        let replay = Double(durations.sorted()[durations.count / 2])
        return Measurement(
            name: "replay", durations: durations, total: total,
            extra: [
                "live_us": .double((median / 1000).rounded()), "live_per_second": .double((1e9 / median).rounded()),
                "times_live": .double((median / replay * 10).rounded() / 10),
                "events": .int(envelopes.count),
            ])
    }
}
