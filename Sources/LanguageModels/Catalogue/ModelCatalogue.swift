public import HTTPClient
public import Values

/// The providers and models that are known, read from `Models/models.yaml`.
public struct ModelCatalogue: Sendable {
    /// A provider.
    public struct Provider: Sendable, Hashable {
        /// Its name in the list and on the command line.
        public var name: String
        /// Which API it speaks.
        public var api: ProviderAPI
        /// Where it is; nil when everyone has a place of their own (Azure).
        public var baseURL: String?
        /// The environment variable that holds another place; nil when there is none.
        public var baseURLVariable: String?
        /// The environment variables that may hold its key; the first that is set counts. None: it needs no key.
        public var keyVariables: [String] = []
        /// How it takes its key.
        public var keyHeader = KeyHeader.bearer
        /// Calls at once that a key allows.
        public var concurrency = 4
        /// Its quirks, as written.
        public var quirks: JSONObject = [:]
    }

    /// A model, or all whose names begin alike.
    public struct Model: Sendable, Hashable {
        /// The provider's name.
        public var provider: String
        /// The model's name, or how it begins.
        public var name: String
        /// Whether ``name`` is only the beginning (`kimi-*` in the list).
        public var isPrefix = false
        /// Tokens that fit, in and out together.
        public var contextWindow: Int
        /// Tokens that it writes at most.
        public var maxOutputTokens: Int
        /// What it costs; nil when the list does not say.
        public var price: Price?
        /// Its quirks, as written; they go over its provider's.
        public var quirks: JSONObject = [:]
    }

    /// A price with its date and where it was read.
    public struct Price: Sendable, Hashable {
        /// The price, in millionths of the list's currency per million tokens.
        public var price: ModelPrice
        /// The day on which it was read, `YYYY-MM-DD`.
        public var asOf: String
        /// Where.
        public var source: String
    }

    /// The currency of all prices: `USD`.
    public var currency = "USD"
    /// The providers, in the list's order.
    public var providers: [Provider] = []
    /// The models, in the list's order.
    public var models: [Model] = []

    /// An empty list.
    public init() {}

    /// The provider of that name.
    public func provider(_ name: String) -> Provider? { providers.first { $0.name == name } }

    /// The entry for a model: its own, else that with the longest beginning.
    public func model(provider: String, model: String) -> Model? {
        let all = models.filter { $0.provider == provider }
        if let own = all.first(where: { !$0.isPrefix && $0.name == model }) { return own }
        return all.filter { $0.isPrefix && model.hasPrefix($0.name) }
            .max { $0.name.utf8.count < $1.name.utf8.count }
    }

    /// What is known of a model. An unknown one has a context of 128 000 tokens, writes 4096, and has no price.
    public func profile(provider: String, model: String) -> ModelProfile {
        let entry = self.model(provider: provider, model: model)
        var profile = ModelProfile(
            provider: provider, model: model, price: entry?.price?.price,
            hasNativeSchemas: quirks(provider: provider, model: model).responseFormat == .jsonSchema)
        if let entry {
            profile.contextWindow = entry.contextWindow
            profile.maxOutputTokens = entry.maxOutputTokens
        }
        return profile
    }

    /// How a model's dialect differs.
    public func quirks(provider: String, model: String) -> WireQuirks {
        var quirks = WireQuirks()
        quirks.merge(self.provider(provider)?.quirks ?? [:])
        quirks.merge(self.model(provider: provider, model: model)?.quirks ?? [:])
        return quirks
    }

    /// How to reach a model.
    ///
    /// - Parameters:
    ///   - baseURL: a place that was given by hand; it goes before the environment's and the list's.
    ///   - key: a key that was given by hand; it goes before the environment's.
    ///   - environment: gives the value of an environment variable.
    /// - Throws: `unknown_provider`, `no_base_url`, and `no_model_key` when a provider's own place is called without a
    ///   key. Another place may need none.
    public func configuration(
        provider name: String, model: String, baseURL: String? = nil, key: ModelKey? = nil,
        headers: [HTTPHeader] = [], limits: HTTPLimits = HTTPLimits(), environment: (String) -> String?
    ) throws(OperonError) -> ProviderConfiguration {
        guard let provider = provider(name) else { throw unknownProvider(name) }
        let ownPlace = baseURL ?? provider.baseURLVariable.flatMap(environment).flatMap { $0.isEmpty ? nil : $0 }
        guard let place = ownPlace ?? provider.baseURL else {
            throw OperonError(
                code: "no_base_url", "where \(name) is, is not known",
                hint: "give its base URL, or set \(provider.baseURLVariable ?? "base_url in the list of models")")
        }
        let key = key ?? provider.keyVariables.lazy.compactMap(environment).compactMap { ModelKey($0) }.first
        if key == nil, ownPlace == nil, !provider.keyVariables.isEmpty {
            throw OperonError(
                code: "no_model_key", "there is no key for \(name)",
                hint: "set \(provider.keyVariables.joined(separator: " or "))")
        }
        return ProviderConfiguration(
            api: provider.api, profile: profile(provider: name, model: model), baseURL: place, key: key,
            keyHeader: provider.keyHeader, headers: headers, quirks: quirks(provider: name, model: model),
            limits: limits, concurrency: provider.concurrency)
    }

    func unknownProvider(_ name: String) -> OperonError {
        OperonError(
            code: "unknown_provider", "there is no provider '\(name)'",
            hint: Spelling.hint(name, among: providers.map(\.name), otherwise: "add it to the list of models"))
    }
}
