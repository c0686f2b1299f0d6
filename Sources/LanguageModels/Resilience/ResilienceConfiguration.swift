public import Services

/// How long a call may take and how it is tried again. What belongs to an endpoint and is shared by its callers stands
/// in ``EndpointConfiguration``; connecting and the pause between bytes are the provider's (`HTTPLimits`).
public struct ResilienceConfiguration: Sendable, Hashable {
    /// The whole call with all its attempts and waits, unless the call brings its own. Defaults to 120 s.
    public var total: Duration
    /// One attempt; nil means what is left of the total. Defaults to nil.
    public var attempt: Duration?
    /// Attempts after the first one; a breaker's refusal counts as one. Defaults to 2.
    public var maxRetries: Int
    /// The ceiling of the first wait; it doubles with each attempt. Defaults to 500 ms.
    public var retryBase: Duration
    /// The greatest ceiling. Defaults to 8 s.
    public var retryCap: Duration
    /// Whether a call that the breaker refuses waits until the breaker tries again, when that is before its deadline.
    /// A chain with another model behind this one rather goes on at once. Defaults to true.
    public var retriesRefusals: Bool
    /// An attempt that our own deadline ends sooner says nothing about the endpoint: somebody was in a hurry. After so
    /// long it counts as a failure. Defaults to 5 s.
    public var fairAttempt: Duration

    /// Makes a configuration.
    public init(
        total: Duration = .seconds(120), attempt: Duration? = nil, maxRetries: Int = 2,
        retryBase: Duration = .milliseconds(500), retryCap: Duration = .seconds(8), retriesRefusals: Bool = true,
        fairAttempt: Duration = .seconds(5)
    ) {
        self.total = total
        self.attempt = attempt
        self.maxRetries = max(0, maxRetries)
        self.retryBase = retryBase
        self.retryCap = retryCap
        self.retriesRefusals = retriesRefusals
        self.fairAttempt = fairAttempt
    }

    /// The rules of retrying.
    var policy: RetryPolicy {
        RetryPolicy(
            attempts: maxRetries + 1, backoff: Backoff(base: retryBase, factor: 2, cap: max(retryBase, retryCap)))
    }
}

/// What all callers of an endpoint share.
public struct EndpointConfiguration: Sendable, Hashable {
    /// When the breaker opens. Defaults to half of at least 10 calls of the last 60 s failed, or 80 % slower than 60 s.
    public var breaker: CircuitBreaker.Configuration
    /// How many calls run at the same time. Defaults to 64.
    public var concurrency: Int
    /// How many calls may wait for a place. Defaults to 1000.
    public var queue: Int
    /// Requests per minute; nil means that nobody knows a limit. Defaults to nil.
    public var requestsPerMinute: Int?
    /// Tokens per minute, in and out together; nil means that nobody knows a limit. Defaults to nil.
    public var tokensPerMinute: Int?
    /// The longest pause that a provider can order. Defaults to 300 s.
    public var pauseCap: Duration
    /// The store that retries draw on.
    public var retries: RetryBudget

    /// Makes a configuration.
    public init(
        breaker: CircuitBreaker.Configuration = CircuitBreaker.Configuration(), concurrency: Int = 64,
        queue: Int = 1000, requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil,
        pauseCap: Duration = .seconds(300), retries: RetryBudget = RetryBudget()
    ) {
        self.breaker = breaker
        self.concurrency = concurrency
        self.queue = queue
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.pauseCap = pauseCap
        self.retries = retries
    }
}
