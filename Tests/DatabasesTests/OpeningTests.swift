import Databases
import Foundation
import Schemas
import Testing
import Values

@Suite("opening a database") struct OpeningTests {
    private func code(_ path: String) async throws -> String? {
        let database = try sqliteDatabase(path)
        let verdict = await database.query("SELECT 1")
        await #expect(throws: OperonError.self) { try await database.catalogue() }
        await database.close()
        #expect(verdict.kind == .error && verdict.error?.hint.isEmpty == false)
        return verdict.error?.code
    }

    @Test("each way of not being a database has its own code")
    func refusals() async throws {
        let folder = Folder()
        try Data("just a text, and long enough to be one, that nobody would take for a database".utf8)
            .write(to: URL(fileURLWithPath: folder.file("text.sqlite")))
        try makeDatabase(folder.file("torn.sqlite"), shopSQL)
        var torn = try #require(bytes(of: folder.file("torn.sqlite")))
        torn.replaceSubrange(100..<4096, with: Data(repeating: 0xa5, count: 3996))
        try torn.write(to: URL(fileURLWithPath: folder.file("torn.sqlite")))
        #expect(try await code(folder.file("missing.sqlite")) == "database_unreachable")
        #expect(try await code(folder.path) == "database_is_directory")
        #expect(try await code(folder.file("text.sqlite")) == "database_invalid")
        #expect(try await code("/dev/null") == "database_invalid")
        #expect(try await code(folder.file("torn.sqlite")) == "database_corrupt")
        #expect(folder.names == ["text.sqlite", "torn.sqlite"])
    }

    @Test("an empty file is an empty database")
    func empty() async throws {
        let folder = Folder()
        _ = FileManager.default.createFile(atPath: folder.file("e.db"), contents: nil)
        let database = try sqliteDatabase(folder.file("e.db"))
        #expect(try await database.catalogue().tables.isEmpty)
        #expect(await database.query("SELECT 1").kind == .ok)
        await database.close()
    }

    @Test("a database in WAL mode is read without making files beside it")
    func wal() async throws {
        let folder = Folder()
        let path = folder.file("wal.sqlite")
        try makeDatabase(path, "PRAGMA journal_mode=WAL; CREATE TABLE a(x); INSERT INTO a VALUES (1);")
        #expect(folder.names == ["wal.sqlite"])
        let database = try sqliteDatabase(path)
        #expect(await database.query("SELECT count(*) FROM a").table.rows == [[.integer(1)]])
        #expect(folder.names == ["wal.sqlite"])
        // Now somebody writes: the rows in the log are seen, before and after they reach the file.
        do {
            let writer = try SQLiteConnection.store(path: path)
            try writer.execute("INSERT INTO a VALUES (2)")
            #expect(await database.query("SELECT count(*) FROM a").table.rows == [[.integer(2)]])
            try writer.execute("INSERT INTO a VALUES (3)")
            try writer.checkpoint(.truncate)
            #expect(await database.query("SELECT count(*) FROM a").table.rows == [[.integer(3)]])
        }
        #expect(await database.query("SELECT count(*) FROM a").table.rows == [[.integer(3)]])
        await database.close()
    }

    @Test("addresses are told apart")
    func urls() throws {
        #expect(try DatabaseURL("a/b.c.sqlite").path == "a/b.c.sqlite")
        #expect(try DatabaseURL("sqlite:x.db").path == "x.db")
        #expect(try DatabaseURL("sqlite:///tmp/x.db").path == "/tmp/x.db")
        #expect(try DatabaseURL("SQLite:x y.db").name == "x y")
        #expect(try DatabaseURL("12:30.db").path == "12:30.db")
        #expect(
            throws: OperonError(
                code: "database_unknown", "No database is named",
                hint: "Name an SQLite file (PATH or sqlite:PATH) or postgres://HOST/DATABASE")
        ) {
            try DatabaseURL("")
        }
        for text in ["odbc:DSN=x", "mysql://h/d"] {
            do {
                _ = try DatabaseURL(text)
                Issue.record("\(text) was accepted")
            } catch {
                #expect(error.code == "database_unsupported")
            }
        }
        #expect(throws: OperonError.self) { try DatabaseURL("sqlite:") }
    }

    @Test("a file called like a SQLite URI is just a file")
    func oddNames() async throws {
        let folder = Folder()
        for name in ["file:x?mode=memory", ":memory:", "a%20b#c?.db", "ü.db"] {
            let path = folder.file(name)
            try makeDatabase(path, "PRAGMA journal_mode=WAL; CREATE TABLE a(x);")
            let database = try sqliteDatabase(path)
            #expect(try await database.catalogue().tables.map(\.name) == ["a"], "\(name)")
            await database.close()
        }
    }
}
