import LanguageModels
import Testing
import Values

@Suite("Answers of a form")
struct StructuredFlowTests {
    private let form = OutputFormat(
        name: "plan", schema: .object(["title": .string(), "steps": .array(of: .integer())]))
    private let good: JSON = ["title": "t", "steps": [1, 2]]
    private let question = ModelRequest(system: "s", messages: [.user("plan this")])

    private func flow(_ mode: StructuredMode) throws -> StructuredFlow {
        try StructuredFlow(question, output: form, mode: mode)
    }
    private func text(_ text: String, finish: FinishReason = .stop, usage: TokenUsage? = nil) -> ModelReply {
        ModelReply(message: AssistantMessage(text: text), finish: finish, usage: usage)
    }
    private func calls(_ raw: String..., name: String = "plan") -> ModelReply {
        let calls = raw.enumerated().map { ToolCall(id: "c\($0.offset)", name: name, raw: $0.element) }
        return ModelReply(message: AssistantMessage(toolCalls: calls), finish: .toolCalls)
    }

    @Test("a provider with schemas of its own is given the schema, another one a tool that it must call")
    func requests() throws {
        let native = try flow(.native).request
        #expect(native.output == form && native.tools.isEmpty && native.toolChoice == .automatic)
        let tool = try flow(.tool).request
        #expect(tool.output == nil && tool.tools.map(\.name) == ["plan"] && tool.tools[0].input == form.schema)
        #expect(tool.toolChoice == .named("plan"))
        let known = ModelTool(name: "run_sql", summary: "", input: .object([:]))
        var request = question
        request.tools = [known]
        #expect(try StructuredFlow(request, output: form, mode: .native).request.toolChoice == .never)
        #expect(
            try StructuredFlow(request, output: form, mode: .tool).request.tools.map(\.name) == ["run_sql", "plan"])
        #expect(StructuredMode(ModelProfile(provider: "p", model: "m", hasNativeSchemas: false)) == .tool)
    }

    @Test("a value that fits is done in one round")
    func done() throws {
        var native = try flow(.native)
        #expect(native.take(text(good.description)) == .done(good))
        var tool = try flow(.tool)
        #expect(tool.take(calls(good.description)) == .done(good))
        #expect(tool.rounds == 1 && tool.attempts == 1 && tool.usage == nil)
        var words = try flow(.tool)
        #expect(words.take(text("Here it is:\n```json\n\(good)\n```")) == .done(good))
    }

    @Test("what does not fit is shown to the model with its paths, once")
    func repair() throws {
        var native = try flow(.native)
        let wrong = #"{"title":7,"steps":[1,"secret"]}"#
        guard case .repair(let request) = native.take(text(wrong, usage: TokenUsage(input: 10, output: 2))) else {
            Issue.record("no repair")
            return
        }
        #expect(request.messages.count == 3 && request.output == form)
        #expect(request.messages[1] == .assistant(AssistantMessage(text: wrong)))
        guard case .user(let wish) = request.messages[2] else { return }
        #expect(wish.contains("- title: must be a string, not an integer\n"))
        #expect(wish.contains("- steps[1]: must be an integer, not a string\n"))
        for format in ConversationFormat.allCases {
            #expect(Conversation.violations(of: request.messages, for: format).isEmpty)
        }
        var mended = native
        #expect(mended.take(text(good.description, usage: TokenUsage(input: 20, output: 3))) == .done(good))
        #expect(mended.usage == TokenUsage(input: 30, output: 5) && mended.attempts == 2 && mended.rounds == 2)
        guard case .failed(let error) = native.take(text(wrong)) else {
            Issue.record("no failure")
            return
        }
        #expect(error.kind == .invalidOutput && !error.isRetryable && error.attempts == 2)
        #expect(error.message.contains("steps[1]: must be an integer, not a string"))
        #expect(!error.message.contains("secret"))
        #expect(error.partialText == wrong)
    }

    @Test("a call that does not fit is answered by its violations")
    func repairOfCalls() throws {
        var tool = try flow(.tool)
        guard case .repair(let request) = tool.take(calls("{}", "{}")) else {
            Issue.record("no repair")
            return
        }
        guard case .toolResults(let results) = request.messages[2] else { return }
        #expect(results.map(\.callID) == ["c0", "c1"] && results.allSatisfy(\.isError))
        #expect(results[0].content.contains("plan was called 2 times, not once"))
        #expect(request.toolChoice == .named("plan") && request.tools.map(\.name) == ["plan"])
        for format in ConversationFormat.allCases {
            #expect(Conversation.violations(of: request.messages, for: format).isEmpty)
        }
        #expect(tool.take(calls(good.description)) == .done(good))
    }

    @Test(
        "broken answers are sent back with the reason",
        arguments: [
            ("", "the answer is empty"), (" \n", "the answer is empty"), ("I would rather not", "no JSON object"),
            (#"{"title": "t", "steps": [1"#, "broken or not complete"),
            (#"{"a": {"title":"t","steps":[]}, "b""#, "broken or not complete"),
            (#"{"title":"t","steps":[]} or {"title":"u","steps":[]}"#, "more than one"),
            (#"{"title":"t","steps":[]} {"#, "more than one"),
            (#"Look: [{"title":"t","steps":[]}, 3]"#, "part of something larger"),
            (#"so [1, {"title":"t","steps":[]}"#, "part of something larger"),
            (#""plan": {"title":"t","steps":[]}}"#, "part of something larger"),
            (#"[{"title":"t","steps":[]}]"#, "must be an object, not an array"),
            ("7", "must be an object, not an integer"),
        ])
    func broken(answer: String, reason: String) throws {
        var native = try flow(.native)
        guard case .repair(let request) = native.take(text(answer)) else {
            Issue.record("no repair")
            return
        }
        for format in ConversationFormat.allCases {
            #expect(Conversation.violations(of: request.messages, for: format).isEmpty)
        }
        guard case .user(let wish)? = request.messages.last else { return }
        #expect(wish.contains(reason), "\(wish)")
        guard case .failed(let error) = native.take(text(answer)) else {
            Issue.record("no failure")
            return
        }
        #expect(error.message.contains(reason))
    }

    @Test(
        "one object in a fence or between words is found",
        arguments: [
            "```\nX\n```", "```json\nX\n```", "Sure, X", "The plan (in JSON): X.", "  X  ", "\u{FEFF}X", "é: X é",
        ])
    func wrapped(around: String) throws {
        var native = try flow(.native)
        #expect(native.take(text(around.replacing("X", with: good.description))) == .done(good))
    }

    @Test("arguments that break off are mended or refused, never guessed")
    func brokenArguments() throws {
        var tool = try flow(.tool)
        guard case .repair = tool.take(calls(#"{"title":"t","steps":[1"#)) else {
            Issue.record("no repair")
            return
        }
        guard case .failed(let error) = tool.take(calls(good.description, name: "other")) else {
            Issue.record("no failure")
            return
        }
        #expect(error.message.contains("a tool was called that may not be called now"))
    }

    @Test("an answer that was cut off or filtered fails at once, also when it would fit")
    func finishes() throws {
        for (finish, kind) in [(FinishReason.length, ModelError.Kind.truncated), (.contentFilter, .invalidOutput)] {
            var native = try flow(.native)
            guard case .failed(let error) = native.take(text(good.description, finish: finish)) else {
                Issue.record("no failure")
                return
            }
            #expect(error.kind == kind && !error.isRetryable)
        }
    }

    @Test("rules beyond the schema count as violations")
    func check() throws {
        var flow = try StructuredFlow(question, output: form, mode: .native) { value in
            value["steps"]?[0] == 1 ? [SchemaViolation(path: "steps[0]", message: "must not be the first")] : []
        }
        guard case .repair = flow.take(text(good.description)) else {
            Issue.record("no repair")
            return
        }
        #expect(flow.take(text(#"{"title":"t","steps":[2]}"#)) == .done(["title": "t", "steps": [2]]))
    }

    @Test("a schema that cannot be kept is refused before the call")
    func schemas() {
        func kind(_ schema: JSONSchema, tools: [String] = []) -> ModelError.Kind? {
            do throws(ModelError) {
                _ = try StructuredFlow(
                    .asking("x", tools: tools), output: OutputFormat(name: "plan", schema: schema), mode: .tool)
                return nil
            } catch {
                return error.kind
            }
        }
        #expect(kind(.string()) == .badRequest)
        #expect(kind(.object(["a": JSONSchema(["type": "string", "pattern": "x"])])) == .badRequest)
        #expect(kind(form.schema, tools: ["plan"]) == .badRequest)
        #expect(kind(form.schema, tools: ["other"]) == nil)
    }
}
