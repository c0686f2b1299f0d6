import HTTPClient
import LanguageModels
import Support
import Testing
import Values

extension FaultAPI {
    /// The same API in the words of providers.
    var provider: ProviderAPI { self == .openAI ? .chat : .messages }
}

@Suite("Providers over a server that misbehaves")
struct WireServerTests {
    @Test("every odd form is read, in one piece and byte by byte", arguments: FaultOddity.all)
    func oddities(oddity: FaultOddity) async throws {
        let bytes = Array(oddity.body.utf8)
        for pieces in [[bytes], bytes.map { [$0] }] {
            let sender = FakeSender(
                .init(headers: [HTTPHeader("content-type", "text/event-stream")], pieces: pieces))
            let reply = try await ask(sender, testConfiguration(oddity.api.provider)).get()
            #expect(reply.text == oddity.text)
            #expect(reply.toolCalls.map(\.name) == oddity.calls.map(\.name))
            #expect(reply.toolCalls.map(\.raw) == oddity.calls.map(\.raw))
            #expect(reply.finish.name == oddity.finish)
            #expect(reply.usage?.input == oddity.usage?.input)
            #expect(reply.usage?.output == oddity.usage?.output)
        }
    }

    @Test("over real connections every fault is the right answer or the right error", arguments: FaultAPI.allCases)
    func faults(api: FaultAPI) async throws {
        let server = try FaultServer()
        defer { server.stop() }
        let engine = HTTPEngine()
        let faults: [(String, FaultReply, ModelError.Kind?)] = [
            ("good", .answer(), nil), ("bytewise", .bytewise(), nil), ("gzip", .gzipped(), nil),
            ("close", .answerUntilClose(), nil), ("cut", .cut(afterEvents: 2), .truncated),
            ("reset", .broken(.reset, afterEvents: 3), .network),
            ("half", .broken(.finish, afterEvents: 3), .network),
            ("silent", .silent(.finish), .network), ("event", .brokenEvent(afterEvents: 3), .decode),
            ("error", .midStreamError(type: "overloaded_error", afterEvents: 3), .streamError),
            ("html", .html(), .protocol), ("deep", .deep(levels: 100_000), .decode), ("busy", .error(529), .server),
            ("limit", .rateLimited("Retry-After: 3"), .rateLimit), ("quota", .quota, .quota),
            ("key", .error(401), .auth),
            ("away", .redirect(307, to: "http://127.0.0.1:1/"), .redirect),
            ("headers", .hugeHeaders(bytes: 256 << 10), .limit), ("bomb", .gzipBomb(bytes: 96 << 20), .limit),
        ]
        for (name, reply, kind) in faults {
            server.script(name, [reply])
            var configuration = testConfiguration(api.provider, baseURL: server.base(name, api))
            configuration.limits.bodyBytes = 8 << 20
            for streams in [true, false] {
                let model = ProviderModel(configuration, sender: engine)
                let result: Result<ModelReply, ModelError>
                do throws(ModelError) {
                    let request = ModelRequest(messages: [.user("hi")], streams: streams)
                    result = .success(try await model.respond(to: request, in: ModelCall()))
                } catch {
                    result = .failure(error)
                }
                // A whole answer that is cut is JSON that is cut.
                let expected = kind == .truncated && !streams ? .decode : kind
                #expect(result.error?.kind == expected, "\(name), streamed: \(streams): \(result)")
                if kind == nil { #expect(result.value?.text == FaultAnswer.helloText) }
                if name == "limit" { #expect(result.error?.retryAfter == .seconds(3)) }
            }
        }
        await engine.stop()
    }

    @Test("the connection of a finished stream is used again")
    func keepAlive() async throws {
        let server = try FaultServer()
        defer { server.stop() }
        let engine = HTTPEngine()
        server.script("good", Array(repeating: .answer(), count: 5))
        let model = ProviderModel(testConfiguration(.chat, baseURL: server.openAIBase("good")), sender: engine)
        for _ in 0..<5 {
            #expect(
                try await model.respond(to: ModelRequest(messages: [.user("x")]), in: ModelCall()).finish == .stop)
        }
        #expect(server.connectionCount == 1)
        await engine.stop()
    }
}
