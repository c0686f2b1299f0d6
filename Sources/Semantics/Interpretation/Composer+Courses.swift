import Modeling
import Schemas
import Values

/// Growth, running totals, and averages over periods.
extension Composer {
    /// Several phrases of one question say parts of one wish: "month over month … growth".
    mutating func join(_ wish: CourseWish) {
        guard var known = course else {
            course = wish
            return
        }
        if known.kind == nil || wish.kind == .growth || known.kind == .change && wish.kind == .change {
            known.kind = wish.kind ?? known.kind
        }
        known.grain = known.grain ?? wish.grain
        known.isAgainstYearBefore = known.isAgainstYearBefore || wish.isAgainstYearBefore
        if known.between.isEmpty { known.between = wish.between }
        course = known
    }

    /// Settles over which periods the figure moves, before groups are put together.
    mutating func settlePeriods() throws(CompositionFailure) {
        guard var wish = course, wish.between.isEmpty else { return }
        let hasGrain = pendingGrains.contains { if case .part = $0 { false } else { true } }
        if !hasGrain, let grain = wish.grain { pendingGrains.append(.each(grain)) }
        if wish.kind == .runningTotal, !hasGrain, wish.grain == nil {
            pendingGrains.append(.each(.month))
            assumptions.append("the total runs from month to month")
            doubt += 0.05
        }
        if !hasGrain, wish.grain == nil, wish.kind != .runningTotal {
            // "growth in 2024": against the year before. "growth in 2023 and 2024": from the first to the second.
            switch pendingTimes.count == 1 ? pendingTimes[0].phrase.meaning : nil {
            case .during(let interval):
                guard let before = interval.before else { throw periodsMissing }
                wish.between = [before, interval]
                pendingTimes = []
            case .years(let years) where years.count == 2:
                wish.between = years.map { DateInterval.year($0) }
                pendingTimes = []
            case .years: pendingGrains.append(.each(.year))
            default: throw periodsMissing
            }
        }
        course = wish
    }

    private var periodsMissing: CompositionFailure {
        CompositionFailure(
            "Growth over which periods: by month, by quarter, by year?",
            options: ["by month", "by quarter", "by year"].map(asQuestion), reason: "ambiguous", isFinal: true)
    }

    /// Makes the figures that were asked for move, when they and their dates are known.
    mutating func applyCourse() throws(CompositionFailure) {
        guard let wish = course else { return }
        let kind = wish.kind ?? .growth
        guard !query.measures.isEmpty || !query.orderMeasures.isEmpty else {
            throw CompositionFailure("I do not see which figure moves.", isFinal: true)
        }
        guard query.having.isEmpty, !query.limitsEachGroup else {
            throw CompositionFailure("I cannot yet compare growth with a number.", isFinal: true)
        }
        let bases = query.measures
        var made: [Measure] = []
        if wish.between.count == 2 {
            let ref = try dateOfQuery()
            let times = try wish.between.map { (interval) throws(CompositionFailure) in
                try condition(interval, on: ref)
            }
            query.filters.append(.anyOf(times))
            func compared(_ base: Measure) -> Measure {
                let earlier = Measure.Value.narrowed(base.value, [times[0]])
                let later = Measure.Value.narrowed(base.value, [times[1]])
                let isGrowth = kind != .change
                return Measure(
                    .combined(later, isGrowth ? .growthFrom : .minus, earlier),
                    title: (isGrowth ? "Growth of " : "Change of ") + base.title.lowercased(),
                    format: isGrowth ? .percent : base.format)
            }
            for base in bases {
                if !query.dimensions.isEmpty {
                    for (interval, time) in zip(wish.between, times) {
                        made.append(
                            Measure(
                                .narrowed(base.value, [time]), title: "\(base.title) \(interval.name)",
                                format: base.format))
                    }
                }
                made.append(compared(base))
            }
            reorder { compared($0) }
        } else {
            guard
                query.dimensions.contains(where: { dimension in
                    switch dimension {
                    case .period, .fiscal: true
                    case .column(let ref): column(ref)?.role == .year
                    default: false
                    }
                })
            else { throw periodsMissing }
            let course = Course(kind, isAgainstYearBefore: wish.isAgainstYearBefore)
            func moving(_ base: Measure) -> Measure {
                Measure(
                    .course(course, base.value), title: Titles.course(course, base.title),
                    format: kind == .growth ? .percent : base.format)
            }
            for base in bases {
                if kind != .runningTotal { made.append(base) }
                made.append(moving(base))
            }
            reorder { moving($0) }
            if kind != .runningTotal {
                assumptions.append(
                    wish.isAgainstYearBefore
                        ? "each period is compared with the same one of the year before"
                        : "each period is compared with the one before it in the answer")
            }
        }
        query.measures = made
    }

    private mutating func reorder(_ change: (Measure) -> Measure) {
        for at in query.order.indices {
            guard case .measure(let measure) = query.order[at].key else { continue }
            query.order[at].key = .measure(change(measure))
        }
    }

    // MARK: Averages over periods

    /// The grain of "average *monthly* revenue", said between the aggregate and its number; taken, since it makes no
    /// groups.
    mutating func periodBetween(_ at: Int, _ right: Int) -> TimeGrain? {
        for index in at + 1..<max(at + 1, right) {
            guard case .time(let phrase) = items[index].kind, case .each(let grain) = phrase.meaning,
                phrase.range.count == 1
            else { continue }
            pendingGrains.removeAll { $0 == .each(grain) }
            return grain
        }
        return nil
    }

    /// The grain of "average number of orders *per day*", right after the number; taken likewise.
    mutating func period(after right: Int) -> TimeGrain? {
        for index in right + 1..<max(right + 1, items.count) {
            switch items[index].kind {
            case .entity, .cue(.preposition), .transaction, .column: continue
            case .time(let phrase):
                guard case .each(let grain) = phrase.meaning, phrase.range.count > 1,
                    ["per", "each", "every"].contains(tokens[phrase.range.lowerBound].folded)
                        || tokens[phrase.range.lowerBound + 1].folded == "each"
                else { return nil }
                pendingGrains.removeAll { $0 == .each(grain) }
                return grain
            default: return nil
            }
        }
        return nil
    }

    /// The average of an additive figure over the periods that have rows; nil for other figures.
    func averaged(_ inner: Measure, over grain: TimeGrain) -> Measure? {
        switch inner.value {
        case .count, .aggregate(.sum, _): break
        default: return nil
        }
        let name = inner.title.hasPrefix("Total ") ? String(inner.title.dropFirst(6)) : inner.title.lowercased()
        return Measure(
            .perPeriod(inner.value, ColumnRef("", ""), grain), title: "Average \(name) per \(grain.rawValue)",
            format: inner.format == .count ? .number : inner.format)
    }

    /// Fills in the date of averages over periods.
    mutating func settleAverages() throws(CompositionFailure) {
        func isOpen(_ measure: Measure) -> Bool {
            if case .perPeriod(_, let ref, _) = measure.value { ref.table.isEmpty } else { false }
        }
        guard (query.measures + query.orderMeasures + query.having.map(\.measure)).contains(where: isOpen) else {
            return
        }
        let ref = try dateOfQuery()
        func settled(_ measure: Measure) throws(CompositionFailure) -> Measure {
            guard case .perPeriod(let inner, let open, let grain) = measure.value, open.table.isEmpty else {
                return measure
            }
            guard column(ref)?.role == .time || grain == .year else {
                throw CompositionFailure("\(ref) holds years only, so there is no \(grain.rawValue).")
            }
            var measure = measure
            measure.value =
                column(ref)?.role == .time
                ? .perPeriod(inner, ref, grain) : .combined(inner, .over, .countDistinct(ref))
            return measure
        }
        for at in query.measures.indices { query.measures[at] = try settled(query.measures[at]) }
        for at in query.having.indices { query.having[at].measure = try settled(query.having[at].measure) }
        for at in query.order.indices {
            guard case .measure(let measure) = query.order[at].key else { continue }
            query.order[at].key = .measure(try settled(measure))
        }
        assumptions.append("periods without rows do not count in the average")
    }
}

extension DateInterval {
    /// The stretch of the same length just before: of whole months by months, else by days.
    var before: DateInterval? {
        guard let start, let end else { return nil }
        if start.day == 1, end.day == 1 {
            let months = (end.year - start.year) * 12 + end.month - start.month
            return DateInterval(start: start.adding(months: -months), end: start)
        }
        return DateInterval(start: start.adding(days: start.daysSinceEpoch - end.daysSinceEpoch), end: start)
    }

    /// A short name: `2024`, `2024-Q1`, `2024-03`; else the first and the last day.
    var name: String {
        guard let start, let end else { return words }
        if let years = wholeYears {
            return years.first == years.last ? "\(years.first)" : "\(years.first)–\(years.last)"
        }
        if self == .quarter(start.year, start.quarter) { return "\(start.year)-Q\(start.quarter)" }
        if self == .months(start.year, start.month) { return String("\(start)".prefix(7)) }
        return "\(start)–\(end.adding(days: -1))"
    }
}
