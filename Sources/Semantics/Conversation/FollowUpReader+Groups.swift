import Modeling
import Schemas
import Values

/// Other groups and other times.
extension FollowUpReader {
    func takeGroups(
        _ part: inout Composer, _ query: inout SemanticQuery, _ form: FollowUpForm
    ) throws(CompositionFailure) {
        var groups = part.dimensions
        // "What about categories?": what stands alone takes the place of the group before.
        for at in part.targets where !part.used.contains(at) {
            let named: Dimension?
            switch part.items[at].kind {
            case .entity(let table): named = part.items[at].isVerb ? nil : .entity(table)
            case .label(let table): named = .entity(table)
            case .column(let ref): named = part.dimension(ref)
            default: named = nil
            }
            guard let named else { continue }
            if query.isList, case .column(let ref) = named {
                part.used.insert(at)
                if !query.listed.contains(ref) { query.listed = (form.replaces ? [] : shown(query)) + [ref] }
                continue
            }
            if previous.dimensions.contains(named) {
                part.used.insert(at)
                continue
            }
            guard form.isMarked, query.dimensions.count == 1, groups.isEmpty, part.targets.count == 1 else {
                continue
            }
            part.used.insert(at)
            groups.append(named)
        }
        guard !groups.isEmpty || !part.pendingGrains.isEmpty else { return }
        if query.isList { try countList(&query) }
        part.dimensions = []
        if !groups.isEmpty { try query.group(by: groups, replacing: isSwap(form), rows: rows(of: query)) }
    }

    /// "And by region" comes on top; "by region", "what about by region" and "by region instead" take the place.
    func isSwap(_ form: FollowUpForm) -> Bool { form.replaces || !form.adds && !form.isMarked }

    /// A list that is grouped is counted.
    func countList(_ query: inout SemanticQuery) throws(CompositionFailure) {
        guard let referent = Referent(query, context.model), referent.column == nil else {
            throw CompositionFailure("I do not see what to count.")
        }
        query = SemanticQuery()
        query.filters = referent.filters
        query.related = referent.related
        query.measures = [
            Measure(.count(referent.table), title: "Number of \(referent.noun)", format: .count)
        ]
    }

    func placeTimes(
        _ part: inout Composer, _ query: inout SemanticQuery, _ form: FollowUpForm
    ) throws(CompositionFailure) {
        guard !part.pendingTimes.isEmpty || !part.pendingGrains.isEmpty else { return }
        let filters = part.query.filters
        let having = part.query.having
        let related = part.query.related
        let known = query.timeColumn ?? previous.timeColumn ?? yearColumn(query)
        if part.verbTime == nil { part.verbTime = known }
        part.pendingTimes = part.pendingTimes.map { (sameYear($0.phrase), $0.at) }
        let order = part.query.order
        part.query = query
        part.query.filters = []
        part.query.dimensions = []
        try part.placeTimes()
        let periods = part.query.dimensions
        let times = try joined(part.query.filters)
        let wider = part.query.related.filter { !query.related.contains($0) }
        part.query = SemanticQuery()
        (part.query.filters, part.query.having, part.query.order) = (filters + times, having, order)
        part.query.related = related + wider
        if !periods.isEmpty { try query.group(by: periods, replacing: isSwap(form), rows: rows(of: query)) }
    }

    /// "September and October" is one stretch of time; two that do not touch are no condition.
    func joined(_ filters: [Filter]) throws(CompositionFailure) -> [Filter] {
        var found: [Filter] = []
        for filter in filters {
            guard case .during(let ref, let interval) = filter,
                let at = found.firstIndex(where: { $0.duringColumn == ref }), case .during(_, let known) = found[at]
            else {
                found.append(filter)
                continue
            }
            if known.end != nil, known.end == interval.start {
                found[at] = .during(ref, DateInterval(start: known.start, end: interval.end))
            } else if interval.end != nil, interval.end == known.start {
                found[at] = .during(ref, DateInterval(start: interval.start, end: known.end))
            } else {
                throw CompositionFailure("I cannot yet narrow to two times that do not follow one another.")
            }
        }
        return found
    }

    func yearColumn(_ query: SemanticQuery) -> ColumnRef? {
        (query.filters.compactMap(\.column)
            + query.dimensions.compactMap { if case .column(let ref) = $0 { ref } else { nil } })
            .first { context.model.column($0)?.role == .year }
    }

    /// "And in April?" after a question about a month of a year speaks of the same year.
    func sameYear(_ phrase: TimePhrase) -> TimePhrase {
        guard case .during(let interval) = phrase.meaning, let start = interval.start, let end = interval.end,
            case .during(_, let before)? = previous.filters.first(where: { $0.duringColumn != nil }),
            let year = before.start?.year, before.end.map({ $0.adding(days: -1).year == year }) ?? false,
            start.day == 1, end == CivilDate(year: start.year, month: start.month + 1, day: 1), phrase.isBareMonth
        else { return phrase }
        var moved = phrase
        moved.meaning = .during(.months(year, start.month))
        moved.assumption = nil
        return moved
    }
}

extension TimePhrase {
    /// Whether a month was named without its year: the year was then assumed, or taken from today.
    var isBareMonth: Bool { range.count <= 2 }
}
