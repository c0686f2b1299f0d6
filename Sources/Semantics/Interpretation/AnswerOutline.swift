public import Values

/// What of a reading the wording of its answer needs. It travels as JSON between the agents that read the question and
/// put the answer into words.
public struct AnswerOutline: Sendable, Hashable {
    /// Which end of an order the question asked for.
    public enum Ranking: String, Sendable, Hashable { case highest, lowest }

    /// What each column is.
    public var shape: [OutputColumn]
    /// What rows were kept, in words.
    public var filters: [String]
    /// Which end comes first, when the question asked for an order of groups or for the first of them.
    public var ranking: Ranking?
    /// By how many things the rows are grouped.
    public var groupCount: Int
    /// What is counted, when the first measure is a plain count.
    public var counted: String?
    /// What one row of the result is, in the singular: `customer`, `month`; nil when no one word says it.
    public var noun: String?

    /// Makes an outline.
    public init(
        shape: [OutputColumn], filters: [String] = [], ranking: Ranking? = nil, groupCount: Int = 0,
        counted: String? = nil, noun: String? = nil
    ) {
        self.shape = shape
        self.filters = filters
        self.ranking = ranking
        self.groupCount = groupCount
        self.counted = counted
        self.noun = noun
    }

    /// `{"shape","filters","ranking","group_count","counted","noun"}`
    public var json: JSON {
        [
            "shape": .array(shape.map(\.json)), "filters": .strings(filters),
            "ranking": .optional(ranking?.rawValue),
            "group_count": .int(groupCount), "counted": .optional(counted),
            "noun": .optional(noun),
        ]
    }

    /// Reads ``json``, also where it is a part of a reading; nil when there is no shape.
    public init?(json: JSON) {
        guard let columns = json["shape"]?.array else { return nil }
        self.init(
            shape: columns.compactMap(OutputColumn.init(json:)),
            filters: (json["filters"]?.array ?? []).compactMap(\.string),
            ranking: json["ranking"]?.string.flatMap(Ranking.init(rawValue:)),
            groupCount: json["group_count"]?.int ?? 0, counted: json["counted"]?.string, noun: json["noun"]?.string)
    }
}

extension Reading {
    /// What the wording of the answer needs.
    public var outline: AnswerOutline {
        var ranking: AnswerOutline.Ranking?
        if let order = query.order.first, !query.limitsEachGroup, query.offset == 0,
            !query.dimensions.isEmpty || query.limit != nil
        {
            ranking = order.isDescending ? .highest : .lowest
        }
        var counted: String?
        if case .count(let table)? = query.measures.first?.value { counted = table }
        return AnswerOutline(
            shape: shape, filters: filters, ranking: ranking, groupCount: query.dimensions.count, counted: counted,
            noun: noun)
    }
}
