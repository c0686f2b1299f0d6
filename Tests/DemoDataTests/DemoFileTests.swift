import Databases
import DemoData
import Foundation
import Schemas
import Testing
import Values

@Suite("a demo database as a file")
struct DemoFileTests {
    /// A folder of its own, removed at the end.
    final class Folder {
        let path: String
        init() throws {
            path = NSTemporaryDirectory() + "/operon-demo-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func bytes(_ name: String) throws -> [UInt8] {
            Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
        }
        var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
    }

    @Test("the same scenario, seed and months give the same bytes; other arguments do not")
    func bytes() throws {
        let folder = try Folder()
        func hash(_ name: String, _ scenario: DemoScenario, _ seed: UInt64, _ months: Int) throws -> String {
            let summary = try DemoDatabase.write(
                to: folder.path + "/" + name, scenario: scenario, seed: seed, months: months)
            let bytes = try folder.bytes(name)
            #expect(bytes.count == summary.byteCount)
            return SHA256Digest.hex(bytes)
        }
        let first = try hash("a.db", .healthRetention, 3, 4)
        #expect(try hash("b.db", .healthRetention, 3, 4) == first)
        // Replacing one's own file gives the same bytes, too.
        #expect(try hash("a.db", .healthRetention, 3, 4) == first)
        #expect(try hash("c.db", .healthRetention, 4, 4) != first)
        #expect(try hash("d.db", .churnSpike, 3, 4) != first)
        #expect(try hash("e.db", .healthRetention, 3, 5) != first)
        #expect(folder.names == ["a.db", "b.db", "c.db", "d.db", "e.db"])
    }

    @Test("keys hold, counts agree with the summary, and totals agree in SQL", arguments: DemoScenario.allCases)
    func integrity(scenario: DemoScenario) throws {
        let folder = try Folder()
        let path = folder.path + "/shop.db"
        let summary = try DemoDatabase.write(to: path, scenario: scenario, seed: 5, months: 6)
        let database = try SQLiteConnection(path: path, mode: .readOnly)
        #expect(try database.value("PRAGMA integrity_check") == .text("ok"))
        #expect(try database.value("SELECT count(*) FROM pragma_foreign_key_check") == .integer(0))
        for table in summary.tables {
            #expect(try database.value("SELECT count(*) FROM \(table.table)") == .integer(table.rows))
        }
        #expect(
            try database.value("SELECT count(*) FROM sqlite_schema WHERE type = 'table'")
                == .integer(summary.tables.count))
        let unequal = """
            SELECT count(*) FROM orders o
            WHERE round(total_amount, 2) <> (SELECT round(sum(line_total), 2) FROM order_lines l WHERE l.order_id = o.order_id)
               OR round(CASE status WHEN 'cancelled' THEN 0 ELSE total_amount END, 2)
                  <> (SELECT round(ifnull(sum(amount), 0), 2) FROM payments p WHERE p.order_id = o.order_id)
            """
        #expect(try database.value(unequal) == .integer(0))
        // Every foreign key is indexed.
        let unindexed = """
            SELECT count(*) FROM sqlite_schema t, pragma_foreign_key_list(t.name) f
            WHERE t.type = 'table' AND NOT EXISTS (
              SELECT 1 FROM pragma_index_list(t.name) i, pragma_index_info(i.name) c WHERE c.seqno = 0 AND c.name = f."from")
            """
        #expect(try database.value(unindexed) == .integer(0))
    }

    @Test("the retention query of the documentation gives 0.9")
    func retention() throws {
        let folder = try Folder()
        let path = folder.path + "/health.db"
        _ = try DemoDatabase.write(to: path, scenario: .healthRetention, months: 14)
        let database = try SQLiteConnection(path: path, mode: .readOnly)
        let sql = """
            SELECT 1.0 * (SUM(start_date < '2026-11-01' AND (end_date IS NULL OR end_date >= '2026-11-01'))
                          - SUM(start_date >= '2025-11-01' AND start_date < '2026-11-01'))
                   / SUM(start_date < '2025-11-01' AND (end_date IS NULL OR end_date >= '2025-11-01')) FROM policies
            """
        #expect(try database.value(sql) == .real(0.9))
    }

    @Test("a file of somebody else is left alone unless force says otherwise")
    func foreign() throws {
        let folder = try Folder()
        let path = folder.path + "/notes.db"
        let text = Data(
            "SQLite format 3\0 but not ours, padded to the length of a header ........................".utf8)
        try text.write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: OperonError.self) { try DemoDatabase.write(to: path, months: 1) }
        #expect(error?.code == "file_exists")
        #expect(error?.hint.contains("--force") == true)
        #expect(try folder.bytes("notes.db") == Array(text))
        _ = try DemoDatabase.write(to: path, months: 1, force: true)
        #expect(try folder.bytes("notes.db").starts(with: "SQLite format 3\0".utf8))
        #expect(folder.names == ["notes.db"])
    }

    @Test("a missing folder, a folder as name and an empty name are refused, and nothing is left behind")
    func refused() throws {
        let folder = try Folder()
        for path in [folder.path + "/no/such/shop.db", folder.path, ""] {
            let error = #expect(throws: OperonError.self) {
                try DemoDatabase.write(to: path, months: 1, force: true)
            }
            #expect(error?.code == "file_unwritable")
            #expect(error?.at == path)
        }
        #expect(folder.names.isEmpty)
    }

    @Test("wrong months leave an existing file as it was")
    func wrongMonths() throws {
        let folder = try Folder()
        let path = folder.path + "/shop.db"
        _ = try DemoDatabase.write(to: path, months: 1)
        let before = try folder.bytes("shop.db")
        let error = #expect(throws: OperonError.self) { try DemoDatabase.write(to: path, months: 121) }
        #expect(error?.code == "argument_invalid")
        #expect(try folder.bytes("shop.db") == before)
    }

    @Test("the summary prints as JSON")
    func summary() throws {
        let folder = try Folder()
        let summary = try DemoDatabase.write(to: folder.path + "/shop.db", seed: .max, months: 1)
        #expect(summary.json["scenario"] == "sales-growth")
        #expect(summary.json["seed"] == .string("18446744073709551615"))
        #expect(summary.json["months"] == 1)
        #expect(summary.json["tables"]?["stores"] == 16)
    }
}
