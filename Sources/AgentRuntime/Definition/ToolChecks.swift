import Values

/// Holds an agent's steps against the tools that exist: names, arguments, and members of results.
enum ToolChecks {
    static func run(_ draft: inout DefinitionDraft, _ tools: ToolRegistry) {
        let names = tools.tools.map(\.descriptor.name)
        let listed = draft.tools ?? []
        for name in listed where tools[name.text] == nil {
            PlaybookChecks.unknown(name, "tool", names, &draft.problems)
        }
        var results: [String: JSONSchema] = [:]
        var lists: Set<String> = []
        for step in draft.steps ?? [] {
            if step.repeats, let id = step.id { lists.insert(id.text) }
            guard step.kind == .tool, let name = step.callee else { continue }
            guard let tool = tools[name.text] else {
                // When the list of tools could be read, the name has been reported there, or as not listed.
                if draft.tools == nil { PlaybookChecks.unknown(name, "tool", names, &draft.problems) }
                continue
            }
            let arguments = step.arguments ?? YAMLNode(.mapping([]), place: step.place)
            // That arguments are no mapping has been reported; one expression may give anything.
            if arguments.mapping != nil { check(arguments, tool.descriptor.input, name.text, &draft.problems) }
            if let id = step.id, !step.repeats { results[id.text] = tool.descriptor.output }
        }
        for step in draft.steps ?? [] {
            for reference in step.outer + step.inner where reference.root != step.loopVariable?.text {
                follow(reference, results, lists, &draft.problems)
            }
        }
        for reference in draft.checks.flatMap(\.references) { follow(reference, results, lists, &draft.problems) }
    }

    /// Walks over arguments as they are written. What an expression will give is not known yet.
    private static func check(_ node: YAMLNode, _ schema: JSONSchema, _ what: String, _ problems: inout Problems) {
        switch node.content {
        case .scalar(let scalar):
            guard !scalar.text.contains("${") else { return }
            for violation in schema.validate(scalar.json) { report(violation.message, what, node.place, &problems) }
        case .sequence(let elements):
            guard allows("array", schema) else { return wrongType("a list", schema, what, node.place, &problems) }
            guard let items = schema.items else { return }
            for (index, element) in elements.enumerated() { check(element, items, "\(what)[\(index)]", &problems) }
        case .mapping(let entries):
            guard allows("object", schema) else {
                return wrongType("a mapping", schema, what, node.place, &problems)
            }
            let keys = entries.map(\.key)
            let known = schema.propertyNames
            for entry in entries {
                if let property = schema.property(entry.key) {
                    check(entry.value, property, "\(what).\(entry.key)", &problems)
                } else if schema.isClosed {
                    problems.error(
                        "unknown_argument", "\(what) takes no '\(entry.key)'",
                        hint: Spelling.hint(entry.key, among: known, otherwise: "remove it"), at: entry.place)
                }
            }
            let mistyped = keys.filter { !known.contains($0) }.compactMap { Spelling.nearest($0, among: known) }
            for name in schema.requiredProperties where !keys.contains(name) && !mistyped.contains(name) {
                problems.error(
                    "missing_argument", "\(what) needs '\(name)'", hint: "add \(name): …", at: node.place)
            }
        }
    }

    private static func allows(_ type: String, _ schema: JSONSchema) -> Bool {
        schema.types.isEmpty || schema.types.contains(type)
    }

    private static func wrongType(
        _ found: String, _ schema: JSONSchema, _ what: String, _ place: SourcePlace, _ problems: inout Problems
    ) {
        report("must be of type \(schema.types.joined(separator: " or ")), not \(found)", what, place, &problems)
    }

    private static func report(_ message: String, _ what: String, _ place: SourcePlace, _ problems: inout Problems)
    {
        problems.error(
            "bad_argument", "\(what) \(message)", hint: "write a value that fits the tool's schema", at: place)
    }

    /// Members that a tool's result does not have would be null for ever.
    private static func follow(
        _ reference: PlacedReference, _ results: [String: JSONSchema], _ lists: Set<String>,
        _ problems: inout Problems
    ) {
        if lists.contains(reference.root), case .member(let name)? = reference.path.first {
            problems.error(
                "unknown_member", "'\(reference.root)' is a list, because the step repeats; it has no '\(name)'",
                hint: "take an element first: \(reference.root)[0].\(name)", at: reference.place)
            return
        }
        guard var schema = results[reference.root] else { return }
        for accessor in reference.path {
            switch accessor {
            case .index:
                guard let items = schema.items else { return }
                schema = items
            case .member(let name):
                if let property = schema.property(name) {
                    schema = property
                    continue
                }
                guard schema.isClosed else { return }
                problems.error(
                    "unknown_member", "the result of '\(reference.root)' has no '\(name)'",
                    hint: Spelling.hint(
                        name, among: schema.propertyNames, otherwise: "see the tool's output schema"),
                    at: reference.place)
                return
            }
        }
    }
}
