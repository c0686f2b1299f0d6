internal import Services

extension Run {
    /// Passes the breaker, waits for pauses and rates, and takes a place. Whatever it has got so far stands in
    /// `entrance`, also when it throws.
    func enter(_ entrance: inout Entrance) async throws(ModelError) {
        while true {
            if Task.isCancelled { throw stopped() }
            try passBreaker(&entrance)
            try await passGate(&entrance)
            try await takePlace(&entrance)
            // The world may have changed while it waited: a pause holds those behind it, too, and a breaker that has
            // opened meanwhile is asked again.
            try await waitOutPause()
            guard let permit = entrance.permit, !endpoint.isCurrent(permit) else { return }
            endpoint.places.leave()
            entrance.hasPlace = false
            entrance.permit = nil
        }
    }

    private func passBreaker(_ entrance: inout Entrance) throws(ModelError) {
        let (admission, events) = endpoint.acquire(at: now, draw: model.draws())
        for event in events { tell(event) }
        entrance.permit = admission.permit
        guard admission.permit == nil else { return }
        throw ModelError(
            .breakerOpen, "\(endpoint.name) fails too often or too slowly and is not called for a while",
            attempts: sent, retryAfter: admission.retryAfter)
    }

    private func passGate(_ entrance: inout Entrance) async throws(ModelError) {
        try await waitOutPause()
        guard entrance.tokens == nil, limitsRates else { return }
        let tokens = tokensWanted
        let wait = endpoint.take(tokens: tokens, at: now)
        entrance.tokens = tokens
        if wait == .zero { return }
        if wait >= deadline.remaining {
            throw tooLong(wait, "the rate that is set for \(endpoint.name) leaves no room before the deadline")
        }
        try await sleep(wait)
    }

    private var limitsRates: Bool {
        endpoint.configuration.requestsPerMinute != nil || endpoint.configuration.tokensPerMinute != nil
    }

    private var tokensWanted: Int {
        guard endpoint.configuration.tokensPerMinute != nil else { return 0 }
        return request.estimatedInputTokens(.byBytes) + (request.maxOutputTokens ?? model.profile.maxOutputTokens)
    }

    private func waitOutPause() async throws(ModelError) {
        // It may be prolonged while somebody waits.
        while let wait = endpoint.pauseLeft(at: now) {
            if wait >= deadline.remaining {
                throw tooLong(wait, "\(endpoint.name) asked for a pause that ends after the deadline")
            }
            try await sleep(wait)
        }
    }

    private func tooLong(_ wait: Duration, _ message: String) -> ModelError {
        ModelError(.rateLimit, message, attempts: sent, retryAfter: wait)
    }

    /// Takes a place, and waits for it if need be.
    private func takePlace(_ entrance: inout Entrance) async throws(ModelError) {
        if endpoint.places.tryEnter() {
            entrance.hasPlace = true
            return
        }
        let entry = await endpoint.places.enter(as: call.caller) { ahead in
            tell(.queued(endpoint: endpoint.name, ahead: ahead))
        }
        switch entry {
        case .entered: entrance.hasPlace = true
        case .cancelled: throw stopped()
        case .full:
            throw ModelError(
                .limit,
                "\(endpoint.configuration.queue) calls wait for \(endpoint.name) already; ask for less at a time",
                isRetryable: true, attempts: sent)
        }
    }

    /// Gives everything back after an attempt that made so many `requests`. `used` corrects what was taken from the rate
    /// of tokens; nil leaves it.
    func leave(
        _ entrance: inout Entrance, _ outcome: CircuitBreaker.Outcome, took nanoseconds: UInt64,
        used: TokenUsage?, requests: Int = 1
    ) {
        if let tokens = entrance.tokens, let used {
            endpoint.giveBack(requests: 1 - requests, tokens: tokens - used.input - used.output, at: now)
        }
        if let permit = entrance.permit {
            tell(endpoint.record(permit, outcome, took: nanoseconds, at: now, draw: model.draws()))
        }
        if entrance.hasPlace { endpoint.places.leave() }
        entrance = Entrance()
    }
}
