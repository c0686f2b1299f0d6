extension SVGPlot {
    /// The room of a drawing with an upright axis of numbers.
    struct Frame {
        let left: Double
        let right: Double
        let top: Double
        let bottom: Double
        let down: ChartScale

        func y(_ value: Double) -> Double { bottom - down.share(value) * (bottom - top) }
    }

    /// Draws the upright axis with its grid and title.
    mutating func frame(down scale: ChartScale, _ column: OutputColumn, height size: Double) -> Frame {
        let ticks = scale.ticks.map { ChartScale.label($0, column.format) }
        // Of several measures the legend tells the names.
        if encoding.measures.count == 1 {
            canvas.text(TextSize.fitted(column.axisTitle, into: 400, size: 12), Self.margin, top + 8)
        }
        let left = Self.margin + (ticks.map { TextSize.width($0, size: 11) }.max() ?? 0) + 10
        let frame = Frame(
            left: left, right: Self.width - Self.margin, top: top + 22, bottom: top + 22 + size, down: scale)
        for (value, text) in zip(scale.ticks, ticks) {
            canvas.rule(frame.left, frame.y(value), frame.right, frame.y(value))
            canvas.text(text, left - 6, frame.y(value) + 4, size: 11, anchor: .end)
        }
        return frame
    }

    /// The labels below an axis: as many as fit, evenly spread, always the first.
    mutating func below(_ labels: [(x: Double, text: String)], _ frame: Frame) {
        let widest = labels.map { TextSize.width($0.text, size: 11) }.max() ?? 0
        let distance = labels.count > 1 ? abs(labels[1].x - labels[0].x) : 200
        var every = 1
        while every < labels.count, distance * Double(every) < min(widest, 120) + 12 { every += 1 }
        for (index, label) in labels.enumerated() where index % every == 0 {
            let text = TextSize.fitted(label.text, into: max(120, distance * Double(every) - 8), size: 11)
            let half = TextSize.width(text, size: 11) / 2
            let x = min(max(label.x, Self.margin + half), Self.width - Self.margin / 2 - half)
            canvas.text(text, x, frame.bottom + 18, size: 11, anchor: .middle)
        }
        height = frame.bottom + 40
        if let column = encoding.x, choice.kind != .histogram {
            axisTitle(columns[column], at: (frame.left + frame.right) / 2, height)
            height += 4
        }
    }

    /// The title below an axis.
    mutating func axisTitle(_ column: OutputColumn, at x: Double, _ y: Double) {
        canvas.text(TextSize.fitted(column.axisTitle, into: 400, size: 12), x, y, anchor: .middle)
    }
}
