import Modeling
import Schemas

/// "The ratio of restaurants rated above 4 to those rated below 4": two figures of one table, each with its own
/// conditions.
extension Composer {
    /// Reads both sides as questions of their own and takes their words out, so that what remains names only groups and
    /// the order.
    mutating func readRatio() throws(CompositionFailure) {
        guard let at = items.firstIndex(where: { $0.kind == .cue(.ratio) }) else { return }
        let failure = CompositionFailure("I do not see which two figures the ratio compares.", isFinal: true)
        guard let to = items.indices.first(where: { $0 > at && items[$0].kind == .cue(.preposition("to")) }) else {
            throw failure
        }
        let end = items.indices.first { $0 > to && items[$0].endsFigure } ?? items.count
        guard to > at + 1, end > to + 1 else { throw failure }
        let top = try figure(Array(items[at + 1..<to]), beside: Array(items[to + 1..<end]))
        let bottom = try figure(Array(items[to + 1..<end]), beside: Array(items[at + 1..<to]))
        guard let one = top.measures.first, let other = bottom.measures.first else { throw failure }
        // "… above 4 to those below 4 in New York": a condition on something that the first side leaves open holds for both.
        func key(_ filter: Filter) -> ColumnRef? { filter.column }
        let known = top.filters.map(key)
        let isMatched = bottom.filters.contains { known.contains(key($0)) }
        let common = bottom.filters.filter { isMatched && !known.contains(key($0)) }
        let own = bottom.filters.filter { !common.contains($0) }
        guard top.filters != own || one.value != other.value else { throw failure }
        items.replaceSubrange(at..<end, with: [])
        query.filters += common
        for table in top.related + bottom.related { relate(table) }
        let title = "Ratio of \(one.title.lowercased()) to \(other.title.lowercased())"
        if one.home != other.home || one.value.needsOwnSelect || other.value.needsOwnSelect {
            // Each side at its own grain.
            asked.append(
                Measure(
                    .combined(.narrowed(one.value, top.filters), .over, .narrowed(other.value, own)), title: title,
                    format: .ratio))
            return
        }
        asked.append(
            Measure(.ratio(one.value, where: top.filters, to: other.value, with: own), title: title, format: .ratio)
        )
    }

    /// One side as a query of one measure; a thing that is only named is counted, and a side that names none is of the
    /// things that the other names.
    func figure(_ part: [Item], beside other: [Item]) throws(CompositionFailure) -> SemanticQuery {
        var inner = self
        inner.items = part
        let first = part[0].range.lowerBound
        func isFigure(_ item: Item) -> Bool {
            switch item.kind {
            case .cue(.count), .cue(.aggregate), .cue(.howMuch), .term, .amount: true
            default: false
            }
        }
        if !part.contains(where: isFigure) {
            if !part.contains(where: { if case .entity = $0.kind { true } else { false } }),
                let thing = other.first(where: { if case .entity = $0.kind { true } else { false } })
            {
                inner.items.insert(Item(first..<first, thing.kind), at: 0)
            }
            // A number stands for its sum; anything else is counted.
            let isNumber =
                inner.items.contains { item in
                    if case .column(let ref) = item.kind { column(ref)?.role == .measure } else { false }
                } && !inner.items.contains { if case .cue(.compare) = $0.kind { true } else { false } }
            // So does a thing that is money by its name: "refunds" beside revenue.
            let isMoney = inner.items.contains { item in
                if case .entity(let table) = item.kind { finder.namedAmount(of: table) != nil } else { false }
            }
            inner.items.insert(
                Item(first..<first, isNumber || isMoney ? .cue(.aggregate(.sum)) : .cue(.count)), at: 0)
        }
        let found = try inner.compose().query
        guard found.measures.count == 1, found.dimensions.isEmpty, found.having.isEmpty, found.limit == nil else {
            throw CompositionFailure("I do not see which two figures the ratio compares.", isFinal: true)
        }
        return found
    }
}

extension Item {
    /// Whether the words after belong to the groups or the order and no longer to a figure.
    var endsFigure: Bool {
        switch kind {
        case .cue(.each), .cue(.by), .cue(.order), .cue(.list): true
        case .time(let phrase): phrase.isGrouping
        default: false
        }
    }
}

extension Filter {
    /// The one column that the condition is on.
    var column: ColumnRef? {
        switch self {
        case .oneOf(let ref, _, _), .compare(let ref, _, _), .between(let ref, _, _), .during(let ref, _),
            .isMissing(let ref, _), .againstAverage(let ref, _), .matches(let ref, _, _, _), .among(let ref, _),
            .member(let ref, _), .asOther(let ref, _, _), .onWeekdays(let ref, _, _),
            .againstSome(let ref, _, _, _):
            ref
        case .without, .whose, .anyOf, .holds, .versus, .unreferenced, .span: nil
        }
    }
}
