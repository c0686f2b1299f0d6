public import Values

/// Which topics a subscriber wants: a dot-separated name in which `*` stands for exactly one part and a final `**` for
/// any number of parts, none included.
///
/// | pattern | matches | does not match |
/// |---|---|---|
/// | `agent.message.data` | `agent.message.data` | `agent.message.data.x` |
/// | `reasoning.step.*` | `reasoning.step.s1` | `reasoning.step`, `reasoning.step.s1.x` |
/// | `console.**` | `console`, `console.log.s1` | `consoles.log` |
public struct TopicPattern: Sendable, Hashable, CustomStringConvertible {
    private enum Shape: Sendable, Hashable {
        case everything
        case exact
        case parts([String], open: Bool)
    }

    /// The pattern as it was written.
    public let description: String
    private let shape: Shape

    /// Every topic: `**`.
    public static let all = TopicPattern(description: "**", shape: .everything)

    /// Exactly this topic; the name is not searched for wildcards.
    public static func exact(_ topic: String) -> TopicPattern { TopicPattern(description: topic, shape: .exact) }

    private init(description: String, shape: Shape) {
        self.description = description
        self.shape = shape
    }

    /// Reads a pattern. Throws `topic_invalid` for an empty part, or a `*` that is only a piece of a part, or a `**`
    /// that is not the last part.
    public init(_ text: String) throws(OperonError) {
        var parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        for (index, part) in parts.enumerated() {
            let last = index == parts.count - 1
            if part.isEmpty {
                throw Self.invalid(text, "has an empty part")
            } else if part == "**" ? !last : part != "*" && part.utf8.contains(42) {
                throw Self.invalid(text, "uses \"\(part)\" where it cannot stand")
            }
        }
        let open = parts.last == "**"
        if open { parts.removeLast() }
        if open && parts.isEmpty {
            self = .all
        } else if !open && !parts.contains("*") {
            self = .exact(text)
        } else {
            self.init(description: text, shape: .parts(parts, open: open))
        }
    }

    private static func invalid(_ text: String, _ what: String) -> OperonError {
        OperonError(
            code: "topic_invalid", "the topic pattern \"\(text)\" \(what)",
            hint: "Parts are separated by single dots; \"*\" stands for one whole part, \"**\" only at the end.")
    }

    /// The topic, when the pattern names just one.
    var exactTopic: String? { if case .exact = shape { description } else { nil } }

    /// Whether `topic` is wanted.
    public func matches(_ topic: String) -> Bool {
        switch shape {
        case .everything: return true
        case .exact: return topic == description
        case .parts(let parts, let open):
            var rest = topic.utf8[...]
            var isExhausted = false
            for part in parts {
                if isExhausted { return false }
                let end = rest.firstIndex(of: 46)
                let piece = rest[..<(end ?? rest.endIndex)]
                if part != "*" && !piece.elementsEqual(part.utf8) { return false }
                if let end { rest = rest[rest.index(after: end)...] } else { isExhausted = true }
            }
            return open || isExhausted
        }
    }
}
