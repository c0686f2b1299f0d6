import Values

extension DefinitionReader {
    private static let checkKeys = ["name", "that", "otherwise", "steps", "message"]
    private static let remedies = ["again", "ask", "degrade", "fail"]

    /// The checks; drafts of all of them go to `draft.checks`.
    mutating func checks(_ fields: Fields) -> [Check] {
        guard let entry = fields["checks"] else { return [] }
        guard let nodes = entry.value.sequence else {
            draft.problems.error(
                "wrong_type", "'checks' must be a list, not \(entry.value.kind)",
                hint: "begin each check with '- name: …', or remove the key",
                at: entry.value.isEmpty ? entry.place : entry.value.place)
            return []
        }
        var checks: [Check] = []
        var seen: [String: Int] = [:]
        for node in nodes {
            let owner = node["name"]?.scalar.map { "check '\($0.text)'" } ?? "this check"
            guard let fields = Fields(node, owner: owner, known: Self.checkKeys, &draft.problems) else { continue }
            if let check = check(fields, &seen) { checks.append(check) }
        }
        return checks
    }

    private mutating func check(_ fields: Fields, _ seen: inout [String: Int]) -> Check? {
        var parsed = CheckDraft()
        var parser = TemplateParser()
        let name = required(fields, "name", example: "name: what_must_hold")?.text("'name'", &draft.problems)
        if let name {
            Naming.check(name, "check", minimum: 1, &draft.problems)
            if let line = seen[name.text] {
                draft.problems.error(
                    "duplicate_check", "there is a second check '\(name.text)'",
                    hint: "rename it or the one on line \(line)", at: name.place)
            }
            seen[name.text] = name.place.line
        }
        let that = required(fields, "that", example: "that: ${a condition}")
        let condition = that.flatMap { parser.expression($0, key: "that") }
        let remedy = remedy(fields, &parsed)
        let words = required(fields, "message", example: "message: \"what is wrong, for people\"")
        if let words, words.scalar == nil { _ = words.text("'message'", &draft.problems) }
        let message = words.map { parser.template($0) }
        parsed.references = parser.references
        draft.problems.add(parser.diagnostics)
        draft.checks.append(parsed)
        guard let name, let condition, let remedy, let message else { return nil }
        return Check(name: name.text, condition: condition, remedy: remedy, message: message, place: fields.place)
    }

    private mutating func required(_ fields: Fields, _ key: String, example: String) -> YAMLNode? {
        fields.required(key, known: Self.checkKeys, example: example, &draft.problems)
    }

    private mutating func remedy(_ fields: Fields, _ parsed: inout CheckDraft) -> Check.Remedy? {
        if let entry = fields["steps"] { parsed.steps = entry.value.texts("'steps'", &draft.problems) ?? [] }
        let example = "otherwise: again, ask, degrade or fail"
        guard
            let text = required(fields, "otherwise", example: example)?.text("'otherwise'", &draft.problems)
        else { return nil }
        if text.text == "again" {
            if fields["steps"] == nil, !fields.isMistyped("steps", among: Self.checkKeys) {
                draft.problems.error(
                    "missing_key", "\(fields.owner) says 'again' but not what",
                    hint: "add steps: [the steps to repeat]",
                    at: text.place)
            } else if let entry = fields["steps"], entry.value.sequence?.isEmpty == true {
                draft.problems.error(
                    "missing_key", "\(fields.owner) says 'again' but not what", hint: "name the steps to repeat",
                    at: entry.value.place)
            }
            return .again(steps: parsed.steps.map(\.text))
        }
        if Self.remedies.contains(text.text), let entry = fields["steps"] {
            draft.problems.error(
                "key_not_here", "'steps' does not go with 'otherwise: \(text.text)'",
                hint: "only 'again' repeats steps; remove it", at: entry.place)
        }
        switch text.text {
        case "ask": return .ask
        case "degrade": return .degrade
        case "fail": return .fail
        default:
            draft.problems.error(
                "bad_choice", "'\(text.text)' is no remedy",
                hint: Spelling.hint(text.text, among: Self.remedies, otherwise: ""), at: text.place)
            return nil
        }
    }
}
