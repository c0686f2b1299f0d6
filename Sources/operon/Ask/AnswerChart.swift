import Schemas
import Semantics
import Services
import Values

/// The chart of an answer, made again from its rows and the kind that was chosen: for the terminal and for files.
struct AnswerChart {
    /// What a chart is written as, by the end of the file's name.
    enum Form: String {
        case svg, html

        init(path: String) throws(UsageError) {
            let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
            if name.hasSuffix(".svg") {
                self = .svg
            } else if name.hasSuffix(".html") || name.hasSuffix(".htm") {
                self = .html
            } else {
                throw UsageError("a chart is written as FILE.svg or FILE.html, not \"\(path)\"")
            }
        }
    }

    let answer: JSON
    let result: ResultTable
    let columns: [OutputColumn]
    let choice: ChartChoice

    /// Nil when the answer has no rows that could be shown.
    init?(_ answer: JSON) {
        self.answer = answer
        result = ResultTable(
            columns: (answer["columns"]?.array ?? []).compactMap(\.string),
            rows: (answer["rows"]?.array ?? []).map { ($0.array ?? []).map { SQLValue(json: $0) ?? .null } },
            isTruncated: answer["truncated"]?.bool ?? false)
        if result.columns.isEmpty || answer["abstain"]?.bool == true { return nil }
        columns = OutputColumn.columns(
            (answer["shape"]?.array ?? []).compactMap(OutputColumn.init(json:)), of: result)
        let kind = answer["chart"]?.string.flatMap(ChartKind.init(rawValue:)) ?? .table
        choice = ChartChooser.choose(kind, columns: columns, result: result)
    }

    /// "a bar chart"
    var phrase: String { choice.kind.phrase }

    /// Writes the chart to a file, whole or not at all.
    func write(to path: String, question: String) throws {
        let text: String
        switch try Form(path: path) {
        case .svg:
            text = SVGChart.draw(
                choice, columns: columns, result: result, title: question.isEmpty ? nil : question)
        case .html:
            let words = ChartPage.Words(
                title: question.isEmpty ? "Answer" : question, answer: answer["answer"]?.string ?? "",
                explanation: answer["explanation"]?.string ?? "", sql: answer["sql"]?.string ?? "")
            text = ChartPage.html(choice, columns: columns, result: result, words: words)
        }
        try Files.replace(path, with: Array(text.utf8))
    }
}
