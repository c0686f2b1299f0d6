internal import Services
internal import Synchronization
public import Values

/// A model that answers from a recording, and makes the recording when it is told to.
///
/// ```swift
/// // Records on the first run, which needs the live model; repeats the recording ever after.
/// let model = try RecordedModel(path: "Tests/Recordings/orders.jsonl", mode: .once, live: live)
/// // … run the agent with the model …
/// try model.verifyAllUsed()
/// ```
///
/// Requests are compared by model, messages, tools and parameters. Of several equal requests each gets its own answer,
/// in order. Keys are no part of requests; what a ``Redactor`` knows is taken out before anything is compared or kept.
public final class RecordedModel: LanguageModel {
    /// When live calls are made and recorded.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Never: what was not recorded is an error.
        case never
        /// When there is no recording yet; afterwards as ``never``.
        case once
        /// Always; the old recording is replaced.
        case all
    }

    /// What is known of the model: as it was recorded, or the live model's.
    public let profile: ModelProfile
    private let path: String
    /// The model that is recorded; nil when the recording is repeated.
    private let live: (any LanguageModel)?
    private let delivery: PartDelivery
    private let redactor: Redactor
    private let thread = BlockingThread()
    private let state: Mutex<State>

    private struct State {
        /// In order of requests; nil while an answer is awaited, and where there was none.
        var entries: [ModelRecording.Entry?]
        var isUsed: [Bool]
        var version = 0
        var writtenVersion = 0
        var writeError: OperonError?
    }

    /// Opens a recording. The file is read here, whole.
    ///
    /// - Parameters:
    ///   - live: the model to record; only called while recording.
    ///   - delivery: how recorded answers are passed on.
    ///   - redactor: knows what must not be kept.
    /// - Throws: the file's error; `recording_invalid` with the line; `recording_needs_model` when something is to be
    ///   recorded and there is no live model.
    public init(
        path: String, mode: Mode = .never, live: (any LanguageModel)? = nil, delivery: PartDelivery = .whole,
        redactor: Redactor = Redactor()
    ) throws(OperonError) {
        self.path = path
        self.delivery = delivery
        self.redactor = redactor
        if mode == .all || mode == .once && !Files.exists(path) {
            guard let live else {
                throw OperonError(
                    code: "recording_needs_model", "there is nothing to record: no live model was given",
                    hint: "Give one, or repeat an existing recording with the mode 'never'.", at: path)
            }
            self.live = live
            profile = live.profile
            state = Mutex(State(entries: [], isUsed: []))
        } else {
            let recording = try ModelRecording.read(path)
            self.live = nil
            profile = recording.profile
            let isUsed = [Bool](repeating: false, count: recording.entries.count)
            state = Mutex(State(entries: recording.entries, isUsed: isUsed))
        }
    }

    /// Answers from the recording, or calls the live model and records.
    ///
    /// - Throws: `notRecorded` with the differences to the nearest recorded request; the live model's errors, which are
    ///   not recorded; `cancelled`.
    public func respond(to request: ModelRequest, in call: ModelCall) async throws(ModelError) -> ModelReply {
        let json = redactor.redact(request.json)
        let digest = ModelRecording.digest(of: json, model: profile.name)
        if let live { return try await record(request, json, digest, live, call) }
        if Task.isCancelled { throw .cancelledCall() }
        let found = state.withLock { state -> ModelReply? in
            let index = state.entries.indices.first { !state.isUsed[$0] && state.entries[$0]?.digest == digest }
            guard let index else { return nil }
            state.isUsed[index] = true
            return state.entries[index]?.reply
        }
        guard let reply = found else { throw unexpected(json, digest, request.outline(call)) }
        _ = try await delivery.deliver(reply.parts, to: call)
        return reply
    }

    /// The recorded requests that nobody has made, by line of the file.
    public var unusedEntries: [String] {
        state.withLock { state in
            state.entries.indices.filter { !state.isUsed[$0] }.map { "\(path):\(state.entries[$0]?.line ?? 0)" }
        }
    }

    /// Checks that every recorded answer was asked for, and that what was to be recorded is in the file.
    ///
    /// - Throws: `recording_unused` with the lines, or the error that kept the file from being written.
    public func verifyAllUsed() throws(OperonError) {
        if let error = state.withLock({ $0.writeError }) { throw error }
        guard live == nil else { return }
        let unused = unusedEntries
        guard let first = unused.first else { return }
        throw OperonError(
            code: "recording_unused",
            "\(unused.count) recorded answers were not asked for: \(unused.prefix(10).joined(separator: ", "))",
            hint: "Record again, or find out why the run ended without these requests.", at: first)
    }

    private func record(
        _ request: ModelRequest, _ json: JSON, _ digest: String, _ live: any LanguageModel, _ call: ModelCall
    ) async throws(ModelError) -> ModelReply {
        // The place is taken before the call, so that the order in the file is that of the requests.
        let index = state.withLock { state in
            state.entries.append(nil)
            state.isUsed.append(true)
            return state.entries.count - 1
        }
        let reply = try await live.respond(to: request, in: call)
        let kept = ModelReply(json: redactor.redact(reply.json)) ?? reply
        state.withLock { state in
            state.entries[index] = ModelRecording.Entry(digest: digest, request: json, reply: kept)
            state.version += 1
        }
        // An error of the thread is none of the call: the write is reported by `verifyAllUsed()`.
        _ = try? await thread.run { self.write() }
        return reply
    }

    /// Writes the newest state, if that has not been written; on the thread only.
    private func write() {
        let (version, entries) = state.withLock { state -> (Int, [ModelRecording.Entry]) in
            guard state.version > state.writtenVersion else { return (0, []) }
            return (state.version, state.entries.compactMap { $0 })
        }
        guard version > 0 else { return }
        var failure: OperonError?
        do throws(OperonError) {
            try Files.replace(path, with: ModelRecording(profile: profile, entries: entries).bytes())
        } catch {
            failure = error
        }
        state.withLock { state in
            state.writtenVersion = version
            state.writeError = failure
        }
    }

    private func unexpected(_ json: JSON, _ digest: String, _ outline: String) -> ModelError {
        let (entries, isUsed) = state.withLock { ($0.entries, $0.isUsed) }
        let hint = "Record again with the mode 'all', or make the request as it was."
        if entries.contains(where: { $0?.digest == digest }) {
            return ModelError(
                .notRecorded,
                "this request was recorded, but fewer times than it is made (\(outline)). \(hint)", attempts: 0)
        }
        var nearest: (line: Int, difference: RequestDifference)?
        // Those that are left are the likelier ones; of several equally near the first is told.
        for wantUsed in [false, true] where nearest == nil {
            for (entry, used) in zip(entries, isUsed) where used == wantUsed {
                guard let entry else { continue }
                let difference = RequestDifference(recorded: entry.request, now: json)
                if difference.count < nearest?.difference.count ?? .max { nearest = (entry.line, difference) }
            }
        }
        guard let nearest else {
            return ModelError(.notRecorded, "nothing is recorded in \(path) (\(outline)). \(hint)", attempts: 0)
        }
        let more = nearest.difference.count - nearest.difference.places.count
        return ModelError(
            .notRecorded,
            "this request was not recorded (\(outline)). The nearest is \(path):\(nearest.line); it differs in "
                + nearest.difference.places.joined(separator: "; ") + (more > 0 ? "; and \(more) more places" : "")
                + ". \(hint)",
            attempts: 0)
    }
}
