import AgentRuntime
import LanguageModels
import MessageBus
import Services
import Support
import Testing
import Values

@Suite("Runs with a language model, killed and resumed")
struct ModelResumeTests {
    /// Two agents with a model each, several rounds, calls side by side.
    private func stage() -> ModelStage {
        let lead = agent(
            "lead",
            [
                .tool("first", "echo"),
                .delegate("work", "hand", .object([Template.Member("word", .literal("playbook"))])),
                .answer("reply", from: ["first", "work"]),
            ], delegates: ["hand"])
        let hand = agent(
            "hand",
            [
                .tool("first", "echo", .expression(.reference(root: "input", path: []))),
                .answer("reply", from: ["first"]),
            ])
        func of(_ caller: String, _ results: Int) -> RequestPattern {
            RequestPattern(
                caller: caller,
                matches: { request, _ in
                    request.messages.count { if case .toolResults = $0 { true } else { false } } == results
                })
        }
        let used = TokenUsage(input: 10, output: 5)
        // Entries fit by what the conversation holds, not by their order: a new process begins anywhere.
        let script: [ScriptedEntry] = [
            .calls(["nobody": [:], "echo": ["word": "a"]], when: of("lead", 0), usage: used),
            .calls(["ask_hand": ["word": "${first.word}"]], when: of("lead", 1), usage: used),
            .calls(["finish": ["outcome": "done", "reason": ""]], when: of("lead", 2), usage: used),
            .calls(["echo": [:]], when: of("hand", 0), usage: used),
            .text("done", when: of("hand", 1), usage: used),
        ]
        return ModelStage([lead, hand], script: script)
    }

    @Test("killed at any record, a resumed run ends the same and repeats no completed call of the model")
    func everyRecord() async throws {
        let whole = stage()
        let (result, log) = try await whole.stage.run()
        #expect(result.outcome == .completed && result.answer["work"]?["first"]?["word"] == "a")
        #expect(result.usage.tokens == 75)
        func calls(_ log: some Sequence<Envelope>) -> Int {
            log.filter { $0.kind == .effectCompleted && $0.payload["result"]?["finish"] != nil }.count
        }
        #expect(calls(log) == 5)
        let end = log.lastIndex { $0.kind == .turnFinished && $0.path == "t1" } ?? 0
        for count in 2...end {
            let again = stage()
            let (resumed, later) = try await again.stage.resume(Array(log[..<count]))
            #expect(resumed?.outcome == .completed && resumed?.answer == result.answer, "after \(count) records")
            #expect(resumed?.usage == result.usage, "after \(count) records")
            #expect(again.model.requests.count == 5 - calls(log[..<count]), "after \(count) records")
            #expect(difference(proof(of: later), proof(of: log)) == nil, "after \(count) records")
        }
    }

    @Test("a recording of another model is a divergence that names the place")
    func otherProfile() async throws {
        let (_, log) = try await stage().stage.run()
        var other = stage()
        other.stage.playground.configuration.reasoner = ModelReasoner(
            models: ModelTeam(ScriptedModel([], profile: ModelProfile(provider: "openai", model: "other"))),
            prompts: ModelStage.prompts(["lead", "hand"]))
        let report = try await Replay.run(log, other.stage.playground.configuration)
        #expect(report.divergence?.path == "" && report.divergence?.kind == .different)
    }

    @Test("a replay is made with the models that the session wrote down, and calls none")
    func fromFacts() async throws {
        let (_, log) = try await stage().stage.run()
        let facts = try #require(log.first { $0.kind == .sessionOpened }?.payload["model"])
        var replaying = stage()
        replaying.stage.playground.configuration.reasoner = ModelReasoner(
            recorded: facts, prompts: ModelStage.prompts(["lead", "hand"]))
        try await replaying.stage.replays(log)
        #expect(replaying.model.requests.isEmpty)
    }

    @Test("what a model writes is on the log while it writes, and no part of the proof")
    func deltas() async throws {
        let stage = ModelStage(
            [agent("solo", echoSteps)], script: [.calls(["echo": [:]]), .text("All is said and done.")])
        let (_, log) = try await stage.stage.run()
        let texts = log.all(.modelDelta, at: "t1/r2/plan/m1").compactMap { $0.payload["text"]?.string }
        #expect(texts.joined() == "All is said and done.")
        #expect(log.all(.modelDelta, at: "t1/plan/m1").contains { $0.payload["calls"] == ["echo"] })
    }
}
