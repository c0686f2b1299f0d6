/// Decides whether calls to something that may be broken are made at all. A pure value: time comes in as nanoseconds
/// of a monotonic clock, chance as a draw in 0 ..< 1. The semantics are those of resilience4j's breaker.
///
/// | state | a call | goes on to |
/// |---|---|---|
/// | closed | passes | open, when a rate reaches its threshold after a recorded call |
/// | open | is refused | half open, by the first call strictly after the wait |
/// | half open | passes while there are probes | closed or open by the rates of the probes; open when they are overdue |
///
/// A permit belongs to the period between two changes. What was begun in an earlier period changes nothing: a breaker
/// that ten late failures reach has opened once. A decision takes no memory.
public struct CircuitBreaker: Sendable {
    /// How it decides.
    public let configuration: Configuration
    /// What it does with calls now. Waits end when somebody asks, not by themselves.
    public private(set) var state = State.closed
    /// How often it has opened since it was last closed.
    public private(set) var openings = 0
    /// When it last opened.
    public private(set) var openedAt: UInt64 = 0

    private var window: CallWindow
    private var generation: UInt64 = 0
    /// While open: the last moment without a call. While half open: the last moment of the probes.
    private var until: UInt64 = 0
    /// While half open: permits that are left, and what the probes brought so far.
    private var probesLeft = 0
    private var probed = CallCounts()
    private var hasWarned = false
    private let slowNanoseconds: UInt64
    private let minimum: Int

    /// Makes a closed breaker.
    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        window = CallWindow(configuration.window)
        slowNanoseconds = configuration.slowCall.wholeNanoseconds
        minimum = min(configuration.minimumCalls, window.callLimit ?? .max)
    }

    /// What is in the window now. While half open: what the probes brought so far.
    public var counts: CallCounts { state == .halfOpen ? probed : window.total }

    /// Asks to make a call at `now`.
    public mutating func acquire(at now: UInt64, draw: Double) -> Admission {
        switch state {
        case .closed, .disabled, .metricsOnly: return pass()
        case .forcedOpen: return Admission(changes: [])
        case .open, .halfOpen: break
        }
        var changes: [Change] = []
        if state == .halfOpen, isOverdue(at: now) {
            // It was due at `until`, although nobody asked then.
            changes.append(open(.probesOverdue, at: until, draw: draw))
        }
        if state == .open {
            if now <= until { return Admission(retryAfter: .nanoseconds(until - now &+ 1), changes: changes) }
            changes.append(change(to: .halfOpen, .waited))
            probesLeft = configuration.probes
            probed = CallCounts()
            until = now.addingSaturated(configuration.probing?.wholeNanoseconds ?? .max)
        }
        if probesLeft == 0 { return Admission(retryAfter: configuration.probeWait, changes: changes) }
        probesLeft -= 1
        return Admission(permit: Permit(generation: generation), changes: changes)
    }

    private func pass() -> Admission { Admission(permit: Permit(generation: generation), changes: []) }

    /// Whether a permit is still of this period: whoever had to wait with it asks again otherwise.
    public func isCurrent(_ permit: Permit) -> Bool { permit.generation == generation }

    /// Gives a permit back: the call ended at `now` after `duration`. Returns the change that it caused, if any.
    public mutating func record(
        _ permit: Permit, _ outcome: Outcome, took duration: Duration, at now: UInt64, draw: Double
    ) -> Change? {
        guard permit.generation == generation else { return nil }
        if state == .halfOpen, isOverdue(at: now) { return open(.probesOverdue, at: until, draw: draw) }
        let failed = outcome == .failure
        let slow = duration.wholeNanoseconds > slowNanoseconds
        switch (state, outcome) {
        case (.halfOpen, .ignored): probesLeft += 1
        case (_, .ignored): break
        case (.closed, _), (.metricsOnly, _):
            window.record(failed: failed, slow: slow, at: now)
            guard let reason = verdict(on: window.total, minimum: minimum) else { break }
            if state == .closed { return open(reason, at: now, draw: draw) }
            if !hasWarned {
                hasWarned = true
                return Change(from: .metricsOnly, to: .metricsOnly, reason: reason)
            }
        case (.halfOpen, _):
            probed.add(failed: failed, slow: slow)
            let needed = min(configuration.minimumCalls, configuration.probes)
            guard probed.calls >= needed else { break }
            if let reason = verdict(on: probed, minimum: needed) { return open(reason, at: now, draw: draw) }
            return close(.recovered)
        case (.open, _), (.forcedOpen, _), (.disabled, _): break
        }
        return nil
    }

    private func isOverdue(at now: UInt64) -> Bool { configuration.probing != nil && now > until }

    /// Why these counts are too bad; nil when they are good enough, or too few.
    private func verdict(on counts: CallCounts, minimum: Int) -> Reason? {
        guard counts.calls >= minimum else { return nil }
        let calls = Double(counts.calls)
        if Double(counts.failures) / calls >= configuration.failureRate {
            return .failures(counts.failures, of: counts.calls)
        }
        if Double(counts.slow) / calls >= configuration.slowRate {
            return .slowCalls(counts.slow, of: counts.calls)
        }
        return nil
    }

    private mutating func change(to next: State, _ reason: Reason) -> Change {
        generation += 1
        defer { state = next }
        return Change(from: state, to: next, reason: reason)
    }

    private mutating func open(_ reason: Reason, at now: UInt64, draw: Double) -> Change {
        openings += 1
        openedAt = now
        until = now.addingSaturated(configuration.wait(opening: openings, draw: draw).wholeNanoseconds)
        return change(to: .open, reason)
    }

    private mutating func close(_ reason: Reason) -> Change {
        openings = 0
        window.reset()
        hasWarned = false
        return change(to: .closed, reason)
    }

    /// Closes it with an empty window, from every state.
    public mutating func reset() -> Change { close(.ordered) }

    /// Puts it into a state that only a person ends, with an empty window: `forcedOpen`, `disabled`, `metricsOnly`.
    /// Nil when it is in that state already or the state is none of these.
    public mutating func force(_ forced: State) -> Change? {
        guard forced != state, [.forcedOpen, .disabled, .metricsOnly].contains(forced) else { return nil }
        window.reset()
        hasWarned = false
        openings = 0
        return change(to: forced, .ordered)
    }
}

extension UInt64 {
    /// The sum, or the greatest number when there is no such sum.
    func addingSaturated(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
