internal import Values

extension SemanticModel {
    /// The model as YAML, in a fixed order; what is empty or the default is left out. Reading it gives the same model.
    ///
    /// - Parameter comments: remarks that stand above a part, by path (`metrics[0]`, `joins`); a remark may have
    ///   several lines.
    public func yaml(comments: [String: String] = [:]) -> String {
        var writer = SemanticModelWriter(comments: comments)
        writer.write(self)
        return writer.text
    }
}

/// Writes the YAML of a semantic model line by line.
private struct SemanticModelWriter {
    let comments: [String: String]
    var text = ""

    mutating func write(_ model: SemanticModel) {
        comment("", indent: 0)
        line("version: 1")
        field("name", model.name, indent: 0)
        field("description", model.summary, indent: 0)
        comment("default_time", indent: 0)
        field("default_time", model.defaultTime?.description, indent: 0)
        if model.calendar != BusinessCalendar() {
            line("calendar:")
            field(
                "fiscal_year_start", SemanticModelReader.months[model.calendar.fiscalYearStart - 1], indent: 1)
            list("weekend", model.calendar.weekend.map { SemanticModelReader.weekdays[$0 - 1] }, indent: 1)
        }
        section("entities", model.entities) { writer, entity in
            writer.field("table", entity.table)
            writer.list("key", entity.key)
            writer.field("label", entity.label)
            writer.field("time", entity.time)
            writer.common(entity.synonyms, entity.summary)
        }
        section("dimensions", model.dimensions) { writer, dimension in
            writer.field(dimension.column == nil ? "expression" : "column", dimension.expression)
            writer.field("type", dimension.kind.rawValue)
            writer.field("unit", dimension.unit)
            if !dimension.values.isEmpty {
                writer.line("    values:")
                for value in dimension.values { writer.list(Self.scalar(value.value), value.synonyms, indent: 3) }
            }
            writer.common(dimension.synonyms, dimension.summary)
        }
        section("measures", model.measures) { writer, measure in
            writer.field("table", measure.table)
            writer.field("expression", measure.expression)
            writer.field("aggregation", measure.aggregation.rawValue)
            writer.list("filters", measure.filters)
            writer.field("time", measure.time?.description)
            if measure.additivity != .additive { writer.field("additivity", measure.additivity.rawValue) }
            writer.field("unit", measure.unit)
            writer.field("format", measure.format?.rawValue)
            writer.common(measure.synonyms, measure.summary)
        }
        section("metrics", model.metrics) { writer, metric in
            writer.field("table", metric.table)
            writer.field("formula", metric.formula)
            writer.list("filters", metric.filters)
            writer.field("time", metric.time?.description)
            writer.field("unit", metric.unit)
            writer.field("format", metric.format?.rawValue)
            writer.common(metric.synonyms, metric.summary)
        }
        joins(model.joins)
        section("sets", model.sets) { writer, set in
            writer.field("table", set.table)
            writer.list("filters", set.filters)
            writer.common(set.synonyms, set.summary)
        }
        section("terms", model.terms) { writer, term in
            writer.field("means", term.means)
            writer.common(term.synonyms, term.summary)
        }
    }

    private mutating func joins(_ joins: [SemanticJoin]) {
        guard !joins.isEmpty else { return }
        heading("joins")
        for (at, join) in joins.enumerated() {
            comment("joins[\(at)]", indent: 1)
            let pairs = zip(join.from, join.to).map { "\($0) = \($1)" }
            line("  - on: " + Self.scalar(pairs.joined(separator: " AND ")))
            if join.cardinality != .manyToOne { field("cardinality", join.cardinality.rawValue) }
            field("role", join.role)
        }
    }

    private mutating func section<Part: Named>(
        _ key: String, _ parts: [Part], _ write: (inout SemanticModelWriter, Part) -> Void
    ) {
        guard !parts.isEmpty else { return }
        heading(key)
        for (at, part) in parts.enumerated() {
            comment("\(key)[\(at)]", indent: 1)
            line("  - name: " + Self.scalar(part.name))
            write(&self, part)
        }
    }

    private mutating func heading(_ key: String) {
        line("")
        comment(key, indent: 0)
        line("\(key):")
    }

    private mutating func common(_ synonyms: [String], _ summary: String) {
        list("synonyms", synonyms)
        field("description", summary)
    }

    private mutating func comment(_ path: String, indent: Int) {
        guard let remark = comments[path] else { return }
        for part in remark.split(separator: "\n", omittingEmptySubsequences: false) {
            line(String(repeating: "  ", count: indent) + (part.isEmpty ? "#" : "# \(part)"))
        }
    }

    private mutating func field(_ key: String, _ value: String?, indent: Int = 2) {
        guard let value, !value.isEmpty else { return }
        line(String(repeating: "  ", count: indent) + "\(key): \(Self.scalar(value))")
    }

    private mutating func list(_ key: String, _ values: [String], indent: Int = 2) {
        guard !values.isEmpty else { return }
        let elements = values.map { Self.scalar($0, inFlow: true) }.joined(separator: ", ")
        line(String(repeating: "  ", count: indent) + "\(key): [\(elements)]")
    }

    private mutating func line(_ line: String) { text += line + "\n" }

    /// A text as a plain scalar where that is unmistakable, else in double quotes.
    private static func scalar(_ text: String, inFlow: Bool = false) -> String {
        let isPlain =
            !text.isEmpty && text.first != " " && text.last != " " && text.first.map { $0.isLetter } ?? false
            && text.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 && $0.value < 0x2028 }
            && !text.contains(": ") && !text.contains(" #") && text.last != ":"
            && !(inFlow && text.contains(where: { ",[]{}".contains($0) }))
            && YAMLScalar(text).json == .string(text)
            && !["y", "n", "yes", "no", "on", "off"].contains(text.lowercased())
        return isPlain ? text : JSON.string(text).description
    }
}

/// A part with a name.
private protocol Named { var name: String { get } }
extension SemanticEntity: Named {}
extension SemanticDimension: Named {}
extension SemanticMeasure: Named {}
extension SemanticMetric: Named {}
extension BusinessSet: Named {}
extension GlossaryTerm: Named {}
