public import Services
internal import Synchronization

/// Sends a second request beside one that is slow to begin. The first that has a part of an answer wins, the other one
/// is cancelled. It costs up to twice as much; nothing in Operon uses it unless it is asked for.
public struct HedgedModel: LanguageModel {
    private let models: [any LanguageModel]
    private let delay: Duration
    private let time: any TimeSource

    /// Waits `delay` for the first part of `model`, then asks `second` (nil means the same model) as well.
    public init(
        _ model: any LanguageModel, second: (any LanguageModel)? = nil, after delay: Duration,
        time: any TimeSource = SystemTime()
    ) {
        models = [model, second ?? model]
        self.delay = delay
        self.time = time
    }

    /// What is known of the first model.
    public var profile: ModelProfile { models[0].profile }

    /// Answers with whatever begins first. A failure counts when no other request runs any more; before the delay is
    /// over it ends the call, since hedging is no retry.
    public func respond(to request: ModelRequest, in call: ModelCall) async throws(ModelError) -> ModelReply {
        let race = Race()
        let result = await withTaskGroup(of: (Int, Result<ModelReply, ModelError>?).self) { group in
            for index in models.indices {
                group.addTask { (index, await contend(index, race, request, call)) }
            }
            var winning: ModelReply?
            var failure: ModelError?
            var attempts = 0
            for await (index, result) in group {
                switch result {
                case .success(let reply)?:
                    attempts += reply.attempts
                    if race.claim(index) {
                        group.cancelAll()
                        winning = reply
                    }
                case .failure(let error)?:
                    attempts += error.attempts
                    // The winner's failure is the call's; of two without a winner the first one's.
                    if race.winner == index || !race.hasBegun(1) { group.cancelAll() }
                    if failure == nil || race.winner == index { failure = error }
                case nil: break
                }
            }
            if var winning {
                winning.attempts = attempts
                return Result<ModelReply, ModelError>.success(winning)
            }
            var error = failure ?? .cancelledCall()
            error.attempts = attempts
            return .failure(error)
        }
        return try result.get()
    }

    /// One request; nil when it was not sent. When the other one has won it is cancelled, also in its delay.
    private func contend(
        _ index: Int, _ race: Race, _ request: ModelRequest, _ call: ModelCall
    ) async -> Result<ModelReply, ModelError>? {
        await race.run(index) { () -> Result<ModelReply, ModelError>? in
            if index > 0 {
                do { try await time.sleep(nanoseconds: delay.wholeNanoseconds) } catch { return nil }
                guard race.begin(index) else { return nil }
                call.onEvent?(.hedged(endpoint: models[index].profile.name))
            }
            var inner = call
            inner.onParts = { parts in
                if PassedParts.hasOutput(parts) { guard race.claim(index) else { return } }
                guard race.winner == index else { return }
                await call.onParts?(parts)
            }
            do throws(ModelError) { return .success(try await models[index].respond(to: request, in: inner)) } catch
            {
                return .failure(error)
            }
        }
    }
}

/// Two requests of which one wins.
private final class Race: Sendable {
    private struct State {
        var winner: Int?
        var begun: Set<Int> = [0]
    }
    private let state = Mutex(State())
    /// One per request: told when the other one has won.
    private let lost = [Mailbox<Bool>(capacity: 1), Mailbox<Bool>(capacity: 1)]

    var winner: Int? { state.withLock { $0.winner } }
    func hasBegun(_ index: Int) -> Bool { state.withLock { $0.begun.contains(index) } }

    /// Whether a request may still begin.
    func begin(_ index: Int) -> Bool {
        state.withLock { state in
            guard state.winner == nil else { return false }
            state.begun.insert(index)
            return true
        }
    }

    /// Whether a request has won, now or before. The other one is told.
    func claim(_ index: Int) -> Bool {
        let (has, isNew) = state.withLock { state -> (Bool, Bool) in
            if let winner = state.winner { return (winner == index, false) }
            state.winner = index
            return (true, true)
        }
        if isNew { lost[1 - index].offer(true, whenFull: .reject) }
        return has
    }

    /// Runs a request and cancels it when the other one has won.
    func run<Value: Sendable>(_ index: Int, _ body: @escaping @Sendable () async -> Value?) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await body() }
            group.addTask {
                _ = await self.lost[index].receive()
                return nil
            }
            var result: Value?
            for await one in group {
                group.cancelAll()
                if let one { result = one }
            }
            return result
        }
    }
}
