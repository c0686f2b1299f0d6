import Modeling
import Schemas

/// "Both … and …": one thing that is related to rows of two kinds, which no single row can be.
extension Composer {
    /// Turns the two conditions that "both" joins into two memberships of the thing asked for, so that each may be
    /// fulfilled by another row.
    mutating func readBoth() throws(CompositionFailure) {
        guard let at = items.indices.first(where: { items[$0].kind == .cue(.both) && !used.contains($0) }) else {
            return
        }
        let failure = CompositionFailure("I cannot yet answer this question with \"both … and …\".", isFinal: true)
        used.insert(at)
        var parts: [Filter] = []
        var rest: [Filter] = []
        for filter in query.filters {
            if case .oneOf(let ref, let values, false) = filter, values.count == 2 {
                parts += values.map { .oneOf(ref, [$0], isNegated: false) }
            } else if filter.isNumeric || filter.isValue {
                parts.append(filter)
            } else {
                rest.append(filter)
            }
        }
        // "both the names and the counts" asks for two things and tells no conditions.
        if parts.count < 2, items[at...].contains(where: { $0.kind == .cue(.and) }), !hasConditions(after: at) {
            return
        }
        guard parts.count == 2, query.having.isEmpty, parts[0].table == parts[1].table else { throw failure }
        let key = try memberKey(before: at, of: parts[0].table)
        query.filters = rest + parts.map { .among(key, [$0]) }
        // What the conditions are said of is spoken for by them.
        for index in items.indices where index > at {
            if case .entity(let table) = items[index].kind, table == parts[0].table, table != key.table {
                used.insert(index)
            }
        }
    }

    private func hasConditions(after at: Int) -> Bool {
        items[at...].contains { item in
            switch item.kind {
            case .value, .quoted, .number, .cue(.compare), .cue(.between): true
            default: false
            }
        }
    }

    /// What must be among the rows of both kinds: the key of the thing asked for, or the value that is asked for.
    private func memberKey(before at: Int, of table: String) throws(CompositionFailure) -> ColumnRef {
        let failure = CompositionFailure("I do not see what should be both.", isFinal: true)
        let asked = items[..<at].first { item in
            switch item.kind {
            case .entity, .label: true
            case .column(let ref): column(ref)?.role != .measure
            default: false
            }
        }
        guard let asked, let home = asked.table else { throw failure }
        if case .column(let ref) = asked.kind, home == table || model.entity(home)?.label != [ref.column] {
            return ref
        }
        guard home != table, let key = model.entity(home)?.key, key.count == 1,
            let path = model.joins.path(from: home, to: table), !path.isToOne
        else { throw failure }
        return ColumnRef(home, key[0])
    }
}

extension Filter {
    fileprivate var isNumeric: Bool {
        switch self {
        case .compare, .between: true
        default: false
        }
    }
    fileprivate var isValue: Bool {
        if case .oneOf(_, let values, false) = self { values.count == 1 } else { false }
    }
}
