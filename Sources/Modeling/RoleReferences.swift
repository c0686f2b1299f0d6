import Schemas

/// References by role that nobody declared: `home_team_id` beside `away_team_id`, `manager_id` of employees.
enum RoleReferences {
    /// References beyond `known`, in the order of the schema.
    static func find(_ catalogue: Catalogue, entities: [EntityModel], known: [JoinEdge]) -> [JoinEdge] {
        var found: [JoinEdge] = []
        for (table, entity) in zip(catalogue.tables, entities) where table.kind == .table {
            for column in entity.columns where entity.key != [column.ref.column] {
                let isCovered = known.contains {
                    $0.child == table.name && $0.childColumns.contains(column.ref.column)
                }
                guard !isCovered, column.kind == .integer || column.kind == .text || column.kind == .unknown else {
                    continue
                }
                if let own = ownReference(column, of: entity) {
                    found.append(own)
                    continue
                }
                for parent in entities where parent.table != table.name && parent.kind == .table {
                    if let edge = reference(column, to: parent) {
                        found.append(edge)
                        break
                    }
                }
            }
        }
        return found
    }

    /// `manager_id`, `parent_category_id`, `reports_to`: a row of the same table in a part that only such rows play.
    private static func ownReference(_ column: ColumnModel, of entity: EntityModel) -> JoinEdge? {
        guard entity.key.count == 1, let key = entity.column(entity.key[0]), key.kind == column.kind,
            column.kind == .integer || column.words.last.map(Vocabulary.keyEndings.contains) ?? false
        else { return nil }
        let isNamed =
            column.words.last.map { Vocabulary.keyEndings.contains($0) || $0 == "to" || $0 == "by" } ?? false
        guard isNamed, let group = RoleWords.group(of: column.words, isSelf: true), group.isOfOneTable,
            !group.reverse.isEmpty || ["mother", "father", "spouse"].contains(column.words[0])
        else { return nil }
        // What else the name says must be the table's own: `parent_order_id` of order lines is an order.
        let rest = column.words.filter {
            !group.names.contains($0) && !Vocabulary.keyEndings.contains($0) && !["to", "by"].contains($0)
        }
        guard rest.allSatisfy({ entity.words.contains($0) || key.words.contains($0) }) else { return nil }
        return JoinEdge(
            child: entity.table, childColumns: [column.ref.column], parent: entity.table,
            parentColumns: [key.ref.column], isDeclared: false, weight: 1.5)
    }

    /// `home_team_id` of `team.id`, `ship_date_key` of a calendar's `date_key`: the key's or the table's name with a role
    /// before it.
    private static func reference(_ column: ColumnModel, to parent: EntityModel) -> JoinEdge? {
        guard parent.key.count == 1, let key = parent.column(parent.key[0]), key.kind == column.kind,
            let last = column.words.last, Vocabulary.keyEndings.contains(last)
        else { return nil }
        let named = key.words.count > 1 ? [key.words, parent.words + [last]] : [parent.words + [last]]
        guard named.contains(where: { column.words.count > $0.count && Array(column.words.suffix($0.count)) == $0 })
        else { return nil }
        return JoinEdge(
            child: column.ref.table, childColumns: [column.ref.column], parent: parent.table,
            parentColumns: [key.ref.column], isDeclared: false, weight: 1.5)
    }
}

extension RoleInstances {
    /// What a step from a role to its own parents costs more: the plain table is the usual way.
    static let detourPrice = 0.05

    /// The references of the roles: the one that joins each, and those from it to what its rows belong to.
    static func edges(of roles: [RoleInstance], _ references: [JoinEdge]) -> [JoinEdge] {
        var found: [JoinEdge] = []
        for role in roles {
            found.append(role.edge)
            for edge in references where edge.child == role.table && edge.parent != role.table {
                if role.isReverse && edge == role.origin { continue }
                var copy = edge
                copy.child = role.name
                copy.weight += detourPrice
                found.append(copy)
            }
        }
        return found
    }
}
