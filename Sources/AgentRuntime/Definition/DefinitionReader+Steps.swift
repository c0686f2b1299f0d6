import Values

extension DefinitionReader {
    private static let common = ["id", "when", "after", "on_error"]
    private static let calling = ["retry", "timeout", "for_each", "as", "limit"]
    private static let keysOf: [StepDraft.Kind: [String]] = [
        .tool: common + ["tool", "with"] + calling, .delegate: common + ["delegate", "goal"] + calling,
        .ask: common + ["ask", "options"], .answer: common + ["answer", "outcome"],
    ]
    private static let stepKeys =
        ["id", "tool", "delegate", "ask", "answer", "with", "goal", "options", "outcome", "when", "after"]
        + ["on_error"] + calling
    /// The most steps that one playbook may have.
    private static let stepLimit = 500

    /// The steps of the playbook. Drafts of all of them, whatever is wrong with them, go to `draft.steps`.
    mutating func playbook(_ fields: Fields) -> [PlaybookStep] {
        draft.steps = nil
        let example = "playbook: with at least one step that has 'answer'"
        guard let node = fields.required("playbook", known: Self.keys, example: example, &draft.problems) else {
            return []
        }
        guard let nodes = node.sequence else {
            draft.problems.error(
                "wrong_type", "'playbook' must be a list of steps, not \(node.kind)",
                hint: "begin each step with '- id: name'", at: node.place)
            return []
        }
        guard nodes.count <= Self.stepLimit else {
            draft.problems.error(
                "out_of_range", "the playbook has \(nodes.count) steps",
                hint: "use at most \(Self.stepLimit); repeat with for_each, or delegate", at: node.place)
            return []
        }
        var drafts: [StepDraft] = []
        var steps: [PlaybookStep] = []
        for node in nodes {
            guard let (stepDraft, step) = step(node) else { continue }
            drafts.append(stepDraft)
            steps.append(step)
        }
        draft.steps = drafts
        return steps
    }

    private mutating func step(_ node: YAMLNode) -> (StepDraft, PlaybookStep)? {
        let name = node["id"]?.scalar.map { "step '\($0.text)'" } ?? "this step"
        guard let fields = Fields(node, owner: name, known: Self.stepKeys, &draft.problems) else { return nil }
        var step = StepDraft(place: node.place)
        step.id = fields.required(
            "id", known: Self.stepKeys, example: "id: a name for its result", &draft.problems)?
            .text("'id'", &draft.problems)
        if let id = step.id { Naming.check(id, "step", minimum: 1, &draft.problems) }
        step.kind = kind(fields)
        if let kind = step.kind { refuseMisplaced(fields, kind) }

        var outer = TemplateParser()
        var inner = TemplateParser()
        var result = PlaybookStep(
            id: step.id?.text ?? "", action: action(fields, &step, &inner), place: node.place)
        if let entry = fields["when"] {
            result.condition = outer.expression(entry.value, key: "when")
            step.isConditional = true
        }
        result.forEach = forEach(fields, &step, &outer)
        if let entry = fields["after"] { step.after = entry.value.texts("'after'", &draft.problems) ?? [] }
        result.after = step.after.map(\.text)
        if let entry = fields["retry"] { result.retry = retry(entry.value) }
        if let entry = fields["timeout"] {
            result.timeoutMilliseconds = Units.milliseconds(entry.value, "timeout", &draft.problems)
        }
        result.onError = choice(fields, "on_error", PlaybookStep.ErrorPolicy.self) ?? .fail
        step.onError = result.onError
        step.outer = outer.references
        step.inner = inner.references
        draft.problems.add(outer.diagnostics + inner.diagnostics)
        return (step, result)
    }

    /// What the step does; reports none or several.
    private mutating func kind(_ fields: Fields) -> StepDraft.Kind? {
        let found = StepDraft.Kind.allCases.filter { fields[$0.rawValue] != nil }
        if found.count == 1 { return found[0] }
        if found.isEmpty {
            let names = StepDraft.Kind.allCases.map(\.rawValue)
            if !names.contains(where: { fields.isMistyped($0, among: Self.stepKeys) }) {
                draft.problems.error(
                    "no_action", "\(fields.owner) does nothing",
                    hint: "give it one of tool, delegate, ask and answer", at: fields.place)
            }
        } else {
            let second = fields.entries.filter { entry in found.contains { $0.rawValue == entry.key } }[1]
            draft.problems.error(
                "two_actions",
                "\(fields.owner) has \(found.map { "'\($0.rawValue)'" }.joined(separator: " and "))",
                hint: "make a step of its own for each", at: second.place)
        }
        return nil
    }

    /// Keys that exist, but not for this kind of step.
    private mutating func refuseMisplaced(_ fields: Fields, _ kind: StepDraft.Kind) {
        let own = Self.keysOf[kind] ?? []
        for entry in fields.entries where Self.stepKeys.contains(entry.key) && !own.contains(entry.key) {
            let hint =
                switch (entry.key, kind) {
                case ("with", .delegate): "an agent is given a 'goal'"
                case ("goal", .tool): "a tool is given its arguments in 'with'"
                case ("for_each", _), ("as", _), ("limit", _): "only steps with tool or delegate can be repeated"
                case ("retry", _), ("timeout", _): "only steps with tool or delegate can fail or take long"
                case ("options", _): "only 'ask' has options"
                case ("outcome", _): "only 'answer' has an outcome"
                default: "remove it"
                }
            draft.problems.error(
                "key_not_here", "'\(entry.key)' does not go with '\(kind.rawValue)'", hint: hint, at: entry.place)
        }
        if fields["for_each"] == nil {
            for key in ["as", "limit"] where own.contains(key) {
                guard let entry = fields[key] else { continue }
                draft.problems.error(
                    "key_not_here", "'\(key)' means nothing without 'for_each'",
                    hint: "add for_each: ${a list}, or remove it", at: entry.place)
            }
        }
    }

    private mutating func action(
        _ fields: Fields, _ step: inout StepDraft, _ parser: inout TemplateParser
    ) -> PlaybookStep.Action {
        switch step.kind {
        case .tool:
            step.callee = callee(fields, "tool", example: "tool: the tool's name")
            let arguments = arguments(fields["with"], "with", &step, &parser)
            return .tool(name: step.callee?.text ?? "", arguments: arguments ?? .literal([:]))
        case .delegate:
            step.callee = callee(fields, "delegate", example: "delegate: the agent's name")
            let isHere = fields["goal"] != nil || fields["with"] != nil
            if !isHere, !fields.isMistyped("goal", among: Self.stepKeys) {
                draft.problems.error(
                    "missing_key", "\(fields.owner) has no 'goal'", hint: "add goal: {…}, the agent's input",
                    at: fields.place)
            }
            let goal = arguments(fields["goal"], "goal", &step, &parser)
            return .delegate(agent: step.callee?.text ?? "", goal: goal ?? .literal([:]))
        case .ask:
            let question = fields.required(
                "ask", known: Self.stepKeys, example: "ask: \"the question\"", &draft.problems)
            if let question, question.scalar == nil { _ = question.text("'ask'", &draft.problems) }
            let options = fields["options"].map { $0.value }
            if let options, options.sequence == nil, options.scalar?.text.hasPrefix("${") != true {
                draft.problems.error(
                    "wrong_type", "'options' must be a list, not \(options.kind)",
                    hint: "write [a, b] or one ${…} that gives a list", at: options.place)
            }
            return .ask(
                question: question.map { parser.template($0) } ?? .literal(""),
                options: options.map { parser.template($0) } ?? .literal([]))
        case .answer:
            let node = fields.required(
                "answer", known: Self.stepKeys, example: "answer: the result, usually {…}", &draft.problems)
            let outcome = choice(fields, "outcome", PlaybookStep.AnswerOutcome.self)
            return .answer(node.map { parser.template($0) } ?? .literal(.null), outcome: outcome ?? .completed)
        case nil:
            // The templates are still read, so that what is wrong in them is told now and not in the next run.
            for key in ["with", "goal", "ask", "options", "answer"] {
                if let entry = fields[key] { _ = parser.template(entry.value) }
            }
            return .answer(.literal(.null), outcome: .completed)
        }
    }

    private mutating func callee(_ fields: Fields, _ key: String, example: String) -> PlacedText? {
        fields.required(key, known: Self.stepKeys, example: example, &draft.problems)?
            .text("'\(key)'", &draft.problems)
    }

    /// An object, or one expression that gives one.
    private mutating func arguments(
        _ entry: YAMLNode.Entry?, _ key: String, _ step: inout StepDraft, _ parser: inout TemplateParser
    ) -> Template? {
        guard let entry else { return nil }
        let template = parser.template(entry.value)
        step.arguments = entry.value
        if entry.value.mapping == nil, entry.value.scalar?.text.hasPrefix("${") != true {
            draft.problems.error(
                "wrong_type", "'\(key)' must be a mapping, not \(entry.value.kind)",
                hint: "write \(key): {name: value}", at: entry.value.isEmpty ? entry.place : entry.value.place)
        }
        return template
    }

    private mutating func forEach(
        _ fields: Fields, _ step: inout StepDraft, _ parser: inout TemplateParser
    ) -> PlaybookStep.ForEach? {
        guard let entry = fields["for_each"] else { return nil }
        step.repeats = true
        let list = parser.expression(entry.value, key: "for_each")
        var variable = PlacedText(text: "item", place: entry.place)
        if let written = fields["as"], let text = written.value.text("'as'", &draft.problems) {
            Naming.check(text, "loop variable", minimum: 1, &draft.problems)
            variable = text
        }
        step.loopVariable = variable
        var limit: Int?
        if let entry = fields["limit"] { limit = Units.integer(entry.value, "limit", 1...10_000, &draft.problems) }
        return list.map { PlaybookStep.ForEach(list: $0, variable: variable.text, limit: limit ?? 100) }
    }

    private mutating func retry(_ node: YAMLNode) -> PlaybookStep.Retry {
        var retry = PlaybookStep.Retry()
        let known = ["attempts", "backoff_ms", "on"]
        guard let fields = Fields(node, owner: "'retry'", known: known, &draft.problems) else { return retry }
        let attempts = fields.required("attempts", known: known, example: "attempts: 3", &draft.problems)
        if let attempts, let value = Units.integer(attempts, "attempts", 1...20, &draft.problems) {
            retry.attempts = value
        }
        if let entry = fields["backoff_ms"],
            let value = Units.integer(entry.value, "backoff_ms", 0...60_000, &draft.problems)
        {
            retry.backoffMilliseconds = value
        }
        if let entry = fields["on"] {
            let codes = entry.value.texts("'on'", &draft.problems) ?? []
            for code in codes { Naming.check(code, "error code", minimum: 1, &draft.problems) }
            retry.codes = codes.map(\.text)
        }
        return retry
    }
}
