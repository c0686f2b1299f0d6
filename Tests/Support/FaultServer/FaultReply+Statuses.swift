internal import Values

extension FaultReply {
    /// The error object of an API; `type` stands for both its type and its code.
    public static func errorBody(_ api: FaultAPI, type: String, message: String) -> String {
        let (type, message) = (JSON.string(type).description, JSON.string(message).description)
        return api == .openAI
            ? #"{"error":{"message":\#(message),"type":\#(type),"param":null,"code":\#(type)}}"#
            : #"{"type":"error","error":{"type":\#(type),"message":\#(message)},"request_id":"req_1"}"#
    }

    /// The type that a provider gives an error with this status.
    public static func errorType(_ api: FaultAPI, _ status: Int) -> String {
        switch (status, api) {
        case (400, _): "invalid_request_error"
        case (401, _): "authentication_error"
        case (403, _): "permission_error"
        case (404, _): "not_found_error"
        case (429, .openAI): "rate_limit_exceeded"
        case (429, .anthropic): "rate_limit_error"
        case (529, _): "overloaded_error"
        default: api == .openAI ? "server_error" : "api_error"
        }
    }

    /// An error with its provider's body. `type` replaces the usual one.
    public static func error(_ status: Int, headers: [String] = [], type: String? = nil) -> FaultReply {
        FaultReply { request in
            let api = request.api ?? .openAI
            let body = errorBody(api, type: type ?? errorType(api, status), message: "something is wrong")
            return response(status, ["Content-Type: application/json"] + headers, [Array(body.utf8)])
        }
    }

    /// 429 with a header that says when to come back, as it stands: `Retry-After: 1`.
    public static func rateLimited(_ header: String? = nil) -> FaultReply {
        error(429, headers: header.map { [$0] } ?? [])
    }

    /// What an account without money gets: 429 `insufficient_quota` of OpenAI, 400 of Anthropic, whose message alone
    /// says it.
    public static let quota = FaultReply { request in
        let isOpenAI = (request.api ?? .openAI) == .openAI
        let body =
            isOpenAI
            ? errorBody(.openAI, type: "insufficient_quota", message: "You exceeded your current quota")
            : errorBody(.anthropic, type: "billing_error", message: "Your credit balance is too low")
        return response(isOpenAI ? 429 : 402, ["Content-Type: application/json"], [Array(body.utf8)])
    }

    /// A redirect to `location`, with no body.
    public static func redirect(_ status: Int, to location: String) -> FaultReply {
        .raw(response(status, ["Location: \(location)"], []))
    }

    /// A redirect of a scenario to itself: a loop for who follows it.
    public static func redirectLoop(_ status: Int) -> FaultReply {
        FaultReply { request in response(status, ["Location: \(request.path)"], []) }
    }

    /// A page for people where an answer belongs, as captive portals send it, or an error page of a proxy.
    public static func html(_ status: Int = 200) -> FaultReply {
        .http(
            status, body: "<!doctype html><html><body><h1>Please log in</h1></body></html>",
            type: "text/html; charset=utf-8")
    }

    /// A good answer behind so many bytes of headers.
    public static func hugeHeaders(bytes: Int) -> FaultReply {
        answer(headers: (0..<(bytes / 1024)).map { "X-Filler-\($0): " + String(repeating: "x", count: 1000) })
    }

    /// What a careless provider does: it repeats the credentials of the request, in an error or in an answer.
    public static func echo(status: Int = 200) -> FaultReply {
        FaultReply { request in
            let secrets = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
            if status == 200 {
                let (type, pieces) = wire(FaultAnswer([secrets, " and again ", secrets]), for: request)
                return response(200, ["Content-Type: \(type)", "X-Echo: \(secrets)"], pieces)
            }
            let body = errorBody(request.api ?? .openAI, type: secrets, message: "Incorrect API key: \(secrets)")
            return response(status, ["Content-Type: application/json", "X-Echo: \(secrets)"], [Array(body.utf8)])
        }
    }

    /// An answer whose text and tool call repeat the credentials in forms that a search for the key would miss: base64
    /// and its own text cut after each fourth character.
    public static let echoInPieces = FaultReply { request in
        let secrets = request.headers.filter { ["authorization", "x-api-key"].contains($0.name.lowercased()) }
            .map { $0.value }.joined(separator: ",")
        var pieces: [String] = []
        for character in secrets {
            if let last = pieces.last, last.count < 4 {
                pieces[pieces.count - 1].append(character)
            } else {
                pieces.append("\(character)")
            }
        }
        let call = FaultAnswer.Call(fragments: [#"{"key":""#] + pieces + [#""}"#])
        let (type, wire) = wire(FaultAnswer(pieces, calls: [call]), for: request)
        return response(200, ["Content-Type: \(type)"], wire)
    }
}
