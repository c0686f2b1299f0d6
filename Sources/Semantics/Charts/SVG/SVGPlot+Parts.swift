import Glibc
import Schemas

extension SVGPlot {
    /// The parts of one whole, from twelve o'clock on, each with its name and share beside the circle.
    mutating func slices() {
        let (x, measure) = (encoding.x ?? 0, encoding.measures[0])
        let rows = result.rows.indices.filter { (number($0, measure) ?? 0) > 0 }
        let total = rows.reduce(0.0) { $0 + (number($1, measure) ?? 0) }
        guard total > 0, total.isFinite else { return sentence("There are no parts to draw.") }
        let radius = 150.0
        let centre = (x: Self.margin + radius + 10, y: top + radius + 10)
        var angle = 0.0
        for (index, row) in rows.enumerated() {
            let share = (number(row, measure) ?? 0) / total
            let tip = "\(label(row, x)): \(label(row, measure)) (\(NumberFormat.fixed(share * 100, digits: 1)) %)"
            func point(_ turn: Double) -> [Double] {
                [centre.x + radius * sin(turn * 2 * .pi), centre.y - radius * cos(turn * 2 * .pi)]
            }
            // The end of an arc that goes all the way around would be its beginning.
            let end = min(angle + share, angle + 0.9999)
            canvas.path(
                [
                    ("M", [centre.x, centre.y]), ("L", point(angle)),
                    ("A", [radius, radius, 0, share > 0.5 ? 1 : 0, 1] + point(end)), ("Z", []),
                ], fill: ChartPalette.colour(index), tip: tip)
            angle += share
        }
        let left = centre.x + radius + 36
        let shown = min(rows.count, 20)
        var y = max(top + 16, centre.y - Double(shown) * 12)
        for (index, row) in rows.prefix(shown).enumerated() {
            let share = NumberFormat.fixed((number(row, measure) ?? 0) / total * 100, digits: 1) + " %"
            canvas.rect(left, y - 10, 12, 12, fill: ChartPalette.colour(index), tip: label(row, x))
            canvas.text(TextSize.fitted(label(row, x), into: 160, size: 13), left + 20, y, size: 13, ink: .ink)
            canvas.text("\(label(row, measure)) · \(share)", Self.width - Self.margin, y, size: 12, anchor: .end)
            y += 24
        }
        height = max(centre.y + radius + 10, y)
    }

    /// A coloured grid, places across and series down.
    mutating func cells() {
        let grid = grid
        let numbers = grid.numbers
        guard let low = numbers.min(), let high = numbers.max() else { return table() }
        let names = grid.series.map { TextSize.fitted($0, into: 180, size: 12) }
        let left = Self.margin + (names.map { TextSize.width($0, size: 12) }.max() ?? 0) + 10
        let wide = min(80, (Self.width - Self.margin - left) / Double(max(1, grid.x.count)))
        let (measure, tall) = (encoding.measures[0], 26.0)
        let scheme = ChartPalette.sequence
        for (series, name) in names.enumerated() {
            let y = top + tall * Double(series)
            canvas.text(name, left - 8, y + tall / 2 + 4, anchor: .end, ink: .ink)
            for place in grid.x.indices {
                guard let value = grid.values[series][place] else { continue }
                let level = high > low ? Int((value - low) / (high - low) * Double(scheme.count)) : scheme.count / 2
                canvas.rect(
                    left + wide * Double(place), y, wide, tall, fill: scheme[min(scheme.count - 1, max(0, level))],
                    tip: "\(grid.x[place]), \(grid.series[series]): \(amount(value, measure))", edged: true)
            }
        }
        let bottom = top + tall * Double(names.count)
        let span = wide * Double(grid.x.count)
        let frame = Frame(
            left: left, right: left + span, top: top, bottom: bottom,
            down: ChartScale([0, 1], zero: true, parts: 1))
        below(grid.x.enumerated().map { (left + wide * (Double($0) + 0.5), $1) }, frame)
        height += 14
        var x = left
        canvas.text(amount(low, measure), x, height + 10, size: 11)
        x += TextSize.width(amount(low, measure), size: 11) + 8
        for colour in scheme {
            canvas.rect(x, height, 24, 12, fill: colour, tip: columns[measure].title)
            x += 24
        }
        canvas.text("\(amount(high, measure))  \(columns[measure].axisTitle)", x + 8, height + 10, size: 11)
        height += 16
    }

    /// Each figure, large, with what it is and whom it belongs to.
    mutating func figures() {
        let others = columns.indices.filter { !encoding.measures.contains($0) }
        let name = others.map { label(0, $0) }.joined(separator: ", ")
        var y = top
        for measure in encoding.measures {
            y += 52
            let text = label(0, measure)
            let size = max(
                20, min(48, 48 * (Self.width - 2 * Self.margin) / max(1, TextSize.width(text, size: 48))))
            canvas.text(
                TextSize.fitted(text, into: Self.width - 2 * Self.margin, size: size), Self.margin, y, size: size,
                ink: .ink, bold: true)
            y += 24
            let below = name.isEmpty ? columns[measure].axisTitle : "\(columns[measure].axisTitle) · \(name)"
            canvas.text(
                TextSize.fitted(below, into: Self.width - 2 * Self.margin, size: 14), Self.margin, y, size: 14)
        }
        height = y
    }

    /// The first rows as text.
    mutating func table() {
        let limit = 40
        let count = min(columns.count, 8)
        guard count > 0 else { return sentence("There are no columns.") }
        let rows = result.rows.indices.prefix(limit)
        let room = (Self.width - 2 * Self.margin) / Double(count)
        var y = top + 10
        func isNumber(_ column: Int) -> Bool { rows.contains { number($0, column) != nil } }
        func line(_ texts: [String], bold: Bool) {
            for (column, text) in texts.enumerated() {
                let cut = TextSize.fitted(text, into: room - 12, size: 12)
                let x = Self.margin + room * Double(column)
                let right = isNumber(column)
                canvas.text(cut, right ? x + room - 12 : x, y, anchor: right ? .end : .start, ink: .ink, bold: bold)
            }
        }
        line(columns.prefix(count).map(\.title), bold: true)
        canvas.rule(Self.margin, y + 8, Self.width - Self.margin, y + 8, axis: true)
        y += 26
        for row in rows {
            line((0..<count).map { label(row, $0) }, bold: false)
            y += 22
        }
        var rest: [String] = []
        if result.rows.count > limit { rest.append("\(NumberFormat.grouped(result.rows.count - limit)) more rows") }
        if columns.count > count { rest.append("\(columns.count - count) more columns") }
        if !rest.isEmpty { canvas.text(rest.joined(separator: ", "), Self.margin, y) }
        height = y
    }
}
