import Services
import Values

/// What a circuit breaker costs a call: the decision and the record of its result.
enum BreakerBench {
    static func run(seconds: Double) -> Measurement {
        var breaker = CircuitBreaker(
            CircuitBreaker.Configuration(window: .seconds(60), minimumCalls: 10))
        let batch = 10_000
        var durations: [UInt64] = []
        var now: UInt64 = 1
        let start = monotonic()
        let end = start + UInt64(seconds * 1e9)
        while monotonic() < end {
            let begun = monotonic()
            for number in 0..<batch {
                now += 50_000
                let admission = breaker.acquire(at: now, draw: 0.5)
                if let permit = admission.permit {
                    let outcome: CircuitBreaker.Outcome = number % 10 == 0 ? .failure : .success
                    _ = breaker.record(permit, outcome, took: .milliseconds(5), at: now, draw: 0.5)
                }
            }
            durations.append(monotonic() - begun)
        }
        return Measurement(
            name: "breaker", durations: durations, operationsEach: batch, total: monotonic() - start,
            extra: ["state": .string(breaker.state.rawValue)])
    }
}
