import Modeling
import Schemas

/// Numbers of each row that no column holds, and conditions and units that were read as phrases.
extension Composer {
    /// Takes conditions and units out before anything else is read.
    mutating func readPhrases() {
        for at in items.indices where !used.contains(at) {
            switch items[at].kind {
            case .condition(let filter):
                used.insert(at)
                if case .onWeekdays(_, _, let isNegated) = filter, filter.table.isEmpty {
                    pendingWeekends.append(isNegated)
                    continue
                }
                query.filters.append(isNegated(at) ? Self.denied(filter) : filter)
                let isNamed = namedEntities.contains { $0.table == filter.table }
                if !isNamed { query.related.append(filter.table) }
            case .unit(let unit):
                used.insert(at)
                units.append(unit)
            case .explained: used.insert(at)
            case .course(let wish):
                used.insert(at)
                join(wish)
            default: continue
            }
        }
    }

    private static func denied(_ filter: Filter) -> Filter {
        guard case .span(let span, let comparison, let number) = filter else { return filter }
        let opposites: [Comparison: Comparison] = [
            .less: .greaterOrEqual, .lessOrEqual: .greater, .greater: .lessOrEqual, .greaterOrEqual: .less,
        ]
        return .span(span, opposites[comparison] ?? comparison, number)
    }

    /// What an amount comes to when nothing says how its rows are combined: times are averaged, quotients are sums over
    /// sums, the rest is added up.
    mutating func implicit(_ amount: Amount) -> Measure {
        switch amount {
        case .span:
            assumptions.append("the times are averaged")
            return measure(.average, amount)
        case .formula(.infix(let left, "/", let right), let table)
        where !right.columns.isEmpty && !left.columns.isEmpty:
            var found = measure(.sum, amount)
            found.value = .combined(
                .aggregate(.sum, .formula(left, of: table)), .over, .aggregate(.sum, .formula(right, of: table)))
            found.title = Titles.amount(amount).capitalisedFirst
            found.format = .number
            return found
        default:
            var found = measure(.sum, amount)
            found.title = Titles.amount(amount).capitalisedFirst
            return found
        }
    }

    /// Amounts that nothing was made of yet: one for each row where rows are listed, else one for each group.
    mutating func placeAmounts() {
        for at in items.indices where !used.contains(at) {
            guard case .amount(let amount) = items[at].kind else { continue }
            used.insert(at)
            let isOwn = dimensions == [.entity(amount.table)]
            let lists = asked.isEmpty && pendingGrains.isEmpty && ranking == nil && (dimensions.isEmpty || isOwn)
            let thing = targets.first { place in
                guard case .entity(amount.table) = items[place].kind, !items[place].isVerb else { return false }
                return true
            }
            let isOneRow = query.filters.contains { filter in
                guard case .oneOf(let ref, let values, false) = filter, ref.table == amount.table,
                    values.count == 1,
                    let entity = model.entity(ref.table)
                else { return false }
                return entity.label.contains(ref.column) || entity.key == [ref.column]
            }
            let isRequest =
                amount.isAge || items.contains { [.cue(.list), .cue(.which)].contains($0.kind) } || isOwn
                || targets.contains { isColumn($0) && items[$0].table == amount.table }
            guard lists, isOneRow || (thing.map { $0 < at || amount.isAge } ?? isOwn) && isRequest else {
                asked.append(implicit(amount))
                continue
            }
            var own = measure(.maximum, amount)
            own.title = Titles.amount(amount).capitalisedFirst
            asked.append(own)
            if let thing {
                used.insert(thing)
                targets.removeAll { $0 == thing }
            }
            if !isOwn, !isOneRow || thing != nil { dimensions.append(.entity(amount.table)) }
        }
    }

    /// Weekends belong to the date of what is asked.
    mutating func placeWeekends() throws(CompositionFailure) {
        guard !pendingWeekends.isEmpty else { return }
        let ref = try dateOfQuery()
        for isNegated in pendingWeekends {
            let days = glossary?.model.calendar.weekend ?? [6, 7]
            query.filters.append(.onWeekdays(ref, days, isNegated: isNegated))
        }
    }

    /// Units hold for every number of their dimension that is shown.
    mutating func placeUnits() throws(CompositionFailure) {
        for unit in units {
            var columns = query.listed
            for measure in query.measures + query.orderMeasures { columns += measure.value.columns }
            for case .column(let ref) in query.order.map(\.key) { columns.append(ref) }
            var isUsed = tell(query.measures, in: unit)
            for ref in columns {
                guard let words = column(ref)?.words, let own = MeasureUnit.of(words),
                    own.dimension == unit.dimension
                else { continue }
                isUsed = true
                guard own.size != unit.size, !query.conversions.contains(where: { $0.column == ref }) else {
                    continue
                }
                query.conversions.append(UnitConversion(ref, divisor: unit.size / own.size, unit: unit.plural))
                for at in query.measures.indices where query.measures[at].value.columns.contains(ref) {
                    query.measures[at].title = Titles.told(query.measures[at].title, in: unit, own)
                }
            }
            guard isUsed else {
                throw CompositionFailure("I do not see what to tell in \(unit.plural).")
            }
        }
    }
}

extension Amount {
    /// Whether the amount tells how old somebody is.
    var isAge: Bool { if case .span(let span) = self { span.unit == .age } else { false } }

    fileprivate func told(in unit: DateSpan.Unit) -> Amount {
        guard case .span(var span) = self, span.unit != .age else { return self }
        span.unit = unit
        return .span(span)
    }
}

extension Composer {
    /// Times between dates are told in the unit that is asked for. Returns whether there is one.
    private mutating func tell(_ measures: [Measure], in unit: MeasureUnit) -> Bool {
        guard unit.dimension == .time, let own = DateSpan.Unit(rawValue: String(unit.plural.dropLast())) else {
            return false
        }
        func told(_ measure: Measure) -> Measure? {
            guard case .aggregate(let aggregate, .span(let span)) = measure.value, span.unit != .age else {
                return nil
            }
            return self.measure(aggregate, Amount.span(span).told(in: own))
        }
        var isUsed = false
        for at in query.measures.indices {
            guard let measure = told(query.measures[at]) else { continue }
            query.measures[at] = measure
            isUsed = true
        }
        for at in query.order.indices {
            guard case .measure(let measure) = query.order[at].key, let changed = told(measure) else { continue }
            query.order[at].key = .measure(changed)
        }
        return isUsed
    }
}

extension Measure.Value {
    /// The columns whose values are combined.
    var columns: [ColumnRef] {
        switch self {
        case .aggregate(_, .column(let ref)), .median(.column(let ref)), .perEntity(.column(let ref)?, _, _): [ref]
        case .standing(let standing): if case .column(let ref) = standing.amount { [ref] } else { [] }
        case .combined(let a, _, let b): a.columns + b.columns
        case .narrowed(let inner, _), .course(_, let inner), .perPeriod(let inner, _, _): inner.columns
        default: []
        }
    }
}
