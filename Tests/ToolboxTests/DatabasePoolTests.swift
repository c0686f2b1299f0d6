import Databases
import Schemas
import Semantics
import Testing
import Values

@testable import Toolbox

@Suite("The pool of databases")
struct DatabasePoolTests {
    @Test("names a database after its file, and gives a number to a name that is taken by another")
    func names() throws {
        let pool = DatabasePool()
        #expect(try pool.add(DatabaseURL("a/shop.sqlite")) == "shop")
        #expect(try pool.add(DatabaseURL("b/shop.sqlite")) == "shop_2")
        #expect(try pool.add(DatabaseURL("c/shop.db")) == "shop_3")
        #expect(try pool.add(DatabaseURL("b/books.sqlite"), as: "shop") == "shop_4")
        #expect(pool.names == ["shop", "shop_2", "shop_3", "shop_4"])
    }

    @Test("the same database is added once, unless it is wanted under another name as well")
    func duplicates() throws {
        let pool = DatabasePool()
        #expect(try pool.add(DatabaseURL("shop.sqlite")) == "shop")
        #expect(try pool.add(DatabaseURL("sqlite:shop.sqlite")) == "shop")
        #expect(try pool.add(DatabaseURL("shop.sqlite"), as: "shop") == "shop")
        #expect(try pool.add(DatabaseURL("shop.sqlite"), as: "store") == "store")
        #expect(try pool.add(DatabaseURL("shop.sqlite"), as: "store") == "store")
        #expect(pool.names == ["shop", "store"])
    }

    @Test("an unknown name is told together with the known ones")
    func unknown() throws {
        let pool = DatabasePool()
        #expect(throws: OperonError.self) { try pool.database("x") }
        _ = try pool.add(DatabaseURL("shop.sqlite"))
        do {
            _ = try pool.database("x")
            Issue.record("an unknown database was found")
        } catch let error as OperonError {
            #expect(error.code == "database_unknown" && error.hint.contains("shop"))
        }
    }

    @Test("many who use a database for the first time at once get the one that was opened, and one context")
    func concurrently() async throws {
        let library = try Library()
        let pool = try library.pool()
        let contexts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    let database = try pool.database("library")
                    #expect(try await database.context().catalogue.database == "library")
                    return await database.buildCount
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(contexts == Array(repeating: 1, count: 40))
        #expect(try pool.database("library") === pool.database("library"))
    }

    @Test("a context that could not be built is built anew for whoever asks next")
    func again() async throws {
        let pool = DatabasePool()
        pool.add(try DatabaseURL("/nowhere/at/all.sqlite"), as: "gone")
        let database = try pool.database("gone")
        for _ in 0..<3 { await #expect(throws: OperonError.self) { try await database.context() } }
        #expect(await database.buildCount == 3)
    }
}
