import Schemas
import Semantics

/// One sample for each kind of chart, for golden files and for looking at.
enum ChartGallery {
    struct Entry: Sendable, CustomStringConvertible {
        var kind: ChartKind
        var sample: ChartSample.Sample
        var question: String
        var description: String { kind.rawValue }
        var choice: ChartChoice { sample.choose(question) }
    }

    static let entries: [Entry] = [
        Entry(kind: .bar, sample: ChartSample.top, question: "Revenue by country"),
        Entry(kind: .groupedBar, sample: ChartSample.bySegment, question: "Orders per quarter and segment"),
        Entry(
            kind: .stackedBar, sample: ChartSample.crossed,
            question: "Orders by country and segment as stacked bars"),
        Entry(kind: .line, sample: ChartSample.monthsBySegment, question: "Orders per month and segment"),
        Entry(kind: .area, sample: ChartSample.year, question: "Cumulative revenue per month as an area chart"),
        Entry(kind: .scatter, sample: ChartSample.pairs, question: "Price against orders as a scatter plot"),
        Entry(kind: .pie, sample: ChartSample.top, question: "Share of revenue by country"),
        Entry(kind: .histogram, sample: ChartSample.prices, question: "Distribution of prices"),
        Entry(kind: .heatmap, sample: ChartSample.bySegment, question: "Heat map of orders by quarter and segment"),
        Entry(kind: .map, sample: ChartSample.places, question: "Stores on a map"),
        Entry(kind: .kpi, sample: ChartSample.figure, question: "How many orders?"),
        Entry(kind: .table, sample: ChartSample.top, question: "Revenue by country as a table"),
    ]
}
