import AgentRuntime
import Toolbox
import Values

/// `operon tools list`
enum ToolsListCommand: Command {
    static let specification = CommandSpecification(
        words: "tools list", summary: "list the tools", options: [CommandSpecification.json])

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let tools = StandardTools.registry(DatabasePool()).tools.map(\.descriptor)
        if invocation.has("json") {
            invocation.terminal.print(JSON.array(tools.map(\.json)).description)
            return .completed
        }
        let width = tools.map { $0.name.count }.max() ?? 0
        for tool in tools {
            let name = tool.name + String(repeating: " ", count: width - tool.name.count)
            invocation.terminal.print(
                invocation.terminal.styled(name, .bold) + "  \(tool.summary) [\(tool.effectClass.rawValue)]")
        }
        return .completed
    }
}

/// `operon tools schema`
enum ToolsSchemaCommand: Command {
    static let specification = CommandSpecification(
        words: "tools schema", arguments: "NAME", summary: "print the JSON Schema of a tool's arguments and result",
        options: [CommandSpecification.json], argumentCount: 1...1)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let tool = try named(invocation.arguments[0], in: StandardTools.registry(DatabasePool()))
        invocation.terminal.print(
            invocation.has("json") ? tool.descriptor.json.description : tool.descriptor.json.pretty())
        return .completed
    }

    static func named(_ name: String, in registry: ToolRegistry) throws -> any Tool {
        if let tool = registry[name] { return tool }
        let near = Spelling.nearest(name, among: registry.tools.map { $0.descriptor.name })
        throw OperonError(
            code: "tool_unknown", "there is no tool called \"\(name)\"",
            hint: near.map { "Did you mean \($0)?" } ?? "operon tools list shows the tools.")
    }
}

/// `operon tools call`
enum ToolsCallCommand: Command {
    static let specification = CommandSpecification(
        words: "tools call", arguments: "NAME JSON", summary: "call a tool with arguments as JSON",
        options: [
            CommandSpecification.database, CommandSpecification.hide, CommandSpecification.cache,
            CommandSpecification.json,
        ],
        examples: [#"operon tools call describe_database '{"database":"shop"}' --db shop.sqlite"#],
        argumentCount: 1...2)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let pool = Composition.pool(invocation)
        for url in invocation.all("db") { try Composition.register(url, in: pool) }
        let tool = try ToolsSchemaCommand.named(invocation.arguments[0], in: StandardTools.registry(pool))
        let arguments: JSON
        do {
            arguments = try JSON(parsing: invocation.arguments.count > 1 ? invocation.arguments[1] : "{}")
        } catch {
            throw UsageError("the arguments are no JSON: \(error)")
        }
        let violations = tool.descriptor.input.validate(arguments)
        guard violations.isEmpty else {
            throw UsageError(
                violations.map { "\($0.path.isEmpty ? "arguments" : $0.path) \($0.message)" }.joined(
                    separator: "; "))
        }
        do {
            let output = try await tool.call(arguments, in: ToolContext())
            invocation.terminal.print(
                invocation.has("json") ? output.value.description : output.value.pretty())
            return .completed
        } catch let failure as ToolFailure {
            throw failure.error
        }
    }
}

extension ToolDescriptor {
    /// What `tools list --json` and `tools schema` print.
    var json: JSON {
        [
            "name": .string(name), "title": .string(title), "description": .string(summary),
            "effect": .string(effectClass.rawValue), "permission": .string(permission), "input_schema": input.json,
            "output_schema": output.json,
        ]
    }
}
