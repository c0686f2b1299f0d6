public import Schemas

/// What was understood of a database: entities with the roles of their columns, and how they join. Pure: the same
/// catalogue and profiles give the same model.
public struct SchemaModel: Sendable {
    /// The entities in the order of the schema.
    public let entities: [EntityModel]
    /// How they join.
    public let joins: JoinGraph
    /// The further parts that tables play: managers among employees, the two teams of a game.
    public let roles: [RoleInstance]
    private let positions: [String: Int]
    private let instances: [String: EntityModel]
    /// The references before roles were told apart.
    private let references: [JoinEdge]

    /// Infers the model of `catalogue`. Profiles are optional evidence; without them names and types decide.
    public init(_ catalogue: Catalogue, profiles: [ColumnProfile] = [], profile: Profile? = nil) {
        var byColumn: [ColumnRef: ColumnProfile] = [:]
        for seen in profile.map(ColumnProfile.all) ?? [] { byColumn[seen.column] = seen }
        for profile in profiles { byColumn[profile.column] = profile }
        let isOpaque = profile != nil && Words.areOpaque(catalogue)
        let declared = JoinInference.declaredEdges(catalogue)
        func entities(_ edges: [JoinEdge]) -> [EntityModel] {
            catalogue.tables.map { table in
                let foreign = edges.filter { $0.child == table.name }.flatMap {
                    $0.childColumns.map { $0.lowercased() }
                }
                return EntityInference.entity(
                    table, foreignKeys: Set(foreign), profiles: byColumn, profile: profile?.table(table.name),
                    isOpaque: isOpaque)
            }
        }
        let first = entities(declared)
        let inference = ReferenceInference(catalogue, entities: first, declared: declared, profile: profile)
        let edges = declared + inference.edges()
        // Found references are keys too: roles are inferred again with them.
        let second = edges.count == declared.count ? first : entities(edges)
        let all = EntityShape.assigned(second, edges)
        let further = RoleReferences.find(catalogue, entities: all, known: edges)
        self.init(entities: all, references: JoinRoles.described(edges + further, all))
    }

    private init(entities: [EntityModel], references: [JoinEdge]) {
        self.entities = entities
        self.references = references
        let found = RoleInstances(entities: entities, edges: references)
        roles = found.found
        var positions: [String: Int] = [:]
        for (index, entity) in entities.enumerated() { positions[entity.table] = index }
        var instances: [String: EntityModel] = [:]
        for role in roles {
            guard let at = positions[role.table] else { continue }
            instances[role.name] = entities[at].playing(role)
        }
        self.positions = positions
        self.instances = instances
        joins = JoinGraph(
            edges: found.ranked, ofRoles: RoleInstances.edges(of: roles, references), roles: Set(roles.map(\.name)))
    }

    /// The model with what somebody knows better: further joins, which replace those of the same columns, and changed
    /// entities.
    public func adjusted(joins further: [JoinEdge], _ change: (inout EntityModel) -> Void) -> SchemaModel {
        var entities = entities
        for at in entities.indices { change(&entities[at]) }
        let kept = references.filter { edge in
            !further.contains { other in
                other.child == edge.child && other.childColumns == edge.childColumns && other.parent == edge.parent
            }
        }
        let told = further.map { edge in
            var edge = edge
            if edge.evidence.isEmpty { edge.evidence = [.glossary] }
            return edge
        }
        return SchemaModel(entities: entities, references: JoinRoles.described(told + kept, entities))
    }

    /// The entity of `table`, or of a role.
    public func entity(_ table: String) -> EntityModel? {
        positions[table].map { entities[$0] } ?? instances[table]
    }
    /// The role called `name`; nil for a table.
    public func role(_ name: String) -> RoleInstance? {
        instances[name] == nil ? nil : roles.first { $0.name == name }
    }
    /// The roles of `table`.
    public func roles(of table: String) -> [RoleInstance] { roles.filter { $0.table == table } }
    /// The stored table that `name` reads: its own for a table, that of the role for a role.
    public func stored(_ name: String) -> String { instances[name]?.origin ?? name }
    /// The column's model.
    public func column(_ ref: ColumnRef) -> ColumnModel? { entity(ref.table)?.column(ref.column) }
    /// The place of `table` in the schema, for breaking ties.
    public func position(_ table: String) -> Int { positions[stored(table)] ?? Int.max }
}
