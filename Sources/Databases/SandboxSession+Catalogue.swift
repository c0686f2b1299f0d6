internal import CSQLite
import Schemas
import Services
import Values

extension SandboxSession {
    /// The visible part of the schema. Read again only when the file has changed since.
    func readCatalogue(
        _ limits: QueryLimits, _ cancellation: Cancellation, _ known: [String: Int] = [:]
    ) throws -> Catalogue {
        watch.begin(
            timeoutNanoseconds: limits.timeoutNanoseconds, memoryBytes: limits.maxMemoryBytes,
            cancellation: cancellation)
        do {
            return try reading { connection in
                watch.begin(
                    timeoutNanoseconds: limits.timeoutNanoseconds, memoryBytes: limits.maxMemoryBytes,
                    cancellation: cancellation)
                let state = [
                    try connection.value("PRAGMA schema_version") ?? .null,
                    try connection.value("PRAGMA data_version") ?? .null,
                ]
                if let catalogue, catalogue.state == state { return catalogue.value }
                var tables = try CatalogueReader(connection: connection, policy: gate.policy).tables()
                for index in tables.indices { tables[index].rowCount = known[tables[index].name] }
                try countRows(&tables, limits, cancellation, connection)
                let value = Catalogue(database: url.name, tables: tables)
                catalogue = (state, value)
                return value
            }
        } catch let error as DatabaseError {
            if watch.stopReason == .cancelled { throw CancellationError() }
            if watch.stopReason != nil {
                throw OperonError(
                    code: "catalogue_limit", "Reading the schema took longer than it may",
                    hint: "Allow a longer timeout")
            }
            throw error.operonError(at: url.path)
        }
    }

    /// Counts the rows of tables, then of views, in half of the timeout; what is left then stays uncounted.
    private func countRows(
        _ tables: inout [CatalogueTable], _ limits: QueryLimits, _ cancellation: Cancellation,
        _ connection: SQLiteConnection
    ) throws {
        let start = time.monotonicNanoseconds()
        let budget = limits.timeoutNanoseconds / 2
        let order =
            tables.indices.filter { tables[$0].kind == .table } + tables.indices.filter { tables[$0].kind == .view }
        for index in order where tables[index].rowCount == nil {
            let spent = time.monotonicNanoseconds() &- start
            if spent >= budget { return }
            watch.begin(
                timeoutNanoseconds: budget - spent, memoryBytes: limits.maxMemoryBytes, cancellation: cancellation)
            do {
                let count = try connection.value("SELECT count(*) FROM main.\(SQLText.quoted(tables[index].name))")
                if case .integer(let count)? = count { tables[index].rowCount = count }
            } catch let error as DatabaseError {
                // A count that takes too long, or a view that does not work, is no reason to know nothing.
                if watch.stopReason == .cancelled { throw error }
            }
        }
    }
}

/// Reads tables, views, keys and indices from SQLite's schema with statements of Operon's own.
struct CatalogueReader {
    let connection: SQLiteConnection
    let policy: AccessPolicy

    /// The visible tables and views in schema order, without row counts.
    func tables() throws -> [CatalogueTable] {
        var shadows: Set<String> = []
        try connection.forEachRow("SELECT name FROM pragma_table_list WHERE schema='main' AND type='shadow'") {
            shadows.insert($0.text(0))
        }
        var tables: [CatalogueTable] = []
        try connection.forEachRow(
            "SELECT name, type FROM main.sqlite_schema WHERE type IN ('table','view') ORDER BY rowid"
        ) {
            let name = $0.text(0)
            guard policy.readable.contains(SQLText.fold(name)), !shadows.contains(name) else { return }
            tables.append(CatalogueTable(name: name, kind: $0.text(1) == "view" ? .view : .table, columns: []))
        }
        for index in tables.indices {
            do {
                try readColumns(&tables[index])
            } catch let error as DatabaseError where error.primaryCode == SQLITE_ERROR {
                // A view over something that is gone; it stays without columns and is left out below.
                continue
            }
            try readIndices(&tables[index])
        }
        tables.removeAll { $0.columns.isEmpty }
        for index in tables.indices where tables[index].kind == .table {
            tables[index].foreignKeys = try foreignKeys(of: tables[index], among: tables)
        }
        return tables
    }

    private func readColumns(_ table: inout CatalogueTable) throws {
        var keys: [(position: Int, name: String)] = []
        var columns: [CatalogueColumn] = []
        // hidden: 0 ordinary, 1 hidden in a virtual table, 2 and 3 computed.
        try connection.forEachRow(
            "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?)", [.text(table.name)]
        ) { row in
            if row.int(5) == 1 { return }
            columns.append(
                CatalogueColumn(
                    name: row.text(0), declaredType: row.text(1),
                    kind: ColumnKinds.declared(row.text(1)) ?? .unknown,
                    isNullable: row.int(2) == 0, defaultSQL: row.isNull(3) ? nil : row.text(3)))
            if row.int(4) > 0 { keys.append((row.int(4), row.text(0))) }
        }
        table.columns = columns
        table.primaryKey = keys.sorted { $0.position < $1.position }.map(\.name)
        // INTEGER PRIMARY KEY is the row identifier and never NULL, though the schema does not say so.
        if table.primaryKey.count == 1 {
            for index in columns.indices
            where columns[index].name == table.primaryKey[0]
                && columns[index].declaredType.uppercased() == "INTEGER"
            {
                table.columns[index].isNullable = false
            }
        }
        try inferKinds(&table)
    }

    /// Looks at the first rows for the columns whose declared type says nothing.
    private func inferKinds(_ table: inout CatalogueTable) throws {
        let open = table.columns.indices.filter { ColumnKinds.declared(table.columns[$0].declaredType) == nil }
        if open.isEmpty { return }
        var classes = [Set<String>](repeating: [], count: open.count)
        let list = open.map { "typeof(\(SQLText.quoted(table.columns[$0].name)))" }.joined(separator: ",")
        try connection.forEachRow("SELECT \(list) FROM main.\(SQLText.quoted(table.name)) LIMIT 200") { row in
            for index in open.indices { classes[index].insert(row.text(index)) }
        }
        for (place, index) in open.enumerated() { table.columns[index].kind = ColumnKinds.stored(classes[place]) }
    }

    private func readIndices(_ table: inout CatalogueTable) throws {
        if table.kind == .view { return }
        try connection.forEachRow(
            "SELECT name, \"unique\" FROM pragma_index_list(?) ORDER BY name", [.text(table.name)]
        ) {
            table.indices.append(CatalogueIndex(name: $0.text(0), columns: [], isUnique: $0.int(1) != 0))
        }
        for index in table.indices.indices {
            try connection.forEachRow(
                "SELECT name FROM pragma_index_xinfo(?) WHERE key=1 ORDER BY seqno",
                [.text(table.indices[index].name)]
            ) { table.indices[index].columns.append($0.text(0)) }
        }
    }

    /// The foreign keys whose other side is visible. References without columns mean the parent's primary key.
    private func foreignKeys(of table: CatalogueTable, among tables: [CatalogueTable]) throws -> [ForeignKey] {
        struct Part {
            var id: Int
            var from: String
            var to: String?
            var parent: String
        }
        var parts: [Part] = []
        try connection.forEachRow(
            "SELECT id, \"from\", \"to\", \"table\" FROM pragma_foreign_key_list(?) ORDER BY id, seq",
            [.text(table.name)]
        ) { row in
            parts.append(
                Part(id: row.int(0), from: row.text(1), to: row.isNull(2) ? nil : row.text(2), parent: row.text(3)))
        }
        var keys: [ForeignKey] = []
        // SQLite lists the last declared key first.
        for id in Set(parts.map(\.id)).sorted(by: >) {
            let mine = parts.filter { $0.id == id }
            guard let name = mine.first?.parent,
                let parent = tables.first(where: { SQLText.fold($0.name) == SQLText.fold(name) })
            else { continue }
            var referenced = mine.compactMap(\.to)
            if referenced.count < mine.count { referenced = parent.primaryKey }
            guard referenced.count == mine.count else { continue }
            keys.append(
                ForeignKey(
                    columns: mine.map { table.column($0.from)?.name ?? $0.from }, referencedTable: parent.name,
                    referencedColumns: referenced.map { parent.column($0)?.name ?? $0 }))
        }
        return keys
    }
}
