public import Services
import Synchronization
public import Values

/// A clock that moves only when a test says so. Sleepers wake in the order of their deadlines.
public final class ManualTime: TimeSource {
    private struct Sleeper {
        var ticket: Int
        var deadline: UInt64
        var continuation: UnsafeContinuation<Bool, Never>
    }
    private struct State {
        var now: UInt64 = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var next = 0
        var watchers: [(Int, UnsafeContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())
    /// The wall clock's time at zero.
    public let origin: Timestamp

    /// Starts at 2026-11-20T10:00:00Z.
    public init(origin: Timestamp = Timestamp(microseconds: 1_795_168_800_000_000)) { self.origin = origin }

    /// The origin and what has been advanced since.
    public func now() -> Timestamp {
        Timestamp(microseconds: origin.microseconds + Int64(state.withLock { $0.now } / 1000))
    }

    /// What has been advanced since the start.
    public func monotonicNanoseconds() -> UInt64 { state.withLock { $0.now } }

    /// Returns once the time has been advanced far enough.
    public func sleep(nanoseconds: UInt64) async throws {
        let ticket = state.withLock { state in
            state.next += 1
            return state.next
        }
        let woken = await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Bool, Never>) in
                let (cancelled, watchers) = state.withLock {
                    state -> (Bool, [UnsafeContinuation<Void, Never>]) in
                    if state.cancelled.remove(ticket) != nil { return (true, []) }
                    state.sleepers.append(
                        Sleeper(ticket: ticket, deadline: state.now &+ nanoseconds, continuation: continuation))
                    let count = state.sleepers.count
                    let ready = state.watchers.filter { $0.0 <= count }.map(\.1)
                    state.watchers.removeAll { $0.0 <= count }
                    return (false, ready)
                }
                for watcher in watchers { watcher.resume() }
                if cancelled { continuation.resume(returning: false) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.ticket == ticket }) else {
                    state.cancelled.insert(ticket)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(returning: false)
        }
        if !woken { throw CancellationError() }
    }

    /// How many tasks sleep now.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Returns once at least `count` tasks sleep.
    public func waitForSleepers(_ count: Int) async {
        await withUnsafeContinuation { continuation in
            let ready = state.withLock { state -> Bool in
                if state.sleepers.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if ready { continuation.resume() }
        }
    }

    /// Moves time on and wakes whoever is due.
    public func advance(nanoseconds: UInt64) {
        let due = state.withLock { state -> [Sleeper] in
            state.now &+= nanoseconds
            let due = state.sleepers.filter { $0.deadline <= state.now }
                .sorted { ($0.deadline, $0.ticket) < ($1.deadline, $1.ticket) }
            state.sleepers.removeAll { $0.deadline <= state.now }
            return due
        }
        for sleeper in due { sleeper.continuation.resume(returning: true) }
    }

    /// Moves time on to the next deadline, if anybody sleeps; returns whether somebody did.
    @discardableResult
    public func advanceToNextDeadline() -> Bool {
        let next = state.withLock { state in
            state.sleepers.map(\.deadline).min().map { $0 > state.now ? $0 - state.now : 0 }
        }
        guard let next else { return false }
        advance(nanoseconds: next)
        return true
    }
}

/// Identifiers that count: `prefix_1`, `prefix_2`, …
public final class CountingIDs: IDSource {
    private let next = Mutex(0)
    /// Starts at 1.
    public init() {}
    /// `prefix`, an underscore and the next number.
    public func next(_ prefix: String) -> String {
        next.withLock { value in
            value += 1
            return "\(prefix)_\(value)"
        }
    }
}
