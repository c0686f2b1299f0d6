internal import Synchronization

/// Stops a running turn from outside: once, by whoever comes first.
public final class RunControl: Sendable {
    private struct State {
        var interruption: Interruption?
        var isFinished = false
        var waiter: UnsafeContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    /// The control of the turn around this one.
    private let parent: RunControl?

    /// Makes a control for one turn.
    public init() { parent = nil }

    /// Makes a control for a turn within another.
    init(within parent: RunControl) { self.parent = parent }

    /// Why the turn is being stopped, if it is.
    public var interruption: Interruption? { state.withLock { $0.interruption } ?? parent?.interruption }

    /// Stops the turn; a second call changes nothing.
    public func interrupt(_ interruption: Interruption) {
        wake { state in if state.interruption == nil { state.interruption = interruption } }
    }

    /// The turn is over: whoever watches may go.
    func finish() { wake { $0.isFinished = true } }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns why the turn is interrupted, or nil when it finished. One watcher. Whoever makes a control for work that
    /// is no turn lets its watcher go with ``interrupt(_:)``.
    public func watch() async -> Interruption? {
        await withUnsafeContinuation { continuation in
            let now = state.withLock { state -> Bool in
                if state.interruption != nil || state.isFinished { return true }
                state.waiter = continuation
                return false
            }
            if now { continuation.resume() }
        }
        return state.withLock { $0.interruption }
    }
}
