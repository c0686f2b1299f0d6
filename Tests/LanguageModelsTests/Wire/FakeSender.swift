import HTTPClient
import LanguageModels
import Services
import Synchronization
import Values

/// A sender that answers every request in one way and remembers what it was sent.
final class FakeSender: HTTPSender {
    /// What comes back.
    struct Answer: Sendable {
        var status = 200
        var headers: [HTTPHeader] = []
        var pieces: [[UInt8]] = []
        /// How the body ends: nil is a proper end.
        var breaks: HTTPFailure?
        /// A request that has no response at all.
        var fails: HTTPFailure?
    }

    private struct State {
        var requests: [HTTPRequest] = []
        var isCancelled = false
        var readPieces = 0
        var isFinished = false
    }

    let answer: Answer
    private let state = Mutex(State())

    init(_ answer: Answer) { self.answer = answer }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var isCancelled: Bool { state.withLock { $0.isCancelled } }
    /// Whether the rest of the body was let come.
    var isFinished: Bool { state.withLock { $0.isFinished } }
    var readPieces: Int { state.withLock { $0.readPieces } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        state.withLock { $0.requests.append(request) }
        if let failure = answer.fails { throw failure }
        let body = HTTPBody(
            read: { () async throws(HTTPFailure) in
                if Task.isCancelled { throw HTTPFailure(.cancelled, "cancelled") }
                let index = self.state.withLock { state in
                    state.readPieces += 1
                    return state.readPieces - 1
                }
                if index < self.answer.pieces.count { return self.answer.pieces[index] }
                if let failure = self.answer.breaks { throw failure }
                return nil
            },
            cancel: { self.state.withLock { $0.isCancelled = true } },
            finish: { self.state.withLock { $0.isFinished = true } })
        return HTTPResponse(status: answer.status, headers: answer.headers, body: body)
    }
}

extension FakeSender.Answer {
    /// A stream of events.
    static func events(
        _ events: [String], type: String? = "text/event-stream", breaks: HTTPFailure? = nil
    ) -> FakeSender.Answer {
        FakeSender.Answer(
            headers: type.map { [HTTPHeader("Content-Type", $0)] } ?? [],
            pieces: events.map { Array("data: \($0)\n\n".utf8) }, breaks: breaks)
    }

    /// A body with a type.
    static func body(_ text: String, type: String? = "application/json", status: Int = 200) -> FakeSender.Answer {
        FakeSender.Answer(
            status: status, headers: type.map { [HTTPHeader("content-type", $0)] } ?? [],
            pieces: text.isEmpty ? [] : [Array(text.utf8)])
    }
}

/// The key that must never come out.
let canary = "sk-canary-0123456789abcdef"

/// A configuration for tests.
func testConfiguration(_ api: ProviderAPI, baseURL: String = "http://127.0.0.1:1/v1") -> ProviderConfiguration {
    ProviderConfiguration(
        api: api, profile: ModelProfile(provider: "test", model: "m", maxOutputTokens: 100), baseURL: baseURL,
        key: ModelKey(canary), keyHeader: api == .chat ? .bearer : .xAPIKey)
}

/// Collects parts.
final class PartBox: Sendable {
    private let batches = Mutex<[[ModelPart]]>([])
    var all: [[ModelPart]] { batches.withLock { $0 } }
    func add(_ parts: [ModelPart]) { batches.withLock { $0.append(parts) } }
}

/// Asks a model behind a fake sender.
func ask(
    _ sender: FakeSender, _ configuration: ProviderConfiguration = testConfiguration(.chat),
    request: ModelRequest = ModelRequest(messages: [.user("hi")]), parts: PartBox? = nil
) async -> Result<ModelReply, ModelError> {
    let model = ProviderModel(configuration, sender: sender)
    var call = ModelCall(id: "run-1")
    if let parts { call.onParts = { parts.add($0) } }
    do throws(ModelError) { return .success(try await model.respond(to: request, in: call)) } catch {
        return .failure(error)
    }
}

extension Result {
    var value: Success? { if case .success(let value) = self { value } else { nil } }
    var error: Failure? { if case .failure(let error) = self { error } else { nil } }
}
