public import Modeling

/// A figure that stands still until it is taken again: stock, balances, headcount. It adds up over things and never over
/// time.
public struct Standing: Sendable, Hashable, Codable {
    /// Which days of a period speak for it.
    public enum Pick: String, Sendable, Hashable, CaseIterable, Codable {
        /// The last day on which it was taken.
        case last
        /// The first one.
        case first
        /// The average over all days on which it was taken.
        case average
        /// The highest of all days.
        case highest
        /// The lowest of all days.
        case lowest
    }

    /// What was taken.
    public var amount: Amount
    /// The day on which it was taken.
    public var time: ColumnRef
    /// Which day is told.
    public var pick: Pick

    /// Makes a standing figure.
    public init(_ amount: Amount, time: ColumnRef, pick: Pick = .last) {
        self.amount = amount
        self.time = time
        self.pick = pick
    }
}
