import Support
import Synchronization
import Testing

@Suite("The simulator itself")
struct SimulatorTests {
    /// Four children note their numbers twice each; returns the order, and the digest of the choices.
    func order(_ seed: UInt64) -> ([Int], UInt64) {
        let simulation = Simulation(seed: seed)
        let time = simulation.time
        let report = simulation.run { () async throws -> [Int] in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let seen = Seen()
                for number in 0..<4 {
                    group.addTask {
                        await Task.yield()
                        seen.add(number)
                        try await time.sleep(nanoseconds: 1000)
                        seen.add(number)
                    }
                }
                try await group.waitForAll()
                return seen.all
            }
        }
        return ((try? report.result?.get()) ?? [], report.unseed)
    }

    final class Seen: Sendable {
        private let numbers = Mutex<[Int]>([])
        func add(_ number: Int) { numbers.withLock { $0.append(number) } }
        var all: [Int] { numbers.withLock { $0 } }
    }

    final class Kept: Sendable {
        let continuation = Mutex<UnsafeContinuation<Void, Never>?>(nil)
    }

    @Test("the same seed takes the same way, and seeds differ")
    func seeds() {
        let first = order(1)
        #expect(first.0.count == 8)
        #expect(first == order(1))
        #expect(Set((1...20).map { order($0).0 }).count > 10)
    }

    @Test("time passes only when nothing else can happen")
    func time() {
        let simulation = Simulation(seed: 1)
        let time = simulation.time
        let report = simulation.run { () async throws -> UInt64 in
            for _ in 0..<100 { await Task.yield() }
            let before = time.monotonicNanoseconds()
            try await time.sleep(nanoseconds: 86_400_000_000_000)
            return time.monotonicNanoseconds() - before
        }
        #expect((try? report.result?.get()) == 86_400_000_000_000)
        #expect(report.strays == 0)
    }

    @Test("a run that can neither go on nor end is reported as stuck")
    func stuck() async {
        let simulation = Simulation(seed: 1)
        let kept = Kept()
        let report = simulation.run {
            await withUnsafeContinuation { continuation in kept.continuation.withLock { $0 = continuation } }
        }
        #expect(!report.isFinished)
        kept.continuation.withLock { $0 }?.resume()
        await simulation.finish()
    }

    @Test("a job that comes from another thread is noticed")
    func strays() async {
        let simulation = Simulation(seed: 1)
        let report = simulation.run { () async -> Int in
            await withTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: globalConcurrentExecutor) { () async -> Void in }
                await group.waitForAll()
            }
            return 1
        }
        // The child ran elsewhere: either its end came from there, or the run was taken to be stuck before it came.
        #expect(report.strays > 0 || !report.isFinished)
        await simulation.finish()
    }
}
