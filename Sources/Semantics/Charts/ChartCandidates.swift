import Schemas

/// One chart that can show a result: rules decide whether it can, costs how well. The costs are a small hand-made set
/// in the manner of Draco (Moritz et al., "Formalizing Visualization Design Knowledge as Constraints", 2018): what a
/// chart cannot express is left out, what it expresses badly costs more, and the cheapest wins.
struct ChartCandidate {
    var kind: ChartKind
    var encoding: ChartEncoding
    var cost: Double
    var reason: String
}

/// Lists the charts that can show a result.
struct ChartCandidates {
    let shape: ChartShape
    let wish: ChartWish
    private(set) var list: [ChartCandidate] = []
    /// Whether the measures are only numeric columns of a plain list; then a table is what was asked for.
    private let isPlainList: Bool
    /// Numbers that could be positions when the question asks for them, even if they look like keys.
    private let numbers: [Int]
    private let result: ResultTable

    init(shape: ChartShape, wish: ChartWish, result: ResultTable) {
        self.shape = shape
        self.wish = wish
        self.result = result
        isPlainList = !shape.columns.contains { $0.role == .measure }
        let others = shape.categories.filter { shape.facts[$0].isNumeric }
        numbers = shape.measures + others
        add(.table, ChartEncoding(), isPlainList ? 3 : 10, "the rows are a list rather than figures to compare")
        guard shape.rowCount > 0 else { return }
        addFigure()
        addOneAxis()
        addTwoAxes()
        addPositions()
    }

    private mutating func add(_ kind: ChartKind, _ encoding: ChartEncoding, _ cost: Double, _ reason: String) {
        let listed = isPlainList && kind != .table && kind != .kpi ? 4.0 : 0
        list.append(ChartCandidate(kind: kind, encoding: encoding, cost: cost + listed, reason: reason))
    }

    private func distinct(_ column: Int) -> Int { shape.facts[column].distinctCount }

    /// Whether each combination of the columns occurs once: bars and points would else lie on each other.
    private func isUnique(_ columns: [Int]) -> Bool {
        if columns.count == 1 { return distinct(columns[0]) == shape.rowCount }
        var seen: Set<[SQLValue]> = []
        for row in result.rows where !seen.insert(columns.map { $0 < row.count ? row[$0] : .null }).inserted {
            return false
        }
        return true
    }

    /// Measures of one format, which may share an axis: the first and those like it.
    private var alike: [Int] {
        guard let first = shape.measures.first else { return [] }
        return shape.measures.filter { shape.columns[$0].format == shape.columns[first].format }
    }

    private var canStack: Bool {
        alike.allSatisfy {
            shape.facts[$0].minimum >= 0 && ![.ratio, .percent].contains(shape.columns[$0].format)
        }
    }

    /// One row: the figure itself.
    private mutating func addFigure() {
        guard shape.rowCount == 1, shape.columns.count <= 4 else { return }
        let shown = shape.measures.isEmpty && shape.columns.count == 1 ? [0] : shape.measures
        guard !shown.isEmpty else { return }
        let words = shown.count == 1 ? "the answer is one figure" : "the answer is a few figures"
        add(.kpi, ChartEncoding(measures: shown), shape.columns.count == 1 ? 0 : 1, words)
    }

    /// One category or period with one measure, or with several of one kind.
    private mutating func addOneAxis() {
        guard let measure = shape.measures.first else { return }
        let hidden = Double(shape.measures.count - 1) * 2
        let periods = shape.times.count == 1 && shape.categories.isEmpty ? shape.times.first : nil
        if let x = periods, isUnique([x]) {
            let count = distinct(x)
            let few = count <= 4 && !wish.asksTrend
            let together = ChartEncoding(x: x, measures: alike)
            let rest = Double(shape.measures.count - alike.count) * 2
            if count >= 2 {
                add(
                    .line, together, (few ? 4 : 1) + rest,
                    "a measure over \(count) periods shows its course as a line")
                add(
                    .area, ChartEncoding(x: x, measures: [measure]), 5 + hidden - (wish.asksCumulative ? 5 : 0),
                    "a running total over time fills an area")
            }
            add(
                .bar, ChartEncoding(x: x, measures: [measure]), (few ? 2 : 5) + hidden,
                "a few periods compare best as bars")
            if alike.count > 1 {
                add(.groupedBar, together, few ? 3 : 6, "several measures of a few periods stand side by side")
            }
        }
        // A label is a column whose every value is different; a text rather than a key.
        let labels = shape.categories.filter { isUnique([$0]) }
        let label = labels.first { !shape.facts[$0].isNumeric } ?? labels.first
        let x = shape.times.isEmpty ? label : nil
        if let x {
            let ignored = Double(shape.categories.count - 1)
            let count = shape.rowCount
            let crowd = count > 60 ? 12.0 : count > 30 ? 5 : count == 1 ? 3 : 0
            add(
                .bar, ChartEncoding(x: x, measures: [measure]), 2 + crowd + hidden + ignored,
                "one measure by category compares best as bars")
            if alike.count > 1 {
                add(
                    .groupedBar, ChartEncoding(x: x, measures: alike), 3 + crowd + ignored,
                    "measures of one kind by category stand side by side")
            }
        }
        if let slice = x ?? periods, isUnique([slice]), (2...30).contains(shape.rowCount), canStack {
            let many = shape.rowCount > 8 ? 10.0 : shape.rowCount > 6 ? 1 : 0
            let cue = wish.asksShare && x != nil ? 5.0 : 0
            add(
                .pie, ChartEncoding(x: slice, measures: [measure]), 6 + many + hidden - cue,
                "a few parts of one whole")
        }
    }

    /// Two columns to break down by, and a measure.
    private mutating func addTwoAxes() {
        guard let measure = shape.measures.first, shape.times.count + shape.categories.count == 2 else { return }
        let axes = shape.times + shape.categories
        guard isUnique(axes), !shape.categories.contains(where: { isUnique([$0]) }) || !shape.times.isEmpty else {
            return
        }
        var x = axes[0]
        var series = axes[1]
        if shape.times.count == 1 {
            x = shape.times[0]
            series = shape.categories[0]
        } else if shape.times.count == 2 ? grain(series) < grain(x) : distinct(series) > distinct(x) {
            swap(&x, &series)
        }
        let encoding = ChartEncoding(x: x, measures: [measure], series: series)
        let hidden = Double(shape.measures.count - 1) * 2
        let crowd = (distinct(series) > 8 ? 8.0 : 0) + hidden
        let cells = distinct(x) * distinct(series)
        let isTime = !shape.times.isEmpty
        if isTime, distinct(x) >= 2 {
            let few = distinct(x) <= 4 && !wish.asksTrend
            add(.line, encoding, (few ? 4 : 1) + crowd, "a measure over time, one line for each series")
            if canStack {
                add(.area, encoding, 7 + crowd - (wish.asksShare ? 3 : 0), "parts of a whole over time")
            }
        }
        let wide = cells > 60 ? 4.0 : 0
        let late = isTime && distinct(x) > 4 ? 2.0 : 0
        add(.groupedBar, encoding, 3 + crowd + wide + late, "two groupings compare side by side")
        if canStack {
            add(
                .stackedBar, encoding, 4 + crowd + wide / 2 + late - (wish.asksShare ? 2 : 0),
                "parts of each whole stand on each other")
        }
        if distinct(x) >= 2, distinct(series) >= 2, cells <= 2_000 {
            let sparse = Double(shape.rowCount) < 0.3 * Double(cells) ? 6.0 : 0
            add(
                .heatmap, encoding, (distinct(series) > 8 ? 4 : 7) + sparse + hidden,
                "many combinations are surveyed best as a coloured grid")
        }
    }

    private func grain(_ column: Int) -> TimeGrain {
        if case .time(let grain) = shape.columns[column].role { grain } else { .year }
    }

    /// Numbers as positions: scatter plot, histogram, map.
    private mutating func addPositions() {
        if let (latitude, longitude) = shape.coordinates {
            add(
                .map, ChartEncoding(x: longitude, measures: [latitude], series: nil), shape.rowCount > 1 ? 2 : 4,
                "the rows are places")
        }
        let pair = wish.named == .scatter || wish.asksRelation ? numbers : shape.measures
        if pair.count >= 2, shape.rowCount >= 2, shape.times.isEmpty {
            let left = shape.categories.filter { !pair.prefix(2).contains($0) }
            let series = left.first { distinct($0) <= 8 && distinct($0) < shape.rowCount }
            let many = shape.rowCount >= 20 ? 2.0 : shape.rowCount < 5 ? -4 : 0
            add(
                .scatter, ChartEncoding(x: pair[0], measures: [pair[1]], series: series),
                (left.isEmpty ? 3 : 5) - many - (wish.asksRelation ? 4 : 0),
                "two measures of each row show how they go together")
        }
        let spread = wish.named == .histogram || wish.asksDistribution ? numbers : shape.measures
        if let column = spread.first, shape.rowCount >= 8, shape.times.isEmpty {
            // Where rows have names, their spread is seldom what was asked for: a table comes first.
            let cost = spread.count == 1 && shape.columns.count == 1 ? 4.0 : 11
            add(
                .histogram, ChartEncoding(measures: [column]), cost - (wish.asksDistribution ? 3 : 0),
                "many values of one measure show their spread")
        }
    }
}
