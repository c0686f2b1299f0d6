public import Schemas

/// Draws charts as SVG: one file without scripts, fonts or links, which a browser, an office program or a page can show.
public enum SVGChart {
    /// The chart as an SVG document. A table becomes rows of text, a result without rows a sentence; there is always a
    /// drawing. Whoever cannot see it finds a title, a description and a text for each mark.
    ///
    /// - Parameters:
    ///   - columns: What each column of `result` is, in the same order.
    ///   - title: What stands above the chart; nil to make it from the columns' titles.
    public static func draw(
        _ choice: ChartChoice, columns: [OutputColumn], result: ResultTable, title: String? = nil
    ) -> String {
        let excerpt = ChartExcerpt(choice, columns: columns, result: result)
        var plot = SVGPlot(
            choice: choice, columns: columns, result: excerpt.result,
            title: title ?? VegaLite.title(choice, columns), note: excerpt.note)
        return plot.document()
    }
}

/// One drawing in the making: the data, where things stand, and the elements so far.
struct SVGPlot {
    let choice: ChartChoice
    let columns: [OutputColumn]
    let result: ResultTable
    let title: String
    let note: String?
    var canvas = SVGCanvas()
    /// The height that the drawing turned out to need.
    var height = 0.0

    static let width = 760.0
    static let margin = 24.0

    /// Where the part below title and legend begins.
    private(set) var top = 0.0

    var encoding: ChartEncoding { choice.encoding }
    var grid: ChartGrid { ChartGrid(columns: columns, result: result, encoding: encoding) }

    init(choice: ChartChoice, columns: [OutputColumn], result: ResultTable, title: String, note: String?) {
        self.choice = choice
        self.columns = columns
        self.result = result
        self.title = title
        self.note = note
    }

    mutating func document() -> String {
        heading()
        let hasFigures = !encoding.measures.isEmpty && !result.rows.isEmpty && columns.count == result.columns.count
        switch choice.kind {
        case _ where result.rows.isEmpty: sentence("There are no rows to draw.")
        case .table: table()
        case _ where !hasFigures: table()
        case .kpi: figures()
        case .bar, .groupedBar, .stackedBar: bars()
        case .histogram: histogram()
        case .line, .area: course()
        case .scatter, .map: dots()
        case .pie: slices()
        case .heatmap: cells()
        }
        return canvas.document(
            width: Self.width, height: max(height, top) + Self.margin, title: title, description: description)
    }

    /// Title and note, in as many lines as the title needs, at most two.
    private mutating func heading() {
        let room = Self.width - 2 * Self.margin
        var rest = DisplayWidth.safe(title)
        top = Self.margin
        for line in 0..<2 where !rest.isEmpty {
            var text = TextSize.fitted(rest, into: room, size: 17)
            // The first of two lines ends at a space.
            if text.hasSuffix("…"), line == 0, let space = text.dropLast().lastIndex(of: " ") {
                text = String(text[..<space])
                rest = String(rest.dropFirst(text.count + 1))
            } else {
                rest = ""
            }
            top += line == 0 ? 12 : 22
            canvas.text(text, Self.margin, top, size: 17, ink: .ink, bold: true)
        }
        if let note {
            top += 20
            canvas.text(TextSize.fitted(note.capitalisedFirst + ".", into: room, size: 12), Self.margin, top)
        }
        top += 18
    }

    /// What colours mean, on as many lines as needed.
    mutating func legend(_ names: [String]) {
        var x = Self.margin
        for (index, name) in names.enumerated() {
            let text = TextSize.fitted(name, into: 200, size: 12)
            let size = TextSize.width(text, size: 12) + 34
            if x + size > Self.width - Self.margin, x > Self.margin {
                x = Self.margin
                top += 20
            }
            canvas.rect(x, top - 2, 12, 12, fill: ChartPalette.colour(index), tip: name)
            canvas.text(text, x + 18, top + 8, ink: .ink)
            x += size
        }
        top += 24
    }

    mutating func sentence(_ text: String) {
        canvas.text(text, Self.margin, top + 12, size: 14)
        height = top + 20
    }

    /// What the chart is and the span of its figures, in a sentence or two.
    private var description: String {
        var text = "\(choice.kind.phrase.capitalisedFirst) of \(NumberFormat.grouped(result.rows.count)) "
        text += result.rows.count == 1 ? "row." : "rows."
        for measure in encoding.measures.prefix(3) where columns.indices.contains(measure) {
            let values = result.rows.compactMap { measure < $0.count ? $0[measure].number : nil }
            guard let low = values.min(), let high = values.max() else { continue }
            let ends = [low, high].map { NumberFormat.text(.real($0), format: columns[measure].format) }
            text += " \(columns[measure].title)"
            text += low == high ? ": \(ends[0])." : " from \(ends[0]) to \(ends[1])."
        }
        return text
    }

    func amount(_ number: Double, _ measure: Int) -> String {
        NumberFormat.text(.real(number), format: columns[measure].format)
    }

    func label(_ row: Int, _ column: Int) -> String {
        let value: SQLValue = column < result.rows[row].count ? result.rows[row][column] : .null
        return DisplayWidth.safe(NumberFormat.text(value, in: columns[column]))
    }

    func number(_ row: Int, _ column: Int) -> Double? {
        column < result.rows[row].count ? result.rows[row][column].number : nil
    }
}
