import HTTPClient
import Testing
import Values

@testable import LanguageModels

/// The bytes of a stream with names, comments and line ends of all kinds.
private func bytes(_ events: [String], lineEnd: String = "\n") -> [UInt8] {
    Array(events.map { ": keep-alive\(lineEnd)event: x\(lineEnd)data: \($0)\(lineEnd)\(lineEnd)" }.joined().utf8)
}

/// What a model makes of a body that comes in these pieces: all parts, and the answer or the error.
private func outcome(_ api: ProviderAPI, _ pieces: [[UInt8]], type: String = "text/event-stream") async -> String {
    let sender = FakeSender(.init(headers: [HTTPHeader("content-type", type)], pieces: pieces))
    let box = PartBox()
    let result = await ask(sender, testConfiguration(api), parts: box)
    switch result {
    case .success(let reply): return "\(joined(box.all.flatMap { $0 })) \(reply)"
    case .failure(let error): return "\(error.kind) \(error.status ?? 0) \(error.partialText) \(error.message)"
    }
}

/// Neighbouring pieces of one kind as one: a redactor may hold pieces back, not change them.
private func joined(_ parts: [ModelPart]) -> String { parts.map { "\($0)" }.joined(separator: "\n") }

private let chatStream = [
    chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"reasoning_content":"Grüße 😀"}"#),
    chunk(#"{"content":"sk-canary-0123 is not the key, sk-canary-0123456789abcdef is. "}"#),
    chunk(#"{"content":"漢字\ud83d\ude00\ud83d"}"#),
    callChunk(#"{"index":0,"id":"c1","function":{"name":"run_sql","arguments":"{\"q\":"}}"#),
    callChunk(#"{"index":1,"function":{"name":"other_tool","arguments":"{}"}}"#),
    callChunk(#"{"index":0,"function":{"arguments":"\"x\"}"}}"#), chunk("{}", finish: "tool_calls"),
    #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":17}}"#, "[DONE]",
]

@Suite("No bytes of a provider do harm")
struct WireFuzzTests {
    private func stream(_ api: ProviderAPI) -> [String] { api == .chat ? chatStream : messagesStream }

    @Test("any split of the bytes gives the same parts and the same answer", arguments: ProviderAPI.allCases)
    func splits(api: ProviderAPI) async {
        for lineEnd in ["\n", "\r\n", "\r"] {
            let whole = bytes(stream(api), lineEnd: lineEnd)
            let expected = await outcome(api, [whole])
            #expect(expected.contains("toolCalls"))
            #expect(await outcome(api, whole.map { [$0] }) == expected)
            for cut in stride(from: 1, to: whole.count, by: 37) {
                #expect(await outcome(api, [Array(whole[..<cut]), Array(whole[cut...])]) == expected)
            }
            var random = SeededRandom(seed: 7)
            for _ in 0..<40 {
                var pieces: [[UInt8]] = []
                var at = 0
                while at < whole.count {
                    let end = min(whole.count, at + 1 + random.below(200))
                    pieces.append(Array(whole[at..<end]))
                    at = end
                }
                #expect(await outcome(api, pieces) == expected)
            }
        }
    }

    @Test("mutated streams and bodies give an answer or a typed error", arguments: ProviderAPI.allCases)
    func mutations(api: ProviderAPI) async {
        var random = SeededRandom(seed: 11).split(api.rawValue)
        let original = bytes(stream(api))
        let words = [
            "null", "{", "}", "[", "]", "\"", "-1", "1e999", "\\ud800", "\n\n", "data:", "[DONE]",
            "99999999999999999999",
        ]
        var kinds: Set<ModelError.Kind> = []
        var answers = 0
        for round in 0..<1500 {
            var mutated = original
            for _ in 0...random.below(4) {
                let at = random.below(mutated.count)
                switch random.below(5) {
                case 0: mutated[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: mutated.removeSubrange(at..<min(mutated.count, at + 1 + random.below(30)))
                case 2: mutated.insert(contentsOf: words[random.below(words.count)].utf8, at: at)
                case 3:
                    let from = random.below(mutated.count)
                    mutated.insert(contentsOf: Array(mutated[from..<min(mutated.count, from + 80)]), at: at)
                default: mutated.removeSubrange(at...)
                }
                if mutated.isEmpty { mutated = [32] }
            }
            let type = round % 7 == 0 ? "application/json" : "text/event-stream"
            let sender = FakeSender(.init(headers: [HTTPHeader("content-type", type)], pieces: [mutated]))
            switch await ask(sender, testConfiguration(api)) {
            case .success(let reply):
                answers += 1
                #expect(!"\(reply)".contains(canary))
                #expect(Set(reply.toolCalls.map(\.id)).count == reply.toolCalls.count)
            case .failure(let error):
                kinds.insert(error.kind)
                #expect(!"\(error) \(error.partialText)".contains(canary))
            }
        }
        #expect(answers > 50)
        #expect(kinds.isSubset(of: [.truncated, .decode, .streamError, .limit, .protocol]))
        #expect(kinds.contains(.truncated) && kinds.contains(.decode))
    }

    @Test("random bytes give a typed error", arguments: ProviderAPI.allCases)
    func noise(api: ProviderAPI) async {
        var random = SeededRandom(seed: 13).split(api.rawValue)
        for round in 0..<500 {
            let noise = (0..<random.below(300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let bodies: [[UInt8]] = [
                noise, Array("data: ".utf8) + noise + [10, 10], Array(#"{"a":""#.utf8) + noise,
            ]
            let types = ["text/event-stream", "application/json", ""]
            let sender = FakeSender(
                .init(headers: [HTTPHeader("content-type", types[round % 3])], pieces: [bodies[round / 3 % 3]]))
            #expect(await ask(sender, testConfiguration(api)).error != nil)
            let refused = FakeSender(.init(status: 400 + random.below(200), pieces: [noise]))
            #expect(await ask(refused, testConfiguration(api)).error?.status != nil)
        }
    }

    @Test("random entries of calls always give calls with identifiers of their own, the same each time")
    func callForms() {
        var random = SeededRandom(seed: 17)
        let ids = ["", #""id":"a","#, #""id":"b","#, #""id":null,"#, #""id":"call_2","#]
        let indices = ["", #""index":0,"#, #""index":1,"#, #""index":-5,"#, #""index":"x","#]
        let names = ["", #""name":"tool_a","#, #""name":"tool_b","#, #""name":"","#]
        let arguments = ["", "{", "}", "{}", #"\"a\":1"#, #"\""#]
        for _ in 0..<3000 {
            let events = (0...random.below(6)).map { _ in
                let id = ids[random.below(ids.count)] + indices[random.below(indices.count)]
                let name = names[random.below(names.count)]
                return callChunk(
                    "{\(id)\"function\":{\(name)\"arguments\":\"\(arguments[random.below(arguments.count)])\"}}")
            }
            let answer = read(.chat, events: events + ["[DONE]"])
            #expect(answer.error == nil)
            #expect(Set(answer.calls.map(\.id)).count == answer.calls.count)
            #expect(!answer.calls.isEmpty)
            #expect(read(.chat, events: events + ["[DONE]"]) == answer)
        }
    }

    @Test("20 000 small deltas and one of 8 MiB take time in proportion")
    func large() async {
        let clock = ContinuousClock()
        let small = bytes(Array(repeating: chunk(#"{"content":"abcde"}"#), count: 20_000) + ["[DONE]"])
        let giant = bytes([chunk(#"{"content":""# + String(repeating: "x\\n", count: 4 << 20) + #""}"#), "[DONE]"])
        let fragments = bytes(
            [callChunk(#"{"index":0,"id":"c","function":{"name":"tool_a","arguments":"{\"a\":\""}}"#)]
                + Array(repeating: callChunk(#"{"index":0,"function":{"arguments":"abcdefgh"}}"#), count: 10_000)
                + [callChunk(#"{"index":0,"function":{"arguments":"\"}"}}"#), "[DONE]"])
        for (body, count) in [(small, 100_000), (giant, 8 << 20)] {
            let sender = FakeSender(
                .init(headers: [HTTPHeader("content-type", "text/event-stream")], pieces: [body]))
            let start = clock.now
            let reply = await ask(sender).value
            #expect(reply?.text.utf8.count == count)
            #expect(start.duration(to: clock.now) < .seconds(60))
        }
        let sender = FakeSender(
            .init(headers: [HTTPHeader("content-type", "text/event-stream")], pieces: [fragments]))
        #expect(await ask(sender).value?.toolCalls.first?.arguments?["a"]?.string?.utf8.count == 80_000)
    }
}
