import Modeling
import Schemas
import Values

/// Fits a semantic model to a catalogue, part by part; what does not fit is reported and left out.
struct GlossaryFitter {
    let file: SemanticModelFile
    let catalogue: Catalogue
    let schema: SchemaModel
    var glossary: Glossary
    var problems: [Diagnostic] = []
    /// Measures and metrics by name, for formulas.
    var definitions: [String: FigureDefinition] = [:]
    /// What joins call their other sides.
    private var joinRoles: [(name: String, edge: JoinEdge)] = []
    /// Names of figures on the way to the one being fitted, to find circles.
    var path: [String] = []

    var model: SemanticModel { file.model }

    init(file: SemanticModelFile, catalogue: Catalogue) {
        self.file = file
        self.catalogue = catalogue
        schema = SchemaModel(catalogue)
        glossary = Glossary(file.model)
    }

    mutating func fit() {
        for (at, entity) in model.entities.enumerated() { fit(entity, "entities[\(at)]") }
        for (at, join) in model.joins.enumerated() { fit(join, "joins[\(at)]") }
        nameJoinRoles()
        if let time = model.defaultTime { glossary.defaultTime = date(time, "default_time") }
        for (at, dimension) in model.dimensions.enumerated() { fit(dimension, "dimensions[\(at)]") }
        fitFigures()
        for (at, set) in model.sets.enumerated() { fit(set, "sets[\(at)]") }
        for (at, term) in model.terms.enumerated() { fit(term, "terms[\(at)]") }
        preferFigures()
        reportAmbiguousNames()
    }

    /// A join's role names the other side: in that role where it is one of several ways, or leads back to its own table.
    private mutating func nameJoinRoles() {
        guard !joinRoles.isEmpty else { return }
        let adjusted = glossary.adjusted(schema)
        for (name, edge) in joinRoles {
            let role = adjusted.roles.first {
                !$0.isReverse && $0.origin.child == edge.child && $0.origin.childColumns == edge.childColumns
            }
            guard let role else {
                add(name, .entity(edge.parent), 0.9)
                continue
            }
            let day = role.isDay ? adjusted.entity(role.name)?.time : nil
            add(name, day.map { .column(ColumnRef(role.name, $0)) } ?? .entity(role.name), 1)
        }
    }

    /// "Sales" that are both a figure and a thing mean the figure, unless they are counted.
    private mutating func preferFigures() {
        let figures = Set(
            glossary.names.compactMap { name in if case .term = name.element { name.phrase } else { nil } })
        for at in glossary.names.indices where figures.contains(glossary.names[at].phrase) {
            if case .entity = glossary.names[at].element { glossary.names[at].weight = 0.8 }
        }
    }

    mutating func report(
        _ severity: Diagnostic.Severity, _ code: String, _ message: String, _ hint: String, _ path: String
    ) {
        problems.append(
            Diagnostic(severity, code: code, message: message, hint: hint, place: file.place(path)))
    }

    // MARK: Names of the schema

    mutating func table(_ name: String, _ path: String) -> CatalogueTable? {
        if let table = catalogue.table(name) { return table }
        report(
            .error, "semantic_unknown_table", "there is no table \"\(name)\" in \(catalogue.database)",
            Spelling.hint(name, among: catalogue.tables.map(\.name), otherwise: "name a table of the database"),
            path)
        return nil
    }

    mutating func column(_ name: String, of table: CatalogueTable, _ path: String) -> CatalogueColumn? {
        if let column = table.column(name) { return column }
        report(
            .error, "semantic_unknown_column", "\(table.name) has no column \"\(name)\"",
            Spelling.hint(name, among: table.columns.map(\.name), otherwise: "name a column of \(table.name)"), path
        )
        return nil
    }

    mutating func reference(_ column: SemanticColumn, _ path: String) -> (ref: ColumnRef, column: CatalogueColumn)?
    {
        guard let table = table(column.table, path), let found = self.column(column.column, of: table, path) else {
            return nil
        }
        return (ColumnRef(table.name, found.name), found)
    }

    /// A column that holds days or moments.
    mutating func date(_ column: SemanticColumn, _ path: String) -> ColumnRef? {
        guard let (ref, found) = reference(column, path) else { return nil }
        if [.blob, .boolean, .real].contains(found.kind) {
            report(
                .warning, "semantic_type", "\(ref) holds \(found.kind.rawValue) values, and no dates",
                "name a column of dates", path)
        }
        return ref
    }

    // MARK: Entities and joins

    private mutating func fit(_ entity: SemanticEntity, _ path: String) {
        guard let table = table(entity.table, path + ".table") else { return }
        for key in entity.key { _ = column(key, of: table, path + ".key") }
        if let time = entity.time { _ = column(time, of: table, path + ".time") }
        if let label = entity.label, let formula = parse(label, path + ".label") {
            _ = resolve(formula, in: table, path + ".label")
        }
        if let known = glossary.entities[table.name] {
            report(
                .error, "semantic_duplicate",
                "\"\(entity.name)\" and \"\(known.name)\" are both entities of \(table.name)",
                "make one the synonym of the other", path + ".table")
            return
        }
        glossary.entities[table.name] = entity
        for name in [entity.name] + entity.synonyms { add(name, .entity(table.name), 1) }
    }

    private mutating func fit(_ join: SemanticJoin, _ path: String) {
        var sides: [[(ref: ColumnRef, column: CatalogueColumn)]] = []
        for side in [join.from, join.to] {
            let columns = side.compactMap { reference($0, path) }
            guard columns.count == side.count else { return }
            sides.append(columns)
        }
        for (left, right) in zip(sides[0], sides[1]) where !left.column.kind.joins(right.column.kind) {
            report(
                .error, "semantic_join",
                "\(left.ref) holds \(left.column.kind.rawValue) values and \(right.ref) \(right.column.kind.rawValue) values",
                "join columns of one type", path)
            return
        }
        let isReversed = join.cardinality == .oneToMany
        let child = isReversed ? sides[1] : sides[0]
        let parent = isReversed ? sides[0] : sides[1]
        guard let table = catalogue.table(parent[0].ref.table) else { return }
        let columns = Set(parent.map(\.ref.column))
        let uniques = [table.primaryKey] + table.indices.filter(\.isUnique).map(\.columns)
        if !uniques.contains(where: { !$0.isEmpty && Set($0).isSubset(of: columns) }) {
            report(
                .warning, "semantic_join",
                "nothing in the schema says that \(parent.map { "\($0.ref)" }.joined(separator: ", ")) identifies one row",
                "if it does not, figures are counted several times: say cardinality: one_to_many, or join the key",
                path)
        }
        glossary.joins.append(
            JoinEdge(
                child: child[0].ref.table, childColumns: child.map(\.ref.column), parent: parent[0].ref.table,
                parentColumns: parent.map(\.ref.column), isDeclared: true, weight: 0.9))
        if let role = join.role, let edge = glossary.joins.last { joinRoles.append((role, edge)) }
    }

    // MARK: Dimensions, sets, terms

    private mutating func fit(_ dimension: SemanticDimension, _ path: String) {
        let place = path + ".expression"
        guard let column = dimension.column else {
            fitExpression(dimension, place)
            return
        }
        guard let (ref, found) = reference(column, place) else { return }
        let isNumber = [.integer, .real, .boolean, .unknown].contains(found.kind)
        if dimension.kind == .number, !isNumber {
            report(
                .warning, "semantic_type", "\(ref) holds \(found.kind.rawValue) values, and no numbers",
                "say type: categorical, or name a column of numbers", path + ".type")
        }
        if dimension.kind == .time, let ref = date(column, path + ".type") { glossary.dates.insert(ref) }
        for name in [dimension.name] + dimension.synonyms { add(name, .column(ref), 1) }
        for value in dimension.values {
            var stored = SQLValue.text(value.value)
            if found.kind == .integer || found.kind == .boolean, let number = Int(value.value) {
                stored = .integer(number)
            }
            for name in value.synonyms { add(name, .value(ref, stored), 0.98) }
        }
    }

    /// A dimension that is computed for each row of one table.
    private mutating func fitExpression(_ dimension: SemanticDimension, _ place: String) {
        guard let parsed = parse(dimension.expression, place), let formula = resolve(parsed, in: nil, place) else {
            return
        }
        let tables = Set(formula.columns.map(\.table))
        guard tables.count == 1, let table = tables.first, !formula.isAggregate else {
            report(
                .error, "semantic_sql", "the dimension \"\(dimension.name)\" is no value of one row of one table",
                "compute it from the columns of one table, without aggregates", place)
            return
        }
        let element = Element.computed(formula, of: table, name: dimension.name)
        for name in [dimension.name] + dimension.synonyms { add(name, element, 1) }
        for value in dimension.values {
            let holds = Filter.holds(.infix(formula, "=", .text(value.value)), of: table)
            for name in [value.value] + value.synonyms { add(name, .condition(holds), 0.98) }
        }
    }

    private mutating func fit(_ set: BusinessSet, _ path: String) {
        guard let table = table(set.table, path + ".table") else { return }
        var filters: [Filter] = []
        for text in set.filters {
            guard let formula = parse(text, path + ".filters"),
                let condition = resolve(formula, in: table, path + ".filters"),
                isCondition(condition, path + ".filters")
            else { return }
            filters += self.filters(condition, table.name)
        }
        glossary.sets[set.name.lowercased()] = DefinedSet(table: table.name, filters: filters)
        for name in [set.name] + set.synonyms { add(name, .set(set.name.lowercased(), table.name), 1) }
    }

    private mutating func fit(_ term: GlossaryTerm, _ path: String) {
        guard let means = term.means else { return }
        let meant = Self.phrase(means)
        let elements = glossary.names.filter { $0.phrase == meant }
        guard !elements.isEmpty else {
            let known = (model.metrics.map(\.name) + model.entities.map(\.name) + model.dimensions.map(\.name))
            report(
                .error, "semantic_unknown_name", "nothing in the model is called \"\(means)\"",
                Spelling.hint(means, among: known, otherwise: "name a metric, entity, dimension or set"),
                path + ".means")
            return
        }
        for name in [term.name] + term.synonyms {
            for entry in elements { add(name, entry.element, entry.weight) }
        }
    }

    // MARK: Names

    static func phrase(_ name: String) -> String {
        Tokenizer.normalized(String(name.map { $0 == "_" || $0 == "-" ? " " : $0 }))
    }

    mutating func add(_ name: String, _ element: Element, _ weight: Double, hidesColumns: Bool = false) {
        let phrase = Self.phrase(name)
        guard !phrase.isEmpty else { return }
        let entry = GlossaryName(phrase: phrase, element: element, weight: weight, hidesColumns: hidesColumns)
        if !glossary.names.contains(entry) { glossary.names.append(entry) }
    }

    /// One phrase for two things of one kind cannot be told apart.
    private mutating func reportAmbiguousNames() {
        var seen: [String: Element] = [:]
        for entry in glossary.names {
            let key = "\(entry.element.kind) \(entry.phrase)"
            guard let known = seen[key] else {
                seen[key] = entry.element
                continue
            }
            guard known != entry.element else { continue }
            report(
                .warning, "semantic_ambiguous_name",
                "\"\(entry.phrase)\" stands for \(known.words) and for \(entry.element.words)",
                "questions with it are asked back; keep it at one of them",
                file.path(ofName: entry.phrase, GlossaryFitter.phrase) ?? "")
        }
    }
}
