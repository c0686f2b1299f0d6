public import Services

/// Several models of which the next one answers when one cannot. It takes over only while the caller has seen nothing
/// of an answer, be it before the stream or in it.
public struct FallbackModel: LanguageModel {
    /// The kinds of failure after which another model may help: it is down, slow, full, broken, gone or not ours. Not
    /// among them: what is wrong with the request itself, budgets, and what the caller wants.
    public static let usualKinds: Set<ModelError.Kind> = [
        .rateLimit, .quota, .auth, .notFound, .server, .timeout, .network, .protocol, .decode, .streamError,
        .truncated,
        .redirect, .breakerOpen,
    ]

    private let models: [any LanguageModel]
    private let kinds: Set<ModelError.Kind>
    private let total: Duration
    private let share: Duration?
    private let time: any TimeSource

    /// Makes a chain.
    /// - Parameters:
    ///   - first: answers as long as it can.
    ///   - others: take over in this order.
    ///   - kinds: the failures after which the next one takes over.
    ///   - total: all models together, unless the call brings its own. Defaults to 120 s.
    ///   - share: how long a model may take that has another one behind it; nil means what is left. Defaults to nil.
    public init(
        _ first: any LanguageModel, then others: [any LanguageModel],
        on kinds: Set<ModelError.Kind> = FallbackModel.usualKinds, total: Duration = .seconds(120),
        share: Duration? = nil, time: any TimeSource = SystemTime()
    ) {
        models = [first] + others
        self.kinds = kinds
        self.total = total
        self.share = share
        self.time = time
    }

    /// What is known of the first model.
    public var profile: ModelProfile { models[0].profile }

    /// Answers by the first model that can. `attempts` counts the requests of all.
    public func respond(to request: ModelRequest, in call: ModelCall) async throws(ModelError) -> ModelReply {
        let deadline = Deadline(in: call.timeout ?? total, time: time)
        let passed = PassedParts()
        var attempts = 0
        var index = 0
        while true {
            var inner = passed.watching(call)
            let isLast = index == models.count - 1
            inner.timeout = isLast ? deadline.remaining : min(share ?? deadline.remaining, deadline.remaining)
            do throws(ModelError) {
                var reply = try await models[index].respond(to: request, in: inner)
                reply.attempts += attempts
                return reply
            } catch {
                var error = error
                attempts += error.attempts
                error.attempts = attempts
                error.hasPassedParts = passed.hasPassed
                let mayGoOn = !isLast && !passed.hasPassed && kinds.contains(error.kind)
                guard mayGoOn, !deadline.isOver, !Task.isCancelled else { throw error }
                call.onEvent?(
                    .fellBack(
                        from: models[index].profile.name, to: models[index + 1].profile.name, kind: error.kind))
                index += 1
            }
        }
    }
}
