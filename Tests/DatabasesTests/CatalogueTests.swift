import Databases
import Foundation
import Schemas
import Testing
import Values

@Suite("catalogue") struct CatalogueTests {
    @Test("tables, views, columns, keys, indices and counts are read")
    func reading() async throws {
        let folder = Folder()
        try makeDatabase(folder.file("shop.v1.sqlite"), shopSQL)
        let database = try sqliteDatabase(folder.file("shop.v1.sqlite"))
        let catalogue = try await database.catalogue()
        #expect(catalogue.database == "shop.v1")
        #expect(
            catalogue.tables.map(\.name) == [
                "customers", "orders", "salaries", "bonus", "big_orders", "pay", "pay_of_pay",
            ])
        let customers = try #require(catalogue.table("CUSTOMERS"))
        #expect(customers.columns.map(\.kind) == [.integer, .text, .text, .date, .boolean])
        #expect(customers.columns.map(\.isNullable) == [false, false, true, true, true])
        #expect(customers.primaryKey == ["id"] && customers.rowCount == 3)
        #expect(
            customers.indices == [CatalogueIndex(name: "customer_names", columns: ["name"], isUnique: true)])
        let orders = try #require(catalogue.table("orders"))
        #expect(orders.columns.map(\.kind) == [.integer, .integer, .datetime, .real, .text])
        // The reference without columns means the primary key.
        #expect(
            orders.foreignKeys == [
                ForeignKey(columns: ["customer_id"], referencedTable: "customers", referencedColumns: ["id"])
            ])
        #expect(
            orders.indices == [
                CatalogueIndex(name: "orders_by_customer", columns: ["customer_id", ""], isUnique: false)
            ])
        let view = try #require(catalogue.table("big_orders"))
        #expect(view.kind == .view && view.rowCount == 2 && view.columns.count == 5)
        await database.close()
    }

    @Test("hidden tables, views over them and keys to them are not in the catalogue")
    func hiding() async throws {
        let folder = Folder()
        try makeDatabase(folder.file("shop.sqlite"), shopSQL)
        let database = try sqliteDatabase(folder.file("shop.sqlite"), hidden: ["SALARIES"])
        let catalogue = try await database.catalogue()
        #expect(catalogue.tables.map(\.name) == ["customers", "orders", "bonus", "big_orders"])
        #expect(catalogue.table("bonus")?.foreignKeys.map(\.referencedTable) == ["customers"])
        await #expect(throws: OperonError.self) {
            try await database.sampleValues(table: "salaries", column: "amount", limit: 3)
        }
        await database.close()
    }

    @Test("a hidden view hides the views over it and leaves its tables visible")
    func hiddenView() async throws {
        let folder = Folder()
        try makeDatabase(folder.file("shop.sqlite"), shopSQL)
        let database = try sqliteDatabase(folder.file("shop.sqlite"), hidden: ["pay"])
        #expect(await database.query("SELECT * FROM pay_of_pay").kind == .denied)
        #expect(await database.query("SELECT * FROM pay").kind == .denied)
        #expect(await database.query("SELECT count(*) FROM salaries").kind == .ok)
        await database.close()
    }

    @Test("a change of the file is seen")
    func changes() async throws {
        let folder = Folder()
        let path = folder.file("a.sqlite")
        try makeDatabase(path, "CREATE TABLE a(x); INSERT INTO a VALUES (1);")
        let database = try sqliteDatabase(path)
        #expect(try await database.catalogue().table("a")?.rowCount == 1)
        try makeDatabase(path, "INSERT INTO a VALUES (2); CREATE TABLE b(y TEXT);")
        let changed = try await database.catalogue()
        #expect(changed.table("a")?.rowCount == 2 && changed.table("b") != nil)
        #expect(await database.query("SELECT * FROM b").kind == .ok)
        try FileManager.default.removeItem(atPath: path)
        #expect(await database.query("SELECT 1").error?.code == "database_unreachable")
        try makeDatabase(path, "CREATE TABLE other(z);")
        #expect(try await database.catalogue().tables.map(\.name) == ["other"])
        await database.close()
    }

    @Test("values come bounded and in a fixed order")
    func values() async throws {
        let folder = Folder()
        try makeDatabase(folder.file("shop.sqlite"), shopSQL)
        let database = try sqliteDatabase(folder.file("shop.sqlite"))
        #expect(
            try await database.sampleValues(table: "customers", column: "CITY", limit: 2) == [
                .text("Paris"), .text("Rome"),
            ])
        #expect(
            try await database.distinctValues(table: "customers", column: "city", limit: 9) == [
                .text("Paris"), .text("Rome"),
            ])
        #expect(
            try await database.distinctValues(table: "orders", column: "note", limit: 1) == [.text("DROP TABLE x")])
        await #expect(throws: OperonError.self) {
            try await database.distinctValues(table: "orders", column: "nosuch", limit: 1)
        }
        await database.close()
    }

    @Test("declared types give kinds, and untyped columns the class of their values")
    func kinds() async throws {
        let folder = Folder()
        try makeDatabase(
            folder.file("k.sqlite"),
            """
            CREATE TABLE k(a NUMERIC(10,2), b NUMERIC(8), c DOUBLE PRECISION, d NVARCHAR(9), e TIMESTAMP WITH TIME ZONE,
                f BOOL, g BLOB, h, i, j, k, l TIME, m BIGINT UNSIGNED, n FANCY);
            INSERT INTO k(h,i,j,n) VALUES (1, 2, 'x', 5), (1.5, 3, 4, 6);
            CREATE TABLE w(a TEXT, b INT, PRIMARY KEY (b, a)) WITHOUT ROWID;
            """)
        let database = try sqliteDatabase(folder.file("k.sqlite"))
        let catalogue = try await database.catalogue()
        #expect(
            catalogue.table("k")?.columns.map(\.kind) == [
                .real, .integer, .real, .text, .datetime, .boolean, .blob, .real, .integer, .text, .unknown, .text,
                .integer, .integer,
            ])
        #expect(catalogue.table("w")?.primaryKey == ["b", "a"])
        #expect(catalogue.table("w")?.columns.map(\.isNullable) == [false, false])
        await database.close()
    }
}
