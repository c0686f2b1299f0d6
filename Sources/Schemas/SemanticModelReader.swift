internal import Values

/// Reads the parts of a semantic model from the nodes of a text, and remembers where each stood.
struct SemanticModelReader {
    let file: String
    var places: [String: SourcePlace] = [:]
    var problems: [Diagnostic] = []

    init(file: String) { self.file = file }

    mutating func model(_ root: YAMLNode) -> SemanticModel {
        var fields = Fields(root, "", &self)
        let version = fields.text("version")
        if let version, version != "1" {
            report(
                .warning, "semantic_version", "version \(version) of the format is not known",
                "this version of Operon reads version 1", fields.place("version"))
        }
        let name = fields.text("name") ?? fields.text("database") ?? ""
        var model = SemanticModel(name: name)
        model.summary = fields.text("description") ?? ""
        model.defaultTime = fields.column("default_time", &self)
        model.calendar = fields.node("calendar").map { calendar($0) } ?? BusinessCalendar()
        model.entities = fields.list("entities", &self) { $0.entity($1, $2) }
        model.dimensions = fields.list("dimensions", &self) { $0.dimension($1, $2) }
        model.measures = fields.list("measures", &self) { $0.measure($1, $2) }
        model.metrics = fields.list("metrics", &self) { $0.metric($1, $2) }
        model.joins = fields.list("joins", &self) { $0.join($1, $2) }
        model.sets = fields.list("sets", &self) { $0.set($1, $2) }
        model.terms = fields.list("terms", &self) { $0.term($1, $2) }
        fields.finish(&self)
        return model
    }

    mutating func report(
        _ severity: Diagnostic.Severity, _ code: String, _ message: String, _ hint: String, _ place: SourcePlace
    ) {
        problems.append(Diagnostic(severity, code: code, message: message, hint: hint, place: place))
    }

    mutating func report(_ code: String, _ message: String, _ hint: String, _ place: SourcePlace) {
        report(.error, code, message, hint, place)
    }

    // MARK: Parts

    private mutating func calendar(_ node: YAMLNode) -> BusinessCalendar {
        var fields = Fields(node, "calendar", &self)
        var calendar = BusinessCalendar()
        if let text = fields.text("fiscal_year_start") {
            if let month = Int(text) ?? Self.number(text, in: Self.months), (1...12).contains(month) {
                calendar.fiscalYearStart = month
            } else {
                report(
                    "semantic_value", "\"\(text)\" is no month", "write a name such as april, or 1 to 12",
                    fields.place("fiscal_year_start"))
            }
        }
        if let days = fields.texts("weekend", &self) {
            calendar.weekend = days.compactMap { day in
                if let number = Int(day) ?? Self.number(day, in: Self.weekdays), (1...7).contains(number) {
                    return number
                }
                report(
                    "semantic_value", "\"\(day)\" is no weekday",
                    "write a name such as friday, or 1 (Monday) to 7 (Sunday)", fields.place("weekend"))
                return nil
            }
        }
        fields.finish(&self)
        return calendar
    }

    private mutating func entity(_ node: YAMLNode, _ path: String) -> SemanticEntity? {
        var fields = Fields(node, path, &self)
        defer { fields.finish(&self) }
        let named = fields.text("name")
        guard let table = fields.required("table", &self) else { return nil }
        return SemanticEntity(
            name: named ?? table, table: table, key: fields.texts("key", &self) ?? [],
            label: fields.text("label"), time: fields.text("time"), synonyms: fields.texts("synonyms", &self) ?? [],
            summary: fields.text("description") ?? "")
    }

    private mutating func dimension(_ node: YAMLNode, _ path: String) -> SemanticDimension? {
        var fields = Fields(node, path, &self)
        defer { fields.finish(&self) }
        guard let name = fields.required("name", &self) else { return nil }
        guard let expression = fields.text("column") ?? fields.required("expression", &self) else { return nil }
        if places[path + ".expression"] == nil { places[path + ".expression"] = fields.place("column") }
        var dimension = SemanticDimension(name: name, expression: expression)
        dimension.unit = fields.text("unit")
        if let type = fields.text("type") {
            // "numeric (milliseconds)" tells the unit, too.
            let words = type.split(whereSeparator: { "() ".contains($0) }).map(String.init)
            switch words.first?.lowercased() {
            case "categorical", "category", "text", "string": dimension.kind = .categorical
            case "time", "date", "datetime": dimension.kind = .time
            case "number", "numeric": dimension.kind = .number
            case "flag", "boolean": dimension.kind = .flag
            default:
                report(
                    "semantic_value", "\"\(type)\" is no type of dimension",
                    "known: categorical, time, number, flag", fields.place("type"))
            }
            if words.count > 1, dimension.unit == nil { dimension.unit = words[1] }
        }
        dimension.synonyms = fields.texts("synonyms", &self) ?? []
        dimension.summary = fields.text("description") ?? ""
        for entry in fields.node("values")?.mapping ?? [] {
            places["\(path).values[\(dimension.values.count)]"] = entry.place
            dimension.values.append(SemanticValue(entry.key, synonyms: texts(entry.value) ?? []))
        }
        // The other way round: what people say, with what is stored.
        for entry in fields.node("value_synonyms")?.mapping ?? [] {
            guard let stored = entry.value.scalar?.text else { continue }
            if let at = dimension.values.firstIndex(where: { $0.value == stored }) {
                dimension.values[at].synonyms.append(entry.key)
            } else {
                dimension.values.append(SemanticValue(stored, synonyms: [entry.key]))
            }
        }
        return dimension
    }

    private mutating func measure(_ node: YAMLNode, _ path: String) -> SemanticMeasure? {
        var fields = Fields(node, path, &self)
        defer { fields.finish(&self) }
        guard let name = fields.required("name", &self), let table = fields.required("table", &self) else {
            return nil
        }
        var measure = SemanticMeasure(
            name: name, table: table, expression: fields.text("expression") ?? "", aggregation: .sum)
        if let known: SemanticMeasure.Aggregation = fields.choice("aggregation", &self) {
            measure.aggregation = known
        }
        if measure.expression.isEmpty, measure.aggregation != .count {
            report(
                "semantic_missing", "the measure \"\(name)\" has no expression",
                "write a column of \(table), or an expression over its columns", node.place)
        }
        measure.filters = filters(&fields)
        measure.time = fields.column("time", &self)
        if let known: SemanticMeasure.Additivity = fields.choice("additivity", &self) { measure.additivity = known }
        measure.unit = fields.text("unit")
        measure.format = fields.choice("format", &self)
        measure.synonyms = fields.texts("synonyms", &self) ?? []
        measure.summary = fields.text("description") ?? ""
        return measure
    }

    private mutating func metric(_ node: YAMLNode, _ path: String) -> SemanticMetric? {
        var fields = Fields(node, path, &self)
        defer { fields.finish(&self) }
        guard let name = fields.required("name", &self) else { return nil }
        guard let formula = fields.text("expression") ?? fields.required("formula", &self) else { return nil }
        if places[path + ".formula"] == nil { places[path + ".formula"] = fields.place("expression") }
        var metric = SemanticMetric(name: name, formula: formula, filters: filters(&fields))
        metric.time = fields.column("time", &self)
        metric.unit = fields.text("unit")
        metric.format = fields.choice("format", &self)
        metric.synonyms = fields.texts("synonyms", &self) ?? []
        metric.summary = fields.text("description") ?? ""
        metric.table = fields.text("table")
        // Of several tables the formula says which column is whose.
        if let tables = fields.texts("tables", &self), tables.count == 1 { metric.table = tables[0] }
        return metric
    }

    private mutating func filters(_ fields: inout Fields) -> [String] {
        (fields.texts("filters", &self) ?? []) + (fields.texts("filter", &self) ?? [])
    }

    private mutating func set(_ node: YAMLNode, _ path: String) -> BusinessSet? {
        var fields = Fields(node, path, &self)
        defer { fields.finish(&self) }
        guard let name = fields.required("name", &self), let table = fields.required("table", &self) else {
            return nil
        }
        let filters = filters(&fields)
        if filters.isEmpty {
            report(
                "semantic_missing", "the set \"\(name)\" has no filter", "write a condition on columns of \(table)",
                node.place)
        }
        return BusinessSet(
            name: name, table: table, filters: filters, synonyms: fields.texts("synonyms", &self) ?? [],
            summary: fields.text("description") ?? "")
    }

    private mutating func term(_ node: YAMLNode, _ path: String) -> GlossaryTerm? {
        var fields = Fields(node, path, &self)
        defer { fields.finish(&self) }
        guard let name = fields.required("name", &self) else { return nil }
        return GlossaryTerm(
            name: name, means: fields.text("means"), synonyms: fields.texts("synonyms", &self) ?? [],
            summary: fields.text("description") ?? "")
    }

    /// A text, or a list of texts.
    func texts(_ node: YAMLNode) -> [String]? {
        if let scalar = node.scalar { return scalar.json.isNull ? [] : [scalar.text] }
        guard let elements = node.sequence else { return nil }
        let texts = elements.compactMap { $0.scalar?.text }
        return texts.count == elements.count ? texts : nil
    }

    static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december",
    ]
    static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// The number of a name, from 1; its first three letters suffice.
    static func number(_ name: String, in names: [String]) -> Int? {
        let name = name.lowercased()
        guard name.utf8.count >= 3 else { return nil }
        return names.firstIndex { $0.hasPrefix(name) }.map { $0 + 1 }
    }
}
