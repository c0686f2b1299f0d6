import AgentRuntime
import MessageBus
import Services
import Support
import Synchronization
import Values

/// The outside of a simulated run. How it answers is a function of the seed and of the path of the attempt, so that a
/// run that goes on after the process died meets the same world as one that was never interrupted.
final class World: Sendable {
    struct Deed: Sendable {
        var key: String
        /// How long the log was when the deed was done.
        var after: Int
    }
    private struct State {
        var log: SessionLog?
        var deeds: [Deed] = []
        var threads: Set<UInt> = []
    }
    private let state = Mutex(State())
    let seed: UInt64
    let time: ManualTime

    init(seed: UInt64, time: ManualTime, continuing earlier: World? = nil) {
        self.seed = seed
        self.time = time
        if let earlier {
            let deeds = earlier.state.withLock { $0.deeds }
            state.withLock { $0.deeds = deeds }
        }
    }

    /// Takes over what was done in the life of another process.
    func take(_ later: World) {
        let deeds = later.state.withLock { $0.deeds }
        state.withLock { $0.deeds = deeds }
    }

    /// A new process works in this world; its log is `log`.
    func begin(_ log: SessionLog) { state.withLock { $0.log = log } }

    /// The process died when its log held `length` entries. What it did right then may or may not have been done.
    func forget(after length: Int, keepingLast: Bool) {
        state.withLock { $0.deeds.removeAll { $0.after > length || $0.after == length && !keepingLast } }
    }

    /// How often the unsafe deed under `key` was done.
    func deeds(_ key: String) -> Int { state.withLock { $0.deeds.count { $0.key == key } } }
    /// Deeds that were done more than once, whichever attempt at whichever level did them again.
    var repeatedDeeds: [String] {
        let counts = state.withLock { state in
            state.deeds.reduce(into: [String: Int]()) { counts, deed in
                let work = deed.key.split(separator: "/").filter {
                    !($0.first == "a" && Int($0.dropFirst()) != nil)
                }
                counts[work.joined(separator: "/"), default: 0] += 1
            }
        }
        return counts.filter { $0.value > 1 }.map { "\($0.key) was done \($0.value) times" }.sorted()
    }
    /// The threads that tools ran on.
    var threads: Set<UInt> { state.withLock { $0.threads } }

    /// What an unsafe deed gives.
    static func deedResult(_ key: String) -> JSON { ["done": .string(key)] }

    /// How a call goes.
    enum Behaviour: Hashable {
        case succeed, sleep(Int), retryable(Int), final, crash(Int), hang, limited
    }

    func behaviour(_ path: String, _ tool: String) -> (Behaviour, SeededRandom) {
        var random = SeededRandom(seed: seed).split(path)
        let draw = random.unit()
        let odd = 1 + 2 * random.below(30)
        let behaviour: Behaviour =
            switch draw {
            case ..<0.52: .succeed
            case ..<0.70: .sleep(odd)
            case ..<0.80: .retryable(random.chance(0.5) ? odd : 0)
            case ..<0.84: .final
            case ..<0.89: .crash(random.chance(0.5) ? odd : 0)
            case ..<0.91: .hang
            case ..<0.95: .sleep(odd * 30)
            default: .limited
            }
        return (behaviour, random)
    }

    /// The path of the attempt that is being made under an idempotency key: the latest that the log knows.
    private func attemptPath(_ key: String) -> String {
        let log = state.withLock { $0.log }
        let stem = key.drop { $0 != "/" }.dropFirst() + "/a"
        for envelope in (log?.envelopes(after: 0) ?? []).reversed() where envelope.kind == .effectRequested {
            if envelope.path.hasPrefix(stem), !envelope.path.dropFirst(stem.count).contains("/") {
                return envelope.path
            }
        }
        return key
    }

    func call(_ tool: String, _ arguments: JSON, _ context: ToolContext) async throws -> ToolOutput {
        let path = attemptPath(context.idempotencyKey)
        state.withLock { _ = $0.threads.insert(Simulation.currentThread) }
        var (behaviour, random) = behaviour(path, tool)
        let isDeed = tool == "deed"
        if case .retryable(let delay) = behaviour {
            try await pause(delay)
            throw ToolFailure(OperonError(code: "try_again", "not now"), isRetryable: true)
        }
        if behaviour == .final { throw ToolFailure(OperonError(code: "refused", "never")) }
        if isDeed {
            if random.chance(0.3) { try await pause(3) }
            state.withLock { $0.deeds.append(Deed(key: context.idempotencyKey, after: $0.log?.lastSeq ?? 0)) }
        }
        var usage = Usage()
        switch behaviour {
        case .sleep(let milliseconds): try await pause(milliseconds)
        case .crash(let delay):
            try await pause(delay)
            throw Broken()
        case .hang: try await pause(1_000_000)
        default: break
        }
        if isDeed { return ToolOutput(Self.deedResult(context.idempotencyKey)) }
        usage.rows = min(context.rowLimit, random.below(20))
        let value: JSON = [
            "v": .int(random.below(4)), "list": .array((0..<random.below(4)).map { .int($0) }), "of": arguments,
        ]
        return ToolOutput(value, usage: usage, limitReached: behaviour == .limited ? "rows" : nil)
    }

    private func pause(_ milliseconds: Int) async throws {
        if milliseconds > 0 { try await time.sleep(nanoseconds: UInt64(milliseconds) * 1_000_000) }
    }

    /// The tools of the simulated team.
    var tools: [any Tool] {
        let classes: [(String, EffectClass)] = [
            ("look", .readOnly), ("calc", .pure), ("put", .idempotent), ("deed", .unsafe),
        ]
        return classes.map { name, effectClass in
            ClosureTool(name, effectClass) { [self] in try await call(name, $0, $1) }
        }
    }

    /// What a person answers at a path.
    static func answer(_ path: String) -> JSON { .string("yes to \(path)") }
}

/// An error that no tool should throw.
struct Broken: Error {}

/// Answers most questions after a while, some never.
struct SimulatedPerson: Person {
    let world: World
    func answer(_ question: Suspension) async throws -> JSON? {
        var random = SeededRandom(seed: world.seed).split("person \(question.path)")
        if random.chance(0.3) { return nil }
        try await world.time.sleep(nanoseconds: UInt64(random.below(200)) * 1_000_000)
        return World.answer(question.path)
    }
}
