/// What the rows of a table are in a warehouse.
public enum EntityShape: String, Sendable, Hashable {
    /// Events, transactions or snapshots, with numbers or at least a date.
    case fact
    /// Things that events refer to, and lists of codes.
    case dimension
    /// Links between rows of other tables.
    case bridge
    /// None of these, or nothing tells.
    case other
}

extension EntityShape {
    /// The entities with their shapes, by what refers to what.
    static func assigned(_ entities: [EntityModel], _ edges: [JoinEdge]) -> [EntityModel] {
        entities.map { entity in
            var entity = entity
            let up = edges.filter { $0.child == entity.table && !$0.isSelfReference }
            let down = edges.filter { $0.parent == entity.table && !$0.isSelfReference }
            let inKey = up.filter { Set($0.childColumns).isSubset(of: entity.key) }
            let covered = Set(inKey.flatMap(\.childColumns))
            entity.isLink =
                Set(inKey.map(\.parent)).count >= 2 && !entity.key.isEmpty && covered.isSuperset(of: entity.key)
            entity.shape = shape(entity, up: up, down: down)
            return entity
        }
    }

    private static func shape(_ entity: EntityModel, up: [JoinEdge], down: [JoinEdge]) -> EntityShape {
        let measures = entity.measures.filter { measure in
            !up.contains { $0.childColumns.contains(measure.ref.column) }
        }
        if entity.isBridge || (entity.isLink && entity.time == nil && down.isEmpty) { return .bridge }
        if up.isEmpty {
            // An event without references: a date, numbers, no name, and nobody refers to it.
            let isEvent = entity.time != nil && !measures.isEmpty && entity.label.isEmpty && down.isEmpty
            return isEvent ? .fact : .dimension
        }
        if !entity.label.isEmpty { return .dimension }
        if entity.isLink { return measures.isEmpty && entity.time == nil ? .bridge : .fact }
        let isHappening = entity.time != nil && (!measures.isEmpty || down.count <= up.count)
        return isHappening || (!measures.isEmpty && (up.count >= 2 || down.isEmpty)) ? .fact : .dimension
    }
}
