public import Schemas

/// Draws rows as an aligned table for a terminal.
public enum TerminalTable {
    /// The table as lines, none wider than `width`: titles, a rule, at most `maxRows` rows, and a last line that says
    /// how many rows there are when not all are shown.
    ///
    /// Numbers stand to the right with thousands separators (keys and years without). Titles wider than their values and then wide columns shrink first, cut
    /// texts end in …; when even narrow columns do not fit, the last ones are left out and the last line says so.
    /// Control characters in data are written out, so that they never reach the terminal.
    public static func draw(columns: [OutputColumn], result: ResultTable, width: Int, maxRows: Int = 20) -> [String]
    {
        let count = min(columns.count, result.columns.count)
        guard count > 0 else { return ["No columns."] }
        let rows = result.rows.prefix(max(1, maxRows))
        let cells = rows.map { row in
            (0..<count).map { index in
                index < row.count ? DisplayWidth.safe(NumberFormat.text(row[index], in: columns[index])) : ""
            }
        }
        let titles = columns.prefix(count).map { DisplayWidth.safe($0.title) }
        let contents = (0..<count).map { index in cells.reduce(1) { max($0, DisplayWidth.of($1[index])) } }
        let natural = (0..<count).map { max(contents[$0], DisplayWidth.of(titles[$0])) }
        let widths = fit(cutTitles(natural, contents, into: max(8, width)), into: max(8, width))
        let right = (0..<count).map { index in
            rows.contains { index < $0.count && $0[index].number != nil }
                && rows.allSatisfy { index < $0.count && ($0[index].number != nil || $0[index] == .null) }
        }
        func line(_ texts: [String]) -> String {
            let fitted = widths.indices.map { DisplayWidth.fitted(texts[$0], to: widths[$0], right: right[$0]) }
            return DisplayWidth.trimmedEnd(fitted.joined(separator: "  "))
        }
        var lines = [line(titles), widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")]
        lines += cells.map(line)
        if let note = note(shown: rows.count, result, hidden: count - widths.count) { lines.append(note) }
        return lines
    }

    /// Where a title is wider than what stands below it, it is cut first, down to six columns: values say more. The
    /// widest differences go first.
    private static func cutTitles(_ natural: [Int], _ contents: [Int], into width: Int) -> [Int] {
        var widths = natural
        var excess = natural.reduce(0, +) + 2 * (natural.count - 1) - width
        func slack(_ index: Int) -> Int { max(0, natural[index] - max(6, contents[index])) }
        for index in natural.indices.sorted(by: { (slack($1), $0) < (slack($0), $1) }) where excess > 0 {
            let cut = min(excess, slack(index))
            widths[index] -= cut
            excess -= cut
        }
        return widths
    }

    /// Takes columns from the widest until the sum fits; drops last columns when each would be under four wide.
    private static func fit(_ natural: [Int], into width: Int) -> [Int] {
        var widths = natural
        func total() -> Int { widths.reduce(0, +) + 2 * (widths.count - 1) }
        while total() > width {
            guard let widest = widths.indices.max(by: { widths[$0] < widths[$1] }) else { break }
            if widths[widest] > 4 {
                // Down to the next widest at once, so that long texts do not cost a step per character.
                let next = widths.indices.filter { $0 != widest }.map { widths[$0] }.max() ?? 4
                let excess = total() - width
                widths[widest] = max(4, widths[widest] - min(excess, max(1, widths[widest] - next)))
            } else if widths.count > 1 {
                widths.removeLast()
            } else {
                widths[0] = width
                break
            }
        }
        return widths
    }

    private static func note(shown: Int, _ result: ResultTable, hidden: Int) -> String? {
        var parts: [String] = []
        let all = NumberFormat.grouped(result.rows.count) + (result.isTruncated ? "+" : "")
        if result.rows.isEmpty {
            parts.append("no rows")
        } else if shown < result.rows.count || result.isTruncated {
            parts.append("\(NumberFormat.grouped(shown)) of \(all) rows shown")
        }
        if hidden > 0 { parts.append("\(hidden) more column\(hidden == 1 ? "" : "s")") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
