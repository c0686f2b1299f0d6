import DemoData
import Services
import Values

/// `operon demo-data`
enum DemoDataCommand: Command {
    static let specification = CommandSpecification(
        words: "demo-data", summary: "make a demo database: a retail business over 36 months",
        details: "The same scenario, seed and months give the same bytes.\n\nScenarios:\n"
            + DemoScenario.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"),
        options: [
            .init(name: "out", value: "FILE", help: "the file to write"),
            .init(name: "scenario", value: "NAME", help: "what happens in the business (default sales-growth)"),
            .init(name: "seed", value: "N", help: "another seed makes another business (default 1)"),
            .init(name: "months", value: "N", help: "how many months (default 36)"),
            .init(name: "force", value: nil, help: "overwrite a file that this command did not make"),
            CommandSpecification.json,
        ],
        examples: [
            "operon demo-data --out shop.sqlite", "operon demo-data --out h.sqlite --scenario health-retention",
        ])

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        guard let path = invocation.value("out") else { throw UsageError("demo-data needs --out FILE") }
        let name = invocation.value("scenario") ?? DemoScenario.salesGrowth.rawValue
        guard let scenario = DemoScenario(rawValue: name) else {
            let names = DemoScenario.allCases.map(\.rawValue)
            let near = Spelling.nearest(name, among: names)
            throw UsageError(
                "there is no scenario \"\(name)\"" + (near.map { "; did you mean \"\($0)\"?" } ?? "")
                    + ". Scenarios: " + names.joined(separator: ", "))
        }
        let seed = try invocation.integer("seed", in: 0...Int.max, default: 1)
        let months = try invocation.integer("months", in: DemoBusiness.monthBounds, default: 36)
        let force = invocation.has("force")
        let summary = try await BlockingThread().run {
            try DemoDatabase.write(to: path, scenario: scenario, seed: UInt64(seed), months: months, force: force)
        }
        if invocation.has("json") {
            invocation.terminal.print(summary.json.description)
        } else {
            invocation.terminal.print(
                "\(summary.path): \(summary.scenario.rawValue), \(summary.months) months, seed \(summary.seed)")
            for table in summary.tables { invocation.terminal.print("  \(table.table): \(table.rows) rows") }
        }
        return .completed
    }
}
