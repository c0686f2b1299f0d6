public import Values

/// The person on the other side, when one is there to be asked.
public protocol Person: Sendable {
    /// Asks; nil means that nobody answers now, and the turn waits on the log.
    func answer(_ question: Suspension) async throws -> JSON?
}
