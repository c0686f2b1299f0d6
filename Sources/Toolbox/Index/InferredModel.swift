internal import Modeling
public import Schemas
internal import Semantics
public import Values

extension DatabasePool {
    /// What was understood of a database: tables with their keys and kinds, and the references between them, each with how
    /// sure it is and what speaks for it.
    ///
    /// `{"format","source","entities":[{"table","entity_type","primary_key","grain","confidence","evidence"}],
    /// "relationships":[{"from","from_columns","to","to_columns","cardinality","confidence","evidence","role"}]}`
    public func inferredModel(of name: String, source: String) async throws -> JSON {
        let model = try await database(name).context().understanding
        return [
            "format": "canonical-model/1", "source": .string(source),
            "entities": .array(
                model.entities.filter { $0.kind == .table }.map { entity in
                    [
                        "table": .string(entity.table), "name": .string(entity.title),
                        "entity_type": .string(entity.shape.rawValue), "primary_key": .strings(entity.key),
                        "grain": .strings(entity.key), "measures": .strings(entity.measures.map(\.ref.column)),
                        "confidence": .double(Self.rounded(entity.keyConfidence)),
                        "evidence": .strings(entity.keyEvidence.map(\.rawValue)),
                    ]
                }),
            "relationships": .array(
                model.joins.edges.map { edge in
                    [
                        "from": .string(edge.child), "from_columns": .strings(edge.childColumns),
                        "to": .string(edge.parent), "to_columns": .strings(edge.parentColumns),
                        "cardinality": "many_to_one", "confidence": .double(Self.rounded(edge.confidence)),
                        "evidence": .strings(edge.evidence.map(\.description)), "role": .strings(edge.cueWords),
                    ]
                }),
        ]
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    /// Builds the index of a database, or takes the kept one, and tells what it holds: values, tables that were read.
    public func prepare(_ name: String) async throws -> (values: Int, tablesRead: Int, catalogue: Catalogue) {
        let database = try database(name)
        let context = try await database.context()
        return (context.values.count, await database.tablesRead, context.catalogue)
    }
}
