/// A figure of one table's rows, with how it is combined over them.
public struct SemanticMeasure: Sendable, Hashable {
    /// How values of many rows become one.
    public enum Aggregation: String, Sendable, Hashable, CaseIterable {
        case sum, average, min, max, count, countDistinct = "count_distinct"
    }

    /// Along what values may be added up.
    public enum Additivity: String, Sendable, Hashable, CaseIterable {
        /// Along everything.
        case additive
        /// Along everything but time, where the last value stands: stock, account balances, head counts.
        case semiAdditive = "semi_additive"
        /// Along nothing: ratios, percentages, prices.
        case nonAdditive = "non_additive"
    }

    /// The name that formulas use.
    public var name: String
    /// The table whose rows it is computed from.
    public var table: String
    /// The SQL of one row's value: a column, or an expression over the table's columns.
    public var expression: String
    /// How values of many rows become one.
    public var aggregation: Aggregation
    /// What rows must satisfy to count, each a SQL condition on the table's columns.
    public var filters: [String]
    /// The column whose date the measure belongs to.
    public var time: SemanticColumn?
    /// Along what values may be added up.
    public var additivity: Additivity
    /// The unit: `EUR`, `minutes`.
    public var unit: String?
    /// How it is written.
    public var format: SemanticFormat?
    /// Other words for it.
    public var synonyms: [String]
    /// What it is, for people; may be empty.
    public var summary: String

    /// Makes a measure.
    public init(
        name: String, table: String, expression: String, aggregation: Aggregation, filters: [String] = [],
        time: SemanticColumn? = nil, additivity: Additivity = .additive, unit: String? = nil,
        format: SemanticFormat? = nil, synonyms: [String] = [], summary: String = ""
    ) {
        self.name = name
        self.table = table
        self.expression = expression
        self.aggregation = aggregation
        self.filters = filters
        self.time = time
        self.additivity = additivity
        self.unit = unit
        self.format = format
        self.synonyms = synonyms
        self.summary = summary
    }
}

/// A figure that people ask for by name.
public struct SemanticMetric: Sendable, Hashable {
    /// The name: `revenue`.
    public var name: String
    /// The table whose columns stand without their table in the formula and the filters, and whose rows `COUNT(*)`
    /// counts; nil when every column is written with its table.
    public var table: String?
    /// A SQL aggregate (`SUM(orders.total)`), or a formula over measures and other metrics (`revenue / order_count`).
    public var formula: String
    /// What rows must satisfy to count, each a SQL condition.
    public var filters: [String]
    /// The column whose date the metric belongs to; it may be in a table that the metric's table refers to.
    public var time: SemanticColumn?
    /// The unit: `EUR`, `minutes`.
    public var unit: String?
    /// How it is written.
    public var format: SemanticFormat?
    /// Other words for it.
    public var synonyms: [String]
    /// What it is, for people; may be empty.
    public var summary: String

    /// Makes a metric.
    public init(
        name: String, table: String? = nil, formula: String, filters: [String] = [], time: SemanticColumn? = nil,
        unit: String? = nil, format: SemanticFormat? = nil, synonyms: [String] = [], summary: String = ""
    ) {
        self.name = name
        self.table = table
        self.formula = formula
        self.filters = filters
        self.time = time
        self.unit = unit
        self.format = format
        self.synonyms = synonyms
        self.summary = summary
    }
}

/// How a figure is written.
public enum SemanticFormat: String, Sendable, Hashable, CaseIterable { case plain, number, money, percent }

/// A reference from the rows of one table to those of another.
public struct SemanticJoin: Sendable, Hashable {
    /// How many rows belong to one another, read from `from` to `to`.
    public enum Cardinality: String, Sendable, Hashable, CaseIterable {
        case manyToOne = "many_to_one"
        case oneToOne = "one_to_one"
        case oneToMany = "one_to_many"
    }

    /// The columns on one side, all of one table.
    public var from: [SemanticColumn]
    /// The columns on the other side, in the same order.
    public var to: [SemanticColumn]
    /// How many rows belong to one another.
    public var cardinality: Cardinality
    /// What the reference means when there are several between the same tables: `manager`, `ship address`.
    public var role: String?

    /// Makes a join.
    public init(
        from: [SemanticColumn], to: [SemanticColumn], cardinality: Cardinality = .manyToOne, role: String? = nil
    ) {
        self.from = from
        self.to = to
        self.cardinality = cardinality
        self.role = role
    }
}

/// A named part of the business: rows of one table that satisfy conditions.
public struct BusinessSet: Sendable, Hashable {
    /// The name: `active customer`.
    public var name: String
    /// The table whose rows belong to it.
    public var table: String
    /// The SQL conditions, all of which must hold.
    public var filters: [String]
    /// Other words for it.
    public var synonyms: [String]
    /// What it is, for people; may be empty.
    public var summary: String

    /// Makes a set.
    public init(name: String, table: String, filters: [String], synonyms: [String] = [], summary: String = "") {
        self.name = name
        self.table = table
        self.filters = filters
        self.synonyms = synonyms
        self.summary = summary
    }
}

/// A word of the business.
public struct GlossaryTerm: Sendable, Hashable {
    /// The word.
    public var name: String
    /// The name of the metric, measure, dimension, entity or set that it means; nil when it is only explained.
    public var means: String?
    /// Other words for it.
    public var synonyms: [String]
    /// The definition, for people; may be empty.
    public var summary: String

    /// Makes a term.
    public init(name: String, means: String? = nil, synonyms: [String] = [], summary: String = "") {
        self.name = name
        self.means = means
        self.synonyms = synonyms
        self.summary = summary
    }
}
