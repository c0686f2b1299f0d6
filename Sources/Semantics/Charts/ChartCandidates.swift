import Schemas

/// One chart that can show a result, with the soft rules that it breaks.
struct ChartCandidate {
    var kind: ChartKind
    var encoding: ChartEncoding
    /// Broken rules, each as often as it is broken.
    var rules: [ChartRule]
    /// What speaks for the chart, as a clause.
    var reason: String

    /// What the broken rules cost together.
    var cost: Double { rules.reduce(0) { $0 + $1.points } }
}

/// Lists the charts that can show a result.
struct ChartCandidates {
    let shape: ChartShape
    let wish: ChartWish
    private(set) var list: [ChartCandidate] = []
    /// Whether the measures are only numeric columns of a plain list; then a table is what was asked for.
    private let isPlainList: Bool
    /// Numbers that could be positions when the question asks for them, even if they look like keys.
    let numbers: [Int]
    private let result: ResultTable

    init(shape: ChartShape, wish: ChartWish, result: ResultTable) {
        self.shape = shape
        self.wish = wish
        self.result = result
        isPlainList = !shape.columns.contains { $0.role == .measure }
        let others = shape.categories.filter { shape.facts[$0].isNumeric }
        numbers = shape.measures + others
        add(
            .table, ChartEncoding(), [isPlainList ? .tableOfList : .tableOfFigures],
            "the rows are a list rather than figures to compare")
        guard shape.rowCount > 0 else { return }
        addFigure()
        addOneAxis()
        addTwoAxes()
        addPositions()
    }

    mutating func add(
        _ kind: ChartKind, _ encoding: ChartEncoding, _ rules: [ChartRule?], _ reason: String
    ) {
        var rules = rules.compactMap { $0 }
        if isPlainList, kind != .table, kind != .kpi { rules.append(.chartOfList) }
        list.append(ChartCandidate(kind: kind, encoding: encoding, rules: rules, reason: reason))
    }

    func distinct(_ column: Int) -> Int { shape.facts[column].distinctCount }

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

    /// Whether parts may stand on each other: amounts do, rates do not.
    private var canStack: Bool {
        alike.allSatisfy {
            shape.facts[$0].minimum >= 0 && ![.ratio, .percent].contains(shape.columns[$0].format)
        }
    }

    /// Whether the rows are the parts of one whole: amounts, or shares that really add up to all.
    private var isWhole: Bool {
        guard let measure = shape.measures.first, shape.facts[measure].minimum >= 0 else { return false }
        if wish.named == .pie { return shape.facts[measure].sum > 0 }
        let sum = shape.facts[measure].sum
        return switch shape.columns[measure].format {
        case .percent: (99.5...100.5).contains(sum)
        case .ratio: (0.995...1.005).contains(sum)
        default: sum > 0 && !shape.columns[measure].isAverage
        }
    }

    private func repeated(_ rule: ChartRule, _ times: Int) -> [ChartRule?] {
        [ChartRule?](repeating: rule, count: max(0, times))
    }

    /// One row: the figure itself.
    private mutating func addFigure() {
        guard shape.rowCount == 1, shape.columns.count <= 4 else { return }
        let shown = shape.measures.isEmpty && shape.columns.count == 1 ? [0] : shape.measures
        guard !shown.isEmpty else { return }
        let words = shown.count == 1 ? "the answer is one figure" : "the answer is a few figures"
        add(.kpi, ChartEncoding(measures: shown), [shape.columns.count == 1 ? nil : .figureOfMany], words)
    }

    /// One category or period with one measure, or with several of one kind.
    private mutating func addOneAxis() {
        guard let measure = shape.measures.first else { return }
        let hidden = repeated(.measureNotShown, shape.measures.count - 1)
        let periods = shape.times.count == 1 && shape.categories.isEmpty ? shape.times.first : nil
        if let x = periods, isUnique([x]) { addCourse(x, measure, hidden) }
        // A label is a column whose every value is different; a text rather than a key.
        let labels = shape.categories.filter { isUnique([$0]) }
        let label = labels.first { !shape.facts[$0].isNumeric } ?? labels.first
        let x = shape.times.isEmpty ? label : nil
        if let x {
            let ignored = repeated(.categoryNotShown, shape.categories.count - 1)
            let count = shape.rowCount
            let crowd: [ChartRule?] = [
                count > 60 ? .tooManyBars : count > 30 ? .manyBars : count == 1 ? .oneBar : nil
            ]
            add(
                .bar, ChartEncoding(x: x, measures: [measure]), [.bars] + crowd + hidden + ignored,
                "one measure by category compares best as bars")
            if wish.named == .line || wish.named == .area {
                add(
                    wish.named == .area ? .area : .line, ChartEncoding(x: x, measures: [measure]),
                    [.lines, .linesOverNames] + crowd + hidden + ignored, "a line leads from one value to the next")
            }
            if alike.count > 1 {
                add(
                    .groupedBar, ChartEncoding(x: x, measures: alike), [.groupedBars] + crowd + ignored,
                    "measures of one kind by category stand side by side")
            }
        }
        if let slice = x ?? periods, isUnique([slice]), shape.rowCount >= 2, isWhole {
            let many: ChartRule? =
                shape.rowCount > 8 ? .tooManySlices : shape.rowCount > 6 ? .manySlices : nil
            add(
                .pie, ChartEncoding(x: slice, measures: [measure]),
                [.pie, many, wish.asksShare && x != nil ? .wordsOfShare : nil] + hidden,
                "a few parts of one whole")
        }
    }

    /// Periods with one measure, or with several of one kind.
    private mutating func addCourse(_ x: Int, _ measure: Int, _ hidden: [ChartRule?]) {
        let count = distinct(x)
        let few = isFew(x)
        let together = ChartEncoding(x: x, measures: alike)
        if count >= 2 {
            add(
                .line, together,
                [.lines, few ? .linesOfFewPeriods : nil]
                    + repeated(.measureNotShown, shape.measures.count - alike.count),
                "a measure over \(count) periods shows its course as a line")
            add(
                .area, ChartEncoding(x: x, measures: [measure]),
                [.areas, wish.asksCumulative ? .wordsOfRunningTotal : nil] + hidden,
                "a running total over time fills an area")
        }
        add(
            .bar, ChartEncoding(x: x, measures: [measure]),
            [.barsOverTime, few ? .fewPeriodsAsBars : nil] + hidden,
            "a few periods compare best as bars")
        if alike.count > 1 {
            add(
                .groupedBar, together, [.groupedBars] + (few ? [] : repeated(.groupsOfManyPeriods, 2)),
                "several measures of a few periods stand side by side")
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
        let crowd = [distinct(series) > 8 ? ChartRule.manySeries : nil]
        let hidden = repeated(.measureNotShown, shape.measures.count - 1)
        let cells = distinct(x) * distinct(series)
        let isTime = !shape.times.isEmpty
        if isTime, distinct(x) >= 2 {
            let few = isFew(x)
            add(
                .line, encoding, [.lines, few ? .linesOfFewPeriods : nil] + crowd + hidden,
                "a measure over time, one line for each series")
            if canStack {
                add(
                    .area, encoding,
                    [.areas, .areasOfParts, wish.asksShare ? .wordsOfShare : nil] + crowd + hidden,
                    "parts of a whole over time")
            }
        }
        let wide: ChartRule? = cells > 60 ? .manyBarsInGroups : nil
        let late: ChartRule? = isTime && distinct(x) > 4 ? .groupsOfManyPeriods : nil
        add(
            .groupedBar, encoding, [.groupedBars, wide, late] + crowd + hidden,
            "two groupings compare side by side")
        if canStack {
            add(
                .stackedBar, encoding,
                [.stackedBars, wide, late, wish.asksShare ? .wordsOfShare : nil] + crowd + hidden,
                "parts of each whole stand on each other")
        }
        if distinct(x) >= 2, distinct(series) >= 2, cells <= 2_000 {
            let sparse: ChartRule? = Double(shape.rowCount) < 0.3 * Double(cells) ? .emptyCells : nil
            add(
                .heatmap, encoding, [.heatmap, distinct(series) > 8 ? .manyRowsInGrid : nil, sparse] + hidden,
                "many combinations are surveyed best as a coloured grid")
        }
    }

    /// Whether periods are so few that they are compared rather than followed: four, or the days of one week.
    private func isFew(_ column: Int) -> Bool {
        distinct(column) <= (grain(column) == .day ? 7 : 4) && !wish.asksTrend
    }

    private func grain(_ column: Int) -> TimeGrain {
        if case .time(let grain) = shape.columns[column].role { grain } else { .year }
    }
}
