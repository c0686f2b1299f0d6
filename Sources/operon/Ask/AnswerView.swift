import AgentRuntime
import Schemas
import Semantics
import Values

/// Shows an answer to a person: the sentence, the table, the chart, how the question was read.
struct AnswerView {
    let terminal: Terminal

    func show(_ result: TurnResult) {
        if let suspension = result.suspension { return ask(suspension.question, suspension.options) }
        let answer = result.answer
        if answer["abstain"]?.bool == true {
            let clarification = answer["clarification"]
            return ask(
                clarification?["message"]?.string ?? answer["answer"]?.string ?? "The question is not clear.",
                (clarification?["options"]?.array ?? []).compactMap(\.string))
        }
        if let sentence = answer["answer"]?.string, !sentence.isEmpty {
            for line in wrapped(sentence) { terminal.print(terminal.styled(line, .bold)) }
        }
        showRows(answer)
        if let reading = answer["explanation"]?.string, !reading.isEmpty {
            for line in wrapped("Read as: \(reading)") { terminal.print(terminal.styled(line, .faint)) }
        }
        if let sql = answer["sql"]?.string {
            for line in TextLayout.sql(DisplayWidth.safe(sql), width: terminal.width) {
                terminal.print(terminal.styled(line, .faint))
            }
        }
        tell(result.outcome)
    }

    private func showRows(_ answer: JSON) {
        guard let chart = AnswerChart(answer), !chart.result.rows.isEmpty else { return }
        let (columns, result, choice) = (chart.columns, chart.result, chart.choice)
        if result.rows.count > 1 || result.columns.count > 1 {
            terminal.print("")
            for line in TerminalTable.draw(columns: columns, result: result, width: terminal.width) {
                terminal.print(line)
            }
        }
        if choice.kind != .table, choice.kind != .kpi {
            terminal.print("")
            let lines = TerminalChart.draw(
                choice, columns: columns, result: result, width: min(terminal.width, 100),
                colour: terminal.hasColour)
            for line in lines { terminal.print(line) }
        }
        terminal.print("")
        if let refusal = answer["chart_refusal"]?.string {
            for line in wrapped(refusal) { terminal.print(terminal.styled(line, .yellow)) }
        }
    }

    private func ask(_ question: String, _ options: [String]) {
        for line in wrapped(question) { terminal.print(terminal.styled(line, .yellow)) }
        for (number, option) in options.enumerated() {
            terminal.print("  \(number + 1). \(DisplayWidth.safe(option))")
        }
    }

    /// In a terminal in lines that fit; in a pipe as one line, whatever reads it.
    private func wrapped(_ text: String) -> [String] {
        let safe = DisplayWidth.safe(text)
        return terminal.isOutputTerminal ? TextLayout.wrapped(safe, width: terminal.width) : [safe]
    }

    private func tell(_ outcome: Outcome?) {
        switch outcome {
        case .degraded(let reasons):
            terminal.note("operon: degraded: " + reasons.joined(separator: "; "))
        case .truncated(let budget): terminal.note("operon: truncated: the \(budget) budget ran out")
        case .cancelled: terminal.note("operon: cancelled")
        case .failed(let error):
            terminal.note("operon: \(error.message)")
            if !error.hint.isEmpty { terminal.note("  \(error.hint)") }
        default: break
        }
    }
}
