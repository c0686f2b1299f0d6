import HTTPClient
import LanguageModels
import Testing
import Values

@Suite("A model behind HTTP")
struct ProviderModelTests {
    private let stream = [
        chunk(#"{"role":"assistant","content":"Hel"}"#), chunk(#"{"content":"lo"}"#), chunk("{}", finish: "stop"),
        "[DONE]",
    ]

    @Test("parts are passed on piece by piece, and the whole comes back")
    func streamed() async {
        let parts = PartBox()
        let sender = FakeSender(.events(stream))
        let reply = await ask(sender, parts: parts).value
        #expect(reply?.text == "Hello")
        #expect(parts.all == [[.text("Hel")], [.text("lo")], [.finish(.stop)]])
        #expect(sender.isFinished, "the rest of the body is let come, so that the connection can be kept")
    }

    @Test("a whole answer is read also when a stream was asked for, and a stream when none was")
    func otherForm() async {
        let whole = #"{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#
        #expect(await ask(FakeSender(.body(whole))).value?.text == "Hi")
        #expect(await ask(FakeSender(.body(whole, type: nil))).value?.text == "Hi")
        #expect(
            await ask(FakeSender(.body("\u{FEFF} " + whole, type: "application/json; charset=utf-8"))).value?.text
                == "Hi")
        let request = ModelRequest(messages: [.user("hi")], streams: false)
        #expect(await ask(FakeSender(.events(stream)), request: request).value?.text == "Hello")
        #expect(await ask(FakeSender(.events(stream, type: nil))).value?.text == "Hello")
    }

    @Test(
        "what is no model API is told from its content type",
        arguments: ["text/html; charset=utf-8", "text/plain", "image/png"])
    func wrongType(type: String) async {
        let answer = FakeSender.Answer.body("<html>Log in</html>", type: type)
        let error = await ask(FakeSender(answer)).error
        #expect(error?.kind == .protocol)
        #expect(error?.isRetryable == false)
        #expect(await ask(FakeSender(.body("<html>Log in</html>", type: nil))).error?.kind == .protocol)
    }

    @Test("an answer that breaks off is an error with the text so far, unless it was complete")
    func breaks() async {
        let reset = HTTPFailure(.reset, "the connection broke")
        let cut = await ask(FakeSender(.events(Array(stream.prefix(2)), breaks: reset)), parts: PartBox()).error
        #expect(cut?.kind == .network)
        #expect(cut?.partialText == "Hello")
        #expect(cut?.hasPassedParts == true)
        #expect(cut?.status == 200)
        let unseen = await ask(FakeSender(.events(Array(stream.prefix(2)), breaks: reset))).error
        #expect(unseen?.hasPassedParts == false)
        #expect(await ask(FakeSender(.events(Array(stream.prefix(3)), breaks: reset))).value?.text == "Hello")
        let early = await ask(FakeSender(.events(Array(stream.prefix(2))))).error
        #expect(early?.kind == .truncated)
        #expect(early?.partialText == "Hello")
        let empty = await ask(FakeSender(.events([]))).error
        #expect(empty?.kind == .truncated)
        #expect(await ask(FakeSender(.body(""))).error?.kind == .decode)
    }

    @Test("a last event without its blank line counts when it is whole")
    func noBlankLine() async {
        var answer = FakeSender.Answer.events(Array(stream.prefix(2)))
        answer.pieces.append(Array("data: [DONE]".utf8))
        #expect(await ask(FakeSender(answer)).value?.text == "Hello")
        answer.pieces[2] = Array(#"data: {"choices":[{"delta":{"content":"x"}"#.utf8)
        #expect(await ask(FakeSender(answer)).error?.kind == .truncated)
    }

    @Test("an answer that is too large is given up")
    func tooLarge() async {
        var configuration = testConfiguration(.chat)
        configuration.limits.bodyBytes = 1000
        let sender = FakeSender(.events(Array(repeating: chunk(#"{"content":"abcdefghij"}"#), count: 100)))
        let error = await ask(sender, configuration).error
        #expect(error?.kind == .limit)
        #expect(sender.isCancelled)
        #expect(sender.readPieces < 12)
    }

    @Test(
        "failures of HTTP become kinds of errors",
        arguments: [
            (.connectTimeout, .timeout, true), (.idleTimeout, .timeout, true), (.totalTimeout, .timeout, true),
            (.connect, .network, true), (.reset, .network, true), (.tls, .network, true),
            (.protocol, .protocol, false), (.tooLarge, .limit, false), (.badRequest, .badRequest, false),
            (.cancelled, .cancelled, false), (.stopped, .network, false),
        ] as [(HTTPFailure.Kind, ModelError.Kind, Bool)])
    func failures(failure: HTTPFailure.Kind, kind: ModelError.Kind, isRetryable: Bool) async {
        let error = await ask(FakeSender(.init(fails: HTTPFailure(failure, "words")))).error
        #expect(error?.kind == kind)
        #expect(error?.isRetryable == isRetryable)
        #expect(error?.status == nil)
    }

    @Test(
        "statuses become kinds of errors",
        arguments: [
            (400, "", .badRequest), (401, "", .auth), (402, "", .quota), (403, "", .auth),
            (404, "<html>", .notFound),
            (408, "", .server), (409, "", .server), (413, "", .badRequest), (418, "", .protocol),
            (422, #"{"detail":[{"msg":"x"}]}"#, .badRequest), (425, "", .protocol), (500, "", .server),
            (503, "", .server),
            (529, #"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#, .server),
            (429, #"{"error":{"message":"slow","type":"requests"}}"#, .rateLimit), (429, "{", .rateLimit),
            (429, #"{"error":{"message":"pay","type":"insufficient_quota","code":"insufficient_quota"}}"#, .quota),
            (429, #"{"error":{"type":"exceeded_current_quota_error","message":"x"}}"#, .quota),
            (400, #"{"type":"error","error":{"type":"billing_error","message":"x"}}"#, .quota),
            (302, "", .redirect), (307, "", .redirect), (304, "", .redirect), (600, "", .protocol),
            (101, "", .protocol),
        ] as [(Int, String, ModelError.Kind)])
    func statuses(status: Int, body: String, kind: ModelError.Kind) async {
        let error = await ask(FakeSender(.body(body, status: status))).error
        #expect(error?.kind == kind)
        #expect(error?.status == status)
        #expect(error?.isRetryable == (kind == .server || kind == .rateLimit))
    }

    @Test("the provider's wish for another attempt is kept")
    func retryAfter() async {
        var answer = FakeSender.Answer.body(#"{"error":{"message":"slow"}}"#, status: 429)
        answer.headers += [HTTPHeader("Retry-After", "7"), HTTPHeader("x-should-retry", "false")]
        let error = await ask(FakeSender(answer)).error
        #expect(error?.retryAfter == .seconds(7))
        #expect(error?.shouldRetry == false)
        #expect(error?.message.contains("slow") == true)
    }

    @Test("an error's text is short, on one line, and its body is not read for ever")
    func errorText() async {
        let body = #"{"error":{"message":"a\u001b[31m\nb\u202e"# + String(repeating: "x", count: 5000) + #""}}"#
        let error = await ask(FakeSender(.body(body, status: 400))).error
        #expect((error?.message.count ?? 0) <= 501)
        #expect(error?.message.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 0x202E } == true)
        let endless = FakeSender.Answer(
            status: 500, pieces: Array(repeating: Array(repeating: 120, count: 8192), count: 1000))
        let sender = FakeSender(endless)
        #expect(await ask(sender).error?.kind == .server)
        #expect(sender.readPieces == 8)
        #expect(sender.isCancelled)
    }

    @Test("the key comes out nowhere, also when the provider sends it back in pieces")
    func noKey() async {
        let half = canary.count / 2
        let parts = PartBox()
        let first = canary.prefix(half)
        let second = canary.dropFirst(half)
        let events = [
            chunk(#"{"reasoning_content":"the key is \#(first)"}"#), chunk(#"{"reasoning_content":"\#(second)!"}"#),
            chunk(#"{"content":"it is \#(first)"}"#), chunk(#"{"content":"\#(second)."}"#),
            callChunk(
                #"{"index":0,"id":"\#(canary)","function":{"name":"\#(canary)","arguments":"{\"k\":\"\#(first)"}}"#),
            callChunk(#"{"index":0,"function":{"arguments":"\#(second)\"}"}}"#), chunk("{}", finish: "stop"),
            #"{"model":"\#(canary)","choices":[]}"#, "[DONE]",
        ]
        let reply = await ask(FakeSender(.events(events)), parts: parts).value
        #expect(reply?.text.hasPrefix("it is [secret:") == true)
        #expect(reply?.text.hasSuffix("].") == true)
        #expect(reply?.toolCalls.first?.arguments?["k"]?.string?.hasPrefix("[secret:") == true)
        #expect(!"\(String(describing: reply)) \(parts.all)".contains(canary))
        let joined = parts.all.joined().map { part -> String in
            switch part {
            case .text(let text), .reasoning(let text), .toolCallArguments(_, let text): text
            default: ""
            }
        }.joined()
        #expect(!joined.contains(canary))

        let told = await ask(FakeSender(.body(#"{"error":{"message":"bad key \#(canary)"}}"#, status: 401))).error
        #expect(told?.message.contains("[secret:") == true)
        let cut = await ask(FakeSender(.events([chunk(#"{"content":"\#(canary)"}"#)]))).error
        #expect(cut?.partialText.contains("[secret:") == true)
        let late = await ask(FakeSender(.events([#"{"error":{"message":"\#(canary)"}}"#]))).error
        #expect(late?.kind == .streamError)
        #expect(
            !"\(String(describing: told)) \(String(describing: cut)) \(String(describing: late))".contains(canary))
    }

    @Test("a key cannot be printed")
    func keyIsSilent() throws {
        let key = try #require(ModelKey(" \(canary)\n"))
        var dumped = ""
        dump(key, to: &dumped)
        dump(testConfiguration(.chat).key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), "\([key])", "\(["k": key])", dumped] {
            #expect(!text.contains("canary"))
            #expect(!text.isEmpty)
        }
        #expect(key.withValue { $0 } == canary)
        #expect(key.fingerprint.count == 12)
        #expect(key.fingerprint != ModelKey("other")?.fingerprint)
        #expect(ModelKey(" \n") == nil)
        #expect(testConfiguration(.chat).endpoint == "test 127.0.0.1:1/v1 \(key.fingerprint)")
    }

    @Test("what a provider would refuse anyway is not sent")
    func refused() async {
        let sender = FakeSender(.events(stream))
        var configuration = testConfiguration(.chat)
        configuration.quirks.stopLimit = 1
        configuration.quirks.stopByteLimit = 3
        configuration.quirks.toolLimit = 0
        let tool = ModelTool(name: "tool", summary: "", input: .object([:]))
        for request in [
            ModelRequest(messages: [.user("x")], stop: ["a", "b"]),
            ModelRequest(messages: [.user("x")], stop: ["long"]),
            ModelRequest(messages: [.user("x")], tools: [tool]),
        ] {
            let error = await ask(sender, configuration, request: request).error
            #expect(error?.kind == .badRequest)
            #expect(error?.attempts == 0)
        }
        #expect(sender.requests.isEmpty)
    }
}
