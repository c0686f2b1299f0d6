import Modeling
import Schemas
import Values

/// A measure or a metric as it is written, before it is fitted.
struct FigureDefinition: Sendable {
    var name: String
    var path: String
    var measure: SemanticMeasure?
    var metric: SemanticMetric?
    var synonyms: [String] { measure?.synonyms ?? metric?.synonyms ?? [] }
}

/// Fits measures and metrics.
extension GlossaryFitter {
    mutating func fitFigures() {
        var all: [FigureDefinition] = []
        for (at, measure) in model.measures.enumerated() {
            all.append(FigureDefinition(name: measure.name, path: "measures[\(at)]", measure: measure))
        }
        for (at, metric) in model.metrics.enumerated() {
            all.append(FigureDefinition(name: metric.name, path: "metrics[\(at)]", metric: metric))
        }
        for definition in all {
            if definitions[Self.key(definition.name)] != nil {
                report(
                    .error, "semantic_duplicate", "there are two figures called \"\(definition.name)\"",
                    "rename one of them", definition.path + ".name")
                continue
            }
            definitions[Self.key(definition.name)] = definition
        }
        for definition in all where definitions[Self.key(definition.name)]?.path == definition.path {
            guard let figure = figure(definition) else { continue }
            for name in [definition.name] + definition.synonyms where !isPlain(name, figure) {
                add(name, .term(.figure(Self.key(definition.name))), 1, hidesColumns: isNarrowedCount(figure))
            }
        }
    }

    private func isNarrowedCount(_ figure: DefinedFigure) -> Bool {
        switch figure.value {
        case .count, .countDistinct: !figure.filters.isEmpty
        default: false
        }
    }

    /// Whether a name says no more than the schema does: "orders" for the number of orders, "average invoice total" for
    /// the average of `Invoice.Total`. Such words are read as they are, which leaves more ways to use them ("first
    /// order", "above the average").
    private func isPlain(_ name: String, _ figure: DefinedFigure) -> Bool {
        guard figure.filters.isEmpty else { return false }
        var words = Self.phrase(name).split(separator: " ").map(String.init)
        switch figure.value {
        case .count(let table):
            if words.starts(with: ["number", "of"]) { words.removeFirst(2) }
            let called = glossary.names.filter { $0.element == .entity(table) }.map(\.phrase)
            return words == schema.entity(table)?.words || called.contains(words.joined(separator: " "))
        case .aggregate(let aggregate, .column(let ref)):
            let sign: [Aggregate: String] = [
                .average: "average", .sum: "total", .maximum: "maximum", .minimum: "minimum",
            ]
            guard let first = words.first, first == sign[aggregate], words.count > 1 else { return false }
            let known = (schema.column(ref)?.words ?? []) + (schema.entity(ref.table)?.words ?? [])
            return words.dropFirst().allSatisfy(known.contains)
        default: return false
        }
    }

    private static func key(_ name: String) -> String { name.lowercased() }

    /// The figure, fitted once; nil when it does not fit, which was reported.
    private mutating func figure(_ definition: FigureDefinition) -> DefinedFigure? {
        let key = Self.key(definition.name)
        if let known = glossary.figures[key] { return known }
        if path.contains(key) {
            report(
                .error, "semantic_circle",
                "\"\(definition.name)\" is defined by itself: \((path + [key]).joined(separator: " → "))",
                "let one of them be an aggregate of columns", definition.path + ".formula")
            return nil
        }
        path.append(key)
        defer { path.removeLast() }
        let found = definition.measure.map { fit($0, definition.path) } ?? fit(definition)
        if let found { glossary.figures[key] = found }
        return found
    }

    // MARK: Measures

    private mutating func fit(_ measure: SemanticMeasure, _ path: String) -> DefinedFigure? {
        guard let table = table(measure.table, path + ".table") else { return nil }
        var row: Formula?
        if !measure.expression.isEmpty {
            guard let parsed = parse(measure.expression, path + ".expression"),
                let resolved = resolve(parsed, in: table, path + ".expression")
            else { return nil }
            if resolved.isAggregate {
                report(
                    .error, "semantic_sql", "the measure \"\(measure.name)\" aggregates twice",
                    "write the value of one row; \"aggregation\" says how rows are combined", path + ".expression")
                return nil
            }
            row = resolved
        }
        let formula: Formula
        switch measure.aggregation {
        case .sum: formula = .call("SUM", [row ?? .number("1")], isDistinct: false)
        case .average: formula = .call("AVG", [row ?? .number("1")], isDistinct: false)
        case .min: formula = .call("MIN", [row ?? .number("1")], isDistinct: false)
        case .max: formula = .call("MAX", [row ?? .number("1")], isDistinct: false)
        case .count: formula = .call("COUNT", row.map { [$0] } ?? [], isDistinct: false)
        case .countDistinct: formula = .call("COUNT", row.map { [$0] } ?? [], isDistinct: true)
        }
        if measure.additivity == .semiAdditive {
            return standing(measure, row ?? .number("1"), table, formula, path)
        }
        return define(
            formula, home: table, name: measure.name, filters: measure.filters, time: measure.time,
            format: measure.format, unit: measure.unit, path)
    }

    // MARK: Metrics

    private mutating func fit(_ definition: FigureDefinition) -> DefinedFigure? {
        guard let metric = definition.metric, let parsed = parse(metric.formula, definition.path + ".formula")
        else {
            return nil
        }
        let place = definition.path + ".formula"
        let home = metric.table.flatMap { table($0, definition.path + ".table") }
        // Names of figures first; whatever is left is a column.
        var failed = false
        var standings: [DefinedFigure] = []
        let merged = parsed.mapped { part -> Formula in
            guard case .name(let parts, _) = part, parts.count == 1, let other = definitions[Self.key(parts[0])],
                !isColumn(parts[0], of: home, within: parsed)
            else { return part }
            guard let figure = figure(other) else {
                failed = true
                return part
            }
            if case .standing = figure.value { standings.append(figure) }
            return figure.formula
        }
        guard !failed else { return nil }
        if let first = standings.first {
            guard case .name = parsed, metric.filters.isEmpty else {
                report(
                    .error, "semantic_grain",
                    "\"\(first.name)\" stands still in time and cannot be a part of a formula",
                    "let the metric be the measure itself, without filters", place)
                return nil
            }
            var figure = first
            figure.name = metric.name
            figure.title = Self.title(metric.name)
            figure.words = Self.phrase(metric.name).split(separator: " ").map(String.init)
            return figure
        }
        // In a formula over several tables each column is written with its own.
        guard let formula = resolve(merged, in: merged.names.contains { $0.count > 1 } ? nil : home, place) else {
            return nil
        }
        guard formula.isAggregate else {
            report(
                .error, "semantic_sql", "\"\(metric.name)\" has a value for each row, but none for many",
                "write an aggregate such as SUM(…), or a formula over measures", place)
            return nil
        }
        return define(
            formula, home: home, name: metric.name, filters: metric.filters, time: metric.time,
            format: metric.format, unit: metric.unit, definition.path)
    }

    /// Inside an aggregate a bare name is a column, outside it is a figure.
    private func isColumn(_ name: String, of home: CatalogueTable?, within formula: Formula) -> Bool {
        if case .call(let call, let arguments, _) = formula, Formula.aggregates.contains(call) {
            return arguments.contains { $0.names.contains([name]) }
        }
        return formula.children.contains { isColumn(name, of: home, within: $0) }
    }

    mutating func define(
        _ formula: Formula, home: CatalogueTable?, name: String, filters texts: [String], time: SemanticColumn?,
        format: SemanticFormat?, unit: String?, _ path: String
    ) -> DefinedFigure? {
        let apart = valueOfSeveralGrains(formula)
        guard
            let (base, tables) = apart.map({ ($0.home, formula.columns.map(\.table)) })
                ?? grain(of: formula, home: home, path)
        else { return nil }
        checkTypes(formula, path)
        var filters: [Filter] = []
        var conditions: [Formula] = []
        for text in texts {
            let table = text.contains(".") ? nil : catalogue.table(base)
            guard let parsed = parse(text, path + ".filters"),
                let condition = resolve(parsed, in: table, path + ".filters"),
                isCondition(condition, path + ".filters")
            else { return nil }
            guard condition.columns.allSatisfy({ $0.table == base || reaches(base, $0.table) }) else {
                report(
                    .error, "semantic_other_table", "the filter reads rows that \(base) does not lead to",
                    "filter by columns of \(base) or of tables that it refers to", path + ".filters")
                return nil
            }
            conditions.append(condition)
            filters += self.filters(condition, condition.columns.first?.table ?? base)
        }
        let whole = conditions.isEmpty ? formula : narrowed(formula, conditions)
        let value =
            apart ?? plainValue(formula, base)
            ?? .formula(FormulaFigure(formula: formula, home: base, tables: tables))
        var kind = format.map(Self.format) ?? inferredFormat(formula)
        if unit == "%" || unit?.lowercased() == "percent" { kind = .percent }
        let words = Self.phrase(name).split(separator: " ").map(String.init)
        return DefinedFigure(
            name: name, title: Self.title(name), value: value,
            filters: filters, time: time.flatMap { date($0, path + ".time") }, format: kind, formula: whole,
            words: words)
    }

    static func title(_ name: String) -> String { String(name.map { $0 == "_" ? " " : $0 }).capitalisedFirst }

    /// The table at whose rows the aggregates are computed, with all tables that are read. Aggregates of rows of
    /// different tables would count some of them several times.
    mutating func grain(of formula: Formula, home: CatalogueTable?, _ path: String) -> (String, [String])? {
        var tables: [String] = []
        for ref in formula.columns where !tables.contains(ref.table) { tables.append(ref.table) }
        if tables.isEmpty, let home { tables = [home.name] }
        let bases = tables.filter { base in tables.allSatisfy { $0 == base || reaches(base, $0) } }
        guard let base = bases.first else {
            report(
                .error, tables.isEmpty ? "semantic_missing" : "semantic_join",
                tables.isEmpty
                    ? "the figure reads no column"
                    : "nothing joins \(tables.joined(separator: " and ")) row by row",
                tables.isEmpty ? "name a table or a column" : "name the join under \"joins\"", path + ".formula")
            return nil
        }
        let harmed = FormulaFigure(formula: formula, home: base, tables: tables).repeated
        guard harmed.allSatisfy({ $0 == base }) else {
            report(
                .error, "semantic_grain",
                "rows of \(harmed.filter { $0 != base }.joined(separator: ", ")) would be added up once for each row of \(base)",
                "aggregate columns of one table; count others with COUNT(DISTINCT …)", path + ".formula")
            return nil
        }
        return (base, tables)
    }

    func reaches(_ from: String, _ to: String) -> Bool {
        from == to
            || schema.adjusted(joins: glossary.joins) { _ in }.joins.path(from: from, to: to)?.isToOne ?? false
    }
}
