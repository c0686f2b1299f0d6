public import Modeling

/// A column that is told in another unit than it is stored in: milliseconds as minutes.
public struct UnitConversion: Sendable, Hashable, Codable {
    /// The column.
    public var column: ColumnRef
    /// What its values are divided by.
    public var divisor: Double
    /// The unit in which it is told, in the plural.
    public var unit: String

    /// Makes a conversion.
    public init(_ column: ColumnRef, divisor: Double, unit: String) {
        self.column = column
        self.divisor = divisor
        self.unit = unit
    }
}
