import Modeling
import Schemas

extension SchemaModel {
    /// The column as what compares, orders and adds up: text that writes numbers or days is read as such.
    func comparable(_ ref: ColumnRef) -> SQLExpression {
        guard let column = column(ref) else { return .column(ref) }
        if let form = column.form {
            if form.isDay || column.role == .measure || column.role == .year { return .cell(.column(ref), form) }
        } else if column.kind == .text, column.role == .measure {
            return .cell(.column(ref), .number)
        }
        return .column(ref)
    }
}

extension SQLPrinter {
    /// A cell of text as a number, or as a day in ISO text (in SQLite) or of type DATE.
    func cell(_ column: String, _ form: CellForm) -> String {
        switch form {
        case .number: return "CAST(\(column) AS \(dialect == .sqlite ? "REAL" : "DOUBLE PRECISION"))"
        case .dressed(let signs): return undressed(column, signs)
        default: return dialect == .sqlite ? isoDay(column, form) : parsedDay(column, form)
        }
    }

    private func undressed(_ column: String, _ signs: String) -> String {
        guard dialect == .sqlite else {
            return
                "CAST(NULLIF(regexp_replace(\(column), '[^0-9.-]', '', 'g'), '') AS DOUBLE PRECISION)"
        }
        var text = column
        for sign in signs { text = "REPLACE(\(text), '\(sign)', '')" }
        return "CAST(\(text) AS REAL)"
    }

    /// The parts of the text put together as `YYYY-MM-DD`; NULL stays NULL.
    private func isoDay(_ column: String, _ form: CellForm) -> String {
        func two(_ number: String) -> String { "substr('0' || \(number), -2)" }
        func after(_ sign: String) -> String { "substr(\(column), instr(\(column), '\(sign)') + 1)" }
        func month(_ name: String) -> String {
            "((instr('janfebmaraprmayjunjulaugsepoctnovdec', lower(substr(\(name), 1, 3))) + 2) / 3)"
        }
        let year = "substr(\(column), -4)"
        func joined(_ month: String, _ day: String) -> String {
            "\(year) || '-' || \(two(month)) || '-' || \(two(day))"
        }
        let text: String
        switch form {
        case .monthDayYear: text = joined(month(column), "CAST(\(after(" ")) AS INTEGER)")
        case .dayMonthYear(let separator, _):
            text = joined(month(after(separator)), "CAST(\(column) AS INTEGER)")
        case .numericMonthFirst(let separator):
            text = joined("CAST(\(column) AS INTEGER)", "CAST(\(after(separator)) AS INTEGER)")
        case .numericDayFirst(let separator):
            text = joined("CAST(\(after(separator)) AS INTEGER)", "CAST(\(column) AS INTEGER)")
        case .slashed: text = "REPLACE(\(column), '/', '-')"
        case .number, .dressed: text = column
        }
        return "(\(text))"
    }

    private func parsedDay(_ column: String, _ form: CellForm) -> String {
        let isDuck = dialect == .duckdb
        func pattern(_ postgres: String, _ duck: String) -> String { isDuck ? duck : postgres }
        let text: String
        switch form {
        case .monthDayYear(let isShort):
            text = pattern(isShort ? "Mon DD, YYYY" : "Month DD, YYYY", isShort ? "%b %d, %Y" : "%B %d, %Y")
        case .dayMonthYear(let sign, let isShort):
            text = pattern(
                isShort ? "DD\(sign)Mon\(sign)YYYY" : "DD\(sign)Month\(sign)YYYY",
                isShort ? "%d\(sign)%b\(sign)%Y" : "%d\(sign)%B\(sign)%Y")
        case .numericMonthFirst(let sign): text = pattern("MM\(sign)DD\(sign)YYYY", "%m\(sign)%d\(sign)%Y")
        case .numericDayFirst(let sign): text = pattern("DD\(sign)MM\(sign)YYYY", "%d\(sign)%m\(sign)%Y")
        case .slashed, .number, .dressed: text = pattern("YYYY/MM/DD", "%Y/%m/%d")
        }
        return isDuck ? "CAST(strptime(\(column), '\(text)') AS DATE)" : "to_date(\(column), '\(text)')"
    }
}
