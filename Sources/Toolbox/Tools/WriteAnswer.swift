internal import AgentRuntime
internal import Schemas
internal import Semantics
internal import Values

/// `write_answer`: rows become one or two sentences.
struct WriteAnswer: Tool {
    let descriptor = ToolDescriptor(
        name: "write_answer", title: "Put an answer into words",
        summary: "Says in one or two sentences what a result means for the question that was read.",
        input: .object(
            properties: [
                ("reading", JSONSchema(["type": "object", "description": "What read_question gave."])),
                ("result", JSONSchema(["type": "object", "description": "What run_sql gave."])),
            ], required: ["reading", "result"]),
        output: .object(properties: [
            ("text", .string("The sentences."))
        ]),
        effectClass: .pure, permission: "read")

    func call(_ arguments: JSON, in context: ToolContext) async throws -> ToolOutput {
        let result = ResultTable(json: arguments["result"] ?? .null)
        guard let outline = AnswerOutline(json: arguments["reading"] ?? .null) else {
            throw ToolFailure(OperonError(code: "arguments_invalid", "the reading has no shape", at: "reading"))
        }
        return ToolOutput(["text": .string(answerText(for: outline, result: result))])
    }
}
