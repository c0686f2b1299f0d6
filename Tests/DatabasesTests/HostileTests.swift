import Databases
import Foundation
import Schemas
import Services
import Support
import Testing
import Values

/// One hostile or innocent statement and the verdicts that are right for it.
struct Probe: Sendable, CustomStringConvertible {
    var sql: String
    var verdicts: Set<QueryVerdict.Kind>
    var description: String { String(sql.prefix(70)) }
    init(_ sql: String, _ verdicts: QueryVerdict.Kind...) {
        self.sql = sql
        self.verdicts = Set(verdicts)
    }
}

private func times(_ text: String, _ count: Int, _ separator: String = "") -> String {
    Array(repeating: text, count: count).joined(separator: separator)
}

private func text(_ parts: String...) -> String { parts.joined() }

private func numbered(_ text: String, _ count: Int, _ separator: String) -> String {
    (1...count).map { text + String($0) }.joined(separator: separator)
}

private let limits = QueryLimits(timeout: .milliseconds(300), maxRows: 1000, maxMemoryBytes: 32 << 20)
/// For statements that must not reach their limit, on a machine that may be slow.
private let patient = QueryLimits(
    timeout: .milliseconds(300 * slowFactor), maxRows: 1000, maxMemoryBytes: 32 << 20)

@Suite("hostile statements") struct HostileTests {
    /// Runs every probe on one session, so that each also proves that the one before left it usable. A thread of its
    /// own takes the time: the pool's threads may be busy with other tests for long.
    private func check(_ probes: [Probe]) async throws {
        try await onThreadOfItsOwn { try await run(probes) }
    }

    private func run(_ probes: [Probe]) async throws {
        let folder = Folder()
        let path = folder.file("shop.sqlite")
        try makeDatabase(path, shopSQL)
        let before = bytes(of: path)
        let database = try sqliteDatabase(path, hidden: ["Salaries"], limits: limits)
        for probe in probes {
            let start = ContinuousClock.now
            let verdict = await database.query(
                probe.sql, limits: probe.verdicts.contains(.limit) ? limits : patient)
            let spent = ContinuousClock.now - start
            #expect(
                probe.verdicts.contains(verdict.kind), "\(probe): \(verdict.kind) \(verdict.error?.message ?? "")")
            #expect(spent < .milliseconds(1500 * slowFactor), "\(probe) took \(spent)")
            let shown = String(decoding: verdict.json(id: 1).bytes(), as: UTF8.self)
            for canary in canaries where shown.contains(canary) {
                Issue.record("\(probe) shows \(canary): \(shown.prefix(300))")
            }
            let after = await database.query("SELECT count(*) FROM customers", limits: patient)
            #expect(after.table.rows == [[.integer(3)]], "\(probe) left the session unusable: \(after)")
            if verdict.kind != .ok { #expect(verdict.error != nil && verdict.table.rows.isEmpty) }
        }
        await database.close()
        #expect(bytes(of: path) == before)
        #expect(folder.names == ["shop.sqlite"])
    }

    @Test("writes are denied")
    func writes() async throws {
        try await check(
            [
                "INSERT INTO customers VALUES (9,'x','y',NULL,0)", "UPDATE customers SET name='x'",
                "DELETE FROM customers", "REPLACE INTO customers VALUES (1,'x','y',NULL,0)", "DROP TABLE customers",
                "CREATE TABLE t(a)", "CREATE TEMP TABLE t AS SELECT 1", "CREATE TEMPORARY VIEW v AS SELECT 1",
                "CREATE INDEX i ON customers(city)", "CREATE TRIGGER t AFTER INSERT ON orders BEGIN SELECT 1; END",
                "CREATE VIRTUAL TABLE f USING fts5(a)", "ALTER TABLE customers ADD COLUMN x",
                "WITH x AS (SELECT 1) DELETE FROM customers",
                "WITH x AS (SELECT 1) INSERT INTO customers SELECT 9,'x',1,1,1",
                "WITH x AS (SELECT 1) UPDATE orders SET total=0", "DELETE FROM customers RETURNING *",
                "INSERT INTO customers VALUES (9,'x','y',NULL,0) RETURNING id",
                "UPDATE orders SET total=1 WHERE id=1 RETURNING *", "INSERT INTO customers DEFAULT VALUES",
                "INSERT OR REPLACE INTO customers SELECT * FROM customers", "UPDATE sqlite_master SET sql='x'",
                "DELETE FROM sqlite_sequence", "DROP VIEW big_orders", "DROP INDEX orders_by_customer",
                "REINDEX", "ANALYZE", "VACUUM", "VACUUM INTO '/tmp/operon-stolen.sqlite'",
                "/* SELECT */ DELETE FROM customers", "-- SELECT\nDROP TABLE customers",
                "  ;; DELETE FROM customers",
                "delete/**/from/**/customers", "\u{FEFF}DELETE FROM customers",
            ].map { Probe($0, .denied) })
        #expect(!FileManager.default.fileExists(atPath: "/tmp/operon-stolen.sqlite"))
    }

    @Test("statements about the connection are denied")
    func connection() async throws {
        try await check(
            [
                "PRAGMA query_only=OFF", "PRAGMA writable_schema=1", "PRAGMA table_info(customers)",
                "PRAGMA database_list",
                "PRAGMA journal_mode=DELETE", "PRAGMA user_version=7", "PRAGMA wal_checkpoint",
                "PRAGMA temp_store=FILE",
                "PRAGMA temp_store_directory='/tmp'", "PRAGMA hard_heap_limit=1", "PRAGMA optimize",
                "PRAGMA trusted_schema=1",
                "ATTACH '/tmp/operon-other.sqlite' AS o", "ATTACH DATABASE ':memory:' AS m", "DETACH main", "BEGIN",
                "BEGIN EXCLUSIVE", "COMMIT", "END", "ROLLBACK", "SAVEPOINT s", "RELEASE s", "EXPLAIN SELECT 1",
                "EXPLAIN QUERY PLAN SELECT * FROM salaries", "EXPLAIN DELETE FROM customers",
            ].map { Probe($0, .denied) })
        #expect(!FileManager.default.fileExists(atPath: "/tmp/operon-other.sqlite"))
    }

    @Test("more than one statement is denied")
    func several() async throws {
        try await check(
            [
                "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE customers", "SELECT 1;DELETE FROM customers;",
                "SELECT 1; -- x\n DELETE FROM customers", "SELECT 1; /* */ PRAGMA query_only=0", "SELECT 1;;x",
                "SELECT ';'; SELECT 2", "SELECT 1 /* ; */; VALUES(1)", "SELECT 1; BEGIN", "SELECT 1; '",
                "SELECT 1\0; DROP TABLE customers",
                "\0", "SELECT '\0'",
            ].map { Probe($0, .denied) })
    }

    @Test("functions that reach outside are denied")
    func functions() async throws {
        try await check(
            [
                "SELECT load_extension('/tmp/x.so')", "SELECT load_extension('x','y')",
                "SELECT fts3_tokenizer('simple')",
                "SELECT fts3_tokenizer('simple', x'00')", "SELECT randomblob(1000000000)",
                "SELECT zeroblob(1000000000)",
                "SELECT hex(zeroblob(100000000))", "SELECT sqlite_version()", "SELECT sqlite_source_id()",
                "SELECT sqlite_compileoption_get(1)", "SELECT sqlite_log(1,'x')", "SELECT changes()",
                "SELECT last_insert_rowid()", "SELECT total_changes()", "SELECT json_patch('{}','{}')",
                "SELECT LOAD_EXTENSION('x')", "SELECT \"load_extension\"('x')",
                "SELECT name FROM customers ORDER BY randomblob(9)",
            ].map { Probe($0, .denied) }
                + [
                    "SELECT writefile('/tmp/operon-w','x')", "SELECT readfile('/etc/passwd')", "SELECT edit('x')",
                    "SELECT eval('x')", "SELECT fts5(1)", "SELECT * FROM generate_series(1,1000000000)",
                ].map { Probe($0, .error, .denied) })
    }

    @Test("tables of the library are denied")
    func libraryTables() async throws {
        try await check(
            [
                "SELECT * FROM sqlite_master", "SELECT * FROM sqlite_schema", "SELECT sql FROM main.sqlite_master",
                "SELECT * FROM sqlite_temp_master", "SELECT * FROM sqlite_temp_schema",
                "SELECT * FROM sqlite_sequence",
                "SELECT count(*) FROM sqlite_master", "SELECT 1 FROM \"SQLITE_MASTER\"",
                "SELECT * FROM [sqlite_schema]",
                "SELECT * FROM pragma_database_list", "SELECT * FROM pragma_table_info('salaries')",
                "SELECT * FROM pragma_table_list", "SELECT * FROM pragma_table_xinfo('salaries')",
                "SELECT count(*) FROM pragma_index_list('salaries')",
                "SELECT * FROM pragma_foreign_key_list('bonus')",
                "SELECT * FROM pragma_function_list", "SELECT * FROM dbstat", "SELECT count(*) FROM dbstat",
                "SELECT * FROM sqlite_stmt", "SELECT count(*) FROM sqlite_stmt", "SELECT * FROM sqlite_dbpage",
                "SELECT EXISTS(SELECT 1 FROM sqlite_schema WHERE name='salaries')",
                "SELECT * FROM customers, sqlite_schema", "SELECT (SELECT count(*) FROM pragma_database_list)",
                "SELECT * FROM fts3tokenize('simple','a b')", "SELECT * FROM bytecode('SELECT 1')",
            ].map { Probe($0, .denied, .error) })
    }

    @Test("hidden tables are invisible on every way")
    func hidden() async throws {
        try await check(
            [
                "SELECT * FROM salaries", "SELECT count(*) FROM salaries", "SELECT 1 FROM Salaries",
                "SELECT * FROM \"salaries\"",
                "SELECT * FROM [SALARIES]", "SELECT * FROM `salaries`", "SELECT * FROM 'salaries'",
                "SELECT * FROM main.salaries",
                "SELECT s.amount FROM salaries AS s", "SELECT EXISTS(SELECT 1 FROM salaries)",
                "SELECT EXISTS(SELECT 1 FROM salaries WHERE amount > 400000)",
                "SELECT (SELECT max(amount) FROM salaries)",
                "SELECT * FROM customers c JOIN salaries s ON s.id=c.id",
                "SELECT * FROM customers NATURAL JOIN salaries",
                "SELECT * FROM customers WHERE id IN (SELECT id FROM salaries)",
                "SELECT * FROM customers WHERE id IN salaries",
                "WITH x AS (SELECT * FROM salaries) SELECT * FROM x",
                "WITH x AS (SELECT * FROM salaries) SELECT count(*) FROM x",
                "SELECT * FROM customers UNION ALL SELECT id, person, amount, 1, 1 FROM salaries",
                "SELECT * FROM (SELECT person FROM salaries)", "SELECT rowid FROM salaries", "SELECT * FROM pay",
                "SELECT count(*) FROM pay", "SELECT n FROM pay_of_pay", "SELECT * FROM PAY_OF_PAY",
                "SELECT * FROM \"pay\"",
                "SELECT 1 FROM customers LEFT JOIN pay",
                "SELECT * FROM customers ORDER BY (SELECT amount FROM salaries)",
                "SELECT nosuch FROM salaries", "SELECT salaries.amount FROM customers, salaries",
                "SELECT * FROM salaries INDEXED BY x",
                "SELECT sum(1) OVER (ORDER BY (SELECT amount FROM salaries)) FROM customers",
                "VALUES ((SELECT amount FROM salaries))",
                "SELECT iif((SELECT count(*) FROM salaries), 1, 1/0)",
                "SELECT 1 WHERE EXISTS (SELECT * FROM salaries)",
                "SELECT json_group_array(person) FROM salaries", "SELECT count(DISTINCT amount) FROM salaries",
                "SELECT * FROM temp.salaries", "SELECT \"sal\"\"aries\" FROM salaries", "SELECT * FROM/**/salaries",
                "SELECT * FROM salaries LIMIT 0", "SELECT 1 FROM customers GROUP BY (SELECT person FROM salaries)",
                "WITH RECURSIVE r(n) AS (SELECT id FROM salaries UNION SELECT n+1 FROM r WHERE n<9) SELECT * FROM r",
                "SELECT * FROM salaries WHERE syntax error",
            ].map { Probe($0, .denied) })
    }

    @Test("greedy statements end in time")
    func greedy() async throws {
        let bomb = (1...40).map { "t\($0) AS (SELECT a.x FROM t\($0 - 1) a, t\($0 - 1) b)" }.joined(separator: ",")
        let laughs = (1...9).map { "t\($0) AS (SELECT x||x||x||x||x||x||x||x||x||x AS x FROM t\($0 - 1))" }.joined(
            separator: ",")
        let rows = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r)"
        let long =
            "replace(replace(replace(replace('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','a','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'),'a','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'),'a','aaaaaaaaaaaaaaaa'),'a','aaaaaaaa')"
        try await check(
            [
                "\(rows) SELECT count(*) FROM r", "\(rows) SELECT max(i) FROM r",
                "\(rows) SELECT i FROM r ORDER BY random()",
                "\(rows) SELECT count(DISTINCT i) FROM r", "\(rows) SELECT i%1000000, count(*) FROM r GROUP BY 1",
                "\(rows) SELECT group_concat(i) FROM r", "\(rows) SELECT json_group_array(i) FROM r",
                "WITH RECURSIVE r(i) AS (SELECT 1 UNION SELECT i+1 FROM r) SELECT count(*) FROM r",
                "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r LIMIT 3000000) SELECT i, row_number() OVER (ORDER BY -i) FROM r",
                "WITH RECURSIVE r(s) AS (SELECT 'a' UNION ALL SELECT s||s FROM r) SELECT length(s) FROM r",
                "WITH RECURSIVE r(i,s) AS (SELECT 1,\(long) UNION ALL SELECT i+1,s||i FROM r) SELECT count(*) FROM r",
                "WITH t0 AS (SELECT 1 AS x), \(bomb) SELECT count(*) FROM t40",
                "WITH t0 AS (SELECT 1 AS x UNION ALL SELECT 2), \(bomb) SELECT count(*) FROM t40",
                "WITH t0 AS (SELECT 'aaaaaaaaaa' AS x), \(laughs) SELECT length(x) FROM t9",
                text("SELECT count(*) FROM ", numbered("orders o", 20, ","), ", customers a, customers b"),
                text("SELECT count(*) FROM ", numbered("orders o", 60, ",")),
                "SELECT printf('%1000000000d',1)", "SELECT printf('%.1000000000c','x')",
                "SELECT printf('%.*c',2000000000,'x')",
                "SELECT format('%.1000000000c','é')", "SELECT printf('%999999999.999999999f', 1.5)",
                "SELECT printf('%-2000000000s','')",
                "SELECT \(long) LIKE '%\(times("a", 190))b%'",
                "SELECT sum(\(long) LIKE '%\(times("a", 190))b%') FROM orders, orders b, orders c",
                "SELECT \(long) GLOB '*\(times("?", 190))b*'", "SELECT 'x' LIKE '\(times("%_", 300))'",
                "SELECT instr(\(long), substr(\(long),1,1000000)||'b') FROM r",
                text("SELECT 1 + ", times("1 + ", 5000), "1"),
                text(times("(", 5000), "SELECT 1", times(")", 5000)),
                text("SELECT ", times("(", 2000), "1", times(")", 2000)),
                text("SELECT ", times("NOT ", 3000), "1"), text("SELECT '", times("x", 300_000), "'"),
                text("SELECT ", numbered("", 3000, ",")),
                numbered("SELECT ", 200, " UNION ALL "),
                "SELECT " + times("upper(\(long))", 1500, ","),
                "SELECT max(\(times("1", 100, ",")))",
                text("SELECT ", times("abs(1)", 1900, "+")),
                text("SELECT json('", times("[", 50_000), "')"), "SELECT abs(-9223372036854775808)",
                "SELECT hex(hex(hex(hex(hex(\(long))))))", "SELECT quote(quote(quote(\(long)||\(long))))",
                "SELECT replace(\(long), 'a', \(long))",
                "SELECT count(*) FROM (SELECT * FROM orders a, orders b, orders c, orders d, orders e, orders f, orders g, orders h, orders i, orders j, orders k, orders l, orders m, orders n, orders o ORDER BY random())",
                text("SELECT ", times("CASE WHEN 1 THEN ", 500), "1", times(" END", 500)),
            ].map { Probe($0, .limit, .error) })
    }

    @Test("long values of ordinary functions end in time")
    func longValues() async throws {
        let long =
            "replace(replace(replace(replace('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','a','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'),'a','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'),'a','aaaaaaaaaaaaaaaa'),'a','aaaaaaaa')"
        try await check(
            [
                "SELECT instr(\(long), substr(\(long),1,2000000)||'b')",
                "SELECT length(replace(\(long), substr(\(long),1,2000000)||'b', ''))",
                "SELECT length(trim(\(long), 'bcdefghijklmnopqrstuvwxyza'))",
                "SELECT length(trim(\(long), \(long)))",
                "SELECT length(rtrim(\(long), \(long)||'b'))",
                text("SELECT ", times("length(x)", 1900, ","), " FROM (SELECT \(long) AS x)"),
                text("SELECT ", times("instr(x,'b')", 1900, ","), " FROM (SELECT \(long) AS x)"),
                text("SELECT ", times("substr(x,4000000,1)", 1900, ","), " FROM (SELECT \(long) AS x)"),
                text("SELECT ", times("json_valid(x)", 1900, ","), " FROM (SELECT '[\"'||\(long)||'\"]' AS x)"),
            ].map { Probe($0, .ok, .limit, .error) })
    }

    @Test("mistakes are errors with useful text")
    func mistakes() async throws {
        try await check(
            [
                "", "   \n\t ", "-- only a comment", "/* only a comment */", ";", ";;;", "/* not closed", "SELEC 1",
                "SELECT", "SELECT * FROM",
                "SELECT * FROM nosuch", "SELECT nosuch FROM customers", "SELECT nosuch()", "hello", ".tables",
                "SELECT 'not closed",
                "SELECT ?", "SELECT :a", "SELECT abs()", "SELECT * FROM customers WHERE",
                "SELECT 1 FROM customers ORDER BY 9",
                "\u{FFFD}\u{FFFD}", "SELECT json_extract('{', '$')",
                "SELECT sum(x) FROM (SELECT 9223372036854775807 AS x UNION ALL SELECT 1)",
                "COPY customers TO '/tmp/x'", "SHOW TABLES", "SELECT * FROM customers FOR UPDATE",
                "GRANT ALL ON customers TO x",
            ].map { Probe($0, .error) })
        let folder = Folder()
        try makeDatabase(folder.file("shop.sqlite"), shopSQL)
        let database = try sqliteDatabase(folder.file("shop.sqlite"))
        #expect(await database.query("SELEC 1").error?.message.contains("near \"SELEC\": syntax error") == true)
        #expect(
            await database.query("SELECT nosuch FROM customers").error?.message.contains("no such column: nosuch")
                == true)
        let leak = await database.query("SELECT json_extract('{}', name) FROM customers")
        #expect(leak.kind == .error && leak.error?.description.contains("Ada") == false)
    }

    @Test("innocent statements work although they look dangerous")
    func innocent() async throws {
        try await check(
            [
                "SELECT 'DROP TABLE x'", "SELECT * FROM orders WHERE note LIKE '%drop%'", "SELECT 'a;b' -- ;\n",
                "SELECT 1;", "SELECT 1 ; -- end",
                "SELECT 1 /* DELETE FROM customers; */", "SELECT \"name\" FROM customers",
                "SELECT [name] FROM customers", "VALUES (1,2),(3,4)",
                "WITH c AS (SELECT 1) SELECT count(*) FROM c",
                "WITH orders2(x) AS (VALUES (1)) SELECT EXISTS(SELECT 1 FROM orders2)",
                "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r WHERE i<100) SELECT sum(i) FROM r",
                "SELECT name, row_number() OVER (PARTITION BY city ORDER BY name), lag(name) OVER (ORDER BY id) FROM customers",
                "SELECT printf('%.2f', total), format('%05d|%-5s|%5s|%x|%Q', id, 'a', 'b', 255, 'it''s') FROM orders",
                "SELECT round(total, 1) FROM orders",
                "SELECT strftime('%Y-%m', placed_at), date('now'), datetime('2024-01-01', '+1 month'), julianday('now') FROM orders",
                "SELECT json_extract('{\"a\":[1,2]}', '$.a[1]'), '{\"a\":1}' -> 'a', '{\"a\":1}' ->> 'a'",
                "SELECT value FROM json_each('[1,2,3]')",
                "SELECT count(*) FROM json_tree('{\"a\":[1]}')",
                "SELECT CAST('12' AS INTEGER), name COLLATE NOCASE FROM customers", "SELECT * FROM big_orders",
                "SELECT count(*) FROM big_orders",
                "SELECT c.name, sum(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY 1 ORDER BY 2 DESC LIMIT 5",
                "SELECT city, group_concat(name, ', ') FROM customers GROUP BY city HAVING count(*) > 1",
                "SELECT upper(name)||'!' FROM customers", "SELECT 1 UNION SELECT 2",
                "SELECT max(id), min(id), avg(id), total(id), count(DISTINCT city) FROM customers",
                "SELECT x'00ff'", "SELECT 'Zoë' LIKE 'zo_'", "SELECT 9e999, -9e999, NULL",
                "SELECT sqrt(2), pow(2,3), ln(2), ceil(1.2), mod(7,3)",
                "SELECT CASE WHEN vip THEN 'yes' ELSE 'no' END FROM customers",
                "SELECT 'update', 'delete' AS \"insert\"",
                "SELECT ';--' AS x",
                "SELECT replace('a-b','-','+'), instr('héllo','l'), trim('xxaxx','x'), ltrim('  a'), substr('abc',2)",
                "SELECT * FROM bonus WHERE salary_id = 1 LIMIT 1",
                "\u{FEFF}SELECT 1",
                "SELECT * FROM customers WHERE name IN ('Ada','Bob') AND joined BETWEEN '2024-01-01' AND '2024-12-31'",
                "SELECT random() IS NOT NULL",
            ].map { Probe($0, .ok) })
    }
}
