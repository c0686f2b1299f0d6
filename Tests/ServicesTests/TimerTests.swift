import Services
import Support
import Testing

@Suite("Sleeping")
struct TimerTests {
    let time = SystemTime()

    @Test("sleepers wake in the order of their deadlines, whatever the order of falling asleep")
    func order() async throws {
        let woken = await withTaskGroup(of: Int.self) { group in
            for milliseconds in [60, 20, 40] {
                group.addTask {
                    try? await time.sleep(nanoseconds: UInt64(milliseconds * slowFactor) * 1_000_000)
                    return milliseconds
                }
            }
            var order: [Int] = []
            for await one in group { order.append(one) }
            return order
        }
        #expect(woken == [20, 40, 60])
    }

    @Test("a sleep lasts at least as long as was asked for")
    func duration() async throws {
        let before = time.monotonicNanoseconds()
        try await time.sleep(nanoseconds: 5_000_000)
        #expect(time.monotonicNanoseconds() - before >= 5_000_000)
    }

    @Test("cancelling ends a long sleep at once, also one that has not begun")
    func cancellation() async throws {
        let task = Task { try await time.sleep(nanoseconds: .max) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("thousands of deadlines that are called off leave the others as they were")
    func calledOff() async throws {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await time.sleep(nanoseconds: 30_000_000)) != nil }
            for _ in 0..<5000 {
                group.addTask {
                    let sleeper = Task { try await time.sleep(nanoseconds: 60_000_000_000) }
                    sleeper.cancel()
                    return (try? await sleeper.value) == nil
                }
            }
            for await isFine in group { #expect(isFine) }
        }
    }
}
