internal import Values

/// An error as providers write it: OpenAI `{"error":{message,type,code}}`, Anthropic `{"type":"error","error":{…}}`,
/// `{"object":"error",…}` of vLLM, a bare text, `{"detail"}` or `{"message"}` of gateways.
struct WireErrorBody: Sendable, Hashable {
    var message: String
    /// What it calls the error: `type` and `code`, in lower case.
    var words: [String]
    /// A status in the body.
    var code: Int?

    /// The error in `json`; nil when there is none.
    init?(_ json: JSON) {
        if let error = json["error"], !error.isNull {
            self.init(error: error)
        } else if json["object"]?.string == "error" || json["type"]?.string == "error" {
            self.init(error: json)
        } else {
            return nil
        }
    }

    /// An error by itself.
    init(error: JSON) {
        message =
            error.string ?? error["message"]?.string ?? error["detail"]?.string ?? error["error"]?.string
            ?? error["message"].map { "\($0)" } ?? ""
        let names = [error["type"], error["code"], error["status"]]
        words = names.compactMap { $0?.string?.lowercased() }.filter { $0 != "error" }
        code = names.compactMap { $0?.int ?? $0?.string.flatMap { Int($0) } }.first { (400..<600).contains($0) }
    }

    /// The body of a response that is an error by its status; empty when there is nothing to read.
    init(httpBody bytes: [UInt8]) {
        guard let json = try? JSON(parsing: WireBytes.trimmed(bytes[...])) else {
            self.init(error: "")
            return
        }
        // Some gateways wrap the object into a list.
        let first = json.array?.first ?? json
        self = WireErrorBody(first) ?? WireErrorBody(error: first)
    }

    /// Whether the account, not the moment, is the trouble. Anthropic tells an empty one in the message alone.
    var isQuota: Bool {
        words.contains { $0.contains("quota") || $0.contains("billing") || $0.contains("balance") }
            || message.lowercased().contains("credit balance")
    }

    /// The status that the error would have had in a response of its own; nil when nothing tells.
    var status: Int? {
        if let code { return code }
        func has(_ parts: String...) -> Bool { words.contains { word in parts.contains { word.contains($0) } } }
        if has("overloaded") { return 529 }
        if isQuota || has("rate_limit", "ratelimit", "too_many_requests") { return 429 }
        if has("authentication", "api_key", "unauthorized") { return 401 }
        if has("permission", "forbidden") { return 403 }
        if has("not_found", "notfound") { return 404 }
        if has("timeout") { return 408 }
        if has("invalid_request", "bad_request", "badrequest", "context_length") { return 400 }
        if has("api_error", "server_error", "internal", "unavailable") { return 500 }
        return nil
    }

    /// The error when it was told in an answer that had begun with success.
    var streamError: ModelError {
        let isHopeless = isQuota || [400, 401, 402, 403, 404, 413, 422].contains(status ?? 0)
        return ModelError(
            .streamError, "the provider reported an error in its answer\(suffix)", status: status,
            isRetryable: !isHopeless)
    }

    /// The error's own words, after a colon.
    var suffix: String {
        let name = words.first.map { " (\($0))" } ?? ""
        return message.isEmpty ? name : "\(name): \(message)"
    }
}
