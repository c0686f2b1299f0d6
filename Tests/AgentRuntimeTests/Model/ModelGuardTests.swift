import LanguageModels
import MessageBus
import Services
import Support
import Testing
import Values

@testable import AgentRuntime

/// What a model cannot do, whatever it was talked into.
@Suite("Bounds of a language model")
struct ModelGuardTests {
    /// A cell that tries to give orders, and a model that obeys it.
    private func obeying(
        _ call: KeyValuePairs<String, JSON>, definition: AgentDefinition? = nil, person: (any Person)? = nil,
        tools: @escaping (ManualTime) -> [any Tool]
    ) -> ModelStage {
        ModelStage(
            [definition ?? agent("solo", echoSteps)], script: [.calls(["echo": [:]]), .calls(call), .finish],
            person: person, tools: tools)
    }

    @Test("a tool that the definition does not list is not called, and the model is told so")
    func otherTool() async throws {
        let tally = Tally()
        let secret = ClosureTool("read_secrets", .readOnly) { _, _ in
            tally.add("secrets")
            return ToolOutput("s3cret")
        }
        let stage = obeying(["read_secrets": ["all": true]], tools: { _ in [echo, secret] })
        let (result, log) = try await stage.stage.run()
        #expect(result.outcome == .completed && tally["secrets"] == 0)
        #expect(stage.lastResults.first?.content.contains("may not call 'read_secrets'") == true)
        #expect(log.all(.effectRequested).allSatisfy { $0.payload["name"] != "read_secrets" })
    }

    @Test("an agent that the definition does not delegate to is not asked")
    func otherAgent() async throws {
        let other = agent("admin", [.tool("first", "echo"), .answer("reply", from: ["first"])])
        let stage = ModelStage(
            [agent("solo", echoSteps), other],
            script: [.calls(["echo": [:]]), .calls(["ask_admin": ["do": "everything"]]), .finish],
            prompts: ModelStage.prompts(["solo"]))
        let (_, log) = try await stage.stage.run()
        #expect(log.allSatisfy { $0.sender != "admin" })
        #expect(stage.lastResults.first?.isError == true)
    }

    @Test("arguments that the session decides are not offered and cannot be given")
    func contextArguments() async throws {
        let tally = Tally()
        let query = ContextTool { arguments in tally.add(arguments["database"]?.string ?? "none") }
        let steps: [PlaybookStep] = [.tool("rows", "query_rows"), .answer("reply", from: ["rows"])]
        var definition = agent("solo", steps)
        definition.tools = ["query_rows"]
        var stage = ModelStage(
            [definition],
            script: [
                .calls(["query_rows": ["database": "salaries", "sql": "SELECT 1"]]),
                .calls(["query_rows": ["sql": "SELECT 1"]]), .finish,
            ], tools: { _ in [query] })
        stage.stage.playground.configuration.context = ["database": "shop"]
        let (result, _) = try await stage.stage.run(replaying: false)
        #expect(result.outcome == .completed)
        #expect(tally.all == ["shop": 1])
        let offered = try #require(stage.model.requests[0].tools.first { $0.name == "query_rows" })
        #expect(offered.input.propertyNames == ["step", "sql"])
    }

    @Test("an unsafe call that a model proposes waits for a person; approved, it is done once")
    func approval() async throws {
        let tally = Tally()
        let deed = ClosureTool("deed", .unsafe) { arguments, _ in
            tally.add(arguments.description)
            return ToolOutput(["done": true])
        }
        let steps: [PlaybookStep] = [.tool("first", "deed"), .answer("reply", from: ["first"])]
        let stage = ModelStage(
            [agent("solo", steps)], script: [.calls(["deed": ["amount": 5]]), .finish], tools: { _ in [deed] })
        let (waiting, log) = try await stage.stage.run(replaying: false)
        #expect(waiting.suspension?.path == "t1/execute/first/a1/approval" && tally.all.isEmpty)
        #expect(waiting.suspension?.question.contains(#"{"amount":5}"#) == true)
        let (result, _) = try await stage.stage.resume(
            log, decisions: ["t1/execute/first/a1/approval": .result("approve")])
        #expect(result?.outcome == .completed && tally.all == [#"{"amount":5}"#: 1])
    }

    @Test("without approval nothing is done, and the model is told")
    func denial() async throws {
        let tally = Tally()
        let deed = ClosureTool("deed", .unsafe) { _, _ in
            tally.add("deed")
            return ToolOutput(.null)
        }
        let stage = ModelStage(
            [agent("solo", [.tool("first", "deed"), .tool("second", "echo"), .answer("reply", from: ["second"])])],
            script: [.calls(["deed": ["amount": 5]]), .calls(["echo": ["a": 1]]), .finish],
            person: Refusing(), tools: { _ in [deed, echo] })
        let (result, _) = try await stage.stage.run()
        #expect(result.outcome == .completed && tally["deed"] == 0)
    }

    @Test("a token budget that allows no call leaves the playbook, and the outcome is truncated")
    func tokenBudget() async throws {
        let stage = ModelStage([agent("solo", echoSteps) { $0.tokens = 100 }], script: [.finish])
        let (result, _) = try await stage.stage.run()
        #expect(result.outcome == .truncated(budget: "tokens") && stage.model.requests.isEmpty)
        #expect(result.answer["first"]?["word"] == "playbook")
    }

    @Test("money is reserved before a call: what is left decides how much may be written")
    func moneyBudget() async throws {
        let price = ModelPrice(input: 1_000_000, output: 10_000_000)
        let profile = ModelProfile(provider: "scripted", model: "script", price: price)
        let used = TokenUsage(input: 100, output: 20)
        let stage = ModelStage(
            [agent("solo", echoSteps) { $0.microcost = 30_000 }],
            script: [
                .calls(["echo": [:]], usage: used),
                .calls(["finish": ["outcome": "done", "reason": ""]], usage: used),
            ],
            profile: profile)
        let (result, log) = try await stage.stage.run()
        #expect(result.usage.tokens == 240 && result.usage.outputTokens == 40)
        #expect(result.usage.microcost == 2 * (100 + 200))
        let first = try #require(stage.model.requests[0].maxOutputTokens)
        #expect(first < 3000 && price.cost(of: TokenUsage(input: 0, output: first)) <= 30_000)
        #expect(log.all(.turnFinished).last?.payload["usage"]?["output_tokens"] == 40)
    }

    @Test("a provider that does not say what it used is booked with what was reserved")
    func unknownUsage() async throws {
        let profile = ModelProfile(provider: "scripted", model: "script", maxOutputTokens: 500)
        let stage = ModelStage(
            [agent("solo", echoSteps)], script: [.calls(["follow_playbook": [:]])], profile: profile)
        let (result, _) = try await stage.stage.run()
        #expect(result.usage.outputTokens == 500 && result.usage.tokens > 500)
    }

    @Test("a private prompt is nowhere on the log; its digest is")
    func privatePrompt() async throws {
        let stage = ModelStage(
            [agent("solo", echoSteps)], script: [.calls(["follow_playbook": [:]])],
            prompts: ModelStage.prompts(["solo"], isPrivate: true))
        let (_, log) = try await stage.stage.run()
        let sent = stage.model.requests[0]
        #expect(sent.system == "You are solo.")
        #expect(!log.contains { $0.payload.description.contains("You are solo") })
        let asked = try #require(log.all(.effectRequested).first { $0.payload["effect"] == "model" })
        #expect(asked.payload["request"]?["digest"]?.string?.isEmpty == false)
    }

    @Test("what a journal knows to be secret reaches neither the log nor an agent")
    func secrets() async throws {
        let key = "sk-canary-0123456789"
        let leaking = ClosureTool("echo") { _, _ in ToolOutput(["word": .string("the key is \(key)!")]) }
        let stage = ModelStage(
            [agent("solo", echoSteps)], script: [.calls(["echo": ["note": .string(key)]]), .finish],
            tools: { _ in [leaking] })
        let session = stage.stage.playground.live(redactor: Redactor(secrets: [key]))
        let report = stage.stage.simulation.run { () async throws -> TurnResult in
            try await session.open()
            return try await session.ask(["question": .string("use \(key)")])
        }
        let result = try #require(report.result).get()
        #expect(result.answer["first"]?["word"]?.string?.contains("[secret:") == true)
        let log = session.log.envelopes(after: 0)
        #expect(!log.contains { $0.payload.description.contains(key) })
        try await stage.stage.replays(log)
    }
}

/// A tool whose database the session decides.
private struct ContextTool: Tool {
    let seen: @Sendable (JSON) -> Void
    let descriptor = ToolDescriptor(
        name: "query_rows", title: "Query", summary: "Runs a query.",
        input: .object(["database": .string(), "sql": .string()]), output: .any(), effectClass: .readOnly,
        permission: "read", contextArguments: ["database"])

    init(_ seen: @escaping @Sendable (JSON) -> Void) { self.seen = seen }

    func call(_ arguments: JSON, in context: ToolContext) async throws -> ToolOutput {
        seen(arguments)
        return ToolOutput(arguments)
    }
}

private struct Refusing: Person {
    func answer(_ question: Suspension) async throws -> JSON? { "deny" }
}
