import Databases
import Support
import Testing

/// The same rows and the same questions on PostgreSQL: the answers are those that were worked out by hand for SQLite.
@Suite("Measures on PostgreSQL", .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.remedy)))
struct MeasuresOnPostgresTests {
    private func database(_ sql: String, glossary: String? = nil) async throws -> MeasuredDatabase {
        try await MeasuredDatabase(sql, glossary: glossary) { path in
            PostgreSQLDatabase(url: try await PostgresLoader.load(path, into: PostgresServer.shared()))
        }
    }

    @Test(
        "a shop",
        arguments: [
            ("Average number of days between order and shipping", ["3.4"]),
            ("How many orders were delivered late?", ["3"]), ("orders placed on weekends", ["5"]),
            ("average age of customers by country", ["France 45", "Germany 31"]),
            ("revenue and refunds by store", ["Alpha 300 15", "Beta 300 50"]),
            ("total revenue and total salary per store", ["Alpha 300 3000", "Beta 300 3000", "Gamma 0 1500"]),
            ("Refunds as a percentage of revenue by region", ["South 16.6667", "North 5"]),
            ("total stock by month", ["2024-01 35", "2024-02 37", "2024-03 40"]),
            ("average stock per product", ["Milk 24", "Tea 13.3333"]),
            ("Month over month revenue growth in 2024", ["2024-01 200 -", "2024-02 100 -50", "2024-03 150 50"]),
            (
                "year over year growth of revenue by month",
                ["2023-01 100 -", "2023-02 50 -", "2024-01 200 100", "2024-02 100 100", "2024-03 150 -"]
            ),
            ("How much did revenue grow from 2023 to 2024?", ["200"]),
            ("cumulative revenue by month in 2024", ["2024-01 200", "2024-02 300", "2024-03 450"]),
            ("average monthly revenue", ["120"]),
            ("median salary by store", ["Beta 3000", "Alpha 1500", "Gamma 1500"]),
            ("Gross profit (total amount minus order cost) by store", ["Alpha 170", "Beta 120"]),
        ])
    func shop(question: String, rows: [String]) async throws {
        let shop = try await database(MeasuredSamples.shop)
        #expect(await shop.ask(question) == rows)
    }

    @Test(
        "a clinic",
        arguments: [
            ("average days between admission and discharge per ward", ["Cardiology 10", "Surgery 3"]),
            ("average time to close tickets by priority in hours", ["low 48", "high 3"]),
            ("How many tickets were closed within 2 hours?", ["1"]),
            ("average call duration in minutes by agent", ["Paul 10", "Olga 3"]),
        ])
    func clinic(question: String, rows: [String]) async throws {
        let clinic = try await database(MeasuredSamples.clinic)
        #expect(await clinic.ask(question) == rows)
    }

    @Test("a glossary with a fiscal calendar, levels and formulas of two grains")
    func glossary() async throws {
        let shop = try await database(MeasuredSamples.shop, glossary: MeasuredSamples.glossary)
        for (question, rows) in MeasuredSamples.glossaryAnswers {
            #expect(await shop.ask(question) == rows, "\(question)")
        }
    }
}
