import Schemas
import Values

extension VegaLite {
    /// The mark, the encodings and the size of a chart.
    struct Marks {
        let fields: Fields
        let encoding: ChartEncoding

        private func column(_ index: Int) -> OutputColumn { fields.columns[index] }

        /// The members that differ from chart to chart.
        func members(_ kind: ChartKind) -> JSONObject {
            guard let measure = encoding.measures.first else { return ["mark": "text"] }
            switch kind {
            case .kpi: return figure(measure)
            case .pie: return pie(measure)
            case .histogram: return histogram(measure)
            case .scatter: return scatter(measure)
            case .heatmap: return heatmap(measure)
            case .map: return map(measure)
            case .line, .area: return course(kind, measure)
            case .bar, .groupedBar, .stackedBar, .table: return bars(kind, measure)
            }
        }

        // MARK: Charts

        private func figure(_ measure: Int) -> JSONObject {
            let isNumber = fields.result.rows.first?[measure].number != nil
            var text: JSONObject = [
                "field": .string(fields.names[measure]), "title": .string(column(measure).title),
            ]
            text["type"] = isNumber ? "quantitative" : "nominal"
            if isNumber { text["format"] = .string(format(measure)) }
            var channels: JSONObject = ["text": .object(text), "tooltip": tooltip]
            if encoding.measures.count > 1 {
                channels["text"] = ["field": "value", "type": "quantitative", "format": ",.2~f"]
                channels["y"] = ["field": "measure", "type": "nominal", "title": nil, "sort": nil]
            }
            return folded([
                "width": 320, "height": .int(120 * encoding.measures.count),
                "mark": ["type": "text", "fontSize": 48, "fontWeight": "bold"], "encoding": .object(channels),
            ])
        }

        private func pie(_ measure: Int) -> JSONObject {
            let x = encoding.x ?? 0
            return [
                "width": 320, "height": 320, "mark": ["type": "arc", "stroke": "#ffffff"],
                "encoding": [
                    "theta": .object(quantity(measure, isText: false).setting("stack", true)),
                    "color": [
                        "field": .string(fields.names[x]), "type": "nominal", "title": .string(column(x).title),
                        "sort": ["field": .string(fields.names[measure]), "order": "descending"],
                    ],
                    "order": [
                        "field": .string(fields.names[measure]), "type": "quantitative", "sort": "descending",
                    ],
                    "tooltip": tooltip,
                ],
            ]
        }

        private func histogram(_ measure: Int) -> JSONObject {
            [
                "width": 560, "height": 320, "mark": ["type": "bar"],
                "encoding": [
                    "x": [
                        "field": .string(fields.names[measure]), "type": "quantitative",
                        "bin": ["maxbins": .int(Histogram.binLimit)], "title": .string(column(measure).title),
                    ],
                    "y": ["aggregate": "count", "type": "quantitative", "title": "Number of rows"],
                    "tooltip": [
                        [
                            "field": .string(fields.names[measure]), "type": "quantitative",
                            "bin": ["maxbins": .int(Histogram.binLimit)], "title": .string(column(measure).title),
                        ],
                        ["aggregate": "count", "type": "quantitative", "title": "Number of rows"],
                    ],
                ],
            ]
        }

        private func scatter(_ measure: Int) -> JSONObject {
            var channels: JSONObject = [
                "x": .object(value(encoding.x ?? 0).setting("scale", ["zero": false])),
                "y": .object(value(measure).setting("scale", ["zero": false])),
            ]
            if let series = encoding.series { channels["color"] = name(series) }
            channels["tooltip"] = tooltip
            return [
                "width": 520, "height": 380, "mark": ["type": "point", "filled": true, "opacity": 0.7],
                "encoding": .object(channels),
            ]
        }

        private func heatmap(_ measure: Int) -> JSONObject {
            [
                "width": ["step": 28], "height": ["step": 22], "mark": ["type": "rect"],
                "encoding": [
                    "x": name(encoding.x ?? 0), "y": name(encoding.series ?? 0),
                    "color": .object(
                        quantity(measure, isText: false).setting("scale", ["scheme": "viridis"])
                            .setting("legend", ["format": .string(format(measure))])),
                    "tooltip": tooltip,
                ],
            ]
        }

        private func map(_ measure: Int) -> JSONObject {
            [
                "width": 600, "height": 380, "projection": ["type": "equalEarth"],
                "mark": ["type": "circle", "size": 60, "opacity": 0.8],
                "encoding": [
                    "longitude": ["field": .string(fields.names[encoding.x ?? 0]), "type": "quantitative"],
                    "latitude": ["field": .string(fields.names[measure]), "type": "quantitative"],
                    "tooltip": tooltip,
                ],
            ]
        }

        private func course(_ kind: ChartKind, _ measure: Int) -> JSONObject {
            let x = encoding.x ?? 0
            let zero = kind == .area || fields.result.rows.contains { ($0[measure].number ?? 0) < 0 } == false
            var channels: JSONObject = ["x": position(x)]
            channels["y"] = .object(value(measure).setting("scale", ["zero": .bool(zero)]))
            addColour(&channels)
            channels["tooltip"] = tooltip
            return folded([
                "width": 600, "height": 320,
                "mark": kind == .line ? ["type": "line", "point": true] : ["type": "area", "opacity": 0.8],
                "encoding": .object(channels),
            ])
        }

        private func bars(_ kind: ChartKind, _ measure: Int) -> JSONObject {
            let x = encoding.x ?? 0
            let labels = Labels(of: x, fields: fields)
            let category = name(x, sort: labels.sort(by: measure, fields: fields))
            // Many or long labels are read more easily line by line.
            let lies = labels.count > 8 || labels.longest > 12
            let isTime = if case .time = column(x).role { true } else { false }
            let horizontal = lies && !isTime && kind != .groupedBar
            var length = value(measure)
            if kind == .stackedBar { length["stack"] = "zero" }
            var channels: JSONObject =
                horizontal
                ? ["y": category, "x": .object(length)] : ["x": category, "y": .object(length)]
            if kind != .bar { addColour(&channels) }
            if kind == .groupedBar, let colour = channels["color"], let field = colour["field"] {
                channels["xOffset"] = ["field": field, "type": "nominal", "sort": nil]
            }
            channels["tooltip"] = tooltip
            let step: JSON = ["step": .int(kind == .groupedBar ? 16 : horizontal || labels.count > 12 ? 22 : 44)]
            return folded([
                "width": horizontal ? 520 : step, "height": horizontal ? step : 320, "mark": ["type": "bar"],
                "encoding": .object(channels),
            ])
        }

        // MARK: Channels

        /// The tooltip names every column.
        private var tooltip: JSON {
            .array(
                fields.columns.indices.map { index in
                    if fields.timePattern(index) != nil { return temporal(index, axis: false) }
                    let isNumber = fields.result.rows.contains { index < $0.count && $0[index].number != nil }
                    guard isNumber, column(index).role == .measure else { return name(index) }
                    return .object(quantity(index))
                })
        }

        /// A number; only texts and tooltips carry their format themselves, axes and legends have it inside.
        private func quantity(_ index: Int, isText: Bool = true) -> JSONObject {
            var channel: JSONObject = [
                "field": .string(fields.names[index]), "type": "quantitative",
                "title": .string(
                    column(index).format == .percent ? "\(column(index).title) (%)" : column(index).title),
            ]
            if isText { channel["format"] = .string(format(index)) }
            return channel
        }

        /// A measure on an axis; several measures are folded into one field.
        private func value(_ index: Int) -> JSONObject {
            var channel = quantity(index, isText: false)
            channel["axis"] = ["format": .string(format(index))]
            if encoding.measures.count > 1 {
                channel["field"] = "value"
                channel["title"] = nil
                channel["axis"] = ["format": .string(format(index)), "title": nil]
            }
            return channel
        }

        private func name(_ index: Int, sort: JSON? = nil) -> JSON {
            let isTime = if case .time = column(index).role { true } else { false }
            var channel: JSONObject = [
                "field": .string(fields.names[index]), "type": isTime ? "ordinal" : "nominal",
                "title": .string(column(index).title),
            ]
            // The parsed moment of a period on an ordered axis is cut back to its period.
            if fields.timePattern(index) != nil { channel["timeUnit"] = .string(moment(index).unit) }
            if let sort { channel["sort"] = sort }
            return .object(channel)
        }

        /// A time axis: temporal where the texts are moments, ordered names for weeks and quarters.
        private func position(_ index: Int) -> JSON {
            fields.timePattern(index) == nil ? name(index) : temporal(index, axis: true)
        }

        private func temporal(_ index: Int, axis: Bool) -> JSON {
            let (unit, format) = moment(index)
            var channel: JSONObject = [
                "field": .string(fields.names[index]), "type": "temporal", "timeUnit": .string(unit),
                "title": .string(column(index).title),
            ]
            if axis {
                channel["axis"] = ["format": .string(format), "labelOverlap": true]
            } else {
                channel["format"] = .string(format)
            }
            return .object(channel)
        }

        /// The unit of time of a period, and how it is written.
        private func moment(_ index: Int) -> (unit: String, format: String) {
            switch column(index).role {
            case .time(.day): ("utcyearmonthdate", "%Y-%m-%d")
            case .time(.month): ("utcyearmonth", "%Y-%m")
            default: ("utcyear", "%Y")
            }
        }

        private func addColour(_ channels: inout JSONObject) {
            if encoding.measures.count > 1 {
                channels["color"] = ["field": "measure", "type": "nominal", "title": nil, "sort": nil]
            } else if let series = encoding.series {
                channels["color"] = name(series)
            }
        }

        /// Several measures become rows of one `value` each, with the measure's title beside it.
        private func folded(_ chart: JSONObject) -> JSONObject {
            guard encoding.measures.count > 1 else { return chart }
            var titles = JSONObject()
            for index in encoding.measures { titles[fields.names[index]] = .string(column(index).title) }
            var out: JSONObject = [
                "transform": [
                    ["fold": .strings(encoding.measures.map { fields.names[$0] }), "as": ["key", "value"]],
                    ["calculate": .string("\(JSON.object(titles))[datum.key]"), "as": "measure"],
                ]
            ]
            for member in chart.members { out[member.key] = member.value }
            return out
        }

        /// A number format in the language of d3-format.
        private func format(_ index: Int) -> String {
            switch column(index).format {
            case .money: ",.2f"
            case .count: ",d"
            case .ratio: ".1%"
            case .percent: ",.1~f"
            case .number, .plain: ",.2~f"
            }
        }
    }
}

extension JSONObject {
    /// The object with one more member.
    func setting(_ key: String, _ value: JSON) -> JSONObject {
        var copy = self
        copy[key] = value
        return copy
    }
}
