public import Values

/// What a subscriber was not given, because it was too slow for its policy.
public struct Gap: Sendable, Hashable {
    /// The session whose envelopes are missing.
    public var session: String
    /// How many envelopes that the subscriber had asked for are missing.
    public var count: Int
    /// The sequence number of the first missing one.
    public var first: Int
    /// The sequence number of the last missing one.
    public var last: Int

    /// Makes a gap.
    public init(session: String, count: Int, first: Int, last: Int) {
        self.session = session
        self.count = count
        self.first = first
        self.last = last
    }
}

/// What one call of ``Subscription/nextBatch()`` hands over.
public struct Batch: Sendable {
    /// What was shed just before these envelopes; empty as a rule.
    public var gaps: [Gap]
    /// The envelopes in order; empty only at the end.
    public var envelopes: [Envelope]

    /// Makes a batch.
    public init(gaps: [Gap] = [], envelopes: [Envelope] = []) {
        self.gaps = gaps
        self.envelopes = envelopes
    }
}

/// Where a subscription's envelopes come from: a session's log, or the bus.
protocol SubscriptionSource: AnyObject, Sendable {
    func nextBatch(of reader: Int) async -> Batch
    func cancel(reader: Int)
    func forget(reader: Int)
    func failure(of reader: Int) -> OperonError?
    func shedCount(of reader: Int) -> Int
}

/// A subscriber's end of a log or of the bus. One task reads it; letting go of it cancels it.
///
/// ```swift
/// let subscription = log.subscribe(after: 0, capacity: 256, whenFull: .shedOldest)
/// while case let batch = await subscription.next(), !batch.isEmpty { show(batch) }
/// ```
public final class Subscription: Sendable {
    private let source: any SubscriptionSource
    private let reader: Int

    init(source: any SubscriptionSource, reader: Int) {
        self.source = source
        self.reader = reader
    }

    deinit { source.forget(reader: reader) }

    /// All envelopes that are ready, in order; waits while there is none. Empty means the end: the log was closed and
    /// read to its last envelope, the subscription was cancelled or has failed, or the task was cancelled.
    public func next() async -> [Envelope] { await source.nextBatch(of: reader).envelopes }

    /// As ``next()``, together with what the policy shed before these envelopes.
    public func nextBatch() async -> Batch { await source.nextBatch(of: reader) }

    /// Ends the subscription; a `next()` that waits returns empty.
    public func cancel() { source.cancel(reader: reader) }

    /// How many envelopes were shed since the start.
    public var shedCount: Int { source.shedCount(of: reader) }

    /// Why the subscription ended early: `store_failed` when the durable store did, `subscriber_too_slow` under
    /// ``/Services/OverflowPolicy/reject``; nil otherwise.
    public var failure: OperonError? { source.failure(of: reader) }
}
