internal import Synchronization
internal import Values

/// A budget that any number of calls share, in tokens and in money.
///
/// Before a call its input, estimated from the bytes, and the longest answer that it allows are reserved. A call that
/// finds too little is refused with the kind `budget`. A reply settles the usage that the provider reports; without a
/// report the reservation stays booked.
public final class ModelBudget: Sendable {
    private let ledger: Mutex<BudgetLedger>
    private let estimate: TokenEstimate

    /// One token for every two bytes: more than any provider's tokenizer makes of the texts that were seen.
    public static let cautiousEstimate = TokenEstimate { ($0.utf8.count + 1) / 2 }

    /// Makes a budget of so many tokens and so many millionths of the price list's unit; nil means no limit.
    public init(
        tokens: Int? = nil, cost: Int? = nil, estimate: TokenEstimate = ModelBudget.cautiousEstimate
    ) {
        ledger = Mutex(BudgetLedger(tokens: tokens, cost: cost))
        self.estimate = estimate
    }

    /// What has been used.
    public var spent: ModelAmount { ledger.withLock { $0.spent } }
    /// What running calls may use.
    public var reserved: ModelAmount { ledger.withLock { $0.reserved } }

    /// The most that `request` may use at a model.
    func most(for request: ModelRequest, at profile: ModelProfile) -> ModelAmount {
        let input = request.estimatedInputTokens(estimate)
        let output = request.maxOutputTokens ?? profile.maxOutputTokens
        // The dearest that input can be.
        let price = profile.price
        let written = price.map { $0.cacheWrites > $0.input } ?? false
        let usage = TokenUsage(input: input, output: output, cacheWrites: written ? input : 0)
        return ModelAmount(tokens: input + output, cost: price?.cost(of: usage) ?? 0)
    }

    /// Reserves what a call may use.
    ///
    /// - Throws: `budget` when there is too little, or money is limited and the model has no price.
    func reserve(_ amount: ModelAmount, at profile: ModelProfile) throws(ModelError) {
        let refusal = ledger.withLock { ledger -> String? in
            if ledger.costLimit != nil, profile.price == nil {
                return "money is limited, and the price of \(profile.name) is unknown; add it to Models/models.yaml"
            }
            if ledger.reserve(amount) { return nil }
            let held = ledger.spent + ledger.reserved
            var parts: [String] = []
            if let limit = ledger.tokenLimit {
                parts.append("up to \(amount.tokens) tokens where \(max(0, limit - held.tokens)) are left")
            }
            if let limit = ledger.costLimit {
                parts.append("up to \(amount.cost) millionths where \(max(0, limit - held.cost)) are left")
            }
            return "the call may use \(parts.joined(separator: ", ")); shorten it or raise the budget"
        }
        if let refusal { throw ModelError(.budget, refusal, attempts: 0) }
    }

    /// Books what a call used; nil books its reservation.
    func settle(_ amount: ModelAmount, usage: TokenUsage?, at profile: ModelProfile) {
        let used = usage.map {
            ModelAmount(tokens: $0.input + $0.output, cost: profile.price?.cost(of: $0) ?? 0)
        }
        ledger.withLock { $0.settle(amount, used: used) }
    }

    /// Gives back the reservation of a call that used nothing.
    func release(_ amount: ModelAmount) { ledger.withLock { $0.release(amount) } }
}

extension ModelRequest {
    /// What the request takes as input, with tools and schemas.
    func estimatedInputTokens(_ estimate: TokenEstimate) -> Int {
        var sum = TokenEstimate.overhead + estimate.tokens(in: system)
        for message in messages { sum += estimate.tokens(in: message) }
        for tool in tools {
            sum += TokenEstimate.overhead + estimate.tokens(in: tool.name) + estimate.tokens(in: tool.summary)
            sum += estimate.tokens(in: tool.input.json.description)
        }
        if let output { sum += TokenEstimate.overhead + estimate.tokens(in: output.schema.json.description) }
        return sum
    }
}
