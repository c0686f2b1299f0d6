public import Schemas

/// What was understood of a database: entities with the roles of their columns, and how they join. Pure: the same
/// catalogue and profiles give the same model.
public struct SchemaModel: Sendable {
    /// The entities in the order of the schema.
    public let entities: [EntityModel]
    /// How they join.
    public let joins: JoinGraph
    private let positions: [String: Int]

    /// Infers the model of `catalogue`. Profiles are optional evidence; without them names and types decide.
    public init(_ catalogue: Catalogue, profiles: [ColumnProfile] = []) {
        var byColumn: [ColumnRef: ColumnProfile] = [:]
        for profile in profiles { byColumn[profile.column] = profile }
        let declared = JoinInference.declaredEdges(catalogue)
        func entities(_ edges: [JoinEdge]) -> [EntityModel] {
            catalogue.tables.map { table in
                let foreign = edges.filter { $0.child == table.name }.flatMap {
                    $0.childColumns.map { $0.lowercased() }
                }
                return EntityInference.entity(table, foreignKeys: Set(foreign), profiles: byColumn)
            }
        }
        let first = entities(declared)
        let edges = declared + JoinInference.undeclaredEdges(catalogue, entities: first, declared: declared)
        // Found references are keys too: roles are inferred again with them.
        let second = edges.count == declared.count ? first : entities(edges)
        self.entities = EntityShape.assigned(second, edges)
        joins = JoinGraph(edges: JoinRoles.described(edges, self.entities))
        var positions: [String: Int] = [:]
        for (index, entity) in self.entities.enumerated() { positions[entity.table] = index }
        self.positions = positions
    }

    private init(entities: [EntityModel], joins: JoinGraph, positions: [String: Int]) {
        self.entities = entities
        self.joins = joins
        self.positions = positions
    }

    /// The model with what somebody knows better: further joins, which replace those of the same columns, and changed
    /// entities.
    public func adjusted(joins further: [JoinEdge], _ change: (inout EntityModel) -> Void) -> SchemaModel {
        var entities = entities
        for at in entities.indices { change(&entities[at]) }
        let kept = joins.edges.filter { edge in
            !further.contains { other in
                other.child == edge.child && other.childColumns == edge.childColumns && other.parent == edge.parent
            }
        }
        let told = further.map { edge in
            var edge = edge
            if edge.evidence.isEmpty { edge.evidence = [.glossary] }
            return edge
        }
        let all = JoinRoles.described(told + kept, entities)
        return SchemaModel(entities: entities, joins: JoinGraph(edges: all), positions: positions)
    }

    /// The entity of `table`.
    public func entity(_ table: String) -> EntityModel? { positions[table].map { entities[$0] } }
    /// The column's model.
    public func column(_ ref: ColumnRef) -> ColumnModel? { entity(ref.table)?.column(ref.column) }
    /// The place of `table` in the schema, for breaking ties.
    public func position(_ table: String) -> Int { positions[table] ?? Int.max }
}
