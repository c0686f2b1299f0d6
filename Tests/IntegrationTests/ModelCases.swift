import Foundation
import Support
import Values

private let hello = FaultAnswer.helloText
/// The text of the first four events of ``FaultAnswer/hello``, a ping or role event included.
private let begun = "Hello, wörld"

private func eventsBegun(_ api: FaultAPI) -> Int { api == .openAI ? 3 : 4 }

/// A reply whose number of events depends on the API, so that both have sent the same text.
private func begun(_ make: @escaping @Sendable (Int) -> FaultReply) -> FaultReply {
    FaultReply { request in make(eventsBegun(request.api ?? .openAI)).actions(request) }
}

/// Answers that are right, in forms that are hard to read or behind failures that go away.
let goodModelCases: [ModelCase] = [
    ModelCase(
        name: "a good answer", replies: [.answer()], expected: .text(hello, attempts: 1),
        check: {
            $0["finish"] == "stop" && $0["model"] == "test-model" && $0["input_tokens"] == 9
                && $0["output_tokens"] == 17 && $0["tool_calls"] == []
        }),
    ModelCase(
        name: "text and two calls of tools",
        replies: [
            .answer(
                FaultAnswer(
                    ["Let me look."],
                    calls: [
                        .init(id: "a", fragments: [#"{"q":"#, #" "SELECT 1"}"#]),
                        .init(id: "b", name: "draw_chart", fragments: [#"{"kind":"bar"}"#]),
                    ]))
        ], expected: .text("Let me look.", attempts: 1),
        check: {
            $0["finish"] == "tool_calls"
                && $0["tool_calls"]?[0]?["arguments"] == ["q": "SELECT 1"]
                && $0["tool_calls"]?[1]?["name"] == "draw_chart" && $0["tool_calls"]?[1]?["raw"]?.string != nil
        }),
    ModelCase(
        name: "an answer cut by its length",
        replies: [
            .answer(
                {
                    var answer = FaultAnswer.hello
                    answer.isCut = true
                    return answer
                }())
        ], expected: .text(hello, attempts: 1), check: { $0["finish"] == "length" }),
    ModelCase(
        name: "an answer whose end is the end of the connection", replies: [.answerUntilClose()],
        expected: .text(hello, attempts: 1)),
    ModelCase(name: "a compressed answer", replies: [.gzipped()], expected: .text(hello, attempts: 1)),
    ModelCase(name: "one byte at a time", replies: [.bytewise()], expected: .text(hello, attempts: 1)),
    ModelCase(
        name: "slowly one byte at a time", replies: [.slow(headers: false, pause: 1)],
        expected: .text(hello, attempts: 1), modes: [.whole]),
    ModelCase(name: "the other form than asked for", replies: [.otherForm()], expected: .text(hello, attempts: 1)),
    ModelCase(
        name: "a delta of 8 MiB", replies: [.giant(bytes: 8 << 20)],
        expected: .text(String(repeating: "g", count: 8 << 20), attempts: 1), mostMiB: 400),
    ModelCase(
        name: "a burst of every status that goes away",
        replies: [408, 409, 500, 502, 503, 504, 529].map { .error($0) } + [.answer()],
        expected: .text(hello, attempts: 8), flags: ["--max-retries", "7"]),
    ModelCase(
        name: "an HTML error page of a proxy, then an answer", replies: [.html(502), .answer()],
        expected: .text(hello, attempts: 2)),
    ModelCase(
        name: "a status that says try again", replies: [.error(400, headers: ["x-should-retry: true"]), .answer()],
        expected: .text(hello, attempts: 2), modes: [.whole]),
    ModelCase(
        name: "a reset before the headers", replies: [.silent(.reset), .answer()],
        expected: .text(hello, attempts: 2)),
    ModelCase(
        name: "an end before the headers", replies: [.silent(.finish), .answer()],
        expected: .text(hello, attempts: 2)),
    ModelCase(
        name: "a reset in a whole answer", replies: [.broken(.reset, afterEvents: 3), .answer()],
        expected: .text(hello, attempts: 2), modes: [.whole]),
    ModelCase(
        name: "silence before the headers, then an answer", replies: [.silent(.hang), .answer()],
        expected: .text(hello, attempts: 2), flags: ["--idle-timeout-ms", "300"], least: .milliseconds(300)),
    ModelCase(
        name: "an error before the first text, then an answer",
        replies: [.midStreamError(type: "overloaded_error", afterEvents: 1), .answer()],
        expected: .text(hello, attempts: 2)),
    ModelCase(
        name: "bytes that are no UTF-8", replies: [.invalidUTF8],
        expected: .text("ab\u{FFFD}\u{FFFD}(\u{FFFD}\u{FFFD}\u{FFFD}cd", attempts: 1)),
]

/// What Retry-After can say, with what must come of it.
let retryAfterCases: [ModelCase] = {
    func date(_ format: String, in seconds: TimeInterval) -> FaultReply {
        FaultReply { request in
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = TimeZone(identifier: "GMT")
            formatter.dateFormat = format
            let text = formatter.string(from: Date(timeIntervalSinceNow: seconds))
            return FaultReply.rateLimited("Retry-After: \(text)").actions(request)
        }
    }
    func waits(_ name: String, _ reply: FaultReply, _ least: Duration, _ most: Duration = .seconds(20)) -> ModelCase
    {
        ModelCase(
            name: "429, Retry-After \(name)", replies: [reply, .answer()], expected: .text(hello, attempts: 2),
            least: least, most: most)
    }
    func tooLong(_ name: String, _ header: String) -> ModelCase {
        ModelCase(
            name: "429, Retry-After \(name)", replies: [.rateLimited(header), .answer()],
            expected: .failure(["rate_limit"], status: 429, attempts: 1, retryable: true), most: .seconds(10),
            check: { ($0["retry_after_ms"]?.int ?? 0) >= 60_000 })
    }
    var cases = [
        waits("in seconds", .rateLimited("Retry-After: 1"), .seconds(1)),
        waits("with a fraction", .rateLimited("Retry-After: 0.4"), .milliseconds(400)),
        waits("in milliseconds", .rateLimited("retry-after-ms: 300"), .milliseconds(300)),
        waits("as IMF-fixdate", date("EEE, dd MMM yyyy HH:mm:ss 'GMT'", in: 2), .seconds(1)),
        waits("as RFC 850 date", date("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", in: 2), .seconds(1)),
        waits("as asctime date", date("EEE MMM d HH:mm:ss yyyy", in: 2), .seconds(1)),
        waits("as a date that has passed", date("EEE, dd MMM yyyy HH:mm:ss 'GMT'", in: -3600), .zero),
        waits("zero", .rateLimited("Retry-After: 0"), .zero),
        waits("missing", .rateLimited(), .zero),
    ]
    for word in ["-5", "NaN", "", "soon", "inf", "0x10", "1,5", "Thu, 32 Foo 2026 99:99:99 GMT"] {
        cases.append(waits("'\(word)', which is nothing", .rateLimited("Retry-After: \(word)"), .zero))
    }
    cases += [
        tooLong("1e400", "Retry-After: 1e400"), tooLong("of a day", "Retry-After: 86400"),
        tooLong("of many digits", "Retry-After: " + String(repeating: "9", count: 60)),
        tooLong("in the year 9999", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"),
        tooLong("in too many milliseconds", "retry-after-ms: 1e30"),
    ]
    // What is read here stands before any body: the combinations of API and mode take turns.
    for index in cases.indices {
        cases[index].apis = [FaultAPI.allCases[index % 2]]
        cases[index].modes = [ModelCase.Mode.allCases[index / 2 % 2]]
    }
    return cases
}()

/// Failures that stay failures.
let badModelCases: [ModelCase] =
    [
        ModelCase(
            name: "overload that does not end", replies: [.error(529)],
            expected: .failure(["server"], status: 529, attempts: 3, partial: "", retryable: true)),
        ModelCase(
            name: "a rate limit that does not end", replies: [.rateLimited("retry-after-ms: 5")],
            expected: .failure(["rate_limit"], status: 429, attempts: 3, retryable: true)),
        ModelCase(
            name: "an account without money", replies: [.quota],
            expected: .failure(["quota"], attempts: 1, retryable: false)),
        ModelCase(
            name: "a status that says do not try again", replies: [.error(503, headers: ["x-should-retry: false"])],
            expected: .failure(["server"], status: 503, attempts: 1), modes: [.whole]),
        ModelCase(
            name: "silence before the headers", replies: [.silent(.hang)],
            expected: .failure(["timeout"], attempts: 1, partial: ""),
            flags: ["--idle-timeout-ms", "300", "--max-retries", "0"], least: .milliseconds(300), most: .seconds(10)
        ),
        ModelCase(
            name: "silence behind the head", replies: [.headOnly(.hang)],
            expected: .failure(["timeout"], attempts: 1),
            flags: ["--idle-timeout-ms", "300", "--max-retries", "0"], least: .milliseconds(300), most: .seconds(10)
        ),
        ModelCase(
            name: "silence until the total deadline", replies: [.silent(.hang)],
            expected: .failure(["timeout"], attempts: 1), flags: ["--total-timeout-ms", "500"],
            least: .milliseconds(500), most: .seconds(10)),
        ModelCase(
            name: "silence in the middle of a stream", replies: [begun { .broken(.hang, afterEvents: $0) }],
            expected: .failure(["timeout"], attempts: 1, partial: begun, retryable: true),
            flags: ["--idle-timeout-ms", "300"], modes: [.stream], least: .milliseconds(300), most: .seconds(10)),
        ModelCase(
            name: "silence in the middle of a whole answer", replies: [.broken(.hang, afterEvents: 3)],
            expected: .failure(["timeout"], attempts: 1),
            flags: ["--idle-timeout-ms", "300", "--max-retries", "0"], modes: [.whole], least: .milliseconds(300),
            most: .seconds(10)),
        ModelCase(
            name: "a reset in the middle of a stream", replies: [begun { .broken(.reset, afterEvents: $0) }],
            expected: .failure(["network"], attempts: 1, partial: begun, retryable: true), modes: [.stream]),
        ModelCase(
            name: "an end in the middle of a stream", replies: [begun { .broken(.finish, afterEvents: $0) }],
            expected: .failure(["network", "truncated"], attempts: 1, partial: begun, retryable: true),
            modes: [.stream]),
        ModelCase(
            name: "a reset in every whole answer", replies: [.broken(.reset, afterEvents: 3)],
            expected: .failure(["network"], attempts: 3), modes: [.whole]),
        ModelCase(
            name: "a stream that ends in order too early", replies: [begun { .cut(afterEvents: $0) }],
            expected: .failure(["truncated"], attempts: 1, partial: begun, retryable: true), modes: [.stream]),
        ModelCase(
            name: "an empty stream", replies: [.cut(afterEvents: 0)],
            expected: .failure(["truncated"], attempts: 3),
            modes: [.stream]),
        ModelCase(
            name: "half of a whole answer", replies: [.cut(afterEvents: 0)],
            expected: .failure(["decode"], attempts: 1, retryable: false), modes: [.whole]),
        ModelCase(
            name: "half an object in a stream", replies: [begun { .brokenEvent(afterEvents: $0) }],
            expected: .failure(["decode"], attempts: 1, partial: begun), modes: [.stream]),
        ModelCase(
            name: "an error object in the middle of a stream",
            replies: [begun { .midStreamError(type: "overloaded_error", afterEvents: $0) }],
            expected: .failure(["stream_error"], attempts: 1, partial: begun, retryable: true), modes: [.stream]),
        ModelCase(
            name: "an error object with status 200",
            replies: [.midStreamError(type: "server_error", afterEvents: 0)],
            expected: .failure(["stream_error"], attempts: 3), modes: [.whole]),
        ModelCase(
            name: "a page for people", replies: [.html()],
            expected: .failure(["protocol"], status: 200, attempts: 1, retryable: false)),
        ModelCase(
            name: "a wrong content type", replies: [.changed(type: "text/plain") { $0 }],
            expected: .failure(["protocol"], attempts: 1)),
        ModelCase(
            name: "no HTTP at all", replies: [.raw([.text("SSH-2.0-OpenSSH_9.2\r\n"), .finish])],
            expected: .failure(["protocol"], attempts: 1), modes: [.whole]),
        ModelCase(
            name: "JSON nested 100 000 levels deep", replies: [.deep(levels: 100_000)],
            expected: .failure(["decode", "limit"], attempts: 1), mostMiB: 300),
        ModelCase(
            name: "headers of 256 KiB", replies: [.hugeHeaders(bytes: 256 << 10)],
            expected: .failure(["limit"], attempts: 1, retryable: false), mostMiB: 200),
        ModelCase(
            name: "headers a byte at a time", replies: [.slow(headers: true, pause: 30)],
            expected: .failure(["timeout"], attempts: 1), flags: ["--total-timeout-ms", "700"],
            least: .milliseconds(700), most: .seconds(10)),
        ModelCase(
            name: "a body a byte at a time", replies: [.slow(headers: false, pause: 20)],
            expected: .failure(["timeout"], attempts: 1), flags: ["--total-timeout-ms", "700"],
            least: .milliseconds(700), most: .seconds(10)),
        ModelCase(
            name: "deltas without an end, against the bytes", replies: [.endless(pause: 0)],
            expected: .failure(["limit"], attempts: 1, retryable: false),
            flags: ["--max-response-bytes", "200000"],
            modes: [.stream], mostMiB: 200,
            check: { $0["partial_text"]?.string?.hasPrefix("again again ") ?? false }),
        ModelCase(
            name: "deltas without an end, against the clock", replies: [.endless(pause: 5)],
            expected: .failure(["timeout"], attempts: 1), flags: ["--total-timeout-ms", "800"], modes: [.stream],
            least: .milliseconds(800), most: .seconds(10)),
        ModelCase(
            name: "an answer with more bytes than allowed", replies: [.giant(bytes: 4 << 20)],
            expected: .failure(["limit"], attempts: 1), flags: ["--max-response-bytes", "1000000"], mostMiB: 200),
        ModelCase(
            name: "a gzip bomb of 1 GiB", replies: [.gzipBomb(bytes: 1 << 30)],
            expected: .failure(["limit"], attempts: 1, retryable: false),
            flags: ["--max-response-bytes", "16777216"],
            mostMiB: 200),
    ]
    + [400, 401, 403, 404, 413, 422].map { status in
        ModelCase(
            name: "status \(status)", replies: [.error(status)],
            expected: .failure(
                [[401, 403].contains(status) ? "auth" : status == 404 ? "not_found" : "bad_request"],
                status: status,
                attempts: 1, partial: "", retryable: false), modes: [.whole])
    }
    + [301, 302, 303, 307, 308].map { status in
        ModelCase(
            name: "redirect \(status)", replies: [.redirectLoop(status)],
            expected: .failure(["redirect"], status: status, attempts: 1, retryable: false),
            modes: [status % 2 == 0 ? .stream : .whole], requests: 1...1)
    }
