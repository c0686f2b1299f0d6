import Services
import Testing
import Values

@Suite("Backoff and restart window")
struct DeciderTests {
    @Test("the ceilings are those of the documentation's table")
    func ceilings() {
        let backoff = Backoff(base: .milliseconds(100), factor: 2, cap: .seconds(1))
        let expected: [(Int, Duration)] = [
            (0, .milliseconds(100)), (1, .milliseconds(100)), (2, .milliseconds(200)), (4, .milliseconds(800)),
            (5, .seconds(1)), (64, .seconds(1)), (1_000_000, .seconds(1)), (-3, .milliseconds(100)),
        ]
        for (attempt, ceiling) in expected { #expect(backoff.ceiling(attempt: attempt) == ceiling, "\(attempt)") }
        #expect(Backoff(base: .seconds(5), cap: .seconds(1)).ceiling(attempt: 1) == .seconds(1))
    }

    @Test("the delay is spread between nothing and the ceiling")
    func jitter() {
        let backoff = Backoff()
        #expect(backoff.delay(attempt: 3, draw: 0) == .zero)
        #expect(backoff.delay(attempt: 3, draw: 0.5) == .milliseconds(200))
        var random = SeededRandom(seed: 1)
        for attempt in 1...50 {
            let delay = backoff.delay(attempt: attempt, draw: random.unit())
            #expect(delay >= .zero && delay < backoff.ceiling(attempt: attempt))
        }
    }

    @Test("durations become whole nanoseconds and saturate")
    func nanoseconds() {
        #expect(Duration.milliseconds(3).wholeNanoseconds == 3_000_000)
        #expect(Duration.zero.wholeNanoseconds == 0)
        #expect(Duration.seconds(-1).wholeNanoseconds == 0)
        #expect(Duration.milliseconds(-1).wholeNanoseconds == 0)
        #expect(Duration.seconds(Int64.max).wholeNanoseconds == .max)
        #expect((Duration.seconds(18_446_744_073) + .milliseconds(999)).wholeNanoseconds == .max)
        #expect(
            (Duration.seconds(18_446_744_073) + .milliseconds(700)).wholeNanoseconds == 18_446_744_073_700_000_000)
    }

    @Test("a supervisor gives up after more than the limit of failures within the window, and stays so")
    func window() {
        var window = RestartWindow(limit: 2, window: .seconds(1))
        #expect(window.failed(at: 0) == .restart(attempt: 1))
        #expect(window.failed(at: 500_000_000) == .restart(attempt: 2))
        #expect(window.failed(at: 1_000_000_000) == .giveUp)
        #expect(window.failed(at: 90_000_000_000) == .giveUp && window.hasGivenUp)
        window.reset()
        #expect(window.failed(at: 90_000_000_001) == .restart(attempt: 1))
    }

    @Test("failures that left the window count no more")
    func slowFailures() {
        var window = RestartWindow(limit: 1, window: .seconds(1))
        for second in 0..<20 { #expect(window.failed(at: UInt64(second) * 1_000_000_001) == .restart(attempt: 1)) }
        #expect(window.failed(at: 19 * 1_000_000_001 + 1) == .giveUp)
    }
}

@Suite("Threads and clocks")
struct ThreadTests {
    @Test("a pool runs every job, also while more keep coming", arguments: [1, 4])
    func pool(threads: Int) async {
        let pool = ThreadPoolExecutor(threads: threads)
        let sum = await withTaskExecutorPreference(pool) {
            await withTaskGroup(of: Int.self) { group in
                for number in 0..<3000 {
                    group.addTask {
                        await Task.yield()
                        return number
                    }
                }
                return await group.reduce(0, +)
            }
        }
        #expect(sum == 3000 * 2999 / 2)
        pool.stop()
    }

    @Test("identifiers are well formed and do not repeat")
    func identifiers() {
        let ids = RandomIDs()
        let made = (0..<500).map { _ in ids.next("s") }
        #expect(Set(made).count == 500)
        #expect(made.allSatisfy { $0.hasPrefix("s_") && $0.utf8.count == 18 })
    }

    @Test("the machine's monotonic clock does not go back, and a cancelled sleep ends at once")
    func clock() async {
        let time = SystemTime()
        let before = time.monotonicNanoseconds()
        let sleeper = Task { try await time.sleep(nanoseconds: 3_600_000_000_000) }
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(time.monotonicNanoseconds() >= before)
    }
}
