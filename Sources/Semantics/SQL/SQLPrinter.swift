import Modeling
import Schemas
import Values

/// Writes SQL in one dialect. Names are always quoted and literals always escaped, so that no text of a question can
/// become SQL.
struct SQLPrinter {
    let dialect: SQLDialect

    func text(_ select: SQLSelect) -> String {
        var parts = ["SELECT " + (select.isDistinct ? "DISTINCT " : "")]
        parts[0] += select.columns.map { column in
            text(column.expression) + (column.alias.map { " AS " + quoted($0) } ?? "")
        }.joined(separator: ", ")
        switch select.source {
        case .table(let table): parts.append("FROM " + quoted(table))
        case .named(let name, let table): parts.append("FROM " + quoted(table) + " AS " + quoted(name))
        case .select(let inner): parts.append("FROM (" + text(inner) + ") AS " + quoted("rows"))
        case .stacked(let inner):
            let all = inner.map(text).joined(separator: " UNION ALL ")
            parts.append("FROM (" + all + ") AS " + quoted("rows"))
        }
        for join in select.joins {
            let pairs = join.on.map { text($0.0) + " = " + text($0.1) }
            let table = join.stored.map { quoted($0) + " AS " + quoted(join.table) } ?? quoted(join.table)
            parts.append("JOIN " + table + " ON " + pairs.joined(separator: " AND "))
        }
        if !select.conditions.isEmpty { parts.append("WHERE " + conjunction(select.conditions)) }
        if !select.groups.isEmpty { parts.append("GROUP BY " + select.groups.map(text).joined(separator: ", ")) }
        if !select.having.isEmpty { parts.append("HAVING " + conjunction(select.having)) }
        if !select.order.isEmpty {
            let keys = select.order.map { text($0.expression) + ($0.isDescending ? " DESC" : "") }
            parts.append("ORDER BY " + keys.joined(separator: ", "))
        }
        if let limit = select.limit { parts.append("LIMIT \(limit)") }
        if select.limit != nil, select.offset > 0 { parts.append("OFFSET \(select.offset)") }
        return parts.joined(separator: " ")
    }

    func text(_ expression: SQLExpression) -> String {
        switch expression {
        case .column(let ref): return quoted(ref.table) + "." + quoted(ref.column)
        case .name(let name): return quoted(name)
        case .literal(let value): return literal(value)
        case .date(let date): return "'\(date)'"
        case .count(let keys):
            if keys.isEmpty { return "COUNT(*)" }
            return "COUNT(DISTINCT "
                + (keys.count == 1 ? text(keys[0]) : keys.map(text).joined(separator: " || '|' || ")) + ")"
        case .aggregate(let aggregate, let inner): return function(aggregate) + "(" + text(inner) + ")"
        case .infix(let left, let sign, let right): return text(left) + " " + sign + " " + text(right)
        case .any(let parts): return "(" + parts.map(text).joined(separator: " OR ") + ")"
        case .oneOf(let left, let values, let isNegated):
            if values.count == 1 { return text(left) + (isNegated ? " <> " : " = ") + literal(values[0]) }
            return text(left) + (isNegated ? " NOT IN (" : " IN (") + values.map(literal).joined(separator: ", ")
                + ")"
        case .isNull(let inner, let isNegated): return text(inner) + (isNegated ? " IS NOT NULL" : " IS NULL")
        case .contains(let inner, let piece, let anchored, let isNegated):
            let escaped = piece.map { "%_\\".contains($0) ? "\\\($0)" : String($0) }.joined()
            let pattern = (anchored ? "" : "%") + escaped + "%"
            let escape = pattern.contains("\\") ? " ESCAPE '\\'" : ""
            return text(inner) + (isNegated ? " NOT LIKE " : " LIKE ") + literal(.text(pattern)) + escape
        case .period(let inner, let grain): return period(text(inner), grain)
        case .calendarPart(let inner, let part): return calendar(text(inner), part, asName: true)
        case .calendarPlace(let inner, let part): return calendar(text(inner), part, asName: false)
        case .overAll(let inner): return "SUM(" + text(inner) + ") OVER ()"
        case .rowNumber(let partition, let order):
            let keys = order.map { text($0.expression) + ($0.isDescending ? " DESC" : "") }
            return "ROW_NUMBER() OVER (PARTITION BY " + partition.map(text).joined(separator: ", ") + " ORDER BY "
                + keys.joined(separator: ", ") + ")"
        case .cell(let inner, let form): return cell(text(inner), form)
        case .concatenated(let parts): return parts.map(text).joined(separator: " || ' ' || ")
        case .caseWhen(let conditions, let value):
            return "CASE WHEN " + conjunction(conditions) + " THEN " + text(value) + " ELSE 0 END"
        case .ratio(let a, let b): return "1.0 * " + text(a) + " / NULLIF(" + text(b) + ", 0)"
        case .formula(let formula): return self.text(formula, isInner: true)
        case .computed(let computed): return text(computed)
        case .rowID(let table): return quoted(table) + ".rowid"
        case .subquery(let select): return "(" + text(select) + ")"
        case .inSelect(let left, let select, let isNegated):
            return text(left) + (isNegated ? " NOT IN (" : " IN (") + text(select) + ")"
        }
    }

    private func conjunction(_ conditions: [SQLExpression]) -> String {
        conditions.map(text).joined(separator: " AND ")
    }

    private func function(_ aggregate: Aggregate) -> String {
        switch aggregate {
        case .sum: "SUM"
        case .average: "AVG"
        case .minimum: "MIN"
        case .maximum: "MAX"
        case .median: "MEDIAN"
        }
    }

    /// A period as text that sorts; a week as its Monday.
    private func period(_ column: String, _ grain: TimeGrain) -> String {
        switch (dialect, grain) {
        case (.sqlite, .day): "date(\(column))"
        case (.sqlite, .week): "date(\(column), 'weekday 0', '-6 days')"
        case (.sqlite, .month): "strftime('%Y-%m', \(column))"
        case (.sqlite, .quarter):
            "strftime('%Y', \(column)) || '-Q' || ((CAST(strftime('%m', \(column)) AS INTEGER) + 2) / 3)"
        case (.sqlite, .year): "strftime('%Y', \(column))"
        case (.postgresql, .day): "to_char(\(column), 'YYYY-MM-DD')"
        case (.postgresql, .week): "to_char(date_trunc('week', \(column)), 'YYYY-MM-DD')"
        case (.postgresql, .month): "to_char(\(column), 'YYYY-MM')"
        case (.postgresql, .quarter): "to_char(\(column), 'YYYY\"-Q\"Q')"
        case (.postgresql, .year): "to_char(\(column), 'YYYY')"
        case (.duckdb, .day): "strftime(CAST(\(column) AS DATE), '%Y-%m-%d')"
        case (.duckdb, .week): "strftime(date_trunc('week', CAST(\(column) AS DATE)), '%Y-%m-%d')"
        case (.duckdb, .month): "strftime(CAST(\(column) AS DATE), '%Y-%m')"
        case (.duckdb, .quarter): "year(\(column)) || '-Q' || quarter(\(column))"
        case (.duckdb, .year): "strftime(CAST(\(column) AS DATE), '%Y')"
        }
    }

    /// A weekday or an hour, as people call it or as a number that sorts.
    private func calendar(_ column: String, _ part: CalendarPart, asName: Bool) -> String {
        switch (dialect, part) {
        case (.sqlite, .hour): return "CAST(strftime('%H', \(column)) AS INTEGER)"
        case (.postgresql, .hour): return "CAST(EXTRACT(HOUR FROM \(column)) AS INTEGER)"
        case (.duckdb, .hour): return "hour(CAST(\(column) AS TIMESTAMP))"
        case (.sqlite, .weekday):
            guard asName else { return "(CAST(strftime('%w', \(column)) AS INTEGER) + 6) % 7" }
            let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
            let cases = days.enumerated().map { "WHEN '\($0)' THEN '\($1)'" }.joined(separator: " ")
            return "CASE strftime('%w', \(column)) \(cases) END"
        case (.postgresql, .weekday):
            return asName
                ? "trim(to_char(\(column), 'Day'))" : "CAST(EXTRACT(ISODOW FROM \(column)) AS INTEGER)"
        case (.duckdb, .weekday):
            return asName ? "dayname(CAST(\(column) AS DATE))" : "isodow(CAST(\(column) AS DATE))"
        }
    }

    func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    func literal(_ value: SQLValue) -> String {
        switch value {
        case .null: "NULL"
        case .integer(let number): String(number)
        case .real(let number):
            // A whole number is written without a fraction: SQLite compares both alike, people read one.
            number.isFinite ? Int(exactly: number).map(String.init) ?? "\(number)" : "NULL"
        case .text(let text):
            "'"
                + text.filter { $0 != "\0" }.split(separator: "'", omittingEmptySubsequences: false).joined(
                    separator: "''") + "'"
        case .blob: "NULL"
        }
    }
}
