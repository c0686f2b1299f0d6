import AgentRuntime
import Testing
import Values

/// A tool that is only described.
struct DescribedTool: Tool {
    var descriptor: ToolDescriptor
    func call(_ arguments: JSON, in context: ToolContext) async throws -> ToolOutput { ToolOutput(arguments) }

    init(_ name: String, _ input: JSONSchema, _ output: JSONSchema = .any()) {
        descriptor = ToolDescriptor(
            name: name, title: name, summary: "", input: input, output: output, effectClass: .readOnly,
            permission: "read")
    }
}

/// The tools that the definitions of these tests know, and texts to build them from.
enum Definitions {
    static let tools = ToolRegistry([
        DescribedTool(
            "run_sql",
            .object(
                properties: [
                    ("sql", .string()), ("max_rows", .integer(minimum: 1, maximum: 1000)),
                    ("options", .object(properties: [("format", .choice(["json", "csv"]))], required: ["format"])),
                    ("tags", .array(of: .string())),
                ], required: ["sql"]),
            .object(properties: [
                ("columns", .array(of: .string())), ("row_count", .integer()),
                ("meta", .object(properties: [("ms", .number())])),
            ])),
        DescribedTool("read_question", .object(properties: [("question", .string())], required: ["question"])),
        DescribedTool("open_tool", JSONSchema(["type": "object"])),
    ])

    /// A definition whose keys can be replaced; `nil` leaves a key out.
    static func text(_ changes: [String: String?] = [:], body: String = "You work.") -> String {
        let usual = [
            "name": "name: worker", "title": "title: Worker", "summary": "summary: Works.",
            "tools": "tools: [run_sql]",
            "playbook": """
            playbook:
              - id: rows
                tool: run_sql
                with: {sql: "select 1"}
              - id: reply
                answer: ${rows.columns}
            """,
        ]
        let order = [
            "name", "title", "summary", "tier", "tools", "delegates", "limits", "playbook", "checks", "extra",
        ]
        var lines = ["---"]
        for key in order {
            if let change = changes[key] {
                if let change { lines.append(change) }
            } else if let text = usual[key] {
                lines.append(text)
            }
        }
        return (lines + ["---", body]).joined(separator: "\n") + "\n"
    }

    static func load(_ text: String, file: String = "Agents/worker.md") -> LoadResult {
        DefinitionLoader.load(texts: [(file, text)], tools: tools)
    }

    /// One agent per element: name, delegates.
    static func team(_ members: [(String, [String])]) -> [(file: String, text: String)] {
        members.map { name, delegates in
            let steps = delegates.enumerated().map {
                "  - {id: d\($0.offset), delegate: \($0.element), goal: {}}\n"
            }
            let list = delegates.joined(separator: ", ")
            return (
                "Agents/\(name).md",
                "---\nname: \(name)\ntitle: T\nsummary: S.\ndelegates: [\(list)]\nplaybook:\n"
                    + steps.joined() + "  - {id: reply, answer: 1}\n---\nBody\n"
            )
        }
    }
}
