import Schemas
import Semantics

/// Small results in the shapes that answers have.
enum ChartSample {
    struct Sample {
        var columns: [OutputColumn]
        var result: ResultTable

        func choose(_ question: String = "") -> ChartChoice {
            ChartChooser.choose(columns: columns, result: result, question: question)
        }

        func draw(_ question: String = "", width: Int = 60, colour: Bool = false) -> [String] {
            TerminalChart.draw(choose(question), columns: columns, result: result, width: width, colour: colour)
        }
    }

    static func sample(_ columns: [OutputColumn], _ rows: [[SQLValue]]) -> Sample {
        Sample(columns: columns, result: ResultTable(columns: columns.map(\.name), rows: rows))
    }

    static let country = OutputColumn(name: "country", title: "Country", role: .dimension)
    static let segment = OutputColumn(name: "segment", title: "Segment", role: .dimension)
    static let month = OutputColumn(name: "month", title: "Month", role: .time(.month))
    static let quarter = OutputColumn(name: "quarter", title: "Quarter", role: .time(.quarter))
    static let revenue = OutputColumn(name: "revenue", title: "Revenue", role: .measure, format: .money)
    static let orders = OutputColumn(name: "orders", title: "Number of orders", role: .measure, format: .count)

    /// Five countries, largest first.
    static let top = sample(
        [country, revenue],
        [
            [.text("Germany"), .real(52_340.5)], [.text("France"), .real(41_007.25)],
            [.text("Spain"), .real(18_450)],
            [.text("United Kingdom"), .real(9_300.75)], [.text("Italy"), .real(120)],
        ])

    /// Twelve months.
    static let year = sample(
        [month, revenue],
        [310, 295, 340, 355, 360, 372, 351, 333, 362, 401, 480, 560].enumerated().map { index, value in
            [.text("2025-" + (index < 9 ? "0" : "") + "\(index + 1)"), .real(Double(value) * 100)]
        })

    /// Quarters of a year, by segment.
    static let bySegment = sample(
        [quarter, segment, orders],
        ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"].enumerated().flatMap { index, quarter in
            [
                [.text(quarter), .text("Consumer"), .integer(100 + 20 * index)],
                [.text(quarter), .text("Enterprise"), .integer(80 - 10 * index)],
            ]
        })

    /// Eight months, by segment.
    static let monthsBySegment = sample(
        [month, segment, orders],
        (1...8).flatMap { index in
            [
                [.text("2025-0\(index)"), .text("Consumer"), .integer(100 + 20 * index)],
                [.text("2025-0\(index)"), .text("Enterprise"), .integer(200 - 15 * index)],
            ]
        })

    /// One number.
    static let figure = sample([orders], [[.integer(12_345)]])

    /// Twenty-five products with price and units sold.
    static let pairs = sample(
        [
            OutputColumn(name: "product", title: "Product", role: .dimension),
            OutputColumn(name: "price", title: "Price", role: .measure, format: .money), orders,
        ],
        (0..<25).map { [.text("Product \($0)"), .real(Double($0 * $0) / 4 + 5), .integer(500 - 18 * $0)] })

    /// Forty prices.
    static let prices = sample(
        [OutputColumn(name: "price", title: "Price", role: .measure, format: .money)],
        (0..<40).map { [.real(Double($0 % 10 * ($0 % 7)) + 3)] })

    /// Three continents by four segments without time.
    static let crossed = sample(
        [country, segment, orders],
        ["Germany", "France", "Spain"].enumerated().flatMap { index, country in
            ["Consumer", "Enterprise"].enumerated().map { inner, segment in
                [.text(country), .text(segment), .integer(40 - 10 * index + 7 * inner)]
            }
        })

    /// Three shops with their places.
    static let places = sample(
        [
            OutputColumn(name: "shop", title: "Shop", role: .dimension),
            OutputColumn(name: "lat", title: "Latitude", role: .measure, format: .number),
            OutputColumn(name: "lng", title: "Longitude", role: .measure, format: .number),
        ],
        [
            [.text("Berlin"), .real(52.52), .real(13.4)], [.text("Paris"), .real(48.86), .real(2.35)],
            [.text("Madrid"), .real(40.42), .real(-3.7)],
        ])

    /// One hundred and fifty names in no order.
    static let crowd = sample(
        [country, orders], (0..<150).map { [.text("Country \($0)"), .integer($0 * 37 % 401)] })

    /// Eleven series over six months, one with gaps.
    static let manySeries: Sample = {
        var rows: [[SQLValue]] = []
        for month in 1...6 {
            for series in 0..<11 where series != 3 || month != 4 {
                let value = 20 * series + month * (7 - series)
                rows.append([.text("2025-0\(month)"), .text("Segment \(series)"), .integer(value)])
            }
        }
        return sample([month, segment, orders], rows)
    }()

    /// Names and titles that try to be markup, controls and turned writing.
    static let hostile = sample(
        [
            OutputColumn(name: "<b>&\"'", title: "</title><script>alert(1)</script>", role: .dimension),
            OutputColumn(name: "]]>", title: "\u{202E}\u{1B}[31m & \"more\"", role: .measure, format: .count),
        ],
        [
            [.text("<script>alert('x')</script>"), .integer(3)], [.text("\" onload=\"alert(1)"), .integer(2)],
            [.text("a\u{0}b\u{1B}[2J\u{202E}c\u{FFFF}]]>&amp;"), .integer(1)], [.null, .integer(-4)],
        ])
}
