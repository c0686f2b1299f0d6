import Schemas
import Values

/// The measured values by place and series, in the order in which they are drawn.
struct ChartGrid {
    /// The places: values of the x column, formatted and made safe; periods in order of time.
    var x: [String] = []
    /// The series: values of the series column, or the titles of the measures.
    var series: [String] = []
    /// `values[series][x]`; nil where there is none.
    var values: [[Double?]] = []
    /// The measure of each series.
    var measures: [Int] = []

    init(columns: [OutputColumn], result: ResultTable, encoding: ChartEncoding) {
        guard let first = encoding.measures.first else { return }
        func value(_ row: Int, _ column: Int) -> SQLValue {
            column < result.rows[row].count ? result.rows[row][column] : .null
        }
        func text(_ value: SQLValue, _ column: Int) -> String {
            DisplayWidth.safe(NumberFormat.text(value, in: columns[column]))
        }
        func number(_ row: Int, _ column: Int) -> Double? { value(row, column).number }
        let xColumn = encoding.x ?? 0
        let places = Self.distinct(xColumn, columns, result)
        x = places.map { text($0, xColumn) }
        let index = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0) })
        let empty = [Double?](repeating: nil, count: places.count)
        if let column = encoding.series {
            let groups = Self.distinct(column, columns, result)
            series = groups.map { text($0, column) }
            values = groups.map { _ in empty }
            measures = groups.map { _ in first }
            let group = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($1, $0) })
            for row in result.rows.indices {
                guard let s = group[value(row, column)], let x = index[value(row, xColumn)] else { continue }
                values[s][x] = number(row, first)
            }
        } else {
            for measure in encoding.measures {
                series.append(DisplayWidth.safe(columns[measure].title))
                measures.append(measure)
                var line = empty
                for row in result.rows.indices {
                    if let x = index[value(row, xColumn)] { line[x] = number(row, measure) }
                }
                values.append(line)
            }
        }
    }

    /// Puts places in the order of the specification: as the rows come where that is an order, else from the largest sum
    /// down.
    mutating func sortPlaces(columns: [OutputColumn], result: ResultTable, encoding: ChartEncoding) {
        guard let measure = encoding.measures.first, let xColumn = encoding.x else { return }
        let fields = VegaLite.Fields(columns: columns, result: result)
        guard Labels(of: xColumn, fields: fields).sort(by: measure, fields: fields) != .null else { return }
        // Of several measures the first one counts, as it does in the specification.
        let counted = encoding.series == nil ? Array(values.prefix(1)) : values
        let sums = x.indices.map { place in counted.reduce(0.0) { $0 + ($1[place] ?? 0) } }
        let order = x.indices.sorted { (sums[$1], $0) < (sums[$0], $1) }
        x = order.map { x[$0] }
        values = values.map { line in order.map { line[$0] } }
    }

    /// The same values with places and series exchanged.
    var transposed: ChartGrid {
        var copy = self
        copy.x = series
        copy.series = x
        copy.values = x.indices.map { place in series.indices.map { values[$0][place] } }
        return copy
    }

    /// Different values of a column in the order of appearance; periods in order of time.
    static func distinct(_ column: Int, _ columns: [OutputColumn], _ result: ResultTable) -> [SQLValue] {
        var seen: Set<SQLValue> = []
        var values = result.rows.map { column < $0.count ? $0[column] : .null }.filter { seen.insert($0).inserted }
        if case .time = columns[column].role {
            values.sort { NumberFormat.text($0, format: .plain) < NumberFormat.text($1, format: .plain) }
        }
        return values
    }

    /// All values that there are.
    var numbers: [Double] { values.flatMap { $0.compactMap { $0 } } }
}
