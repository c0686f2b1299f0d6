import Modeling
import Schemas

/// Drafts a glossary from what can be seen of a database: entities, dates, categories and likely figures. It is meant to
/// be corrected by someone who knows the business, and says where.
public enum GlossaryDraft {
    /// The draft as YAML with remarks.
    public static func yaml(for context: QuestionContext) -> String {
        let drafted = model(of: context)
        var comments: [String: String] = [
            "": """
            Glossary of \(context.catalogue.database): what the business calls the things of this database.
            Drafted from names, types and keys. Correct it, add synonyms, remove what nobody asks for, and check it:
              operon semantic check FILE --db URL
            Then ask with it: operon ask "…" --db URL --semantic FILE
            """,
            "entities": "What questions are about: one row of a table.",
            "dimensions":
                "What figures are broken down and narrowed by. \"values\" names stored values: {R: [returned]}.",
            "metrics": """
            Figures that people ask for: an SQL aggregate, or a formula over other metrics.
            A filter says which rows count: filters: ["orders.status <> 'cancelled'"].
            """,
            "joins":
                "References that the schema does not declare; found by names and types, so please confirm them.",
        ]
        if drafted.defaultTime != nil {
            comments["default_time"] = "The date that is meant when a question names none."
        }
        return drafted.yaml(comments: comments)
    }

    /// The draft as a model.
    static func model(of context: QuestionContext) -> SemanticModel {
        let schema = context.model
        let finder = MeasureFinder(model: schema, tables: [])
        var model = SemanticModel(name: context.catalogue.database)
        for entity in schema.entities where !entity.isBridge && entity.kind == .table { add(entity, to: &model) }
        for entity in schema.entities where entity.kind == .table { addDimensions(of: entity, finder, to: &model) }
        addMetrics(schema, finder, to: &model)
        for edge in schema.joins.edges where !edge.isDeclared {
            model.joins.append(
                SemanticJoin(
                    from: edge.childColumns.map { SemanticColumn(edge.child, $0) },
                    to: edge.parentColumns.map { SemanticColumn(edge.parent, $0) }))
        }
        return model
    }

    private static func add(_ entity: EntityModel, to model: inout SemanticModel) {
        var label: String?
        if !entity.label.isEmpty {
            label = entity.label.map { FormulaText.name($0) }.joined(separator: " || ' ' || ")
        }
        let synonyms = entity.words.count == 1 ? BusinessTerms.synonymsOf[entity.words[0]] ?? [] : []
        // Only words that are no other table's name.
        let taken = Set(model.entities.map(\.name))
        model.entities.append(
            SemanticEntity(
                name: entity.title.isEmpty ? entity.table : entity.title, table: entity.table, key: entity.key,
                label: label, time: entity.time, synonyms: synonyms.prefix(2).filter { !taken.contains($0) }))
    }

    private static func addDimensions(
        of entity: EntityModel, _ finder: MeasureFinder, to model: inout SemanticModel
    ) {
        for column in entity.columns where entity.label != [column.ref.column] {
            let kind: SemanticDimension.Kind
            switch column.role {
            case .category: kind = .categorical
            case .flag: kind = .flag
            case .time: kind = .time
            default: continue
            }
            var name = column.words.joined(separator: " ")
            if kind != .flag, !column.words.starts(with: entity.words) { name = entity.title + " " + name }
            guard !name.isEmpty, !model.dimensions.contains(where: { $0.name == name }) else { continue }
            model.dimensions.append(
                SemanticDimension(
                    name: name, expression: SemanticColumn(entity.table, column.ref.column).description, kind: kind,
                    unit: column.unit))
        }
    }

    private static func addMetrics(_ schema: SchemaModel, _ finder: MeasureFinder, to model: inout SemanticModel) {
        func add(_ metric: SemanticMetric) {
            if !model.metrics.contains(where: { $0.name == metric.name }) { model.metrics.append(metric) }
        }
        func column(_ ref: ColumnRef?) -> SemanticColumn? { ref.map { SemanticColumn($0.table, $0.column) } }
        if let (amount, _) = finder.revenue() {
            let time = column(finder.time(of: amount.table))
            add(
                SemanticMetric(
                    name: "revenue", formula: "SUM(\(FormulaText.amount(amount)))", time: time, format: .money,
                    synonyms: ["sales", "turnover"]))
            model.defaultTime = time
            let header = Composer.header(of: amount.table, schema, finder) ?? amount.table
            if let entity = schema.entity(header), entity.key.count == 1 {
                let key = SemanticColumn(header, entity.key[0])
                let noun = entity.title
                add(
                    SemanticMetric(
                        name: "number of \(Titles.plural(noun))", formula: "COUNT(DISTINCT \(key))", time: time))
                let counted = FormulaText.reference(amount, to: header, schema) ?? key.description
                add(
                    SemanticMetric(
                        name: "average \(noun) value",
                        formula: "SUM(\(FormulaText.amount(amount))) / COUNT(DISTINCT \(counted))", format: .money))
            }
        }
        for entity in schema.entities where entity.kind == .table && finder.time(of: entity.table) != nil {
            for measure in entity.measures where measure.measure?.isAdditive ?? false {
                let name = "total " + measure.words.joined(separator: " ")
                guard !model.metrics.contains(where: { $0.name == name }) else { continue }
                add(
                    SemanticMetric(
                        name: name, formula: "SUM(\(SemanticColumn(entity.table, measure.ref.column)))",
                        time: column(finder.time(of: entity.table)), unit: measure.unit,
                        format: measure.measure == .money ? .money : .number))
            }
        }
    }
}

/// Pieces of SQL as a glossary writes them.
enum FormulaText {
    /// A column's name, in double quotes where it is not plain.
    static func name(_ column: String) -> String {
        String(SemanticColumn("t", column).description.dropFirst(2))
    }

    static func amount(_ amount: Amount) -> String {
        func text(_ ref: ColumnRef) -> String { SemanticColumn(ref.table, ref.column).description }
        return switch amount {
        case .column(let ref): text(ref)
        case .product(let a, let b): "\(text(a)) * \(text(b))"
        case .formula(let formula, _): SQLPrinter(dialect: .sqlite).text(formula)
        case .span(let span): span.columns.map(text).joined(separator: " ")
        }
    }

    /// The column of the amount's table that refers to `header`, or the header's own key when they are one table.
    static func reference(_ amount: Amount, to header: String, _ schema: SchemaModel) -> String? {
        guard header != amount.table else { return nil }
        let edge = schema.joins.edges.first { $0.child == amount.table && $0.parent == header }
        guard let edge, edge.childColumns.count == 1 else { return nil }
        return SemanticColumn(edge.child, edge.childColumns[0]).description
    }
}

extension Composer {
    /// The transaction that lines of `table` belong to; nil when the table is no line table.
    static func header(of table: String, _ schema: SchemaModel, _ finder: MeasureFinder) -> String? {
        guard let entity = schema.entity(table), finder.isLine(entity) else { return nil }
        return finder.time(of: table).map(\.table).flatMap { $0 == table ? nil : $0 }
    }
}
