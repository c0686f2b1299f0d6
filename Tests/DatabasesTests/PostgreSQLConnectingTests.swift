import Databases
import Schemas
import Services
import Support
import Testing
import Values

@Suite("Addresses of servers")
struct ServerAddressTests {
    @Test(
        "no password is ever shown",
        arguments: [
            "postgres://ann:geheim@db.example:5433/shop", "postgresql://ann:geheim@/shop?host=/tmp",
            "postgres://ann@db/shop?password=geheim&sslmode=require",
            "postgres://db/shop?user=ann&sslpassword=geheim",
            "postgres://ann:geheim?x@db/shop", "postgres://ann:a/geheim@db/shop", "postgres://ann:a@geheim@db/shop",
            "postgres://ann:geheim", "postgres://ann:geheim/shop", "postgres://db/shop?pass%77ord=geheim",
        ])
    func noPassword(text: String) throws {
        let url = try DatabaseURL(text)
        var dumped = ""
        dump(url, to: &dumped)
        for shown in [
            url.description, "\(url)", url.path, String(reflecting: url), dumped, DatabaseURL.withoutPassword(text),
            DatabaseURL.withoutPassword("shop=" + text), "\(Optional(url) as Any)",
        ] {
            #expect(!shown.contains("geheim"), "\(text)")
        }
    }

    @Test("a server's database is called by its name")
    func names() throws {
        #expect(try DatabaseURL("postgres://ann:x@db:5433/my%20shop?sslmode=disable").name == "my shop")
        #expect(try DatabaseURL("postgresql://ann@db").name == "ann")
        #expect(try DatabaseURL("postgres://db?dbname=shop").name == "shop")
        let url = try DatabaseURL("POSTGRES://ann:x@db:5433/shop?sslmode=disable&password=y")
        #expect(url.description == "postgres://ann@db:5433/shop?sslmode=disable")
        #expect(url.engine == .postgresql)
        #expect(DatabaseURL.withoutPassword("shop=data/shop.sqlite") == "shop=data/shop.sqlite")
        #expect(DatabaseURL.withoutPassword("shop=postgres://a:b@h/d") == "shop=postgres://a@h/d")
    }
}

@Suite(
    "Connecting to PostgreSQL", .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.remedy)))
struct PostgreSQLConnectingTests {
    @Test("a lost connection is opened once more")
    func lost() async throws {
        let server = try await PostgresServer.shared()
        let url = try await server.makeDatabase("CREATE TABLE t AS SELECT 1 AS n")
        let database = url.open()
        #expect(await database.query("SELECT n FROM t").kind == .ok)
        let admin = try DatabaseURL("postgres://operon@127.0.0.1:\(server.port)/postgres")
        try await server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(url.name)'", on: admin)
        let verdict = await database.query("SELECT n FROM t")
        #expect(verdict.table.rows == [[.integer(1)]], "\(verdict.error?.description ?? "")")
        await database.close()
        #expect(await database.query("SELECT 1").error?.code == "database_closed")
    }

    @Test("a server that is not there, a database that is not there, a wrong password: unreachable, with a remedy")
    func unreachable() async throws {
        let server = try await PostgresServer.shared()
        let home = try await server.makeDatabase(
            "CREATE ROLE locked LOGIN PASSWORD 'geheim'; CREATE TABLE t(n int)")
        let right = try DatabaseURL("postgres://locked:geheim@127.0.0.1:\(server.port)/\(home.name)").open()
        #expect(await right.query("SELECT 1").kind == .ok)
        // The role may not read what belongs to another: the table is not there for it.
        #expect(try await right.catalogue().tables.isEmpty)
        #expect(await right.query("SELECT n FROM t").kind == .denied)
        await right.close()
        for (text, hint) in [
            ("postgres://operon@127.0.0.1:1/shop", "Start the server"),
            ("postgres://operon@127.0.0.1:\(server.port)/nowhere", "Check the name"),
            ("postgres://locked:wrong-geheim@127.0.0.1:\(server.port)/postgres", "PGPASSWORD"),
            ("postgres://locked@127.0.0.1:\(server.port)/postgres", "PGPASSWORD"),
        ] {
            let database = try DatabaseURL(text).open()
            let verdict = await database.query("SELECT 1")
            #expect(verdict.kind == .error)
            #expect(verdict.error?.code == "database_unreachable", "\(text)")
            #expect(verdict.error?.hint.contains(hint) == true, "\(text) \(verdict.error?.description ?? "")")
            #expect(verdict.error?.description.contains("geheim") == false)
            let error = await #expect(throws: OperonError.self) { try await database.catalogue() }
            #expect(error?.code == "database_unreachable")
            await database.close()
        }
    }
}
