public import Schemas

/// One or two plain sentences that answer the question of a reading with the rows that its SQL gave. Pure.
public func answerText(for outline: AnswerOutline, result: ResultTable) -> String {
    AnswerText(reading: outline, result: result).text
}

/// One or two plain sentences that answer the question of a reading with the rows that its SQL gave. Pure.
public func answerText(for reading: Reading, result: ResultTable) -> String {
    answerText(for: reading.outline, result: result)
}

/// Writes answers in sentences.
struct AnswerText {
    let reading: AnswerOutline
    let result: ResultTable

    var text: String {
        guard let first = result.rows.first, !first.isEmpty else {
            return
                "There is nothing to show: no rows match\(reading.filters.isEmpty ? "" : " (" + reading.filters.joined(separator: "; ") + ")")."
        }
        let measures = reading.shape.indices.filter { reading.shape[$0].role == .measure && $0 < first.count }
        if result.rows.count == 1, first.count == 1 { return single(first[0]) }
        if let extreme = reading.ranking, let measure = measures.last {
            let name = label(first, begins: true)
            let shape = reading.shape[measure]
            let head =
                "\(name) has the \(extreme.rawValue) \(shape.title.lowercased()): \(formatted(first[measure], shape.format))"
            return head + (result.rows.count > 1 ? "; \(rows) in all." : ".")
        }
        if result.rows.count == 1 {
            let parts = zip(reading.shape, first).map { column, value in
                "\(column.title.lowercased()): "
                    + (column.role == .measure ? formatted(value, column.format) : cell(value, column))
            }
            return parts.joined(separator: ", ").capitalisedFirst + "."
        }
        if let time = reading.shape.firstIndex(where: { if case .time = $0.role { true } else { false } }),
            let measure = measures.last, reading.groupCount <= 1,
            let last = result.rows.last, time < last.count, measure < last.count
        {
            let shape = reading.shape[measure]
            let column = reading.shape[time]
            return
                "\(shape.title) goes from \(formatted(first[measure], shape.format)) in \(cell(first[time], column)) to "
                + "\(formatted(last[measure], shape.format)) in \(cell(last[time], column)), over \(rows)."
        }
        if let measure = measures.last, reading.groupCount == 1 {
            let shape = reading.shape[measure]
            // Weekdays, or groups in the order of their names, do not begin with the highest.
            let top = result.rows.reduce(first) { best, row in
                guard measure < row.count, let a = row[measure].number, let b = best[measure].number else {
                    return best
                }
                return a > b ? row : best
            }
            return
                "\(label(top, begins: true)) comes first by \(shape.title.lowercased()) with \(formatted(top[measure], shape.format)); \(rows) in all."
        }
        let names = result.rows.prefix(3).map { label($0) }.joined(
            separator: result.rows[0].count > 1 && reading.groupCount != 1 ? "; " : ", ")
        return result.rows.count > 3
            ? "There are \(rows), beginning with \(names)." : "There are \(rows): \(names)."
    }

    /// How many rows there are, by what they are: `1,860 customers`.
    private var rows: String {
        let noun = reading.noun ?? "row"
        if result.rows.count == 1 { return "1 \(noun)" }
        let count = NumberFormat.grouped(result.rows.count)
        return (result.isTruncated ? "at least \(count) " : "\(count) ") + Titles.plural(noun)
    }

    private func single(_ value: SQLValue) -> String {
        guard let shape = reading.shape.first, shape.role == .measure else { return formatted(value, .plain) + "." }
        if value == .null { return "There is no \(shape.title.lowercased()): no rows match." }
        if shape.format == .count, let table = reading.counted {
            let prefix = "number of "
            var noun = shape.title.lowercased()
            if noun.hasPrefix(prefix) { noun = String(noun.dropFirst(prefix.count)) } else { noun = table }
            return value == .integer(1)
                ? "There is 1 \(reading.noun ?? "of the " + noun)."
                : "There are \(formatted(value, .count)) \(noun)."
        }
        return "\(shape.title) is \(formatted(value, shape.format))."
    }

    /// What a row is called: its dimensions, or its first value.
    private func label(_ row: [SQLValue], begins: Bool = false) -> String {
        let parts = zip(reading.shape, row).filter { $0.0.role != .measure }.map { column, value in
            // A bare key says nothing by itself.
            if case .integer = value {
                return "\(begins ? column.title : column.title.lowercased()) \(cell(value, column))"
            }
            return cell(value, column)
        }
        let text = parts.isEmpty ? row.first.map { formatted($0, .plain) } ?? "" : parts.joined(separator: ", ")
        // A sentence names a row; the row itself stands in the table.
        return DisplayWidth.truncated(text, to: 80)
    }

    /// A value that names a row: keys without separators, periods in words.
    private func cell(_ value: SQLValue, _ column: OutputColumn) -> String {
        if case .time(let grain) = column.role, case .text(let text) = value {
            return PeriodText.words(text, grain)
        }
        return value == .null ? "nothing" : NumberFormat.text(value, in: column)
    }

    func formatted(_ value: SQLValue, _ format: OutputColumn.Format) -> String {
        value == .null ? "nothing" : NumberFormat.text(value, format: format)
    }
}
