import Databases
import Foundation
import Schemas
import Testing

/// Prints how fast a store takes rows. Run by hand, in a release build:
/// `OPERON_MEASURE=1 swift test -c release -Xswiftc -enable-testing --filter SpeedTests`.
@Suite("speed", .enabled(if: ProcessInfo.processInfo.environment["OPERON_MEASURE"] != nil)) struct SpeedTests {
    @Test("small rows go into a store at more than 400 000 a second")
    func inserts() throws {
        let folder = Folder()
        let store = try SQLiteConnection.store(path: folder.file("s.sqlite"))
        try store.execute("CREATE TABLE e(seq INTEGER PRIMARY KEY, at INT, kind TEXT, topic TEXT, body BLOB)")
        let insert = try store.prepare("INSERT INTO e VALUES (?,?,?,?,?)", isPersistent: true)
        let count = 1_000_000
        let body = [UInt8](repeating: 0x61, count: 64)
        let start = ContinuousClock.now
        for batch in 0..<(count / 1000) {
            try store.transaction {
                for row in 0..<1000 {
                    try insert.bind(batch * 1000 + row, at: 1)
                    try insert.bind(row, at: 2)
                    try insert.bind("step.finished", at: 3)
                    try insert.bind("reasoning.step.session_0001", at: 4)
                    try body.withUnsafeBytes { bytes in
                        try insert.bind(borrowing: bytes, asText: false, at: 5)
                        try insert.run()
                    }
                }
            }
        }
        let seconds = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
        print("inserts per second: \(Int(Double(count) / seconds))")
        #expect(Double(count) / seconds > 400_000)
    }

    @Test("a short query behind the sandbox takes microseconds")
    func queries() async throws {
        let folder = Folder()
        try makeDatabase(folder.file("shop.sqlite"), shopSQL)
        let database = try sqliteDatabase(folder.file("shop.sqlite"))
        _ = await database.query("SELECT 1")
        let start = ContinuousClock.now
        for _ in 0..<20_000 { _ = await database.query("SELECT name FROM customers WHERE id = 2") }
        let each = (ContinuousClock.now - start) / 20_000
        print("one sandboxed query: \(each)")
        let rows =
            "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r LIMIT 3000000) SELECT sum(i) FROM r"
        let long = ContinuousClock.now
        _ = await database.query(rows)
        print("three million rows of recursion: \(ContinuousClock.now - long)")
        await database.close()
    }
}
