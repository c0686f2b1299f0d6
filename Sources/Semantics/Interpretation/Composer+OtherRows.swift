import Modeling
import Schemas

/// Comparisons of a row with another one: "more than their manager", "larger than France", "in the same city as Hall".
extension Composer {
    mutating func readOtherRows() throws(CompositionFailure) {
        for at in items.indices where !used.contains(at) {
            switch items[at].kind {
            case .cue(.than(let comparison, let hint)): try readThan(at, comparison, hint)
            case .cue(.same): try readSame(at)
            default: continue
            }
        }
    }

    private mutating func readThan(_ at: Int, _ comparison: Comparison, _ hint: Cue.Hint?)
        throws(CompositionFailure)
    {
        let failure = CompositionFailure(
            "I do not see what \"\(words(items[at].range))\" compares.", isFinal: true)
        guard var right = next(at + 1) else { throw failure }
        used.insert(at)
        // "than the salary of their manager", "than that of Hall"
        var said: ColumnRef?
        if case .column(let ref) = items[right].kind, isComparable(ref) {
            if let left = leftNumber(at, isTaking: false), left != ref, left.table == ref.table,
                !points(behind: right)
            {
                _ = leftNumber(at)
                used.insert(right)
                query.filters.append(.versus(left, comparison, ref))
                return
            }
            // "than the manager salary" of `manager`
            if let role = model.role(ref.table), role.isSelf, !role.isReverse,
                let (column, _) = compared(at, hint, role.table, ref)
            {
                used.insert(right)
                query.filters.append(.versus(ColumnRef(role.table, column), comparison, ref))
                return
            }
            guard let after = next(right + 1) else { throw failure }
            said = ref
            used.insert(right)
            right = after
        }
        if case .entity(let table) = items[right].kind, model.role(table) == nil, let after = next(right + 1),
            case .value = items[after].kind
        {
            used.insert(right)
            right = after
        }
        switch items[right].kind {
        case .entity(let name):
            guard let role = model.role(name), !role.isReverse, role.isSelf else { throw failure }
            used.insert(right)
            // "than their manager's salary"
            if let after = next(right + 1), case .column(let ref) = items[after].kind, ref.table == name,
                isComparable(ref), items[after].range.lowerBound - items[right].range.upperBound <= 1
            {
                used.insert(after)
                said = ref
            }
            guard let (column, flips) = compared(at, hint, role.table, said) else { throw failure }
            query.filters.append(
                .versus(
                    ColumnRef(role.table, column), flips ? comparison.flipped : comparison,
                    ColumnRef(name, column)))
        case .value(let ref, _):
            let table = subject.flatMap { model.role($0) == nil ? $0 : nil } ?? ref.table
            guard table == ref.table, let (column, flips) = compared(at, hint, table, said) else { throw failure }
            query.filters.append(
                .asOther(
                    ColumnRef(table, column), flips ? comparison.flipped : comparison, takeValues(right, of: table))
            )
        default: throw failure
        }
    }

    private mutating func readSame(_ at: Int) throws(CompositionFailure) {
        let failure = CompositionFailure("I do not see what should be the same.", isFinal: true)
        guard let what = next(at + 1), let place = next(what + 1), items[what].table != nil,
            tokens[items[what].range.upperBound..<items[place].range.lowerBound].contains(where: {
                $0.folded == "as"
            })
        else { throw failure }
        used.formUnion([at, what])
        var other = place
        if case .entity(let table) = items[other].kind, model.role(table) == nil, let after = next(other + 1),
            case .value(let ref, _) = items[after].kind, ref.table == table
        {
            used.insert(other)
            other = after
        }
        let owner: String
        switch items[other].kind {
        case .value(let ref, _): owner = ref.table
        case .entity(let name):
            guard let role = model.role(name), role.isSelf, !role.isReverse else { throw failure }
            owner = role.table
        default: throw failure
        }
        let shared: ColumnRef
        switch items[what].kind {
        case .column(let ref): shared = ColumnRef(model.stored(ref.table), ref.column)
        case .entity(let table):
            guard table != owner, let path = model.joins.path(from: owner, to: table), path.steps.count == 1,
                path.isToOne, path.steps[0].edge.childColumns.count == 1
            else { throw failure }
            shared = ColumnRef(owner, path.steps[0].edge.childColumns[0])
        default: throw failure
        }
        guard shared.table == owner || model.joins.path(from: owner, to: shared.table)?.isToOne ?? false else {
            throw failure
        }
        if case .entity(let name) = items[other].kind {
            guard shared.table == owner else { throw failure }
            used.insert(other)
            query.filters.append(.versus(shared, .equal, ColumnRef(name, shared.column)))
            return
        }
        let known = takeValues(other, of: owner)
        query.filters.append(.asOther(shared, .equal, known))
        if tokens.contains(where: { ["other", "others", "else", "another"].contains($0.folded) }) {
            if known.count == 1, case .oneOf(let ref, let values, false) = known[0] {
                query.filters.append(.oneOf(ref, values, isNegated: true))
            }
        } else {
            assumptions.append("the one named is listed too")
        }
        // "employees in the same department as Hall" asks for employees even where only Hall tells so.
        if !items.contains(where: { $0.kind == .entity(owner) }), query.subject == nil { relate(owner) }
    }

    /// The values that name the other row: a name, or a first and a last name.
    private mutating func takeValues(_ at: Int, of table: String) -> [Filter] {
        var found: [Filter] = []
        var place = at
        while items.indices.contains(place), case .value(let ref, let value) = items[place].kind,
            ref.table == table,
            place == at || items[place].range.lowerBound == items[place - 1].range.upperBound
        {
            used.insert(place)
            found.append(.oneOf(ref, [value], isNegated: false))
            // It tells of the other row, and narrows nothing.
            items[place].kind = .cue(.preposition("than"))
            place += 1
        }
        return found
    }

    /// The column that is compared, and whether a greater value of it means less of what was said: the older was born
    /// earlier.
    private mutating func compared(_ at: Int, _ hint: Cue.Hint?, _ table: String, _ said: ColumnRef?) -> (
        String, flips: Bool
    )? {
        if let left = previousElement(at), case .column(let ref) = items[left].kind, ref.table == table,
            isComparable(ref)
        {
            used.insert(left)
            return (ref.column, false)
        }
        if let said { return (said.column, false) }
        if let hint {
            guard let ref = finder.column(for: hint, of: table) else { return nil }
            return (ref.column, hint == .age && column(ref)?.role == .time)
        }
        let near = tokens[max(0, items[at].range.lowerBound - 2)..<items[at].range.lowerBound].map(\.folded)
        if near.contains(where: { ["earn", "earns", "earned", "earning", "paid", "makes", "make"].contains($0) }) {
            let pay = model.entity(table)?.measures.first { measure in
                measure.words.contains {
                    ["salary", "wage", "pay", "income", "earning", "compensation"].contains($0)
                }
            }
            if let pay { return (pay.ref.column, false) }
        }
        return finder.onlyMeasure(of: table).map { ($0.column, false) }
    }

    /// Whether "of" leads from a column to somebody whose it is.
    private func points(behind at: Int) -> Bool {
        guard let after = next(at + 1) else { return false }
        let between = tokens[items[at].range.upperBound..<items[after].range.lowerBound].map(\.folded)
        return between.contains("of") || between.contains("for")
    }
}

extension Comparison {
    /// What holds of values that grow the other way.
    var flipped: Comparison {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        case .equal, .notEqual: self
        }
    }
}
