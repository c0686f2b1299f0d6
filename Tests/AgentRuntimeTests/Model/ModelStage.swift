import AgentRuntime
import LanguageModels
import Services
import Support
import Testing
import Values

/// An agent with a language model in its reasoner's seat.
struct ModelStage {
    let model: ScriptedModel
    var stage: Stage

    /// A prompt that says little; `reflects` adds one for the reflect phase.
    static func prompts(
        _ agents: [String], reflects: Bool = false, isPrivate: Bool = false
    ) -> PromptLibrary {
        let head = isPrivate ? "---\nprivate: true\n---\n" : ""
        var texts = agents.map { ("\($0)/plan.md", head + "# System\nYou are ${agent}.\n\n# Task\n${goal}\n") }
        if reflects {
            texts += agents.map { ("\($0)/reflect.md", head + "# System\nJudge.\n\n# Task\n${goal}\n${answer}\n") }
        }
        let (library, diagnostics) = PromptLibrary.load(
            texts: texts.map { (file: $0.0, text: $0.1) }, agents: agents)
        #expect(diagnostics.isEmpty)
        return library
    }

    init(
        _ definitions: [AgentDefinition], script: [ScriptedEntry], prompts: PromptLibrary? = nil,
        profile: ModelProfile = ModelProfile(provider: "scripted", model: "script"),
        person: (any Person)? = nil, tools: (ManualTime) -> [any Tool] = { _ in [echo] }
    ) {
        model = ScriptedModel(script, profile: profile)
        stage = Stage(definitions, person: person, tools: tools)
        stage.playground.configuration.reasoner = ModelReasoner(
            models: ModelTeam(model), prompts: prompts ?? Self.prompts(definitions.map(\.name)))
    }

    /// What the model was sent last.
    var lastMessages: [ModelMessage] { model.requests.last?.messages ?? [] }

    /// The texts of the results that the model was told last.
    var lastResults: [ToolResult] {
        if case .toolResults(let results)? = lastMessages.last { results } else { [] }
    }
}

/// The goal step, whose arguments a model may change, and the answer made from it.
let echoSteps: [PlaybookStep] = [
    .tool(
        "first", "echo",
        .object([Template.Member("word", .literal("playbook")), Template.Member("more", .literal(1))])),
    .answer("reply", from: ["first"]),
]

extension ScriptedEntry {
    static let finish = ScriptedEntry.calls(["finish": ["outcome": "done", "reason": "it is there"]])
}
