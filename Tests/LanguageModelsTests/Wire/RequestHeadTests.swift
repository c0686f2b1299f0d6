import HTTPClient
import LanguageModels
import Testing
import Values

@Suite("Where requests go and what stands above them")
struct RequestHeadTests {
    private func sent(_ configuration: ProviderConfiguration, timeout: Duration? = nil) async throws -> HTTPRequest
    {
        let sender = FakeSender(.init(status: 500))
        let call = ModelCall(id: "run-1 ä", timeout: timeout)
        _ = try? await ProviderModel(configuration, sender: sender)
            .respond(to: ModelRequest(messages: [.user("x")]), in: call)
        return try #require(sender.requests.first)
    }

    @Test(
        "the URL follows from the base",
        arguments: [
            (.chat, "http://h/v1", "http://h/v1/chat/completions"),
            (.chat, "http://h/v1/", "http://h/v1/chat/completions"),
            (.chat, "http://h/v1/chat/completions", "http://h/v1/chat/completions"),
            (
                .chat, "https://r.openai.azure.com/openai/deployments/{model}?api-version=2024-10-21",
                "https://r.openai.azure.com/openai/deployments/m/chat/completions?api-version=2024-10-21"
            ),
            (.messages, "https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
            (.messages, "http://h/v1", "http://h/v1/messages"),
            (.messages, "https://api.moonshot.ai/anthropic/", "https://api.moonshot.ai/anthropic/v1/messages"),
            (.messages, "http://h/v1/messages", "http://h/v1/messages"),
        ] as [(ProviderAPI, String, String)])
    func urls(api: ProviderAPI, base: String, url: String) async throws {
        #expect(try await sent(testConfiguration(api, baseURL: base)).url == url)
    }

    @Test("each API and provider has its headers")
    func headers() async throws {
        let chat = try await sent(testConfiguration(.chat)).headers
        #expect(chat.contains(HTTPHeader("Authorization", "Bearer \(canary)")))
        #expect(chat.contains(HTTPHeader("Content-Type", "application/json")))
        #expect(!chat.contains { $0.name == "Idempotency-Key" })
        let messages = try await sent(testConfiguration(.messages)).headers
        #expect(messages.contains(HTTPHeader("x-api-key", canary)))
        #expect(messages.contains(HTTPHeader("anthropic-version", "2023-06-01")))
        #expect(!messages.contains { $0.name == "Authorization" })
        var azure = testConfiguration(.chat)
        azure.keyHeader = .apiKey
        azure.quirks.idempotencyHeader = "Idempotency-Key"
        azure.headers = [HTTPHeader("ACCEPT", "x/y"), HTTPHeader("X-Team", "a")]
        let headers = try await sent(azure).headers
        #expect(headers.contains(HTTPHeader("api-key", canary)))
        #expect(headers.contains(HTTPHeader("Idempotency-Key", "run-1___")))
        #expect(headers.filter { $0.name.lowercased() == "accept" } == [HTTPHeader("ACCEPT", "x/y")])
        #expect(headers.contains(HTTPHeader("X-Team", "a")))
        var open = testConfiguration(.chat)
        open.key = nil
        #expect(!(try await sent(open).headers.contains { $0.name == "Authorization" }))
    }

    @Test("a call's deadline shortens the request's, and never lengthens it")
    func deadline() async throws {
        #expect(try await sent(testConfiguration(.chat)).limits.total == .seconds(120))
        #expect(try await sent(testConfiguration(.chat), timeout: .seconds(3)).limits.total == .seconds(3))
        #expect(try await sent(testConfiguration(.chat), timeout: .seconds(300)).limits.total == .seconds(120))
    }
}
