import Services
import Testing
import Values

@Suite("Retry policy, gate and buckets")
struct RetryPolicyTests {
    typealias Failure = RetryPolicy.Failure

    static func decide(
        _ failure: Failure, attempt: Int = 1, remaining: Duration = .seconds(120), draw: Double = 0.5
    ) -> RetryPolicy.Decision {
        RetryPolicy().decide(attempt: attempt, failure, remaining: remaining, draw: draw)
    }

    @Test("these statuses are tried again", arguments: [408, 409, 429, 500, 502, 503, 504, 529, 599])
    func retried(status: Int) { #expect(Self.decide(Failure(status: status)) == .retry(after: .milliseconds(250))) }

    @Test("these are not", arguments: [200, 400, 401, 402, 403, 404, 413, 422, 425])
    func final(status: Int) { #expect(Self.decide(Failure(status: status)) == .stop(.lasting)) }

    @Test("the rules, each with its row")
    func rules() {
        let row: [(Failure, RetryPolicy.Decision)] = [
            (Failure(isTransient: true), .retry(after: .milliseconds(250))),
            (Failure(), .stop(.lasting)),
            (Failure(status: 429, isLasting: true), .stop(.lasting)),
            (Failure(status: 503, shouldRetry: false), .stop(.refused)),
            (Failure(status: 400, shouldRetry: true), .retry(after: .milliseconds(250))),
            (Failure(status: 429, retryAfter: .seconds(7)), .retry(after: .seconds(7))),
            (Failure(status: 429, retryAfter: .zero), .retry(after: .milliseconds(250))),
            (Failure(status: 429, retryAfter: .seconds(-5)), .retry(after: .milliseconds(250))),
            (Failure(status: 429, retryAfter: .seconds(120)), .stop(.tooLong(wait: .seconds(120)))),
            (Failure(status: 429, retryAfter: RetryAfter.longest), .stop(.tooLong(wait: RetryAfter.longest))),
            (Failure(status: 503, isTransient: true, shouldRetry: true, hasOutput: true), .stop(.hasOutput)),
        ]
        for (failure, decision) in row { #expect(Self.decide(failure) == decision, "\(failure)") }
        #expect(Self.decide(Failure(status: 500), attempt: 2) == .retry(after: .milliseconds(500)))
        #expect(Self.decide(Failure(status: 500), attempt: 3) == .stop(.attemptsUsed))
        #expect(Self.decide(Failure(status: 500, shouldRetry: true), attempt: 3) == .stop(.attemptsUsed))
    }

    @Test("no wait ever ends after the deadline, and none is longer than the cap unless it was asked for")
    func withinDeadline() {
        var random = SeededRandom(seed: 5)
        let policy = RetryPolicy(attempts: 100)
        for _ in 0..<5000 {
            let remaining = Duration.milliseconds(random.below(20_000) - 100)
            let asked: Duration? = random.chance(0.5) ? .milliseconds(random.below(30_000)) : nil
            let failure = Failure(status: 503, retryAfter: asked)
            let decision = policy.decide(
                attempt: 1 + random.below(99), failure, remaining: remaining, draw: random.unit())
            guard case .retry(let wait) = decision else { continue }
            #expect(wait < remaining && wait >= .zero)
            if asked == nil || asked == .zero { #expect(wait < .seconds(8)) } else { #expect(wait == asked) }
        }
    }

    @Test("a gate stays closed until the later of two moments, and never longer than its cap")
    func gate() {
        var gate = RateGate(cap: .seconds(60))
        #expect(gate.wait(at: 0) == nil)
        #expect(gate.close(for: .seconds(10), at: 0) == .seconds(10))
        #expect(gate.close(for: .seconds(3), at: 1_000_000_000) == nil)
        #expect(gate.wait(at: 4_000_000_000) == .seconds(6))
        #expect(gate.close(for: .seconds(8), at: 4_000_000_000) == .seconds(8))
        #expect(gate.wait(at: 11_999_999_999) == .nanoseconds(1))
        #expect(gate.wait(at: 12_000_000_000) == nil)
        #expect(gate.close(for: .zero, at: 13_000_000_000) == nil)
        #expect(gate.close(for: RetryAfter.longest, at: 13_000_000_000) == .seconds(60))
    }

    @Test("a bucket gives its burst at once and then what flows in; debts are paid in order")
    func bucket() {
        var bucket = TokenBucket(60, per: .seconds(60), burst: 2)
        #expect(bucket.take(1, at: 5) == .zero)
        #expect(bucket.take(1, at: 5) == .zero)
        #expect(bucket.take(1, at: 5) == .seconds(1))
        #expect(bucket.take(1, at: 5) == .seconds(2))
        #expect(bucket.wait(for: 1, at: 5) == .seconds(3))
        bucket.giveBack(1, at: 5)
        #expect(bucket.wait(for: 1, at: 5) == .seconds(2))
        #expect(bucket.take(1, at: 2_000_000_005) == .zero)
        // An hour fills it up to its burst, no further; and more than the burst is taken as the burst.
        #expect(bucket.take(1000, at: 3_600_000_000_000) == .zero)
        #expect(bucket.take(1, at: 3_600_000_000_000) == .seconds(1))
    }

    @Test("no bucket ever gives more than its burst and what has flowed in", arguments: 0..<20)
    func bucketBound(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let amount = 1 + random.below(5000)
        let burst = 1 + random.below(200)
        var bucket = TokenBucket(amount, per: .seconds(60), burst: burst)
        var now: UInt64 = 0
        var given = 0.0
        for _ in 0..<2000 {
            now += UInt64(random.below(20_000_000))
            let wanted = 1 + random.below(20)
            if bucket.wait(for: wanted, at: now) == .zero {
                _ = bucket.take(wanted, at: now)
                given += Double(min(wanted, burst))
            }
            #expect(given <= Double(burst) + Double(amount) * Double(now) / 60e9 + 1e-3)
        }
    }

    @Test("retries draw on a store that successes fill")
    func retryBudget() {
        var budget = RetryBudget(capacity: 20)
        #expect(budget.pay(afterTimeout: true) == true)
        #expect(budget.pay(afterTimeout: false) == true)
        #expect(budget.pay(afterTimeout: true) == false)
        #expect(budget.pay(afterTimeout: false) == true)
        #expect(budget.pay(afterTimeout: false) == false)
        #expect(budget.level == 0)
        for _ in 0..<5 { budget.succeeded() }
        #expect(budget.pay(afterTimeout: false) == true)
        for _ in 0..<100 { budget.succeeded() }
        #expect(budget.level == 20)
    }
}
