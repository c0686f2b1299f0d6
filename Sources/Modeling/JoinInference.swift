import Schemas

/// Finds references: the declared ones, and those that names and types suggest.
enum JoinInference {
    static func declaredEdges(_ catalogue: Catalogue) -> [JoinEdge] {
        catalogue.tables.flatMap { table in
            table.foreignKeys.compactMap { key -> JoinEdge? in
                guard let parent = catalogue.table(key.referencedTable) else { return nil }
                let childColumns = key.columns.compactMap { table.column($0)?.name }
                var names = key.referencedColumns
                if names.isEmpty { names = parent.primaryKey }
                let parentColumns = names.compactMap { parent.column($0)?.name }
                guard !childColumns.isEmpty, childColumns.count == key.columns.count,
                    parentColumns.count == childColumns.count
                else { return nil }
                return JoinEdge(
                    child: table.name, childColumns: childColumns, parent: parent.name,
                    parentColumns: parentColumns,
                    isDeclared: true, weight: 1, evidence: [.declared])
            }
        }
    }

    /// References that nobody declared: a column named like the single-column key of another table, of the same type.
    static func undeclaredEdges(_ catalogue: Catalogue, entities: [EntityModel], declared: [JoinEdge]) -> [JoinEdge]
    {
        var found: [JoinEdge] = []
        for (table, entity) in zip(catalogue.tables, entities) where table.kind == .table {
            for column in entity.columns {
                let isCovered = declared.contains {
                    $0.child == table.name && $0.childColumns.contains(column.ref.column)
                }
                if isCovered { continue }
                var best: JoinEdge?
                for parent in entities where parent.table != table.name && parent.kind == .table {
                    guard let key = parent.key.count == 1 ? parent.column(parent.key[0]) : nil,
                        sameType(column.kind, key.kind),
                        let weight = weight(column, of: entity, key: key, of: parent)
                    else { continue }
                    let isKnown =
                        (declared + found).contains { $0.child == table.name && $0.parent == parent.table }
                        || declared.contains { $0.parent == table.name && $0.child == parent.table }
                    if isKnown { continue }
                    if weight < best?.weight ?? .infinity {
                        best = JoinEdge(
                            child: table.name, childColumns: [column.ref.column], parent: parent.table,
                            parentColumns: [key.ref.column], isDeclared: false, weight: weight)
                    }
                }
                if let best { found.append(best) }
            }
        }
        return found
    }

    private static func weight(
        _ column: ColumnModel, of child: EntityModel, key: ColumnModel, of parent: EntityModel
    )
        -> Double?
    {
        let isOwnKey = child.key == [column.ref.column]
        let bare = key.words.count == 1
        let keyEnding = key.words.last ?? ""
        let stem =
            column.words.last.map { Vocabulary.keyEndings.contains($0) || $0 == "code" || $0 == "number" } ?? false
            ? Array(column.words.dropLast()) : column.words
        // orders.customer_id = customers.customer_id
        if column.words == key.words, !bare {
            let parentOwns =
                key.words.starts(with: parent.words) || parent.words.last.map(key.words.contains) ?? false
            let childOwns = key.words.starts(with: child.words)
            if isOwnKey && (childOwns || !parentOwns) { return nil }
            return parentOwns ? 1.2 : 1.5
        }
        // orders.customer_id = customers.id
        if stem == parent.words, !stem.isEmpty, stem.count < column.words.count, bare || keyEnding == "id" {
            return isOwnKey ? nil : 1.3
        }
        // products.manufacturer = manufacturers.code
        if column.words == parent.words, !isOwnKey, column.role != .time { return 1.7 }
        return nil
    }

    private static func sameType(_ a: CatalogueColumn.Kind, _ b: CatalogueColumn.Kind) -> Bool {
        func group(_ kind: CatalogueColumn.Kind) -> Int {
            switch kind {
            case .integer, .real: 0
            case .text: 1
            case .unknown: -1
            default: 2
            }
        }
        return group(a) == group(b) || a == .unknown || b == .unknown
    }
}
