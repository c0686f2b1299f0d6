import AgentRuntime
import LanguageModels
import Services
import Support
import Testing
import Values

@Suite("A language model in the reasoner's seat")
struct ModelReasonerTests {
    @Test("what a model calls is a step like any other, and the playbook's answer is made from it")
    func toolLoop() async throws {
        let stage = ModelStage(
            [agent("solo", echoSteps)], script: [.calls(["echo": ["word": "model"]]), .finish])
        let (result, log) = try await stage.stage.run()
        #expect(result.outcome == .completed)
        #expect(result.answer["first"]?["word"] == "model")
        #expect(result.answer["first"]?["more"] == 1, "what was left out is as the playbook has it")
        #expect(log.all(.stepFinished, at: "t1/execute/first").count == 1)
        #expect(log.all(.effectCompleted).filter { $0.payload["result"]?["model"] != nil }.count == 2)
        try stage.model.verifyAllUsed()
    }

    @Test("following the playbook gives what the embedded reasoner gives, with one call")
    func followsPlaybook() async throws {
        let definition = agent("solo", echoSteps)
        let stage = ModelStage([definition], script: [.calls(["follow_playbook": [:]])])
        let (result, _) = try await stage.stage.run()
        let (own, _) = try await Stage([definition], tools: { _ in [echo] }).run()
        #expect(result.outcome == .completed && result.answer == own.answer)
    }

    @Test("a model that only talks has come to its end")
    func text() async throws {
        let stage = ModelStage(
            [agent("solo", echoSteps)], script: [.calls(["echo": [:]]), .text("Here you are.")])
        let (result, _) = try await stage.stage.run()
        #expect(result.outcome == .completed && result.answer["first"]?["word"] == "playbook")
    }

    @Test("calls of one answer run in one round, and one may refer to the other")
    func parallel() async throws {
        let steps: [PlaybookStep] = [
            .tool("first", "echo"), .tool("second", "echo"), .answer("reply", from: ["first", "second"]),
        ]
        let stage = ModelStage(
            [agent("solo", steps)],
            script: [
                .calls([
                    "echo": ["step": "second", "word": "${first.word}"], "echo": ["step": "first", "word": "a"],
                ]), .finish,
            ])
        let (result, log) = try await stage.stage.run()
        #expect(result.answer["second"]?["word"] == "a")
        #expect(log.all(.phaseEntered).filter { $0.payload["phase"] == "execute" }.count == 2)
    }

    @Test("a text that only looks like an expression stays a text")
    func literalArguments() async throws {
        for text in ["${first.word + 1}", "a ${input.word}", "${not", "$${x}", "${default(input, 1)}"] {
            let stage = ModelStage(
                [agent("solo", echoSteps)], script: [.calls(["echo": ["word": .string(text)]]), .finish])
            let (result, _) = try await stage.stage.run()
            #expect(result.answer["first"]?["word"] == .string(text))
        }
    }

    @Test("what a model did before is not done again; it is told where the result is")
    func repeated() async throws {
        let tally = Tally()
        let counting = ClosureTool("count") { arguments, _ in
            tally.add("count")
            return ToolOutput(arguments)
        }
        let steps: [PlaybookStep] = [.tool("first", "count"), .answer("reply", from: ["first"])]
        let call = ScriptedEntry.calls(["count": ["step": "first", "n": 1]])
        let stage = ModelStage([agent("solo", steps)], script: [call, call, .finish], tools: { _ in [counting] })
        let (result, _) = try await stage.stage.run(replaying: false)
        #expect(result.outcome == .completed && tally["count"] == 1)
        #expect(stage.lastResults.first?.content.contains("first") == true)
    }

    @Test("a failed step is told to the model, and the turn goes on")
    func failure() async throws {
        let failing = ClosureTool("flaky", .readOnly) { _, _ in
            throw ToolFailure(OperonError(code: "no_luck", "no luck today"))
        }
        let steps: [PlaybookStep] = [
            .tool("first", "flaky"), .tool("second", "echo"), .answer("reply", from: ["second"]),
        ]
        let stage = ModelStage(
            [agent("solo", steps)], script: [.calls(["flaky": [:]]), .calls(["echo": ["a": 1]]), .finish],
            tools: { _ in [echo, failing] })
        let (result, _) = try await stage.stage.run()
        #expect(result.outcome == .completed && result.answer["second"]?["a"] == 1)
        let told = stage.model.requests[1].messages.last
        guard case .toolResults(let results)? = told else { throw Broken() }
        #expect(results[0].isError && results[0].content.contains("no luck today"))
    }

    @Test("a finish without results is refused once; the second time the playbook goes on, and the outcome says so")
    func emptyFinish() async throws {
        let steps: [PlaybookStep] = [
            .tool("first", "echo", .literal(["a": 1])),
            PlaybookStep(
                id: "reply", action: .answer(.expression(.reference(root: "first", path: [])), outcome: .completed)),
        ]
        let stage = ModelStage([agent("solo", steps)], script: [.finish, .finish])
        let (result, _) = try await stage.stage.run()
        guard case .degraded(let reasons) = result.outcome else { throw Broken() }
        #expect(reasons.count == 1 && reasons[0].contains("without results"))
        #expect(result.answer == ["a": 1])
        guard case .user(let text)? = stage.model.requests[1].messages.last else { throw Broken() }
        #expect(text.contains("first"))
    }

    @Test("a model that calls the goal impossible is believed")
    func impossible() async throws {
        let stage = ModelStage(
            [agent("solo", echoSteps)],
            script: [.calls(["finish": ["outcome": "impossible", "reason": "there is no such table"]])])
        let (result, _) = try await stage.stage.run()
        guard case .failed(let error) = result.outcome else { throw Broken() }
        #expect(error.code == "model_declined" && error.message.contains("no such table"))
    }

    @Test("a model that comes to no end is left after so many calls")
    func noEnd() async throws {
        let entry = ScriptedEntry(when: .any, ScriptedEntry.calls(["nobody": [:]]).answer, times: nil)
        let stage = ModelStage([agent("solo", echoSteps) { $0.modelCalls = 5 }], script: [entry])
        let (result, _) = try await stage.stage.run()
        guard case .degraded(let reasons) = result.outcome else { throw Broken() }
        #expect(reasons[0].contains("5 calls") && stage.model.requests.count == 5)
        #expect(result.answer["first"]?["word"] == "playbook")
    }

    @Test(
        "when the model fails the playbook goes on, with what was done so far, and the outcome says why",
        arguments: [
            ModelError(.server, "it is on fire", status: 500), ModelError(.breakerOpen, "no call is let through"),
            ModelError(.truncated, "it broke off", partialText: "half"), ModelError(.auth, "the key is wrong"),
        ])
    func modelFails(error: ModelError) async throws {
        let stage = ModelStage(
            [agent("solo", echoSteps)], script: [.calls(["echo": ["word": "kept"]]), .error(error)])
        let (result, log) = try await stage.stage.run()
        guard case .degraded(let reasons) = result.outcome else { throw Broken() }
        #expect(
            reasons.count == 1 && reasons[0].contains(error.kind.rawValue) && reasons[0].contains(error.message))
        #expect(result.answer["first"]?["word"] == "kept")
        #expect(log.all(.effectFailed).first?.payload["error"]?["code"] == .string("model_" + error.kind.rawValue))
    }

    @Test("an agent without a prompt follows its playbook and asks nobody")
    func noPrompt() async throws {
        let stage = ModelStage([agent("solo", echoSteps)], script: [], prompts: PromptLibrary())
        let (result, _) = try await stage.stage.run()
        #expect(result.outcome == .completed && stage.model.requests.isEmpty)
    }

    @Test("a delegate is called as a function, and follows its own prompt or playbook")
    func delegates() async throws {
        let lead = agent(
            "lead",
            [
                .delegate("work", "hand", .object([Template.Member("word", .literal("playbook"))])),
                .answer("reply", from: ["work"]),
            ], delegates: ["hand"])
        let hand = agent(
            "hand",
            [
                .tool("first", "echo", .expression(.reference(root: "input", path: []))),
                .answer("reply", from: ["first"]),
            ])
        let stage = ModelStage(
            [lead, hand], script: [.calls(["ask_hand": ["word": "model"]]), .finish],
            prompts: ModelStage.prompts(["lead"]))
        let (result, log) = try await stage.stage.run()
        #expect(result.answer["work"]?["first"]?["word"] == "model")
        #expect(log.all(.turnFinished).count == 2)
    }
}
