internal import Values

/// An agent's playbook in words, as a suggestion to a language model.
enum PlaybookText {
    /// One line per step, in declared order.
    static func of(_ definition: AgentDefinition) -> String {
        definition.playbook.steps.map { "- " + line($0) }.joined(separator: "\n")
    }

    private static func line(_ step: PlaybookStep) -> String {
        var parts: [String]
        switch step.action {
        case .tool(let name, let arguments): parts = ["call \(name) with \(arguments)"]
        case .delegate(let agent, let goal): parts = ["call \(FunctionOffer.name(ofDelegate: agent)) with \(goal)"]
        case .ask(let question, _): parts = ["ask the person \(question)"]
        case .answer(let template, _): parts = ["answer \(template)"]
        }
        if let condition = step.condition { parts.append("only when ${\(condition)}") }
        if let forEach = step.forEach { parts.append("for each \(forEach.variable) of ${\(forEach.list)}") }
        if !step.after.isEmpty { parts.append("after \(step.after.joined(separator: ", "))") }
        return "\(step.id): \(parts.joined(separator: ", "))"
    }
}

extension Template: CustomStringConvertible {
    /// The template as JSON with `${…}` in it, for people and language models.
    public var description: String {
        switch self {
        case .literal(let value): return value.description
        case .expression(let expression): return "${\(expression)}"
        case .text(let parts):
            let text = parts.map { part in
                switch part {
                case .text(let plain): return plain
                case .expression(let expression): return "${\(expression)}"
                }
            }
            return JSON.string(text.joined()).description
        case .object(let members):
            return "{" + members.map { "\(JSON.string($0.key)): \($0.value)" }.joined(separator: ", ") + "}"
        case .array(let elements): return "[\(elements.map(\.description).joined(separator: ", "))]"
        }
    }

    /// The member called `name` of an object template.
    subscript(member name: String) -> Template? {
        switch self {
        case .object(let members): members.first { $0.key == name }?.value
        case .literal(let value): value[name].map { .literal($0) }
        default: nil
        }
    }

    /// The names of an object template's members.
    var memberNames: [String] {
        switch self {
        case .object(let members): members.map(\.key)
        case .literal(let value): value.object?.keys ?? []
        default: []
        }
    }
}
