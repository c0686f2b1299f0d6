import Testing

@Suite("Growth, running totals and averages over periods, against figures worked out by hand")
struct CourseTests {
    @Test(
        "figures move from period to period",
        arguments: [
            (
                "Month over month revenue growth in 2024",
                ["2024-01 200 -", "2024-02 100 -50", "2024-03 150 50"]
            ),
            ("revenue growth by year", ["2023 150 -", "2024 450 200"]),
            (
                "monthly revenue in 2024 and the change from the previous month",
                ["2024-01 200 -", "2024-02 100 -100", "2024-03 150 50"]
            ),
            (
                "year over year growth of revenue by month",
                ["2023-01 100 -", "2023-02 50 -", "2024-01 200 100", "2024-02 100 100", "2024-03 150 -"]
            ),
            ("cumulative revenue by month in 2024", ["2024-01 200", "2024-02 300", "2024-03 450"]),
            ("running total of orders by year", ["2023 2", "2024 5"]),
            (
                "running total of revenue by month for each region",
                [
                    "2023-01 North 100", "2023-02 North 150", "2024-01 South 200", "2024-02 South 300",
                    "2024-03 North 300",
                ]
            ),
        ])
    func periods(question: String, rows: [String]) async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask(question) == rows)
    }

    @Test(
        "two times are compared, as a whole or for each group",
        arguments: [
            ("How much did revenue grow from 2023 to 2024?", ["200"]),
            ("How much did revenue change from 2023 to 2024?", ["300"]),
            ("revenue growth in 2024", ["200"]),
            ("growth in revenue between January and February 2024", ["-50"]),
            ("Which store's revenue grew the most from 2023 to 2024?", ["Alpha 150 150 0"]),
        ])
    func twoTimes(question: String, rows: [String]) async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask(question) == rows)
    }

    @Test("growth without periods is asked back, with questions that are understood")
    func noPeriods() async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask("revenue growth")[0].hasPrefix("ambiguous: Growth over which periods"))
    }

    @Test(
        "an average over periods divides the whole by the periods that have rows",
        arguments: [
            ("average monthly revenue", ["120"]), ("average number of orders per month", ["1"]),
            ("average yearly revenue by region", ["South 300", "North 150"]),
        ])
    func averages(question: String, rows: [String]) async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask(question) == rows)
    }
}
