/// Round numbers for axes.
enum NiceScale {
    /// The smallest of 1, 2, 5 × 10^n that divides `span` into at most `parts` parts.
    static func step(span: Double, parts: Int) -> Double {
        guard span.isFinite, span > 0 else { return 1 }
        let wanted = span / Double(max(1, parts))
        guard wanted.isFinite, wanted > 1e-300 else { return 1 }
        var unit = 1.0
        while unit * 10 <= wanted { unit *= 10 }
        while unit > wanted { unit /= 10 }
        for factor in [1.0, 2, 5, 10] where unit * factor >= wanted { return unit * factor }
        return unit * 10
    }
}

/// A labelled axis: its bounds and the values that carry a tick.
struct ChartScale {
    let low: Double
    let high: Double
    let ticks: [Double]

    /// A scale of round numbers around the values; with `zero` it reaches down, or up, to zero.
    init(_ values: [Double], zero: Bool, parts: Int) {
        let least = values.min() ?? 0
        let most = values.max() ?? 1
        let bottom = zero ? min(0, least) : least
        let top = zero ? max(0, most) : most
        let step = NiceScale.step(span: top > bottom ? top - bottom : max(1, abs(top)), parts: parts)
        let first = (bottom / step).rounded(.down)
        var last = (top / step).rounded(.up)
        if last <= first { last = first + 1 }
        low = first * step
        high = last * step
        ticks = (0...Int(min(20, last - first))).map { (first + Double($0)) * step }
    }

    /// Where a value lies between the bounds: 0 at the lower, 1 at the upper one.
    func share(_ value: Double) -> Double { high > low ? (value - low) / (high - low) : 0 }

    /// The dot of `value` on an axis of `dots` dots.
    func dot(_ value: Double, _ dots: Int) -> Int { Int((share(value) * Double(dots - 1)).rounded()) }

    /// How a tick is written: short, with the sign of its column.
    static func label(_ value: Double, _ format: OutputColumn.Format) -> String {
        switch format {
        case .ratio: NumberFormat.trimmed(value * 100, digits: 1) + " %"
        case .percent: NumberFormat.trimmed(value, digits: 1) + " %"
        default: NumberFormat.compact(value)
        }
    }
}
