public import LanguageModels
internal import Values

/// Which language model stands for which tier.
public struct ModelTeam: Sendable {
    private let models: [ModelTier: any LanguageModel]

    /// One model for every tier.
    public init(_ model: any LanguageModel) {
        var models: [ModelTier: any LanguageModel] = [:]
        for tier in ModelTier.allCases { models[tier] = model }
        self.models = models
    }

    /// A model per tier; `standard` also stands in for tiers that are not named.
    public init(standard: any LanguageModel, fast: (any LanguageModel)? = nil, strong: (any LanguageModel)? = nil) {
        models = [.standard: standard, .fast: fast ?? standard, .strong: strong ?? standard]
    }

    /// The model for a tier.
    public subscript(tier: ModelTier) -> any LanguageModel { models[tier] ?? UnavailableModel() }

    /// The profiles by tier: requests depend on them, so they stand in the log.
    var json: JSON {
        var object: JSONObject = [:]
        for tier in ModelTier.allCases { object[tier.rawValue] = self[tier].profile.json }
        return .object(object)
    }

    /// A team of models that cannot be called, with the profiles of a recorded one: what a replay needs.
    init(recorded json: JSON) {
        var models: [ModelTier: any LanguageModel] = [:]
        for tier in ModelTier.allCases {
            models[tier] = UnavailableModel(profile: ModelProfile(json: json[tier.rawValue] ?? .null))
        }
        self.models = models
    }
}

/// A model that nobody can call: replays answer every call from their recording.
struct UnavailableModel: LanguageModel {
    var profile = ModelProfile(provider: "none", model: "none")

    func respond(to request: ModelRequest, in call: ModelCall) async throws(ModelError) -> ModelReply {
        throw ModelError(
            .notRecorded, "no language model is connected, and the recording has no answer for this call")
    }
}

extension ModelProfile {
    /// Everything that requests, budgets and costs depend on.
    var json: JSON {
        var object: JSONObject = [
            "provider": .string(provider), "model": .string(model), "context_window": .int(contextWindow),
            "max_output_tokens": .int(maxOutputTokens), "native_schemas": .bool(hasNativeSchemas),
        ]
        if let price {
            object["price"] = [
                "input": .int(price.input), "output": .int(price.output), "cached_input": .int(price.cachedInput),
                "cache_writes": .int(price.cacheWrites),
            ]
        }
        return .object(object)
    }

    init(json: JSON) {
        self.init(
            provider: json["provider"]?.string ?? "none", model: json["model"]?.string ?? "none",
            contextWindow: json["context_window"]?.int ?? 0, maxOutputTokens: json["max_output_tokens"]?.int ?? 0,
            hasNativeSchemas: json["native_schemas"]?.bool ?? true)
        guard let price = json["price"] else { return }
        self.price = ModelPrice(
            input: price["input"]?.int ?? 0, output: price["output"]?.int ?? 0,
            cachedInput: price["cached_input"]?.int, cacheWrites: price["cache_writes"]?.int)
    }
}
