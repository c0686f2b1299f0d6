public import Values

/// What work has used, or may use: one number per thing that is counted.
public struct Usage: Sendable, Hashable {
    /// Steps started.
    public var steps: Int
    /// Tool calls and delegations, retries counted.
    public var calls: Int
    /// Tokens of language models, in and out.
    public var tokens: Int
    /// Of the tokens: those that came out. Told, not limited.
    public var outputTokens = 0
    /// Money, in millionths of the price list's currency unit.
    public var microcost: Int
    /// Rows read from databases.
    public var rows: Int
    /// Bytes read from databases.
    public var bytes: Int

    /// Makes a usage; everything not named is 0.
    public init(steps: Int = 0, calls: Int = 0, tokens: Int = 0, microcost: Int = 0, rows: Int = 0, bytes: Int = 0)
    {
        self.steps = steps
        self.calls = calls
        self.tokens = tokens
        self.microcost = microcost
        self.rows = rows
        self.bytes = bytes
    }

    /// The things that are counted, by the names that traces use.
    enum Dimension: String, CaseIterable { case steps, calls, tokens, microcost, rows, bytes }

    /// The amount of one of them.
    subscript(dimension: Dimension) -> Int {
        get {
            switch dimension {
            case .steps: steps
            case .calls: calls
            case .tokens: tokens
            case .microcost: microcost
            case .rows: rows
            case .bytes: bytes
            }
        }
        set {
            switch dimension {
            case .steps: steps = newValue
            case .calls: calls = newValue
            case .tokens: tokens = newValue
            case .microcost: microcost = newValue
            case .rows: rows = newValue
            case .bytes: bytes = newValue
            }
        }
    }

    /// Adds another usage; saturates.
    public static func += (a: inout Usage, b: Usage) {
        a.steps = a.steps.saturatingAdd(b.steps)
        a.calls = a.calls.saturatingAdd(b.calls)
        a.tokens = a.tokens.saturatingAdd(b.tokens)
        a.outputTokens = a.outputTokens.saturatingAdd(b.outputTokens)
        a.microcost = a.microcost.saturatingAdd(b.microcost)
        a.rows = a.rows.saturatingAdd(b.rows)
        a.bytes = a.bytes.saturatingAdd(b.bytes)
    }

    /// What is left of `a` after `b`; never below 0.
    public static func - (a: Usage, b: Usage) -> Usage {
        Usage(
            steps: max(0, a.steps - b.steps), calls: max(0, a.calls - b.calls), tokens: max(0, a.tokens - b.tokens),
            microcost: max(0, a.microcost - b.microcost), rows: max(0, a.rows - b.rows),
            bytes: max(0, a.bytes - b.bytes))
    }

    /// The members that are not 0.
    public var json: JSON {
        var members: [JSONObject.Member] = []
        for dimension in Dimension.allCases where self[dimension] != 0 {
            members.append(.init(dimension.rawValue, .int(self[dimension])))
        }
        if outputTokens != 0 { members.append(.init("output_tokens", .int(outputTokens))) }
        return .object(JSONObject(uniqueMembers: members))
    }

    /// Reads ``json``.
    public init(json: JSON) {
        self.init()
        for dimension in Dimension.allCases { self[dimension] = json[dimension.rawValue]?.int ?? 0 }
        outputTokens = json["output_tokens"]?.int ?? 0
    }
}

extension Int {
    func saturatingAdd(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
