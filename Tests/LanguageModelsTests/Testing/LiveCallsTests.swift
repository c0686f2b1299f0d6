import LanguageModels
import Testing
import Values

@Suite("Live calls")
struct LiveCallsTests {
    @Test("the variable's value is a word that is known, and nothing means that calls are allowed")
    func environment() throws {
        #expect(try LiveCalls(environmentValue: nil) == .allow)
        #expect(try LiveCalls(environmentValue: "") == .allow)
        #expect(try LiveCalls(environmentValue: "never") == .never)
        #expect(try LiveCalls(environmentValue: "loopback") == .loopback)
        let error = #expect(throws: OperonError.self) { try LiveCalls(environmentValue: "nevr") }
        #expect(error?.hint == "did you mean 'never'?")
    }

    @Test(
        "only this machine is loopback",
        arguments: [
            ("http://127.0.0.1:8080/v1", true), ("http://localhost/v1", true), ("https://LOCALHOST", true),
            ("http://[::1]:80/", true), ("http://127.9.8.7", true), ("http://127.0.0.1.example.com/", false),
            ("http://localhost@example.com/", false), ("http://example.com/127.0.0.1", false),
            ("http://example.com?localhost", false), ("https://api.openai.com/v1", false), ("localhost:80", false),
            ("http://127.1", false), ("http://[::1", true), ("http://[::2]", false),
            ("http://user:localhost@h", false),
            ("http://127.0.0.1@h\\@127.0.0.1", false),
        ])
    func loopback(url: String, isAllowed: Bool) {
        #expect(LiveCalls.loopback.allows(url) == isAllowed)
    }

    @Test("a refused call does not reach the model")
    func refused() async throws {
        let live = ScriptedModel([.text("live")])
        let refused = GuardedModel(live, baseURL: "http://127.0.0.1:1", policy: .never)
        let error = await #expect(throws: ModelError.self) {
            try await refused.respond(to: .asking("x"), in: ModelCall())
        }
        #expect(error?.kind == .liveCallRefused && error?.isRetryable == false && error?.attempts == 0)
        #expect(live.requests.isEmpty)
        let allowed = GuardedModel(live, baseURL: "http://127.0.0.1:1", policy: .loopback)
        #expect(try await allowed.respond(to: .asking("x"), in: ModelCall()).text == "live")
        #expect(allowed.profile.name == "scripted:script")
    }
}
