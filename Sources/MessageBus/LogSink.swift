public import Values

/// Where a log's envelopes become durable.
///
/// ``SessionLog`` calls ``write(_:from:)`` under its own lock, which is what keeps the order; the sink therefore only
/// queues the envelope and returns at once. It must not call the log from inside `write`. When the envelope is on
/// disk, it calls ``SessionLog/didCommit(upTo:)`` from a thread of its own; when it never will be,
/// ``SessionLog/didFail(_:)``.
public protocol LogSink: Sendable {
    /// Queues an envelope. Calls arrive in the order of sequence numbers per session.
    func write(_ envelope: Envelope, from log: SessionLog)
}
