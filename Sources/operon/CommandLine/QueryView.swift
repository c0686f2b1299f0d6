import Databases
import Schemas
import Semantics
import Values

/// Shows the rows of a statement: as a table to a person, as tab-separated values to a pipe.
enum QueryView {
    static func show(_ verdict: QueryVerdict, on terminal: Terminal) {
        guard verdict.kind == .ok else {
            terminal.note("operon: \(verdict.kind.rawValue): \(verdict.error?.message ?? "refused")")
            if let hint = verdict.error?.hint, !hint.isEmpty { terminal.note("  \(hint)") }
            return
        }
        let table = verdict.table
        if terminal.isOutputTerminal {
            let columns = table.columns.map { OutputColumn(name: $0, title: $0, role: .dimension, format: .plain) }
            for line in TerminalTable.draw(columns: columns, result: table, width: terminal.width, maxRows: 1000) {
                terminal.print(line)
            }
        } else {
            terminal.print(table.columns.map(field).joined(separator: "\t"))
            for row in table.rows { terminal.print(row.map { field(raw($0)) }.joined(separator: "\t")) }
        }
        if table.isTruncated { terminal.note("operon: the result was cut after \(table.rows.count) rows") }
    }

    private static func raw(_ value: SQLValue) -> String {
        switch value {
        case .null: ""
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): text
        case .blob(let bytes): "(\(bytes.count) bytes)"
        }
    }

    /// Tabs and line ends inside a value would break the row.
    private static func field(_ text: String) -> String {
        var out = ""
        for character in text.unicodeScalars {
            switch character {
            case "\t": out += "\\t"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }
}
