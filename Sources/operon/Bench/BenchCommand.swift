import Services
import Values

/// `operon bench`: the hot paths, measured.
enum BenchCommand: Command {
    static let specification = CommandSpecification(
        words: "bench", arguments: "NAME", summary: "measure a hot path",
        details: "Names:\n" + Benchmark.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n")
            + "\n\nBuild for release first (make build): a debug build is several times slower.",
        options: [
            .init(name: "seconds", value: "N", help: "how long to measure (default 2)"),
            .init(name: "base-url", value: "URL", help: "streams, cancel: the server that paces the streams"),
            .init(name: "streams", value: "N", help: "streams, cancel: how many at once (default 500)"),
            .init(
                name: "file", value: "FILE", help: "index: the database; its index is built in a folder of its own"),
            .init(
                name: "model", value: "FILE",
                help: "index: also write the keys and references that were found to FILE"),
            .init(name: "source", value: "NAME", help: "index: what the model is called in --model"),
            CommandSpecification.json,
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
        let options = Benchmark.Options(
            seconds: Double(seconds), baseURL: invocation.value("base-url"),
            streams: try invocation.integer("streams", in: 1...4000, default: 500),
            file: invocation.value("file"), model: invocation.value("model"),
            source: invocation.value("source") ?? "database")
        let measurement = try await benchmark.run(options)
        invocation.terminal.print(
            invocation.has("json") ? measurement.json.description : "\(measurement)")
        return .completed
    }
}

/// One benchmark.
struct Benchmark {
    let name: String
    let summary: String
    let run: @Sendable (Options) async throws -> Measurement

    /// What the person asked for.
    struct Options {
        var seconds: Double
        var baseURL: String?
        var streams: Int
        var file: String?
        var model: String?
        var source = "database"

        var server: String {
            get throws {
                guard let baseURL else {
                    throw UsageError(
                        "this benchmark needs --base-url: Benchmarks/run.sh starts the server, see there")
                }
                return baseURL
            }
        }
    }

    /// All of them.
    static let all: [Benchmark] = [
        Benchmark(name: "turn", summary: "an agent's turn with three parallel tools, logged in memory") {
            try await TurnBench.run(seconds: $0.seconds, isDurable: false)
        },
        Benchmark(name: "turn-durable", summary: "the same turn, every event on disk") {
            try await TurnBench.run(seconds: $0.seconds, isDurable: true)
        },
        Benchmark(name: "bus", summary: "deliveries from the bus to ten subscribers") {
            try await BusBench.deliveries(seconds: $0.seconds)
        },
        Benchmark(name: "request", summary: "requests answered over the bus") {
            try await BusBench.requests(seconds: $0.seconds)
        },
        Benchmark(name: "log", summary: "envelopes appended and committed to the durable store") {
            try await LogBench.run(seconds: $0.seconds)
        },
        Benchmark(name: "replay", summary: "replays of a recorded question beside the live run") {
            try await ReplayBench.run(seconds: $0.seconds)
        },
        Benchmark(name: "sessions", summary: "memory of 100 000 idle sessions") { _ in
            try await SessionsBench.run(count: 100_000)
        },
        Benchmark(name: "streams", summary: "answers of language models, streamed side by side") {
            try await StreamsBench(baseURL: try $0.server, count: $0.streams).all()
        },
        Benchmark(name: "cancel", summary: "cancelling streams that run") {
            try await StreamsBench(baseURL: try $0.server, count: $0.streams).cancelled()
        },
        Benchmark(name: "index", summary: "the index of a database's values: built, taken up again, looked up") {
            try await IndexBench.run($0)
        },
        Benchmark(name: "breaker", summary: "a circuit breaker's decision and record") {
            BreakerBench.run(seconds: $0.seconds)
        },
    ]
}
