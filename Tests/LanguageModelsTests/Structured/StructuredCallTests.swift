import LanguageModels
import Support
import Synchronization
import Testing
import Values

private struct Plan: Decodable, Sendable, Equatable {
    var title: String
    var steps: [Int8]
}

@Suite("Calls for a value")
struct StructuredCallTests {
    private let good = #"{"title":"t","steps":[1,2]}"#

    private func model(_ entries: [ScriptedEntry], native: Bool = true) -> ScriptedModel {
        ScriptedModel(
            entries, delivery: PartDelivery(pieceBytes: 3, batchParts: 1),
            profile: ModelProfile(provider: "scripted", model: "m", hasNativeSchemas: native))
    }

    @Test("a type is asked for in the model's own way and comes back as a value")
    func types() async throws {
        let native = model([.text(good, usage: TokenUsage(input: 3, output: 4))])
        let reply = try await native.structured(Plan.self, from: .asking("x"))
        #expect(reply.value == Plan(title: "t", steps: [1, 2]))
        #expect(reply.usage == TokenUsage(input: 3, output: 4) && reply.attempts == 1 && reply.rounds == 1)
        #expect(native.requests[0].output?.schema.propertyNames == ["title", "steps"])
        let tool = model([.calls(["answer": ["title": "t", "steps": []]])], native: false)
        #expect(try await tool.structured(Plan.self, from: .asking("x")).value == Plan(title: "t", steps: []))
    }

    @Test("what the type refuses is mended like what the schema refuses")
    func decodingErrors() async throws {
        let model = model([.text(#"{"title":"t","steps":[1000]}"#), .text(good)])
        let call = ModelCall(id: "k1")
        let reply = try await model.structured(Plan.self, from: .asking("x"), in: call)
        #expect(reply.value.steps == [1, 2] && reply.rounds == 2 && reply.attempts == 2)
        guard case .user(let wish)? = model.requests[1].messages.last else { return }
        #expect(wish.contains("- steps[0]: does not fit Int8"))
    }

    @Test("the second round has a key of its own and what is left of the time")
    func secondRound() async throws {
        let time = ManualTime()
        let calls = Mutex<[ModelCall]>([])
        var entry = ScriptedEntry(
            .computed { _, call in
                time.advance(nanoseconds: 4_000_000_000)
                calls.withLock { $0.append(call) }
                return ModelReply(message: AssistantMessage(text: "no"), finish: .stop)
            })
        entry.times = nil
        let model = model([entry])
        let error = await #expect(throws: ModelError.self) {
            try await model.structured(
                Plan.self, from: .asking("x"), in: ModelCall(id: "k1", timeout: .seconds(10)), time: time)
        }
        #expect(error?.kind == .invalidOutput)
        #expect(calls.withLock { $0.map(\.id) } == ["k1", "k1-repair"])
        #expect(calls.withLock { $0.map(\.timeout) } == [.seconds(10), .seconds(6)])
        let late = await #expect(throws: ModelError.self) {
            try await model.structured(
                Plan.self, from: .asking("x"), in: ModelCall(timeout: .seconds(3)), time: time)
        }
        #expect(late?.kind == .timeout)
    }

    @Test("the model's errors come through, and a type without a form is refused before any call")
    func errors() async {
        struct Free: Decodable { var pairs: [String: Int] }
        let model = model([.error(ModelError(.rateLimit, "later"))])
        let refused = await #expect(throws: ModelError.self) {
            try await model.structured(Free.self, from: .asking("x"))
        }
        #expect(refused?.kind == .badRequest && refused?.message.contains("pairs") == true)
        #expect(model.requests.isEmpty)
        let limited = await #expect(throws: ModelError.self) {
            try await model.structured(Plan.self, from: .asking("x"))
        }
        #expect(limited?.kind == .rateLimit)
    }

    @Test("the value is shown while it comes, in both modes, and the parts still reach the caller")
    func live() async throws {
        for native in [true, false] {
            let shown = Mutex<[JSON]>([])
            let log = PartLog()
            let entry: ScriptedEntry =
                native ? .text(good) : .calls(["answer": ["title": "t", "steps": [1, 2]]])
            _ = try await model([entry], native: native).structured(
                Plan.self, from: .asking("x"), in: log.call,
                onValue: { value in shown.withLock { $0.append(value) } })
            let values = shown.withLock { $0 }
            #expect(values.first == [:] && values.last == ["title": "t", "steps": [1, 2]])
            #expect(values.contains(["title": "t", "steps": [1]]))
            #expect(log.parts.last == .finish(native ? .stop : .toolCalls))
        }
    }
}
