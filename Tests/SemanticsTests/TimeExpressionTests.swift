import Testing
import Values

@testable import Semantics

@Suite("Time expressions")
struct TimeExpressionTests {
    private func meaning(_ text: String) -> TimePhrase.Meaning? {
        TimeReader(tokens: Tokenizer.tokens(text), today: Fixtures.today).phrases().first?.meaning
    }

    @Test(
        "absolute and relative periods become half-open intervals",
        arguments: [
            ("in 2024", "2024-01-01", "2025-01-01"), ("in March 2024", "2024-03-01", "2024-04-01"),
            ("Q1 2025", "2025-01-01", "2025-04-01"), ("in the second quarter of 2025", "2025-04-01", "2025-07-01"),
            ("first half of 2025", "2025-01-01", "2025-07-01"), ("H2 2024", "2024-07-01", "2025-01-01"),
            ("last quarter", "2026-07-01", "2026-10-01"), ("the last quarter of 2024", "2024-10-01", "2025-01-01"),
            ("this year", "2026-01-01", "2027-01-01"), ("last month", "2026-10-01", "2026-11-01"),
            ("last year", "2025-01-01", "2026-01-01"), ("last week", "2026-11-09", "2026-11-16"),
            ("last 30 days", "2026-10-22", "2026-11-21"), ("yesterday", "2026-11-19", "2026-11-20"),
            ("year to date", "2026-01-01", "2026-11-21"), ("in December", "2025-12-01", "2026-01-01"),
            ("between January and March 2025", "2025-01-01", "2025-04-01"),
            ("from March 15 to April 15, 2024", "2024-03-15", "2024-04-16"),
            ("the first week of May 2025", "2025-05-01", "2025-05-08"),
            ("on 2024-02-29", "2024-02-29", "2024-03-01"),
            ("on March 3rd, 2024", "2024-03-03", "2024-03-04"), ("on 7 September 1987", "1987-09-07", "1987-09-08"),
        ])
    func interval(text: String, start: String, end: String) {
        let expected = DateInterval(start: CivilDate(iso8601: start), end: CivilDate(iso8601: end))
        #expect(meaning(text) == .during(expected))
    }

    @Test("open periods have one bound")
    func open() {
        #expect(meaning("since 2024") == .during(DateInterval(start: CivilDate(iso8601: "2024-01-01"), end: nil)))
        #expect(meaning("after 2024") == .during(DateInterval(start: CivilDate(iso8601: "2025-01-01"), end: nil)))
        #expect(
            meaning("before March 2024") == .during(DateInterval(start: nil, end: CivilDate(iso8601: "2024-03-01")))
        )
    }

    @Test(
        "grains are read in all their forms",
        arguments: [
            ("per month", TimeGrain.month), ("monthly", .month), ("for each quarter", .quarter), ("by year", .year),
            ("yearly", .year), ("per week", .week), ("daily", .day),
        ])
    func grain(text: String, grain: TimeGrain) { #expect(meaning(text) == .each(grain)) }

    @Test("numbers that are compared are no years")
    func numbers() {
        #expect(meaning("more than 2000 items") == nil)
        #expect(meaning("I may march") == nil)
    }

    @Test("a period to come is the future")
    func future() {
        #expect(meaning("next year") == .future)
        #expect(meaning("in the next 3 months") == .future)
    }
}
