import Foundation
import Schemas
import Testing

@testable import Semantics

@Suite("the rules of chart choice, and what is guessed of columns that nobody described")
struct ChartsRuleTests {
    @Test("the documentation states each rule with its points")
    func documented() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Semantics/Semantics.docc/Charts.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        for rule in ChartRule.allCases {
            #expect(
                text.contains("| `\(rule.rawValue)` | \(NumberFormat.trimmed(rule.points)) |"), "\(rule.rawValue)")
        }
    }

    @Test("a candidate costs the sum of the rules that it breaks, and the cheapest is chosen")
    func cheapest() {
        for sample in [
            ChartSample.top, ChartSample.year, ChartSample.crossed, ChartSample.pairs, ChartSample.prices,
        ] {
            let shape = ChartShape(columns: sample.columns, result: sample.result)
            let list = ChartCandidates(shape: shape, wish: ChartWish(""), result: sample.result).list
            let best = list.map(\.cost).min()
            let choice = sample.choose()
            #expect(list.contains { $0.kind == choice.kind && $0.cost == best })
            #expect(list.allSatisfy { !$0.rules.isEmpty })
        }
    }

    @Test(
        "a named chart is obeyed in many wordings",
        arguments: [
            ("Plot a line of revenue by country", ChartKind.line), ("revenue by country as a donut chart", .pie),
            ("chart it as an area", .area), ("graph a pie of the revenue", .pie),
            ("turn it into a bar chart", .bar), ("revenue by country, doughnut diagram", .pie),
        ])
    func wordings(question: String, kind: ChartKind) {
        let choice = ChartSample.top.choose(question)
        #expect(choice.kind == kind && !choice.isRefusal)
    }

    @Test("why a named chart is not drawn is said, also for charts that nothing here draws")
    func refused() {
        let pie = ChartSample.hostile.choose("as a pie chart")
        #expect(pie.kind == .bar && pie.isRefusal)
        #expect(pie.reason.contains("parts below zero have no place in a whole"))
        for (question, name) in [
            ("Revenue by country as a radar chart", "radar chart"), ("draw a treemap of revenue", "treemap"),
            ("box plot of revenue by country", "box plot"), ("a waterfall diagram of revenue", "waterfall diagram"),
        ] {
            let choice = ChartSample.top.choose(question)
            #expect(choice.kind == .bar && choice.isRefusal)
            #expect(choice.reason.hasPrefix("The question asks for a \(name), which is none of the charts"))
        }
        #expect(!ChartSample.top.choose("revenue of the gauge department").isRefusal)
    }

    @Test("a chart that was chosen can be found again by its kind", arguments: ChartGallery.entries)
    func again(entry: ChartGallery.Entry) {
        let choice = ChartChooser.choose(entry.kind, columns: entry.sample.columns, result: entry.sample.result)
        #expect(choice.kind == entry.kind && choice.encoding == entry.choice.encoding)
    }

    private func guess(_ names: [String], _ rows: [[SQLValue]], _ shape: [OutputColumn] = []) -> [OutputColumn] {
        OutputColumn.columns(shape, of: ResultTable(columns: names, rows: rows))
    }

    @Test("columns that nobody described are told apart by name and values")
    func guessed() {
        let columns = guess(
            [
                "month", "order_year", "customer_id", "total_sales", "COUNT(*)", "return_rate_pct", "age",
                "zip_code", "name",
            ],
            [
                [
                    .text("2025-01"), .integer(2025), .integer(7), .real(10.5), .integer(3), .real(1.5),
                    .integer(30),
                    .integer(10115), .text("Ada"),
                ],
                [
                    .text("2025-02"), .integer(2024), .integer(8), .null, .integer(4), .real(2), .integer(40),
                    .integer(10117), .text("2025-01"),
                ],
            ])
        #expect(
            columns.map(\.role) == [
                .time(.month), .time(.year), .dimension, .measure, .measure, .measure, .dimension, .dimension,
                .dimension,
            ])
        #expect(
            columns.map(\.format) == [
                .plain, .plain, .plain, .money, .count, .percent, .number, .plain, .plain,
            ])
        #expect(columns[3].title == "Total sales")
    }

    @Test("whole numbers that count on in the first column are places, not figures")
    func counters() {
        let rows: [[SQLValue]] = (0..<9).map { [.integer($0), .real(Double($0) * 1.5)] }
        let columns = guess(["number_of_items", "average_total"], rows)
        #expect(columns[0].role == .dimension && columns[1].role == .measure)
        #expect(guess(["number_of_items"], [[.integer(3)], [.integer(9)], [.integer(10)]])[0].role == .measure)
    }

    @Test("the days of one week are compared as bars; more of them make a course")
    func week() {
        let day = OutputColumn(name: "day", title: "Day", role: .time(.day))
        func kind(_ days: Int) -> ChartKind {
            ChartSample.sample(
                [day, ChartSample.orders], (1...days).map { [.text("2025-05-0\($0)"), .integer($0)] }
            ).choose().kind
        }
        #expect(kind(7) == .bar && kind(8) == .line)
    }

    @Test("periods are seen in texts of one form only")
    func periods() {
        func role(_ values: [String]) -> OutputColumn.Role { guess(["x"], values.map { [.text($0)] })[0].role }
        #expect(role(["2025-Q1", "2025-Q4"]) == .time(.quarter))
        #expect(role(["2025-01-31", "2025-02-28"]) == .time(.day))
        #expect(role(["2024", "2025"]) == .time(.year))
        #expect(role(["2024", "2025-01"]) == .dimension)
        #expect(
            role(["2025-13"]) == .dimension && role(["1234-5"]) == .dimension && role(["2025-Q5"]) == .dimension)
        #expect(role(["-", "--", "2025-"]) == .dimension && role([""]) == .dimension)
    }

    @Test("what a reading says of its columns counts, except that years become periods")
    func described() {
        let year = OutputColumn(name: "year", title: "Year", role: .dimension)
        let rows: [[SQLValue]] = (0..<8).map { [.integer(2010 + $0), .integer($0)] }
        let columns = guess(["year", "orders"], rows, [year, ChartSample.orders])
        #expect(columns[0].role == .time(.year) && columns[0].title == "Year" && columns[1] == ChartSample.orders)
        let choice = ChartChooser.choose(
            columns: columns, result: ResultTable(columns: ["year", "orders"], rows: rows), question: "")
        #expect(choice.kind == .line)
    }
}
