import Values

/// Reads one file into a draft: the grammar, key by key. What names mean is checked afterwards.
struct DefinitionReader {
    var draft: DefinitionDraft
    private let file: String

    static let keys = [
        "name", "title", "summary", "tier", "tools", "delegates", "limits", "playbook", "checks",
    ]

    init(file: String) {
        self.file = file
        draft = DefinitionDraft(file: file)
    }

    mutating func read(_ text: String) -> DefinitionDraft {
        guard let parts = FrontMatter.split(text, file: file, &draft.problems) else { return unreadable() }
        let recovery = YAMLRecovery(parts.yaml, file: file, line: parts.line)
        draft.problems.add(recovery.diagnostics)
        guard let root = recovery.root else {
            if recovery.diagnostics.isEmpty {
                draft.problems.error(
                    "front_matter_empty", "the front matter says nothing",
                    hint: "write at least name, title, summary and playbook", at: SourcePlace(file: file, line: 1))
            }
            return unreadable()
        }
        guard var fields = Fields(root, owner: "the agent", known: Self.keys, &draft.problems) else {
            return unreadable()
        }
        if parts.body.isEmpty {
            draft.problems.warning(
                "instructions_missing", "there are no instructions below the front matter",
                hint: "say in a few sentences who the agent is and what it must heed",
                at: SourcePlace(file: file, line: 1))
        }
        fields.lost = recovery.lostKeys
        definition(fields, text, instructions: parts.body)
        forget(recovery.lostKeys.union(recovery.incompleteKeys))
        return draft
    }

    /// What is only known in part is not held against the rest.
    private mutating func forget(_ keys: Set<String>) {
        if keys.contains("tools") { draft.tools = nil }
        if keys.contains("delegates") { draft.delegates = nil }
        if keys.contains("playbook") { draft.stepsAreComplete = false }
    }

    private mutating func unreadable() -> DefinitionDraft {
        draft.tools = nil
        draft.delegates = nil
        draft.steps = nil
        return draft
    }

    private mutating func definition(_ fields: Fields, _ text: String, instructions: String) {
        draft.name = name(fields)
        let title = self.text(fields, "title", example: "title: Reader of questions")
        let summary = self.text(fields, "summary", example: "summary: One sentence on what it does.")
        let tier = choice(fields, "tier", ModelTier.self) ?? .standard
        if let entry = fields["tools"] { draft.tools = entry.value.texts("'tools'", &draft.problems) }
        if let entry = fields["delegates"] { draft.delegates = entry.value.texts("'delegates'", &draft.problems) }
        for tool in draft.tools ?? [] { Naming.check(tool, "tool", minimum: 3, &draft.problems) }
        for agent in draft.delegates ?? [] { Naming.check(agent, "agent", minimum: 3, &draft.problems) }
        let limits = fields["limits"].map { self.limits($0.value) } ?? AgentLimits()
        let steps = self.playbook(fields)
        let checks = self.checks(fields)
        draft.definition = AgentDefinition(
            name: draft.name?.text ?? "", title: title ?? "", summary: summary ?? "",
            tools: (draft.tools ?? []).map(\.text), delegates: (draft.delegates ?? []).map(\.text), tier: tier,
            limits: limits, playbook: Playbook(steps: steps), checks: checks, instructions: instructions,
            place: SourcePlace(file: file, line: 1))
        draft.definition?.digest = SHA256Digest.hex(Array(text.utf8))
    }

    private mutating func name(_ fields: Fields) -> PlacedText? {
        let known = Self.keys
        guard
            let node = fields.required("name", known: known, example: "name: \(draft.fileName)", &draft.problems),
            let name = node.text("'name'", &draft.problems)
        else { return nil }
        Naming.check(name, "agent", minimum: 3, &draft.problems)
        if name.text != draft.fileName, Naming.isName(name.text, minimum: 3) {
            draft.problems.error(
                "name_not_file_name", "the agent '\(name.text)' stands in the file '\(draft.fileName).md'",
                hint: "rename the file to \(name.text).md, or the agent to \(draft.fileName)", at: name.place)
        }
        return name
    }

    private mutating func text(_ fields: Fields, _ key: String, example: String) -> String? {
        fields.required(key, known: Self.keys, example: example, &draft.problems)?
            .text("'\(key)'", &draft.problems)?.text
    }

    /// One of the raw values of an enumeration.
    mutating func choice<Choice>(_ fields: Fields, _ key: String, _: Choice.Type) -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        guard let entry = fields[key], let text = entry.value.text("'\(key)'", &draft.problems) else { return nil }
        if let choice = Choice(rawValue: text.text) { return choice }
        draft.problems.error(
            "bad_choice", "'\(text.text)' is no \(key)",
            hint: Spelling.hint(text.text, among: Choice.allCases.map(\.rawValue), otherwise: ""), at: text.place)
        return nil
    }

    private mutating func limits(_ node: YAMLNode) -> AgentLimits {
        var limits = AgentLimits()
        let counts: [(String, WritableKeyPath<AgentLimits, Int>, ClosedRange<Int>)] = [
            ("steps", \.steps, 1...100_000), ("calls", \.calls, 0...100_000), ("rounds", \.rounds, 1...100),
            ("tokens", \.tokens, 0...1_000_000_000), ("model_calls", \.modelCalls, 1...1000),
            ("rows", \.rows, 1...1_000_000_000),
            ("concurrency", \.concurrency, 1...1024), ("inbox", \.inbox, 1...100_000),
            ("restarts", \.restarts, 0...1000),
        ]
        let known = counts.map(\.0) + ["cost", "wall", "bytes", "restart_window"]
        guard let fields = Fields(node, owner: "'limits'", known: known, &draft.problems) else { return limits }
        for (key, path, range) in counts {
            guard let entry = fields[key] else { continue }
            if let value = Units.integer(entry.value, key, range, &draft.problems) { limits[keyPath: path] = value }
        }
        if let entry = fields["cost"], let value = Units.microcost(entry.value, "cost", &draft.problems) {
            limits.microcost = value
        }
        if let entry = fields["bytes"], let value = Units.bytes(entry.value, "bytes", &draft.problems) {
            limits.bytes = value
        }
        if let entry = fields["wall"], let value = Units.milliseconds(entry.value, "wall", &draft.problems) {
            limits.wall = .milliseconds(value)
        }
        if let entry = fields["restart_window"],
            let value = Units.milliseconds(entry.value, "restart_window", &draft.problems)
        {
            limits.restartWindow = .milliseconds(value)
        }
        return limits
    }
}
