import Services
import Testing

/// Plays a breaker from a line of marbles, so that a test shows its order in time.
///
/// | marble | does |
/// |---|---|
/// | `S` `F` `L` `C` | a call that succeeds, fails, succeeds slowly, is cancelled; the oldest begun one, if there is one |
/// | `take` | begins a call, which must be allowed |
/// | `no` | asks for a call, which must be refused |
/// | `+10s` `+1ms` | lets time pass |
/// | `=open` | the state must be this one |
struct BreakerMarbles {
    var breaker: CircuitBreaker
    var now: UInt64 = 1_000_000_000_000
    var held: [CircuitBreaker.Permit] = []
    var changes: [CircuitBreaker.Change] = []
    /// What the last refusal said.
    var retryAfter: Duration?
    var draw = 0.5

    init(_ configuration: CircuitBreaker.Configuration = .vectors) { breaker = CircuitBreaker(configuration) }

    mutating func play(_ line: String, _ place: SourceLocation = #_sourceLocation) {
        for marble in line.split(separator: " ") { step(String(marble), line, place) }
    }

    private mutating func step(_ marble: String, _ line: String, _ place: SourceLocation) {
        switch marble {
        case "S": end(.success, .milliseconds(100), line, place)
        case "F": end(.failure, .milliseconds(100), line, place)
        case "L": end(.success, .seconds(61), line, place)
        case "C": end(.ignored, .zero, line, place)
        case "take":
            if let permit = ask() {
                held.append(permit)
            } else {
                Issue.record("no permit: \(line)", sourceLocation: place)
            }
        case "no": #expect(ask() == nil, "\(line)", sourceLocation: place)
        default:
            if marble.hasPrefix("=") {
                #expect(breaker.state.rawValue == marble.dropFirst(), "\(line)", sourceLocation: place)
            } else if marble.hasSuffix("ms"), let count = UInt64(marble.dropFirst().dropLast(2)) {
                now += count * 1_000_000
            } else if marble.hasSuffix("s"), let count = UInt64(marble.dropFirst().dropLast()) {
                now += count * 1_000_000_000
            } else {
                Issue.record("no such marble: \(marble)", sourceLocation: place)
            }
        }
    }

    private mutating func ask() -> CircuitBreaker.Permit? {
        let admission = breaker.acquire(at: now, draw: draw)
        changes += admission.changes
        if admission.permit == nil { retryAfter = admission.retryAfter }
        return admission.permit
    }

    private mutating func end(
        _ outcome: CircuitBreaker.Outcome, _ duration: Duration, _ line: String, _ place: SourceLocation
    ) {
        guard let permit = held.isEmpty ? ask() : held.removeFirst() else {
            Issue.record("no permit: \(line)", sourceLocation: place)
            return
        }
        if let change = breaker.record(permit, outcome, took: duration, at: now, draw: draw) {
            changes.append(change)
        }
    }

    /// `closed>open open>half_open`
    var path: String { changes.map { "\($0.from.rawValue)>\($0.to.rawValue)" }.joined(separator: " ") }
}

extension CircuitBreaker.Configuration {
    /// The one that the test vectors are written for.
    static let vectors = Self(
        window: .calls(10), minimumCalls: 5, failureRate: 0.5, slowRate: 1, slowCall: .seconds(60),
        wait: .seconds(10), jitter: 0, probes: 3, probing: .seconds(130))
}
