internal import Services

extension ModelError {
    /// What the failure says of the endpoint's health.
    ///
    /// Failures are what the provider or the way to it did wrong. A request that the provider rightly refuses shows
    /// that it works. A pause that it asks for, and whatever we ended ourselves, say nothing.
    var breakerOutcome: CircuitBreaker.Outcome {
        switch kind {
        case .server, .timeout, .network, .streamError, .truncated, .protocol, .decode: .failure
        case .rateLimit: retryAfter == nil ? .failure : .ignored
        case .auth, .badRequest, .notFound: status == 408 || status == 409 ? .failure : .success
        case .quota, .limit, .budget, .redirect, .cancelled, .breakerOpen, .invalidOutput, .liveCallRefused,
            .notRecorded:
            .ignored
        }
    }

    /// What the policy of retries needs to know. `hasOutput` tells whether the caller has seen a part of the answer.
    func retryFacts(hasOutput: Bool) -> RetryPolicy.Failure {
        let isLasting =
            switch kind {
            case .quota, .auth, .notFound, .limit, .budget, .redirect, .cancelled, .invalidOutput, .liveCallRefused,
                .notRecorded:
                true
            case .rateLimit, .badRequest, .server, .timeout, .network, .protocol, .decode, .streamError, .truncated,
                .breakerOpen:
                false
            }
        return RetryPolicy.Failure(
            status: status, isTransient: isRetryable, isLasting: isLasting, shouldRetry: shouldRetry,
            retryAfter: retryAfter, hasOutput: hasOutput)
    }

    /// Whether the provider may charge for the attempt: it had begun to work, as far as can be known.
    var mayHaveCost: Bool {
        switch kind {
        case .timeout, .truncated, .streamError, .decode, .protocol, .limit, .cancelled: true
        case .network: !partialText.isEmpty || hasPassedParts
        case .rateLimit, .quota, .auth, .badRequest, .notFound, .server, .budget, .redirect, .breakerOpen,
            .invalidOutput, .liveCallRefused, .notRecorded:
            false
        }
    }
}
