import Testing

/// One place that breaks a rule of the house, and what to write there.
struct Finding: Hashable, CustomStringConvertible {
    /// The file, relative to the package's folder.
    var path: String
    /// The line, from 1.
    var line: Int
    /// What is wrong.
    var message: String
    /// The better alternative.
    var better: String

    var description: String { "\(path):\(line): \(message). Better: \(better)" }
}

/// Fails the running test once per finding, so that each stands on a line of its own.
func expectNone(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
    for finding in findings {
        Issue.record("\(finding)", sourceLocation: sourceLocation)
    }
}
