import Modeling
import Schemas
import Values

/// Expressions over moments, over windows of rows and over other expressions.
indirect enum SQLComputed: Sendable, Hashable {
    /// In parentheses.
    case grouped(SQLExpression)
    /// 0 where nothing is stored.
    case orZero(SQLExpression)
    /// The value, or nothing where the conditions fail.
    case only(SQLExpression, when: [SQLExpression])
    /// The time between two moments.
    case span(from: SQLExpression, to: SQLExpression, DateSpan.Unit)
    /// A weekday as a number, 1 for Monday to 7 for Sunday.
    case weekday(SQLExpression)
    /// The value of the row before.
    case lag(SQLExpression, partition: [SQLExpression], order: [SQLExpression])
    /// The sum from the first row of the partition to this one.
    case running(SQLExpression, partition: [SQLExpression], order: [SQLExpression])
    /// An aggregate over the rows of the partition.
    case across(Aggregate, SQLExpression, partition: [SQLExpression])
    /// The number of rows of the partition.
    case rows(partition: [SQLExpression])
    /// The place of the row in the partition.
    case place(partition: [SQLExpression], order: [SQLExpression])
    /// The part of a period that comes back every year: `03` of `2024-03`.
    case seasonal(SQLExpression, TimeGrain)
    /// The first of a moment's month, so many months earlier: the fiscal calendar laid over the common one.
    case monthsBefore(SQLExpression, Int)
    /// Nothing, as a number.
    case noNumber
}

extension SQLExpression {
    /// The fiscal year or quarter of a moment.
    static func fiscal(_ moment: SQLExpression, _ grain: TimeGrain, startMonth: Int) -> SQLExpression {
        .period(.computed(.monthsBefore(moment, startMonth - 1)), grain)
    }
}

extension SQLPrinter {
    func text(_ computed: SQLComputed) -> String {
        switch computed {
        case .grouped(let inner): return "(" + text(inner) + ")"
        case .orZero(let inner): return "COALESCE(" + text(inner) + ", 0)"
        case .only(let value, let conditions):
            return "CASE WHEN " + conditions.map(text).joined(separator: " AND ") + " THEN " + text(value) + " END"
        case .span(let from, let to, let unit): return span(text(from), text(to), unit)
        case .weekday(let inner): return weekday(text(inner))
        case .lag(let inner, let partition, let order):
            return "LAG(" + text(inner) + ") OVER (" + window(partition, order) + ")"
        case .running(let inner, let partition, let order):
            return "SUM(" + text(inner) + ") OVER (" + window(partition, order)
                + " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
        case .across(let aggregate, let inner, let partition):
            return text(.aggregate(aggregate, inner)) + " OVER (" + window(partition, []) + ")"
        case .rows(let partition): return "COUNT(*) OVER (" + window(partition, []) + ")"
        case .place(let partition, let order): return "ROW_NUMBER() OVER (" + window(partition, order) + ")"
        case .seasonal(let period, let grain):
            // `2024-03`, `2024-Q1`, `2024-03-09`: what stands behind the year.
            return grain == .year ? "''" : "SUBSTR(" + text(period) + ", 6)"
        case .monthsBefore(let inner, let months):
            switch dialect {
            case .sqlite: return "date(" + text(inner) + ", 'start of month', '-\(months) months')"
            case .duckdb:
                return "(date_trunc('month', CAST(" + text(inner) + " AS DATE)) - INTERVAL '\(months) months')"
            default:
                return "(date_trunc('month', CAST(" + text(inner) + " AS TIMESTAMP)) - INTERVAL '\(months) months')"
            }
        case .noNumber: return dialect == .sqlite ? "NULL" : "CAST(NULL AS DOUBLE PRECISION)"
        }
    }

    private func window(_ partition: [SQLExpression], _ order: [SQLExpression]) -> String {
        var parts: [String] = []
        if !partition.isEmpty { parts.append("PARTITION BY " + partition.map(text).joined(separator: ", ")) }
        if !order.isEmpty { parts.append("ORDER BY " + order.map(text).joined(separator: ", ")) }
        return parts.joined(separator: " ")
    }

    private func span(_ from: String, _ to: String, _ unit: DateSpan.Unit) -> String {
        if unit == .age {
            switch dialect {
            case .sqlite:
                return "(CAST(strftime('%Y', \(to)) AS INTEGER) - CAST(strftime('%Y', \(from)) AS INTEGER)"
                    + " - (strftime('%m-%d', \(to)) < strftime('%m-%d', \(from))))"
            case .duckdb: return "date_sub('year', CAST(\(from) AS DATE), CAST(\(to) AS DATE))"
            default:
                return
                    "CAST(EXTRACT(YEAR FROM AGE(CAST(\(to) AS TIMESTAMP), CAST(\(from) AS TIMESTAMP))) AS INTEGER)"
            }
        }
        if dialect == .sqlite, unit == .second || unit == .minute || unit == .hour {
            // Whole seconds, since the fraction of a Julian day is not exact.
            let seconds = "(CAST(strftime('%s', \(to)) AS REAL) - CAST(strftime('%s', \(from)) AS REAL))"
            return unit == .second ? seconds : "(\(seconds) / \(unit == .minute ? 60 : 3600))"
        }
        let days: String
        switch dialect {
        case .sqlite: days = "(julianday(\(to)) - julianday(\(from)))"
        case .duckdb:
            days = "(date_diff('second', CAST(\(from) AS TIMESTAMP), CAST(\(to) AS TIMESTAMP)) / 86400.0)"
        default:
            days = "(EXTRACT(EPOCH FROM (CAST(\(to) AS TIMESTAMP) - CAST(\(from) AS TIMESTAMP))) / 86400.0)"
        }
        switch unit {
        case .second, .minute, .hour: return "(\(days) * \(Int(unit.perDay)))"
        case .day, .age: return days
        case .week: return "(\(days) / 7.0)"
        case .month: return "(\(days) * 12 / 365.25)"
        case .year: return "(\(days) / 365.25)"
        }
    }

    private func weekday(_ column: String) -> String {
        switch dialect {
        case .sqlite: "((CAST(strftime('%w', \(column)) AS INTEGER) + 6) % 7 + 1)"
        case .duckdb: "isodow(CAST(\(column) AS DATE))"
        default: "CAST(EXTRACT(ISODOW FROM \(column)) AS INTEGER)"
        }
    }
}
