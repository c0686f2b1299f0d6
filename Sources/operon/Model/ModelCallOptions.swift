import HTTPClient
import LanguageModels
import Services
import Values

/// What the options of `operon model call` say, checked.
struct ModelCallOptions {
    static let all: [CommandSpecification.Option] = [
        .init(
            name: "api", value: "openai|anthropic", help: "what the provider speaks (default: what --model names)"),
        .init(name: "base-url", value: "URL", help: "where it is, without /chat/completions or /v1/messages"),
        .init(
            name: "model", value: "MODEL", help: "NAME with --api, else openai:NAME, anthropic:NAME or kimi:NAME"),
        CommandSpecification.models,
        .init(name: "system", value: "TEXT", help: "the system prompt"),
        .init(name: "schema", value: "FILE", help: "a JSON Schema of an object that the answer must fit"),
        .init(name: "stream", value: nil, help: "show the answer as it comes"),
        .init(name: "max-output-tokens", value: "N", help: "tokens that the answer may have"),
        .init(name: "max-retries", value: "N", help: "further attempts after a failure (default 2)"),
        .init(
            name: "retry-base-ms", value: "N", help: "the first wait between attempts is at most this (default 500)"
        ),
        .init(name: "retry-max-ms", value: "N", help: "no wait that we choose is longer (default 8000)"),
        .init(name: "connect-timeout-ms", value: "N", help: "for name lookup, TCP and TLS (default 10000)"),
        .init(name: "idle-timeout-ms", value: "N", help: "the longest silence (default 60000)"),
        .init(name: "total-timeout-ms", value: "N", help: "for the whole call with its waits (default 120000)"),
        .init(name: "max-response-bytes", value: "N", help: "bytes of an answer after inflation (default 64 MiB)"),
        .init(name: "header", value: "'K: V'", help: "a further header", isRepeated: true),
        .init(name: "repeat", value: "N", help: "make the call N times, one after the other (default 1)"),
        CommandSpecification.json,
    ]

    /// The API; nil means that of the provider in ``model``.
    let api: ProviderAPI?
    let baseURL: String?
    let model: String
    let system: String
    let schema: JSONSchema?
    let isStreaming: Bool
    let isJSON: Bool
    let maxOutputTokens: Int?
    let limits: HTTPLimits
    let resilience: ResilienceConfiguration
    let headers: [HTTPHeader]
    let repeats: Int

    /// The model's name in the provider's words.
    var modelName: String {
        guard api == nil, let colon = model.firstIndex(of: ":") else { return model }
        return String(model[model.index(after: colon)...])
    }

    init(_ invocation: Invocation) throws {
        switch invocation.value("api") {
        case nil: api = nil
        case "openai": api = .chat
        case "anthropic": api = .messages
        case let other?: throw UsageError("--api takes openai or anthropic, not \"\(other)\"")
        }
        guard let model = invocation.value("model"), !model.isEmpty else {
            throw UsageError("model call needs --model: operon model list shows some")
        }
        self.model = model
        baseURL = try invocation.value("base-url").map { try Self.baseURL($0) }
        system = invocation.value("system") ?? ""
        schema = try invocation.value("schema").map { try Self.schema($0) }
        isStreaming = invocation.has("stream")
        isJSON = invocation.has("json")
        maxOutputTokens =
            invocation.value("max-output-tokens") == nil
            ? nil : try invocation.integer("max-output-tokens", in: 1...100_000_000, default: 1)
        func milliseconds(_ name: String, _ fallback: Int, from least: Int = 1) throws -> Duration {
            .milliseconds(try invocation.integer(name, in: least...86_400_000, default: fallback))
        }
        limits = HTTPLimits(
            connect: try milliseconds("connect-timeout-ms", 10_000),
            idle: try milliseconds("idle-timeout-ms", 60_000),
            total: try milliseconds("total-timeout-ms", 120_000),
            bodyBytes: try invocation.integer("max-response-bytes", in: 1...(1 << 40), default: 64 << 20))
        let longest = try milliseconds("retry-max-ms", 8000, from: 0)
        resilience = ResilienceConfiguration(
            total: limits.total, maxRetries: try invocation.integer("max-retries", in: 0...1000, default: 2),
            retryBase: min(longest, try milliseconds("retry-base-ms", 500, from: 0)), retryCap: longest)
        headers = try invocation.all("header").map { try Self.header($0) }
        repeats = try invocation.integer("repeat", in: 1...1_000_000, default: 1)
    }

    private static func schema(_ path: String) throws -> JSONSchema {
        let text = try Files.text(path)
        do throws(JSONError) {
            return JSONSchema(try JSON(parsing: text))
        } catch {
            throw UsageError("--schema takes a file of JSON: \(path): \(error)")
        }
    }

    private static func baseURL(_ text: String) throws -> String {
        let text = text.trimmed
        let lower = text.lowercased()
        let rest =
            lower.hasPrefix("https://") ? lower.dropFirst(8) : lower.hasPrefix("http://") ? lower.dropFirst(7) : ""
        guard let first = rest.utf8.first, first != UInt8(ascii: "/"),
            text.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value != 127 })
        else { throw UsageError("--base-url takes a URL that begins with http:// or https://") }
        return text
    }

    /// `K: V`. The text is not repeated in the error, since it may hold a secret.
    private static func header(_ text: String) throws -> HTTPHeader {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0]).trimmed
        // The characters of a name (RFC 9110, section 5.6.2).
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (byte | 32) &- 97 < 26 || byte &- 48 < 10 || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        guard parts.count == 2, isName else { throw UsageError("--header takes 'NAME: VALUE'") }
        let value = String(parts[1]).trimmed
        guard value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }) else {
            throw UsageError("the value of the header \(name) has a control character")
        }
        return HTTPHeader(name, value)
    }
}
