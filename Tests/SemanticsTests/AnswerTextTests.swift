import Schemas
import Testing

@testable import Semantics

@Suite("Answers in sentences")
struct AnswerTextTests {
    private func answer(_ question: String, _ rows: [[SQLValue]]) -> String? {
        reading(question, Fixtures.retail).map {
            answerText(for: $0, result: ResultTable(columns: $0.shape.map(\.name), rows: rows))
        }
    }

    @Test("a count is a sentence")
    func count() {
        #expect(answer("How many customers are there?", [[.integer(2059)]]) == "There are 2,059 customers.")
    }

    @Test("the first of a ranking is named with its figure")
    func ranking() {
        let rows: [[SQLValue]] = [[.text("Helena Holý"), .real(49.62)], [.text("Luis Rojas"), .real(46.6)]]
        #expect(
            answer("Show me the top 5 customers by total purchase amount", rows)
                == "Helena Holý has the highest total sales: 49.62; 2 rows in all.")
    }

    @Test("nothing found is said so")
    func nothing() {
        #expect(
            answer("List products with a list price above 200", [])?.hasPrefix("There is nothing to show") == true)
    }

    @Test("a sum of no rows is not called zero")
    func null() {
        #expect(
            answer("What is the total revenue in 2024?", [[.null]]) == "There is no total sales: no rows match.")
    }
}
