/// Requests that are no questions about stored data: they are declined before anything is matched.
enum Refusals {
    static func refusal(_ tokens: [Token], time: [TimePhrase]) -> Clarification? {
        let words = tokens.filter { !$0.isQuoted && !$0.isSign }.map(\.folded)
        guard !words.isEmpty else {
            return Clarification("Please ask a question about the database.", reason: "unsupported")
        }
        let courtesies: Set<String> = ["please", "can", "could", "you", "now", "kindly", "would", "then", "just"]
        if let verb = words.first(where: { !courtesies.contains($0) }), writeVerbs.contains(verb) {
            return Clarification(
                "I only read data, so I cannot \(verb) anything. Ask me what the data says instead.",
                reason: "write_request")
        }
        let sqlWrites: Set<String> = ["drop", "truncate", "alter"]
        if words.contains(where: sqlWrites.contains), words.contains("table") {
            return Clarification("I only read data; that statement would change it.", reason: "write_request")
        }
        if words.contains("why") || words.prefix(2) == ["how", "come"] {
            return Clarification(
                "I can tell what the data says, but not why. Ask for figures that would show the cause, for example "
                    + "the same measure by month or by category.", reason: "unsupported")
        }
        if time.contains(where: { $0.meaning == .future }) || words.contains(where: forecastWords.contains) {
            return Clarification(
                "The data says what has happened; I make no forecasts. Ask about a past period instead.",
                reason: "forecast")
        }
        return nil
    }

    /// Words for figures that need a definition which no schema gives.
    static let undefinedMetrics: Set<String> = [
        "churn", "churned", "retention", "margin", "margins", "profit", "profits", "profitability", "profitable",
        "roi",
        "conversion", "nps", "satisfaction", "growth", "lifetime", "ltv", "clv", "cac", "arpu", "ebitda",
        "forecast",
        "bounce", "engagement", "utilization", "utilisation", "attrition", "loyal", "active", "inactive",
        "liquidity",
    ]

    private static let writeVerbs: Set<String> = [
        "delete", "update", "insert", "drop", "remove", "truncate", "alter", "change", "set", "modify", "create",
        "add",
        "rename", "increase", "decrease", "raise", "reduce", "replace", "cancel", "grant", "revoke", "erase", "fix",
    ]
    private static let forecastWords: Set<String> = [
        "forecast", "predict", "prediction", "projected", "forecasted", "tomorrow",
    ]
}
