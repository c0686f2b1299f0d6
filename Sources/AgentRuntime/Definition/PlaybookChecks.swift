import Values

/// Whether the names within one agent's playbook mean something: ids, references, circles, answers.
enum PlaybookChecks {
    /// - Parameters:
    ///   - tools: the names of the tools that exist, when they are known.
    ///   - agents: the names of all other agents.
    static func run(_ draft: inout DefinitionDraft, tools: [String]?, agents: [String]) {
        guard let steps = draft.steps else { return }
        let ids = steps.compactMap(\.id)
        identifiers(ids, steps, &draft.problems)
        circles(steps, &draft.problems)
        guard draft.stepsAreComplete else { return }
        references(ids.map(\.text), steps, draft.checks, &draft.problems)
        answers(steps, draft.definition?.playbook.steps ?? [], &draft)
        use(steps, tools, agents, &draft)
    }

    private static func identifiers(_ ids: [PlacedText], _ steps: [StepDraft], _ problems: inout Problems) {
        var seen: [String: Int] = [:]
        for id in ids {
            if let line = seen[id.text] {
                problems.error(
                    "duplicate_step", "there is a second step '\(id.text)'",
                    hint: "rename it or the one on line \(line)", at: id.place)
            } else {
                seen[id.text] = id.place.line
            }
            refuseReserved(id, "a step", &problems)
        }
        for step in steps {
            guard let variable = step.loopVariable else { continue }
            if let line = seen[variable.text] {
                problems.error(
                    "reserved_name", "the loop variable '\(variable.text)' is also the name of a step",
                    hint: "choose another name with 'as', or rename the step on line \(line)", at: variable.place)
            }
            refuseReserved(variable, "a loop variable", &problems)
        }
    }

    private static func refuseReserved(_ name: PlacedText, _ what: String, _ problems: inout Problems) {
        let reserved = Scope.reserved + ExpressionParser.keywords
        guard reserved.contains(name.text) else { return }
        problems.error(
            "reserved_name", "\(what) cannot be called '\(name.text)': it has a meaning already",
            hint: "choose another name; taken: \(reserved.joined(separator: ", "))", at: name.place)
    }

    private static func references(
        _ ids: [String], _ steps: [StepDraft], _ checks: [CheckDraft], _ problems: inout Problems
    ) {
        for step in steps {
            for reference in step.outer { resolve(reference, ids, nil, step.loopVariable?.text, &problems) }
            for reference in step.inner { resolve(reference, ids, step.loopVariable?.text, nil, &problems) }
            for name in step.after { known(name, ids, "'after' of \(step.label)", &problems) }
        }
        for check in checks {
            for reference in check.references { resolve(reference, ids, nil, nil, &problems) }
            for name in check.steps { known(name, ids, "'steps' of this check", &problems) }
        }
    }

    /// - Parameters:
    ///   - variable: the loop variable that can be seen here.
    ///   - hidden: the loop variable that cannot be seen yet.
    private static func resolve(
        _ reference: PlacedReference, _ ids: [String], _ variable: String?, _ hidden: String?,
        _ problems: inout Problems
    ) {
        let root = reference.root
        if ids.contains(root) { return }
        if let asks = reference.asks {
            problems.error(
                "unknown_reference", "'\(asks.rawValue)' asks about steps, and there is no step '\(root)'",
                hint: Spelling.hint(root, among: ids, otherwise: "name a step of this playbook"),
                at: reference.place)
            return
        }
        if Scope.reserved.contains(root) || root == variable { return }
        if root == hidden {
            problems.error(
                "unknown_reference", "the loop variable '\(root)' cannot be seen in 'when' and 'for_each'",
                hint: "they are evaluated once, before the repetition; filter the list in a step before",
                at: reference.place)
            return
        }
        let visible = ids + Scope.reserved + (variable.map { [$0] } ?? [])
        problems.error(
            "unknown_reference", "there is no step '\(root)'",
            hint: Spelling.hint(root, among: visible, otherwise: "name a step, or one of \(Scope.reserved)"),
            at: reference.place)
    }

    private static func known(_ name: PlacedText, _ ids: [String], _ owner: String, _ problems: inout Problems) {
        guard !ids.contains(name.text) else { return }
        problems.error(
            "unknown_step", "\(owner) names '\(name.text)', which is no step",
            hint: Spelling.hint(name.text, among: ids, otherwise: "name a step of this playbook"), at: name.place)
    }

    private static func circles(_ steps: [StepDraft], _ problems: inout Problems) {
        var edges: [String: [String]] = [:]
        var places: [String: SourcePlace] = [:]
        for step in steps {
            guard let id = step.id, places[id.text] == nil else { continue }
            places[id.text] = id.place
            let inner = step.inner.map(\.root).filter { $0 != step.loopVariable?.text }
            edges[id.text] = step.outer.map(\.root) + inner + step.after.map(\.text)
        }
        for circle in Cycles.find(steps.compactMap { $0.id?.text }, edges) {
            guard let place = places[circle[0]] else { continue }
            let path = circle.joined(separator: " → ")
            problems.error(
                "step_cycle",
                circle.count == 2
                    ? "step '\(circle[0])' waits for itself" : "these steps wait for each other: \(path)",
                hint: "remove a reference or an 'after' on the way; to repeat steps, use a check with 'again'",
                at: place)
        }
    }

    private static func answers(_ steps: [StepDraft], _ parsed: [PlaybookStep], _ draft: inout DefinitionDraft) {
        let answers = steps.filter { $0.kind == .answer }
        if answers.isEmpty, steps.allSatisfy({ $0.kind != nil }) {
            draft.problems.error(
                "no_answer", "no step of the playbook answers",
                hint: "add a step with 'answer', which makes the agent's result",
                at: steps.last?.place ?? SourcePlace(file: draft.file, line: 1))
        }
        // The first answer that runs wins: after one that always runs, the others are never seen.
        var certain: Set<String> = []
        for _ in steps {
            for step in steps where isCertain(step, parsed, certain) { certain.insert(step.id?.text ?? "") }
        }
        guard let first = answers.firstIndex(where: { certain.contains($0.id?.text ?? "") }) else { return }
        for answer in answers[(first + 1)...] {
            draft.problems.warning(
                "unreachable_answer",
                "\(answer.label) is never the answer: \(answers[first].label) always runs and stands before it",
                hint: "declare it first, or give the other one a 'when'", at: answer.place)
        }
    }

    /// Whether the step runs, and ends well, in every turn that does not fail.
    private static func isCertain(_ step: StepDraft, _ parsed: [PlaybookStep], _ certain: Set<String>) -> Bool {
        guard !step.isConditional, !step.repeats, step.onError == .fail,
            let whole = parsed.first(where: { $0.id == step.id?.text })
        else { return false }
        var strict: [String] = []
        var lenient: [String] = []
        switch whole.action {
        case .tool(_, let template), .delegate(_, let template), .answer(let template, _):
            template.collectReferences(strict: &strict, lenient: &lenient)
        case .ask(let question, let options):
            question.collectReferences(strict: &strict, lenient: &lenient)
            options.collectReferences(strict: &strict, lenient: &lenient)
        }
        return strict.allSatisfy {
            certain.contains($0) || Scope.reserved.contains($0)
        }
    }

    /// Tools and agents: used but not listed, listed but not used.
    private static func use(
        _ steps: [StepDraft], _ tools: [String]?, _ agents: [String], _ draft: inout DefinitionDraft
    ) {
        use(.tool, "tool", "tools", draft.tools, steps, existing: tools, &draft.problems)
        use(.delegate, "agent", "delegates", draft.delegates, steps, existing: agents, &draft.problems)
    }

    private static func use(
        _ kind: StepDraft.Kind, _ what: String, _ key: String, _ listed: [PlacedText]?, _ steps: [StepDraft],
        existing: [String]?, _ problems: inout Problems
    ) {
        guard let listed else { return }
        let names = listed.map(\.text)
        let used = steps.filter { $0.kind == kind }.compactMap(\.callee)
        var meant = Set(used.map(\.text))
        for name in used where !names.contains(name.text) {
            let nearest = Spelling.nearest(name.text, among: names)
            if let nearest { meant.insert(nearest) }
            if let existing, !existing.contains(name.text) {
                unknown(name, what, names + existing.filter { !names.contains($0) }, &problems)
                continue
            }
            problems.error(
                "\(kind.rawValue)_not_listed", "'\(name.text)' is not listed under '\(key)'",
                hint: nearest.map { "did you mean '\($0)'? Otherwise add '\(name.text)' to '\(key)'" }
                    ?? "add it to '\(key)'", at: name.place)
        }
        guard steps.allSatisfy({ $0.kind != nil && (($0.kind != kind) || $0.callee != nil) }) else { return }
        for name in listed where !meant.contains(name.text) && existing?.contains(name.text) != false {
            problems.warning(
                "\(kind.rawValue)_unused", "'\(name.text)' is listed under '\(key)' and no step uses it",
                hint: "remove it: an agent should be able to do no more than it needs", at: name.place)
        }
    }

    /// Reports a tool or an agent that does not exist.
    static func unknown(_ name: PlacedText, _ what: String, _ known: [String], _ problems: inout Problems) {
        let otherwise = what == "tool" ? "see the list: operon tools list" : "add the file \(name.text).md"
        problems.error(
            "unknown_\(what)", "there is no \(what) '\(name.text)'",
            hint: Spelling.nearest(name.text, among: known).map { "did you mean '\($0)'?" } ?? otherwise,
            at: name.place)
    }
}
