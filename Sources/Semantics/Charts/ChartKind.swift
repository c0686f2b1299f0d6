/// How an answer can be shown. The raw values are the names on the wire.
public enum ChartKind: String, Sendable, Hashable, CaseIterable {
    case bar
    case groupedBar = "grouped_bar"
    case stackedBar = "stacked_bar"
    case line, area, scatter, pie, histogram, heatmap, map, kpi, table

    /// The name in a sentence: "a line chart".
    public var phrase: String {
        switch self {
        case .bar: "a bar chart"
        case .groupedBar: "grouped bars"
        case .stackedBar: "stacked bars"
        case .line: "a line chart"
        case .area: "an area chart"
        case .scatter: "a scatter plot"
        case .pie: "a pie chart"
        case .histogram: "a histogram"
        case .heatmap: "a heat map"
        case .map: "a map"
        case .kpi: "a single figure"
        case .table: "a table"
        }
    }
}

/// Which columns of the result go where; all are indices of columns.
public struct ChartEncoding: Sendable, Hashable {
    /// The axis that is read off: a category, a period, or a number in a scatter plot. Nil for figures and tables.
    public var x: Int?
    /// What is measured. Several measures stand beside each other as if they were series.
    public var measures: [Int]
    /// What tells bars, lines or dots of one place apart.
    public var series: Int?

    /// Makes an encoding.
    public init(x: Int? = nil, measures: [Int] = [], series: Int? = nil) {
        self.x = x
        self.measures = measures
        self.series = series
    }
}

/// A chart that was chosen, with the reason in words and what would also have been possible.
public struct ChartChoice: Sendable, Hashable {
    /// The chart.
    public var kind: ChartKind
    /// Why, in one sentence for people.
    public var reason: String
    /// Whether the question names another chart; ``reason`` then says why that one is not shown.
    public var isRefusal: Bool
    /// Other charts that can show this result, the best first.
    public var alternatives: [ChartKind]
    /// Which column goes where.
    public var encoding: ChartEncoding

    /// Makes a choice.
    public init(
        kind: ChartKind, reason: String, isRefusal: Bool = false, alternatives: [ChartKind], encoding: ChartEncoding
    ) {
        self.kind = kind
        self.reason = reason
        self.isRefusal = isRefusal
        self.alternatives = alternatives
        self.encoding = encoding
    }
}
