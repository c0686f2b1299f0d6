public import Schemas

/// Whether an answer's rows are the right ones.
///
/// Strictly: the same number of columns in any order, and the same rows. Tolerantly, up to two columns more (when one
/// value was asked for they may only label it), a first and a last name as one or two columns, months, quarters and years
/// in any spelling, two decimal places, per cent for a fraction.
public struct ResultComparison: Sendable {
    /// The rows that are right.
    public var gold: [[SQLValue]]
    /// Whether their order matters.
    public var isOrdered = false
    /// How many rows in a row tie with each other, where the order matters.
    public var groups: [Int]?
    /// Whether repeated rows count once.
    public var isSet = false
    /// The question: it tells whether a share was asked for.
    public var question = ""
    /// Whether a number that was not asked for makes the answer wrong.
    public var forbidsNumbers = false

    /// Makes a comparison.
    public init(gold: [[SQLValue]]) { self.gold = gold }

    /// One column that may stand for a column of the right rows, with its place among the columns.
    private struct Option {
        var place: Int
        var values: [SQLValue]
    }

    /// Whether the rows are right.
    ///
    /// - Parameter names: the columns' names, when they are known.
    public func accepts(_ found: [[SQLValue]], names: [String] = [], tolerantly: Bool) -> Bool {
        guard let first = gold.first else { return found.isEmpty }
        guard let row = found.first else { return false }
        let rows = RowComparison(isLoose: tolerantly, isSet: isSet)
        if tolerantly ? row.count > first.count + 2 : row.count != first.count { return false }
        if !(isSet && tolerantly), gold.count != found.count { return false }
        var columns = row.indices.map { at in found.map { $0[at] } }
        if tolerantly { columns += Self.composedColumns(found) }
        var options: [[Option]] = []
        var isPeriod: [Bool] = []
        for at in first.indices {
            let wanted = gold.map { $0[at] }
            let kind = tolerantly ? PeriodSpelling.kind(wanted) : nil
            isPeriod.append(kind != nil)
            let candidates = self.options(for: wanted, kind, columns, rows, tolerantly)
            if candidates.isEmpty { return false }
            options.append(candidates)
        }
        var tries = 0
        return choose(options, []) { chosen in
            tries += 1
            if tries > 3000 { return nil }
            if tolerantly, first.count == 1, gold.count == 1, row.count > 1, chosen[0].place < row.count,
                competes(with: chosen[0].place, row, names)
            {
                return false
            }
            if forbidsNumbers, showsOtherNumbers(than: chosen.map(\.place), found, names) { return false }
            let projected = found.indices.map { at in chosen.map { $0.values[at] } }
            let wanted = gold.map { row in
                row.enumerated().map { isPeriod[$0] ? .text(CellComparison.text($1)) : $1 }
            }
            return rows.same(wanted, projected, isOrdered: isOrdered, groups: groups)
        } ?? false
    }

    private func options(
        for wanted: [SQLValue], _ kind: PeriodSpelling.Kind?, _ columns: [[SQLValue]], _ rows: RowComparison,
        _ tolerantly: Bool
    ) -> [Option] {
        let years = Set(wanted.filter { $0 != .null }.map { CellComparison.text($0).prefix(4) })
        let year = years.count == 1 && kind != .year ? years.first.map(String.init) : nil
        let isShare =
            tolerantly
            && question.firstMatch(of: /(?i)percent|%|share|ratio|\brate\b|proportion|fraction/) != nil
        var found: [Option] = []
        for (place, column) in columns.enumerated() {
            var variants = [column]
            if let kind {
                let canonical = column.map { PeriodSpelling.canonical($0, kind, year: year) }
                if zip(canonical, column).allSatisfy({ $0 != nil || $1 == .null }) {
                    variants = [canonical.map { $0.map { .text($0) } ?? .null }]
                }
            }
            if isShare, column.allSatisfy({ $0 == .null || CellComparison.number($0) != nil }) {
                for factor in [100, 0.01] {
                    variants.append(
                        column.map { value in CellComparison.number(value).map { .real($0 * factor) } ?? .null })
                }
            }
            for values in variants {
                let mine = wanted.map { [kind == nil ? $0 : .text(CellComparison.text($0))] }
                if rows.same(mine, values.map { [$0] }, isOrdered: false, groups: nil) {
                    found.append(Option(place: place, values: values))
                }
            }
        }
        return found
    }

    /// Tries choices of one option for each column until `accept` says yes, or nil for enough.
    private func choose(
        _ options: [[Option]], _ chosen: [Option], _ accept: ([Option]) -> Bool?
    ) -> Bool? {
        if chosen.count == options.count { return accept(chosen) }
        for option in options[chosen.count] where !chosen.contains(where: { $0.place == option.place }) {
            guard let verdict = choose(options, chosen + [option], accept) else { return nil }
            if verdict { return true }
        }
        return false
    }

    /// One value was asked for: another one of its type beside it, that is no key, competes with it.
    private func competes(with place: Int, _ row: [SQLValue], _ names: [String]) -> Bool {
        let isNumber = CellComparison.number(gold[0][0]) != nil
        return row.indices.contains { at in
            at != place && row[at] != .null && (CellComparison.number(row[at]) != nil) == isNumber
                && !Self.isKey(names, at)
        }
    }

    private func showsOtherNumbers(than used: [Int], _ found: [[SQLValue]], _ names: [String]) -> Bool {
        (found.first?.indices ?? 0..<0).contains { at in
            !used.contains(at) && !Self.isKey(names, at) && found.contains { CellComparison.number($0[at]) != nil }
        }
    }

    private static func isKey(_ names: [String], _ at: Int) -> Bool {
        guard names.indices.contains(at) else { return false }
        return names[at].firstMatch(of: /(?i)(^|_)(id|key|code|no|nr|number|sku|uuid)$/) != nil
            || names[at].firstMatch(of: /(?i)(id|key|code|number)$/) != nil
    }

    /// Neighbours joined by a space (names), and a year with a month or a quarter beside it.
    private static func composedColumns(_ rows: [[SQLValue]]) -> [[SQLValue]] {
        let width = min(rows.first?.count ?? 0, 6)
        var found: [[SQLValue]] = []
        for i in 0..<width {
            for j in 0..<width where i != j {
                let left = rows.map { $0[i] }
                let right = rows.map { $0[j] }
                if abs(i - j) == 1, (left + right).allSatisfy({ if case .text = $0 { true } else { false } }) {
                    found.append(zip(left, right).map { .text(raw($0) + " " + raw($1)) })
                }
                let years = left.compactMap(CellComparison.number)
                let parts = right.compactMap(CellComparison.number)
                guard years.count == rows.count, parts.count == rows.count,
                    years.allSatisfy({ (1900...2100).contains($0) }), parts.allSatisfy({ (1...12).contains($0) })
                else { continue }
                found.append(
                    zip(years, parts).map { .text("\(Int($0))-" + (Int($1) < 10 ? "0" : "") + "\(Int($1))") })
                if parts.allSatisfy({ $0 <= 4 }) {
                    found.append(zip(years, parts).map { .text("\(Int($0))-Q\(Int($1))") })
                }
            }
        }
        return found
    }

    private static func raw(_ value: SQLValue) -> String { if case .text(let text) = value { text } else { "" } }
}
