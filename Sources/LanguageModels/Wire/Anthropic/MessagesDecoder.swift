internal import Values

/// Reads answers of Anthropic's `messages`, streamed and whole. Unknown events, blocks and deltas are ignored, as the
/// API asks.
struct MessagesDecoder: WireDecoder {
    private(set) var isTerminated = false
    private var blocks: [Int: Block] = [:]
    private var callCount = 0
    private var usedIDs: Set<String> = []
    private var stopReason: String?
    private var usage: MessagesUsage?
    private var hasStarted = false
    private var events = 0

    private enum Block {
        case text
        case thinking(signature: String)
        /// `input` is what the block began with, for providers that send it whole.
        case call(index: Int, input: JSON?, hasArguments: Bool)
        case ignored
    }

    var isComplete: Bool { hasStarted && (isTerminated || stopReason != nil) }

    mutating func take(event name: String, data: ArraySlice<UInt8>, into items: inout [WireItem]) throws(ModelError)
    {
        guard !isTerminated else { return }
        events += 1
        guard !WireBytes.trimmed(data).isEmpty else { return }
        let json = try WireBytes.object(data, "event \(events) of the stream")
        let type = json["type"]?.string ?? name
        switch type {
        case "error": throw (WireErrorBody(json) ?? WireErrorBody(error: json)).streamError
        case "message_start":
            hasStarted = true
            if let message = json["message"] { takeHead(message, into: &items) }
        case "content_block_start":
            if let block = json["content_block"], let index = json["index"]?.int {
                try open(block, at: index, into: &items)
            }
        case "content_block_delta":
            if let delta = json["delta"], let index = json["index"]?.int { take(delta, at: index, into: &items) }
        case "content_block_stop": if let index = json["index"]?.int { close(index, into: &items) }
        case "message_delta":
            if let word = json["delta"]?["stop_reason"]?.string { stopReason = word }
            takeUsage(json["usage"])
        case "message_stop": isTerminated = true
        default: if let error = json["error"].flatMap({ _ in WireErrorBody(json) }) { throw error.streamError }
        }
    }

    mutating func take(whole body: ArraySlice<UInt8>, into items: inout [WireItem]) throws(ModelError) {
        let json = try WireBytes.object(body, "the answer")
        if let error = WireErrorBody(json) { throw error.streamError }
        guard let content = json["content"]?.array else { throw .decoding("the answer", "it has no content") }
        hasStarted = true
        takeHead(json, into: &items)
        for (index, block) in content.enumerated() {
            try open(block, at: index, into: &items)
            close(index, into: &items)
        }
        stopReason = json["stop_reason"]?.string
        isTerminated = true
    }

    mutating func end(into items: inout [WireItem]) throws(ModelError) {
        guard isComplete else { throw .truncatedStream }
        for index in blocks.keys.sorted() { close(index, into: &items) }
        if let usage { items.append(.part(.usage(usage.sum))) }
        items.append(.part(.finish(finish)))
    }

    private mutating func takeHead(_ message: JSON, into items: inout [WireItem]) {
        if let model = message["model"]?.string, !model.isEmpty { items.append(.model(model)) }
        takeUsage(message["usage"])
    }

    private mutating func takeUsage(_ json: JSON?) {
        guard let json, json.object != nil else { return }
        var sum = usage ?? MessagesUsage()
        sum.take(json)
        usage = sum
    }

    private mutating func open(_ block: JSON, at index: Int, into items: inout [WireItem]) throws(ModelError) {
        close(index, into: &items)
        hasStarted = true
        switch block["type"]?.string {
        case "text":
            blocks[index] = .text
            add(ModelPart.text, block["text"], into: &items)
        case "thinking":
            blocks[index] = .thinking(signature: block["signature"]?.string ?? "")
            add(ModelPart.reasoning, block["thinking"], into: &items)
        case "redacted_thinking":
            blocks[index] = .ignored
            if let data = block["data"]?.string { items.append(.reasoningHidden(data)) }
        case "tool_use":
            guard callCount < toolCallLimit else { throw .tooManyCalls }
            let hasInput = block["input"]?.object?.isEmpty == false
            blocks[index] = .call(index: callCount, input: hasInput ? block["input"] : nil, hasArguments: false)
            let id = uniqueID(block["id"]?.string)
            let name = block["name"]?.string ?? ""
            items.append(.part(.toolCallStarted(index: callCount, id: id, name: name)))
            callCount += 1
        default: blocks[index] = .ignored
        }
    }

    private func add(_ make: (String) -> ModelPart, _ value: JSON?, into items: inout [WireItem]) {
        if let text = value?.string, !text.isEmpty { items.append(.part(make(text))) }
    }

    private mutating func take(_ delta: JSON, at index: Int, into items: inout [WireItem]) {
        switch (delta["type"]?.string, blocks[index]) {
        case ("text_delta", .text), ("text_delta", nil):
            add(ModelPart.text, delta["text"], into: &items)
            hasStarted = true
        case ("thinking_delta", .thinking): add(ModelPart.reasoning, delta["thinking"], into: &items)
        case ("signature_delta", .thinking(let signature)):
            blocks[index] = .thinking(signature: signature + (delta["signature"]?.string ?? ""))
        case ("input_json_delta", .call(let call, let input, _)):
            guard let fragment = delta["partial_json"]?.string, !fragment.isEmpty else { return }
            blocks[index] = .call(index: call, input: input, hasArguments: true)
            items.append(.part(.toolCallArguments(index: call, fragment: fragment)))
        default: break
        }
    }

    private mutating func close(_ index: Int, into items: inout [WireItem]) {
        switch blocks.removeValue(forKey: index) {
        case .thinking(let signature):
            items.append(.reasoningSealed(signature: signature.isEmpty ? nil : signature))
        case .call(let call, .some(let input), false):
            items.append(.part(.toolCallArguments(index: call, fragment: input.description)))
        default: break
        }
    }

    private mutating func uniqueID(_ given: String?) -> String {
        let plain = "call_\(callCount + 1)"
        var id = given.flatMap { $0.isEmpty || usedIDs.contains($0) ? nil : $0 } ?? plain
        var number = 2
        while !usedIDs.insert(id).inserted {
            id = "\(plain)_\(number)"
            number += 1
        }
        return id
    }

    private var finish: FinishReason {
        switch stopReason {
        case nil, "end_turn", "stop_sequence", "tool_use": callCount == 0 ? .stop : .toolCalls
        case "max_tokens", "model_context_window_exceeded": .length
        case "refusal": .contentFilter
        case "pause_turn": .pause
        case .some(let word): .other(word)
        }
    }
}

/// Usage as Anthropic counts it: cumulative, and what the cache gave or took stands beside the input.
struct MessagesUsage: Sendable, Hashable {
    private var input = 0
    private var output = 0
    private var cacheReads = 0
    private var cacheWrites = 0

    /// Takes a report; what it does not tell stays.
    mutating func take(_ json: JSON) {
        input = json["input_tokens"]?.count ?? input
        output = json["output_tokens"]?.count ?? output
        cacheReads = json["cache_read_input_tokens"]?.count ?? cacheReads
        cacheWrites = json["cache_creation_input_tokens"]?.count ?? cacheWrites
    }

    /// The same with the cache as part of the input.
    var sum: TokenUsage {
        TokenUsage(
            input: input + cacheReads + cacheWrites, output: output, cachedInput: cacheReads,
            cacheWrites: cacheWrites)
    }
}
