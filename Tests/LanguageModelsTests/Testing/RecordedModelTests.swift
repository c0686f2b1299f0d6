import Glibc
import LanguageModels
import Services
import Testing
import Values

/// A file of a test's own.
private final class TemporaryFile {
    let path: String
    init(_ text: String? = nil) throws {
        let folder = "/tmp/operon-recordings-\(UInt64.random(in: 0 ... .max))"
        try Files.makeDirectory(folder)
        path = folder + "/r.jsonl"
        if let text { try Files.replace(path, with: Array(text.utf8)) }
    }
    deinit {
        unlink(path)
        rmdir(String(path.dropLast(8)))
    }
}

@Suite("Recorded models")
struct RecordedModelTests {
    private let live = [
        ScriptedEntry.text("one", usage: TokenUsage(input: 5, output: 1)), .calls(["run_sql": ["sql": "SELECT 1"]]),
        .text("again"),
    ]
    private let requests: [ModelRequest] = [
        .asking("a"), .asking("b", tools: ["run_sql"]), .asking("a"),
    ]

    /// Records the three requests into a file.
    private func recorded(_ redactor: Redactor = Redactor()) async throws -> TemporaryFile {
        let file = try TemporaryFile()
        let profile = ModelProfile(
            provider: "kimi", model: "k", contextWindow: 1000, price: ModelPrice(input: 1, output: 2),
            hasNativeSchemas: false)
        let model = try RecordedModel(
            path: file.path, mode: .once, live: ScriptedModel(live, profile: profile), redactor: redactor)
        for request in requests { _ = try await model.respond(to: request, in: ModelCall()) }
        try model.verifyAllUsed()
        return file
    }

    @Test("what was recorded comes again, equal requests in order, whatever the order of the others")
    func replay() async throws {
        let file = try await recorded()
        let model = try RecordedModel(path: file.path)
        #expect(model.profile.name == "kimi:k" && model.profile.contextWindow == 1000)
        #expect(model.profile.hasNativeSchemas == false && model.profile.price == ModelPrice(input: 1, output: 2))
        #expect(model.unusedEntries.count == 3)
        let log = PartLog()
        let calls = try await model.respond(to: requests[1], in: log.call)
        #expect(calls.toolCalls[0].arguments == ["sql": "SELECT 1"] && calls.finish == .toolCalls)
        #expect(log.parts == calls.parts)
        let first = try await model.respond(to: requests[0], in: ModelCall())
        #expect(first.text == "one" && first.usage == TokenUsage(input: 5, output: 1))
        let error = #expect(throws: OperonError.self) { try model.verifyAllUsed() }
        #expect(error?.code == "recording_unused" && error?.at == "\(file.path):4")
        #expect(try await model.respond(to: requests[2], in: ModelCall()).text == "again")
        try model.verifyAllUsed()
        let more = await #expect(throws: ModelError.self) {
            try await model.respond(to: requests[0], in: ModelCall())
        }
        #expect(more?.kind == .notRecorded && more?.message.contains("fewer times") == true)
    }

    @Test("an unexpected request is told by its differences to the nearest one, without its texts")
    func unexpected() async throws {
        let file = try await recorded()
        let model = try RecordedModel(path: file.path)
        var request = requests[1]
        request.messages = [.user("bc secret"), .user("more")]
        request.temperature = 0.5
        let error = await #expect(throws: ModelError.self) { try await model.respond(to: request, in: ModelCall()) }
        let message = try #require(error?.message)
        #expect(message.contains("\(file.path):3; it differs in"))
        #expect(message.contains("messages[0].text: recorded 1 bytes, now 9, the same up to byte 1"))
        #expect(message.contains("messages[1]: not recorded, now there"))
        #expect(message.contains("temperature: not recorded, now there"))
        #expect(!message.contains("secret"))
    }

    @Test("once records only when there is nothing, all records anew, never records nothing")
    func modes() async throws {
        let file = try await recorded()
        let other = ScriptedModel([.text("new")])
        let once = try RecordedModel(path: file.path, mode: .once, live: other)
        #expect(try await once.respond(to: requests[0], in: ModelCall()).text == "one")
        let never = try RecordedModel(path: file.path, mode: .never, live: other)
        await #expect(throws: ModelError.self) { try await never.respond(to: .asking("new"), in: ModelCall()) }
        #expect(other.requests.isEmpty)
        let all = try RecordedModel(path: file.path, mode: .all, live: other)
        #expect(try await all.respond(to: requests[0], in: ModelCall()).text == "new")
        let again = try RecordedModel(path: file.path)
        #expect(again.unusedEntries == ["\(file.path):2"])
        #expect(try await again.respond(to: requests[0], in: ModelCall()).text == "new")
    }

    @Test("known secrets are taken out of requests and answers, and requests are found without them")
    func secrets() async throws {
        let file = try TemporaryFile()
        let redactor = Redactor(secrets: ["sk-canary-123"])
        let live = ScriptedModel([.text("your key is sk-canary-123")])
        let recording = try RecordedModel(path: file.path, mode: .all, live: live, redactor: redactor)
        let request = ModelRequest.asking("the key is sk-canary-123")
        #expect(try await recording.respond(to: request, in: ModelCall()).text == "your key is sk-canary-123")
        #expect(try !Files.text(file.path).contains("canary"))
        let model = try RecordedModel(path: file.path, redactor: redactor)
        #expect(try await model.respond(to: request, in: ModelCall()).text.hasPrefix("your key is [secret:"))
    }

    @Test("failed calls are not recorded, and requests stand in their own order")
    func failures() async throws {
        let file = try TemporaryFile()
        let live = ScriptedModel([
            .error(ModelError(.server, "down")), .text("a", when: RequestPattern(contains: ["q"])),
        ])
        let model = try RecordedModel(path: file.path, mode: .all, live: live)
        let error = await #expect(throws: ModelError.self) {
            try await model.respond(to: .asking("q"), in: ModelCall())
        }
        #expect(error?.kind == .server)
        _ = try await model.respond(to: .asking("q"), in: ModelCall())
        #expect(try Files.text(file.path).split(separator: "\n").count == 2)
    }

    @Test("a file that cannot be written is reported")
    func unwritable() async throws {
        let model = try RecordedModel(path: "/proc/nothing/r.jsonl", mode: .all, live: ScriptedModel([.text("a")]))
        #expect(try await model.respond(to: .asking("q"), in: ModelCall()).text == "a")
        #expect(throws: OperonError.self) { try model.verifyAllUsed() }
    }

    @Test(
        "a file that is no recording is refused with the line",
        arguments: [
            ("", ":1", "the recording is empty"), ("{}", ":1", "does not begin as a recording does"),
            ("HEAD\n{\"reply\":{}}", ":2", "holds no request"), ("HEAD\n\n{", ":3", "is no JSON"),
            (
                "HEAD\n{\"digest\":\"0\",\"request\":{\"messages\":[]},\"reply\":{\"message\":{},\"finish\":\"stop\"}}",
                ":2",
                "the digest does not fit"
            ),
        ])
    func invalid(text: String, place: String, message: String) throws {
        let head =
            #"{"format":"operon-recording/1","profile":{"provider":"p","model":"m","context_window":1,"max_output_tokens":1,"native_schemas":true}}"#
        let file = try TemporaryFile(text.replacing("HEAD", with: head))
        let error = #expect(throws: OperonError.self) { try RecordedModel(path: file.path) }
        #expect(
            error?.at == file.path + place && error?.message.contains(message) == true,
            "\(String(describing: error))")
    }

    @Test("a missing file and a missing model are errors with a remedy")
    func missing() throws {
        #expect(throws: OperonError.self) { try RecordedModel(path: "no/such/file.jsonl") }
        let error = #expect(throws: OperonError.self) { try RecordedModel(path: "no/such/file.jsonl", mode: .once) }
        #expect(error?.code == "recording_needs_model")
    }

    @Test("many callers at once are recorded and repeated")
    func concurrency() async throws {
        let file = try TemporaryFile()
        var entry = ScriptedEntry(
            .computed { request, _ throws(ModelError) in
                guard case .user(let text)? = request.messages.first else { throw ModelError(.badRequest, "none") }
                return ModelReply(message: AssistantMessage(text: "re " + text), finish: .stop)
            })
        entry.times = nil
        let recording = try RecordedModel(path: file.path, mode: .all, live: ScriptedModel([entry]))
        for isRecording in [true, false] {
            let model = try isRecording ? recording : RecordedModel(path: file.path)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<40 {
                    group.addTask {
                        let reply = try await model.respond(to: .asking("\(index)"), in: ModelCall())
                        #expect(reply.text == "re \(index)")
                    }
                }
                try await group.waitForAll()
            }
            try model.verifyAllUsed()
        }
    }
}
