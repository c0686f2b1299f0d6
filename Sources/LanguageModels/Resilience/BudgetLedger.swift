/// Tokens and money, as something that is limited.
public struct ModelAmount: Sendable, Hashable {
    /// Tokens, in and out together.
    public var tokens: Int
    /// Money in millionths of the price list's unit.
    public var cost: Int

    /// Makes an amount.
    public init(tokens: Int = 0, cost: Int = 0) {
        self.tokens = tokens
        self.cost = cost
    }

    static func + (a: Self, b: Self) -> Self { Self(tokens: a.tokens + b.tokens, cost: a.cost + b.cost) }
    static func - (a: Self, b: Self) -> Self { Self(tokens: a.tokens - b.tokens, cost: a.cost - b.cost) }
}

/// The book of a budget: what calls may still use goes to them before they are made, at the most that they can use.
/// What was really used is settled afterwards. So calls at the same time never use together more than there is, as long
/// as none uses more than its reservation. A pure value.
public struct BudgetLedger: Sendable, Hashable {
    /// Tokens that may be used in all; nil means as many as one likes.
    public let tokenLimit: Int?
    /// Money that may be used in all, in millionths of the unit; nil means as much as one likes.
    public let costLimit: Int?
    /// What settled calls have used.
    public private(set) var spent = ModelAmount()
    /// What calls that run may use.
    public private(set) var reserved = ModelAmount()

    /// Makes a book in which nothing is spent.
    public init(tokens: Int? = nil, cost: Int? = nil) {
        tokenLimit = tokens
        costLimit = cost
    }

    /// Reserves `amount`; false when there is not as much left, and nothing is reserved then.
    public mutating func reserve(_ amount: ModelAmount) -> Bool {
        let whole = spent + reserved + amount
        guard whole.tokens <= tokenLimit ?? .max, whole.cost <= costLimit ?? .max else { return false }
        reserved = reserved + amount
        return true
    }

    /// Ends a reservation: `used` is booked; nil books all that was reserved, since nobody knows better.
    public mutating func settle(_ amount: ModelAmount, used: ModelAmount?) {
        reserved = reserved - amount
        spent = spent + (used ?? amount)
    }

    /// Ends the reservation of a call that used nothing.
    public mutating func release(_ amount: ModelAmount) { settle(amount, used: ModelAmount()) }
}
