import Schemas

extension ChartCandidates {
    /// Numbers as positions: scatter plot, histogram, map.
    mutating func addPositions() {
        if let (latitude, longitude) = shape.coordinates {
            add(
                .map, ChartEncoding(x: longitude, measures: [latitude], series: nil),
                [.map, shape.rowCount > 1 ? nil : .onePlace],
                "the rows are places")
        }
        let pair = wish.named == .scatter || wish.asksRelation ? numbers : shape.measures
        if pair.count >= 2, shape.rowCount >= 2, shape.times.isEmpty {
            let left = shape.categories.filter { !pair.prefix(2).contains($0) }
            let series = left.first { distinct($0) <= 8 && distinct($0) < shape.rowCount }
            add(
                .scatter, ChartEncoding(x: pair[0], measures: [pair[1]], series: series),
                [
                    .scatter, left.isEmpty ? nil : .namedDots,
                    shape.rowCount >= 20 ? .manyDots : shape.rowCount < 5 ? .fewDots : nil,
                    wish.asksRelation ? .wordsOfRelation : nil,
                ],
                "two measures of each row show how they go together")
        }
        let spread = wish.named == .histogram || wish.asksDistribution ? numbers : shape.measures
        if let column = spread.first, shape.rowCount >= 8, shape.times.isEmpty {
            let isAlone = spread.count == 1 && shape.columns.count == 1
            add(
                .histogram, ChartEncoding(measures: [column]),
                [
                    .histogram, isAlone ? nil : .histogramOfNamedRows,
                    wish.asksDistribution ? .wordsOfDistribution : nil,
                ],
                "many values of one measure show their spread")
        }
    }
}
