internal import LanguageModels
internal import Values

/// What an agent offers a language model to call: its tools, its delegates, its playbook as a whole, and the end.
///
/// Values flow by reference. A result gets the name of its step, and an argument may be `${name}` or `${name.member}`;
/// so rows pass from tool to tool without passing through the model, which neither pays for them nor can change them.
struct FunctionOffer {
    /// Runs what is left of the playbook, as declared.
    static let playbook = "follow_playbook"
    /// Ends the work: the playbook's answer steps make the answer from the results.
    static let finish = "finish"
    /// The argument that names the step of the playbook which a call carries out.
    static let stepKey = "step"

    let definition: AgentDefinition
    let tools: ToolRegistry

    static func name(ofDelegate agent: String) -> String { "ask_\(agent)" }

    /// The functions, in the order of the definition.
    var functions: [ModelTool] {
        var functions: [ModelTool] = []
        for name in definition.tools {
            guard let descriptor = tools[name]?.descriptor else { continue }
            functions.append(tool(descriptor))
        }
        for agent in definition.delegates { functions.append(delegate(agent)) }
        functions.append(
            ModelTool(
                name: Self.playbook,
                summary: "Does the steps of the playbook that have not been done, just as it says, and answers.",
                input: .object(properties: [])))
        functions.append(
            ModelTool(
                name: Self.finish,
                summary:
                    "Ends the work. The answer is made from the results by the answer steps of the playbook; with impossible, nothing is answered.",
                input: .object(properties: [
                    ("outcome", .choice(["done", "impossible"], "Whether the goal was reached.")),
                    ("reason", .string("One sentence on why, for the person.")),
                ])))
        return functions
    }

    /// The steps of the playbook that call what `function` calls.
    func steps(for function: String) -> [PlaybookStep] {
        definition.playbook.steps.filter { Self.function(of: $0) == function }
    }

    /// The function that a step of a playbook stands for; nil for questions and answers.
    static func function(of step: PlaybookStep) -> String? {
        switch step.action {
        case .tool(let name, _): name
        case .delegate(let agent, _): name(ofDelegate: agent)
        case .ask, .answer: nil
        }
    }

    private func tool(_ descriptor: ToolDescriptor) -> ModelTool {
        let steps = steps(for: descriptor.name)
        let given = Set(steps.flatMap { Self.arguments(of: $0).memberNames })
        var properties = stepProperty(steps)
        let decided = [Self.stepKey] + descriptor.contextArguments
        for name in descriptor.input.propertyNames where !decided.contains(name) {
            guard let schema = descriptor.input.property(name) else { continue }
            properties.append((name, Self.offered(schema)))
        }
        let required = descriptor.input.requiredProperties.filter { !given.contains($0) && !decided.contains($0) }
        return ModelTool(
            name: descriptor.name, summary: descriptor.summary,
            input: .object(properties: properties, required: required))
    }

    private func delegate(_ agent: String) -> ModelTool {
        let name = Self.name(ofDelegate: agent)
        let steps = steps(for: name)
        var properties = stepProperty(steps)
        for key in steps.flatMap({ Self.arguments(of: $0).memberNames })
        where !properties.contains(where: { $0.name == key }) {
            properties.append((key, .string("Text, or a reference such as ${result.member}.")))
        }
        return ModelTool(
            name: name, summary: "Gives \(agent) a goal. What is left out is as the playbook has it.",
            input: .object(properties: properties, required: []))
    }

    private func stepProperty(_ steps: [PlaybookStep]) -> [(name: String, schema: JSONSchema)] {
        if steps.isEmpty { return [] }
        return [
            (
                Self.stepKey,
                .choice(
                    steps.map(\.id),
                    "The step of the playbook that this is; arguments that are left out are as the playbook has them."
                )
            )
        ]
    }

    static func arguments(of step: PlaybookStep) -> Template {
        switch step.action {
        case .tool(_, let template), .delegate(_, let template): template
        case .ask, .answer: .literal([:])
        }
    }

    /// Lists and objects are taken by reference only; a model would have to copy them out.
    private static func offered(_ schema: JSONSchema) -> JSONSchema {
        let plain: Set = ["string", "integer", "number", "boolean", "null"]
        if !schema.types.isEmpty, schema.types.allSatisfy(plain.contains) { return schema }
        let description = schema.json["description"]?.string ?? ""
        return .string("A reference such as ${result} or ${result.member}. \(description)")
    }
}
