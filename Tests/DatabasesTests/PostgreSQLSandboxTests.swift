import Databases
import Schemas
import Support
import Testing
import Values

@Suite(
    "The sandbox of PostgreSQL", .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.remedy)))
struct PostgreSQLSandboxTests {
    private func shop(hidden: [String] = ["salaries"]) async throws -> any Database {
        try await PostgresServer.shared().makeDatabase(shopForPostgreSQL).open(hiddenTables: hidden)
    }

    @Test("whatever changes, waits, looks into the server or reads what is hidden is denied")
    func denied() async throws {
        let database = try await shop()
        for sql in [
            "INSERT INTO customers VALUES (9,'x')", "DELETE FROM customers", "DROP TABLE customers",
            "TRUNCATE orders",
            "WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x", "SELECT * INTO fresh FROM orders",
            "SELECT * INTO TEMP fresh FROM orders", "CREATE TEMP TABLE t(a int)", "SELECT * FROM orders FOR UPDATE",
            "COPY customers TO '/tmp/x'", "COPY customers TO PROGRAM 'id'", "SET ROLE postgres", "RESET ALL",
            "SHOW server_version", "EXPLAIN SELECT 1", "DO $$ BEGIN PERFORM 1; END $$", "LOCK TABLE customers",
            "LISTEN x", "NOTIFY x", "BEGIN", "COMMIT", "PREPARE p AS SELECT 1", "CALL x()", "VACUUM",
            "SELECT 1; DROP TABLE customers", "SELECT 1; SELECT 2", "SELECT 1;; SELECT 2",
            "/* a /* b */ */ ; COMMIT",
            "SELECT pg_sleep(1)", "SELECT pg_catalog.pg_sleep(1)", "SELECT \"pg_sleep\"(1)",
            "SELECT pg_sleep /* x */ (1)", "SELECT * FROM pg_sleep(1)", "SELECT pg_read_file('/etc/passwd')",
            "SELECT pg_ls_dir('.')", "SELECT lo_create(0)", "SELECT lo_from_bytea(0, 'x')",
            "SELECT set_config('statement_timeout', '0', false)", "SELECT current_setting('data_directory')",
            "SELECT pg_advisory_lock(1)", "SELECT * FROM (VALUES (pg_advisory_lock(1)), (NULL)) v",
            "SELECT pg_notify('a', 'b')", "SELECT query_to_xml('SELECT 1', true, true, '')",
            "SELECT table_to_xml('salaries', true, true, '')", "SELECT pg_terminate_backend(1)",
            "SELECT nextval('orders_id_seq')", "SELECT pg_logical_emit_message(false, 'a', 'b')",
            "SELECT peep()", "SELECT public.peep()", "SELECT * FROM pg_class", "SELECT * FROM pg_catalog.pg_tables",
            "SELECT * FROM information_schema.tables", "SELECT * FROM pg_stat_activity",
            "SELECT * FROM names_of_tables",
            "SELECT 'salaries'::regclass", "SELECT CAST('orders' AS regclass)", "SELECT 16384::\"regclass\"",
            "SELECT U&\"\\0070g_sleep\"(1)", "SELECT * FROM U&\"s\\0061laries\"",
        ] {
            let verdict = await database.query(sql)
            #expect(verdict.kind == .denied, "\(sql) \(verdict.error?.description ?? "ran")")
        }
        #expect(await database.query("SELECT count(*) FROM customers").table.rows == [[.integer(3)]])
        await database.close()
    }

    @Test("a hidden table stays hidden, by whatever name, path or trick")
    func hidden() async throws {
        let database = try await shop()
        for sql in [
            "SELECT * FROM salaries", "SELECT * FROM public.salaries", "SELECT * FROM \"salaries\"",
            "TABLE salaries",
            "SELECT * FROM SALARIES", "SELECT amount FROM pay", "SELECT * FROM pay_of_pay",
            "SELECT count(*) FROM customers WHERE EXISTS (SELECT 1 FROM salaries)",
            "SELECT (SELECT max(amount) FROM salaries)", "SELECT * FROM salaries WHERE false",
            "SELECT * FROM customers c JOIN salaries s ON s.customer_id = c.id",
            "SELECT * FROM customers, salaries",
            "WITH s AS (SELECT * FROM salaries) SELECT count(*) FROM s", "SELECT amonut FROM salaries",
            "SELECT * FROM ONLY salaries", "SELECT person::int FROM salaries",
        ] {
            let verdict = await database.query(sql)
            #expect(verdict.kind == .denied, "\(sql) \(verdict.error?.description ?? "ran")")
            let said = "\(verdict)"
            for canary in ["CANARY", "424242", "pay_of_pay"] { #expect(!said.contains(canary), "\(sql)") }
        }
        // A visible column may have the name of a hidden table.
        #expect(await database.query("SELECT orders.salaries, id FROM orders").kind == .ok)
        await database.close()
        let all = try await shop(hidden: [])
        #expect(await all.query("SELECT amount FROM pay").table.rows == [[.integer(424242)]])
        await all.close()
    }

    @Test("harmless statements run, whatever words stand in their texts")
    func allowed() async throws {
        let database = try await shop()
        for sql in [
            "SELECT 1;", " ; SELECT 1 ; ", "(SELECT 1)", "VALUES (1), (2)", "TABLE customers",
            "SELECT FROM customers",
            "SELECT 'DROP TABLE x; pg_sleep(1)'", "SELECT * FROM orders WHERE note LIKE '%DROP%'",
            "SELECT $$pg_sleep(1); DELETE$$", "SELECT E'\\'; pg_sleep(1)'",
            "SELECT count(*) -- ; pg_sleep(1)\nFROM orders",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n",
            "SELECT date_trunc('month', placed_at), sum(total) FROM orders GROUP BY 1 ORDER BY 1",
            "SELECT name, rank() OVER (ORDER BY joined) FROM customers",
            "SELECT coalesce(note, '-'), round(total), CAST(total AS int), extract(year FROM placed_at) FROM orders",
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total) FROM orders", "SELECT * FROM big_orders",
            "SELECT * FROM cities", "SELECT string_agg(name, ',' ORDER BY name) FROM customers",
            "SELECT * FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
            "SELECT id FROM customers WHERE city IN ('Paris') AND (id, name) IN ((1, 'Ada'))",
            "SELECT random() < 2",
        ] {
            let verdict = await database.query(sql)
            #expect(verdict.kind == .ok, "\(sql) \(verdict.error?.description ?? "")")
        }
        await database.close()
    }

    @Test("mistakes are errors that say what is wrong, without values")
    func mistakes() async throws {
        let database = try await shop()
        let cases = [
            ("SELEC 1", "syntax error"), ("SELECT nme FROM customers", "nme"), ("SELECT * FROM nowhere", "nowhere"),
            ("SELECT nofunction(1)", "nofunction"),
            ("SELECT name::int FROM customers", "cannot be read as a number"),
            ("SELECT 1 / (id - id) FROM customers", "division by zero"),
        ]
        for (sql, part) in cases {
            let verdict = await database.query(sql)
            #expect(verdict.kind == .error, "\(sql)")
            #expect(verdict.error?.code == "query_error", "\(sql)")
            #expect(verdict.error?.message.contains(part) == true, "\(sql) \(verdict.error?.message ?? "")")
            #expect(verdict.error?.message.contains("Ada") == false)
        }
        #expect(await database.query("").error?.code == "query_empty")
        #expect(await database.query(" -- nothing\n;").error?.code == "query_empty")
        #expect(await database.query("SELECT 1\0").kind == .denied)
        #expect(
            await database.query("SELECT " + String(repeating: "1+", count: 200_000) + "1").error?.code
                == "query_too_long")
        await database.close()
    }

    @Test("tables that were made after the connection are found")
    func newTables() async throws {
        let server = try await PostgresServer.shared()
        let database = try await shop()
        #expect(await database.query("SELECT 1").kind == .ok)
        try await server.execute("CREATE TABLE fresh AS SELECT 7 AS n", on: database.url)
        #expect(await database.query("SELECT n FROM fresh").table.rows == [[.integer(7)]])
        await database.close()
    }

    @Test("partitions and views over other schemas can be read through what is visible")
    func beneath() async throws {
        let url = try await PostgresServer.shared().makeDatabase(
            """
            CREATE TABLE events(day date, n int) PARTITION BY RANGE (day);
            CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
            INSERT INTO events VALUES ('2024-05-05', 5);
            CREATE SCHEMA raw; CREATE TABLE raw.orders AS SELECT 3 AS n; CREATE TABLE raw.other AS SELECT 4 AS n;
            CREATE VIEW orders AS SELECT * FROM raw.orders;
            """)
        let database = url.open()
        #expect(try await database.catalogue().tables.map(\.name) == ["events", "orders"])
        #expect(await database.query("SELECT sum(n) FROM events").table.rows == [[.integer(5)]])
        #expect(await database.query("SELECT n FROM orders").table.rows == [[.integer(3)]])
        #expect(await database.query("SELECT n FROM raw.other").kind == .denied)
        await database.close()
    }
}
