/// Decides whether a request over HTTP is made again, and when. A pure value: what is left of the total time and a draw
/// in 0 ..< 1 come in.
///
/// The rules, in this order:
///
/// | what is known | decision |
/// |---|---|
/// | a part of the answer has reached the caller | stop |
/// | the other side says whether to try again (`x-should-retry`) | as it says, within attempts and time |
/// | the account is empty, or another lasting failure | stop |
/// | 408, 409, 429, 500 and above, no connection, a timeout | go on |
/// | all attempts are used | stop |
/// | a wait that the other side asks for | that wait |
/// | nothing of the kind | full jitter up to `base` x 2^n, at most `cap` |
/// | the wait does not end before the total deadline | stop at once |
public struct RetryPolicy: Sendable, Hashable {
    /// Requests in all, the first one included. Defaults to 3.
    public var attempts: Int
    /// How waits grow. Defaults to 500 ms, doubled, at most 8 s.
    public var backoff: Backoff

    /// Makes a policy.
    public init(
        attempts: Int = 3, backoff: Backoff = Backoff(base: .milliseconds(500), factor: 2, cap: .seconds(8))
    ) {
        self.attempts = max(1, attempts)
        self.backoff = backoff
    }

    /// What is known of a request that failed.
    public struct Failure: Sendable, Hashable {
        /// The HTTP status; nil when there was none.
        public var status: Int?
        /// Whether it may go away by itself whatever the status says: no connection, a timeout, a broken answer.
        public var isTransient: Bool
        /// Whether it will not go away whatever the status says: an empty account, a limit of ours, cancellation.
        public var isLasting: Bool
        /// What the other side says of another attempt.
        public var shouldRetry: Bool?
        /// How long it asks to wait; nothing and less mean that it does not ask.
        public var retryAfter: Duration?
        /// Whether a part of the answer has reached the caller.
        public var hasOutput: Bool

        /// Describes a failure.
        public init(
            status: Int? = nil, isTransient: Bool = false, isLasting: Bool = false, shouldRetry: Bool? = nil,
            retryAfter: Duration? = nil, hasOutput: Bool = false
        ) {
            self.status = status
            self.isTransient = isTransient
            self.isLasting = isLasting
            self.shouldRetry = shouldRetry
            self.retryAfter = retryAfter
            self.hasOutput = hasOutput
        }

        /// Whether another attempt may help.
        var isWorthRetrying: Bool {
            if let shouldRetry { return shouldRetry }
            if isLasting { return false }
            if let status, [408, 409, 429].contains(status) || status >= 500 { return true }
            return isTransient
        }
    }

    /// What to do.
    public enum Decision: Sendable, Hashable {
        /// Make the request again after so long.
        case retry(after: Duration)
        /// Make it no more.
        case stop(Reason)
    }

    /// Why there is no other attempt.
    public enum Reason: Sendable, Hashable {
        /// A part of the answer has reached the caller.
        case hasOutput
        /// The other side says that it would not help.
        case refused
        /// It would not help.
        case lasting
        /// All attempts are used.
        case attemptsUsed
        /// The wait does not end before the deadline.
        case tooLong(wait: Duration)
    }

    /// Decides after request number `attempt` (from 1) failed, with `remaining` left of the total time.
    public func decide(attempt: Int, _ failure: Failure, remaining: Duration, draw: Double) -> Decision {
        if failure.hasOutput { return .stop(.hasOutput) }
        guard failure.isWorthRetrying else { return .stop(failure.shouldRetry == false ? .refused : .lasting) }
        if attempt >= attempts { return .stop(.attemptsUsed) }
        let asked = failure.retryAfter.flatMap { $0 > .zero ? $0 : nil }
        let wait = asked ?? backoff.delay(attempt: attempt, draw: draw)
        return wait < remaining ? .retry(after: wait) : .stop(.tooLong(wait: wait))
    }
}
