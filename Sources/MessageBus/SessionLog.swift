public import Services
internal import Synchronization
public import Values

/// The ordered log of one session: the single account of what happened in it. Append first, then deliver.
///
/// *The promise.* With a sink, subscribers and the bus see an envelope only after the sink has committed it: what a
/// client has seen is on disk. Without a sink, an envelope is as durable as it gets as soon as it is appended.
///
/// The log keeps all of its envelopes in memory. It is therefore its subscribers' buffer: a subscription is a position
/// in it, history and live envelopes come from the same place, and there can be neither gap nor repetition between
/// them.
public final class SessionLog: Sendable {
    /// The session's identifier.
    public let session: String
    private let time: any TimeSource
    private let sink: (any LogSink)?
    private let bus: Bus?
    let state: Mutex<State>

    /// Makes a log that continues `history`, which must hold all of the session's earlier envelopes from seq 1 on and
    /// counts as durable. Envelopes go to `sink`, when there is one, and then to subscribers and to `bus`; history
    /// does not go to the bus again.
    public init(
        session: String, time: any TimeSource, history: [Envelope] = [], sink: (any LogSink)? = nil, bus: Bus? = nil
    ) {
        precondition(
            history.isEmpty || history[0].seq == 1 && history[history.count - 1].seq == history.count,
            "a SessionLog continues a whole history from seq 1 without gaps")
        self.session = session
        self.time = time
        self.sink = sink
        self.bus = bus
        state = Mutex(State(history: history))
    }

    /// Adds an entry: assigns the next sequence number and the time under one lock, and returns at once. Never waits
    /// for the disk; ``waitUntilDurable(_:)`` does. After ``close()`` entries are still recorded, but no subscription
    /// is left to see them.
    @discardableResult
    public func append(
        path: String, topic: String, sender: String, kind: EventName, payload: JSON
    ) -> Envelope {
        let (envelope, woken) = state.withLock { state -> (Envelope, Woken) in
            let envelope = Envelope(
                seq: state.envelopes.count + 1, at: time.now(), session: session, path: path, topic: topic,
                sender: sender, kind: kind, payload: payload)
            state.envelopes.append(envelope)
            if let sink {
                if state.failure == nil { sink.write(envelope, from: self) }
                return (envelope, Woken())
            }
            return (envelope, state.advance(to: envelope.seq))
        }
        woken.resume()
        if sink == nil, bus != nil { publishDurable() }
        return envelope
    }

    /// The last sequence number that was assigned; 0 for an empty log.
    public var lastSeq: Int { state.withLock { $0.envelopes.count } }

    /// The last sequence number that is durable; equal to ``lastSeq`` without a sink.
    public var durableSeq: Int { state.withLock { $0.durable } }

    /// Why the sink gave up on this log (`store_failed`, …); nil while all is well.
    public var failure: OperonError? { state.withLock { $0.failure } }

    /// Whether ``close()`` was called.
    public var isClosed: Bool { state.withLock { $0.isClosed } }

    /// A copy of the entries after `seq`, durable or not.
    public func envelopes(after seq: Int) -> [Envelope] {
        state.withLock { state in
            let from = min(max(0, seq), state.envelopes.count)
            // A copy, not a slice: a slice would share the buffer and make the next append copy the whole log.
            return Array(state.envelopes[from...])
        }
    }

    /// Ends every subscription once it has seen the last envelope. Nothing is lost: entries that are on their way to
    /// the disk are still delivered first.
    public func close() {
        state.withLock { state -> Woken in
            state.isClosed = true
            return state.settle()
        }.resume()
    }

    // MARK: For sinks

    /// Called by the sink, from outside ``LogSink/write(_:from:)``, when everything up to `seq` is on disk.
    public func didCommit(upTo seq: Int) {
        state.withLock { $0.advance(to: seq) }.resume()
        if bus != nil { publishDurable() }
    }

    /// Called by the sink when it can write no more. Waiters throw `error`; subscriptions end after the last durable
    /// envelope. Later appends stay in memory and are never delivered.
    public func didFail(_ error: OperonError) {
        state.withLock { state -> Woken in
            if state.failure == nil { state.failure = error }
            return state.settle()
        }.resume()
    }

    /// Hands durable envelopes to the bus in order and outside the lock: whoever finds nobody doing it does it for
    /// all, until nothing is left.
    private func publishDurable() {
        guard let bus else { return }
        while true {
            let batch = state.withLock { state -> [Envelope] in
                guard !state.isPublishing, state.published < state.durable else { return [] }
                state.isPublishing = true
                defer { state.published = state.durable }
                return Array(state.envelopes[state.published..<state.durable])
            }
            if batch.isEmpty { return }
            bus.publish(contentsOf: batch)
            state.withLock { $0.isPublishing = false }
        }
    }
}
