/// What the wording of a question says about its chart: a chart named outright, and softer cues.
struct ChartWish: Hashable {
    /// The chart that was named, if any.
    var named: ChartKind?
    /// A chart that was named and that nothing here draws: "box plot".
    var unknown: String?
    /// Parts of a whole: "share", "percentage", "breakdown".
    var asksShare = false
    /// How values spread: "distribution", "spread".
    var asksDistribution = false
    /// How two numbers go together: "versus", "correlation", "relationship".
    var asksRelation = false
    /// How something develops: "trend", "over time".
    var asksTrend = false
    /// Running totals: "cumulative".
    var asksCumulative = false

    /// Reads a question.
    init(_ question: String) {
        let words = question.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        named = Self.namedChart(words)
        unknown = named == nil ? Self.unknownChart(words) : nil
        let cues = Set(words)
        asksShare =
            !cues.isDisjoint(with: ["share", "shares", "proportion", "proportions", "breakdown", "composition"])
            || !cues.isDisjoint(with: ["percentage", "percentages", "percent"])
        asksDistribution = !cues.isDisjoint(with: ["distribution", "distributed", "spread"])
        asksRelation = !cues.isDisjoint(with: ["correlation", "correlate", "relationship", "relation", "against"])
        asksTrend =
            !cues.isDisjoint(with: ["trend", "trends", "evolution", "develop", "developed", "development"])
            || Self.contains(words, ["over", "time"])
        asksCumulative = !cues.isDisjoint(with: ["cumulative", "cumulated", "running"])
    }

    /// Whether a chart is named, drawable or not.
    var namesChart: Bool { named != nil || unknown != nil }

    /// Words that name a chart only when the wording shows that a chart is meant: "bar" is also a place to drink,
    /// "table" a thing to sit at.
    private static let kinds: [String: ChartKind] = [
        "bar": .bar, "bars": .bar, "column": .bar, "columns": .bar, "line": .line, "lines": .line, "pie": .pie,
        "donut": .pie, "doughnut": .pie, "area": .area, "map": .map, "table": .table, "point": .scatter,
        "bubble": .scatter, "heat": .heatmap, "number": .kpi, "kpi": .kpi,
    ]
    /// Words that can mean nothing else.
    private static let unmistakable: [String: ChartKind] = [
        "histogram": .histogram, "scatter": .scatter, "heatmap": .heatmap, "scatterplot": .scatter,
        "barchart": .bar, "piechart": .pie,
        "linechart": .line, "timeseries": .line, "choropleth": .map,
    ]
    /// Charts that are not drawn here, by the word before "chart", "plot" and the like, and those that are one word.
    private static let unknownKinds: Set<String> = [
        "box", "violin", "radar", "spider", "gauge", "funnel", "waterfall", "sankey", "sunburst", "candlestick",
        "gantt", "polar", "pareto", "network", "chord",
    ]
    private static let unknownWords: Set<String> = ["treemap", "boxplot", "sankey", "sunburst", "wordcloud"]
    /// Every word that may be a part of the name of a chart: where a question names one, they ask for nothing else.
    static let vocabulary = Set(kinds.keys).union(unmistakable.keys).union(chartWords).union(articles).union(
        modifiers.keys
    ).union(unknownKinds).union(unknownWords).union(["map", "maps", "visualize", "visualise"]).subtracting([
        "number", "table", "point",
    ])
    private static let chartWords: Set<String> = [
        "chart", "charts", "graph", "graphs", "plot", "plots", "diagram", "diagrams", "visualization",
        "visualisation",
    ]
    /// Words that after "a bar" or "a pie" say that it is a drawing.
    private static let followers: Set<String> = ["about", "showing", "representing", "visualizing", "visualising"]
    private static let leadIns: Set<String> = [
        "as", "draw", "visualize", "visualise", "plot", "graph", "chart", "sketch", "using", "into",
    ]
    private static let articles: Set<String> = [
        "a", "an", "the", "simple", "single", "horizontal", "vertical", "multi",
    ]

    private static func namedChart(_ words: [String]) -> ChartKind? {
        for (index, word) in words.enumerated() {
            if let kind = unmistakable[word] { return kind }
            guard let kind = kinds[word] else { continue }
            let next = index + 1 < words.count ? words[index + 1] : ""
            if kind == .heatmap {
                if next == "map" { return .heatmap }
                continue
            }
            // "on a map"; a mere "map" may be anything.
            if kind == .map, index >= 2, words[index - 2] == "on", articles.contains(words[index - 1]) {
                return .map
            }
            let last = index > 0 ? words[index - 1] : ""
            let isDrawing = chartWords.contains(next) || (articles.contains(last) && followers.contains(next))
            let isArranged = kind == .bar && modifiers[last] != nil
            let isChart = (isDrawing || isArranged) && kind != .table && kind != .kpi
            if isChart || isLedIn(words, index) || (kind == .table && isInATable(words, index)) {
                return kind == .bar ? barKind(words, index) : kind
            }
        }
        return nil
    }

    private static func unknownChart(_ words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            let next = index + 1 < words.count ? words[index + 1] : ""
            if unknownKinds.contains(word), chartWords.contains(next) { return "\(word) \(next)" }
            if unknownWords.contains(word), chartWords.contains(next) || isLedIn(words, index) { return word }
        }
        return nil
    }

    /// "as a table", "draw a bar", "plot a simple line".
    private static func isLedIn(_ words: [String], _ index: Int) -> Bool {
        var at = index - 1
        var sawArticle = false
        while at >= 0, articles.contains(words[at]) || modifiers[words[at]] != nil {
            sawArticle = true
            at -= 1
        }
        guard at >= 0, leadIns.contains(words[at]) else { return false }
        // "as bars" names a chart, "draw bars of soap" need not.
        return sawArticle || words[at] == "as"
    }

    /// "in a table", as the last words.
    private static func isInATable(_ words: [String], _ index: Int) -> Bool {
        index == words.count - 1 && index >= 2 && words[index - 1] == "a" && words[index - 2] == "in"
    }

    private static let modifiers: [String: ChartKind] = [
        "stacked": .stackedBar, "grouped": .groupedBar, "clustered": .groupedBar, "multi": .groupedBar,
    ]

    private static func barKind(_ words: [String], _ index: Int) -> ChartKind {
        for word in words[max(0, index - 2)..<index] {
            if let kind = modifiers[word] { return kind }
        }
        return .bar
    }

    private static func contains(_ words: [String], _ phrase: [String]) -> Bool {
        words.indices.contains { words[$0...].starts(with: phrase) }
    }
}
