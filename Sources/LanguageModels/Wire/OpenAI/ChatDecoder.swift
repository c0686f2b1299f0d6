internal import Values

/// Reads answers of `chat/completions`, streamed and whole, in every form that compatible servers were seen to send.
struct ChatDecoder: WireDecoder {
    private(set) var isTerminated = false
    private var calls = ChatCalls()
    private var finishWord: String?
    private var usage: TokenUsage?
    private var hasModel = false
    private var hasChoice = false
    private var hasContent = false
    private var wasRefused = false
    private var events = 0

    var isComplete: Bool { hasChoice && (isTerminated || finishWord != nil) }

    mutating func take(event name: String, data: ArraySlice<UInt8>, into items: inout [WireItem]) throws(ModelError)
    {
        guard !isTerminated else { return }
        events += 1
        let text = WireBytes.trimmed(data)
        guard !text.isEmpty else { return }
        if text.elementsEqual("[DONE]".utf8) {
            isTerminated = true
            return
        }
        let json = try WireBytes.object(data, "event \(events) of the stream")
        if let error = WireErrorBody(json) { throw error.streamError }
        if name == "error" { throw WireErrorBody(error: json).streamError }
        try take(json, isWhole: false, into: &items)
    }

    mutating func take(whole body: ArraySlice<UInt8>, into items: inout [WireItem]) throws(ModelError) {
        let json = try WireBytes.object(body, "the answer")
        if let error = WireErrorBody(json) { throw error.streamError }
        try take(json, isWhole: true, into: &items)
        guard hasChoice else { throw .decoding("the answer", "it has no choices") }
        isTerminated = true
    }

    mutating func end(into items: inout [WireItem]) throws(ModelError) {
        guard isComplete else { throw .truncatedStream }
        calls.end(into: &items)
        if let usage { items.append(.part(.usage(usage))) }
        items.append(.part(.finish(finish)))
    }

    private mutating func take(_ json: JSON, isWhole: Bool, into items: inout [WireItem]) throws(ModelError) {
        if !hasModel, let model = json["model"]?.string, !model.isEmpty {
            hasModel = true
            items.append(.model(model))
        }
        if let used = json["usage"].flatMap(Self.usage) { usage = used }
        for choice in json["choices"]?.array ?? [] where (choice["index"]?.int ?? 0) == 0 {
            guard choice.object != nil else { continue }
            hasChoice = true
            if let used = choice["usage"].flatMap(Self.usage) { usage = used }
            if let delta = choice["delta"], delta.object != nil {
                try take(delta: delta, isWhole: false, into: &items)
            } else if let message = choice["message"], isWhole || !hasContent {
                try take(delta: message, isWhole: true, into: &items)
            }
            if let word = choice["finish_reason"]?.string, !word.isEmpty { finishWord = word }
        }
    }

    private mutating func take(delta: JSON, isWhole: Bool, into items: inout [WireItem]) throws(ModelError) {
        // vLLM and gateways say `reasoning`; some servers say both.
        if let piece = Self.text(delta["reasoning_content"]) ?? Self.text(delta["reasoning"]) {
            hasContent = true
            items.append(.part(.reasoning(piece)))
        }
        if let piece = Self.text(delta["content"]) {
            hasContent = true
            items.append(.part(.text(piece)))
        }
        if let piece = Self.text(delta["refusal"]) {
            hasContent = true
            wasRefused = true
            items.append(.part(.text(piece)))
        }
        let entries = delta["tool_calls"]?.array ?? []
        if !entries.isEmpty {
            hasContent = true
            try calls.take(entries, isWhole: isWhole, into: &items)
        }
        if let call = delta["function_call"], call.object != nil {
            hasContent = true
            try calls.take(legacy: call, into: &items)
        }
    }

    /// A text that is not empty: a string, or the texts of a list of typed parts.
    private static func text(_ value: JSON?) -> String? {
        var text = value?.string ?? ""
        if let parts = value?.array { text = parts.compactMap { $0["text"]?.string }.joined() }
        return text.isEmpty ? nil : text
    }

    private var finish: FinishReason {
        switch finishWord {
        case nil, "stop", "tool_calls", "function_call":
            // What the answer holds counts, not what it says of itself.
            calls.isEmpty ? (wasRefused ? .contentFilter : .stop) : .toolCalls
        case "length": .length
        case "content_filter": .contentFilter
        case .some(let word): .other(word)
        }
    }

    /// Cached tokens stand in `prompt_tokens_details` (OpenAI), beside the sums (Kimi), or as `prompt_cache_hit_tokens`
    /// (DeepSeek).
    private static func usage(_ json: JSON) -> TokenUsage? {
        guard json.object != nil else { return nil }
        let input = json["prompt_tokens"]?.count
        let output = json["completion_tokens"]?.count
        guard input != nil || output != nil else { return nil }
        let cached =
            json["prompt_tokens_details"]?["cached_tokens"]?.count ?? json["cached_tokens"]?.count
            ?? json["prompt_cache_hit_tokens"]?.count
        return TokenUsage(
            input: input ?? 0, output: output ?? 0, cachedInput: cached ?? 0,
            reasoning: json["completion_tokens_details"]?["reasoning_tokens"]?.count ?? 0)
    }
}
