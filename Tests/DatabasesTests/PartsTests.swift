import Foundation
import Schemas
import Services
import Synchronization
import Testing
import Values

@testable import Databases

@Suite("parts of the sandbox") struct PartsTests {
    @Test("patterns match as SQLite's own do", arguments: [0, 1])
    func patterns(_ seed: UInt64) throws {
        let connection = try SQLiteConnection(path: "", mode: .memory)
        let like = try connection.prepare("SELECT ?2 LIKE ?1, ?2 GLOB ?1, ?2 LIKE ?1 ESCAPE 'b'")
        var random = SeededRandom(seed: seed)
        let letters = ["a", "A", "b", "%", "_", "*", "?", "[", "]", "^", "-", "é", "€", "c"]
        for _ in 0..<4000 {
            func word(_ most: Int) -> String {
                (0..<random.below(most)).map { _ in letters[random.below(letters.count)] }
                    .joined()
            }
            let pattern = word(7)
            let text = word(9)
            try like.bind([.text(pattern), .text(text)])
            _ = try like.step()
            let expected = (0..<3).map { like.int($0) == 1 }
            like.reset()
            func matches(_ style: PatternMatch.Style, _ escape: UInt32? = nil) -> Bool {
                Array(pattern.utf8).withUnsafeBytes { p in
                    Array(text.utf8).withUnsafeBytes { t in
                        PatternMatch(p, style: style, escape: escape)?.matches(t, mustStop: { false }) ?? false
                    }
                }
            }
            #expect([matches(.like), matches(.glob), matches(.like, 0x62)] == expected, "\(pattern) \(text)")
        }
    }

    @Test("replaced functions give what SQLite's own give")
    func functions() async throws {
        let folder = Folder()
        try makeDatabase(folder.file("a.sqlite"), "CREATE TABLE a(x);")
        let plain = try SQLiteConnection(path: "", mode: .memory)
        let database = try sqliteDatabase(folder.file("a.sqlite"))
        let expressions = [
            "printf('%d|%5d|%-5d|%05d|%+d|% d|%,d', 42, 42, 42, 42, 42, 42, 1234567)",
            "printf('%x %X %o %u', 255, 255, 8, -1)",
            "printf('%.2f|%8.3f|%-8.1f|%e|%g|%G', 1.005, 2.5, 2.5, 12345.678, 0.0001, 1e20)",
            "printf('%,.2f', 1234567.891)",
            "printf('%s|%5s|%-5s|%.2s|%!5s', 'abc', 'é', 'b', 'abcdef', 'é')",
            "printf('%q %Q %w %Q', 'it''s', 'it''s', 'a\"b', NULL)",
            "printf('%c|%5c|%.3c|%-4c|', 'xyz', 'é', 'q', 'r')", "printf('%%|%n|%z', 'a')",
            "printf('%*d|%-*d|%.*f', 6, 1, 6, 2, 2, 1.23456)",
            "printf('%d %s %f')", "printf('%d', 'abc')", "printf('%i', 9223372036854775807)",
            "printf('%lld %ld', 5, 6)", "printf('abc%')",
            "printf('%s', NULL)", "printf(NULL, 1)", "printf('%s', x'4142')",
            "printf('%d', 2.9)", "printf('%p', 255)", "printf('%r %r', 1, 22)",
            "format('%s', 1.5)", "instr('abcabc','ca')", "instr('héllo','l')", "instr('a','')",
            "instr(x'0102', x'02')", "instr(NULL,'a')", "instr('abc', x'62')", "instr(12345, 34)",
            "replace('aaa','a','bb')", "replace('abc','','x')", "replace('abc',NULL,'x')", "replace(123, 2, 'x')",
            "typeof(replace(5,'',1))", "replace('aaaa','aa','a')",
            "trim('xxaxbxx','x')", "ltrim('éééa','é')", "rtrim('abcé','cé')", "trim('abc','')", "trim(NULL,'a')",
            "trim('aaa','a')", "trim(' a ')", "ltrim(5005,'5')",
            "'a' LIKE NULL", "x'61' LIKE 'a'", "12 LIKE '1_'", "'É' LIKE 'é'", "'a' NOT LIKE 'A'",
            "'10%' LIKE '10\\%' ESCAPE '\\'", "'abc' GLOB 'a[a-c]c'",
        ]
        for expression in expressions {
            let own = try plain.value("SELECT \(expression)")
            let verdict = await database.query("SELECT \(expression)")
            #expect(verdict.table.rows.first?.first == own, "\(expression): \(verdict)")
        }
        await database.close()
    }

    @Test("names are found however they are quoted")
    func mentions() {
        for sql in [
            "SELECT * FROM Secret", "\"SECRET\"", "[secret]", "`secret`", "'secret'", "a.secret", "/* */secret--x",
        ] {
            #expect(SQLText.mentions(["secret"], in: Array(sql.utf8)), "\(sql)")
        }
        for sql in ["secrets", "/* secret */ 1", "-- secret", "secret_1", "\"sec\"\"ret\""] {
            #expect(!SQLText.mentions(["secret"], in: Array(sql.utf8)), "\(sql)")
        }
    }

    @Test("the policy allows only what it names")
    func policy() {
        let policy = AccessPolicy(readable: ["a"], hidden: ["s", "v"], modules: ["dbstat"])
        // 20 READ, 21 SELECT, 31 FUNCTION, 33 RECURSIVE: the codes of SQLite's authoriser.
        #expect(policy.denial(action: 21, nil, nil, database: nil, view: nil) == nil)
        #expect(policy.denial(action: 33, nil, nil, database: nil, view: nil) == nil)
        #expect(policy.denial(action: 20, "A", "x", database: "main", view: nil) == nil)
        #expect(policy.denial(action: 20, "a", "x", database: "temp", view: nil) == .table)
        #expect(policy.denial(action: 20, "s", "x", database: "main", view: nil) == .table)
        #expect(policy.denial(action: 20, "a", "x", database: "main", view: "V") == .table)
        #expect(policy.denial(action: 20, "some_cte", "", database: nil, view: nil) == nil)
        #expect(policy.denial(action: 20, "some_cte", "x", database: nil, view: nil) == .table)
        #expect(policy.denial(action: 20, "dbstat", "", database: nil, view: nil) == .table)
        #expect(policy.denial(action: 20, "pragma_x", "", database: nil, view: nil) == .table)
        #expect(policy.denial(action: 20, "sqlite_schema", "", database: nil, view: nil) == .schemaTable)
        #expect(policy.denial(action: 31, nil, "UPPER", database: nil, view: nil) == nil)
        #expect(
            policy.denial(action: 31, nil, "load_extension", database: nil, view: nil)
                == .function("load_extension"))
        for action: Int32 in Set(0...40).subtracting([20, 21, 31, 33]) {
            #expect(policy.denial(action: action, "a", "a", database: "main", view: nil) == .statement)
        }
    }

    @Test("a caller gets its answer although its thread cannot be stopped, and the next call finds another thread")
    func retiring() async throws {
        let url = try DatabaseURL("nowhere.sqlite")
        let workers = DatabaseWorkers(time: SystemTime()) {
            SandboxSession(url: url, hiddenTables: [], limits: QueryLimits(), time: SystemTime())
        }
        let gate = BlockingGate()
        await #expect(throws: OperonError.self) {
            try await workers.run(timeoutNanoseconds: 1_000_000) { _, _ in gate.wait() }
        }
        #expect(try await workers.run(timeoutNanoseconds: 1_000_000_000) { _, _ in 7 } == 7)
        gate.open()
        await workers.close()
    }
}

/// Holds a thread until it is opened.
final class BlockingGate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func wait() { semaphore.wait() }
    func open() { semaphore.signal() }
}

@Suite("store connections") struct StoreTests {
    @Test("a store is in WAL mode, keeps what was committed and rolls back what failed")
    func store() throws {
        let folder = Folder()
        let path = folder.file("s.sqlite")
        do {
            let store = try SQLiteConnection.store(path: path, SQLiteStoreOptions(synchronous: .full))
            #expect(try store.value("PRAGMA journal_mode") == .text("wal"))
            #expect(try store.value("PRAGMA synchronous") == .integer(2))
            try store.execute("CREATE TABLE e(seq INTEGER PRIMARY KEY, body BLOB, name TEXT UNIQUE)")
            let insert = try store.prepare("INSERT INTO e VALUES (?,?,?)", isPersistent: true)
            try store.transaction {
                for seq in 1...3 { try insert.run(.integer(seq), .blob([UInt8(seq)]), .text("n\(seq)")) }
            }
            #expect(store.lastInsertedRow == 3 && store.changeCount == 1)
            let payload = Array("borrowed".utf8)
            try payload.withUnsafeBytes { bytes in
                try insert.bind(4, at: 1)
                try insert.bind(borrowing: bytes, asText: false, at: 2)
                try insert.bind(borrowing: bytes, asText: true, at: 3)
                try insert.run()
            }
            #expect(throws: DatabaseError.self) {
                try store.transaction {
                    try insert.run(.integer(5), .null, .text("new"))
                    try insert.run(.integer(6), .null, .text("n1"))
                }
            }
            #expect(store.isAutocommit)
            #expect(try store.checkpoint(.truncate))
        }
        let reader = try SQLiteConnection(path: path, mode: .readOnly)
        var seen: [[SQLValue]] = []
        try reader.forEachRow("SELECT * FROM e ORDER BY seq") { row in seen.append((0..<3).map(row.value)) }
        #expect(seen.count == 4)
        #expect(seen[3] == [.integer(4), .blob(Array("borrowed".utf8)), .text("borrowed")])
        do {
            try reader.execute("DELETE FROM e")
            Issue.record("a read-only connection wrote")
        } catch let error as DatabaseError {
            #expect(error.code == "database_readonly")
        }
    }

    @Test("a second writer waits and then says that the store is busy")
    func busy() throws {
        let folder = Folder()
        let first = try SQLiteConnection.store(path: folder.file("s.sqlite"))
        let second = try SQLiteConnection.store(
            path: folder.file("s.sqlite"), SQLiteStoreOptions(busyTimeoutMilliseconds: 10))
        try first.execute("CREATE TABLE a(x)")
        try first.transaction {
            #expect(throws: DatabaseError.self) { try second.transaction {} }
        }
        try second.transaction { try second.execute("INSERT INTO a VALUES (1)") }
    }
}

@Suite("blocking thread") struct BlockingThreadTests {
    @Test("closures run one after the other on one thread that is not the caller's")
    func order() async throws {
        let thread = BlockingThread()
        let seen = Mutex<[Int]>([])
        for value in 0..<1000 { thread.post { seen.withLock { $0.append(value) } } }
        #expect(try await thread.run { thread.isCurrent })
        #expect(!thread.isCurrent)
        #expect(seen.withLock { $0 } == Array(0..<1000))
        await thread.stop()
    }

    @Test("errors reach the caller, and cancelling does not abandon the closure")
    func errors() async throws {
        let thread = BlockingThread()
        await #expect(throws: OperonError(code: "x", "y")) {
            try await thread.run { () throws -> Int in throw OperonError(code: "x", "y") }
        }
        let gate = BlockingGate()
        let task = Task { try await thread.run { gate.wait() } }
        task.cancel()
        gate.open()
        try await task.value
        await thread.stop()
    }

    @Test("stopping runs what is queued, then refuses")
    func stopping() async throws {
        let thread = BlockingThread()
        let count = Mutex(0)
        for _ in 0..<100 { thread.post { count.withLock { $0 += 1 } } }
        async let other: Void = thread.stop()
        await thread.stop()
        await other
        #expect(count.withLock { $0 } == 100)
        #expect(!thread.post {})
        await #expect(throws: OperonError.self) { try await thread.run {} }
        await BlockingThread().stop()
    }

    @Test("a dropped thread runs what is queued and goes")
    func dropping() async throws {
        let ended = Mutex(false)
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let thread = BlockingThread()
            thread.post { ended.withLock { $0 = true } }
            thread.post { continuation.resume() }
        }
        #expect(ended.withLock { $0 })
    }
}
