import AgentRuntime
import LanguageModels
import Services
import Support
import Testing
import Values

@Suite("A language model that reviews")
struct ModelReviewTests {
    private func stage(
        _ review: [ScriptedEntry], rounds: Int = 3,
        profile: ModelProfile = ModelProfile(provider: "scripted", model: "script")
    ) -> ModelStage {
        ModelStage(
            [agent("solo", echoSteps) { $0.rounds = rounds }],
            script: [.calls(["follow_playbook": [:]], when: RequestPattern(tool: "follow_playbook"))] + review,
            prompts: ModelStage.prompts(["solo"], reflects: true), profile: profile)
    }

    private func verdict(_ kind: String, _ reason: String = "", _ steps: [JSON] = []) -> String {
        JSON.object(["verdict": .string(kind), "reason": .string(reason), "steps": .array(steps)]).description
    }

    @Test("an accepted answer is completed")
    func accepted() async throws {
        let stage = stage([.text(verdict("accept"))])
        let (result, _) = try await stage.stage.run()
        #expect(result.outcome == .completed)
        let request = try #require(stage.model.requests.last)
        #expect(request.output?.name == "verdict" && request.tools.isEmpty)
        guard case .user(let task)? = request.messages.first else { throw Broken() }
        #expect(task.contains(#"name="answer""#) && task.contains("playbook"))
    }

    @Test("a doubt is told with the answer")
    func doubt() async throws {
        let (result, _) = try await stage([.text(verdict("doubt", "the year is missing"))]).stage.run()
        #expect(result.outcome == .degraded(reasons: ["solo doubts the answer: the year is missing"]))
        #expect(result.answer["first"]?["word"] == "playbook")
    }

    @Test("steps are done again when rounds are left, and the model knows why")
    func again() async throws {
        let stage = stage([
            .text(verdict("again", "the wrong word", ["first", "nonsense"])),
            .calls(["echo": ["word": "better"]], when: RequestPattern(contains: ["the wrong word"])), .finish,
            .text(verdict("accept")),
        ])
        let (result, _) = try await stage.stage.run()
        #expect(result.outcome == .completed && result.answer["first"]?["word"] == "better")
        try stage.model.verifyAllUsed()
    }

    @Test("without rounds left, doing it again is a doubt")
    func noRounds() async throws {
        let (result, _) = try await stage([.text(verdict("again", "no", ["first"]))], rounds: 1).stage.run()
        #expect(result.outcome == .degraded(reasons: ["solo doubts the answer: no"]))
    }

    @Test("an answer of another form is asked for once more, each time as an effect of its own")
    func repair() async throws {
        let stage = stage([.text(#"{"verdict":"maybe"}"#), .text(verdict("accept"))])
        let (result, log) = try await stage.stage.run()
        #expect(result.outcome == .completed)
        let paths = log.all(.effectRequested).filter { $0.payload["effect"] == "model" }.map(\.path)
        #expect(paths == ["t1/plan/m1", "t1/reflect/m1", "t1/reflect/m2"])
        guard case .user(let text)? = stage.model.requests.last?.messages.last else { throw Broken() }
        #expect(text.contains("verdict"))
    }

    @Test("when the form stays broken, or the model fails, the answer stands and is said not to be reviewed")
    func broken() async throws {
        for entries in [
            [ScriptedEntry.text("fine!"), .text("fine, I said")],
            [.error(ModelError(.server, "down", status: 503))],
        ] {
            let (result, _) = try await stage(entries).stage.run()
            guard case .degraded(let reasons) = result.outcome else { throw Broken() }
            #expect(reasons.count == 1 && reasons[0].hasPrefix("the answer was not reviewed"))
            #expect(result.answer["first"]?["word"] == "playbook")
        }
    }

    @Test("where a provider has no schemas of its own, the verdict is the argument of a call")
    func toolMode() async throws {
        let profile = ModelProfile(provider: "scripted", model: "script", hasNativeSchemas: false)
        let stage = stage(
            [
                .calls(
                    ["verdict": ["verdict": "doubt", "reason": "hm", "steps": []]],
                    when: RequestPattern(tool: "verdict"))
            ],
            profile: profile)
        let (result, _) = try await stage.stage.run()
        #expect(result.outcome == .degraded(reasons: ["solo doubts the answer: hm"]))
    }
}
