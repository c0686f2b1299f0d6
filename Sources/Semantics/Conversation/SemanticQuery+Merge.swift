import Modeling
import Schemas

/// Changes that a follow-up question makes to the query before. Each is total, or tells why it cannot be made.
extension SemanticQuery {
    /// The date that the query's periods or conditions are on.
    var timeColumn: ColumnRef? {
        for dimension in dimensions {
            switch dimension {
            case .period(let ref, _), .part(let ref, _), .fiscal(let ref, _, _): return ref
            default: continue
            }
        }
        return filters.compactMap(\.duringColumn).first
    }

    /// Whether rows are listed and nothing is computed.
    var isList: Bool { measures.isEmpty && dimensions.isEmpty }

    // MARK: Conditions

    /// Adds conditions; one on a column that has a condition already takes its place. `adding` joins values instead:
    /// "France too".
    mutating func narrow(by added: [Filter], adding: Bool = false) {
        for filter in added {
            if case .oneOf(let ref, let values, let isNegated) = filter {
                let same = filters.firstIndex { known in
                    if case .oneOf(ref, _, isNegated) = known { true } else { false }
                }
                if adding || isNegated, let same, case .oneOf(_, let known, _) = filters[same] {
                    filters[same] = .oneOf(
                        ref, known + values.filter { !known.contains($0) }, isNegated: isNegated)
                    continue
                }
            }
            if let ref = filter.column { filters.removeAll { $0.column == ref && filter.replaces($0) } }
            if !filters.contains(filter) { filters.append(filter) }
        }
    }

    // MARK: Measures

    /// Computes something else of the same rows. `narrowing` is what the old figures demanded of rows by themselves.
    mutating func replaceMeasures(with new: [Measure], dropping narrowing: [Filter] = []) {
        guard let first = new.first else { return }
        filters.removeAll { narrowing.contains($0) }
        if isList {
            if let subject, !related.contains(subject), subject != first.home { related.append(subject) }
            subject = nil
            (listed, isDistinct, order, limit) = ([], false, [], nil)
        }
        let old = measures.map(\.value)
        measures = new
        order = order.compactMap { ordering in
            guard case .measure(let measure) = ordering.key else { return ordering }
            if old.contains(measure.value) { return Ordering(.measure(first), isDescending: ordering.isDescending) }
            return ordering
        }
    }

    // MARK: Groups

    /// Breaks the measures down by more things, or by others.
    mutating func group(by added: [Dimension], replacing: Bool, rows: Filter?) throws(CompositionFailure) {
        guard !limitsEachGroup else {
            throw CompositionFailure(
                "I cannot break the top of each group down further. Please ask the whole question.")
        }
        let isPeriodSwap =
            dimensions.contains(where: \.isPeriod) && added.contains(where: \.isPeriod)
        let swaps = replacing || isPeriodSwap && dimensions.count == 1
        if limit != nil, !swaps {
            guard let rows else {
                throw CompositionFailure("I cannot tell which rows of the answer before to break down.")
            }
            (filters, having, related, limit, order) = ([rows], [], [], nil, [])
        }
        if replacing {
            dimensions = []
            listed = []
        } else if isPeriodSwap {
            dimensions.removeAll(where: \.isPeriod)
        }
        let new = added.filter { !dimensions.contains($0) }
        dimensions = new.filter(\.isPeriod) + dimensions + new.filter { !$0.isPeriod }
        order.removeAll { ordering in
            if case .measure = ordering.key { false } else { true }
        }
        // Periods stand in their own order unless the first few are wanted.
        if limit == nil { order = [] }
    }

    // MARK: Order

    /// The first few by what the query is ordered by, or by its first measure.
    mutating func rank(_ count: Int?, isDescending: Bool?) throws(CompositionFailure) {
        guard measures.isEmpty || !dimensions.isEmpty else {
            throw CompositionFailure("The answer before is one number, so there is nothing to rank.")
        }
        guard dimensions.count < 2 || limitsEachGroup else {
            throw CompositionFailure("I cannot yet answer for the top of each group.")
        }
        if let first = order.first {
            order = [Ordering(first.key, isDescending: isDescending ?? first.isDescending)]
        } else if let measure = measures.first {
            order = [Ordering(.measure(measure), isDescending: isDescending ?? true)]
        } else {
            throw CompositionFailure("By what should I rank them?", reason: "ambiguous")
        }
        limit = count ?? limit ?? 1
        offset = 0
    }
}

extension Filter {
    /// Whether this condition takes the place of another one on the same column.
    func replaces(_ other: Filter) -> Bool {
        switch (self, other) {
        case (_, .member), (_, .among): return false
        case (.oneOf(_, let values, true), .oneOf(_, let known, false)): return known.allSatisfy(values.contains)
        case (.oneOf(_, _, true), _): return false
        case (.compare(_, let mine, _), .compare(_, let theirs, _)): return mine.direction == theirs.direction
        case (.compare, .during), (.compare, .between), (.compare, .oneOf(_, _, false)): return true
        case (.compare, _): return false
        case (.isMissing, _), (.matches, _), (.againstAverage, _): return self == other
        default: return true
        }
    }
}

extension Comparison {
    /// Which side of the number is kept.
    fileprivate var direction: Int {
        switch self {
        case .greater, .greaterOrEqual: 1
        case .less, .lessOrEqual: -1
        case .equal, .notEqual: 0
        }
    }
}

extension Dimension {
    /// Whether groups are parts of time.
    var isPeriod: Bool {
        switch self {
        case .period, .part, .fiscal: true
        case .entity, .column, .formula: false
        }
    }
}

extension String {
    /// With a small first letter, for a sentence within a sentence.
    var uncapitalised: String { prefix(1).lowercased() + dropFirst() }
}
