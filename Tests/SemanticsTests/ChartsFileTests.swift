import Foundation
import Schemas
import Testing
import Values

@testable import Semantics

@Suite("charts as files: SVG drawings, pages and specifications")
struct ChartsFileTests {
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "Golden/charts")

    /// Compares with a golden file; with `OPERON_RECORD_GOLDEN` set, writes it instead.
    private func check(_ text: String, _ name: String) throws {
        let file = Self.golden.appending(path: name)
        if ProcessInfo.processInfo.environment["OPERON_RECORD_GOLDEN"] != nil {
            try FileManager.default.createDirectory(at: Self.golden, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let wanted = try String(contentsOf: file, encoding: .utf8)
        #expect(
            text == wanted, "\(name) differs; if that is meant, record with OPERON_RECORD_GOLDEN=1 and look at it")
    }

    @Test("each kind of chart is drawn and specified as recorded", arguments: ChartGallery.entries)
    func golden(entry: ChartGallery.Entry) throws {
        let (choice, sample) = (entry.choice, entry.sample)
        #expect(choice.kind == entry.kind)
        try check(
            SVGChart.draw(choice, columns: sample.columns, result: sample.result, title: entry.question),
            "\(entry.kind.rawValue).svg")
        let spec = VegaLite.specification(
            for: choice, columns: sample.columns, result: sample.result, title: entry.question)
        if entry.kind == .table {
            #expect(spec == .null)
        } else {
            try check(spec.pretty() + "\n", "\(entry.kind.rawValue).vl.json")
        }
    }

    /// Results that charts have to bear: nothing, nulls, one row, losses, crowds, extremes, hostile texts.
    private static var oddities: [ChartSample.Sample] {
        var samples = [
            ChartSample.hostile, ChartSample.crowd, ChartSample.manySeries, ChartSample.figure, ChartSample.places,
        ]
        for base in [ChartSample.top, ChartSample.year, ChartSample.crossed, ChartSample.pairs] {
            var sample = base
            sample.result.rows = []
            samples.append(sample)
            sample.result.rows = base.result.rows.map { $0.map { _ in .null } }
            samples.append(sample)
            sample.result.rows = Array(base.result.rows.prefix(1))
            samples.append(sample)
            for number in [Double.nan, .infinity, -.infinity, 1e308, -1e308, .leastNonzeroMagnitude, -3.5] {
                sample.result.rows = base.result.rows
                sample.result.rows[0][base.columns.count - 1] = .real(number)
                sample.result.rows[1][base.columns.count - 1] = .real(-number)
                samples.append(sample)
            }
            sample.result.rows[0] = []
            samples.append(sample)
        }
        return samples
    }

    private static let questions =
        ChartKind.allCases.map { "draw a \($0.rawValue.replacing("_", with: " ")) chart" } + [""]

    @Test("no drawing, page or specification has a number that is none, whatever the result")
    func finite() {
        for sample in Self.oddities {
            for question in Self.questions {
                let choice = sample.choose(question)
                let svg = SVGChart.draw(choice, columns: sample.columns, result: sample.result)
                #expect(svg.hasPrefix("<svg xmlns=") && svg.hasSuffix("</svg>\n"))
                let shapes = svg.matches(of: /="[^"]*"/).map { String($0.output).lowercased() }
                #expect(!shapes.contains { $0.contains("nan") || $0.contains("inf") }, "\(choice.kind)")
                let spec = VegaLite.specification(for: choice, columns: sample.columns, result: sample.result)
                #expect((try? JSON(parsing: spec.description)) != nil)
                #expect(
                    !ChartPage.html(choice, columns: sample.columns, result: sample.result, words: .init(title: ""))
                        .isEmpty)
            }
        }
    }

    @Test("names and titles cannot become markup, and controls and turned writing are written out")
    func hostile() {
        let sample = ChartSample.hostile
        for question in Self.questions {
            let choice = sample.choose(question)
            let words = ChartPage.Words(
                title: "</h1><script>", answer: "<img src=x onerror=alert(1)>", explanation: "&<",
                sql: "a < b\n-- </pre>")
            let svg = SVGChart.draw(choice, columns: sample.columns, result: sample.result, title: "<a href='x'>")
            let html = ChartPage.html(choice, columns: sample.columns, result: sample.result, words: words)
            for text in [svg, html] {
                let tags = Set(text.matches(of: /<\/?([A-Za-z!]+)/).map { String($0.output.1) })
                let known: Set = [
                    "svg", "title", "desc", "style", "rect", "line", "text", "polyline", "polygon", "circle",
                    "path",
                    "!doctype", "html", "head", "meta", "body", "main", "h", "p", "figure", "table", "caption",
                    "thead",
                    "tbody", "tr", "th", "td", "details", "summary", "pre",
                ]
                #expect(tags.isSubset(of: known), "\(tags.subtracting(known))")
                // A quote inside of a text or an attribute is an entity: no handler can be smuggled in.
                #expect(!text.contains(" onload=\"") && !text.contains(" onerror=\""))
                #expect(
                    !text.unicodeScalars.contains {
                        $0 != "\n" && ($0.value < 0x20 || $0.value == 0x202E || $0.value == 0xFFFF)
                    })
            }
            let spec = VegaLite.specification(for: choice, columns: sample.columns, result: sample.result)
                .description
            #expect(!spec.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
        }
    }

    @Test("drawings can be read without being seen, fetch nothing and run nothing")
    func accessible() {
        for entry in ChartGallery.entries {
            let svg = SVGChart.draw(entry.choice, columns: entry.sample.columns, result: entry.sample.result)
            #expect(svg.contains("role=\"img\" aria-labelledby=\"chart-title chart-desc\""))
            #expect(svg.contains("<title id=\"chart-title\">") && svg.contains("<desc id=\"chart-desc\">"))
            let links = svg.replacing("http://www.w3.org/2000/svg", with: "")
            for word in ["http", "href", "<script", "@import", "url(", "<image", "<foreignObject"] {
                #expect(!links.contains(word), "\(entry.kind): \(word)")
            }
            let page = ChartPage.html(
                entry.choice, columns: entry.sample.columns, result: entry.sample.result, words: .init(title: "T"))
            #expect(
                page.contains("default-src 'none'") && page.contains("<table>")
                    && page.contains("<html lang=\"en\">"))
        }
    }

    @Test(
        "axes of bars include zero and reach every value",
        arguments: [[3.0, 5], [-4, -2], [-3, 8], [0, 0], [1e-9], [1e12, 7]])
    func zero(values: [Double]) {
        let scale = ChartScale(values, zero: true, parts: 6)
        #expect(scale.low <= 0 && scale.high >= 0 && scale.low < scale.high)
        #expect(values.allSatisfy { (0...1).contains(scale.share($0)) })
        #expect(scale.ticks.count >= 2 && scale.ticks == scale.ticks.sorted())
        let bars = ChartSample.top
        let spec = VegaLite.specification(for: bars.choose("as bars"), columns: bars.columns, result: bars.result)
        #expect(spec["encoding"]?["x"]?["scale"]?["zero"] != false)
    }

    @Test("bars are sorted in the specification and in the drawing, and what is left out is said")
    func crowd() throws {
        let sample = ChartSample.crowd
        let choice = sample.choose("bar chart of orders by country")
        let spec = VegaLite.specification(for: choice, columns: sample.columns, result: sample.result)
        #expect(spec["data"]?["values"]?.array?.count == 40)
        #expect(spec["title"]?["subtitle"] == "The first 40 of 150 are drawn.")
        #expect(spec["encoding"]?["y"]?["sort"]?["order"] == "descending")
        let svg = SVGChart.draw(choice, columns: sample.columns, result: sample.result)
        #expect(svg.contains("The first 40 of 150 are drawn."))
        let widths = svg.matches(of: /<rect[^>]* width="([0-9.]+)" height="20"/).compactMap { Double($0.output.1) }
        #expect(widths.count == 40 && widths == widths.sorted(by: >))
        let lines = ChartSample.manySeries
        let many = lines.choose("line chart")
        #expect(
            SVGChart.draw(many, columns: lines.columns, result: lines.result).contains(
                "The 8 largest of 11 series are drawn."))
        let pie = sample.choose("as a pie")
        let slices = VegaLite.specification(for: pie, columns: sample.columns, result: sample.result)
        #expect(slices["data"]?["values"]?.array?.count == 8)
        #expect(slices["data"]?["values"]?[7]?["country"] == "143 others")
    }

    @Test("each colour stands out from a white and from a dark page")
    func contrast() {
        func luminance(_ hex: String) -> Double {
            let parts = [1, 3, 5].map { start in
                let from = hex.index(hex.startIndex, offsetBy: start)
                let value = Double(Int(hex[from..<hex.index(from, offsetBy: 2)], radix: 16) ?? 0) / 255
                return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        }
        func contrast(_ a: String, _ b: String) -> Double {
            let (dark, light) = (min(luminance(a), luminance(b)), max(luminance(a), luminance(b)))
            return (light + 0.05) / (dark + 0.05)
        }
        for colour in ChartPalette.series + [ChartPalette.loss] {
            #expect(contrast(colour, "#ffffff") >= 3 && contrast(colour, "#16181d") >= 3, "\(colour)")
        }
        #expect(Set(ChartPalette.series).count == ChartPalette.series.count)
        let steps = ChartPalette.sequence.map(luminance)
        #expect(steps == steps.sorted(by: >))
    }

    @Test("stacked bars stand in the order of their sums, in the drawing as in the terminal")
    func stacks() throws {
        var sample = ChartSample.crossed
        sample.result.rows.reverse()
        sample.result.rows.swapAt(1, 3)
        let choice = sample.choose("stacked bars, please")
        #expect(choice.kind == .stackedBar)
        let lines = sample.draw("as stacked bars").dropFirst().prefix(3).map { String($0.prefix(6)) }
        #expect(lines == ["German", "France", "Spain "])
        let svg = SVGChart.draw(choice, columns: sample.columns, result: sample.result)
        let places = try ["Germany", "France", "Spain"].map {
            try #require(svg.range(of: ">\($0)</text>")).lowerBound
        }
        #expect(places == places.sorted())
    }

    @Test("a heat map in the terminal turns when its columns' names do not fit")
    func turned() {
        let sample = ChartSample.sample(
            [ChartSample.country, ChartSample.segment, ChartSample.orders],
            (0..<20).flatMap { place in
                (0..<2).map { [.text("A place called \(place)"), .text("S\($0)"), .integer(place * 3 + $0)] }
            })
        let lines = sample.draw("as a heat map", width: 60)
        #expect(lines.contains { $0.hasPrefix("A place called 19 ") }, "\(lines)")
    }
}
