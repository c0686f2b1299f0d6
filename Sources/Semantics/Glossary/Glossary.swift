import Modeling
public import Schemas
public import Values

/// A semantic model that was fitted to a database: names with what they stand for, and figures whose SQL is known.
/// What does not fit the database was left out, with a diagnostic.
public struct Glossary: Sendable {
    /// The model as it was written.
    public let model: SemanticModel
    /// The figures by their names in lower case.
    var figures: [String: DefinedFigure] = [:]
    /// Named parts of the business by their names in lower case.
    var sets: [String: DefinedSet] = [:]
    /// Phrases of lemmas with what they stand for, in the order of the model.
    var names: [GlossaryName] = []
    /// What the model says of tables.
    var entities: [String: SemanticEntity] = [:]
    /// Joins that the model names.
    var joins: [JoinEdge] = []
    /// Columns that the model calls dates.
    var dates: Set<ColumnRef> = []
    /// The date that is meant when nothing else says which.
    var defaultTime: ColumnRef?

    init(_ model: SemanticModel) { self.model = model }

    /// Fits `file` to a database.
    ///
    /// - Returns: the glossary, of whatever fits; and what is wrong, each with its place and a remedy.
    public static func fit(_ file: SemanticModelFile, to catalogue: Catalogue) -> (Glossary, [Diagnostic]) {
        var fitter = GlossaryFitter(file: file, catalogue: catalogue)
        fitter.fit()
        return (fitter.glossary, fitter.problems)
    }

    /// The figure called `name`.
    func figure(_ name: String) -> DefinedFigure? { figures[name.lowercased()] }

    /// The model of the database with what the glossary knows better: keys, labels, dates and joins.
    func adjusted(_ schema: SchemaModel) -> SchemaModel {
        schema.adjusted(joins: joins) { entity in
            for at in entity.columns.indices where dates.contains(entity.columns[at].ref) {
                entity.columns[at].role = .time
                entity.columns[at].measure = nil
            }
            if let ref = defaultTime, ref.table == entity.table { entity.time = ref.column }
            guard let said = entities[entity.table] else { return }
            if !said.key.isEmpty { entity.key = said.key.compactMap { entity.columnIgnoringCase($0)?.ref.column } }
            if let time = said.time.flatMap(entity.columnIgnoringCase) { entity.time = time.ref.column }
            guard let label = said.label, let formula = try? FormulaParser.parse(label) else { return }
            let columns = formula.names.compactMap { $0.last.flatMap(entity.columnIgnoringCase)?.ref.column }
            // A key is shown anyway, and what is no column cannot be shown yet.
            if !columns.isEmpty, columns != entity.key { entity.label = columns }
        }
    }
}

/// A phrase with what it stands for.
struct GlossaryName: Sendable, Hashable {
    /// The lemmas with a space between.
    var phrase: String
    var element: Element
    var weight: Double
    /// Whether columns that are called so are not meant: "food orders" are counted and no flag of an order.
    var hidesColumns = false
}

/// A figure whose SQL is known.
struct DefinedFigure: Sendable, Hashable {
    var name: String
    /// The title for people.
    var title: String
    /// How it is computed.
    var value: Measure.Value
    /// What rows must satisfy, where that is not within the value already.
    var filters: [Filter]
    /// The date that it belongs to.
    var time: ColumnRef?
    var format: OutputColumn.Format
    /// The whole as one formula over resolved columns, filters inside: what other formulas are made of.
    var formula: Formula
    /// The same figure by other names and of other tables: `line revenue` beside `revenue`.
    var words: [String]
}

/// A named part of the business.
struct DefinedSet: Sendable, Hashable {
    var table: String
    var filters: [Filter]
}

/// A figure that is a formula over aggregates: `SUM(a) / COUNT(DISTINCT b)`.
public struct FormulaFigure: Sendable, Hashable, Codable {
    /// The formula over resolved columns.
    public var formula: Formula
    /// The table at whose rows the aggregates are computed.
    public var home: String
    /// All tables that are read.
    public var tables: [String]

    /// Whether rows that joins repeat would change it.
    var isHarmedByFanOut: Bool { Self.isHarmed(formula) }

    private static func isHarmed(_ formula: Formula) -> Bool {
        if case .call(let name, _, let isDistinct) = formula, Formula.aggregates.contains(name) {
            return !isDistinct && name != "MIN" && name != "MAX"
        }
        return formula.children.contains(where: isHarmed)
    }

    /// What of the rows the aggregates are computed from.
    var arguments: [Formula] { Self.arguments(formula) }

    private static func arguments(_ formula: Formula) -> [Formula] {
        if case .call(let name, let arguments, _) = formula, Formula.aggregates.contains(name) { return arguments }
        return formula.children.flatMap(arguments)
    }
}

extension Formula {
    /// Names that are not resolved.
    var names: [[String]] {
        if case .name(let parts, _) = self { return [parts] }
        return children.flatMap(\.names)
    }
}

extension EntityModel {
    /// The column called `name`, without regard to case.
    func columnIgnoringCase(_ name: String) -> ColumnModel? {
        let wanted = name.lowercased()
        return columns.first { $0.ref.column.lowercased() == wanted }
    }
}
