import Services
import Testing
import Values

@Suite("Circuit breaker: the test vectors")
struct CircuitBreakerVectorTests {
    @Test(
        "closed: the decision falls after every call, once there are enough",
        arguments: [
            (1, "F F F F =closed"),
            (2, "F F F S =closed S =open"),
            (3, "S S S F F =closed"),
            (4, "S S F F S =closed F =open"),
            (5, "S S S S S S S S S S F F F F =closed F =open"),
            (15, "L L L L =closed L =open"),
        ])
    func closed(number: Int, line: String) {
        var marbles = BreakerMarbles()
        marbles.play(line)
        #expect(marbles.path == (line.hasSuffix("open") ? "closed>open" : ""), "vector \(number)")
    }

    @Test("6: the wait must be over strictly")
    func strictWait() {
        var marbles = BreakerMarbles()
        marbles.play("F F F S S =open +10s no =open")
        #expect(marbles.retryAfter == .nanoseconds(1))
        marbles.play("+1ms take =half_open")
        #expect(marbles.path == "closed>open open>half_open")
    }

    @Test("7: half open, three calls run and the fourth is refused")
    func probes() {
        var marbles = BreakerMarbles()
        marbles.play("F F F S S +10s +1ms take take take no =half_open")
        #expect(marbles.retryAfter == .seconds(1))
    }

    @Test("8: two of three probes suffice, and the window is empty then")
    func recovery() {
        var marbles = BreakerMarbles()
        marbles.play("F F F S S +10s +1ms S S =half_open F =closed")
        #expect(marbles.breaker.counts == CallCounts())
        #expect(marbles.breaker.openings == 0)
        #expect(marbles.changes.last?.reason == .recovered)
        // The old failures are forgotten: four new ones are too few again.
        marbles.play("F F F F =closed F =open")
    }

    @Test("9: two of three probes fail, and it opens for the second time")
    func relapse() {
        var marbles = BreakerMarbles()
        marbles.play("F F F S S +10s +1ms F F =half_open S =open")
        #expect(marbles.breaker.openings == 2)
        #expect(marbles.changes.last?.reason == .failures(2, of: 3))
        marbles.play("+20s no +1ms take =half_open")
    }

    @Test("10: a cancelled probe gives its permit back")
    func cancelledProbe() {
        var marbles = BreakerMarbles()
        marbles.play("F F F S S +10s +1ms take take take no C take no S S =half_open S =closed")
    }

    @Test("11: probes that never end open it again, once they are overdue")
    func lostProbes() {
        var marbles = BreakerMarbles()
        marbles.play("F F F S S +10s +1ms take take take +130s no =half_open +1ms no =open +20s take =half_open")
        #expect(marbles.path == "closed>open open>half_open half_open>open open>half_open")
        #expect(marbles.changes[2].reason == .probesOverdue)
        // The lost probes answer at last: nobody listens to them any more.
        marbles.play("F F F =half_open")
    }

    @Test("11: a probe that ends too late does not count, and one that nobody asked after for long is tried again")
    func lateProbe() {
        var marbles = BreakerMarbles()
        marbles.play("F F F S S +10s +1ms take take take +130s +1ms S =open S S =open")
        marbles.play("+20s take =half_open +900s take =half_open")
        #expect(marbles.changes.suffix(2).map(\.reason) == [.probesOverdue, .waited])
    }

    @Test("12: what was begun before the opening and fails after it changes nothing")
    func lateFailures() {
        var marbles = BreakerMarbles()
        marbles.play("take take take take take take take take take take F F F F F =open")
        let openedAt = marbles.breaker.openedAt
        marbles.play("+3s F F F F F =open")
        #expect(marbles.breaker.openedAt == openedAt && marbles.breaker.openings == 1)
        #expect(marbles.path == "closed>open")
    }

    @Test("13: of a hundred failures at the same time one opens it")
    func manyFailures() {
        var marbles = BreakerMarbles()
        marbles.play(Array(repeating: "take", count: 100).joined(separator: " "))
        marbles.play(Array(repeating: "F", count: 100).joined(separator: " "))
        #expect(marbles.path == "closed>open")
    }

    @Test("14: seconds that have left the window count no more")
    func timeWindow() {
        var configuration = CircuitBreaker.Configuration.vectors
        configuration.window = .seconds(5)
        configuration.minimumCalls = 6
        var marbles = BreakerMarbles(configuration)
        marbles.play("F F F F F =closed +5s S =closed")
        #expect(marbles.breaker.counts.calls == 1 && marbles.breaker.counts.failures == 0)
        marbles = BreakerMarbles(configuration)
        marbles.play("F F F F F =closed +4s S =open")
    }

    @Test("16: ignored calls change nothing")
    func ignored() {
        var marbles = BreakerMarbles()
        marbles.play(Array(repeating: "C", count: 100).joined(separator: " ") + " =closed F F F F =closed")
        #expect(marbles.breaker.counts.calls == 4)
    }

    @Test("17: a clock that goes back by an hour has no effect")
    func clockGoesBack() {
        for window in [CallWindowKind.calls(10), .seconds(60)] {
            var configuration = CircuitBreaker.Configuration.vectors
            configuration.window = window
            var marbles = BreakerMarbles(configuration)
            marbles.play("+7200s F F F S")
            marbles.now -= 3_600_000_000_000
            marbles.play("=closed S =open no")
            #expect(marbles.breaker.counts.calls == 5)
        }
    }

    @Test("18: a forced opening ends by a reset, with an empty window")
    func forced() {
        var marbles = BreakerMarbles()
        marbles.play("F F F F =closed")
        let change = marbles.breaker.force(.forcedOpen)
        #expect(change == .init(from: .closed, to: .forcedOpen, reason: .ordered))
        marbles.play("no +9000s no =forced_open")
        #expect(marbles.retryAfter == nil)
        #expect(marbles.breaker.reset() == .init(from: .forcedOpen, to: .closed, reason: .ordered))
        #expect(marbles.breaker.counts == CallCounts())
        marbles.play("F F F F =closed")
    }
}

@Suite("Circuit breaker: more of its rules")
struct CircuitBreakerRuleTests {
    @Test("each opening without a recovery waits twice as long, up to the cap, and a recovery starts again")
    func growingWaits() {
        var marbles = BreakerMarbles()
        marbles.play("F F F F F =open")
        for seconds in [10, 20, 40, 80, 160, 300, 300] {
            marbles.play("+\(seconds)s no +1ms F F F =open")
        }
        marbles.play("+300s +1ms S S S =closed F F F F F =open +10s no +1ms take")
    }

    @Test("waits are spread by a fifth up and down")
    func jitter() {
        for (draw, expected) in [(0.0, 8), (0.5, 10), (1.0, 12)] {
            var marbles = BreakerMarbles(.init(window: .calls(10), minimumCalls: 5))
            marbles.draw = draw
            marbles.play("F F F F F =open +\(expected)s no +1ms take")
        }
    }

    @Test("a disabled breaker lets all through and counts nothing; one that measures tells once")
    func passiveStates() {
        var marbles = BreakerMarbles()
        #expect(marbles.breaker.force(.disabled) == .init(from: .closed, to: .disabled, reason: .ordered))
        #expect(marbles.breaker.force(.disabled) == nil)
        marbles.play("F F F F F F F =disabled")
        #expect(marbles.breaker.counts.calls == 0)
        #expect(marbles.breaker.force(.metricsOnly) == .init(from: .disabled, to: .metricsOnly, reason: .ordered))
        marbles.play("F F F F F F F =metrics_only")
        #expect(marbles.path == "metrics_only>metrics_only")
        #expect(marbles.breaker.counts.calls == 7)
        #expect(marbles.breaker.force(.open) == nil)
        #expect(marbles.breaker.force(.halfOpen) == nil)
    }

    @Test("a window of calls smaller than the minimum needs only its own calls")
    func smallWindow() {
        var configuration = CircuitBreaker.Configuration.vectors
        configuration.window = .calls(3)
        configuration.minimumCalls = 100
        var marbles = BreakerMarbles(configuration)
        marbles.play("S F =closed F =open")
        configuration.window = .seconds(3)
        marbles = BreakerMarbles(configuration)
        marbles.play("F F F F F F F =closed")
    }

    @Test("a call is slow when it takes longer than the bound, and a slow failure is both")
    func slowness() {
        var breaker = CircuitBreaker(.vectors)
        func record(_ duration: Duration, _ outcome: CircuitBreaker.Outcome) {
            guard let permit = breaker.acquire(at: 0, draw: 0).permit else { return }
            _ = breaker.record(permit, outcome, took: duration, at: 0, draw: 0)
        }
        record(.seconds(60), .success)
        #expect(breaker.counts.slow == 0)
        record(.seconds(60) + .nanoseconds(1), .failure)
        #expect(breaker.counts.slow == 1 && breaker.counts.failures == 1)
    }

    @Test("against random histories: the ring's totals are those of counting again", arguments: 0..<40)
    func ringIsExact(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let isTimed = seed % 2 == 0
        let size = 1 + random.below(12)
        // Thresholds that cannot be reached: the breaker only counts.
        var breaker = CircuitBreaker(
            .init(
                window: isTimed ? .seconds(size) : .calls(size), minimumCalls: 1, failureRate: 2, slowRate: 2,
                slowCall: .seconds(1)))
        var history: [(second: UInt64, failed: Bool, slow: Bool)] = []
        var now: UInt64 = 0
        for _ in 0..<300 {
            now += UInt64(random.below(2_500_000_000))
            let (failed, slow) = (random.chance(0.4), random.chance(0.3))
            guard let permit = breaker.acquire(at: now, draw: 0).permit else { return }
            _ = breaker.record(permit, failed ? .failure : .success, took: .seconds(slow ? 2 : 1), at: now, draw: 0)
            history.append((now / 1_000_000_000, failed, slow))
            let seen =
                isTimed
                ? history.filter { $0.second + UInt64(size) > now / 1_000_000_000 } : history.suffix(size)
            #expect(breaker.counts.calls == seen.count)
            #expect(breaker.counts.failures == seen.filter(\.failed).count)
            #expect(breaker.counts.slow == seen.filter(\.slow).count)
        }
    }

    @Test("against random histories: permits are never lost and half open never lets more through than it may")
    func permitsAreConserved() {
        for seed in 0..<60 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            var breaker = CircuitBreaker(.vectors)
            var held: [CircuitBreaker.Permit] = []
            var now: UInt64 = 0
            var last = CircuitBreaker.State.closed
            for _ in 0..<500 {
                now += UInt64(random.below(3_000_000_000))
                if random.chance(0.5) || held.isEmpty {
                    let admission = breaker.acquire(at: now, draw: random.unit())
                    for change in admission.changes {
                        #expect(change.from == last)
                        last = change.to
                    }
                    if let permit = admission.permit { held.append(permit) }
                } else {
                    let permit = held.remove(at: random.below(held.count))
                    let outcome = [CircuitBreaker.Outcome.success, .failure, .failure, .ignored][random.below(4)]
                    if let change = breaker.record(
                        permit, outcome, took: .zero, at: now, draw: random.unit())
                    {
                        #expect(change.from == last)
                        last = change.to
                    }
                }
                #expect(breaker.state == last)
                if breaker.state == .halfOpen {
                    let current = held.filter { breaker.isCurrent($0) }.count
                    #expect(current + breaker.counts.calls <= 3)
                }
            }
            // Left alone and asked again it always comes back.
            now += 1_000_000_000_000
            let admission = breaker.acquire(at: now, draw: 0.5)
            #expect(admission.permit != nil)
        }
    }
}
