import Schemas
import Semantics
import Testing
import Values

@Suite("charts in the terminal and in Vega-Lite")
struct ChartsDrawingTests {
    @Test("bars lie on their side, in eighths of a column")
    func bars() {
        #expect(
            ChartSample.top.draw(width: 50) == [
                "Revenue by Country",
                "Germany        │████████████████████████ 52,340.50",
                "France         │██████████████████▊ 41,007.25",
                "Spain          │████████▌ 18,450.00",
                "United Kingdom │████▎ 9,300.75",
                "Italy          │▏ 120.00",
            ])
    }

    @Test("rows in no order are drawn from the largest value down, equal values as they come")
    func sorted() {
        var sample = ChartSample.top
        sample.result.rows.swapAt(0, 3)
        sample.result.rows.append([.text("Malta"), .real(120)])
        let names = sample.draw(width: 50).dropFirst().map { String($0.prefix(6)) }
        #expect(names == ["German", "France", "Spain ", "United", "Italy ", "Malta "])
    }

    @Test("negative bars hang to the left of a common zero")
    func negative() {
        let sample = ChartSample.sample(
            [ChartSample.country, ChartSample.orders],
            [[.text("A"), .integer(30)], [.text("B"), .integer(-10)], [.text("C"), .integer(0)]])
        #expect(
            sample.draw(width: 30) == [
                "Number of orders by Country",
                "A       │█████████████████ 30",
                "C       │ 0",
                "B ██████│ -10",
            ])
    }

    @Test("shares stand beside the bars of a pie")
    func pie() {
        let lines = ChartSample.top.draw("revenue share by country", width: 50)
        #expect(lines[1] == "Germany        │███████████████ 52,340.50 (43.2 %)")
    }

    @Test("several measures or groups stand under each other with their names")
    func grouped() {
        #expect(
            ChartSample.bySegment.draw(width: 40).prefix(5) == [
                "Number of orders by Quarter and Segment",
                "2025-Q1 Consumer │███████████▎ 100",
                "        Enterpr… │█████████ 80",
                "2025-Q2 Consumer │█████████████▌ 120",
                "        Enterpr… │███████▉ 70",
            ])
    }

    @Test("stacked bars differ by fill without colour and name their parts")
    func stacked() {
        #expect(
            ChartSample.crossed.draw("stacked bar chart", width: 40) == [
                "Number of orders by Country and Segment",
                "Germany │█████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 87",
                "France  │██████████▓▓▓▓▓▓▓▓▓▓▓▓ 67",
                "Spain   │██████▓▓▓▓▓▓▓▓▓ 47",
                "█ Consumer  ▓ Enterprise",
            ])
    }

    @Test("a line has a labelled axis from zero and ticks below")
    func line() {
        let lines = ChartSample.year.draw(width: 44)
        #expect(lines.count == 13)
        #expect(lines[1].hasPrefix("60k ┤"))
        #expect(lines[10].hasPrefix("  0 ┤"))
        #expect(lines[11] == "    └" + String(repeating: "─", count: 39))
    }

    @Test("a rising line of two points is drawn exactly")
    func shortLine() {
        let sample = ChartSample.sample(
            [ChartSample.month, ChartSample.orders],
            [[.text("2025-01"), .integer(0)], [.text("2025-02"), .integer(10)]])
        #expect(
            sample.draw("line chart", width: 24) == [
                "Number of orders by Mon…",
                "10 ┤                  ⡠⠊",
                "   │                ⡠⠊  ",
                " 8 ┤              ⡠⠊    ",
                "   │            ⡠⠊      ",
                " 6 ┤          ⡠⠊        ",
                " 4 ┤        ⡠⠊          ",
                "   │      ⡠⠊            ",
                " 2 ┤    ⡠⠊              ",
                "   │  ⡠⠊                ",
                " 0 ┤⡠⠊                  ",
                "   └────────────────────",
                "    2025-01      2025-02",
            ])
    }

    @Test("several lines share a canvas in colour and stand in panels without")
    func lines() {
        let panels = ChartSample.monthsBySegment.draw(width: 40)
        #expect(panels.contains("Consumer"))
        #expect(panels.contains("Enterprise"))
        #expect(!panels.joined().contains("\u{1B}"))
        let colour = ChartSample.monthsBySegment.draw(width: 40, colour: true)
        #expect(colour.last == "\u{1B}[38;5;32m━\u{1B}[0m Consumer  \u{1B}[38;5;214m━\u{1B}[0m Enterprise")
    }

    @Test("no line is wider than the room", arguments: [24, 31, 60, 120])
    func width(room: Int) {
        let samples = [
            ChartSample.top, ChartSample.year, ChartSample.bySegment, ChartSample.monthsBySegment,
            ChartSample.figure,
            ChartSample.pairs, ChartSample.prices, ChartSample.crossed,
        ]
        for sample in samples {
            for kind in ChartKind.allCases {
                let words = kind.rawValue.replacing("_", with: " ")
                for line in sample.draw("draw a \(words) chart", width: room) {
                    #expect(DisplayWidth.of(line) <= room, "\(kind): \(line)")
                }
            }
        }
    }

    @Test("a specification is complete: schema, title, data, sorted and formatted axes, tooltips, safe colours")
    func specification() throws {
        let sample = ChartSample.top
        let spec = VegaLite.specification(for: sample.choose(), columns: sample.columns, result: sample.result)
        #expect(spec["$schema"] == "https://vega.github.io/schema/vega-lite/v6.json")
        #expect(spec["title"]?["text"] == "Revenue by Country")
        #expect(spec["data"]?["values"]?.array?.count == 5)
        #expect(spec["mark"]?["type"] == "bar")
        #expect(spec["encoding"]?["y"]?["field"] == "country")
        #expect(spec["encoding"]?["y"]?["sort"] == .null)
        #expect(spec["encoding"]?["x"]?["type"] == "quantitative")
        #expect(spec["encoding"]?["x"]?["axis"]?["format"] == ",.2~f")
        #expect(spec["encoding"]?["tooltip"]?.array?.count == 2)
        #expect(spec["config"]?["range"]?["category"]?[0] == "#0072B2")
    }

    @Test("unsorted categories are sorted by the measure; months are moments in UTC, quarters ordered names")
    func axes() {
        var sample = ChartSample.top
        sample.result.rows.swapAt(0, 2)
        let bars = VegaLite.specification(for: sample.choose(), columns: sample.columns, result: sample.result)
        #expect(bars["encoding"]?["y"]?["sort"]?["order"] == "descending")
        let year = ChartSample.year
        let line = VegaLite.specification(for: year.choose(), columns: year.columns, result: year.result)
        #expect(line["mark"]?["type"] == "line")
        #expect(line["encoding"]?["x"]?["timeUnit"] == "utcyearmonth")
        #expect(line["encoding"]?["x"]?["type"] == "temporal")
        #expect(line["data"]?["format"]?["parse"]?["month"] == "utc:'%Y-%m'")
        let quarters = ChartSample.bySegment
        let grouped = VegaLite.specification(
            for: quarters.choose(), columns: quarters.columns, result: quarters.result)
        #expect(grouped["encoding"]?["x"]?["type"] == "ordinal")
        #expect(grouped["encoding"]?["xOffset"]?["field"] == "segment")
    }

    @Test("field names with signs of paths are made safe and unique; a table has no specification")
    func names() {
        let sample = ChartSample.sample(
            [
                OutputColumn(name: "a.b", title: "A", role: .dimension),
                OutputColumn(name: "a[b", title: "B", role: .measure, format: .count),
            ], [[.text("x"), .integer(2)], [.text("y"), .integer(1)]])
        let spec = VegaLite.specification(for: sample.choose(), columns: sample.columns, result: sample.result)
        #expect(spec["data"]?["values"]?[0] == ["a_b": "x", "a_b_": 2])
        let table = sample.choose("in a table")
        #expect(VegaLite.specification(for: table, columns: sample.columns, result: sample.result) == .null)
    }
}
