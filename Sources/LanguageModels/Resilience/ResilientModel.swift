public import Services

/// A model around which calls are retried, limited and accounted for.
///
/// The layers, from outside: total deadline, budget, retries, breaker, pause and rates, place, deadline of the attempt,
/// the call itself. What each does stands on the page *Resilience* of this target.
public struct ResilientModel: LanguageModel {
    let inner: any LanguageModel
    let endpoint: Endpoint
    let configuration: ResilienceConfiguration
    let budget: ModelBudget?
    let time: any TimeSource
    let draws: Draws

    /// Puts the layers around `inner`.
    public init(
        _ inner: any LanguageModel, endpoint: Endpoint,
        configuration: ResilienceConfiguration = ResilienceConfiguration(), budget: ModelBudget? = nil,
        time: any TimeSource = SystemTime(), draws: Draws = .system
    ) {
        self.inner = inner
        self.endpoint = endpoint
        self.configuration = configuration
        self.budget = budget
        self.time = time
        self.draws = draws
    }

    /// What is known of the inner model.
    public var profile: ModelProfile { inner.profile }

    /// Answers, with as many attempts as the rules allow. `attempts` in the reply and in errors counts the requests that
    /// were really sent.
    public func respond(to request: ModelRequest, in call: ModelCall) async throws(ModelError) -> ModelReply {
        let deadline = Deadline(in: call.timeout ?? configuration.total, time: time)
        let result = await deadline.limit { () -> Result<ModelReply, ModelError> in
            var run = Run(model: self, request: request, call: call, deadline: deadline)
            do throws(ModelError) { return .success(try await run.answer()) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

/// One call with all its attempts.
struct Run: Sendable {
    let model: ResilientModel
    let request: ModelRequest
    let call: ModelCall
    let deadline: Deadline
    /// Requests sent.
    var sent = 0
    /// What one attempt may use at most.
    var reservation: ModelAmount?

    init(model: ResilientModel, request: ModelRequest, call: ModelCall, deadline: Deadline) {
        self.model = model
        self.request = request
        self.call = call
        self.deadline = deadline
    }

    var endpoint: Endpoint { model.endpoint }
    var now: UInt64 { model.time.monotonicNanoseconds() }

    func tell(_ event: ModelEvent?) { if let event { call.onEvent?(event) } }

    mutating func answer() async throws(ModelError) -> ModelReply {
        try reserve()
        // Whatever is still reserved in the end was not used.
        defer { if let reservation { model.budget?.release(reservation) } }
        var attempt = 0
        while true {
            attempt += 1
            do throws(ModelError) {
                return try await attemptOnce()
            } catch {
                var error = error
                error.attempts = sent
                let wait = decide(attempt, &error)
                tell(
                    .attemptFailed(
                        endpoint: endpoint.name, attempt: attempt, kind: error.kind, status: error.status,
                        wait: wait))
                guard let wait else { throw error }
                try await sleep(wait)
            }
        }
    }

    /// How long to wait before the next attempt; nil when there is none.
    private mutating func decide(_ attempt: Int, _ error: inout ModelError) -> Duration? {
        if Task.isCancelled { return nil }
        var facts = error.retryFacts(hasOutput: error.hasPassedParts)
        let isRefusal = error.kind == .breakerOpen
        if isRefusal, !model.configuration.retriesRefusals || error.retryAfter == nil { facts.isLasting = true }
        let decision = model.configuration.policy.decide(
            attempt: attempt, facts, remaining: deadline.remaining, draw: model.draws())
        guard case .retry(let wait) = decision else { return nil }
        // A refusal has put no load on anybody.
        if !isRefusal, !endpoint.payRetry(afterTimeout: error.kind == .timeout) { return nil }
        // What this attempt may have cost has been booked: the next one needs a reservation of its own.
        if reservation == nil {
            do throws(ModelError) { try reserve() } catch { return nil }
        }
        return wait
    }

    private mutating func reserve() throws(ModelError) {
        guard let budget = model.budget else { return }
        let most = budget.most(for: request, at: model.profile)
        try budget.reserve(most, at: model.profile)
        reservation = most
    }

    /// Books what an attempt used; nil books all that was reserved for it.
    mutating func settle(_ usage: TokenUsage?) {
        guard let amount = reservation else { return }
        model.budget?.settle(amount, usage: usage, at: model.profile)
        reservation = nil
    }

    /// Waits within the call; the deadline and the caller end it at once.
    func sleep(_ wait: Duration) async throws(ModelError) {
        do { try await model.time.sleep(nanoseconds: wait.wholeNanoseconds) } catch { throw stopped() }
    }

    /// Why the task was cancelled: its time is up, or the caller wants it.
    func stopped(partialText: String = "", hasPassedParts: Bool = false) -> ModelError {
        var error = ModelError.cancelledCall(partialText: partialText, hasPassedParts: hasPassedParts)
        error.attempts = sent
        if deadline.isOver {
            error.kind = .timeout
            error.isRetryable = true
            error.message = "the call took longer than its total of \(deadline.length)"
        }
        return error
    }
}
