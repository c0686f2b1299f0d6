import Modeling
import Schemas

/// The rows of the answer before, as "them" or "those customers" speaks of them.
struct Referent: Sendable {
    /// The table of the things.
    var table: String
    /// What they are called, in the plural.
    var noun: String
    /// What picks them out of their table.
    var filters: [Filter]
    /// What must take part for the filters to be right.
    var related: [String] = []
    /// The column whose values they are, when they are no rows of the table.
    var column: ColumnRef?

    /// Finds what the rows of a query are; nil when they are no things that one word speaks of.
    init?(_ query: SemanticQuery, _ model: SchemaModel) {
        guard !query.limitsEachGroup else { return nil }
        if query.dimensions.isEmpty {
            // A sum is no thing that "them" could mean.
            let counted: String? = if case .count(let table)? = query.measures.first?.value { table } else { nil }
            guard let table = query.isList ? query.subject : counted,
                let entity = model.entity(table)
            else { return nil }
            self.init(table: entity.table, noun: Titles.plural(entity.title), filters: query.filters)
            related = query.related.filter { $0 != table }
            guard query.isList else { return }
            if query.isDistinct, query.listed.count == 1 {
                self.init(values: query.listed[0], of: query)
            } else if query.limit != nil || query.isDistinct {
                guard let member = Self.member(of: entity, query) else { return nil }
                (filters, related) = ([member], [])
            }
            return
        }
        guard query.dimensions.count == 1 else { return nil }
        switch query.dimensions[0] {
        case .entity(let table):
            guard let entity = model.entity(table), let member = Self.member(of: entity, query) else { return nil }
            self.init(table: table, noun: Titles.plural(entity.title), filters: [member])
        case .column(let ref): self.init(values: ref, of: query)
        case .period, .part, .fiscal, .formula: return nil
        }
    }

    private init(table: String, noun: String, filters: [Filter]) {
        (self.table, self.noun, self.filters) = (table, noun, filters)
    }

    private init(values ref: ColumnRef, of query: SemanticQuery) {
        self.init(
            table: ref.table, noun: Titles.plural(Titles.column(ref).lowercased()),
            filters: [.member(ref, query)])
        column = ref
    }

    /// The condition that picks the rows of the query's answer.
    private static func member(of entity: EntityModel, _ query: SemanticQuery) -> Filter? {
        guard entity.key.count == 1 else { return nil }
        let key = ColumnRef(entity.table, entity.key[0])
        var keys = query
        (keys.listed, keys.isDistinct) = ([key], false)
        return .member(key, keys)
    }
}
