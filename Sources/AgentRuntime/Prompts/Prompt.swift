internal import Values

/// The phases that a language model can fill. The others are not a matter of judgement: observing takes the goal as it
/// is, executing runs the plan.
public enum ModelPhase: String, Sendable, Hashable, CaseIterable { case plan, reflect }

/// A template of what a model is told in one phase of one agent. Its system part holds trusted text only; data stands
/// in the task, fenced.
public struct Prompt: Sendable, Hashable {
    /// A piece of a template.
    enum Piece: Sendable, Hashable {
        case text(String)
        case variable(PromptVariable)
    }

    /// Who the model is and what rules hold.
    var system: [Piece]
    /// What is to be done, with the data that it is to be done with.
    var task: [Piece]
    /// Whether what is sent stays off the log: then only its digest is written there.
    public var isPrivate: Bool

    /// The texts that are sent.
    func render(_ values: PromptValues) -> (system: String, task: String) {
        (Self.render(system, values), Self.render(task, values))
    }

    private static func render(_ pieces: [Piece], _ values: PromptValues) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let plain): text += plain
            case .variable(let variable):
                let value = values[variable]
                text +=
                    variable.isData ? DataFence.fenced(variable.rawValue, value) : value.string ?? value.description
            }
        }
        return text
    }
}

/// What a template may refer to as `${name}`.
enum PromptVariable: String, Sendable, Hashable, CaseIterable {
    /// The agent's name, title and instructions, from its definition.
    case agent, title, instructions
    /// The agent's playbook, in words.
    case playbook
    /// The day that "today" means.
    case today
    /// What the agent was asked to do.
    case goal
    /// The database and other context of the session.
    case context
    /// How the steps ended (reflect only).
    case results
    /// The answer that is to be judged (reflect only).
    case answer

    /// Whether the value comes from outside. Data is fenced, and has no place in the system part.
    var isData: Bool {
        switch self {
        case .agent, .title, .instructions, .playbook, .today: false
        case .goal, .context, .results, .answer: true
        }
    }

    /// The phases that know it.
    func isKnown(in phase: ModelPhase) -> Bool {
        switch self {
        case .results, .answer: phase == .reflect
        default: true
        }
    }
}

/// The values of a phase's variables.
struct PromptValues {
    private var values: [PromptVariable: JSON] = [:]

    subscript(variable: PromptVariable) -> JSON {
        get { values[variable] ?? .null }
        set { values[variable] = newValue }
    }

    /// What both phases know.
    init(_ observation: Observation, _ definition: AgentDefinition) {
        // Without the moment: the day is enough, and the same question then has the same prompt, which recordings and
        // the caches of providers know again.
        var context = observation.context.object ?? [:]
        context["now"] = nil
        context["today"] = nil
        values = [
            .agent: .string(definition.name), .title: .string(definition.title),
            .instructions: .string(definition.instructions), .playbook: .string(PlaybookText.of(definition)),
            .today: observation.context["today"] ?? .null, .goal: observation.input,
            .context: .object(context),
        ]
    }
}
