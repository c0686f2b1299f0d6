import Schemas
import Values

extension TerminalChart.Pen {
    /// More bars than this are named but not drawn.
    private static let barLimit = 40
    /// Fills that tell parts apart without colour.
    private static let fills = ["█", "▓", "▒", "░", "▞", "╳", "┼", "·"]
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    /// One line of a drawing of bars.
    private struct Bar {
        var label: String
        var value: Double?
        var text: String
        var series = 0
    }

    /// One bar for each row.
    func bars(shares: Bool) -> [String] {
        let x = encoding.x ?? 0
        let measure = encoding.measures[0]
        let values = result.rows.indices.map { value($0, measure).number }
        let total = values.reduce(0) { $0 + ($1 ?? 0) }
        // The same order as in the specification: as the rows come, or from the largest value down.
        let fields = VegaLite.Fields(columns: columns, result: result)
        var order = Array(result.rows.indices)
        if Labels(of: x, fields: fields).sort(by: measure, fields: fields) != .null {
            order.sort { ((values[$1] ?? 0), $0) < ((values[$0] ?? 0), $1) }
        }
        return draw(
            order.map { row in
                var text = label(row, measure)
                if shares, let value = values[row], total > 0 {
                    text += " (" + NumberFormat.fixed(value / total * 100, digits: 1) + " %)"
                }
                return Bar(label: label(row, x), value: values[row], text: text)
            })
    }

    /// For each place one bar per series, named in a second column of labels.
    func groupedBars() -> [String] {
        let (x, series, values) = grid(sorted: true)
        let inner = min(series.map(DisplayWidth.of).max() ?? 0, width / 5)
        let outer = min(x.map(DisplayWidth.of).max() ?? 0, width / 5)
        var bars: [Bar] = []
        for place in x.indices {
            for group in series.indices {
                let head = DisplayWidth.fitted(bars.isEmpty || group == 0 ? x[place] : "", to: outer)
                let number = values[group][place]
                let measure = encoding.series == nil ? encoding.measures[group] : encoding.measures[0]
                bars.append(
                    Bar(
                        label: head + " " + DisplayWidth.fitted(series[group], to: inner), value: number,
                        text: number.map { amount($0, measure) } ?? "–", series: group))
            }
        }
        return draw(bars)
    }

    /// Lays labels, bars and values side by side, with a common zero.
    private func draw(_ all: [Bar]) -> [String] {
        let shown = all.prefix(Self.barLimit)
        let labelWidth = min(shown.map { DisplayWidth.of($0.label) }.max() ?? 0, max(6, width * 2 / 5))
        let bars = shown.map { bar in
            var bar = bar
            bar.text = DisplayWidth.truncated(bar.text, to: width - labelWidth - 7)
            return bar
        }
        let textWidth = bars.map { DisplayWidth.of($0.text) }.max() ?? 0
        let room = max(4, width - labelWidth - textWidth - 3)
        let low = min(0, bars.compactMap(\.value).min() ?? 0)
        let high = max(0, bars.compactMap(\.value).max() ?? 0)
        let span = high - low
        let left = span > 0 ? Int((Double(room) * (-low / span)).rounded()) : 0
        var lines = bars.map { bar in
            let label = DisplayWidth.fitted(bar.label, to: labelWidth)
            let number = bar.value ?? 0
            var shape = ""
            if number < 0, span > 0 {
                let length = max(1, min(left, Int((Double(room) * (-number / span)).rounded())))
                shape = String(repeating: " ", count: left - length)
                shape += paint(String(repeating: "█", count: length), bar.series)
                shape += "│"
            } else {
                shape = String(repeating: " ", count: left) + "│"
                shape += paint(Self.length(number, of: high, in: room - left), bar.series)
            }
            return "\(label) \(shape) \(bar.text)"
        }
        if all.count > bars.count { lines.append("… \(NumberFormat.grouped(all.count - bars.count)) more") }
        return lines
    }

    /// A bar in eighths of a column; anything above zero shows.
    private static func length(_ value: Double, of high: Double, in room: Int) -> String {
        guard value > 0, high > 0, room > 0 else { return "" }
        let parts = max(1, Int((value / high * Double(room * 8)).rounded()))
        return String(repeating: "█", count: parts / 8) + eighths[parts % 8]
    }

    /// One bar per place, made of its parts.
    func stackedBars() -> [String] {
        let (x, series, values) = grid(sorted: true)
        let totals = x.indices.map { place in values.reduce(0.0) { $0 + max(0, $1[place] ?? 0) } }
        let texts = totals.map { DisplayWidth.truncated(amount($0, encoding.measures[0]), to: width / 3) }
        let labelWidth = min(x.map(DisplayWidth.of).max() ?? 0, width / 3)
        let room = max(4, width - labelWidth - (texts.map(DisplayWidth.of).max() ?? 0) - 3)
        let high = totals.max() ?? 0
        var lines = x.indices.prefix(Self.barLimit).map { place in
            var bar = ""
            var sum = 0.0
            var drawn = 0
            for group in series.indices {
                sum += max(0, values[group][place] ?? 0)
                let end = high > 0 ? Int((sum / high * Double(room)).rounded()) : 0
                let fill = colour ? "█" : Self.fills[group % Self.fills.count]
                bar += paint(String(repeating: fill, count: max(0, end - drawn)), group)
                drawn = max(drawn, end)
            }
            return "\(DisplayWidth.fitted(x[place], to: labelWidth)) │\(bar) \(texts[place])"
        }
        if x.count > Self.barLimit { lines.append("… \(NumberFormat.grouped(x.count - Self.barLimit)) more") }
        return lines + legend(series, marks: colour ? ["█"] : Self.fills)
    }

    /// The values of one measure counted into bins.
    func histogram() -> [String] {
        let measure = encoding.measures[0]
        let values = result.rows.indices.compactMap { value($0, measure).number }
        guard let bins = Histogram(values) else { return ["No numbers to draw."] }
        return draw(
            bins.counts.enumerated().map { index, count in
                let low = bins.start + Double(index) * bins.step
                let range = NumberFormat.compact(low) + " – " + NumberFormat.compact(low + bins.step)
                return Bar(label: range, value: Double(count), text: NumberFormat.grouped(count))
            })
    }

    /// A grid of shades, one row per series.
    func heatmap() -> [String] {
        func layout(_ grid: ChartGrid) -> (labelWidth: Int, cell: Int, cut: Int) {
            let labelWidth = min(grid.series.map(DisplayWidth.of).max() ?? 0, width / 3)
            let wanted = max(2, grid.x.map(DisplayWidth.of).max() ?? 2)
            let cell = min(wanted, (width - labelWidth - 1) / max(1, grid.x.count) - 1)
            return (labelWidth, cell, wanted - cell)
        }
        var grid = ChartGrid(columns: columns, result: result, encoding: encoding)
        // Names that would be cut above the columns may fit beside the rows.
        if layout(grid).cut > 0, layout(grid.transposed).cut < layout(grid).cut { grid = grid.transposed }
        let (x, series, values) = (grid.x, grid.series, grid.values)
        let (labelWidth, cell, _) = layout(grid)
        let numbers = grid.numbers
        guard cell >= 1, let low = numbers.min(), let high = numbers.max() else {
            return TerminalTable.draw(columns: columns, result: result, width: width)
        }
        let shades = ["░", "▒", "▓", "█"]
        let head =
            String(repeating: " ", count: labelWidth) + x.map { " " + DisplayWidth.fitted($0, to: cell) }.joined()
        var lines = [DisplayWidth.trimmedEnd(head)]
        for (group, name) in series.enumerated() {
            let cells = values[group].map { value -> String in
                guard let value else { return " " + String(repeating: " ", count: cell) }
                let level = high > low ? min(3, Int((value - low) / (high - low) * 4)) : 3
                return " " + paint(String(repeating: shades[level], count: cell), 0)
            }
            lines.append(DisplayWidth.fitted(name, to: labelWidth) + cells.joined())
        }
        let measure = encoding.measures[0]
        return lines + ["░ \(amount(low, measure))  █ \(amount(high, measure))"]
    }
}
