import Databases
import Schemas
public import Values

/// Writes demo businesses as SQLite files.
public enum DemoDatabase {
    /// Makes a demo database. Blocking (about a second): the caller puts it on a thread of its own.
    ///
    /// The same scenario, seed and months give the same bytes with the same version of SQLite. The file appears whole
    /// or not at all: it is written under a temporary name in the same folder, put on disk and renamed.
    ///
    /// - Parameters:
    ///   - path: The file to make. One that this command made earlier is replaced.
    ///   - force: Whether another file may be replaced too.
    /// - Throws: `argument_invalid` for months outside ``DemoBusiness/monthBounds``; `file_exists` when a file stands
    ///   there that this command did not make; `file_unwritable` when the folder is missing, may not be written to, or
    ///   the disk is full.
    public static func write(
        to path: String, scenario: DemoScenario = .salesGrowth, seed: UInt64 = 1, months: Int = 36,
        force: Bool = false
    ) throws(OperonError) -> DemoSummary {
        let file = try OutputFile(path: path, force: force)
        let business = try DemoBusiness(scenario: scenario, seed: seed, months: months)
        let size = try file.commit { temporaryPath throws(OperonError) in
            do {
                try fill(temporaryPath, with: business.tables)
            } catch {
                throw OperonError(
                    code: "file_unwritable", "the demo database could not be written: \(error)",
                    hint: "See that the disk has room and that the folder may be written to", at: path)
            }
        }
        return DemoSummary(
            path: path, scenario: scenario, seed: seed, months: months, byteCount: size,
            tables: business.tables.map { DemoSummary.TableCount(table: $0.name, rows: $0.rows.count) })
    }

    /// Writes the tables into a new file in one transaction. Rows come in key order and indices last, so that pages are
    /// filled one after the other. No journal is kept: a file that is not finished is thrown away.
    private static func fill(_ path: String, with tables: [DemoTable]) throws {
        let connection = try SQLiteConnection(path: path, mode: .readWriteCreate)
        try connection.execute(
            """
            PRAGMA page_size=4096;
            PRAGMA encoding='UTF-8';
            PRAGMA auto_vacuum=NONE;
            PRAGMA journal_mode=OFF;
            PRAGMA synchronous=OFF;
            PRAGMA cache_size=-16384;
            """)
        try connection.transaction {
            try connection.execute(
                "PRAGMA application_id=\(OutputFile.applicationID); PRAGMA user_version=\(formatVersion)")
            let keys = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0.columns[0].name) })
            for table in tables {
                try connection.execute(table.createStatement(keys: keys))
                let insert = try connection.prepare(table.insertStatement)
                for row in table.rows {
                    try insert.bind(row)
                    try insert.run()
                }
            }
            for table in tables {
                for statement in table.indexStatements { try connection.execute(statement) }
            }
        }
    }

    /// Counts up when the tables of the demo change; stands in the file as `user_version`.
    private static let formatVersion = 1
}
