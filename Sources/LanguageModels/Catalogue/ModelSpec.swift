public import Values

/// Which model to use, as a person writes it: `openai:NAME`, `anthropic:NAME`, `kimi:NAME` or another provider of the
/// list, `recorded:FILE`, `scripted:FILE`, `embedded`.
public enum ModelSpec: Sendable, Hashable, CustomStringConvertible {
    /// A model of a provider.
    case provider(String, model: String)
    /// Answers from a recording.
    case recorded(file: String)
    /// Answers from a script.
    case scripted(file: String)
    /// No model: the embedded reasoner.
    case embedded

    /// The words that are no providers.
    static let reserved = ["recorded", "scripted", "embedded"]

    /// Reads one, or several with commas between them: a chain, whose next takes over when one is down. A recording or
    /// the embedded reasoner can only stand at its end, since they never are.
    ///
    /// - Parameter providers: the names of the providers that there are.
    /// - Throws: `model_spec` with what is wrong and how it is written.
    public static func chain(_ text: String, providers: [String]) throws(OperonError) -> [ModelSpec] {
        var chain: [ModelSpec] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let spec = try ModelSpec(trimmed(part), providers: providers)
            if let last = chain.last {
                if chain.contains(spec) { throw failure("\(spec) stands twice in the chain", "remove one of them") }
                if case .provider = last {
                } else {
                    throw failure("nothing can follow \(last) in a chain", "put it at the end")
                }
            }
            chain.append(spec)
        }
        return chain
    }

    /// Reads one.
    ///
    /// - Parameter providers: the names of the providers that there are.
    /// - Throws: `model_spec` with what is wrong and how it is written.
    public init(_ text: String, providers: [String]) throws(OperonError) {
        if text == "embedded" {
            self = .embedded
            return
        }
        let names = providers + Self.reserved
        guard let colon = text.firstIndex(of: ":") else {
            if text.isEmpty { throw Self.failure("a model is missing", Self.usage) }
            if names.contains(text) {
                let rest = Self.reserved.contains(text) ? "FILE" : "NAME"
                throw Self.failure("'\(text)' names no model", "write \(text):\(rest)")
            }
            let near = Spelling.nearest(text, among: names).map { "did you mean '\($0)'? " } ?? ""
            throw Self.failure("'\(text)' is no model", near + Self.usage)
        }
        let name = String(text[..<colon])
        let rest = String(text[text.index(after: colon)...])
        guard names.contains(name) else {
            throw Self.failure(
                "there is no provider '\(name)'", Spelling.hint(name, among: names, otherwise: Self.usage))
        }
        guard name != "embedded" else { throw Self.failure("embedded takes nothing behind it", "write embedded") }
        guard !rest.isEmpty else {
            throw Self.failure(
                "behind '\(name):' nothing stands",
                "write \(name):\(name == "recorded" || name == "scripted" ? "FILE" : "NAME")")
        }
        switch name {
        case "recorded": self = .recorded(file: rest)
        case "scripted": self = .scripted(file: rest)
        default:
            guard rest.utf8.count <= 256, rest.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value != 127 })
            else {
                throw Self.failure("the name of the model has spaces or is too long", "write \(name):NAME")
            }
            self = .provider(name, model: rest)
        }
    }

    private static let usage =
        "write embedded, openai:NAME, anthropic:NAME, kimi:NAME, recorded:FILE or scripted:FILE"

    private static func failure(_ message: String, _ hint: String) -> OperonError {
        OperonError(code: "model_spec", message, hint: hint)
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text.drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    /// As it is written.
    public var description: String {
        switch self {
        case .provider(let name, let model): "\(name):\(model)"
        case .recorded(let file): "recorded:\(file)"
        case .scripted(let file): "scripted:\(file)"
        case .embedded: "embedded"
        }
    }
}
