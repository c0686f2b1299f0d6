internal import Values

extension CatalogueLoader {
    mutating func report(_ code: String, _ message: String, _ hint: String, _ place: SourcePlace) {
        problems.append(Diagnostic(code: code, message: message, hint: hint, place: place))
    }

    mutating func missing(_ key: String, _ owner: String, _ place: SourcePlace, _ choices: [String]) {
        let hint = choices.isEmpty ? "add \(key)" : "add one of \(choices.joined(separator: ", "))"
        report("missing_key", "\(owner) has no \(key)", hint, place)
    }

    /// The pairs of a mapping; nil when it is none.
    mutating func mapping(_ node: YAMLNode, _ owner: String) -> [YAMLNode.Entry]? {
        guard let entries = node.mapping else {
            report("wrong_type", "\(owner) must be a mapping", "write key: value pairs", node.place)
            return nil
        }
        return entries
    }

    /// The values of a mapping by their keys; unknown keys are reported.
    mutating func fields(_ node: YAMLNode, _ owner: String, _ known: [String]) -> [String: YAMLNode]? {
        guard let entries = mapping(node, owner) else { return nil }
        var fields: [String: YAMLNode] = [:]
        for entry in entries {
            if !known.contains(entry.key) {
                let hint = Spelling.hint(entry.key, among: known, otherwise: "remove it")
                report("unknown_key", "\(owner) has no key '\(entry.key)'", hint, entry.place)
            }
            fields[entry.key] = entry.value
        }
        return fields
    }

    /// A text that is not empty.
    mutating func text(_ fields: [String: YAMLNode], _ key: String, _ owner: String) -> String? {
        guard let node = fields[key] else { return nil }
        guard let text = node.scalar?.text, !text.isEmpty else {
            report("wrong_type", "\(key) of \(owner) must be a text", "write \(key): …", node.place)
            return nil
        }
        return text
    }

    /// A whole number from 1.
    mutating func number(_ fields: [String: YAMLNode], _ key: String, _ owner: String) -> Int? {
        guard let node = fields[key] else { return nil }
        guard case .int(let value) = node.json, value > 0 else {
            report("wrong_type", "\(key) of \(owner) must be a whole number from 1", "write \(key): 8", node.place)
            return nil
        }
        return value
    }

    /// One of some words.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ fields: [String: YAMLNode], _ key: String, _ owner: String, _: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        guard let node = fields[key] else { return nil }
        let word = node.scalar?.text ?? ""
        guard let choice = Choice(rawValue: word) else {
            let known = Choice.allCases.map(\.rawValue)
            report(
                "unknown_value", "\(key) of \(owner) cannot be '\(word)'",
                Spelling.hint(word, among: known, otherwise: "choose another"), node.place)
            return nil
        }
        return choice
    }

    /// The quirks of an entry, those that can be read.
    mutating func quirks(_ fields: [String: YAMLNode], _ owner: String) -> JSONObject {
        guard let node = fields["quirks"], let entries = mapping(node, "quirks of \(owner)") else { return [:] }
        var quirks: JSONObject = [:]
        for entry in entries {
            guard let form = WireQuirks.names.first(where: { $0.name == entry.key })?.form else {
                let hint = Spelling.hint(entry.key, among: WireQuirks.names.map(\.name), otherwise: "remove it")
                report("unknown_key", "there is no quirk '\(entry.key)'", hint, entry.place)
                continue
            }
            var probe = WireQuirks()
            if probe.set(entry.key, entry.value.json) {
                quirks[entry.key] = entry.value.json
            } else {
                report(
                    "wrong_type", "the quirk \(entry.key) of \(owner) has another form", "write \(form)",
                    entry.value.place)
            }
        }
        return quirks
    }
}

/// Amounts with at most six digits behind the point, read without rounding.
enum Decimal6 {
    /// Millionths: `2.50` is 2 500 000. Nil for anything but digits with a point, and for more than a million units.
    static func parse(_ text: String) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let isNumber = { (part: Substring) in !part.isEmpty && part.utf8.allSatisfy { $0 &- 48 < 10 } }
        guard parts.allSatisfy(isNumber), parts[0].count <= 6, let units = Int(parts[0]) else { return nil }
        guard parts.count == 2 else { return units * 1_000_000 }
        let padded = parts[1] + String(repeating: "0", count: max(0, 6 - parts[1].count))
        guard padded.count == 6, let rest = Int(padded) else { return nil }
        return units * 1_000_000 + rest
    }

    /// Whether a text has the form `YYYY-MM-DD`.
    static func isDay(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 10
            && bytes.indices.allSatisfy { $0 == 4 || $0 == 7 ? bytes[$0] == 45 : bytes[$0] &- 48 < 10 }
    }
}
