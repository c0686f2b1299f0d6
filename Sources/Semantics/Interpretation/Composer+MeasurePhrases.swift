import Modeling
import Schemas

/// Reads phrases such as "average order value" or "number of tracks".
extension Composer {
    /// Reads the measure that begins with the item at `at`; nil when the words only add stress ("in total").
    mutating func readMeasure(_ at: Int) throws(CompositionFailure) -> Measure? {
        switch items[at].kind {
        case .cue(.count): return try readCount(at)
        case .cue(.howMuch):
            used.insert(at)
            if let right = next(at + 1) {
                switch items[right].kind {
                case .term(let term):
                    used.insert(right)
                    return try measure(term, nil)
                case .column(let ref) where column(ref)?.role == .measure:
                    used.insert(right)
                    return measure(.sum, .column(ref))
                default: break
                }
            }
            if let verb = items.indices.first(where: {
                if case .term = items[$0].kind { !used.contains($0) } else { false }
            }),
                case .term(let term) = items[verb].kind
            {
                used.insert(verb)
                return try measure(term, nil)
            }
            // "How much was paid" adds up what the verb's table holds.
            for item in items where item.isVerb {
                guard case .column(let date) = item.kind, let amount = finder.namedAmount(of: date.table) else {
                    continue
                }
                return measure(.sum, .column(amount))
            }
            throw CompositionFailure("I do not see what to add up.", options: moneyOptions())
        case .cue(.aggregate(let aggregate)): return try readAggregate(at, aggregate)
        case .term(let term):
            used.insert(at)
            return try measure(term, nil)
        default: return nil
        }
    }

    mutating func readCount(_ at: Int) throws(CompositionFailure) -> Measure? {
        used.insert(at)
        var start = at + 1
        while start < items.count, [.cue(.distinct), .cue(.aggregate(.sum))].contains(items[start].kind) {
            used.insert(start)
            start += 1
        }
        guard let right = next(start), items[right].range.lowerBound - items[at].range.upperBound <= 5 else {
            return pendingCount()
        }
        switch items[right].kind {
        case .entity(let table):
            used.insert(right)
            // A table of figures that has a number of the same name counts by it: "how many students" of a table of
            // enrolments per year.
            if let entity = model.entity(table),
                let figure = entity.measures.first(where: {
                    ($0.words == entity.words || $0.words == ["count"]) && $0.kind != .text
                })
            {
                return measure(.sum, .column(figure.ref))
            }
            // "How many tracks were sold?" counts units, unless different tracks are asked for.
            if let verb = next(right + 1), items[verb].kind == .transaction, start == at + 1,
                let amount = finder.unitsSold(),
                model.joins.path(from: amount.table, to: table)?.steps.count == 1
            {
                used.insert(verb)
                relate(table)
                assumptions.append(
                    "units sold are counted, not different \(Titles.plural(model.entity(table)?.title ?? table))")
                return measure(.sum, amount)
            }
            return count(table)
        case .column(let ref):
            guard let model = column(ref) else { return nil }
            // "How often was Senna on pole position?" counts rows.
            if tokens[items[at].range].contains(where: { ["often", "times"].contains($0.folded) }) {
                return count(ref.table)
            }
            used.insert(right)
            if model.role == .measure, model.measure != .unitPrice, model.measure != .rate {
                return measure(.sum, .column(ref))
            }
            let said = tokens[items[right].range].map(\.lemma)
            if model.role == .time, !said.contains(where: ["date", "day", "time"].contains) {
                // "How many departures": the rows that have one.
                verbTime = verbTime ?? ref
                if pendingTimes.isEmpty, pendingGrains.isEmpty {
                    query.filters.append(.isMissing(ref, isNegated: true))
                }
                return count(ref.table)
            }
            return countDistinct(ref)
        case .term(.unitsSold):
            used.insert(right)
            return try measure(.unitsSold, nil)
        case .term(.figure(let name)) where isCount(figure: name):
            used.insert(right)
            return try measure(.figure(name), nil)
        case .term:
            used.insert(right)
            guard let table = finder.salesTable(near: nil) else {
                throw CompositionFailure("I find no table of sales.", reason: "undefined_metric")
            }
            return count(table)
        case .transaction:
            used.insert(right)
            return try measure(.unitsSold, nil)
        default: return pendingCount()
        }
    }

    /// "How many are there of each": the number of rows of what was named before.
    func pendingCount() -> Measure? {
        guard let subject else { return nil }
        return count(subject)
    }

    mutating func readAggregate(_ at: Int, _ aggregate: Aggregate) throws(CompositionFailure) -> Measure? {
        used.insert(at)
        // "the minimum, maximum and average total" share what follows.
        if let joint = next(at + 1), items[joint].kind == .cue(.and), let other = next(joint + 1),
            case .cue(.aggregate) = items[other].kind
        {
            sharedAggregates.append(aggregate)
            return nil
        }
        if let found = try readOperand(at, aggregate) {
            if case .aggregate(_, let amount) = found.value {
                for other in sharedAggregates { asked.append(measure(other, amount)) }
                sharedAggregates = []
                try readFurtherOperands(aggregate)
            }
            return found
        }
        return nil
    }

    /// "average height and weight": a number that stands beside the first one is combined likewise.
    mutating func readFurtherOperands(_ aggregate: Aggregate) throws(CompositionFailure) {
        guard let last = used.max(), let joint = next(last + 1), items[joint].kind == .cue(.and), joint == last + 1,
            let other = next(joint + 1), other == joint + 1, isMeasureColumn(other),
            case .column(let ref) = items[other].kind
        else { return }
        used.insert(other)
        further.append(measure(aggregate, .column(ref)))
    }

    mutating func readOperand(_ at: Int, _ aggregate: Aggregate) throws(CompositionFailure) -> Measure? {
        guard let right = next(at + 1), items[right].range.lowerBound - items[at].range.upperBound <= 4 else {
            // "in total", "on average" after the thing it speaks of.
            if aggregate == .sum { return nil }
            if aggregate == .average,
                let left = items.indices.last(where: { $0 < at && !used.contains($0) && items[$0].kind.isAmount }),
                case .amount(let amount) = items[left].kind
            {
                used.insert(left)
                return measure(aggregate, amount)
            }
            // "invoices per customer on average"
            if aggregate == .average, asked.count == 1, case .count(let table) = asked[0].value,
                dimensions.count == 1,
                case .entity(let per) = dimensions[0]
            {
                let title =
                    "Average \(asked.removeLast().title.lowercased()) per \(model.entity(per)?.title ?? per)"
                dimensions = []
                return Measure(.perEntity(amount: nil, countOf: table, entity: per), title: title, format: .number)
            }
            if let left = items.indices.last(where: { $0 < at && isMeasureColumn($0) && !used.contains($0) }),
                case .column(let ref) = items[left].kind
            {
                used.insert(left)
                return measure(aggregate, .column(ref))
            }
            throw CompositionFailure("I do not see what to take the \(aggregate.rawValue) of.")
        }
        // "average monthly revenue", "average number of orders per day": one number over the periods.
        if aggregate == .average, let averaged = try readPeriodAverage(at, right) { return averaged }
        switch items[right].kind {
        case .amount(let amount):
            used.insert(right)
            return measure(aggregate, amount)
        case .term(let term):
            used.insert(right)
            let before = used
            if aggregate == .average, term != .orderValue, let per = perEntity(after: right) {
                let base = try measure(term, .sum)
                if case .aggregate(_, let amount) = base.value {
                    return Measure(
                        .perEntity(amount: amount, countOf: nil, entity: per),
                        title:
                            "Average \(term == .revenue ? "sales" : "units") per \(model.entity(per)?.title ?? per)",
                        format: base.format)
                }
                // What stands still is averaged over time, for each group.
                used = before
            }
            if aggregate == .average, term == .revenue, let grain = pendingGrains.first {
                throw CompositionFailure(
                    "The average revenue per \(grain.words) may mean the average of one sale, or the average of the sums.",
                    options: [
                        "Average order value per \(grain.words)", "Total revenue per \(grain.words)",
                    ] + Self.periodAdverbs[grain, default: []].map { "Average \($0) revenue" },
                    reason: "ambiguous")
            }
            let found = try measure(term, aggregate)
            if aggregate == .average { dropOwnGrain(of: found, after: right) }
            return found
        case .column(let ref):
            guard let model = column(ref) else { return nil }
            if model.role == .measure || (model.role == .time && aggregate != .sum && aggregate != .average)
                || (model.role == .year && aggregate != .sum)
            {
                if aggregate == .sum, model.measure == .rate,
                    !Set(model.words).isDisjoint(with: ["percent", "percentage", "rate", "ratio", "share"])
                {
                    throw CompositionFailure(
                        "Adding up \(Titles.column(ref).lowercased()) would say nothing; ask for its average instead."
                    )
                }
                used.insert(right)
                if aggregate == .average, model.role == .measure {
                    return averagePerHeader(of: ref, after: right)
                }
                return measure(aggregate, .column(ref))
            }
            if aggregate == .sum {
                // "total customers by state": the word only stresses.
                return nil
            }
            throw CompositionFailure("\(Titles.column(ref)) is no number to take the \(aggregate.rawValue) of.")
        case .entity(let table):
            if aggregate == .sum {
                used.insert(right)
                if let ref = finder.namedAmount(of: table) {
                    let noun = Titles.plural(model.entity(table)?.title ?? table)
                    assumptions.append(
                        "total \(noun) is the sum of \(ref); ask for the number of \(noun) to count them")
                    doubt += 0.02
                    var found = measure(.sum, .column(ref))
                    found.title = "Total \(noun)"
                    return found
                }
                return count(table)
            }
            if aggregate == .average, let ref = finder.standing(of: table) {
                used.insert(right)
                return measure(aggregate, .column(ref))
            }
            if let ref = finder.onlyMeasure(of: table), aggregate == .average || aggregate == .maximum {
                // "average invoice" of something named later is another thing.
                if let after = next(right + 1), isMeasureColumn(after) {
                    guard case .column(let named) = items[after].kind else { return nil }
                    used.insert(after)
                    return measure(aggregate, .column(named))
                }
                used.insert(right)
                doubt += 0.1
                return measure(aggregate, .column(ref))
            }
            throw CompositionFailure(
                "I do not see which number of \(Titles.plural(model.entity(table)?.title ?? table)) to take the \(aggregate.rawValue) of."
            )
        case .cue(.count):
            guard aggregate == .average else { return try readCount(right) }
            guard let inner = try readCount(right) else { return nil }
            guard let per = perEntity(after: right) else {
                // "the average number of viewers" where a column holds how many there were.
                if case .aggregate(.sum, let amount) = inner.value { return measure(.average, amount) }
                throw CompositionFailure(
                    "For an average number I need to know per what: per customer, per order, per month?")
            }
            let isAmount: Amount? = if case .aggregate(_, let amount) = inner.value { amount } else { nil }
            var counted: String? = if case .count(let table) = inner.value { table } else { nil }
            // Products per order are counted by the lines that tie them together.
            if let table = counted, let path = model.joins.path(from: per, to: table), let first = path.steps.first,
                path.steps.contains(where: \.isToOne)
            {
                guard !first.isToOne else {
                    throw CompositionFailure("I do not see how \(per) has several of \(table).")
                }
                counted = first.to
                assumptions.append(
                    "they are counted by \(Titles.plural(model.entity(first.to)?.title ?? first.to))")
            }
            guard isAmount != nil || counted != nil else {
                throw CompositionFailure("I cannot yet average the number of different values.")
            }
            return Measure(
                .perEntity(amount: isAmount, countOf: counted, entity: per),
                title: "Average \(inner.title.lowercased()) per \(model.entity(per)?.title ?? per)", format: .number
            )
        case .cue(.aggregate(let inner)):
            return try readAggregate(right, inner == .sum ? aggregate : inner)
        default:
            if aggregate == .sum { return nil }
            throw CompositionFailure("I do not see what to take the \(aggregate.rawValue) of.")
        }
    }

    static let periodAdverbs: [PeriodGroup: [String]] = [
        .each(.day): ["daily"], .each(.week): ["weekly"], .each(.month): ["monthly"],
        .each(.quarter): ["quarterly"],
        .each(.year): ["yearly"],
    ]

    private mutating func readPeriodAverage(_ at: Int, _ right: Int) throws(CompositionFailure) -> Measure? {
        let before = (used, pendingGrains, assumptions)
        var inner: Measure?
        var grain: TimeGrain?
        switch items[right].kind {
        case .term(let term) where term != .orderValue:
            grain = periodBetween(at, right)
            guard grain != nil else { return nil }
            used.insert(right)
            inner = try measure(term, .sum)
        case .column(let ref):
            guard let own = column(ref), own.role == .measure, own.measure?.isAdditive ?? false,
                let time = finder.time(of: ref.table), finder.isEvent(time), own.measure != .duration
            else { return nil }
            grain = periodBetween(at, right)
            guard grain != nil else { return nil }
            used.insert(right)
            inner = measure(.sum, .column(ref))
        case .cue(.count):
            grain = periodBetween(at, right)
            inner = try readCount(right)
            if grain == nil, case .count? = inner?.value { grain = period(after: right) }
        case .entity(let table):
            grain = periodBetween(at, right)
            guard grain != nil else { return nil }
            used.insert(right)
            inner = count(table)
        default: return nil
        }
        if let inner, let grain, let found = averaged(inner, over: grain) { return found }
        (used, pendingGrains, assumptions) = before
        return nil
    }

    /// The entity in "… per customer"; taken, since it is no group then.
    mutating func perEntity(after at: Int) -> String? {
        for index in at + 1..<max(at + 1, items.count) where !used.contains(index) {
            guard items[index].kind == .cue(.each) || items[index].kind == .cue(.by), let right = next(index + 1),
                case .entity(let table) = items[right].kind
            else { continue }
            used.insert(index)
            used.insert(right)
            return table
        }
        return nil
    }

    /// "The average quantity per order line" is one number, for the lines are what is averaged over.
    mutating func dropOwnGrain(of found: Measure, after at: Int) {
        let grain: String
        switch found.value {
        case .aggregate(.average, let amount): grain = amount.table
        case .perEntity(_, _, let entity): grain = entity
        default: return
        }
        let before = used
        if perEntity(after: at) != grain { used = before }
    }

    /// The average of a column per row of its own table is plain; per transaction that its rows are parts of it is the
    /// ratio of their sum to the number of transactions; any other entity makes groups.
    private mutating func averagePerHeader(of ref: ColumnRef, after at: Int) -> Measure {
        let plain = measure(.average, .column(ref))
        let before = used
        guard let per = perEntity(after: at), per != ref.table else { return plain }
        guard header(of: ref.table) == per, column(ref)?.measure?.isAdditive ?? false else {
            used = before
            return plain
        }
        return Measure(
            .perEntity(amount: .column(ref), countOf: nil, entity: per),
            title: "\(plain.title) per \(model.entity(per)?.title ?? per)", format: plain.format)
    }

    func isMeasureColumn(_ at: Int) -> Bool {
        if case .column(let ref) = items[at].kind { return column(ref)?.role == .measure }
        return false
    }
}
