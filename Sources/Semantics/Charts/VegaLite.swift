public import Schemas
public import Values

/// Writes charts as Vega-Lite 6 specifications (https://vega.github.io/vega-lite/docs/spec.html), complete with their
/// data, so that they draw without any other file.
public enum VegaLite {
    /// The specification of a chosen chart; `null` for a table, which Vega-Lite does not draw.
    ///
    /// - Parameters:
    ///   - columns: What each column of `result` is, in the same order.
    ///   - title: What stands above the chart; nil to make it from the columns' titles.
    public static func specification(
        for choice: ChartChoice, columns: [OutputColumn], result: ResultTable, title: String? = nil
    ) -> JSON {
        guard choice.kind != .table, !columns.isEmpty, columns.count == result.columns.count else { return .null }
        let excerpt = ChartExcerpt(choice, columns: columns, result: result)
        let safe = columns.map { column in
            var column = column
            column.title = DisplayWidth.safe(column.title)
            return column
        }
        let fields = Fields(columns: safe, result: excerpt.result)
        let heading = DisplayWidth.safe(title ?? self.title(choice, columns))
        var lines: JSONObject = ["text": wrapped(heading), "anchor": "start"]
        if let note = excerpt.note { lines["subtitle"] = .string(note.capitalisedFirst + ".") }
        var spec: JSONObject = [
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": .object(lines),
            "description": .string("\(choice.kind.phrase.capitalisedFirst): \(heading)"),
            "data": fields.data,
        ]
        for member in Marks(fields: fields, encoding: choice.encoding).members(choice.kind).members {
            spec[member.key] = member.value
        }
        spec["config"] = [
            "range": ["category": .strings(ChartPalette.series), "heatmap": .strings(ChartPalette.sequence)],
            "mark": ["color": .string(ChartPalette.colour(0))], "view": ["stroke": nil],
            "axis": ["labelLimit": 220, "labelFontSize": 12, "titleFontSize": 12],
            "legend": ["labelLimit": 220, "labelFontSize": 12],
            "title": ["fontSize": 16, "subtitleColor": "#57606a"],
        ]
        return .object(spec)
    }

    /// A long title in lines of about eighty letters: Vega does not wrap.
    private static func wrapped(_ text: String) -> JSON {
        var lines: [String] = []
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if let last = lines.last, last.count + word.count < 80 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(DisplayWidth.truncated(String(word), to: 80))
            }
        }
        return lines.count > 1 ? .strings(lines.prefix(4)) : .string(lines.first ?? "")
    }

    /// "Revenue by month and country" from the columns that are drawn.
    static func title(_ choice: ChartChoice, _ columns: [OutputColumn]) -> String {
        func name(_ index: Int) -> String { columns.indices.contains(index) ? columns[index].title : "" }
        let encoding = choice.encoding
        let measures = encoding.measures.map(name).joined(separator: ", ")
        let axes = [encoding.x, encoding.series].compactMap { $0.map(name) }
        switch choice.kind {
        case .kpi, .histogram: return measures
        case .scatter, .map: return axes.isEmpty ? measures : "\(measures) against \(axes[0])"
        default: return axes.isEmpty ? measures : "\(measures) by \(axes.joined(separator: " and "))"
        }
    }

    /// The columns under names that need no escaping, and the rows.
    struct Fields {
        let columns: [OutputColumn]
        /// A safe, unique name per column: Vega-Lite reads `.`, `[` and `]` in field names as paths.
        let names: [String]
        let result: ResultTable

        init(columns: [OutputColumn], result: ResultTable) {
            self.columns = columns
            self.result = result
            var names: [String] = []
            for column in columns {
                let letters = column.name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
                var name = letters.isEmpty ? "column" : String(letters)
                while names.contains(name) { name += "_" }
                names.append(name)
            }
            self.names = names
        }

        /// The values of a column.
        func values(_ index: Int) -> [SQLValue] { result.rows.map { index < $0.count ? $0[index] : .null } }

        /// Inline rows; days, months and years are parsed as UTC, so that no viewer's time zone moves them.
        var data: JSON {
            let rows = result.rows.map { row -> JSON in
                var members: [JSONObject.Member] = []
                for (index, name) in names.enumerated() {
                    members.append(
                        JSONObject.Member(name, datum(index < row.count ? row[index] : .null, columns[index])))
                }
                return .object(JSONObject(uniqueMembers: members))
            }
            var parse = JSONObject()
            for (index, name) in names.enumerated() {
                if let pattern = timePattern(index) { parse[name] = .string("utc:'\(pattern)'") }
            }
            var data: JSONObject = ["values": .array(rows)]
            if !parse.isEmpty { data["format"] = ["type": "json", "parse": .object(parse)] }
            return .object(data)
        }

        /// A value as Vega reads it: neither objects nor numbers that JSON cannot write.
        private func datum(_ value: SQLValue, _ column: OutputColumn) -> JSON {
            switch value {
            case .null where column.role == .dimension: .string(NumberFormat.text(value, in: column))
            case .real(let number) where !number.isFinite: .null
            case .blob: .string(NumberFormat.text(value, format: .plain))
            case .text(let text): .string(DisplayWidth.safe(text))
            default: value.json
            }
        }

        /// How a period's text is read as a moment; nil for weeks and quarters, which stay ordered names, and where some
        /// value does not have the promised form.
        func timePattern(_ index: Int) -> String? {
            guard case .time(let grain) = columns[index].role else { return nil }
            let (pattern, parts): (String, [Int]) =
                switch grain {
                case .day: ("%Y-%m-%d", [4, 2, 2])
                case .month: ("%Y-%m", [4, 2])
                case .year: ("%Y", [4])
                case .week, .quarter: ("", [])
                }
            guard !parts.isEmpty else { return nil }
            let isRegular = result.rows.allSatisfy { row in
                guard index < row.count, case .text(let text) = row[index] else { return false }
                let pieces = text.split(separator: "-", omittingEmptySubsequences: false)
                return pieces.count == parts.count
                    && zip(pieces, parts).allSatisfy { $0.utf8.count == $1 && $0.utf8.allSatisfy { 48...57 ~= $0 } }
            }
            return isRegular ? pattern : nil
        }
    }
}
