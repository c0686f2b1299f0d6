/// Something that answers requests as a language model does: a provider behind HTTP, a recording, a script, or one of
/// these with retries, a breaker and a fallback around it.
public protocol LanguageModel: Sendable {
    /// What is known of the model.
    var profile: ModelProfile { get }

    /// Answers. Parts are passed on in order through ``ModelCall/onParts`` as they arrive; the whole is returned.
    ///
    /// A cancelled task ends the call within milliseconds with the kind `cancelled`.
    func respond(to request: ModelRequest, in call: ModelCall) async throws(ModelError) -> ModelReply
}

/// What a model learns of a call besides the request. Nothing here may change what the answer means.
public struct ModelCall: Sendable {
    /// The same for every attempt at the same work: sent as idempotency key where the provider knows one.
    public var id: String
    /// Who calls: callers that wait for the same key take turns.
    public var caller: String
    /// How long the call may take with all its attempts and waits; nil means the endpoint's own total timeout.
    public var timeout: Duration?
    /// Takes the parts, batch by batch, in order. While it runs the provider's stream is held back.
    public var onParts: (@Sendable ([ModelPart]) async -> Void)?
    /// Is told what happens around the call: attempts, waits, breakers, fallbacks.
    public var onEvent: (@Sendable (ModelEvent) -> Void)?

    /// Makes a context.
    public init(
        id: String = "", caller: String = "", timeout: Duration? = nil,
        onParts: (@Sendable ([ModelPart]) async -> Void)? = nil,
        onEvent: (@Sendable (ModelEvent) -> Void)? = nil
    ) {
        self.id = id
        self.caller = caller
        self.timeout = timeout
        self.onParts = onParts
        self.onEvent = onEvent
    }
}

/// Something that happened around a call; it is no part of the answer and belongs on the log.
public enum ModelEvent: Sendable, Hashable {
    /// An attempt failed. `wait` is nil when there will be no other.
    case attemptFailed(endpoint: String, attempt: Int, kind: ModelError.Kind, status: Int?, wait: Duration?)
    /// The breaker of an endpoint changed its state.
    case breakerChanged(endpoint: String, from: String, to: String, reason: String)
    /// An endpoint takes no calls for so long, as its provider asked.
    case paused(endpoint: String, wait: Duration)
    /// The call waits for a place, behind so many others.
    case queued(endpoint: String, ahead: Int)
    /// The next model of a chain takes over.
    case fellBack(from: String, to: String, kind: ModelError.Kind)
    /// A second request was sent beside a slow one.
    case hedged(endpoint: String)
}

/// What is known of a model before it is called. It comes from the price list (`Models/models.yaml`), never from code.
public struct ModelProfile: Sendable, Hashable {
    /// The provider's name in the price list: `openai`, `anthropic`, `kimi`.
    public var provider: String
    /// The model's name in the provider's words.
    public var model: String
    /// Tokens that fit, in and out together.
    public var contextWindow: Int
    /// Tokens that it may write at most.
    public var maxOutputTokens: Int
    /// What it costs; nil when nobody knows.
    public var price: ModelPrice?
    /// Whether the provider makes answers fit a schema by itself. Otherwise an answer's form is asked for as the
    /// arguments of a call.
    public var hasNativeSchemas: Bool

    /// Makes a profile.
    public init(
        provider: String, model: String, contextWindow: Int = 128_000, maxOutputTokens: Int = 4096,
        price: ModelPrice? = nil, hasNativeSchemas: Bool = true
    ) {
        self.provider = provider
        self.model = model
        self.contextWindow = contextWindow
        self.maxOutputTokens = maxOutputTokens
        self.price = price
        self.hasNativeSchemas = hasNativeSchemas
    }

    /// `provider:model`, as the command line takes it.
    public var name: String { "\(provider):\(model)" }
}

/// Prices in millionths of the price list's currency unit per million tokens, which is the same as units per 10^12
/// tokens: `2.50` in the list is 2 500 000 here.
public struct ModelPrice: Sendable, Hashable {
    /// A million tokens in.
    public var input: Int
    /// A million tokens out.
    public var output: Int
    /// A million tokens in that the provider had in its cache.
    public var cachedInput: Int
    /// A million tokens in that were written to the cache.
    public var cacheWrites: Int

    /// Makes a price.
    public init(input: Int, output: Int, cachedInput: Int? = nil, cacheWrites: Int? = nil) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput ?? input
        self.cacheWrites = cacheWrites ?? input
    }

    /// What `usage` costs, in millionths of the unit, rounded up.
    public func cost(of usage: TokenUsage) -> Int {
        let cached = min(usage.cachedInput, usage.input)
        let written = min(usage.cacheWrites, usage.input - cached)
        let plain = usage.input - cached - written
        let sum =
            Double(plain) * Double(input) + Double(cached) * Double(cachedInput)
            + Double(written) * Double(cacheWrites) + Double(usage.output) * Double(output)
        return Int((sum / 1_000_000).rounded(.up))
    }
}
