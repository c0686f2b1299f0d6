import Databases
import Foundation
import Schemas
import Testing
import Values

@Suite("queries") struct QueryTests {
    private let endless = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r) SELECT count(*) FROM r"

    private func shop(_ limits: QueryLimits = QueryLimits()) throws -> (SQLiteDatabase, Folder) {
        let folder = Folder()
        try makeDatabase(folder.file("shop.sqlite"), shopSQL)
        return (try sqliteDatabase(folder.file("shop.sqlite"), limits: limits), folder)
    }

    @Test("rows come with names, types and sizes")
    func rows() async throws {
        let (database, folder) = try shop()
        let verdict = await database.query(
            "SELECT id, name, total FROM (SELECT 1 AS id, 'Ada' AS name, 1.5 AS total), (SELECT NULL, x'0102')")
        #expect(verdict.table.columns == ["id", "name", "total"])
        #expect(verdict.table.rows == [[.integer(1), .text("Ada"), .real(1.5)]])
        #expect(verdict.table.byteCount == 27 && !verdict.table.isTruncated)
        _ = folder
        await database.close()
    }

    @Test("the JSON form has exactly the contract's members")
    func json() async throws {
        let (database, folder) = try shop()
        let verdict = await database.query("SELECT 1, 'a', NULL, 9e999, 2.5, x'00'")
        #expect(
            verdict.json(id: "q1")
                == [
                    "id": "q1", "verdict": "ok", "rows": 1, "truncated": false, "bytes": 50, "error": nil,
                    "data": [[1, "a", nil, nil, 2.5, ["$bytes": 1]]],
                ])
        #expect(
            verdict.json(id: 1).object?.keys == ["id", "verdict", "rows", "truncated", "bytes", "error", "data"])
        let denied = await database.query("DROP TABLE orders").json(id: 2)
        #expect(denied["verdict"] == "denied" && denied["error"]?.string != nil && denied["data"] == [])
        _ = folder
        await database.close()
    }

    @Test("parameters are bound and counted")
    func parameters() async throws {
        let (database, folder) = try shop()
        let verdict = await database.query(
            "SELECT ?1, ?2, ?3, ?4, ?5",
            parameters: [.text("it's"), .integer(-1), .real(0.5), .null, .blob([0, 1])])
        #expect(verdict.table.rows == [[.text("it's"), .integer(-1), .real(0.5), .null, .blob([0, 1])]])
        #expect(await database.query("SELECT ?", parameters: [.text("")]).table.rows == [[.text("")]])
        #expect(await database.query("SELECT ?, ?", parameters: [.null]).error?.code == "query_parameters")
        #expect(await database.query("SELECT 1", parameters: [.null]).error?.code == "query_parameters")
        _ = folder
        await database.close()
    }

    @Test("row and byte caps cut the result short and say so")
    func caps() async throws {
        let (database, folder) = try shop()
        let numbers = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r WHERE i < 100) SELECT i FROM r"
        let few = await database.query(numbers, limits: QueryLimits(maxRows: 10))
        #expect(few.kind == .ok && few.table.rows.count == 10 && few.table.isTruncated)
        let exact = await database.query(numbers, limits: QueryLimits(maxRows: 100))
        #expect(exact.table.rows.count == 100 && !exact.table.isTruncated)
        let small = await database.query(numbers, limits: QueryLimits(maxBytes: 80))
        #expect(small.table.rows.count == 10 && small.table.isTruncated && small.table.byteCount == 80)
        let none = await database.query("SELECT 'a long text that does not fit'", limits: QueryLimits(maxBytes: 20))
        #expect(none.kind == .ok && none.table.rows.isEmpty && none.table.isTruncated)
        _ = folder
        await database.close()
    }

    @Test("a statement that runs too long is stopped, and the next one runs")
    func timeout() async throws {
        let (database, folder) = try shop()
        let verdict = await database.query(endless, limits: QueryLimits(timeout: .milliseconds(50)))
        #expect(verdict.kind == .limit && verdict.error?.code == "query_timeout")
        #expect(await database.query("SELECT 1").kind == .ok)
        _ = folder
        await database.close()
    }

    @Test("a statement that needs too much memory is stopped, and another database on another thread is not")
    func memory() async throws {
        let (database, folder) = try shop(QueryLimits(maxMemoryBytes: 4 << 20))
        let (other, otherFolder) = try shop()
        let greedy =
            "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r LIMIT 200000) SELECT i FROM r ORDER BY -i"
        async let refused = database.query(greedy)
        async let granted = other.query(greedy)
        #expect(await refused.error?.code == "query_memory")
        #expect(await granted.kind == .ok)
        #expect(await database.query("SELECT 1").kind == .ok)
        _ = (folder, otherFolder)
        await database.close()
        await other.close()
    }

    @Test("cancelling the task stops the statement and not the next one")
    func cancellation() async throws {
        let (database, folder) = try shop(QueryLimits(timeout: .seconds(60)))
        for _ in 0..<20 {
            let task = Task { [endless] in await database.query(endless) }
            // Queued behind the endless statement, so it ends only when that one has been stopped.
            async let next = database.query("SELECT count(*) FROM orders")
            task.cancel()
            #expect(await task.value.error?.code == "cancelled")
            #expect(await next.table.rows == [[.integer(3)]])
        }
        _ = folder
        await database.close()
    }

    @Test("a closed database says so")
    func closed() async throws {
        let (database, folder) = try shop()
        await database.close()
        await database.close()
        #expect(await database.query("SELECT 1").kind == .error)
        _ = folder
    }

    @Test("broken text in the file is repaired, not trusted")
    func brokenText() async throws {
        let folder = Folder()
        try makeDatabase(
            folder.file("b.sqlite"),
            "CREATE TABLE a(x); INSERT INTO a VALUES (CAST(x'61ff62' AS TEXT)), (CAST(x'610062' AS TEXT));")
        let database = try sqliteDatabase(folder.file("b.sqlite"))
        #expect(await database.query("SELECT x FROM a").table.rows == [[.text("a\u{FFFD}b")], [.text("a\0b")]])
        await database.close()
    }
}
