internal import Glibc
import Synchronization
internal import Values

/// Runs asynchronous code on one thread, in an order that a seed decides, under a clock that moves only when nothing
/// else can. The same seed gives the same order, so a failure is found again by its seed.
///
/// The method is that of FoundationDB's simulator: everything that a scheduler might do is a draw from one generator.
public final class Simulation: TaskExecutor {
    /// What came of a run.
    public struct Report<Value: Sendable>: Sendable {
        /// What the body returned or threw; nil when the run is stuck.
        public var result: Result<Value, any Error>?
        /// How many jobs ran.
        public var jobs: Int
        /// A digest of every choice: equal for runs that took the same way (FoundationDB's "unseed").
        public var unseed: UInt64
        /// How many jobs came from another thread: something escaped from the simulation.
        public var strays: Int

        /// Whether the body ended.
        public var isFinished: Bool { result != nil }
    }

    private struct State {
        var jobs: [UnownedJob] = []
        var random: SeededRandom
        var thread: UInt = 0
        var strays = 0
        var unseed: UInt64 = 0xcbf2_9ce4_8422_2325
        var count = 0
        var body: Task<Void, Never>?
        var isOver = false
        var plan: [(job: Int, action: @Sendable () -> Void)] = []
    }
    private let state: Mutex<State>
    /// The simulated clock.
    public let time = ManualTime()
    /// How likely it is that time moves on although there is work: the machine is slow.
    private let skew: Double

    /// Makes a simulation for one run.
    public init(seed: UInt64, skew: Double = 0) {
        state = Mutex(State(random: SeededRandom(seed: seed).split("schedule")))
        self.skew = skew
    }

    /// The thread that calls this; for tools that want to know whether they are still inside.
    public static var currentThread: UInt { UInt(pthread_self()) }

    /// The thread that runs every job; 0 before the run.
    public var thread: UInt { state.withLock { $0.thread } }

    /// Does something from outside just before job number `job` (from 1).
    public func at(job: Int, _ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.plan.append((job, action)) }
    }

    /// Cancels the task that runs the body.
    public func cancel() { state.withLock { $0.body }?.cancel() }

    /// Called by the Swift runtime: one more job may run.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { state in
            if state.thread != Self.currentThread { state.strays += 1 }
            state.jobs.append(job)
        }
    }

    /// Runs `body` to its end on the calling thread. A run in which no job can run, nobody sleeps and the body has not
    /// ended, or which takes more than `limit` jobs, is stuck: its report has no result.
    public func run<Value: Sendable>(
        limit: Int = 200_000, _ body: @escaping @Sendable () async throws -> Value
    ) -> Report<Value> {
        state.withLock { $0.thread = Self.currentThread }
        let box = Box<Value>()
        let task = Task(executorPreference: self) {
            do {
                let value = try await body()
                box.set(.success(value))
            } catch {
                box.set(.failure(error))
            }
            self.state.withLock { $0.isOver = true }
        }
        state.withLock { $0.body = task }
        while box.value == nil {
            let (job, late, actions) = next()
            if late { time.advanceToNextDeadline() }
            for action in actions { action() }
            if let job {
                job.runSynchronously(on: asUnownedTaskExecutor())
            } else if !time.advanceToNextDeadline() {
                break
            }
            if state.withLock({ $0.count }) > limit { break }
        }
        return state.withLock { state in
            // Both lead back to the simulation: kept, they would keep it and all that the body made.
            state.body = nil
            state.plan = []
            return Report(result: box.value, jobs: state.count, unseed: state.unseed, strays: state.strays)
        }
    }

    /// Runs what came after the report of a stuck run, to the end of the body, so that nothing outlives the test.
    public func finish() async {
        while !state.withLock({ $0.isOver }) {
            if let job = next().0 { job.runSynchronously(on: asUnownedTaskExecutor()) } else { await Task.yield() }
        }
    }

    /// Draws the next job.
    private func next() -> (UnownedJob?, late: Bool, [@Sendable () -> Void]) {
        state.withLock { state in
            guard !state.jobs.isEmpty else { return (nil, false, []) }
            state.count += 1
            let choice = state.random.below(state.jobs.count)
            state.unseed = (state.unseed ^ UInt64(state.jobs.count &* 31 &+ choice)) &* 0x100_0000_01b3
            state.jobs.swapAt(choice, state.jobs.count - 1)
            let number = state.count
            var actions: [@Sendable () -> Void] = []
            if !state.plan.isEmpty {
                actions = state.plan.filter { $0.job == number }.map(\.action)
                state.plan.removeAll { $0.job == number }
            }
            return (state.jobs.removeLast(), skew > 0 && state.random.chance(skew), actions)
        }
    }
}

/// What the body of a simulation leaves behind.
private final class Box<Value: Sendable>: Sendable {
    private let content = Mutex<Result<Value, any Error>?>(nil)
    var value: Result<Value, any Error>? { content.withLock { $0 } }
    func set(_ result: Result<Value, any Error>) { content.withLock { $0 = result } }
}
