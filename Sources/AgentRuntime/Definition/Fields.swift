import Values

/// The keys of one mapping of a definition. Unknown keys are reported when it is made.
struct Fields {
    let entries: [YAMLNode.Entry]
    let place: SourcePlace
    /// How messages call the mapping: "the agent", "step 'rows'".
    let owner: String
    /// Keys that were written and could not be read, so that their absence is not told as well.
    var lost: Set<String> = []

    /// - Parameter known: the keys that there are.
    init?(_ node: YAMLNode, owner: String, known: [String], _ problems: inout Problems) {
        guard let entries = node.mapping else {
            problems.error(
                "wrong_type", "\(owner) must be a mapping, not \(node.kind)",
                hint: "write key: value pairs; known keys: \(known.joined(separator: ", "))", at: node.place)
            return nil
        }
        self.entries = entries
        place = node.place
        self.owner = owner
        for entry in entries where !known.contains(entry.key) {
            problems.error(
                "unknown_key", "\(owner) has no key '\(entry.key)'",
                hint: Spelling.hint(entry.key, among: known, otherwise: "remove it"), at: entry.place)
        }
    }

    subscript(key: String) -> YAMLNode.Entry? { entries.first { $0.key == key } }

    /// Whether an unknown key looks like a mistyped `key`, so that its absence need not be told as well.
    func isMistyped(_ key: String, among known: [String]) -> Bool {
        entries.contains { !known.contains($0.key) && Spelling.nearest($0.key, among: known) == key }
    }

    /// The value of `key`, reporting when it is missing or empty.
    func required(_ key: String, known: [String], example: String, _ problems: inout Problems) -> YAMLNode? {
        guard let entry = self[key] else {
            if !isMistyped(key, among: known), !lost.contains(key) {
                problems.error(
                    "missing_key", "\(owner) has no '\(key)'", hint: "add \(example)", at: place)
            }
            return nil
        }
        guard !entry.value.isEmpty else {
            problems.error(
                "missing_key", "'\(key)' of \(owner) is empty", hint: "write \(example)", at: entry.place)
            return nil
        }
        return entry.value
    }
}

extension YAMLNode {
    /// Whether nothing was written.
    var isEmpty: Bool { scalar.map { $0.text.isEmpty && $0.style == .plain && $0.tag == nil } ?? false }

    /// What kind of value this is, for messages.
    var kind: String {
        switch content {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let scalar):
            switch scalar.json {
            case .null: "nothing"
            case .bool: "a truth value"
            case .int, .double: "a number"
            default: "a text"
            }
        }
    }

    /// The text of a scalar that is one; reports otherwise.
    func text(_ what: String, _ problems: inout Problems) -> PlacedText? {
        guard let scalar else {
            problems.error(
                "wrong_type", "\(what) must be a text, not \(kind)", hint: "write one text", at: place)
            return nil
        }
        guard case .string(let text) = scalar.json else {
            problems.error(
                "wrong_type", "\(what) must be a text, not \(kind)",
                hint: scalar.text.isEmpty ? "write one text" : "put it in quotes: \"\(scalar.text)\"", at: place)
            return nil
        }
        return PlacedText(text: text, place: place)
    }

    /// A list of different texts; reports otherwise. nil when this is no list.
    func texts(_ what: String, _ problems: inout Problems) -> [PlacedText]? {
        guard let elements = sequence else {
            problems.error(
                "wrong_type", "\(what) must be a list, not \(kind)",
                hint: scalar.map { $0.text.isEmpty ? "write [a, b], or [] for none" : "write [\($0.text)]" }
                    ?? "write [a, b]", at: place)
            return nil
        }
        var seen: [String: Int] = [:]
        return elements.compactMap { element in
            guard let text = element.text("an element of \(what)", &problems) else { return nil }
            if let line = seen[text.text] {
                problems.error(
                    "duplicate_entry", "'\(text.text)' stands in \(what) a second time",
                    hint: "remove it or the one on line \(line)", at: text.place)
                return nil
            }
            seen[text.text] = text.place.line
            return text
        }
    }
}
