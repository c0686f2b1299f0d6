import Schemas
import Semantics
import Testing

@Suite("numbers, widths and tables for people")
struct ChartsTextTests {
    @Test(
        "numbers get separators and the decimals of their format",
        arguments: [
            (SQLValue.integer(1_234_567), OutputColumn.Format.count, "1,234,567"),
            (.real(1234.5), .money, "1,234.50"),
            (.real(-0.004), .money, "0.00"), (.real(-1234.565), .money, "-1,234.57"), (.real(0.9), .ratio, "90 %"),
            (.real(22.4624), .percent, "22.5 %"), (.real(5.436893), .number, "5.44"),
            (.real(0.000123), .number, "0.000123"),
            (.real(100), .number, "100"), (.real(2e20), .money, "2e+20"), (.null, .count, "–"),
            (.text("x"), .money, "x"),
            (.real(.nan), .number, "not a number"), (.blob([1, 2]), .plain, "(2 bytes)"),
            (.integer(Int.min), .count, "-9,223,372,036,854,775,808"),
        ])
    func formats(value: SQLValue, format: OutputColumn.Format, expected: String) {
        #expect(NumberFormat.text(value, format: format) == expected)
    }

    @Test("years and keys get no separators, sums without a format do")
    func plain() {
        let year = OutputColumn(name: "year", title: "Year", role: .dimension)
        let sum = OutputColumn(name: "sum", title: "Sum", role: .measure)
        #expect(NumberFormat.text(.integer(2025), in: year) == "2025")
        #expect(NumberFormat.text(.integer(2025), in: sum) == "2,025")
        #expect(NumberFormat.text(.real(49.620000000000005), in: year) == "49.62")
        #expect(NumberFormat.compact(1_234_000) == "1.2M")
        #expect(NumberFormat.compact(60_000) == "60k")
        #expect(NumberFormat.compact(9_999) == "9,999")
    }

    @Test(
        "widths count what the terminal shows",
        arguments: [
            ("abc", 3), ("Kraków", 6), ("e\u{301}", 1), ("東京", 4), ("한국", 4), ("👍", 2), ("👨‍👩‍👧", 2), ("🇸🇪", 2),
            ("❤️", 2), ("", 0),
        ])
    func widths(text: String, width: Int) { #expect(DisplayWidth.of(text) == width) }

    @Test("texts are cut with … and never exceed the width, also within wide characters")
    func cutting() {
        #expect(DisplayWidth.truncated("Kettle and pan", to: 7) == "Kettle…")
        #expect(DisplayWidth.truncated("東京都庁", to: 4) == "東…")
        #expect(DisplayWidth.fitted("東京都庁", to: 4) == "東… ")
        #expect(DisplayWidth.fitted("7", to: 3, right: true) == "  7")
        #expect(DisplayWidth.truncated("abc", to: 0).isEmpty)
    }

    @Test("control characters are written out: data cannot drive the terminal")
    func safety() {
        #expect(DisplayWidth.safe("a\u{1B}[31mb") == "a\\u{1B}[31mb")
        #expect(DisplayWidth.safe("a\r\nb\tc\u{7}") == "a\\r\\nb\\tc\\u{7}")
        #expect(DisplayWidth.safe("\u{202E}abc\u{9B}1m") == "\\u{202E}abc\\u{9B}1m")
        #expect(DisplayWidth.safe("Málaga 東京 👨‍👩‍👧") == "Málaga 東京 👨‍👩‍👧")
        let evil = "x\u{1B}]0;owned\u{7}\n"
        let column = OutputColumn(name: evil, title: evil, role: .dimension)
        var sample = ChartSample.crossed
        sample.columns[0] = column
        sample.columns[1].title = evil
        for row in sample.result.rows.indices { sample.result.rows[row][0] = .text(evil + "\(row / 2)") }
        for question in ["", "as a table", "stacked bar chart", "heat map", "line chart"] {
            for line in sample.draw(question) {
                #expect(!line.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
            }
        }
    }

    @Test("a table aligns numbers to the right and says how many rows are shown")
    func table() {
        let lines = TerminalTable.draw(
            columns: ChartSample.pairs.columns, result: ChartSample.pairs.result, width: 60, maxRows: 3)
        #expect(
            lines == [
                "Product    Price  Number of orders", "─────────  ─────  ────────────────",
                "Product 0   5.00               500", "Product 1   5.25               482",
                "Product 2   6.00               464", "3 of 25 rows shown",
            ])
    }

    @Test("wide texts and wide characters stay aligned and within the width")
    func wideTable() {
        let sample = ChartSample.sample(
            [ChartSample.country, ChartSample.segment, ChartSample.orders],
            [
                [.text("東京"), .text("a rather long description of it"), .integer(1000)],
                [.text("Kraków"), .null, .integer(7)],
            ])
        let lines = TerminalTable.draw(columns: sample.columns, result: sample.result, width: 44)
        #expect(
            lines == [
                "Count…  Segment                       Numbe…", "──────  ────────────────────────────  ──────",
                "東京    a rather long description o…   1,000", "Kraków  –                                  7",
            ])
        for width in 1...60 {
            for line in TerminalTable.draw(columns: sample.columns, result: sample.result, width: width) {
                #expect(DisplayWidth.of(line) <= max(24, width), "\(width): \(line)")
            }
        }
    }

    @Test("columns that do not fit are left out and counted; a capped result shows a plus")
    func narrow() {
        let columns = (0..<30).map { OutputColumn(name: "c\($0)", title: "Column \($0)", role: .dimension) }
        var result = ResultTable(
            columns: columns.map(\.name), rows: [[SQLValue]](repeating: columns.map { .text($0.title) }, count: 2))
        result.isTruncated = true
        let lines = TerminalTable.draw(columns: columns, result: result, width: 40)
        #expect(lines.last == "2 of 2+ rows shown, 23 more columns")
        #expect(lines[0] == "Col…  Col…  Col…  Col…  Col…  Col…  Col…")
    }
}
