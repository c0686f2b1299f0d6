public import Schemas

/// Writes a chart as one HTML page that needs nothing else: the drawing, the words around it, and all rows as a table for
/// those who cannot see it or want to copy it. No script runs in it, and its policy says so.
public enum ChartPage {
    /// What stands around the drawing.
    public struct Words: Sendable, Hashable {
        /// The question, or another title.
        public var title: String
        /// The answer in a sentence.
        public var answer: String
        /// How the question was read.
        public var explanation: String
        /// The SQL that ran.
        public var sql: String

        /// Makes the words; what is empty is left out.
        public init(title: String, answer: String = "", explanation: String = "", sql: String = "") {
            self.title = title
            self.answer = answer
            self.explanation = explanation
            self.sql = sql
        }
    }

    /// More rows than this are counted and not written.
    static let rowLimit = 1000

    /// The page, UTF-8.
    public static func html(
        _ choice: ChartChoice, columns: [OutputColumn], result: ResultTable, words: Words
    ) -> String {
        let escaped = SVGCanvas.escaped
        var body = "<h1>\(escaped(words.title))</h1>\n"
        if !words.answer.isEmpty { body += "<p class=\"answer\">\(escaped(words.answer))</p>\n" }
        if choice.kind != .table {
            body += "<figure>\n\(SVGChart.draw(choice, columns: columns, result: result))</figure>\n"
        }
        body += table(columns, result)
        if !words.explanation.isEmpty {
            body += "<p class=\"reading\">Read as: \(escaped(words.explanation))</p>\n"
        }
        if !words.sql.isEmpty {
            let lines = words.sql.split(separator: "\n", omittingEmptySubsequences: false).map {
                escaped(String($0))
            }
            body += "<details><summary>SQL</summary><pre>\(lines.joined(separator: "\n"))</pre></details>\n"
        }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(escaped(words.title))</title>
            <style>\(style)</style>
            </head>
            <body>
            <main>
            \(body)</main>
            </body>
            </html>

            """
    }

    private static func table(_ columns: [OutputColumn], _ result: ResultTable) -> String {
        let count = min(columns.count, result.columns.count)
        guard count > 0 else { return "" }
        let isNumber = (0..<count).map { column in
            result.rows.contains { column < $0.count && $0[column].number != nil }
        }
        func cell(_ tag: String, _ column: Int, _ text: String) -> String {
            let scope = tag == "th" ? " scope=\"col\"" : ""
            return
                "<\(tag)\(scope)\(isNumber[column] ? " class=\"number\"" : "")>\(SVGCanvas.escaped(text))</\(tag)>"
        }
        let shown = result.rows.prefix(rowLimit)
        let all = NumberFormat.grouped(result.rows.count) + (result.isTruncated ? "+" : "")
        var caption = result.rows.count == 1 ? "1 row" : "\(all) rows"
        if shown.count < result.rows.count { caption = "\(NumberFormat.grouped(shown.count)) of \(caption)" }
        var html = "<table>\n<caption>\(caption)</caption>\n<thead><tr>"
        html += (0..<count).map { cell("th", $0, columns[$0].title) }.joined() + "</tr></thead>\n<tbody>\n"
        for row in shown {
            let cells = (0..<count).map { column in
                cell("td", column, column < row.count ? NumberFormat.text(row[column], in: columns[column]) : "")
            }
            html += "<tr>\(cells.joined())</tr>\n"
        }
        return html + "</tbody>\n</table>\n"
    }

    private static let style = """
        :root{color-scheme:light dark}
        body{margin:0;font:16px/1.5 system-ui,'Segoe UI','Helvetica Neue',Arial,sans-serif;background:#fff;color:#1f2328}
        main{max-width:52rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.35rem;margin:0 0 .5rem}.answer{font-size:1.05rem}.reading,caption,summary{color:#57606a}
        figure{margin:1.5rem 0;overflow-x:auto}svg{max-width:100%;height:auto}
        table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
        caption{text-align:left;padding:.25rem 0}th,td{padding:.3rem .6rem;text-align:left;border-bottom:1px solid #d8dee4}
        .number{text-align:right}pre{overflow-x:auto;background:#f3f5f7;padding:.75rem;border-radius:6px}
        @media (prefers-color-scheme:dark){body{background:#16181d;color:#e6edf3}.reading,caption,summary{color:#a3adb8}
        th,td{border-color:#2d333b}pre{background:#21262d}}
        """
}
