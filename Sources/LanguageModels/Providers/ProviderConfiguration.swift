public import HTTPClient
internal import Values

/// Which API a provider speaks.
public enum ProviderAPI: String, Sendable, Hashable, CaseIterable {
    /// OpenAI's `chat/completions`, which most speak.
    case chat
    /// Anthropic's `messages`.
    case messages
}

/// How a provider takes its key.
public enum KeyHeader: String, Sendable, Hashable, CaseIterable {
    /// `Authorization: Bearer KEY`.
    case bearer
    /// `x-api-key: KEY`.
    case xAPIKey = "x-api-key"
    /// `api-key: KEY` (Azure).
    case apiKey = "api-key"
    /// Not at all.
    case none
}

/// All that is needed to reach one model. Its headers may hold secrets, so it has no description.
public struct ProviderConfiguration: Sendable {
    /// Which API it speaks.
    public var api: ProviderAPI
    /// What is known of the model.
    public var profile: ModelProfile
    /// Where it is: the URL before `/chat/completions` or `/v1/messages`. A query stays behind the path (Azure:
    /// `…?api-version=…`), and `{model}` in it is replaced with the model's name.
    public var baseURL: String
    /// The key; nil sends none.
    public var key: ModelKey?
    /// How the key is sent.
    public var keyHeader: KeyHeader
    /// Further headers; they replace ours of the same name.
    public var headers: [HTTPHeader]
    /// How its dialect differs.
    public var quirks: WireQuirks
    /// How long and how much.
    public var limits: HTTPLimits
    /// Calls at once that the key allows, as far as the list knows.
    public var concurrency: Int

    /// Makes a configuration.
    public init(
        api: ProviderAPI, profile: ModelProfile, baseURL: String, key: ModelKey? = nil,
        keyHeader: KeyHeader = .bearer, headers: [HTTPHeader] = [], quirks: WireQuirks = WireQuirks(),
        limits: HTTPLimits = HTTPLimits(), concurrency: Int = 4
    ) {
        self.api = api
        self.profile = profile
        self.baseURL = baseURL
        self.key = key
        self.keyHeader = keyHeader
        self.headers = headers
        self.quirks = quirks
        self.limits = limits
        self.concurrency = concurrency
    }

    /// What tells endpoints apart that share breakers and limits: provider, base URL and key, each without anything
    /// secret: `openai api.openai.com/v1 3f2a…`.
    public var endpoint: String {
        "\(profile.provider) \(Self.place(of: baseURL)) \(key?.fingerprint ?? "-")"
    }

    /// The URL that requests go to.
    var url: String {
        var base = baseURL
        if let range = base.firstRange(of: "{model}") {
            base.replaceSubrange(range, with: Self.escaped(profile.model))
        }
        let query = base.firstIndex(of: "?").map { String(base[$0...]) } ?? ""
        var path = String(base.dropLast(query.count))
        while path.hasSuffix("/") { path.removeLast() }
        switch api {
        case .chat: if !path.hasSuffix("/chat/completions") { path += "/chat/completions" }
        case .messages:
            if !path.hasSuffix("/v1/messages") { path += path.hasSuffix("/v1") ? "/messages" : "/v1/messages" }
        }
        return path + query
    }

    /// The headers of a request.
    func requestHeaders(callID: String, streams: Bool) -> [HTTPHeader] {
        var all = [
            HTTPHeader("Content-Type", "application/json"),
            HTTPHeader("Accept", streams ? "text/event-stream, application/json;q=0.9" : "application/json"),
        ]
        if let key {
            switch keyHeader {
            case .bearer: all.append(HTTPHeader("Authorization", key.withValue { "Bearer \($0)" }))
            case .xAPIKey, .apiKey: all.append(HTTPHeader(keyHeader.rawValue, key.withValue { $0 }))
            case .none: break
            }
        }
        if api == .messages { all.append(HTTPHeader("anthropic-version", "2023-06-01")) }
        if let name = quirks.idempotencyHeader, !callID.isEmpty { all.append(HTTPHeader(name, Self.token(callID))) }
        let replaced = Set(headers.map { $0.name.lowercased() })
        return all.filter { !replaced.contains($0.name.lowercased()) } + headers
    }

    /// Texts in the configuration that must not come out: values of headers that look secret, and credentials in the
    /// base URL.
    var secrets: [String] {
        let named = headers.filter { header in
            let name = header.name.lowercased()
            return ["auth", "key", "token", "secret", "cookie"].contains { name.contains($0) }
        }
        // `Bearer X` gives X away as well.
        let values = named.flatMap { header in
            [header.value] + header.value.split(separator: " ").dropFirst().map { String($0) }
        }
        let authority = baseURL.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        let user = authority.lastIndex(of: "@").map { authority[..<$0] } ?? ""
        return values + user.split(separator: ":").map { String($0) }
    }

    /// Host and path of a URL, without credentials and query.
    private static func place(of url: String) -> String {
        var rest = url[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        rest = rest.prefix { $0 != "?" && $0 != "#" }
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        if let at = rest[..<end].lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        while rest.last == "/" { rest.removeLast() }
        return String(rest)
    }

    /// A model's name inside a path.
    private static func escaped(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            if WireSchema.isNameByte(byte) || byte == 46 || byte == 126 {
                text.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }

    /// An identifier as a header's value: only visible ASCII, at most 255 bytes.
    private static func token(_ id: String) -> String {
        String(decoding: id.utf8.prefix(255).map { $0 > 32 && $0 < 127 ? $0 : 95 }, as: UTF8.self)
    }
}
