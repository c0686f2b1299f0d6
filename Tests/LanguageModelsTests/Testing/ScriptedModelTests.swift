import LanguageModels
import Support
import Testing
import Values

@Suite("Scripted models")
struct ScriptedModelTests {
    @Test("entries without a pattern come in order, and are all used then")
    func order() async throws {
        let model = ScriptedModel([.text("one"), .calls(["run_sql": ["sql": "SELECT 1"]]), .text("two")])
        #expect(try await model.respond(to: .asking("a"), in: ModelCall()).text == "one")
        let reply = try await model.respond(to: .asking("b"), in: ModelCall())
        #expect(reply.finish == .toolCalls)
        #expect(reply.toolCalls.map(\.name) == ["run_sql"] && reply.toolCalls[0].arguments == ["sql": "SELECT 1"])
        #expect(reply.toolCalls[0].id == "call_2_1_1")
        #expect(model.unusedEntries == ["entry 3 (any request)"])
        #expect(throws: OperonError.self) { try model.verifyAllUsed() }
        #expect(try await model.respond(to: .asking("c"), in: ModelCall()).text == "two")
        try model.verifyAllUsed()
        #expect(model.requests.count == 3)
    }

    @Test("an entry waits for the request that it is for")
    func patterns() async throws {
        let model = ScriptedModel([
            .text("to the planner", when: RequestPattern(caller: "planner")),
            .text("with a tool", when: RequestPattern(tool: "run_sql")),
            .text("about orders", when: RequestPattern(contains: ["orders", "2026"])),
            .text("long", when: RequestPattern(matches: { request, _ in request.messages.count > 1 })),
        ])
        #expect(try await model.respond(to: .asking("orders of 2026"), in: ModelCall()).text == "about orders")
        #expect(
            try await model.respond(to: .asking("x", tools: ["run_sql"]), in: ModelCall()).text == "with a tool")
        #expect(
            try await model.respond(to: .asking("x"), in: ModelCall(caller: "planner")).text == "to the planner")
        let error = await #expect(throws: ModelError.self) {
            try await model.respond(to: .asking("secret question"), in: ModelCall(caller: "writer"))
        }
        #expect(error?.kind == .notRecorded)
        #expect(error?.message.contains("caller writer, 1 message, the last one the user's; no tools") == true)
        #expect(error?.message.contains("Expected: entry 4 (a test of its own)") == true)
        #expect(error?.message.contains("secret") == false)
    }

    @Test("a strict script takes its entries in order only")
    func strict() async throws {
        let entries: [ScriptedEntry] = [
            .text("first", when: RequestPattern(contains: ["first"])),
            .text("second", when: RequestPattern(contains: ["second"])),
        ]
        let model = ScriptedModel(entries, order: .strict)
        await #expect(throws: ModelError.self) { try await model.respond(to: .asking("second"), in: ModelCall()) }
        #expect(try await model.respond(to: .asking("first"), in: ModelCall()).text == "first")
        #expect(try await model.respond(to: .asking("second"), in: ModelCall()).text == "second")
    }

    @Test("an entry for any number of times answers again, with fresh ids")
    func times() async throws {
        var entry = ScriptedEntry.calls(["run_sql": [:]])
        entry.times = nil
        let model = ScriptedModel([entry])
        #expect(throws: OperonError.self) { try model.verifyAllUsed() }
        var ids: Set<String> = []
        for _ in 0..<3 { ids.insert(try await model.respond(to: .asking("x"), in: ModelCall()).toolCalls[0].id) }
        #expect(ids.count == 3)
        try model.verifyAllUsed()
    }

    @Test("parts come in pieces and batches, and make up the answer")
    func delivery() async throws {
        let log = PartLog()
        let model = ScriptedModel([.text("héllo wörld")], delivery: PartDelivery(pieceBytes: 4, batchParts: 2))
        let reply = try await model.respond(to: .asking("x"), in: log.call)
        #expect(
            log.batches == [[.text("hél"), .text("lo w")], [.text("örl"), .text("d")], [.finish(.stop)]])
        var assembler = ReplyAssembler()
        assembler.take(log.parts)
        #expect(assembler.reply()?.message == reply.message)
    }

    @Test("an error may come behind some parts")
    func failures() async throws {
        let log = PartLog()
        let model = ScriptedModel([
            ScriptedEntry(.failure(ModelError(.network, "reset"), after: [.text("half ")])),
            ScriptedEntry(.parts([.text("no end")])),
        ])
        let reset = await #expect(throws: ModelError.self) {
            try await model.respond(to: .asking("x"), in: log.call)
        }
        #expect(reset?.kind == .network && reset?.partialText == "half " && reset?.hasPassedParts == true)
        let cut = await #expect(throws: ModelError.self) {
            try await model.respond(to: .asking("x"), in: ModelCall())
        }
        #expect(cut?.kind == .truncated && cut?.partialText == "no end" && cut?.hasPassedParts == false)
    }

    @Test("an answer can be computed from the request")
    func computed() async throws {
        let model = ScriptedModel([
            ScriptedEntry(
                .computed { request, _ in
                    ModelReply(message: AssistantMessage(text: "\(request.messages.count)"), finish: .stop)
                })
        ])
        #expect(try await model.respond(to: .asking("x"), in: ModelCall()).text == "1")
    }

    @Test("a cancelled task gets no further parts")
    func cancellation() async {
        let model = ScriptedModel([.text("abcdef")], delivery: PartDelivery(pieceBytes: 1, batchParts: 1))
        let result = await Task { () -> ModelError? in
            let call = ModelCall(onParts: { _ in withUnsafeCurrentTask { $0?.cancel() } })
            do throws(ModelError) {
                _ = try await model.respond(to: .asking("x"), in: call)
                return nil
            } catch {
                return error
            }
        }.value
        #expect(result?.kind == .cancelled && result?.partialText == "a" && result?.hasPassedParts == true)
    }

    @Test("many callers at once use each entry once")
    func concurrency() async throws {
        let model = ScriptedModel((0..<50).map { .text("\($0)") })
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await model.respond(to: .asking("x"), in: ModelCall()).text } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(texts.count == 50)
        try model.verifyAllUsed()
    }
}
