import Schemas

/// Reads the references that the schema declares.
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
}
