internal import Values

/// Agents as a drawing.
public enum AgentGraph {
    /// A Mermaid flowchart of a team: one box per agent with the dataflow of its playbook, and the tools below.
    ///
    /// Solid arrows are results that a step cannot do without, dotted ones are results that it only asks about, orders
    /// by `after`, and checks. Thick arrows lead to the agents and tools that do the work. The order of agents and
    /// steps is that of the definitions, so that equal definitions give equal text.
    public static func mermaid(_ definitions: [AgentDefinition]) -> String {
        var lines = ["flowchart LR"]
        let names = definitions.map(\.name)
        var tools: [String] = []
        for definition in definitions {
            lines += box(definition)
            for step in definition.playbook.steps {
                if case .tool(let name, _) = step.action, !tools.contains(name) { tools.append(name) }
            }
        }
        lines += tools.sorted().map { "  tool__\($0)[(\(quoted($0)))]" }
        for definition in definitions {
            for step in definition.playbook.steps {
                let from = node(definition, step)
                switch step.action {
                case .tool(let name, _): lines.append("  \(from) ==> tool__\(name)")
                case .delegate(let name, _) where names.contains(name): lines.append("  \(from) ==> agent__\(name)")
                default: break
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func box(_ definition: AgentDefinition) -> [String] {
        let steps = definition.playbook.steps
        var lines = ["  subgraph agent__\(definition.name)[\(quoted(definition.title))]"]
        for step in steps { lines.append("    \(shape(step, node(definition, step)))") }
        let graph = StepGraph(steps)
        for (number, step) in steps.enumerated() {
            for other in graph.nodes[number].all {
                let arrow = graph.nodes[number].strict.contains(other) ? "-->" : "-.->"
                lines.append("    \(node(definition, steps[other])) \(arrow) \(node(definition, step))")
            }
        }
        for check in definition.checks {
            let id = "\(definition.name)__check__\(check.name)"
            lines.append("    \(id){{\(quoted("check \(check.name)"))}}")
            guard case .again(let again) = check.remedy else { continue }
            for step in again { lines.append("    \(id) -. again .-> \(definition.name)__\(step)") }
        }
        return lines + ["  end"]
    }

    private static func node(_ definition: AgentDefinition, _ step: PlaybookStep) -> String {
        "\(definition.name)__\(step.id)"
    }

    private static func shape(_ step: PlaybookStep, _ id: String) -> String {
        var label = step.id
        switch step.action {
        case .tool(let name, _): label += ": \(name)"
        case .delegate(let name, _): label += ": ask \(name)"
        case .ask: label += ": ask the person"
        case .answer(_, let outcome): if outcome != .completed { label += ": \(outcome.rawValue)" }
        }
        if let forEach = step.forEach { label += "<br/>for each \(forEach.variable) of \(forEach.list)" }
        if let condition = step.condition { label += "<br/>when \(condition)" }
        let text = quoted(label)
        switch step.action {
        case .tool: return "\(id)[\(text)]"
        case .delegate: return "\(id)[[\(text)]]"
        case .ask: return "\(id)[/\(text)/]"
        case .answer: return "\(id)([\(text)])"
        }
    }

    /// A label in quotes; Mermaid has no backslashes, but entities.
    private static func quoted(_ text: String) -> String {
        var label = "\""
        for part in text.split(separator: "<br/>", omittingEmptySubsequences: false) {
            if label.utf8.count > 1 { label += "<br/>" }
            for scalar in part.unicodeScalars {
                switch scalar {
                case "\"": label += "#quot;"
                case "#": label += "#35;"
                case "<": label += "#lt;"
                case ">": label += "#gt;"
                case "\n": label += " "
                default: label.unicodeScalars.append(scalar)
                }
            }
        }
        return label + "\""
    }
}
