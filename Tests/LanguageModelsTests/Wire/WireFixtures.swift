import Values

@testable import LanguageModels

/// What came of reading an answer: parts, and the whole or the error.
struct ReadAnswer: Equatable {
    var parts: [ModelPart]
    var reply: ModelReply?
    var error: ModelError?
    var text: String

    var calls: [ToolCall] { reply?.toolCalls ?? [] }
}

/// Which API.
enum WireAPI: CaseIterable {
    case chat, messages

    var decoder: any WireDecoder { self == .chat ? ChatDecoder() : MessagesDecoder() }
}

/// Reads a stream from the data of its events.
func read(_ api: WireAPI, events: [String], redactor: Redactor = Redactor()) -> ReadAnswer {
    read(api, events: events.map { ("", Array($0.utf8)) }, redactor: redactor)
}

/// Reads a stream from names and data of its events.
func read(
    _ api: WireAPI, events: [(name: String, data: [UInt8])], redactor: Redactor = Redactor()
) -> ReadAnswer {
    var reader = AnswerReader(api.decoder, redactor: redactor)
    var parts: [ModelPart] = []
    do throws(ModelError) {
        for event in events {
            try reader.take(event: event.name, data: event.data[...])
            parts += reader.takeParts()
        }
        let reply = try reader.end()
        parts += reader.takeParts()
        return ReadAnswer(parts: parts, reply: reply, error: nil, text: reply.text)
    } catch {
        let text = reader.partialText()
        return ReadAnswer(parts: parts + reader.takeParts(), reply: nil, error: error, text: text)
    }
}

/// Reads a whole answer.
func read(_ api: WireAPI, whole: String, redactor: Redactor = Redactor()) -> ReadAnswer {
    var reader = AnswerReader(api.decoder, redactor: redactor)
    do throws(ModelError) {
        try reader.take(whole: Array(whole.utf8)[...])
        let reply = try reader.end()
        return ReadAnswer(parts: reader.takeParts(), reply: reply, error: nil, text: reply.text)
    } catch {
        let text = reader.partialText()
        return ReadAnswer(parts: reader.takeParts(), reply: nil, error: error, text: text)
    }
}

/// A chunk of chat completions with a delta.
func chunk(_ delta: String, finish: String? = nil, more: String = "") -> String {
    let reason = finish.map { "\"\($0)\"" } ?? "null"
    return #"{"id":"x","object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":"#
        + delta + #","finish_reason":"# + reason + more + "}]}"
}

/// A chunk whose delta holds these entries of `tool_calls`.
func callChunk(_ entries: String...) -> String {
    chunk(#"{"tool_calls":["# + entries.joined(separator: ",") + "]}")
}
