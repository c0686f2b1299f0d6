import AgentRuntime
import MessageBus
import Services
import Support
import Testing
import Values

@Suite("Threads")
struct ThreadTests {
    static let team: [AgentDefinition] = {
        let item = Template.object([.init("n", .expression(.reference(root: "item", path: [])))])
        let leaf = agent("leaf", [.tool("x", "echo", .literal(["x": 1])), .answer("r", from: ["x"])])
        let middle = agent(
            "middle",
            [
                .delegate("l", "leaf", item, forEach: .init(list: .literal([1, 2, 3]))), .tool("y", "echo"),
                .tool("z", "broken", retry: .init(attempts: 2, backoffMilliseconds: 0), onError: .degrade),
                .answer("r", from: ["l", "y", "z"]),
            ], delegates: ["leaf"])
        return [
            agent(
                "boss",
                [
                    .delegate("one", "middle"), .delegate("two", "middle"), .tool("three", "echo"),
                    .tool("four", "echo", after: ["three"]), .answer("r", from: ["one", "two", "four"]),
                ], delegates: ["middle"]), middle, leaf,
        ]
    }()

    static func playground() -> Playground {
        let broken = ClosureTool("broken") { _, _ in
            throw ToolFailure(OperonError(code: "no", "no"), isRetryable: true)
        }
        return Playground(team, tools: [echo, broken], time: Still())
    }

    /// A clock that stands still and never keeps anybody waiting, except those who wait for a deadline.
    struct Still: TimeSource {
        let origin = ManualTime()
        func now() -> Timestamp { origin.now() }
        func monotonicNanoseconds() -> UInt64 { 0 }
        func sleep(nanoseconds: UInt64) async throws {
            if nanoseconds > 0 { try await origin.sleep(nanoseconds: nanoseconds) }
        }
    }

    func on<Value: Sendable>(
        _ threads: Int, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let pool = ThreadPoolExecutor(threads: threads)
        defer { pool.stop() }
        return try await Task(executorPreference: pool, operation: body).value
    }

    @Test("a recording replays to the same proof on one thread and on eight")
    func replay() async throws {
        let (_, log) = try await Self.playground().run()
        let expected = proof(of: log)
        for threads in [1, 8] {
            for _ in 0..<10 {
                let report = try await on(threads) { try await Replay.run(log, Self.playground().configuration) }
                #expect(report.divergence == nil)
                #expect(difference(proof(of: report.envelopes), expected) == nil)
            }
        }
    }

    @Test("live runs of pure tools have one proof, on one thread and on eight")
    func live() async throws {
        let expected = proof(of: try await Self.playground().run().1)
        for threads in [1, 8] {
            for _ in 0..<30 {
                let (_, log) = try await on(threads) { try await Self.playground().run() }
                #expect(difference(proof(of: log), expected) == nil)
            }
        }
    }
}
