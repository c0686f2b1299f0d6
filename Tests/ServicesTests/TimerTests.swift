import Services
import Support
import Testing

@Suite("Sleeping")
struct TimerTests {
    let time = SystemTime()

    @Test("every sleep lasts at least as long as was asked for, whatever the order of falling asleep")
    func duration() async {
        let early = await withTaskGroup(of: Bool.self) { group in
            for milliseconds in [30, 5, 20, 1, 10] as [UInt64] {
                group.addTask {
                    let before = time.monotonicNanoseconds()
                    try? await time.sleep(nanoseconds: milliseconds * 1_000_000)
                    return time.monotonicNanoseconds() - before < milliseconds * 1_000_000
                }
            }
            var early = 0
            for await isEarly in group where isEarly { early += 1 }
            return early
        }
        #expect(early == 0)
    }

    @Test("sleepers wake in the order of their deadlines, whatever the order of falling asleep")
    func order() async throws {
        // On one thread, tasks go on in the order in which they were woken.
        try await onThreadOfItsOwn {
            let woken = await withTaskGroup(of: Int.self) { group in
                for milliseconds in [300, 100, 200] {
                    group.addTask {
                        try? await SystemTime().sleep(nanoseconds: UInt64(milliseconds) * 1_000_000)
                        return milliseconds
                    }
                }
                var order: [Int] = []
                for await one in group { order.append(one) }
                return order
            }
            #expect(woken == [100, 200, 300])
        }
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
