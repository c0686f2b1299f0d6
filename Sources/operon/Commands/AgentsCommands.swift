import AgentRuntime
import Toolbox
import Values

/// `operon agents list`
enum AgentsListCommand: Command {
    static let specification = CommandSpecification(
        words: "agents list", summary: "list the agents",
        options: [CommandSpecification.agents, CommandSpecification.json])

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let composition = try Composition(invocation)
        if invocation.has("json") {
            invocation.terminal.print(JSON.array(composition.definitions.map(describe)).description)
            return .completed
        }
        let width = composition.definitions.map { $0.name.count }.max() ?? 0
        for agent in composition.definitions {
            let name = agent.name + String(repeating: " ", count: width - agent.name.count)
            invocation.terminal.print(
                invocation.terminal.styled(name, .bold) + "  \(agent.summary.isEmpty ? agent.title : agent.summary)"
            )
            let uses = agent.delegates.map { "→ \($0)" } + agent.tools
            if !uses.isEmpty {
                invocation.terminal.print(String(repeating: " ", count: width + 2) + uses.joined(separator: ", "))
            }
        }
        return .completed
    }

    private static func describe(_ agent: AgentDefinition) -> JSON {
        [
            "name": .string(agent.name), "title": .string(agent.title), "summary": .string(agent.summary),
            "tier": .string(agent.tier.rawValue), "tools": .strings(agent.tools),
            "delegates": .strings(agent.delegates), "steps": .strings(agent.playbook.steps.map(\.id)),
            "checks": .strings(agent.checks.map(\.name)),
        ]
    }
}

/// `operon agents check`
enum AgentsCheckCommand: Command {
    static let specification = CommandSpecification(
        words: "agents check", arguments: "[PATH…]",
        summary: "report every mistake in agent definitions and prompts",
        details: """
            PATH is a definition file or a folder of them; without one the built-in agents are checked. With --prompts,
            the prompts of that folder are held against the agents, too.
            """,
        options: [CommandSpecification.agents, CommandSpecification.prompts, CommandSpecification.json],
        examples: [
            "operon agents check Agents", "operon agents check my/agent.md --json",
            "operon agents check team --prompts team/prompts",
        ], argumentCount: 0...1000)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        var texts: [(file: String, text: String)] = []
        let paths = invocation.arguments + invocation.all("agents")
        for path in paths { texts += try Composition.agentTexts(path) }
        if paths.isEmpty { texts = try Composition.agentTexts(nil) }
        let result = DefinitionLoader.load(texts: texts, tools: StandardTools.registry(DatabasePool()))
        var diagnostics = result.diagnostics
        if paths.isEmpty || invocation.value("prompts") != nil {
            let prompts = try Composition.promptTexts(invocation.value("prompts"))
            texts += prompts
            diagnostics += PromptLibrary.load(texts: prompts, agents: result.definitions.map(\.name)).diagnostics
        }
        let errors = diagnostics.count { $0.severity == .error }
        if invocation.has("json") {
            invocation.terminal.print(
                JSON.object([
                    "ok": .bool(errors == 0), "files": .int(texts.count), "errors": .int(errors),
                    "diagnostics": .array(diagnostics.map(\.json)),
                ]).description)
        } else {
            for diagnostic in diagnostics { invocation.terminal.print("\(diagnostic)") }
            let warnings = diagnostics.count - errors
            invocation.terminal.print("\(texts.count) files, \(errors) errors, \(warnings) warnings")
        }
        return errors == 0 ? .completed : .failed
    }
}

/// `operon agents graph`
enum AgentsGraphCommand: Command {
    static let specification = CommandSpecification(
        words: "agents graph", summary: "draw who delegates to whom, as Mermaid",
        options: [CommandSpecification.agents, CommandSpecification.json])

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let mermaid = AgentGraph.mermaid(try Composition(invocation).definitions)
        invocation.terminal.print(
            invocation.has("json") ? JSON.object(["mermaid": .string(mermaid)]).description : mermaid)
        return .completed
    }
}
