import Databases
import Glibc
import Schemas
import Semantics
import Services
import Synchronization
import Testing
import Values

@testable import Toolbox

@Suite("The kept index of a database")
struct IndexTests {
    /// A folder with a database of two tables in it, and a folder for indices.
    private final class Place: Sendable {
        let folder: String
        let notices = Mutex<[String]>([])

        init(rows: Int = 50) throws {
            var template = Array("/tmp/operon-index-XXXXXX".utf8CString)
            _ = mkdtemp(&template)
            folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            try change(
                """
                CREATE TABLE cities(id INTEGER PRIMARY KEY, name TEXT);
                CREATE TABLE shops(id INTEGER PRIMARY KEY, name TEXT, city_id INTEGER);
                INSERT INTO cities VALUES(1,'Bern'),(2,'Oslo');
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<\(rows))
                INSERT INTO shops SELECT i, 'Shop '||i, i%2+1 FROM n;
                """)
        }

        deinit { _ = try? Files.names(in: folder).map { unlink("\(folder)/\($0)") } }

        var path: String { folder + "/shop.sqlite" }

        func change(_ sql: String) throws {
            let connection = try SQLiteConnection(path: path, mode: .readWriteCreate)
            try connection.execute(sql)
        }

        func pool(hidden: [String] = []) throws -> DatabasePool {
            let pool = DatabasePool(
                hiddenTables: hidden,
                index: IndexSettings(folder: folder + "/indices") { [self] line in
                    notices.withLock { $0.append(line) }
                })
            pool.add(try DatabaseURL(path))
            return pool
        }

        var files: [String] {
            ((try? Files.names(in: folder + "/indices")) ?? []).map { "\(folder)/indices/\($0)" }
        }
    }

    private func read(_ pool: DatabasePool) async throws -> (tablesRead: Int, values: Int) {
        let prepared = try await pool.prepare("shop")
        return (prepared.tablesRead, prepared.values)
    }

    @Test("is built once, and taken up by the next process without reading a table")
    func kept() async throws {
        let place = try Place()
        #expect(try await read(place.pool()) == (2, 52))
        #expect(try await read(place.pool()) == (0, 52))
        let file = try #require(place.files.first)
        #expect(place.files.count == 1)
        var status = stat()
        #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(place.notices.withLock { $0 }.isEmpty)
    }

    @Test("gives the same context from the file as from the reading")
    func same() async throws {
        let place = try Place()
        let first = try await place.pool().database("shop").context()
        let second = try await place.pool().database("shop").context()
        #expect(first.profile == second.profile && first.catalogue == second.catalogue)
        #expect(first.values.count == second.values.count)
    }

    @Test("sees what somebody else writes, in the same process and in the next")
    func changed() async throws {
        let place = try Place()
        let pool = try place.pool()
        _ = try await read(pool)
        try place.change("INSERT INTO cities VALUES(3,'Rome')")
        #expect(try await pool.prepare("shop").values == 53)
        try place.change(
            "INSERT INTO cities VALUES(4,'Lima'); CREATE TABLE staff(id INTEGER PRIMARY KEY, name TEXT)")
        let prepared = try await place.pool().prepare("shop")
        #expect(prepared.values == 54 && prepared.catalogue.tables.map(\.name) == ["cities", "shops", "staff"])
        #expect(prepared.catalogue.table("cities")?.rowCount == 4)
    }

    @Test("reads only the tables that changed, where reading takes long")
    func incremental() async throws {
        let place = try Place(rows: 30_000)
        #expect(try await read(place.pool()) == (2, 30_002))
        try place.change("INSERT INTO cities VALUES(3,'Rome')")
        #expect(try await read(place.pool()) == (1, 30_003))
        try place.change("UPDATE shops SET name = name || ' x'")
        #expect(try await read(place.pool()).tablesRead == 2)
        try place.change("DELETE FROM shops WHERE id > 29000")
        #expect(try await read(place.pool()) == (2, 29_003))
        try place.change("ALTER TABLE shops ADD COLUMN kind TEXT")
        #expect(try await read(place.pool()).tablesRead == 2)
    }

    @Test("is built anew when its file is damaged, and says so", arguments: ["cut", "changed", "empty", "other"])
    func damaged(how: String) async throws {
        let place = try Place()
        _ = try await read(place.pool())
        let file = try #require(place.files.first)
        var bytes = try Files.bytes(file)
        switch how {
        case "cut": bytes.removeLast(9)
        case "changed": bytes[bytes.count / 2] ^= 1
        case "empty": bytes = []
        default: bytes = Array("something else".utf8)
        }
        try Files.replace(file, with: bytes)
        #expect(try await read(place.pool()) == (2, 52))
        #expect(place.notices.withLock { $0.count } == 1)
        #expect(try await read(place.pool()) == (0, 52))
    }

    @Test("of hidden tables nothing is kept, and who hides has an index of his own")
    func hidden() async throws {
        let place = try Place()
        _ = try await read(place.pool())
        #expect(try await read(place.pool(hidden: ["shops"])) == (1, 2))
        #expect(place.files.count == 2)
        let texts = try place.files.map { String(decoding: try Files.bytes($0), as: UTF8.self) }
        #expect(texts.count { $0.contains("Shop 17") } == 1)
    }

    @Test("is not kept where nothing can be written; questions are answered all the same")
    func unwritable() async throws {
        let place = try Place()
        try Files.replace(place.folder + "/indices", with: [])
        #expect(try await read(place.pool()) == (2, 52))
        #expect(place.notices.withLock { $0.count { $0.contains("cannot be kept") } } == 1)
    }

    @Test("tells how far a long reading is")
    func progress() async throws {
        let place = try Place(rows: 200_000)
        var settings = IndexSettings { [place] line in place.notices.withLock { $0.append(line) } }
        settings.patience = .zero
        let pool = DatabasePool(index: settings)
        pool.add(try DatabaseURL(place.path))
        _ = try await read(pool)
        let lines = place.notices.withLock { $0 }
        #expect(lines.first?.contains("shops (2 of 2 tables)") == true && lines.last?.contains("took") == true)
    }
}
