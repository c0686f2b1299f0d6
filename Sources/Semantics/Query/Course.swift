/// How a figure moves from period to period.
public struct Course: Sendable, Hashable, Codable {
    /// What is told of each period.
    public enum Kind: String, Sendable, Hashable, Codable {
        /// By how many per cent it differs from the earlier one.
        case growth
        /// By how much it differs from the earlier one.
        case change
        /// The earlier figure itself.
        case earlier
        /// The sum of all periods so far.
        case runningTotal
    }

    /// What is told.
    public var kind: Kind
    /// Whether each period is compared with the same one of the year before, and not with the one just before.
    public var isAgainstYearBefore: Bool

    /// Makes a course.
    public init(_ kind: Kind, isAgainstYearBefore: Bool = false) {
        self.kind = kind
        self.isAgainstYearBefore = isAgainstYearBefore
    }
}

/// How two figures make one.
public enum Operation: String, Sendable, Hashable, CaseIterable, Codable {
    case plus, minus, times, over
    /// 100 times the first over the second.
    case percentOf
    /// By how many per cent the first is more than the second.
    case growthFrom

    /// Between two titles: `revenue minus cost`.
    var words: String {
        switch self {
        case .plus: "plus"
        case .minus: "minus"
        case .times: "times"
        case .over: "per"
        case .percentOf: "as a percentage of"
        case .growthFrom: "compared with"
        }
    }
}
