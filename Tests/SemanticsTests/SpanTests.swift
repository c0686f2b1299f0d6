import Testing

@Suite("The time between two dates, against figures worked out by hand")
struct SpanTests {
    @Test(
        "words name the two dates, or the row's own date and another one",
        arguments: [
            ("Average number of days between order and shipping", ["3.4"]),
            ("How long does it take to ship an order on average?", ["3.4"]),
            ("What is the average time from order date to delivery date by store?", ["Alpha 7.3333", "Beta 5.5"]),
            ("average shipping time per region", ["North 4.3333", "South 2"]),
            ("Which orders took the longest to deliver?", ["5 12"]),
            ("List orders with the days between order and delivery", ["5 12", "3 7", "2 6", "1 4", "4 4"]),
        ])
    func shop(question: String, rows: [String]) async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask(question) == rows)
    }

    @Test(
        "what has a beginning and an end has a length, in the unit that is asked for",
        arguments: [
            ("average length of stay", ["5.3333"]), ("How long do stays last on average?", ["5.3333"]),
            ("average days between admission and discharge per ward", ["Cardiology 10", "Surgery 3"]),
            ("average hours between opening and closing by priority", ["low 48", "high 3"]),
            ("average time to close tickets by priority in hours", ["low 48", "high 3"]),
            ("average time to graduation in years by major", ["Math 4.4997", "Art 3.0007"]),
        ])
    func clinic(question: String, rows: [String]) async throws {
        let clinic = try await MeasuredDatabase(MeasuredSamples.clinic)
        #expect(await clinic.ask(question) == rows)
    }

    @Test(
        "a time may be a condition: within, more than, late",
        arguments: [
            ("How many orders were delivered within 4 days?", ["2"]),
            ("How many orders were shipped more than 2 days after the order date?", ["2"]),
            ("How many orders were delivered late?", ["3"]),
            ("What share of orders was delivered within 4 days?", ["40"]),
            ("orders placed on weekends", ["5"]),
        ])
    func conditions(question: String, rows: [String]) async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask(question) == rows)
    }

    @Test("stays and tickets are narrowed by how long they lasted")
    func lengths() async throws {
        let clinic = try await MeasuredDatabase(MeasuredSamples.clinic)
        #expect(await clinic.ask("How many stays lasted more than 3 days?") == ["2"])
        #expect(await clinic.ask("patients with stays longer than 3 days").sorted() == ["Ida", "Kim"])
        #expect(await clinic.ask("How many tickets were closed within 2 hours?") == ["1"])
    }

    @Test("age is counted in whole years until today, where only the birth is stored")
    func age() async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask("average age of customers by country") == ["France 45", "Germany 31"])
        #expect(await shop.ask("How old are the customers?") == ["Bob 45", "Ann 36", "Cid 26"])
        #expect(await shop.ask("customers older than 40") == ["Bob"])
        let clinic = try await MeasuredDatabase(MeasuredSamples.clinic)
        #expect(await clinic.ask("How old is Kim?") == ["39"])
        #expect(await clinic.ask("list patients with their age") == ["Ida 76", "Kim 39", "Jon 16"])
    }

    @Test("numbers are told in the unit that is asked for")
    func units() async throws {
        let clinic = try await MeasuredDatabase(MeasuredSamples.clinic)
        #expect(await clinic.ask("average call duration in minutes by agent") == ["Paul 10", "Olga 3"])
        #expect(await clinic.ask("longest call in minutes") == ["3 10"])
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask("average weight in grams by category") == ["Drinks 750", "Food 750"])
        #expect(await shop.ask("highest price per category in dollars") == ["Food 3", "Drinks 2.5"])
    }
}
