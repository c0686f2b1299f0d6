import Schemas
import Values

extension VegaLite.Marks {
    /// The tooltip names every column.
    var tooltip: JSON {
        .array(
            fields.columns.indices.map { index in
                if fields.timePattern(index) != nil { return temporal(index, axis: false) }
                let isNumber = fields.result.rows.contains { index < $0.count && $0[index].number != nil }
                guard isNumber, column(index).role == .measure else { return name(index) }
                return .object(quantity(index))
            })
    }

    /// A number; only texts and tooltips carry their format themselves, axes and legends have it inside.
    func quantity(_ index: Int, isText: Bool = true) -> JSONObject {
        var channel: JSONObject = [
            "field": .string(fields.names[index]), "type": "quantitative",
            "title": .string(column(index).axisTitle),
        ]
        if isText { channel["format"] = .string(format(index)) }
        return channel
    }

    /// A measure on an axis; several measures are folded into one field.
    func value(_ index: Int) -> JSONObject {
        var channel = quantity(index, isText: false)
        channel["axis"] = ["format": .string(axisFormat(index))]
        if encoding.measures.count > 1 {
            channel["field"] = "value"
            channel["title"] = nil
            channel["axis"] = ["format": .string(axisFormat(index)), "title": nil]
        }
        return channel
    }

    func name(_ index: Int, sort: JSON? = nil) -> JSON {
        let isTime = if case .time = column(index).role { true } else { false }
        var channel: JSONObject = [
            "field": .string(fields.names[index]), "type": isTime ? "ordinal" : "nominal",
            "title": .string(column(index).title),
        ]
        // The parsed moment of a period on an ordered axis is cut back to its period.
        if fields.timePattern(index) != nil {
            channel["timeUnit"] = .string(moment(index).unit)
            if sort != nil { channel["axis"] = ["format": .string(moment(index).format)] }
        }
        if let sort { channel["sort"] = sort }
        return .object(channel)
    }

    /// A time axis: temporal where the texts are moments, ordered names for weeks and quarters.
    func position(_ index: Int) -> JSON {
        fields.timePattern(index) == nil ? name(index, sort: .null) : temporal(index, axis: true)
    }

    func temporal(_ index: Int, axis: Bool) -> JSON {
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
    func moment(_ index: Int) -> (unit: String, format: String) {
        switch column(index).role {
        case .time(.day): ("utcyearmonthdate", "%Y-%m-%d")
        case .time(.month): ("utcyearmonth", "%Y-%m")
        default: ("utcyear", "%Y")
        }
    }

    func addColour(_ channels: inout JSONObject) {
        if encoding.measures.count > 1 {
            channels["color"] = ["field": "measure", "type": "nominal", "title": nil, "sort": nil]
        } else if let series = encoding.series {
            channels["color"] = name(series, sort: .null)
        }
    }

    /// Several measures become rows of one `value` each, with the measure's title beside it.
    func folded(_ chart: JSONObject) -> JSONObject {
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

    /// The format of ticks: amounts without the cents that they do not have.
    func axisFormat(_ index: Int) -> String {
        column(index).format == .money ? ",.2~f" : format(index)
    }

    /// A number format in the language of d3-format.
    func format(_ index: Int) -> String {
        switch column(index).format {
        case .money: ",.2f"
        case .count: ",d"
        case .ratio: ".1%"
        case .percent: ",.1~f"
        case .number, .plain: ",.2~f"
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
