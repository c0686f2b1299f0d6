public import Schemas

/// Draws charts with Unicode characters for a terminal.
public enum TerminalChart {
    /// The chart as lines, none wider than `width` (at least 24 columns are used). The first line is the title.
    ///
    /// Bars lie on their side, in steps of an eighth of a column; pies become bars with shares. Lines, areas and dots
    /// are drawn in braille with a labelled y axis and ticks below. Without colour, several lines are drawn in panels one
    /// below the other, since dots alone do not tell them apart.
    /// - Parameter colour: Whether ANSI colours may be used. Control characters in data never come through.
    public static func draw(
        _ choice: ChartChoice, columns: [OutputColumn], result: ResultTable, width: Int, colour: Bool
    ) -> [String] {
        let width = max(24, width)
        guard choice.kind != .table, !choice.encoding.measures.isEmpty, !result.rows.isEmpty else {
            return TerminalTable.draw(columns: columns, result: result, width: width)
        }
        // Pies are drawn as bars here, of which there may be more than slices.
        var drawn = choice
        if choice.kind == .pie, result.rows.count <= ChartExcerpt.barLimit { drawn.kind = .bar }
        let excerpt = ChartExcerpt(drawn, columns: columns, result: result)
        let pen = Pen(
            columns: columns, result: excerpt.result, encoding: choice.encoding, width: width, colour: colour)
        let title = DisplayWidth.truncated(DisplayWidth.safe(VegaLite.title(choice, columns)), to: width)
        let lines: [String]
        switch choice.kind {
        case .kpi: return pen.figures()
        case .bar, .table: lines = pen.bars(shares: false)
        case .pie: lines = pen.bars(shares: true)
        case .groupedBar: lines = pen.groupedBars()
        case .stackedBar: lines = pen.stackedBars()
        case .histogram: lines = pen.histogram()
        case .heatmap: lines = pen.heatmap()
        case .line: lines = pen.course(filled: false)
        case .area: lines = pen.course(filled: true)
        case .scatter, .map: lines = pen.dots()
        }
        let note = excerpt.note.map { [DisplayWidth.truncated("… \($0)", to: width)] } ?? []
        return [pen.bold(title)] + lines + note
    }

    /// What all drawings share: the data, the room and the colours.
    struct Pen {
        let columns: [OutputColumn]
        let result: ResultTable
        let encoding: ChartEncoding
        let width: Int
        let colour: Bool

        /// The nearest of the 256 terminal colours to ``ChartPalette/series``.
        private static let colours = [32, 214, 36, 175, 74, 166, 227, 250]

        /// The text in a series' colour.
        func paint(_ text: String, _ series: Int) -> String {
            guard colour, !text.isEmpty else { return text }
            return "\u{1B}[38;5;\(Self.colours[series % Self.colours.count])m\(text)\u{1B}[0m"
        }

        /// The text in bold, where colours are allowed.
        func bold(_ text: String) -> String { colour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

        func value(_ row: Int, _ column: Int) -> SQLValue {
            column < result.rows[row].count ? result.rows[row][column] : .null
        }

        /// A cell's text, made safe.
        func label(_ row: Int, _ column: Int) -> String {
            DisplayWidth.safe(NumberFormat.text(value(row, column), in: columns[column]))
        }

        /// A number as the measure's column writes it.
        func amount(_ number: Double, _ column: Int) -> String {
            NumberFormat.text(.real(number), format: columns[column].format)
        }

        /// The names of series with their colours, on as many lines as needed.
        func legend(_ names: [String], marks: [String]) -> [String] {
            var lines: [String] = []
            var line = ""
            var used = 0
            for (index, name) in names.enumerated() {
                let text = DisplayWidth.truncated(name, to: width - 2)
                let mark = marks[index % marks.count]
                let size = DisplayWidth.of(text) + 2
                if used > 0, used + 2 + size > width {
                    lines.append(line)
                    line = ""
                    used = 0
                }
                line += (used > 0 ? "  " : "") + paint(mark, index) + " " + text
                used += (used > 0 ? 2 : 0) + size
            }
            return lines + [line]
        }

        /// Each figure in bold with what it is below, and at last whom the figures belong to.
        func figures() -> [String] {
            let others = columns.indices.filter { !encoding.measures.contains($0) && $0 < result.columns.count }
            let name = others.map { label(0, $0) }.joined(separator: ", ")
            return encoding.measures.enumerated().flatMap { index, measure in
                let isLast = index == encoding.measures.count - 1
                let title = DisplayWidth.safe(columns[measure].title)
                let below = name.isEmpty || !isLast ? title : "\(title) · \(name)"
                return [
                    bold(DisplayWidth.truncated(label(0, measure), to: width)),
                    DisplayWidth.truncated(below, to: width),
                ]
            }
        }

        /// The measured values by x and series: `values[series][x]`, nil where there is none.
        func grid(sorted: Bool = false) -> (x: [String], series: [String], values: [[Double?]]) {
            var grid = ChartGrid(columns: columns, result: result, encoding: encoding)
            if sorted { grid.sortPlaces(columns: columns, result: result, encoding: encoding) }
            return (grid.x, grid.series, grid.values)
        }

        func distinct(_ column: Int) -> [SQLValue] { ChartGrid.distinct(column, columns, result) }
    }
}
