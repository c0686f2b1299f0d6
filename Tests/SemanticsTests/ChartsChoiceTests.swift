import Schemas
import Semantics
import Testing

@Suite("a chart fits the shape of the result and the wording of the question")
struct ChartChoiceTests {
    private func kind(_ sample: ChartSample.Sample, _ question: String = "") -> ChartKind {
        sample.choose(question).kind
    }

    @Test("each shape of result gets its chart")
    func shapes() {
        #expect(kind(ChartSample.figure) == .kpi)
        #expect(kind(ChartSample.top) == .bar)
        #expect(kind(ChartSample.year) == .line)
        #expect(kind(ChartSample.bySegment) == .groupedBar)
        #expect(kind(ChartSample.monthsBySegment) == .line)
        #expect(kind(ChartSample.crossed) == .groupedBar)
        #expect(kind(ChartSample.pairs) == .scatter)
        #expect(kind(ChartSample.prices) == .histogram)
    }

    @Test("the best of a kind, with its name, is a figure")
    func best() {
        let one = ChartSample.sample(
            [ChartSample.country, ChartSample.revenue], [[.text("Germany"), .real(52_340.5)]])
        #expect(kind(one, "Which country has the highest revenue?") == .kpi)
        #expect(one.draw() == ["52,340.50", "Revenue · Germany"])
    }

    @Test("several figures of one row stand under each other; one row of names is a table")
    func figures() {
        let row: [SQLValue] = [.text("Germany"), .real(1500), .integer(30)]
        let sample = ChartSample.sample([ChartSample.country, ChartSample.revenue, ChartSample.orders], [row])
        #expect(kind(sample) == .kpi)
        #expect(sample.draw() == ["1,500.00", "Revenue", "30", "Number of orders · Germany"])
        let names = ChartSample.sample([ChartSample.country, ChartSample.segment], [[.text("A"), .text("B")]])
        #expect(kind(names) == .table)
        #expect(kind(ChartSample.sample([ChartSample.country], [[.text("Spain")]])) == .kpi)
    }

    @Test("lists of names, and lists of names with plain columns, stay tables")
    func lists() {
        let names = ChartSample.sample([ChartSample.country], [[.text("Spain")], [.text("Italy")]])
        #expect(kind(names, "Which countries have no orders?") == .table)
        let price = OutputColumn(name: "price", title: "Price", role: .dimension, format: .money)
        let priced = ChartSample.sample(
            [ChartSample.country, price],
            [[.text("A"), .real(1.5)], [.text("B"), .real(2.5)], [.text("C"), .real(3)]])
        #expect(kind(priced, "List the products with their price") == .table)
        #expect(kind(priced, "Draw a bar chart of the price of each product") == .bar)
    }

    @Test("a few periods are bars, unless a trend is asked for")
    func fewPeriods() {
        let quarters = ChartSample.sample(
            [ChartSample.quarter, ChartSample.orders],
            (1...4).map { [.text("2025-Q\($0)"), .integer(100 + $0)] })
        #expect(kind(quarters, "Orders per quarter in 2025") == .bar)
        #expect(kind(quarters, "Trend of orders per quarter") == .line)
        #expect(kind(quarters, "Cumulative orders per quarter") == .area)
    }

    @Test("shares of a few parts become a pie; many parts or negative ones do not")
    func shares() {
        #expect(kind(ChartSample.top, "Share of revenue by country") == .pie)
        var loss = ChartSample.top
        loss.result.rows[4][1] = .real(-10)
        #expect(kind(loss, "Share of revenue by country") == .bar)
        let many = ChartSample.sample(
            [ChartSample.country, ChartSample.orders], (0..<20).map { [.text("c\($0)"), .integer($0)] })
        #expect(kind(many, "Share of orders by country") == .bar)
    }

    @Test(
        "a named chart wins when it can show the result",
        arguments: [
            ("Show revenue by country as a pie chart", ChartKind.pie), ("pie chart of revenue by country", .pie),
            ("Draw a table", .table), ("revenue by country in a table", .table), ("as a table please", .table),
            ("Plot a simple bar chart of revenue", .bar), ("Visualise a column graph", .bar),
            ("show it as bars", .bar), ("Show me a pie about revenue by country", .pie),
            ("revenue per country, pie visualization", .pie),
        ])
    func named(question: String, expected: ChartKind) {
        let choice = ChartSample.top.choose(question)
        #expect(choice.kind == expected)
        #expect(choice.reason.hasPrefix("The question asks for"))
    }

    @Test(
        "words that also mean other things name no chart",
        arguments: [
            "Which bar sold the most pie?", "How many tables were sold on line 3?", "revenue per bar in the area",
            "Which countries are on the map of stores?", "the number of columns",
        ])
    func ordinaryWords(question: String) { #expect(kind(ChartSample.top, question) == .bar) }

    @Test("a named chart that cannot show the result is refused in words")
    func inexpressible() {
        let choice = ChartSample.top.choose("scatter plot of revenue by country")
        #expect(choice.kind == .bar)
        #expect(choice.reason.contains("asks for a scatter plot, which cannot show this result"))
        #expect(kind(ChartSample.crossed, "bar chart of orders by country and segment") == .groupedBar)
        #expect(kind(ChartSample.crossed, "stacked bar chart by country") == .stackedBar)
        #expect(kind(ChartSample.crossed, "heat map by country and segment") == .heatmap)
        #expect(kind(ChartSample.prices, "histogram of prices") == .histogram)
    }

    @Test("too many bars become a table, unless their distribution is asked for")
    func crowd() {
        let many = ChartSample.sample(
            [ChartSample.country, ChartSample.orders], (0..<150).map { [.text("c\($0)"), .integer($0 * 7 % 40)] })
        #expect(kind(many, "Orders by country") == .table)
        #expect(kind(many, "Distribution of the number of orders") == .histogram)
        #expect(kind(many, "Bar chart of orders by country") == .bar)
        #expect(many.draw("Bar chart of orders by country").last == "… the first 40 of 150 are drawn")
    }

    @Test("rows that would lie on each other are not drawn as bars")
    func repeated() {
        let twice = ChartSample.sample(
            [ChartSample.country, ChartSample.orders],
            [[.text("Spain"), .integer(1)], [.text("Spain"), .integer(2)], [.text("Italy"), .integer(2)]])
        #expect(kind(twice) == .table)
    }

    @Test("places become a map, no rows a table, and odd results never trap")
    func oddities() {
        let places = ChartSample.sample(
            [
                ChartSample.country, OutputColumn(name: "lat", title: "Latitude", role: .measure, format: .number),
                OutputColumn(name: "lng", title: "Longitude", role: .measure, format: .number),
            ],
            [[.text("A"), .real(52.5), .real(13.4)], [.text("B"), .real(48.8), .real(2.3)]])
        #expect(kind(places) == .map)
        for sample in [ChartSample.top, ChartSample.year, ChartSample.crossed, places] {
            var empty = sample
            empty.result.rows = []
            #expect(kind(empty, "as a pie chart") == .table)
            #expect(empty.draw().last == "no rows")
            var nulls = sample
            nulls.result.rows = sample.result.rows.map { $0.map { _ in SQLValue.null } }
            #expect(!nulls.draw().isEmpty)
            var short = sample
            short.result.rows[0] = []
            #expect(!short.draw().isEmpty)
            for question in ChartKind.allCases.map({ "as a " + $0.rawValue.replacing("_", with: " ") + " chart" }) {
                #expect(!nulls.draw(question).isEmpty)
                #expect(!short.draw(question, width: 1, colour: true).isEmpty)
                #expect(!sample.draw(question, width: 24).isEmpty)
            }
        }
        #expect(
            ChartChooser.choose(columns: [], result: ResultTable(columns: [], rows: []), question: "").kind
                == .table)
    }

    @Test("the same result and question give the same choice, and alternatives are other charts")
    func stable() {
        for sample in [ChartSample.top, ChartSample.year, ChartSample.crossed, ChartSample.pairs] {
            let choice = sample.choose()
            #expect(sample.choose() == choice)
            #expect(!choice.alternatives.contains(choice.kind))
            #expect(choice.alternatives.contains(.table))
        }
    }
}
