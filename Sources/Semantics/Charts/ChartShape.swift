import Schemas

/// What a chart needs to know of a result: which columns are periods, categories and measures, and how big it is.
struct ChartShape {
    /// One column's facts.
    struct Column {
        let index: Int
        /// How many different values there are.
        let distinctCount: Int
        /// Whether every value that is not NULL is a number, and there is one.
        let isNumeric: Bool
        /// The smallest number; zero when there is none.
        let minimum: Double
        /// The numbers' sum.
        let sum: Double
    }

    let columns: [OutputColumn]
    let facts: [Column]
    let rowCount: Int
    /// Columns of periods.
    let times: [Int]
    /// Columns of names.
    let categories: [Int]
    /// Columns of numbers that may be drawn as lengths or positions.
    let measures: [Int]
    /// Columns of latitude and longitude, when both are there.
    let coordinates: (latitude: Int, longitude: Int)?

    /// Looks at a result. Where roles and values disagree (a measure that holds text), the values win.
    init(columns: [OutputColumn], result: ResultTable) {
        self.columns = columns
        rowCount = result.rows.count
        let facts = columns.indices.map { Self.facts(of: $0, in: result) }
        self.facts = facts
        coordinates = Self.coordinates(columns, facts)
        var times: [Int] = []
        var categories: [Int] = []
        var measures: [Int] = []
        for (index, column) in columns.enumerated() {
            switch column.role {
            case .time: times.append(index)
            case .measure: if facts[index].isNumeric { measures.append(index) } else { categories.append(index) }
            case .dimension: categories.append(index)
            }
        }
        // A plain list of numbers ("weight and height of each player") has no measure of its own: its numeric columns
        // serve, except those that look like keys or years, which have plain format and whole values.
        if measures.isEmpty {
            let numbers = categories.filter { facts[$0].isNumeric && columns[$0].format != .plain }
            measures = numbers
            categories.removeAll { numbers.contains($0) }
        }
        self.times = times
        self.categories = categories
        self.measures = measures
    }

    private static func facts(of index: Int, in result: ResultTable) -> Column {
        var distinct: Set<SQLValue> = []
        var numbers = 0
        var others = 0
        var minimum = Double.infinity
        var sum = 0.0
        for row in result.rows where index < row.count {
            let value = row[index]
            distinct.insert(value)
            switch value {
            case .null: break
            case .integer, .real:
                numbers += 1
                minimum = min(minimum, value.number ?? 0)
                sum += value.number ?? 0
            case .text, .blob: others += 1
            }
        }
        return Column(
            index: index, distinctCount: distinct.count, isNumeric: numbers > 0 && others == 0,
            minimum: minimum.isFinite ? minimum : 0, sum: sum)
    }

    private static func coordinates(_ columns: [OutputColumn], _ facts: [Column]) -> (
        latitude: Int, longitude: Int
    )? {
        func find(_ names: Set<String>) -> Int? {
            columns.indices.first { facts[$0].isNumeric && names.contains(columns[$0].name.lowercased()) }
        }
        guard let latitude = find(["latitude", "lat"]), let longitude = find(["longitude", "lon", "lng", "long"])
        else {
            return nil
        }
        return (latitude, longitude)
    }
}

extension SQLValue {
    /// The number, if it is one that can be drawn: beyond 10^100, sums and spans would no longer be finite.
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value.magnitude <= 1e100 ? value : nil
        default: nil
        }
    }
}
