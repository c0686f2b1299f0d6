internal import AgentRuntime
internal import Schemas
internal import Semantics
internal import Values

/// `choose_chart`: how to show a result.
struct ChooseChart: Tool {
    let descriptor = ToolDescriptor(
        name: "choose_chart", title: "Choose a chart",
        summary: "Chooses the chart that shows a result best and writes it as a Vega-Lite 6 specification.",
        input: .object(
            properties: [
                ("shape", .shape),
                ("columns", .columns),
                ("rows", .rows),
                ("question", .string("The question as it was asked; it may name a chart.")),
                ("title", .string("What stands above the chart.")),
            ], required: ["shape", "columns", "rows", "question"]),
        output: .object(
            properties: [
                ("chart", .string("The kind of chart.")),
                ("reason", .string("Why this kind, and why not the one that the question names.")),
                ("refusal", .string("The reason again, when the question names a chart that cannot be drawn.")),
                ("vega_lite", JSONSchema(["type": ["object", "null"]])),
            ], required: ["chart", "reason", "vega_lite"]),
        effectClass: .pure, permission: "read")

    func call(_ arguments: JSON, in context: ToolContext) async throws -> ToolOutput {
        let result = ResultTable(json: arguments)
        let columns = outputColumns(arguments["shape"], for: result)
        let choice = ChartChooser.choose(
            columns: columns, result: result, question: try arguments.text("question"))
        let specification = VegaLite.specification(
            for: choice, columns: columns, result: result, title: arguments["title"]?.string)
        var output: JSONObject = [
            "chart": .string(choice.kind.rawValue), "reason": .string(choice.reason), "vega_lite": specification,
        ]
        if choice.isRefusal { output["refusal"] = .string(choice.reason) }
        return ToolOutput(.object(output))
    }
}
