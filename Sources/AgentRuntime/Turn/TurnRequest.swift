internal import Values

/// A goal given to an agent: by a person (the path has one part) or by another agent.
struct TurnRequest: Sendable {
    /// The turn's path; everything that the turn says stands at or below it.
    var path: String
    /// The goal.
    var input: JSON
    /// The database and other context that travels with every request.
    var context: JSON
    /// What the caller grants; nil for a person, whose grant is the session's.
    var grant: Usage?
    /// How long the caller waits; nil means as long as the agent's own limit.
    var patience: Duration?

    /// Whether a person asked.
    var isRoot: Bool { !path.utf8.contains(UInt8(ascii: "/")) }
}
