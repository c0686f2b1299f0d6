import Schemas

extension SVGPlot {
    /// Measures over periods, as lines, as one area, or as areas on each other.
    mutating func course() {
        let grid = grid
        if grid.series.count > 1 { legend(grid.series) }
        let isStack = choice.kind == .area && grid.series.count > 1
        let sums = isStack ? stacked(grid.values) : []
        let scale = ChartScale(isStack ? sums.flatMap { $0 } : grid.numbers, zero: true, parts: 6)
        let frame = frame(down: scale, columns[encoding.measures[0]], height: 300)
        let inset = grid.x.count > 1 ? 10.0 : (frame.right - frame.left) / 2
        let distance = (frame.right - frame.left - 2 * inset) / Double(max(1, grid.x.count - 1))
        func x(_ place: Int) -> Double { frame.left + inset + distance * Double(place) }
        for (series, line) in grid.values.enumerated() {
            let colour = ChartPalette.colour(series)
            let floor = isStack && series > 0 ? sums[series - 1] : line.map { _ in 0 }
            // A missing value interrupts the line: drawing on would invent one.
            for run in runs(line, filled: isStack) {
                let points = run.map { (x: x($0), y: frame.y(isStack ? sums[series][$0] : line[$0] ?? 0)) }
                if choice.kind == .area {
                    let back = run.reversed().map { (x: x($0), y: frame.y(floor[$0])) }
                    canvas.polygon(
                        points + back, fill: colour, opacity: isStack ? 0.85 : 0.35, tip: grid.series[series])
                }
                if !isStack { canvas.polyline(points, stroke: colour) }
            }
            for place in grid.x.indices {
                guard let value = line[place] else { continue }
                let name = grid.series.count > 1 ? "\(grid.x[place]), \(grid.series[series])" : grid.x[place]
                canvas.dot(
                    x(place), frame.y(isStack ? sums[series][place] : value),
                    radius: grid.x.count > 60 ? 1.5 : isStack ? 2 : 3.5, fill: colour,
                    tip: "\(name): \(amount(value, grid.measures[series]))")
            }
        }
        canvas.rule(frame.left, frame.y(0), frame.right, frame.y(0), axis: true)
        below(grid.x.enumerated().map { (x($0), $1) }, frame)
    }

    /// The sums of each series and those before it; what is missing counts nothing.
    private func stacked(_ values: [[Double?]]) -> [[Double]] {
        var sum = values.first?.map { _ in 0.0 } ?? []
        return values.map { line in
            for (place, value) in line.enumerated() { sum[place] += value ?? 0 }
            return sum
        }
    }

    /// Places that follow each other without a gap.
    private func runs(_ line: [Double?], filled: Bool) -> [[Int]] {
        if filled { return [Array(line.indices)] }
        var runs: [[Int]] = [[]]
        for (place, value) in line.enumerated() {
            if value == nil { runs.append([]) } else { runs[runs.count - 1].append(place) }
        }
        return runs.filter { !$0.isEmpty }
    }

    /// Two measures of each row, or places by longitude and latitude.
    mutating func dots() {
        let (across, upward) = (encoding.x ?? 0, encoding.measures[0])
        let points = result.rows.indices.compactMap { row -> (x: Double, y: Double, row: Int)? in
            guard let x = number(row, across), let y = number(row, upward) else { return nil }
            return (x, y, row)
        }
        guard !points.isEmpty else { return sentence("There are no numbers to draw.") }
        let groups = encoding.series.map { ChartGrid.distinct($0, columns, result) } ?? []
        if groups.count > 1, let series = encoding.series {
            legend(groups.map { DisplayWidth.safe(NumberFormat.text($0, in: columns[series])) })
        }
        let scale = ChartScale(points.map(\.y), zero: false, parts: 6)
        let along = ChartScale(points.map(\.x), zero: false, parts: 8)
        let frame = frame(down: scale, columns[upward], height: 380)
        func x(_ value: Double) -> Double { frame.left + along.share(value) * (frame.right - frame.left) }
        for tick in along.ticks { canvas.rule(x(tick), frame.top, x(tick), frame.bottom) }
        canvas.rule(frame.left, frame.bottom, frame.right, frame.bottom, axis: true)
        for point in points {
            let value = encoding.series.flatMap {
                $0 < result.rows[point.row].count ? result.rows[point.row][$0] : nil
            }
            let group = value.flatMap { groups.firstIndex(of: $0) } ?? 0
            let tip = columns.indices.map { "\(columns[$0].title): \(label(point.row, $0))" }.joined(
                separator: ", ")
            canvas.dot(
                x(point.x), frame.y(point.y), radius: 4.5, fill: ChartPalette.colour(group), opacity: 0.75, tip: tip
            )
        }
        below(along.ticks.map { (x($0), ChartScale.label($0, columns[across].format)) }, frame)
    }
}
