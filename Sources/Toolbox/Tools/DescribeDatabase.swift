internal import AgentRuntime
internal import Schemas
internal import Values

/// `describe_database`: the catalogue.
struct DescribeDatabase: Tool {
    let pool: DatabasePool

    let descriptor = ToolDescriptor(
        name: "describe_database", title: "Describe a database",
        summary: "Tables and views with columns, types, keys, indices and row counts.",
        input: .object(
            properties: [
                ("database", .databaseName)
            ], required: ["database"]),
        output: .object(properties: [
            ("database", .string("The database's name.")),
            ("dialect", .string("The SQL that it speaks.")),
            ("tables", JSONSchema(["type": "array", "items": ["type": "object"]])),
        ]),
        effectClass: .readOnly, permission: "read", contextArguments: ["database"])

    func call(_ arguments: JSON, in context: ToolContext) async throws -> ToolOutput {
        try await reporting { ToolOutput(try await pool.catalogue(arguments.text("database")).json) }
    }
}

extension Catalogue {
    /// `{"database","dialect","tables":[{"name","kind","row_count","columns":[…],"primary_key","foreign_keys","indices"}]}`
    var json: JSON {
        [
            "database": .string(database), "dialect": .string(dialect.rawValue),
            "tables": .array(tables.map(\.json)),
        ]
    }
}

extension CatalogueTable {
    var json: JSON {
        [
            "name": .string(name), "kind": .string(kind.rawValue), "row_count": .optional(rowCount),
            "columns": .array(
                columns.map { column in
                    [
                        "name": .string(column.name), "type": .string(column.declaredType),
                        "kind": .string(column.kind.rawValue), "nullable": .bool(column.isNullable),
                    ]
                }),
            "primary_key": .strings(primaryKey),
            "foreign_keys": .array(
                foreignKeys.map { key in
                    [
                        "columns": .strings(key.columns), "references": .string(key.referencedTable),
                        "referenced_columns": .strings(key.referencedColumns),
                    ]
                }),
            "indices": .array(
                indices.map { index in
                    [
                        "name": .string(index.name), "columns": .strings(index.columns),
                        "unique": .bool(index.isUnique),
                    ]
                }),
        ]
    }
}
