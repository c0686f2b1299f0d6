import Schemas

extension TerminalChart.Pen {
    /// Height of a drawing, and of a panel where several stand below each other, in lines.
    private static let fullHeight = 10
    private static let panelHeight = 5
    private static let panelLimit = 8

    /// Measures over periods: one canvas, or a panel for each series when colours may not tell them apart.
    func course(filled: Bool) -> [String] {
        let (x, series, values) = grid()
        if series.count > 1, !colour {
            var lines: [String] = []
            for group in series.indices.prefix(Self.panelLimit) {
                lines.append(DisplayWidth.truncated(series[group], to: width))
                let axis = group == min(series.count, Self.panelLimit) - 1
                lines += canvas(x, [values[group]], all: values, Self.panelHeight, filled: filled, axis: axis)
            }
            if series.count > Self.panelLimit { lines.append("… \(series.count - Self.panelLimit) more series") }
            return lines
        }
        let lines = canvas(x, values, all: values, Self.fullHeight, filled: filled, axis: true)
        return series.count > 1 ? lines + legend(series, marks: ["━"]) : lines
    }

    /// Draws series on one canvas. The scale covers `all`, so that panels compare.
    private func canvas(
        _ x: [String], _ series: [[Double?]], all: [[Double?]], _ height: Int, filled: Bool, axis: Bool
    ) -> [String] {
        let scale = ChartScale(all.flatMap { $0.compactMap { $0 } }, zero: true, parts: max(4, height / 2))
        let ticks = scale.ticks.map { ChartScale.label($0, columns[encoding.measures[0]].format) }
        let margin = ticks.map(DisplayWidth.of).max() ?? 0
        var canvas = BrailleCanvas(columns: max(8, width - margin - 2), rows: height)
        func across(_ index: Int) -> Int {
            x.count > 1 ? index * (canvas.width - 1) / (x.count - 1) : canvas.width / 2
        }
        for (group, line) in series.enumerated() {
            var previous: (x: Int, y: Int)?
            for (index, value) in line.enumerated() {
                // A missing value interrupts the line: drawing on would invent one.
                guard let value else {
                    previous = nil
                    continue
                }
                let point = (x: across(index), y: scale.dot(value, canvas.height))
                if let last = previous {
                    canvas.line(from: last, to: point, series: group)
                    if filled { fill(&canvas, from: last, to: point, base: scale.dot(0, canvas.height), group) }
                } else {
                    canvas.set(point.x, point.y, series: group)
                }
                previous = point
            }
        }
        let labels = Dictionary(
            zip(scale.ticks.map { height - 1 - scale.dot($0, canvas.height) / 4 }, ticks),
            uniquingKeysWith: { a, _ in a })
        var lines = (0..<height).map { row in
            let label = DisplayWidth.fitted(labels[row] ?? "", to: margin, right: true)
            return label + (labels[row] == nil ? " │" : " ┤") + canvas.text(row: row, paint: paint)
        }
        if axis {
            lines.append(
                String(repeating: " ", count: margin) + " └" + String(repeating: "─", count: canvas.columns))
            lines.append(below(x.enumerated().map { (across($0) / 2, $1) }, margin: margin + 2, canvas.columns))
        }
        return lines
    }

    private func fill(
        _ canvas: inout BrailleCanvas, from a: (x: Int, y: Int), to b: (x: Int, y: Int), base: Int, _ series: Int
    ) {
        for x in min(a.x, b.x)...max(a.x, b.x) {
            let y = b.x == a.x ? b.y : a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)
            for dot in min(y, base)...max(y, base) { canvas.set(x, dot, series: series) }
        }
    }

    /// The labels below an axis: as many as fit, evenly spread, always the first.
    private func below(_ ticks: [(at: Int, text: String)], margin: Int, _ columns: Int) -> String {
        let widest = ticks.map { DisplayWidth.of($0.text) }.max() ?? 0
        var every = 1
        // Half a label more than its width, since the first one is moved to the right, into the drawing.
        while every < ticks.count, columns * every / max(1, ticks.count - 1) < widest * 3 / 2 + 2 { every += 1 }
        var line = String(repeating: " ", count: margin)
        var used = 0
        for (index, tick) in ticks.enumerated() where index % every == 0 {
            let size = DisplayWidth.of(tick.text)
            // Centred under its place, but within the drawing.
            let at = min(max(tick.at - size / 2, 0), max(0, columns - size))
            guard at >= used, at + size <= columns else { continue }
            line += String(repeating: " ", count: at - used) + tick.text
            used = at + size + 1
            line += " "
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    /// Two measures of each row as dots.
    func dots() -> [String] {
        let xColumn = encoding.x ?? 0
        let yColumn = encoding.measures[0]
        let points = result.rows.indices.compactMap { row -> (x: Double, y: Double, row: Int)? in
            guard let x = value(row, xColumn).number, let y = value(row, yColumn).number else { return nil }
            return (x, y, row)
        }
        guard !points.isEmpty else { return ["No numbers to draw."] }
        let height = Self.fullHeight + 4
        let down = ChartScale(points.map(\.y), zero: false, parts: height / 3)
        let along = ChartScale(points.map(\.x), zero: false, parts: max(2, width / 16))
        let ticks = down.ticks.map { ChartScale.label($0, columns[yColumn].format) }
        let margin = ticks.map(DisplayWidth.of).max() ?? 0
        var canvas = BrailleCanvas(columns: max(8, width - margin - 2), rows: height)
        let groups = encoding.series.map(distinct) ?? []
        for point in points {
            let group = encoding.series.flatMap { groups.firstIndex(of: value(point.row, $0)) } ?? 0
            let (x, y) = (along.dot(point.x, canvas.width), down.dot(point.y, canvas.height))
            canvas.set(x, y, series: group)
            // Few dots are drawn as four, since one alone is hard to see.
            if points.count <= 60 {
                for (right, up) in [(1, 0), (0, 1), (1, 1)] { canvas.set(x + right, y + up, series: group) }
            }
        }
        let labels = Dictionary(
            zip(down.ticks.map { height - 1 - down.dot($0, canvas.height) / 4 }, ticks),
            uniquingKeysWith: { a, _ in a })
        var lines = (0..<height).map { row in
            let label = DisplayWidth.fitted(labels[row] ?? "", to: margin, right: true)
            return label + (labels[row] == nil ? " │" : " ┤") + canvas.text(row: row, paint: paint)
        }
        lines.append(String(repeating: " ", count: margin) + " └" + String(repeating: "─", count: canvas.columns))
        let marks = along.ticks.map {
            (along.dot($0, canvas.width) / 2, ChartScale.label($0, columns[xColumn].format))
        }
        lines.append(below(marks, margin: margin + 2, canvas.columns))
        if let series = encoding.series, groups.count > 1, colour {
            lines += legend(
                groups.map { DisplayWidth.safe(NumberFormat.text($0, in: columns[series])) }, marks: ["●"])
        }
        return lines
    }
}
