import LanguageModels
import Services
import Synchronization
import Testing
import Values

/// A clock that moves on by itself to the next deadline as soon as so many tasks sleep that nobody else could act: in a
/// single call that is the total deadline and whatever the call waits for.
final class SteppedTime: TimeSource {
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
    }
    private let parties: Int
    private let state = Mutex(State())

    init(parties: Int = 2) { self.parties = parties }

    func now() -> Timestamp { Timestamp(microseconds: Int64(monotonicNanoseconds() / 1000)) }
    func monotonicNanoseconds() -> UInt64 { state.withLock { $0.now } }
    /// Seconds since the start.
    var seconds: Double { Double(monotonicNanoseconds()) / 1e9 }

    func sleep(nanoseconds: UInt64) async throws {
        let ticket = state.withLock { state in
            state.next += 1
            return state.next
        }
        let woken = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let (isCancelled, due) = state.withLock { state -> (Bool, [Sleeper]) in
                    if state.cancelled.remove(ticket) != nil { return (true, []) }
                    state.sleepers.append(
                        Sleeper(ticket: ticket, deadline: state.now + nanoseconds, continuation: continuation))
                    guard state.sleepers.count >= parties else { return (false, []) }
                    let next = state.sleepers.map(\.deadline).min() ?? state.now
                    state.now = max(state.now, next)
                    let due = state.sleepers.filter { $0.deadline <= state.now }
                    state.sleepers.removeAll { $0.deadline <= state.now }
                    return (false, due)
                }
                for sleeper in due { sleeper.continuation.resume(returning: true) }
                if isCancelled { continuation.resume(returning: false) }
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
}

/// A model that does what a test tells it to, step by step; the last step is repeated.
final class FaultyModel: LanguageModel {
    struct Step: Sendable {
        /// How long it takes.
        var takes: Duration = .zero
        /// What is passed on before the end.
        var parts: [ModelPart] = []
        /// How it ends; nil means with a reply.
        var error: ModelError?
        var usage: TokenUsage?

        static func ok(_ text: String = "yes", takes: Duration = .zero, usage: TokenUsage? = nil) -> Self {
            Step(takes: takes, parts: [.text(text), .finish(.stop)], usage: usage)
        }
        static func fail(
            _ kind: ModelError.Kind, status: Int? = nil, retryAfter: Duration? = nil, shouldRetry: Bool? = nil,
            takes: Duration = .zero, parts: [ModelPart] = []
        ) -> Self {
            Step(
                takes: takes, parts: parts,
                error: ModelError(
                    kind, "told to fail", status: status, retryAfter: retryAfter, shouldRetry: shouldRetry))
        }
        static let hang = Step(takes: .seconds(100_000))
    }

    struct Seen: Sendable {
        var id: String
        var caller: String
        var timeout: Duration?
        var at: UInt64
    }

    let profile: ModelProfile
    private let steps: [Step]
    private let time: any TimeSource
    private let journal: Journal?
    private let received = Mutex<[Seen]>([])

    init(
        _ steps: [Step], time: any TimeSource, name: String = "m", price: ModelPrice? = nil,
        maxOutputTokens: Int = 100,
        journal: Journal? = nil
    ) {
        self.steps = steps
        self.time = time
        self.journal = journal
        profile = ModelProfile(provider: "p", model: name, maxOutputTokens: maxOutputTokens, price: price)
    }

    /// The requests that it got.
    var seen: [Seen] { received.withLock { $0 } }

    func respond(to request: ModelRequest, in call: ModelCall) async throws(ModelError) -> ModelReply {
        let number = received.withLock { seen in
            seen.append(
                Seen(id: call.id, caller: call.caller, timeout: call.timeout, at: time.monotonicNanoseconds()))
            return seen.count - 1
        }
        let step = steps[min(number, steps.count - 1)]
        let text = step.parts.reduce("") { if case .text(let text) = $1 { $0 + text } else { $0 } }
        journal?.note(step.error == nil ? "ok" : "x")
        if step.error != nil, !step.parts.isEmpty { await call.onParts?(step.parts) }
        if step.takes > .zero {
            do { try await time.sleep(nanoseconds: step.takes.wholeNanoseconds) } catch {
                throw ModelError(.cancelled, "cancelled", partialText: step.error == nil ? "" : text)
            }
        }
        if var error = step.error {
            error.partialText = text
            throw error
        }
        await call.onParts?(step.parts)
        return ModelReply(message: AssistantMessage(text: text), finish: .stop, usage: step.usage)
    }
}

/// Collects what happens, in order.
final class Journal: Sendable {
    private let state = Mutex<(events: [ModelEvent], words: [String], parts: [ModelPart])>(([], [], []))

    var events: [ModelEvent] { state.withLock { $0.events } }
    var line: String { state.withLock { $0.words.joined(separator: " ") } }
    var parts: [ModelPart] { state.withLock { $0.parts } }
    func note(_ word: String) { state.withLock { $0.words.append(word) } }

    /// A call whose events and parts are collected here.
    func call(id: String = "c1", caller: String = "a", timeout: Duration? = nil) -> ModelCall {
        ModelCall(
            id: id, caller: caller, timeout: timeout,
            onParts: { parts in self.state.withLock { $0.parts += parts } },
            onEvent: { event in
                self.state.withLock {
                    $0.events.append(event)
                    $0.words.append(Self.word(event))
                }
            })
    }

    /// `+0.5` for an attempt that is repeated after so long, `end` for one that is not.
    private static func word(_ event: ModelEvent) -> String {
        switch event {
        case .attemptFailed(_, _, let kind, _, let wait):
            (kind == .breakerOpen ? "refused " : "") + (wait.map { "+\(seconds($0))" } ?? "end")
        case .breakerChanged(_, _, let to, _): "|\(to)|"
        case .paused(_, let wait): "pause(\(seconds(wait)))"
        case .queued(_, let ahead): "queued(\(ahead))"
        case .fellBack(let from, let to, _): "\(from)->\(to)"
        case .hedged: "hedged"
        }
    }

    private static func seconds(_ wait: Duration) -> String {
        let millis = Int((Double(wait.wholeNanoseconds) / 1e6).rounded())
        return millis % 1000 == 0 ? "\(millis / 1000)" : "\(Double(millis) / 1000)"
    }
}

/// Makes a call and catches its typed end.
func outcome(
    of model: any LanguageModel, _ call: ModelCall = ModelCall(), _ request: ModelRequest = .short
) async -> Result<ModelReply, ModelError> {
    do throws(ModelError) { return .success(try await model.respond(to: request, in: call)) } catch {
        return .failure(error)
    }
}

extension Result where Success == ModelReply, Failure == ModelError {
    var error: ModelError? { if case .failure(let error) = self { error } else { nil } }
    var reply: ModelReply? { if case .success(let reply) = self { reply } else { nil } }
}

extension ModelRequest { static let short = ModelRequest(messages: [.user("Is it so?")]) }

/// A resilient model around steps, with a stepped clock and draws of one half.
struct Bench {
    let time = SteppedTime()
    let journal = Journal()
    let inner: FaultyModel
    let endpoint: Endpoint
    let model: ResilientModel

    init(
        _ steps: [FaultyModel.Step], _ configuration: ResilienceConfiguration = ResilienceConfiguration(),
        _ endpoint: EndpointConfiguration = EndpointConfiguration(), budget: ModelBudget? = nil
    ) {
        inner = FaultyModel(steps, time: time, journal: journal)
        self.endpoint = Endpoint(name: "p", configuration: endpoint)
        model = ResilientModel(
            inner, endpoint: self.endpoint, configuration: configuration, budget: budget, time: time,
            draws: Draws { 0.5 })
    }
}
