import Schemas
import Values

extension PostgreSQLSession {
    /// Tables of fewer rows than this, by the server's estimate, are counted; of larger ones the estimate is told.
    private static let exactBelow = 200_000.0

    /// The visible part of the schema as it is now.
    func readCatalogue(_ limits: QueryLimits, _ cancellation: Cancellation) throws -> Catalogue {
        do {
            return try reading(cancellation) { connection in
                watch.begin(timeoutNanoseconds: limits.timeoutNanoseconds, cancellation: cancellation)
                var tables: [CatalogueTable] = []
                var relations: [PostgreSQLPolicy.Relation] = []
                try transaction(connection, milliseconds: limits.timeoutNanoseconds / 1_000_000) {
                    policy = try readPolicy(connection, watch)
                    (tables, relations) = try readTables(connection)
                    known = (tables, relations)
                }
                try countRows(&tables, relations, limits, cancellation, connection)
                return Catalogue(database: url.name, dialect: .postgresql, tables: tables)
            }
        } catch let error as PostgreSQLError {
            if watch.reason == .cancelled { throw CancellationError() }
            if watch.reason != nil || error.state == "57014" {
                throw OperonError(
                    code: "catalogue_limit", "Reading the schema took longer than it may",
                    hint: "Allow a longer timeout", at: url.path)
            }
            throw error.operonError(at: url.path)
        }
    }

    /// A visible column by the names that people use: its table and itself as SQL, and what it holds. Throws
    /// `table_unknown`, `column_unknown`, and what reading the schema throws.
    func find(
        _ table: String, _ column: String, _ limits: QueryLimits, _ cancellation: Cancellation
    ) throws -> (table: String, column: String, kind: CatalogueColumn.Kind) {
        func look() throws -> (String, String, CatalogueColumn.Kind)? {
            guard let known, let at = known.tables.firstIndex(where: { $0.name.lowercased() == table.lowercased() })
            else { return nil }
            let relation = known.relations[at]
            guard let found = known.tables[at].column(column) else {
                throw OperonError(
                    code: "column_unknown", "\(relation.name) has no column \(column)",
                    hint: "The catalogue names them", at: url.path)
            }
            let name = SQLText.quoted(relation.schema) + "." + SQLText.quoted(relation.name)
            return (name, SQLText.quoted(found.name), found.kind)
        }
        if let found = try look() { return found }
        _ = try readCatalogue(limits, cancellation)
        if let found = try look() { return found }
        throw OperonError(
            code: "table_unknown", "There is no table or view \(table)", hint: "The catalogue names them",
            at: url.path)
    }

    private func readTables(
        _ connection: PostgreSQLConnection
    ) throws -> ([CatalogueTable], [PostgreSQLPolicy.Relation]) {
        var relations = policy.visible
        var tables = relations.map {
            CatalogueTable(name: $0.name, kind: $0.kind == "v" || $0.kind == "m" ? .view : .table, columns: [])
        }
        var place: [String: Int] = [:]
        for (at, relation) in relations.enumerated() { place[relation.id] = at }
        try connection.forEachRow(PostgreSQLCatalogue.columns, watch) { row in
            guard let at = place[row[0] ?? ""] else { return }
            tables[at].columns.append(
                CatalogueColumn(
                    name: row[1] ?? "", declaredType: row[2] ?? "",
                    kind: PostgreSQLValues.kind(row[3] ?? "", modifier: row[4].flatMap(Int.init) ?? -1),
                    isNullable: row[5] == "t", defaultSQL: row[6]))
        }
        var last = ""
        try connection.forEachRow(PostgreSQLCatalogue.keys, watch) { row in
            defer { last = row[0] ?? "" }
            guard let at = place[row[2] ?? ""], let column = row[3] else { return }
            if row[1] == "p" {
                tables[at].primaryKey.append(column)
                return
            }
            // Keys that point to what is not visible are left out.
            guard let other = place[row[4] ?? ""], let theirs = row[5] else { return }
            if last != row[0] {
                tables[at].foreignKeys.append(
                    ForeignKey(columns: [], referencedTable: relations[other].name, referencedColumns: []))
            }
            let key = tables[at].foreignKeys.count - 1
            tables[at].foreignKeys[key].columns.append(column)
            tables[at].foreignKeys[key].referencedColumns.append(theirs)
        }
        last = ""
        try connection.forEachRow(PostgreSQLCatalogue.indices, watch) { row in
            defer { last = row[0] ?? "" }
            guard let at = place[row[1] ?? ""] else { return }
            if last != row[0] {
                tables[at].indices.append(CatalogueIndex(name: row[2] ?? "", columns: [], isUnique: row[3] == "t"))
            }
            tables[at].indices[tables[at].indices.count - 1].columns.append(row[4] ?? "")
        }
        let kept = tables.indices.filter { !tables[$0].columns.isEmpty }
        relations = kept.map { relations[$0] }
        return (kept.map { tables[$0] }, relations)
    }

    /// Counts the rows of small tables, then of views, in half of the timeout; large tables have the server's
    /// estimate, and what is left stays uncounted.
    private func countRows(
        _ tables: inout [CatalogueTable], _ relations: [PostgreSQLPolicy.Relation], _ limits: QueryLimits,
        _ cancellation: Cancellation, _ connection: PostgreSQLConnection
    ) throws {
        let order =
            tables.indices.filter { tables[$0].kind == .table } + tables.indices.filter { tables[$0].kind == .view }
        watch.begin(timeoutNanoseconds: limits.timeoutNanoseconds / 2, cancellation: cancellation)
        for at in order {
            let relation = relations[at]
            if relation.estimate >= Self.exactBelow {
                tables[at].rowCount = Int(exactly: relation.estimate.rounded())
                continue
            }
            guard let left = watch.remainingMilliseconds, left > 0 else { return }
            // One table that was never analysed and is large must not use up what others need.
            let most = min(left, max(100, limits.timeoutNanoseconds / 8_000_000))
            do {
                try transaction(connection, milliseconds: most) {
                    let name = SQLText.quoted(relation.schema) + "." + SQLText.quoted(relation.name)
                    try connection.forEachRow("SELECT count(*) FROM \(name)", watch) {
                        tables[at].rowCount = $0[0].flatMap(Int.init)
                    }
                }
            } catch let error as PostgreSQLError {
                // A count that takes too long, or a view that does not work, is no reason to know nothing.
                if watch.reason == .cancelled || error.isConnectionGone { throw error }
            }
        }
    }
}
