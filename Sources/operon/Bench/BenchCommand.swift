import Services
import Values

/// `operon bench`: the hot paths, measured.
enum BenchCommand: Command {
    static let specification = CommandSpecification(
        words: "bench", arguments: "NAME", summary: "measure a hot path",
        details: "Names:\n" + Benchmark.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n")
            + "\n\nBuild for release first (make build): a debug build is several times slower.",
        options: [
            .init(name: "seconds", value: "N", help: "how long to measure (default 2)"), CommandSpecification.json,
        ], argumentCount: 1...1)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let name = invocation.arguments[0]
        guard let benchmark = Benchmark.all.first(where: { $0.name == name }) else {
            let near = Spelling.nearest(name, among: Benchmark.all.map(\.name))
            throw UsageError(
                "there is no benchmark \"\(name)\"" + (near.map { "; did you mean \"\($0)\"?" } ?? "") + ". Names: "
                    + Benchmark.all.map(\.name).joined(separator: ", "))
        }
        let seconds = try invocation.integer("seconds", in: 1...600, default: 2)
        let measurement = try await benchmark.run(Double(seconds))
        invocation.terminal.print(
            invocation.has("json") ? measurement.json.description : "\(measurement)")
        return .completed
    }
}

/// One benchmark.
struct Benchmark {
    let name: String
    let summary: String
    let run: @Sendable (_ seconds: Double) async throws -> Measurement

    /// All of them.
    static let all: [Benchmark] = [
        Benchmark(name: "turn", summary: "an agent's turn with three parallel tools, logged in memory") {
            try await TurnBench.run(seconds: $0, isDurable: false)
        },
        Benchmark(name: "turn-durable", summary: "the same turn, every event on disk") {
            try await TurnBench.run(seconds: $0, isDurable: true)
        },
        Benchmark(name: "bus", summary: "deliveries from the bus to ten subscribers") {
            try await BusBench.deliveries(seconds: $0)
        },
        Benchmark(name: "request", summary: "requests answered over the bus") {
            try await BusBench.requests(seconds: $0)
        },
        Benchmark(name: "log", summary: "envelopes appended and committed to the durable store") {
            try await LogBench.run(seconds: $0)
        },
        Benchmark(name: "replay", summary: "replays of a recorded question beside the live run") {
            try await ReplayBench.run(seconds: $0)
        },
        Benchmark(name: "sessions", summary: "memory of 100 000 idle sessions") { _ in
            try await SessionsBench.run(count: 100_000)
        },
    ]
}
