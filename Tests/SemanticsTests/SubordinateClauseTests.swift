import Testing

@testable import Semantics

@Suite("Clauses that single out a thing")
struct SubordinateClauseTests {
    @Test(
        "what ranks inside a clause ranks the clause's own thing",
        arguments: [
            "What are the statuses of the orders of the customer with the most orders?",
            "How many orders are there of the customer who has the most returns?",
            "What is the average quantity of order lines of the cheapest product?",
        ])
    func ranked(question: String) throws {
        let found = sql(question, Fixtures.retail)
        #expect(found.contains(" IN (SELECT "), "\(found)")
        #expect(found.contains("LIMIT 1)"), "\(found)")
    }

    @Test("the reading says what was singled out")
    func words() throws {
        let found = try #require(
            reading("How many orders are there of the customer who has the most returns?", Fixtures.retail))
        #expect(
            found.explanation.contains("the customer is among: number of returns per customer"),
            "\(found.explanation)")
    }

    @Test("what ranks the thing that is asked for stays where it is")
    func own() {
        for question in ["Who is the customer with the most orders?", "Which store has the most orders?"] {
            #expect(!sql(question, Fixtures.retail).contains("IN (SELECT"), "\(question)")
        }
    }

    @Test("verbs that the schema does not know tie what stands around them")
    func ties() {
        #expect(sql("Which artists composed albums?", Fixtures.music).hasPrefix("SELECT"))
        #expect(sql("How many tracks did AC/DC record?", Fixtures.music).contains("'AC/DC'"))
        #expect(sql("Names of customers who queried orders in 2024", Fixtures.retail).hasPrefix("SELECT"))
    }

    @Test(
        "verbs that would be a condition of their own are not passed over",
        arguments: [
            "Which orders failed?", "How many customers rejected orders?",
            "Which customers complained in 2024?",
        ])
    func decisive(question: String) {
        #expect(clarification(question, Fixtures.retail)?.reason == "unknown_term")
    }
}
