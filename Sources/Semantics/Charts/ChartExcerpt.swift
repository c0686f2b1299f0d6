import Schemas
import Values

/// What is drawn of a result that has more than a drawing can hold, and what is said of the rest.
struct ChartExcerpt {
    /// More bars than this are counted and not drawn.
    static let barLimit = 40
    /// More series than this have no colours of their own.
    static let seriesLimit = 8
    /// More places than this on an axis of a heat map cannot be read.
    static let cellLimit = 60

    /// The rows that are drawn, in the order of the result.
    private(set) var result: ResultTable
    /// What was left out, for people; nil when nothing was.
    private(set) var note: String?

    init(_ choice: ChartChoice, columns: [OutputColumn], result: ResultTable) {
        self.result = result
        guard let measure = choice.encoding.measures.first, columns.count == result.columns.count else { return }
        let encoding = choice.encoding
        switch choice.kind {
        case .bar: keepBars(measure, encoding, columns)
        case .groupedBar where encoding.series == nil: keepBars(measure, encoding, columns)
        case .pie: gatherSlices(measure, encoding, columns)
        case .line, .area, .groupedBar, .stackedBar:
            if let series = encoding.series {
                keep(Self.seriesLimit, of: series, by: measure, what: "series", columns: columns)
            }
        case .heatmap:
            for column in [encoding.series, encoding.x].compactMap({ $0 }) where !columns[column].isTime {
                keep(
                    Self.cellLimit, of: column, by: measure, what: columns[column].title.lowercased(),
                    columns: columns)
            }
        default: break
        }
        if result.isTruncated {
            note =
                (note.map { $0 + "; " } ?? "")
                + "the result was cut off after \(NumberFormat.grouped(result.rows.count)) rows"
        }
    }

    private func number(_ row: [SQLValue], _ column: Int) -> Double {
        column < row.count ? row[column].number ?? 0 : 0
    }

    /// The first bars in the order in which they will stand.
    private mutating func keepBars(_ measure: Int, _ encoding: ChartEncoding, _ columns: [OutputColumn]) {
        let all = result.rows.count
        guard all > Self.barLimit, let x = encoding.x, !columns[x].isTime else { return }
        let fields = VegaLite.Fields(columns: columns, result: result)
        var order = Array(result.rows.indices)
        if Labels(of: x, fields: fields).sort(by: measure, fields: fields) != .null {
            order.sort { (number(result.rows[$1], measure), $0) < (number(result.rows[$0], measure), $1) }
        }
        let kept = Set(order.prefix(Self.barLimit))
        result.rows = result.rows.enumerated().filter { kept.contains($0.offset) }.map(\.element)
        note = "the first \(Self.barLimit) of \(NumberFormat.grouped(all)) are drawn"
    }

    /// The values of a column with the largest sums.
    private mutating func keep(
        _ limit: Int, of column: Int, by measure: Int, what: String, columns: [OutputColumn]
    ) {
        let values = ChartGrid.distinct(column, columns, result)
        guard values.count > limit else { return }
        var sums: [SQLValue: Double] = [:]
        for row in result.rows where column < row.count {
            sums[row[column], default: 0] += abs(number(row, measure))
        }
        let order = values.indices.sorted {
            (sums[values[$1]] ?? 0, $0) < (sums[values[$0]] ?? 0, $1)
        }
        let kept = Set(order.prefix(limit).map { values[$0] })
        result.rows.removeAll { column < $0.count ? !kept.contains($0[column]) : true }
        let text = "the \(limit) largest of \(NumberFormat.grouped(values.count)) \(what) are drawn"
        note = note.map { "\($0); \(text)" } ?? text
    }

    /// From the largest slice down; those beyond the eighth are one at the end, where adding up makes sense.
    private mutating func gatherSlices(_ measure: Int, _ encoding: ChartEncoding, _ columns: [OutputColumn]) {
        let all = result.rows.count
        let order = result.rows.indices.sorted {
            (number(result.rows[$1], measure), $0) < (number(result.rows[$0], measure), $1)
        }
        guard let x = encoding.x, all > Self.seriesLimit, !columns[measure].isAverage else {
            result.rows = order.map { result.rows[$0] }
            return
        }
        let kept = Self.seriesLimit - 1
        var other = [SQLValue](repeating: .null, count: columns.count)
        other[x] = .text("\(NumberFormat.grouped(all - kept)) others")
        other[measure] = .real(order.dropFirst(kept).reduce(0) { $0 + number(result.rows[$1], measure) })
        result.rows = order.prefix(kept).map { result.rows[$0] } + [other]
        note = "the \(kept) largest of \(NumberFormat.grouped(all)) parts stand alone"
    }
}

extension OutputColumn {
    /// Whether the column holds periods.
    var isTime: Bool { if case .time = role { true } else { false } }

    /// Whether its values are averages, extremes or rates, which do not add up to anything.
    var isAverage: Bool {
        if format == .ratio || format == .percent { return true }
        let words = Set(title.lowercased().split { !$0.isLetter }.map(String.init))
        return !words.isDisjoint(with: [
            "average", "avg", "mean", "median", "highest", "lowest", "max", "min", "rate", "per",
        ])
    }

    /// The title of an axis, with the unit where the format has one.
    var axisTitle: String { format == .percent && !title.contains("%") ? "\(title) (%)" : title }
}
