import Schemas
import Values

extension SVGPlot {
    /// A piece of a bar: where it lies among the bars of its place, and from where to where it reaches.
    private struct Piece {
        var place: Int
        var lane = 0
        var from = 0.0
        var to: Double
        var series = 0
        var tip: String
    }

    /// Bars of all kinds: upright over time, lying where names have to be read.
    mutating func bars() {
        var grid = grid
        let isStack = choice.kind == .stackedBar
        let measure = encoding.measures[0]
        if choice.kind == .bar {
            grid = sorted(measure)
        } else {
            grid.sortPlaces(columns: columns, result: result, encoding: encoding)
        }
        if grid.series.count > 1 { legend(grid.series) }
        var pieces: [Piece] = []
        for place in grid.x.indices {
            var above = 0.0
            var below = 0.0
            for (series, line) in grid.values.enumerated() {
                guard let value = line[place] else { continue }
                let name = grid.series.count > 1 ? "\(grid.x[place]), \(grid.series[series])" : grid.x[place]
                let tip = "\(name): \(amount(value, grid.measures[series]))"
                var piece = Piece(place: place, to: value, series: series, tip: tip)
                if isStack {
                    piece.from = value < 0 ? below : above
                    piece.to = piece.from + value
                    if value < 0 { below = piece.to } else { above = piece.to }
                } else {
                    piece.lane = series
                }
                pieces.append(piece)
            }
        }
        let lanes = isStack ? 1 : max(1, grid.series.count)
        let isTime = encoding.x.map { columns[$0].isTime } ?? false
        if isTime && grid.x.count * lanes <= 90 {
            upright(pieces, grid.x, lanes: lanes, gap: 0.25, measure)
        } else {
            lying(pieces, grid.x, lanes: lanes, measure, isLabelled: !isStack)
        }
    }

    /// One bar for each row, in the order of the specification: as the rows come, or from the largest value down.
    private func sorted(_ measure: Int) -> ChartGrid {
        let x = encoding.x ?? 0
        let fields = VegaLite.Fields(columns: columns, result: result)
        var order = Array(result.rows.indices)
        if columns[x].isTime {
            order.sort { (label($0, x), $0) < (label($1, x), $1) }
        } else if Labels(of: x, fields: fields).sort(by: measure, fields: fields) != .null {
            order.sort { (number($1, measure) ?? 0, $0) < (number($0, measure) ?? 0, $1) }
        }
        var grid = grid
        grid.x = order.map { label($0, x) }
        grid.values = [order.map { number($0, measure) }]
        grid.series = [columns[measure].title]
        grid.measures = [measure]
        return grid
    }

    /// Names to the left, bars to the right, values at their ends.
    private mutating func lying(
        _ pieces: [Piece], _ names: [String], lanes: Int, _ measure: Int, isLabelled: Bool
    ) {
        let labels = names.map { TextSize.fitted($0, into: 220, size: 12) }
        let left = Self.margin + (labels.map { TextSize.width($0, size: 12) }.max() ?? 0) + 10
        let lane = lanes == 1 ? 20.0 : max(9, min(16, 48 / Double(lanes)))
        let band = lane * Double(lanes) + (lanes == 1 ? 6 : 12)
        let values = pieces.flatMap { [$0.from, $0.to] }
        let scale = ChartScale(values, zero: true, parts: 6)
        let texts = isLabelled ? pieces.map { amount($0.to, measure) } : []
        let tail = (texts.map { TextSize.width($0, size: 11) }.max() ?? 0) + 12
        let span = Self.width - Self.margin - tail - left
        let bottom = top + band * Double(names.count) + 4
        func x(_ value: Double) -> Double { left + scale.share(value) * span }
        for tick in scale.ticks {
            canvas.rule(x(tick), top, x(tick), bottom)
            canvas.text(
                ChartScale.label(tick, columns[measure].format), x(tick), bottom + 16, size: 11, anchor: .middle)
        }
        for (place, label) in labels.enumerated() {
            let y = top + band * (Double(place) + 0.5)
            canvas.text(label, left - 8, y + 4, anchor: .end, ink: .ink)
        }
        for piece in pieces {
            let y = top + band * Double(piece.place) + (band - lane * Double(lanes)) / 2 + lane * Double(piece.lane)
            let (a, b) = (x(min(piece.from, piece.to)), x(max(piece.from, piece.to)))
            let isLoss = lanes == 1 && piece.to < 0 && isLabelled
            canvas.rect(
                a, y, b - a, lane - (lanes == 1 ? 0 : 1),
                fill: isLoss ? ChartPalette.loss : ChartPalette.colour(piece.series), tip: piece.tip, edged: true)
            if isLabelled {
                canvas.text(amount(piece.to, measure), max(b, x(0)) + 5, y + lane / 2 + 4, size: 11)
            }
        }
        canvas.rule(x(0), top, x(0), bottom, axis: true)
        if encoding.measures.count == 1 { axisTitle(columns[measure], at: left + span / 2, bottom + 36) }
        height = bottom + 40
    }

    /// Bars beside each other, from the left to the right.
    private mutating func upright(_ pieces: [Piece], _ names: [String], lanes: Int, gap: Double, _ measure: Int) {
        let scale = ChartScale(pieces.flatMap { [$0.from, $0.to] }, zero: true, parts: 6)
        let frame = frame(down: scale, columns[measure], height: 300)
        // A few bars do not have to fill the width.
        let span = min(frame.right - frame.left, Double(names.count * lanes) * 90)
        let band = span / Double(max(1, names.count))
        let lane = band * (1 - gap) / Double(lanes)
        for piece in pieces {
            let x = frame.left + band * (Double(piece.place) + gap / 2) + lane * Double(piece.lane)
            let (a, b) = (frame.y(max(piece.from, piece.to)), frame.y(min(piece.from, piece.to)))
            canvas.rect(x, a, lane, b - a, fill: ChartPalette.colour(piece.series), tip: piece.tip, edged: true)
        }
        canvas.rule(frame.left, frame.y(0), frame.right, frame.y(0), axis: true)
        below(names.enumerated().map { (frame.left + band * (Double($0) + 0.5), $1) }, frame)
    }

    /// The values of one measure, counted into ranges.
    mutating func histogram() {
        let measure = encoding.measures[0]
        guard let bins = Histogram(result.rows.indices.compactMap { number($0, measure) }) else {
            return sentence("There are no numbers to draw.")
        }
        let format = columns[measure].format
        func edge(_ index: Int) -> String { ChartScale.label(bins.start + Double(index) * bins.step, format) }
        let count = OutputColumn(name: "rows", title: "Number of rows", role: .measure, format: .count)
        let scale = ChartScale(bins.counts.map(Double.init), zero: true, parts: 6)
        let frame = frame(down: scale, count, height: 300)
        let band = (frame.right - frame.left) / Double(bins.counts.count)
        for (index, number) in bins.counts.enumerated() {
            let y = frame.y(Double(number))
            canvas.rect(
                frame.left + band * Double(index), y, band, frame.y(0) - y, fill: ChartPalette.colour(0),
                tip: "\(edge(index)) to \(edge(index + 1)): \(NumberFormat.grouped(number))", edged: true)
        }
        canvas.rule(frame.left, frame.y(0), frame.right, frame.y(0), axis: true)
        below((0...bins.counts.count).map { (frame.left + band * Double($0), edge($0)) }, frame)
        axisTitle(columns[measure], at: (frame.left + frame.right) / 2, height)
        height += 4
    }
}
