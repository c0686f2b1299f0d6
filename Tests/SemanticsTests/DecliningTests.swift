import Glibc
import Schemas
import Testing

@testable import Semantics

@Suite("Declining")
struct DecliningTests {
    @Test(
        "what cannot be answered is declined with its reason",
        arguments: [
            ("Delete all orders", "write_request"), ("Please update the price of all toys", "write_request"),
            ("What will revenue be next year?", "forecast"), ("Why did sales drop?", "unsupported"),
            ("What is the churn rate?", "undefined_metric"),
            ("What was the profit margin in 2024?", "undefined_metric"),
            ("How many baristas work in the north?", "unknown_term"),
            ("Which suppliers deliver late?", "unknown_term"),
            ("What is the weather impact on orders?", "unknown_term"), ("top 5 customers", "ambiguous"),
            ("Average revenue per month", "ambiguous"),
            ("", "unsupported"),
            ("What is the purpose of life?", "unknown_term"),
        ])
    func reasons(question: String, reason: String) {
        #expect(clarification(question, Fixtures.retail)?.reason == reason)
    }

    @Test("a near miss is offered")
    func nearMiss() {
        let found = clarification("How many zenithy products are there?", Fixtures.retail)
        #expect(found?.reason == "unknown_term")
        #expect(found?.options.contains { $0.contains("Zenith") } == true)
    }

    @Test("two equal readings are both offered in different words")
    func twoReadings() {
        var context = Fixtures.retail
        for at in context.catalogue.tables.indices where context.catalogue.tables[at].name == "stores" {
            context.catalogue.tables[at].columns.append(
                .init(name: "country", declaredType: "TEXT", kind: .text))
        }
        let found = clarification("Total revenue by country", context)
        #expect(found?.reason == "ambiguous")
        #expect(found?.options == ["Total sales per country of customer", "Total sales per country of store"])
    }

    @Test("very long and strange texts are declined quickly")
    func hostile() {
        #expect(clarification(String(repeating: "orders and ", count: 2000), Fixtures.retail) != nil)
        #expect(clarification("\u{0}\u{1b}[31m'; DROP TABLE orders; --", Fixtures.retail) != nil)
        #expect(clarification("有多少客户?", Fixtures.retail) != nil)
    }

    @Test(
        "whatever the shape, the answer or the refusal comes within a tenth of a second",
        arguments: [
            String(repeating: "x ", count: 5000), String(repeating: "q", count: 10_000),
            String(repeating: "customer ", count: 110), String(repeating: "average ", count: 110),
            String(repeating: "average ", count: 1100), String(repeating: "wibblefloop customerzz ", count: 60),
            String(repeating: "most top by each per ", count: 30), String(repeating: "\"", count: 10_000),
            "SELECT * FROM orders WHERE 1=1; DELETE FROM orders", "\u{0}\u{1}\u{1b}[31m how many\u{7} orders",
            "顧客は何人いますか", "сколько клиентов", "كم عدد العملاء", String(repeating: "👍", count: 3000),
            String(repeating: "a\u{301}", count: 5000), String(repeating: "1 ", count: 5000),
        ])
    func hostileShapes(question: String) {
        // The thread's own time, so that tests beside this one take nothing from it.
        let fastest = (0..<3).map { _ in
            let begin = Self.threadNanoseconds()
            _ = QuestionReader().read(question, in: Fixtures.retail)
            return Self.threadNanoseconds() - begin
        }.min()
        #expect(fastest ?? 0 < 100_000_000)
    }

    private static func threadNanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }

    @Test("a denial that nothing follows stops the answer")
    func denial() {
        #expect(clarification("Which customers are not interesting?", Fixtures.retail) != nil)
    }
}

@Suite("Forms that are not covered")
struct UncoveredTests {
    @Test(
        "are declined rather than answered with something near",
        arguments: [
            "Share of orders by category", "Revenue growth", "What is the average time between two stores?",
        ])
    func uncovered(question: String) { #expect(reading(question, Fixtures.retail) == nil) }
}
