public import Values

/// A call of a model that did not succeed. Its text is safe to show: it holds no key, header, prompt or answer; what
/// arrived of the answer stands apart in ``partialText``.
public struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is; the raw values are on the wire (`interfaces`, part 5).
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Too many requests; worth another attempt later.
        case rateLimit = "rate_limit"
        /// The account has nothing left; no attempt will help.
        case quota
        /// The key is missing, wrong, or not allowed to do this.
        case auth
        /// The provider does not accept the request.
        case badRequest = "bad_request"
        /// There is no such model or path.
        case notFound = "not_found"
        /// The provider failed (5xx, overloaded).
        case server
        /// Connecting, the pause between bytes, or the whole took too long.
        case timeout
        /// No connection, or it broke.
        case network
        /// What answers is no model API: another content type, HTTP that cannot be read.
        case `protocol`
        /// The answer is not the JSON that the API promises.
        case decode
        /// The provider reported an error in the middle of an answer.
        case streamError = "stream_error"
        /// The answer ended before its end.
        case truncated
        /// A limit of ours was passed: bytes, headers, depth.
        case limit
        /// A budget does not allow the call.
        case budget
        /// The provider redirects; redirects are not followed, since a key must not travel.
        case redirect
        /// The caller stopped it.
        case cancelled
        /// The circuit breaker lets no call through.
        case breakerOpen = "breaker_open"
        /// The answer does not have the form that was asked for, also after it was asked to mend it.
        case invalidOutput = "invalid_output"
        /// A live call was refused, since the process may make none.
        case liveCallRefused = "live_call_refused"
        /// A scripted or recorded model has no answer for this request.
        case notRecorded = "not_recorded"
    }

    /// What kind.
    public var kind: Kind
    /// The HTTP status; nil when there was none.
    public var status: Int?
    /// Whether the same call may succeed later.
    public var isRetryable: Bool
    /// What is wrong and, where somebody can do something about it, what.
    public var message: String
    /// The text that had arrived.
    public var partialText: String
    /// Requests made.
    public var attempts: Int
    /// How long the provider asks to wait; with the kind `breakerOpen` how long the breaker stays closed to calls.
    public var retryAfter: Duration?
    /// What the provider says itself of another attempt (header `x-should-retry`); it goes before every rule of ours.
    /// Nil when it says nothing.
    public var shouldRetry: Bool?
    /// Whether any part of an answer has been passed on to the caller: then nobody tries again behind its back.
    public var hasPassedParts: Bool

    /// Makes an error; whether it is retryable follows from the kind unless it is given.
    public init(
        _ kind: Kind, _ message: String, status: Int? = nil, isRetryable: Bool? = nil, partialText: String = "",
        attempts: Int = 1, retryAfter: Duration? = nil, shouldRetry: Bool? = nil, hasPassedParts: Bool = false
    ) {
        self.kind = kind
        self.message = message
        self.status = status
        self.isRetryable = isRetryable ?? kind.isUsuallyRetryable
        self.partialText = partialText
        self.attempts = attempts
        self.retryAfter = retryAfter
        self.shouldRetry = shouldRetry
        self.hasPassedParts = hasPassedParts
    }

    /// `kind: message`
    public var description: String { "\(kind.rawValue): \(message)" }

    /// The error as people and other parts see it, with the code `model_<kind>`.
    public var operonError: OperonError { OperonError(code: "model_\(kind.rawValue)", message) }
}

extension ModelError.Kind {
    /// Whether such a failure may go away by itself.
    public var isUsuallyRetryable: Bool {
        switch self {
        case .rateLimit, .server, .timeout, .network, .streamError, .truncated, .breakerOpen: true
        case .quota, .auth, .badRequest, .notFound, .protocol, .decode, .limit, .budget, .redirect, .cancelled,
            .invalidOutput, .liveCallRefused, .notRecorded:
            false
        }
    }
}
