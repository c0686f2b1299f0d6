internal import Services

extension Run {
    /// One attempt: the breaker, pause and rates, a place, and the request itself.
    mutating func attemptOnce() async throws(ModelError) -> ModelReply {
        var entrance = Entrance()
        do throws(ModelError) {
            try await enter(&entrance)
        } catch {
            leave(&entrance, .ignored, took: 0, used: TokenUsage(), requests: 0)
            throw error
        }
        let start = now
        sent += 1
        do throws(ModelError) {
            var reply = try await send()
            leave(&entrance, .success, took: now - start, used: reply.usage)
            settle(reply.usage)
            reply.attempts = sent
            return reply
        } catch {
            let took = now - start
            var outcome = error.breakerOutcome
            if error.kind == .timeout, deadline.isOver, took < model.configuration.fairAttempt.wholeNanoseconds {
                outcome = .ignored
            }
            leave(&entrance, outcome, took: took, used: error.mayHaveCost ? nil : TokenUsage())
            if error.kind == .rateLimit, let wait = error.retryAfter { tell(endpoint.pause(for: wait, at: now)) }
            if error.mayHaveCost { settle(nil) }
            throw error
        }
    }

    /// The request itself, under the deadline of an attempt.
    private func send() async throws(ModelError) -> ModelReply {
        let passed = PassedParts()
        var inner = passed.watching(call)
        let limit = model.configuration.attempt.map { min($0, deadline.remaining) }
        inner.timeout = limit ?? deadline.remaining
        do throws(ModelError) {
            guard let limit else { return try await model.inner.respond(to: request, in: inner) }
            return try await limited(limit, inner)
        } catch {
            var error = error
            // Parts reach the caller through us only.
            error.hasPassedParts = passed.hasPassed
            guard error.kind == .cancelled else { throw error }
            throw stopped(partialText: error.partialText, hasPassedParts: error.hasPassedParts)
        }
    }

    private func limited(_ length: Duration, _ call: ModelCall) async throws(ModelError) -> ModelReply {
        let own = Deadline(in: length, time: model.time)
        let (model, request) = (model.inner, request)
        let result = await own.limit { () -> Result<ModelReply, ModelError> in
            do throws(ModelError) { return .success(try await model.respond(to: request, in: call)) } catch {
                return .failure(error)
            }
        }
        do throws(ModelError) { return try result.get() } catch {
            guard error.kind == .cancelled, !Task.isCancelled, own.isOver else { throw error }
            var late = error
            late.kind = .timeout
            late.isRetryable = true
            late.message = "the attempt took longer than \(length)"
            throw late
        }
    }
}

/// What an attempt holds while it runs.
struct Entrance: Sendable {
    var permit: CircuitBreaker.Permit?
    var hasPlace = false
    /// Tokens taken from the endpoint's rate; nil when none were.
    var tokens: Int?
}
