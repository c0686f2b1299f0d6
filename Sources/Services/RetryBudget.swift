/// Keeps retries from becoming a load of their own: they draw on a store that only successes fill. While most calls
/// succeed it is always full; when nearly all fail it is soon empty, and nobody retries. A pure value. The numbers are
/// those of the AWS SDKs' standard retry mode.
public struct RetryBudget: Sendable, Hashable {
    /// How much fits. Defaults to 500.
    public let capacity: Int
    /// What a retry costs. Defaults to 5.
    public let retryCost: Int
    /// What a retry after a timeout costs. Defaults to 10.
    public let timeoutCost: Int
    /// What a success brings. Defaults to 1.
    public let gain: Int
    /// What is there.
    public private(set) var level: Int

    /// Makes a full store.
    public init(capacity: Int = 500, retryCost: Int = 5, timeoutCost: Int = 10, gain: Int = 1) {
        self.capacity = capacity
        self.retryCost = retryCost
        self.timeoutCost = timeoutCost
        self.gain = gain
        level = capacity
    }

    /// Pays for a retry; false when there is too little, and nothing is taken then.
    public mutating func pay(afterTimeout: Bool) -> Bool {
        let cost = afterTimeout ? timeoutCost : retryCost
        guard level >= cost else { return false }
        level -= cost
        return true
    }

    /// A call succeeded.
    public mutating func succeeded() { level = min(capacity, level + gain) }
}
