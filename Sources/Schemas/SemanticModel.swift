/// What a business calls the things of its database: the glossary, or semantic layer, as plain data. A person writes
/// it as YAML, the design run writes the same shape, and questions are read with it.
///
/// The parts correspond to dbt's semantic models (entities, dimensions, measures, metrics) and to Apache Ossie's
/// (datasets, fields, relationships, metrics); names and expressions are SQL text as written, which
/// `Semantics` parses and checks against a catalogue.
public struct SemanticModel: Sendable, Hashable {
    /// What the model is called: as a rule the database's name.
    public var name: String
    /// What it describes, for people; may be empty.
    public var summary: String
    /// The date that questions mean when they name none and the metric has none of its own.
    public var defaultTime: SemanticColumn?
    /// When the business year starts and which days are its weekend.
    public var calendar: BusinessCalendar
    /// The things that questions are about.
    public var entities: [SemanticEntity]
    /// What figures are broken down and narrowed by.
    public var dimensions: [SemanticDimension]
    /// Figures of one table's rows, with how they are combined.
    public var measures: [SemanticMeasure]
    /// Figures that people ask for: aggregates, and formulas over measures and other metrics.
    public var metrics: [SemanticMetric]
    /// How tables refer to one another, where the schema does not say it or says too much.
    public var joins: [SemanticJoin]
    /// Named parts of the business: "active customer".
    public var sets: [BusinessSet]
    /// Words with a meaning that is defined elsewhere in the model, or only in words.
    public var terms: [GlossaryTerm]

    /// Makes a model.
    public init(
        name: String, summary: String = "", defaultTime: SemanticColumn? = nil,
        calendar: BusinessCalendar = BusinessCalendar(), entities: [SemanticEntity] = [],
        dimensions: [SemanticDimension] = [], measures: [SemanticMeasure] = [], metrics: [SemanticMetric] = [],
        joins: [SemanticJoin] = [], sets: [BusinessSet] = [], terms: [GlossaryTerm] = []
    ) {
        self.name = name
        self.summary = summary
        self.defaultTime = defaultTime
        self.calendar = calendar
        self.entities = entities
        self.dimensions = dimensions
        self.measures = measures
        self.metrics = metrics
        self.joins = joins
        self.sets = sets
        self.terms = terms
    }
}

/// A column of a table, by name: `orders.ordered_at`.
public struct SemanticColumn: Sendable, Hashable, CustomStringConvertible {
    /// The table.
    public var table: String
    /// The column.
    public var column: String

    /// Makes a reference.
    public init(_ table: String, _ column: String) {
        self.table = table
        self.column = column
    }

    /// Reads `table.column`, each plain or in double quotes; nil when the text is anything else.
    public init?(_ text: String) {
        var parts: [String] = [""]
        var isQuoted = false
        var wasQuoted = false
        for character in text {
            switch character {
            case "\"":
                isQuoted.toggle()
                wasQuoted = true
            case "." where !isQuoted: parts.append("")
            case _ where isQuoted || character.isLetter || character.isNumber || "_$# ".contains(character):
                parts[parts.count - 1].append(character)
            default: return nil
            }
        }
        guard parts.count == 2, !isQuoted, parts.allSatisfy({ !$0.isEmpty }),
            wasQuoted || !text.contains(" ")
        else { return nil }
        self.init(parts[0], parts[1])
    }

    /// `table.column`, in double quotes where a name is not plain.
    public var description: String { Self.quoted(table) + "." + Self.quoted(column) }

    private static func quoted(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { $0 == 95 || $0 &- 48 < 10 || ($0 | 32) &- 97 < 26 || $0 >= 128 }
        return isPlain ? name : "\"\(name)\""
    }
}

/// A business calendar.
public struct BusinessCalendar: Sendable, Hashable {
    /// The month in which the fiscal year starts, 1 to 12. The fiscal year has the number of the calendar year in
    /// which it starts.
    public var fiscalYearStart: Int
    /// The days of the weekend, 1 for Monday to 7 for Sunday.
    public var weekend: [Int]

    /// Makes a calendar; by default the calendar year, and Saturday and Sunday.
    public init(fiscalYearStart: Int = 1, weekend: [Int] = [6, 7]) {
        self.fiscalYearStart = fiscalYearStart
        self.weekend = weekend
    }
}

/// A thing that questions are about: one row of a table.
public struct SemanticEntity: Sendable, Hashable {
    /// The name in the singular: `customer`.
    public var name: String
    /// The table with one row per thing.
    public var table: String
    /// The key columns; empty when the table's own key is meant.
    public var key: [String]
    /// What people call a row: a column, or an expression such as `first_name || ' ' || last_name`.
    public var label: String?
    /// The column with the date of the thing.
    public var time: String?
    /// Other words for it.
    public var synonyms: [String]
    /// What it is, for people; may be empty.
    public var summary: String

    /// Makes an entity.
    public init(
        name: String, table: String, key: [String] = [], label: String? = nil, time: String? = nil,
        synonyms: [String] = [], summary: String = ""
    ) {
        self.name = name
        self.table = table
        self.key = key
        self.label = label
        self.time = time
        self.synonyms = synonyms
        self.summary = summary
    }
}

/// What figures are broken down and narrowed by.
public struct SemanticDimension: Sendable, Hashable {
    /// What the values are.
    public enum Kind: String, Sendable, Hashable, CaseIterable { case categorical, time, number, flag }

    /// The name: `order date`.
    public var name: String
    /// The column, or an expression over columns of one table.
    public var expression: String
    /// What the values are.
    public var kind: Kind
    /// The unit of numbers: `milliseconds`.
    public var unit: String?
    /// Other words for it.
    public var synonyms: [String]
    /// Stored values that people call otherwise.
    public var values: [SemanticValue]
    /// What it is, for people; may be empty.
    public var summary: String

    /// Makes a dimension.
    public init(
        name: String, expression: String, kind: Kind = .categorical, unit: String? = nil, synonyms: [String] = [],
        values: [SemanticValue] = [], summary: String = ""
    ) {
        self.name = name
        self.expression = expression
        self.kind = kind
        self.unit = unit
        self.synonyms = synonyms
        self.values = values
        self.summary = summary
    }

    /// The column, when the expression is one.
    public var column: SemanticColumn? { SemanticColumn(expression) }
}

/// A stored value with what people call it.
public struct SemanticValue: Sendable, Hashable {
    /// As it is stored, written as text.
    public var value: String
    /// What people call it.
    public var synonyms: [String]

    /// Makes a value.
    public init(_ value: String, synonyms: [String]) {
        self.value = value
        self.synonyms = synonyms
    }
}
