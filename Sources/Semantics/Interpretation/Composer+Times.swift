import Modeling
import Schemas
import Values

/// Finds the date column that each period speaks of.
extension Composer {
    mutating func placeTimes() throws(CompositionFailure) {
        countDifferentByBusiness()
        for (phrase, at) in pendingTimes {
            let ref: ColumnRef
            if let known = timeColumns[at] ?? verbTime { ref = known } else { ref = try timeColumn(near: at) }
            let interval: DateInterval
            switch phrase.meaning {
            case .during(let during): interval = during
            case .years(let years):
                guard let first = years.first, let last = years.last, last - first == years.count - 1 else {
                    throw CompositionFailure("I cannot yet compare years that do not follow one another.")
                }
                interval = DateInterval(start: DateInterval.year(first).start, end: DateInterval.year(last).end)
                if !query.measures.isEmpty, pendingGrains.isEmpty, isComparison {
                    pendingGrains.append(.each(.year))
                }
            default: continue
            }
            try add(interval, on: ref)
        }
        for grain in pendingGrains.reversed() {
            let ref: ColumnRef
            if let known = query.filters.compactMap(\.duringColumn).first ?? verbTime {
                ref = known
            } else {
                ref = try timeColumn(near: nil)
            }
            if column(ref)?.role == .year {
                guard grain == .each(.year) else {
                    throw CompositionFailure("\(ref) holds years only, so I cannot group by \(grain.words).")
                }
                query.dimensions.insert(.column(ref), at: 0)
                continue
            }
            switch grain {
            case .each(let grain): query.dimensions.insert(.period(ref, grain), at: 0)
            case .fiscal(let grain):
                let start = glossary?.model.calendar.fiscalYearStart ?? 1
                query.dimensions.insert(.fiscal(ref, grain, startMonth: start), at: 0)
            case .part(let part):
                if part == .hour, column(ref)?.kind == .date {
                    throw CompositionFailure("\(ref) holds days without a time of day, so there are no hours.")
                }
                query.dimensions.insert(.part(ref, part), at: 0)
            }
        }
        // A share compares its part with the whole of the same time.
    }

    /// "Unique customers per month" are those who did business then: every one signed up only once.
    private mutating func countDifferentByBusiness() {
        guard !pendingTimes.isEmpty || !pendingGrains.isEmpty, verbTime == nil, timeColumns.isEmpty,
            query.related.isEmpty, query.measures.count == 1, case .count(let table) = query.measures[0].value,
            items.contains(where: { $0.kind == .cue(.distinct) }), let own = model.entity(table)?.time,
            !finder.isEvent(ColumnRef(table, own)), let sales = finder.salesTable(near: table),
            let event = finder.time(of: sales)
        else { return }
        relate(event.table)
        assumptions.append("\(table) are counted in the period of their \(event.table)")
    }

    private var isComparison: Bool {
        tokens.contains { ["compare", "vs", "versus", "compared", "and"].contains($0.folded) }
    }

    private mutating func add(_ interval: DateInterval, on ref: ColumnRef) throws(CompositionFailure) {
        query.filters.append(try condition(interval, on: ref))
    }

    /// The date that the whole query goes by: that of its periods and times, else that of its figures.
    func dateOfQuery() throws(CompositionFailure) -> ColumnRef {
        if let known = query.filters.compactMap(\.duringColumn).first ?? verbTime { return known }
        for dimension in query.dimensions {
            switch dimension {
            case .period(let ref, _), .fiscal(let ref, _, _): return ref
            default: continue
            }
        }
        for case .column(let ref) in query.dimensions where column(ref)?.role == .year { return ref }
        var copy = self
        return try copy.timeColumn(near: nil)
    }

    /// The interval as a condition on a date or on a year.
    func condition(_ interval: DateInterval, on ref: ColumnRef) throws(CompositionFailure) -> Filter {
        guard column(ref)?.role == .year else { return .during(ref, interval) }
        if let years = interval.wholeYears {
            if years.first == years.last {
                let isText = column(ref)?.kind == .text
                return .oneOf(
                    ref, [isText ? .text(String(years.first)) : .integer(years.first)], isNegated: false)
            } else {
                return .between(ref, Double(years.first), Double(years.last))
            }
        } else if let start = interval.start, interval.end == nil, start.month == 1, start.day == 1 {
            return .compare(ref, .greaterOrEqual, Double(start.year))
        } else if let end = interval.end, interval.start == nil, end.month == 1, end.day == 1 {
            return .compare(ref, .less, Double(end.year))
        } else {
            throw CompositionFailure("\(ref) holds years only, so I cannot narrow it to \(interval.words).")
        }
    }

    /// The verb or thing before the period first, then what is measured, listed or related.
    private mutating func timeColumn(near at: Int?) throws(CompositionFailure) -> ColumnRef {
        if let at, let left = previousElement(at, within: 3) {
            if items[left].kind == .transaction, let sales = finder.salesTable(near: subject),
                let time = finder.time(of: sales)
            {
                return time
            }
            if case .entity(let table) = items[left].kind, let own = model.entity(table)?.time {
                // "products sold in 2025" were not launched then: a thing's own date counts when it is what is measured
                // or listed, or when the word was a verb.
                let ref = ColumnRef(table, own)
                let isMeasured =
                    query.measures.contains { $0.home == table }
                    || (query.measures.isEmpty && query.subject == table)
                if items[left].isVerb || isMeasured || (query.related.contains(table) && finder.isEvent(ref)) {
                    return ref
                }
            }
        }
        if let figureTime { return figureTime }
        var tables = query.measures.map(\.home)
        let related = query.related.filter { finder.time(of: $0).map(finder.isEvent) ?? false }
        if case .count? = query.measures.first?.value, let first = related.first { tables.insert(first, at: 0) }
        if let subject = query.subject { tables.append(subject) }
        // "Customers who ordered in May": the order's day, not the customer's.
        if query.measures.isEmpty, let first = related.first { tables.insert(first, at: 0) }
        tables += related + query.dimensions.map(\.table)
        for table in tables {
            if let ref = finder.time(of: table) {
                let others = model.entity(ref.table)?.columns.filter { $0.role == .time } ?? []
                if others.count > 1 { assumptions.append("the date is \(ref)") }
                return ref
            }
        }
        for table in tables {
            if let year = model.entity(table)?.columns.first(where: { $0.role == .year }) { return year.ref }
        }
        throw CompositionFailure("I find no date that belongs to what you ask about.", reason: "undefined_metric")
    }
}

extension Filter {
    /// The date column, when the filter is a period.
    var duringColumn: ColumnRef? { if case .during(let ref, _) = self { ref } else { nil } }
}
