import Modeling
import Schemas

/// Two figures that make one: "revenue minus refunds", "difference between total salary and total bonus", "refunds as a
/// percentage of revenue". Each side is read as a question of its own.
extension Composer {
    mutating func readOperations() throws(CompositionFailure) {
        guard let at = items.firstIndex(where: { if case .operation = $0.kind { true } else { false } }),
            case .operation(let operation) = items[at].kind
        else { return }
        let isPrefix =
            tokens[items[at].range].last?.folded == "between" || tokens[items[at].range].last?.folded == "in"
        let begin: Int
        let split: Int
        if isPrefix {
            guard let joint = items.indices.first(where: { $0 > at && items[$0].kind == .cue(.and) }) else {
                throw failure
            }
            (begin, split) = (at, joint)
        } else {
            begin = (items.indices.last { $0 < at && items[$0].beginsFigure } ?? -1) + 1
            split = at
        }
        let end = items.indices.first { $0 > split && items[$0].endsFigure } ?? items.count
        let left = Array(items[(isPrefix ? begin + 1 : begin)..<split])
        let right = Array(items[split + 1..<end])
        guard !left.isEmpty, !right.isEmpty else { throw failure }
        if operation == .percentOf, isWhole(right, of: left) { return try readShareOfAll(begin..<end, left) }
        // A time that one side says holds for both.
        let times = [left, right].map { $0.filter(\.isPeriod) }
        let isCommon = times[0].isEmpty || times[1].isEmpty
        let a = try figure(isCommon ? left.filter { !$0.isPeriod } : left, beside: right)
        let b = try figure(isCommon ? right.filter { !$0.isPeriod } : right, beside: left)
        guard let one = a.measures.first, let other = b.measures.first else { throw failure }
        let known = a.filters.map(\.column)
        // What stands behind the last figure narrows both, unless both narrow the same column.
        let own = b.filters.filter { filter in known.contains(filter.column) && !a.filters.contains(filter) }
        let isMatched = !own.isEmpty
        let common = b.filters.filter {
            !own.contains($0) && (isMatched || a.filters.isEmpty || a.filters.contains($0))
        }
        let second = b.filters.filter { !common.contains($0) }
        let first = a.filters.filter { !common.contains($0) }
        func narrowed(_ value: Measure.Value, _ filters: [Filter]) -> Measure.Value {
            filters.isEmpty ? value : .narrowed(value, filters)
        }
        let x = narrowed(one.value, first)
        let y = narrowed(other.value, second)
        guard x != y else { throw failure }
        items.replaceSubrange(begin..<end, with: isCommon ? times[0] + times[1] : [])
        query.filters += common.filter { !query.filters.contains($0) }
        for table in a.related + b.related { relate(table) }
        let title = "\(one.title) \(operation.words) \(other.title.lowercased())"
        asked.append(
            Measure(
                .combined(x, operation, y), title: title,
                format: operation == .percentOf
                    ? .percent : operation == .over ? .number : one.format == .money ? .money : other.format))
    }

    private var failure: CompositionFailure {
        CompositionFailure("I do not see which two figures are put together.", isFinal: true)
    }

    /// "as a percentage of the total", "… of total revenue": the whole of what stands before.
    private func isWhole(_ right: [Item], of left: [Item]) -> Bool {
        let words = right.filter { !$0.kind.isPreposition && !$0.isPeriod }
        guard case .cue(.aggregate(.sum))? = words.first?.kind else { return false }
        return words.dropFirst().allSatisfy { item in left.contains { $0.kind == item.kind } }
    }

    private mutating func readShareOfAll(_ range: Range<Int>, _ left: [Item]) throws(CompositionFailure) {
        let times = items[range].filter(\.isPeriod)
        let found = try figure(left.filter { !$0.isPeriod }, beside: [])
        guard let one = found.measures.first else { throw failure }
        items.replaceSubrange(range, with: times)
        for table in found.related { relate(table) }
        if found.filters.isEmpty {
            sharedMeasure = one
        } else {
            asked.append(
                Measure(
                    .share(one.value, where: found.filters), title: "Share of \(one.title.lowercased())",
                    format: .percent))
        }
    }
}

extension Item {
    /// Whether the words before belong to a request and not to a figure.
    fileprivate var beginsFigure: Bool {
        switch kind {
        case .cue(.list), .cue(.which), .cue(.who), .cue(.each), .cue(.by), .cue(.order): true
        case .time(let phrase): phrase.isGrouping
        default: false
        }
    }

    /// Whether the part is a time that narrows.
    var isPeriod: Bool { if case .time(let phrase) = kind { !phrase.isGrouping } else { false } }
}
