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
                == "Helena Holý has the highest total sales: 49.62; 2 customers in all.")
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

    @Test("lists say what they list")
    func lists() {
        let rows = (1...4).map { [SQLValue.text("Name \($0)")] }
        #expect(
            answer("List customers in Germany", rows)
                == "There are 4 customers, beginning with Name 1, Name 2, Name 3.")
        #expect(answer("How many customers are there?", [[.integer(1)]]) == "There is 1 customer.")
    }

    @Test("months are written in words")
    func months() {
        let rows: [[SQLValue]] = [[.text("2025-01"), .real(10)], [.text("2025-12"), .real(20.5)]]
        #expect(
            answer("Revenue by month in 2025", rows)
                == "Total sales goes from 10.00 in January 2025 to 20.50 in December 2025, over 2 months.")
    }

    @Test("the first by a figure is the highest, also where the rows come in another order")
    func highest() {
        let rows: [[SQLValue]] = [[.text("Monday"), .real(10)], [.text("Tuesday"), .real(20.5)]]
        #expect(
            answer("Revenue by weekday", rows)
                == "Tuesday comes first by total sales with 20.50; 2 weekdays in all.")
    }

    @Test("a key is named and has no separators")
    func keys() {
        #expect(
            answer("Largest order", [[.integer(13_145), .real(99)]])
                == "Order id 13145 has the highest total amount: 99.00.")
    }
}
