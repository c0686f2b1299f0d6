import Schemas
import Values

/// The labels of a category axis.
struct Labels {
    /// How many rows carry a label.
    let count: Int
    /// The widest label in columns.
    let longest: Int
    private let isOrdered: Bool

    /// The labels of column `x`.
    init(of x: Int, fields: VegaLite.Fields) {
        let values = fields.values(x)
        count = Set(values).count
        longest = values.map { DisplayWidth.of(NumberFormat.text($0, in: fields.columns[x])) }.max() ?? 0
        let isTime = if case .time = fields.columns[x].role { true } else { false }
        isOrdered = isTime || values.allSatisfy { $0.number != nil }
    }

    /// How the axis is sorted: the rows' own order (`null`) when they come sorted by the measure or the labels have an
    /// order themselves, else from the largest value down.
    func sort(by measure: Int, fields: VegaLite.Fields) -> JSON {
        let values = fields.result.rows.map { measure < $0.count ? $0[measure].number ?? 0 : 0 }
        let pairs = zip(values, values.dropFirst())
        if isOrdered || pairs.allSatisfy({ $0 >= $1 }) || pairs.allSatisfy({ $0 <= $1 }) { return .null }
        return ["op": "sum", "field": .string(fields.names[measure]), "order": "descending"]
    }
}

/// Numbers counted into bins of equal width.
struct Histogram {
    /// At most this many bins.
    static let binLimit = 12
    /// The lower bound of the first bin.
    let start: Double
    /// The width of a bin: 1, 2 or 5 times a power of ten.
    let step: Double
    /// How many values fall into each bin.
    let counts: [Int]

    /// Counts values; nil when there are none.
    init?(_ values: [Double]) {
        guard let low = values.min(), let high = values.max() else { return nil }
        step = NiceScale.step(span: max(high - low, low == high ? 1 : 0), parts: Self.binLimit)
        start = (low / step).rounded(.down) * step
        let (start, step) = (start, step)
        func bin(_ value: Double) -> Int { Int(max(0, min(199, ((value - start) / step).rounded(.down)))) }
        var counts = [Int](repeating: 0, count: bin(high) + 1)
        for value in values { counts[min(counts.count - 1, bin(value))] += 1 }
        self.counts = counts
    }
}
