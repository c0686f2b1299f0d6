public import MessageBus
internal import Synchronization
public import Values

/// The one way in which a run speaks to its log and reaches the outside.
///
/// Without a recording it appends what is said and performs what is asked. With one, it compares what is said with
/// what was recorded at the same path, and answers effects from the recording as far as that reaches. The four modes
/// differ only in two answers: whether recorded envelopes are appended again, and what happens where the recording
/// ends.
public final class Journal: Sendable {
    /// How the journal treats its recording.
    public enum Mode: Sendable, Hashable {
        /// No recording: append and perform.
        case live
        /// The log holds the recording already; go on where it ends.
        case resume
        /// A fresh log; copy the recording into it and go on where it ends.
        case fork
        /// A fresh log; nothing may happen that is not recorded, nothing outside is touched.
        case replay
    }

    /// What became of something said.
    enum Said: Hashable {
        /// It was recorded already, as the same.
        case recorded
        /// It is new, under this sequence number.
        case appended(Int)
    }

    private struct State {
        var next: [String: Int] = [:]
        var consumed = 0
        var divergence: Divergence?
    }

    /// The log that is written.
    public let log: SessionLog
    /// How the recording is treated.
    public let mode: Mode
    /// Topic of reasoning events in this session.
    let topic: String
    private let recording: Recording
    /// Takes known secrets out of everything that is said: the one gate to the log.
    private let redactor: Redactor?
    private let state = Mutex(State())
    private let decisions: Mutex<[String: PersonDecision]>

    /// Makes a journal that writes to `log`. What `redactor` knows never reaches the log, nor an agent through the
    /// result of an effect.
    public init(
        log: SessionLog, mode: Mode = .live, recording: Recording = Recording([]),
        decisions: [String: PersonDecision] = [:], redactor: Redactor? = nil
    ) {
        self.log = log
        self.mode = mode
        self.recording = recording
        self.redactor = redactor
        self.decisions = Mutex(decisions)
        topic = TopicName.reasoningStep(log.session)
    }

    /// Whether nothing outside may be touched.
    var isOffline: Bool { mode == .replay }

    /// How the recorded turn around `path` was stopped, if it was.
    func recordedInterruption(around path: String) -> Interruption? { recording.interruption(around: path) }

    /// Whether the recording says that nothing new may begin at `path`, since a turn or step around it was stopped.
    func recordedRefusal(at path: String) -> Bool { mode != .live && recording.refuses(path) }

    /// Whether the turn at `path` has ended in the recording.
    func recordedEnd(of path: String) -> Bool { mode != .live && recording.hasFinished(path) }

    /// How the turn at `path` was being stopped when the recording ended.
    func recordedStop(of path: String) -> Interruption? { recording.stops[path] }

    /// Whether the recording ends with the turn around `path` waiting for a person.
    func recordedWait(at path: String) -> Bool { recording.waits(at: path) }

    /// A journal that goes once more through what the log says of the turn at `path`, from its `turn.started` on. With
    /// it a suspended turn is brought to its end when it is stopped.
    func rewound(to path: String) -> Journal {
        let journal = Journal(
            log: log, mode: .resume, recording: Recording(log.envelopes(after: 0)), redactor: redactor)
        let start = journal.recording.entries[path]?.firstIndex { $0.kind == .turnStarted } ?? 0
        journal.state.withLock { $0.next[path] = start }
        return journal
    }

    /// A journal that goes on where the log is now, with what a person decided.
    func resumed(_ decisions: [String: PersonDecision]) -> Journal {
        Journal(
            log: log, mode: .resume, recording: Recording(log.envelopes(after: 0)), decisions: decisions,
            redactor: redactor)
    }

    /// The first divergence by path, if there was one.
    public var divergence: Divergence? { state.withLock { $0.divergence } }

    /// After a replay: the divergence, also that the recording says more than the run did.
    public func verdict() -> Divergence? {
        state.withLock { state in
            if let divergence = state.divergence { return divergence }
            if mode != .replay || state.consumed == recording.count { return nil }
            let left = recording.entries.keys.filter { recording.entries[$0]!.count > state.next[$0, default: 0] }
            guard let path = left.min(by: PathOrder.precedes) else { return nil }
            let envelope = recording.entries[path]![state.next[path, default: 0]]
            return Divergence(kind: .leftOver, path: path, recorded: Self.describe(envelope), replayed: .null)
        }
    }

    // MARK: Saying

    /// Says that something begins. Refused with `CancellationError` once the run is being stopped (in a replay: where
    /// the recording of a stopped turn ends), with a ``Divergence`` when the recording says otherwise.
    @discardableResult
    func open(
        _ kind: EventName, at path: String, sender: String, topic: String? = nil, payload: JSON
    ) throws -> Said {
        let payload = redacted(payload)
        if mode == .live {
            if Task.isCancelled { throw CancellationError() }
            return .appended(append(kind, path, sender, topic, payload).seq)
        }
        switch match(kind, path, sender, payload) {
        case .same(let envelope):
            if mode != .resume { append(kind, path, sender, envelope.topic, payload) }
            return .recorded
        case .different(let divergence):
            note(divergence)
            throw divergence
        case .beyond:
            if let divergence { throw divergence }
            // What was stopped refused here; a turn that has ended says nothing new.
            if recording.refuses(path) { throw CancellationError() }
            if !isOffline && !recording.hasFinished(around: path) {
                if Task.isCancelled { throw CancellationError() }
                return .appended(append(kind, path, sender, topic, payload).seq)
            }
            let divergence = Divergence(
                kind: .extra, path: path, recorded: .null, replayed: Self.describe(kind, sender, payload))
            note(divergence)
            throw divergence
        }
    }

    /// Says that something that began has ended. Never refused: what was opened is closed also while a run is being
    /// stopped. A difference from the recording is kept as the run's divergence.
    func close(_ kind: EventName, at path: String, sender: String, topic: String? = nil, payload: JSON) {
        let payload = redacted(payload)
        if mode == .live {
            append(kind, path, sender, topic, payload)
            return
        }
        switch match(kind, path, sender, payload) {
        case .same(let envelope):
            if mode != .resume { append(kind, path, sender, envelope.topic, payload) }
        case .different(let divergence): note(divergence)
        case .beyond:
            if !isOffline {
                append(kind, path, sender, topic, payload)
            } else if divergence == nil {
                note(
                    Divergence(
                        kind: .extra, path: path, recorded: .null, replayed: Self.describe(kind, sender, payload)))
            }
        }
    }

    /// Says something that is no part of the proof; silent in replays.
    func remark(_ kind: EventName, at path: String, sender: String, topic: String? = nil, payload: JSON) {
        if !isOffline { append(kind, path, sender, topic, redacted(payload)) }
    }

    /// Without known secrets. A result is taken in by agents in the same form in which it is recorded, so that a
    /// replay, which knows the recorded form only, does the same.
    func redacted(_ value: JSON) -> JSON { redactor.map { $0.redact(value) } ?? value }

    /// The recorded envelope that comes next at `path`, without taking it.
    func upcoming(at path: String) -> Envelope? {
        if mode == .live { return nil }
        return state.withLock { state in
            guard let entries = recording.entries[path] else { return nil }
            let index = state.next[path, default: 0]
            return index < entries.count ? entries[index] : nil
        }
    }

    /// Takes everything recorded at `path` as said: a resumed session does not open itself again.
    func acknowledge(_ path: String) {
        state.withLock { state in
            let count = recording.entries[path]?.count ?? 0
            state.consumed += count - state.next[path, default: 0]
            state.next[path] = count
        }
    }

    /// What the person decided about an effect, once.
    func takeDecision(at path: String) -> PersonDecision? { decisions.withLock { $0.removeValue(forKey: path) } }

    // MARK: Comparing

    private enum Match {
        case same(Envelope)
        case different(Divergence)
        case beyond
    }

    private func match(_ kind: EventName, _ path: String, _ sender: String, _ payload: JSON) -> Match {
        state.withLock { state in
            guard let entries = recording.entries[path] else { return .beyond }
            let index = state.next[path, default: 0]
            guard index < entries.count else { return .beyond }
            let recorded = entries[index]
            guard recorded.kind == kind, recorded.sender == sender, recorded.payload == payload else {
                return .different(
                    Divergence(
                        kind: .different, path: path, recorded: Self.describe(recorded),
                        replayed: Self.describe(kind, sender, payload), seq: recorded.seq))
            }
            state.next[path] = index + 1
            state.consumed += 1
            return .same(recorded)
        }
    }

    /// Of several divergences the one that was recorded first is kept: the others are mostly its consequences.
    func note(_ divergence: Divergence) {
        state.withLock { state in
            if let known = state.divergence, !divergence.isBefore(known) { return }
            state.divergence = divergence
        }
    }

    @discardableResult
    private func append(
        _ kind: EventName, _ path: String, _ sender: String, _ topic: String?, _ payload: JSON
    ) -> Envelope {
        log.append(path: path, topic: topic ?? self.topic, sender: sender, kind: kind, payload: payload)
    }

    static func describe(_ kind: EventName, _ sender: String, _ payload: JSON) -> JSON {
        ["kind": .string(kind.rawValue), "sender": .string(sender), "payload": payload]
    }

    static func describe(_ envelope: Envelope) -> JSON {
        describe(envelope.kind, envelope.sender, envelope.payload)
    }
}

/// What a person decided about an effect that waits for them.
public enum PersonDecision: Sendable, Hashable {
    /// This is the result: an answer to a question, or what the unsafe effect turned out to have done.
    case result(JSON)
    /// Perform the unsafe effect again.
    case again
    /// Give the effect up: it failed.
    case abandon
}
