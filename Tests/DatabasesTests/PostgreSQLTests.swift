import Databases
import Schemas
import Services
import Support
import Testing
import Values

/// A shop with a table and views that must stay hidden, as in the tests of SQLite.
let shopForPostgreSQL = """
    CREATE TABLE customers(id int PRIMARY KEY, name text NOT NULL, city varchar(40), joined date, vip boolean);
    CREATE TABLE orders(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int NOT NULL REFERENCES customers,
        placed_at timestamp, total numeric(10,2), note text, salaries int);
    CREATE TABLE lines(order_id bigint, position int, product text, PRIMARY KEY (order_id, position));
    CREATE TABLE parcels(id int PRIMARY KEY, order_id bigint, position int,
        FOREIGN KEY (order_id, position) REFERENCES lines (order_id, position));
    CREATE TABLE salaries(id int PRIMARY KEY, person text, amount int, customer_id int REFERENCES customers);
    CREATE VIEW big_orders AS SELECT * FROM orders WHERE total > 20;
    CREATE VIEW pay AS SELECT person, amount FROM salaries;
    CREATE VIEW pay_of_pay AS SELECT count(*) AS n FROM pay;
    CREATE VIEW names_of_tables AS SELECT relname FROM pg_class;
    CREATE MATERIALIZED VIEW cities AS SELECT DISTINCT city FROM customers;
    CREATE UNIQUE INDEX customer_names ON customers(name);
    CREATE INDEX orders_by_customer ON orders(customer_id, lower(note));
    CREATE FUNCTION peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER IMMUTABLE AS 'SELECT sum(amount) FROM salaries';
    INSERT INTO customers VALUES (1,'Ada','Paris','2024-01-01',true),(2,'Bob','Rome','2024-02-01',false),
        (3,'Cleo','Paris',NULL,NULL);
    INSERT INTO orders(customer_id, placed_at, total, note) VALUES (1,'2024-03-01 10:00:00',10.5,'x'),
        (1,'2024-03-02 10:00:00',30,'DROP TABLE x'),(2,'2024-04-01 10:00:00',25,NULL);
    INSERT INTO salaries VALUES (1,'CANARY-7f3a', 424242, 1);
    """

@Suite("A PostgreSQL database", .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.remedy)))
struct PostgreSQLTests {
    private func shop(hidden: [String] = ["salaries"], _ limits: QueryLimits = QueryLimits()) async throws
        -> any Database
    {
        try await PostgresServer.shared().makeDatabase(shopForPostgreSQL).open(hiddenTables: hidden, limits: limits)
    }

    @Test("the catalogue has tables, views, columns, keys, indices and counts, without what is hidden")
    func catalogue() async throws {
        let database = try await shop()
        let catalogue = try await database.catalogue()
        #expect(catalogue.dialect == .postgresql)
        #expect(
            catalogue.tables.map(\.name) == ["customers", "orders", "lines", "parcels", "big_orders", "cities"])
        #expect(catalogue.tables.map(\.kind) == [.table, .table, .table, .table, .view, .view])
        let customers = try #require(catalogue.table("Customers"))
        #expect(customers.columns.map(\.kind) == [.integer, .text, .text, .date, .boolean])
        #expect(customers.columns.map(\.isNullable) == [false, false, true, true, true])
        #expect(customers.columns[2].declaredType == "character varying(40)")
        #expect(customers.primaryKey == ["id"])
        #expect(customers.rowCount == 3)
        #expect(customers.indices.contains { $0.name == "customer_names" && $0.isUnique && $0.columns == ["name"] })
        let orders = try #require(catalogue.table("orders"))
        #expect(orders.columns.map(\.kind) == [.integer, .integer, .datetime, .real, .text, .integer])
        #expect(
            orders.foreignKeys == [
                ForeignKey(columns: ["customer_id"], referencedTable: "customers", referencedColumns: ["id"])
            ])
        #expect(orders.indices.contains { $0.columns == ["customer_id", ""] && !$0.isUnique })
        #expect(catalogue.table("lines")?.primaryKey == ["order_id", "position"])
        #expect(
            catalogue.table("parcels")?.foreignKeys == [
                ForeignKey(
                    columns: ["order_id", "position"], referencedTable: "lines",
                    referencedColumns: ["order_id", "position"])
            ])
        #expect(catalogue.table("big_orders")?.rowCount == 2)
        await database.close()
    }

    @Test("values come as integers, numbers, texts and NULL; parameters stand as $1")
    func values() async throws {
        let database = try await shop()
        let verdict = await database.query(
            "SELECT id, name, joined, vip, 1.5::numeric AS half, sum(id) OVER () AS s, placed_at FROM customers "
                + "LEFT JOIN (SELECT customer_id, max(placed_at) AS placed_at FROM orders GROUP BY 1) o ON o.customer_id = id "
                + "WHERE name <> $1 AND id < $2 ORDER BY id",
            parameters: [.text("Bob"), .integer(9)])
        #expect(verdict.error == nil)
        #expect(verdict.table.columns == ["id", "name", "joined", "vip", "half", "s", "placed_at"])
        #expect(
            verdict.table.rows == [
                [
                    .integer(1), .text("Ada"), .text("2024-01-01"), .integer(1), .real(1.5), .integer(4),
                    .text("2024-03-02 10:00:00"),
                ],
                [.integer(3), .text("Cleo"), .null, .null, .real(1.5), .integer(4), .null],
            ])
        let wrong = await database.query("SELECT $1::int", parameters: [])
        #expect(wrong.error?.code == "query_parameters")
        await database.close()
    }

    @Test("samples and distinct values are read by name, whatever the type")
    func samples() async throws {
        let database = try await shop()
        #expect(
            try await database.distinctValues(table: "CUSTOMERS", column: "City", limit: 5) == [
                .text("Paris"), .text("Rome"),
            ])
        #expect(try await database.sampleValues(table: "customers", column: "vip", limit: 1) == [.integer(1)])
        for (table, code) in [("salaries", "table_unknown"), ("nowhere", "table_unknown")] {
            let error = await #expect(throws: OperonError.self) {
                try await database.sampleValues(table: table, column: "id", limit: 1)
            }
            #expect(error?.code == code)
        }
        let error = await #expect(throws: OperonError.self) {
            try await database.distinctValues(table: "orders", column: "gone", limit: 1)
        }
        #expect(error?.code == "column_unknown")
        await database.close()
    }

    @Test("a row cap and a byte cap cut the result short")
    func caps() async throws {
        let database = try await shop()
        let rows = await database.query(
            "SELECT * FROM generate_series(1, 5000000)", limits: QueryLimits(maxRows: 10))
        #expect(rows.kind == .ok)
        #expect(rows.table.rows.count == 10)
        #expect(rows.table.isTruncated)
        let bytes = await database.query(
            "SELECT repeat('x', 1000) FROM generate_series(1, 1000)", limits: QueryLimits(maxBytes: 10_000))
        #expect(bytes.table.rows.count == 9)
        #expect(bytes.table.isTruncated)
        let value = await database.query(
            "SELECT repeat('x', 200000000)", limits: QueryLimits(maxValueBytes: 1 << 20))
        #expect(value.kind == .limit)
        #expect(await database.query("SELECT 1").kind == .ok)
        await database.close()
    }

    @Test("a statement that runs too long is stopped in time")
    func timeout() async throws {
        let database = try await shop()
        try await onThreadOfItsOwn {
            let start = ContinuousClock.now
            let verdict = await database.query(
                "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b",
                limits: QueryLimits(timeout: .milliseconds(200)))
            #expect(verdict.kind == .limit)
            #expect(verdict.error?.code == "query_timeout")
            #expect(.now - start < .seconds(3))
            #expect(await database.query("SELECT 1").kind == .ok)
        }
        await database.close()
    }

    @Test("cancelling the task stops the statement on the server")
    func cancelling() async throws {
        let database = try await shop()
        _ = try await database.catalogue()
        let url = database.url
        let slow = "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b"
        let asking = Task { await database.query(slow) }
        let server = try await PostgresServer.shared()
        let running = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = '\(slow)'"
        func count() async throws -> String {
            try await server.withConnection(to: url) { connection in
                var found = ""
                try connection.forEachRow(running) { found = $0[0] ?? "" }
                return found
            }
        }
        while try await count() == "0" { await Task.yield() }
        asking.cancel()
        let verdict = await asking.value
        #expect(verdict.kind == .error)
        #expect(verdict.error?.code == "cancelled")
        #expect(try await count() == "0")
        #expect(await database.query("SELECT 1").kind == .ok)
        await database.close()
    }
}
