import Testing

@Suite("Figures at their own grain, against figures worked out by hand")
struct GrainTests {
    @Test(
        "figures of two tables are computed by themselves and put side by side",
        arguments: [
            // Order 1 has two refunds: joined, it would count twice.
            ("revenue and refunds by store", ["Alpha 300 15", "Beta 300 50"]),
            ("total revenue and total salary per store", ["Alpha 300 3000", "Beta 300 3000", "Gamma 0 1500"]),
            ("revenue and number of employees by store", ["Alpha 300 2", "Beta 300 1", "Gamma 0 1"]),
            ("revenue minus refunds by store", ["Alpha 285", "Beta 250"]),
            ("revenue minus refunds", ["535"]),
        ])
    func sideBySide(question: String, rows: [String]) async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask(question) == rows)
    }

    @Test(
        "a ratio at two grains is a sum over a sum, each once",
        arguments: [
            ("Refunds as a percentage of revenue by region", ["South 16.6667", "North 5"]),
            ("ratio of total refund amount to revenue by store", ["Beta 0.1667", "Alpha 0.05"]),
            ("ratio of revenue to total salary by store", ["Alpha 0.1", "Beta 0.1", "Gamma 0"]),
        ])
    func ratios(question: String, rows: [String]) async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        let found = await shop.ask(question)
        #expect(found == rows)
    }

    @Test("each figure goes by the date of its own table")
    func ownDates() async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        // Refunds are counted in the year in which they were given.
        #expect(await shop.ask("revenue and refunds by year") == ["2023 150 15", "2024 450 50"])
    }

    @Test(
        "stock adds up over products and stores, and never over time",
        arguments: [
            ("total quantity on hand", ["40"]),
            ("total stock by month", ["2024-01 35", "2024-02 37", "2024-03 40"]),
            ("quantity on hand by product at the end of February 2024", ["Milk 22", "Tea 15"]),
            ("average stock per product", ["Milk 24", "Tea 13.3333"]),
            ("total stock by store in 2024", ["Alpha 36", "Beta 4"]),
        ])
    func stock(question: String, rows: [String]) async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask(question) == rows)
    }

    @Test(
        "figures that the question defines are computed as it says",
        arguments: [
            ("Gross profit (total amount minus order cost) by store", ["Alpha 170", "Beta 120"]),
            ("total amount minus order cost per year", ["2023 70", "2024 220"]),
            ("profit margin ((total amount minus order cost) divided by total amount)", ["0.4833"]),
            ("large orders (total amount of at least 100) by year", ["2023 1", "2024 3"]),
            (
                "How many large orders (total amount of at least 100) were there in each year?",
                ["2023 1", "2024 3"]
            ),
            ("difference between total amount and order cost by status", ["done 270", "open 20"]),
        ])
    func definitions(question: String, rows: [String]) async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask(question) == rows)
    }

    @Test("a word that nothing defines still stops the answer")
    func undefined() async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask("gross profit by store")[0].hasPrefix("undefined_metric"))
    }

    @Test("the median is the middle row, or the average of the two in the middle")
    func median() async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask("median total amount") == ["100"])
        #expect(await shop.ask("median salary by store") == ["Beta 3000", "Alpha 1500", "Gamma 1500"])
    }
}
