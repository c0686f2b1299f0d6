import Schemas
import Values

extension VegaLite {
    /// The mark, the encodings and the size of a chart.
    struct Marks {
        let fields: Fields
        let encoding: ChartEncoding

        func column(_ index: Int) -> OutputColumn { fields.columns[index] }

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

        private func figure(_ measure: Int) -> JSONObject {
            let first = fields.result.rows.first ?? []
            let isNumber = measure < first.count && first[measure].number != nil
            var text: JSONObject = [
                "field": .string(fields.names[measure]), "title": .string(column(measure).title),
            ]
            text["type"] = isNumber ? "quantitative" : "nominal"
            if isNumber { text["format"] = .string(format(measure)) }
            let mark: JSON = ["type": "text", "fontSize": 48, "fontWeight": "bold"]
            guard encoding.measures.count > 1 else {
                return [
                    "width": 320, "height": 120, "mark": mark,
                    "encoding": ["text": .object(text), "tooltip": tooltip],
                ]
            }
            // Figures of several formats in one column: as text, each written in its own way.
            let values = encoding.measures.map { index -> JSON in
                let value = index < (fields.result.rows.first?.count ?? 0) ? fields.result.rows[0][index] : .null
                return [
                    "measure": .string(column(index).title),
                    "value": .string(NumberFormat.text(value, in: column(index))),
                ]
            }
            return [
                "data": ["values": .array(values)], "width": 320, "height": .int(110 * encoding.measures.count),
                "mark": mark,
                "encoding": [
                    "y": [
                        "field": "measure", "type": "nominal", "title": nil, "sort": nil,
                        "axis": ["domain": false, "ticks": false],
                    ],
                    "text": ["field": "value", "type": "nominal"],
                ],
            ]
        }

        private func pie(_ measure: Int) -> JSONObject {
            let x = encoding.x ?? 0
            return [
                // The rows come from the largest part down; what was gathered of the rest comes last.
                "transform": [["window": [["op": "row_number", "as": "place"]]]],
                "width": 320, "height": 320, "mark": ["type": "arc", "stroke": "#ffffff"],
                "encoding": [
                    "theta": .object(quantity(measure, isText: false).setting("stack", true)),
                    "color": [
                        "field": .string(fields.names[x]), "type": "nominal", "title": .string(column(x).title),
                        "sort": nil,
                    ],
                    "order": ["field": "place", "type": "quantitative"],
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
            if let series = encoding.series { channels["color"] = name(series, sort: .null) }
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
                    "x": name(encoding.x ?? 0, sort: .null), "y": name(encoding.series ?? 0, sort: .null),
                    "color": .object(
                        quantity(measure, isText: false).setting("scale", ["range": "heatmap"])
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
            var channels: JSONObject = ["x": position(x)]
            channels["y"] = .object(value(measure).setting("scale", ["zero": true]))
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
            // Many or long labels are read more easily line by line.
            let lies = labels.count > 8 || labels.longest > 12
            let isTime = if case .time = column(x).role { true } else { false }
            let horizontal = lies && !isTime
            let isLevel = labels.count <= 16
            var category = name(x, sort: labels.sort(by: measure, fields: fields)).object ?? [:]
            if !horizontal, isLevel {
                var axis = category["axis"]?.object ?? [:]
                axis["labelAngle"] = 0
                category["axis"] = .object(axis)
            }
            var length = value(measure)
            if kind == .stackedBar { length["stack"] = "zero" }
            var channels: JSONObject =
                horizontal
                ? ["y": .object(category), "x": .object(length)] : ["x": .object(category), "y": .object(length)]
            if kind != .bar { addColour(&channels) }
            if kind == .groupedBar, let colour = channels["color"], let field = colour["field"] {
                channels[horizontal ? "yOffset" : "xOffset"] = ["field": field, "type": "nominal", "sort": nil]
            }
            channels["tooltip"] = tooltip
            // Upright bars are wide enough for their labels to lie, unless there are many.
            let series = encoding.series.map { Set(fields.values($0)).count } ?? encoding.measures.count
            let lanes = kind == .groupedBar ? max(1, series) : 1
            let wide = isLevel ? max(44, labels.longest * 7 + 12) : 22
            let size = horizontal ? lanes * (lanes > 1 ? 14 : 22) + (lanes > 1 ? 8 : 0) : max(wide, lanes * 16)
            let step: JSON = ["step": .int(size), "for": "position"]
            return folded([
                "width": horizontal ? 520 : step, "height": horizontal ? step : 320, "mark": ["type": "bar"],
                "encoding": .object(channels),
            ])
        }
    }
}
