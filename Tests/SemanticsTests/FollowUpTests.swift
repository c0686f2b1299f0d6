import Modeling
import Schemas
import Testing
import Values

@testable import Semantics

/// Reads lines one after the other, each after what the line before left; the state travels as JSON, as in a session.
struct Talk {
    var context: QuestionContext
    var state = JSON.null
    private(set) var last: Interpretation?

    init(_ context: QuestionContext) { self.context = context }

    /// The explanation of the last line's reading, or `reason: message`.
    @discardableResult
    mutating func say(_ line: String) -> String {
        context.previous = ConversationState(json: state)?.query
        let found = QuestionReader().read(line, in: context)
        last = found
        switch found {
        case .answer(let reading):
            state = ConversationState(reading.query, of: context.catalogue).json
            return reading.explanation
        case .clarification(let clarification): return "\(clarification.reason): \(clarification.message)"
        }
    }

    var sql: String { if case .answer(let reading) = last { reading.sql } else { "" } }

    /// What the lines say, the last of them.
    static func after(_ lines: String..., in context: QuestionContext) -> String {
        var talk = Talk(context)
        var said = ""
        for line in lines { said = talk.say(line) }
        return said
    }
}

@Suite("Follow-up questions")
struct FollowUpTests {
    @Test(
        "a grouping is added, or takes the place of another",
        arguments: [
            ("Revenue by month in 2025", "and by region?", "Total sales per month and region of store"),
            (
                "Revenue by month in 2025", "break it down by segment",
                "Total sales per month and segment of customer"
            ),
            ("Revenue by month in 2025", "per quarter instead", "Total sales per quarter,"),
            ("Revenue by month in 2025", "per week", "Total sales per week,"),
            ("Revenue by region", "what about by segment?", "Total sales per segment of customer"),
            ("Revenue by region", "split by status", "Total sales per region of store and status of order"),
            ("Revenue by region", "by segment instead of region", "Total sales per segment of customer"),
            ("How many customers are there?", "per country", "Number of customers per country of customer"),
            ("Total revenue", "and by brand?", "Total sales per brand of product"),
        ])
    func groups(first: String, line: String, reading: String) {
        let said = Talk.after(first, line, in: Fixtures.retail)
        #expect(said.hasPrefix(reading), "\(said)")
    }

    @Test(
        "conditions are added, or take the place of those on the same column",
        arguments: [
            ("Revenue by month in 2025", "only 2024", "from 2024-01-01 to 2024-12-31"),
            ("Revenue by region in 2025", "what about 2023?", "from 2023-01-01 to 2023-12-31"),
            ("Revenue in March 2024", "and in April?", "from 2024-04-01 to 2024-04-30"),
            ("Revenue in 2025 by region", "just for Germany", "and country of customer is Germany"),
            ("How many customers are from Germany?", "and from France?", "where country of customer is France"),
            (
                "How many customers are from Germany?", "France too",
                "where country of customer is Germany or France"
            ),
            ("Revenue by region", "without cancelled ones", "where status of order is not cancelled"),
            ("How many orders were cancelled?", "and completed?", "where status of order is completed"),
            ("List the products", "only those over 100", "where list price of product is more than 100"),
            ("Revenue by region", "only those over 1000", "only with total sales more than 1000"),
        ])
    func narrows(first: String, line: String, part: String) {
        let said = Talk.after(first, line, in: Fixtures.retail)
        #expect(said.hasSuffix(part), "\(said)")
    }

    @Test("a condition that was replaced is gone")
    func replaced() {
        let said = Talk.after("How many customers are from Germany?", "and from France?", in: Fixtures.retail)
        #expect(!said.contains("Germany"))
        let year = Talk.after("Revenue by month in 2025", "only 2024", in: Fixtures.retail)
        #expect(!year.contains("2025"))
    }

    @Test(
        "another measure of the same rows",
        arguments: [
            ("Total order amount by region in 2025", "and the average?", "Average"),
            (
                "Revenue by region in 2025", "how about the number of orders?",
                "Number of orders per region of store, where"
            ),
            ("Number of orders per region", "and revenue?", "Total sales per region of store"),
            ("Revenue by region", "as a share", "Share of total sales per region of store"),
            ("Number of orders per status", "in percent", "Share of number of orders per status of order"),
            ("Revenue by region", "what about quantity?", "Total quantity per region of store"),
        ])
    func measures(first: String, line: String, reading: String) {
        let said = Talk.after(first, line, in: Fixtures.retail)
        #expect(said.hasPrefix(reading), "\(said)")
    }

    @Test(
        "another rank or order",
        arguments: [
            ("Top 5 customers by revenue", "top 10 instead", "highest total sales first, the first 10"),
            ("Top 5 customers by revenue", "and the bottom 3?", "lowest total sales first, the first 3"),
            ("Revenue by region", "top 2", "highest total sales first, the first 2"),
            ("Revenue by region", "lowest first", "lowest total sales first"),
            ("Revenue by region", "sort by region", "lowest region first"),
            ("List the products", "sort by list price", "lowest list price first"),
            (
                "Top 5 customers by revenue", "by number of orders instead",
                "highest number of orders first, the first 5"
            ),
        ])
    func ranks(first: String, line: String, part: String) {
        let said = Talk.after(first, line, in: Fixtures.retail)
        #expect(said.hasSuffix(part), "\(said)")
    }

    @Test("another order of the first few keeps the same few")
    func sortedFew() {
        var talk = Talk(Fixtures.retail)
        talk.say("Top 5 customers by revenue")
        talk.say("sort by name")
        #expect(talk.sql.contains("LIMIT 5") && talk.sql.contains("IN (SELECT"), "\(talk.sql)")
        #expect(talk.sql.hasSuffix("\"customer_id\"") || talk.sql.contains(") GROUP BY"), "\(talk.sql)")
    }

    @Test(
        "what was counted is listed, and what was listed is counted",
        arguments: [
            (
                "How many customers are from Germany?", "who are they?",
                "Customers, where country of customer is Germany"
            ),
            (
                "How many customers are from Germany?", "show the names",
                "Customers, where country of customer is Germany"
            ),
            (
                "List the customers from Germany", "how many are there?",
                "Number of customers, where country of customer is Germany"
            ),
            (
                "List the customers from Germany", "which of them are in the Enterprise segment?",
                "Customers, where segment of customer is Enterprise and country of customer is Germany"
            ),
            (
                "How many customers are from Germany?", "how many orders do they have?",
                "Number of orders, with customers, where country of customer is Germany"
            ),
        ])
    func drills(first: String, line: String, reading: String) {
        let said = Talk.after(first, line, in: Fixtures.retail)
        #expect(said == reading)
    }

    @Test("\"them\" are the rows of the answer, also the first few of a ranking")
    func members() {
        var talk = Talk(Fixtures.retail)
        talk.say("Top 5 customers by revenue")
        let said = talk.say("Which of them are from Germany?")
        #expect(said.contains("Germany") && said.contains("the first 5"), "\(said)")
        #expect(talk.sql.contains("IN (SELECT") && talk.sql.contains("LIMIT 5"), "\(talk.sql)")
        talk = Talk(Fixtures.retail)
        talk.say("Which customer spent the most in 2025?")
        let orders = talk.say("How many orders does that customer have?")
        #expect(orders.hasPrefix("Number of orders") && orders.contains("only the first"), "\(orders)")
    }

    @Test("conditions and limits are lifted again")
    func widens() {
        var talk = Talk(Fixtures.retail)
        talk.say("Revenue by region in 2025")
        talk.say("only Germany")
        #expect(
            talk.say("for all years") == "Total sales per region of store, where country of customer is Germany")
        #expect(talk.say("for all countries") == "Total sales per region of store")
        talk.say("only 2024")
        #expect(talk.say("remove the filters") == "Total sales per region of store")
        talk.say("top 2")
        #expect(talk.say("remove the limit") == "Total sales per region of store, highest total sales first")
    }

    @Test(
        "another chart asks for the same result",
        arguments: [
            "as a pie chart", "Show it as a line chart", "plot that", "make it a bar chart", "and as a table?",
        ])
    func charts(line: String) {
        var talk = Talk(Fixtures.retail)
        let said = talk.say("Revenue by region in 2025")
        let sql = talk.sql
        #expect(talk.say(line) == said && talk.sql == sql)
    }

    @Test("several follow-ups build on one another")
    func chain() {
        var talk = Talk(Fixtures.retail)
        talk.say("Revenue by month in 2025")
        talk.say("and by region?")
        talk.say("only Germany")
        talk.say("per quarter instead")
        #expect(
            talk.say("without cancelled ones")
                == "Total sales per quarter, where ordered at of order is from 2025-01-01 to 2025-12-31 and country of customer is Germany and status of order is not cancelled"
        )
    }

    @Test(
        "a question of its own is no follow-up",
        arguments: [
            "How many customers are there?", "And how many products are there?", "Now show revenue by region",
            "List the stores in the North", "Which brand has the most products?",
            "In 2024, how many orders were there?",
            "Top 3 products by list price",
        ])
    func whole(line: String) {
        let alone = reading(line, Fixtures.retail)?.sql
        var talk = Talk(Fixtures.retail)
        talk.say("Revenue by month for Germany in 2025")
        talk.say(line)
        #expect(alone != nil && talk.sql == alone, "\(talk.sql)")
    }

    @Test("why is declined with what can be asked instead")
    func why() {
        var talk = Talk(Fixtures.retail)
        talk.say("Revenue by month in 2025")
        #expect(talk.say("Why so low in March?").contains("but not why"))
        guard case .clarification(let clarification) = talk.last else { return }
        #expect(!clarification.choices.isEmpty)
        #expect(clarification.choices.allSatisfy { $0.text.hasPrefix("Total sales per month and ") })
    }

    @Test(
        "what cannot go on is declined, and nothing is guessed",
        arguments: [
            ("Revenue in 2025", "which of them are from Germany?"), ("Revenue in 2025", "and by flavour?"),
            ("Revenue in 2025", "as a share"), ("How many customers are there?", "and the average?"),
            ("Top 5 customers by revenue", "what did that customer buy?"),
        ])
    func declined(first: String, line: String) {
        var talk = Talk(Fixtures.retail)
        talk.say(first)
        talk.say(line)
        guard case .clarification = talk.last else {
            Issue.record("\(talk.sql)")
            return
        }
    }

    @Test("a line that could go on in two ways offers both, with what each reads")
    func twoWays() {
        var context = Fixtures.retail
        for at in context.catalogue.tables.indices where context.catalogue.tables[at].name == "stores" {
            context.catalogue.tables[at].columns.append(.init(name: "country", declaredType: "TEXT", kind: .text))
        }
        context.values.add(table: "stores", column: "country", values: [.text("Germany")])
        var talk = Talk(context)
        talk.say("Revenue by month in 2025")
        talk.say("only Germany")
        guard case .clarification(let clarification) = talk.last else {
            Issue.record("\(talk.sql)")
            return
        }
        #expect(clarification.choices.count == 2)
        #expect(
            clarification.choices.map(\.means)
                == [
                    Meaning("germany", table: "customers", column: "country", value: .text("Germany")),
                    Meaning("germany", table: "stores", column: "country", value: .text("Germany")),
                ])
        let chosen = QuestionReader().read("2", of: clarification.json, in: context)
        guard case .answer(let reading) = chosen else {
            Issue.record("not understood")
            return
        }
        #expect(reading.explanation == clarification.choices[1].text)
        #expect(QuestionReader().read("3", of: clarification.json, in: context) == nil)
    }

    @Test("works on schemas of other kinds")
    func otherSchemas() {
        var talk = Talk(Fixtures.music)
        talk.say("How many tracks are there per genre?")
        #expect(talk.say("only Rock").hasSuffix("where name of genre is Rock"))
        #expect(talk.say("and Jazz too").hasSuffix("where name of genre is Rock or Jazz"))
        talk = Talk(Fixtures.hospital)
        talk.say("How many stays were there in 2024?")
        #expect(talk.say("by department").hasPrefix("Number of stays per department"), "\(talk.sql)")
        #expect(talk.say("only female patients").contains("gender of patient is female"), "\(talk.sql)")
        #expect(talk.say("what about 2023?").contains("from 2023-01-01 to 2023-12-31"), "\(talk.sql)")
    }
}
