import LanguageModels
import Testing
import Values

@Suite("Calls in the deltas of chat completions")
struct ChatCallsTests {
    private func calls(_ events: String..., finish: String = "tool_calls") -> [ToolCall] {
        let answer = read(.chat, events: events + [chunk("{}", finish: finish), "[DONE]"])
        #expect(answer.error == nil)
        #expect(answer.reply?.finish == (answer.calls.isEmpty ? .stop : .toolCalls))
        return answer.calls
    }

    private let one = [ToolCall(id: "c1", name: "run_sql", raw: #"{"q":"x"}"#)]

    @Test("fragments are joined by index")
    func byIndex() {
        #expect(
            calls(
                callChunk(#"{"index":0,"id":"c1","type":"function","function":{"name":"run_sql","arguments":""}}"#),
                callChunk(#"{"index":0,"function":{"arguments":"{\"q\":"}}"#),
                callChunk(#"{"index":0,"function":{"arguments":"\"x\"}"}}"#)) == one)
    }

    @Test("a start and its fragments are passed on as they come")
    func parts() {
        let answer = read(
            .chat,
            events: [
                callChunk(#"{"index":0,"id":"c1","function":{"name":"run_sql","arguments":""}}"#),
                callChunk(#"{"index":0,"function":{"arguments":"{\"q\":"}}"#),
                callChunk(#"{"index":0,"function":{"arguments":"1}"}}"#), chunk("{}", finish: "stop"),
            ])
        #expect(
            answer.parts == [
                .toolCallStarted(index: 0, id: "c1", name: "run_sql"),
                .toolCallArguments(index: 0, fragment: #"{"q":"#),
                .toolCallArguments(index: 0, fragment: "1}"), .finish(.toolCalls),
            ])
    }

    @Test("identifier and name may be repeated, and the index may be missing")
    func repeated() {
        for index in [#""index":0,"#, ""] {
            #expect(
                calls(
                    callChunk("{\(index)" + #""id":"c1","function":{"name":"run_sql","arguments":"{\"q\":"}}"#),
                    callChunk("{\(index)" + #""id":"c1","function":{"name":"run_sql","arguments":"\"x\"}"}}"#))
                    == one)
        }
        #expect(
            calls(
                callChunk(#"{"id":"c1","function":{"name":"run_sql"}}"#),
                callChunk(#"{"function":{"arguments":"{\"q\":"}}"#),
                callChunk(#"{"function":{"arguments":"\"x\"}"}}"#)) == one)
        #expect(
            calls(
                callChunk(#"{"function":{"name":"run_sql","arguments":"{\"q\":"}}"#),
                callChunk(#"{"function":{"name":"run_sql","arguments":"\"x\"}"}}"#)
            ).map(\.raw) == [#"{"q":"x"}"#])
    }

    @Test("a missing identifier is made up, the same each time and never one that is there")
    func madeUp() {
        let answer = calls(
            callChunk(#"{"index":0,"id":"call_2","function":{"name":"tool_a","arguments":"{}"}}"#),
            callChunk(#"{"index":1,"function":{"name":"tool_b","arguments":"{}"}}"#),
            callChunk(#"{"index":2,"id":"","function":{"name":"tool_c","arguments":"{}"}}"#),
            callChunk(#"{"index":3,"id":"call_2","function":{"name":"tool_d","arguments":"{}"}}"#))
        #expect(answer.map(\.id) == ["call_2", "call_2_2", "call_3", "call_4"])
    }

    @Test("an identifier or a name that comes late belongs to its call")
    func late() {
        #expect(
            calls(
                callChunk(#"{"index":0,"function":{"name":"run_sql"}}"#), callChunk(#"{"index":0,"id":"c1"}"#),
                callChunk(#"{"index":0,"function":{"arguments":"{\"q\":\"x\"}"}}"#)) == one)
        #expect(
            calls(
                callChunk(#"{"index":0,"id":"c1","function":{"arguments":"{\"q\":"}}"#),
                callChunk(#"{"index":0,"function":{"name":"run_sql","arguments":"\"x\"}"}}"#)) == one)
        let nameless = calls(callChunk(#"{"index":0,"id":"c1","function":{"arguments":"{}"}}"#))
        #expect(nameless == [ToolCall(id: "c1", name: "", raw: "{}")])
    }

    @Test("interleaved calls are kept apart, whatever their indices are")
    func interleaved() {
        let answer = calls(
            callChunk(
                #"{"index":7,"id":"a","function":{"name":"tool_a","arguments":"{\"x\":"}}"#,
                #"{"index":3,"id":"b","function":{"name":"tool_b","arguments":"{\"y\":"}}"#),
            callChunk(#"{"index":3,"function":{"arguments":"2}"}}"#),
            callChunk(#"{"index":7,"function":{"arguments":"1}"}}"#))
        #expect(answer.map(\.arguments) == [["x": 1], ["y": 2]])
    }

    @Test("another identifier at the same index begins another call")
    func sameIndex() {
        let answer = calls(
            callChunk(#"{"index":0,"id":"a","function":{"name":"tool_a","arguments":"{\"x\":1}"}}"#),
            callChunk(#"{"index":0,"id":"b","function":{"name":"tool_a","arguments":"{\"x\":"}}"#),
            callChunk(#"{"index":0,"function":{"arguments":"2}"}}"#))
        #expect(answer.map(\.arguments) == [["x": 1], ["x": 2]])
        let nameless = calls(
            callChunk(#"{"index":0,"function":{"name":"tool_a","arguments":"{\"x\":1}"}}"#),
            callChunk(#"{"index":0,"function":{"name":"tool_a","arguments":"{\"x\":2}"}}"#),
            callChunk(#"{"index":0,"function":{"name":"tool_b","arguments":"{}"}}"#))
        #expect(nameless.map(\.arguments) == [["x": 1], ["x": 2], [:]])
        let together = calls(
            callChunk(
                #"{"function":{"name":"tool_a","arguments":""}}"#,
                #"{"function":{"name":"tool_a","arguments":"{}"}}"#))
        #expect(together.count == 2)
    }

    @Test(
        "arguments that are null, missing, empty or an object are read",
        arguments: [
            (#""arguments":null"#, [:]), (#""other":1"#, [:]), (#""arguments":"""#, [:]),
            (#""arguments":"  ""#, [:]),
            (#""arguments":{"a":[1]}"#, ["a": [1]]), (#""arguments":"{\"a\":1}""#, ["a": 1]),
        ] as [(String, JSON)])
    func arguments(member: String, expected: JSON) {
        let entry = #"{"index":0,"id":"c","function":{"name":"run_sql","# + member + "}}"
        #expect(calls(callChunk(entry)).map(\.arguments) == [expected])
    }

    @Test(
        "arguments that break off or are no object are never made up",
        arguments: [#"{"city": "Par"#, "[1]", "null", "{}{}", "x"])
    func brokenArguments(raw: String) {
        let entry = #"{"index":0,"id":"c","function":{"name":"run_sql","arguments":"# + "\(JSON.string(raw))}}"
        let answer = calls(callChunk(entry))
        #expect(answer.map(\.arguments) == [nil])
        #expect(answer.map(\.raw) == [raw])
    }

    @Test("an empty list of calls asks for none; the finish reason stop does not hide calls")
    func emptyList() {
        #expect(calls(chunk(#"{"tool_calls":[],"content":"x"}"#)).isEmpty)
        #expect(calls(chunk(#"{"tool_calls":null}"#), chunk(#"{"tool_calls":[null,3]}"#)).isEmpty)
        #expect(
            calls(
                callChunk(#"{"index":0,"id":"c1","function":{"name":"run_sql","arguments":"{\"q\":\"x\"}"}}"#),
                finish: "stop") == one)
    }

    @Test("the API before tools is understood")
    func legacy() {
        let answer = calls(
            chunk(#"{"function_call":{"name":"run_sql","arguments":""}}"#),
            chunk(#"{"function_call":{"arguments":"{\"q\":"}}"#), chunk(#"{"function_call":{"arguments":"1}"}}"#),
            finish: "function_call")
        #expect(answer == [ToolCall(id: "call_1", name: "run_sql", raw: #"{"q":1}"#)])
    }

    @Test("the number of calls is capped")
    func capped() {
        let events = (0..<300).map { callChunk(#"{"index":\#($0),"id":"c\#($0)","function":{"name":"run_sql"}}"#) }
        #expect(read(.chat, events: events).error?.kind == .limit)
    }
}
