import Modeling
import Schemas

/// Comparisons with numbers and averages become conditions on rows or on groups.
extension Composer {
    mutating func readComparisons() throws(CompositionFailure) {
        for at in items.indices where !used.contains(at) {
            switch items[at].kind {
            case .cue(.compare(let comparison, let number, let hint)):
                try readComparison(at, comparison, number, hint)
            case .cue(.between(let low, let high)):
                guard let ref = leftNumber(at) ?? rightNumber(at) ?? subject.flatMap(finder.onlyMeasure) else {
                    throw CompositionFailure("I do not see which number should lie between \(low) and \(high).")
                }
                used.insert(at)
                query.filters.append(.between(ref, low, high))
            case .cue(.againstAverage(let comparison)):
                guard let ref = leftNumber(at) ?? rightNumber(at) ?? subjectPrice(at) else {
                    throw CompositionFailure("I do not see which number to compare with the average.")
                }
                used.insert(at)
                if let some = try averaged(behind: at, ref) {
                    query.filters.append(some)
                    continue
                }
                // "… above the average invoice total" names the same column again.
                if let right = next(at + 1), items[right].kind == .column(ref) { used.insert(right) }
                query.filters.append(.againstAverage(ref, comparison))
            default: continue
            }
        }
    }

    /// Words that count how often something happened.
    private static let occasions: Set<String> = ["times", "once", "twice", "thrice"]

    mutating func readComparison(_ at: Int, _ comparison: Comparison, _ number: Double, _ hint: Cue.Hint?)
        throws(CompositionFailure)
    {
        used.insert(at)
        // "ordered more than 3 times"
        if Self.occasions.contains(tokens[items[at].range.upperBound - 1].folded) {
            guard let left = previousElement(at) else {
                throw CompositionFailure("I do not see what happened \"\(words(items[at].range))\".")
            }
            switch items[left].kind {
            case .entity(let table):
                used.insert(left)
                query.having.append(MeasureCondition(count(table), comparison, number))
                return
            case .column(let ref) where column(ref)?.role == .category || column(ref)?.role == .label:
                // "Which channels were used less than 5 times?": in how many rows each stands.
                query.having.append(MeasureCondition(count(ref.table), comparison, number))
                return
            case .transaction:
                guard let table = finder.salesTable(near: subject) else { break }
                used.insert(left)
                query.having.append(MeasureCondition(count(table), comparison, number))
                return
            default: break
            }
            throw CompositionFailure("I do not see what happened \"\(words(items[at].range))\".")
        }
        if let left = previousElement(at), case .amount(let amount) = items[left].kind {
            used.insert(left)
            query.filters.append(try condition(amount, comparison, number, at))
            return
        }
        let factor = unitFactor(after: at)
        if let hint {
            let tables = namedEntities.map(\.table)
            guard let ref = leftNumber(at) ?? tables.compactMap({ finder.column(for: hint, of: $0) }).first else {
                throw CompositionFailure("I do not see which number \"\(words(items[at].range))\" speaks of.")
            }
            if hint == .age, column(ref)?.role == .time {
                // Of a date of birth the years until today are compared.
                let span = DateSpan(from: .column(ref), to: .day(today), unit: .age, table: ref.table)
                query.filters.append(.span(span, comparison, number))
                return
            }
            query.filters.append(.compare(ref, comparison, scaled(number, factor, ref)))
            return
        }
        if let left = previousElement(at), case .term(let term) = items[left].kind {
            used.insert(left)
            query.having.append(MeasureCondition(try measure(term, nil), comparison, number))
            return
        }
        if try countKind(at, comparison, number) { return }
        if let ref = unitColumn(at) {
            if let right = next(at + 1), items[right].kind == .column(ref) { used.insert(right) }
            query.filters.append(.compare(ref, comparison, inOwnScale(number, ref)))
            return
        }
        // "more than 3 orders": the thing counted follows at once.
        if factor == nil, let right = next(at + 1), items[right].range.lowerBound - items[at].range.upperBound <= 2
        {
            switch items[right].kind {
            case .entity(let table)
            where table != subject || namedEntities.filter({ $0.table == table }).count > 1
                || isKind(of: table, before: at):
                used.insert(right)
                query.having.append(MeasureCondition(count(table), comparison, number))
                return
            case .column(let ref)
            where column(ref)?.role == .measure
                && (leftNumber(at, isTaking: false) == nil || belongsRight(at, right)):
                used.insert(right)
                query.filters.append(.compare(ref, comparison, inOwnScale(number, ref)))
                return
            default: break
            }
        }
        // "total amount of more than 5000": a sum is compared.
        if let left = leftNumber(at) {
            if let aggregate = aggregateBefore(left) {
                let measure = measure(aggregate, .column(left))
                query.having.append(MeasureCondition(measure, comparison, scaled(number, factor, left)))
            } else {
                query.filters.append(.compare(left, comparison, scaled(number, factor, left)))
            }
            return
        }
        if let ref = subjectPrice(at) {
            query.filters.append(.compare(ref, comparison, scaled(number, factor, ref)))
            return
        }
        // "Cars listed above 50,000 - model and list price": the one number that is asked for.
        let asked = items.indices.filter { isMeasureColumn($0) }
        if asked.count == 1, case .column(let ref) = items[asked[0]].kind, asked[0] > at {
            assumptions.append("\"\(words(items[at].range))\" is said of \(Titles.column(ref).lowercased())")
            query.filters.append(.compare(ref, comparison, scaled(number, factor, ref)))
            return
        }
        // "invoices over 15": of a thing with one amount, that is meant.
        if let left = previousElement(at), case .entity(let table) = items[left].kind,
            let ref = finder.onlyMeasure(of: table)
        {
            assumptions.append("\"\(words(items[at].range))\" is said of \(ref)")
            doubt += 0.1
            query.filters.append(.compare(ref, comparison, scaled(number, factor, ref)))
            return
        }
        throw CompositionFailure("I do not see which number \"\(words(items[at].range))\" speaks of.")
    }

    /// "more than 3 suites or family rooms": rows of a kind are counted. The kind is a condition already.
    private mutating func countKind(_ at: Int, _ comparison: Comparison, _ number: Double)
        throws(CompositionFailure) -> Bool
    {
        guard items.indices.contains(at + 1), case .value(let ref, _) = items[at + 1].kind, let subject,
            ref.table != subject,
            items[at + 1].range.lowerBound - items[at].range.upperBound <= 1,
            leftNumber(at, isTaking: false) == nil,
            let path = model.joins.path(from: subject, to: ref.table), !path.isToOne
        else { return false }
        if let noun = items.indices.first(where: { $0 > at && items[$0].kind == .entity(ref.table) }) {
            used.insert(noun)
        }
        query.having.append(MeasureCondition(count(ref.table), comparison, number))
        return true
    }

    /// The one number of the things asked about that is kept in the unit said: "less than 60000 km" of a mileage in km.
    private func unitColumn(_ at: Int) -> ColumnRef? {
        let last = items[at].range.upperBound - 1
        guard previousElement(at).map({ isMeasureColumn($0) }) != true else { return nil }
        let said = [tokens[last], tokens.indices.contains(last + 1) ? tokens[last + 1] : tokens[last]].map(\.lemma)
        var tables: [String] = []
        for case let table? in items.map(\.table) where !tables.contains(table) { tables.append(table) }
        for table in tables {
            let measures = (model.entity(table)?.measures ?? []).filter { column in
                guard let unit = column.unit.map(Words.lemma) else { return false }
                return said.contains(unit)
                    || said.contains { Self.unitNames[$0] == unit || Self.unitNames[unit] == $0 }
            }
            if measures.count == 1 { return measures[0].ref }
        }
        return nil
    }

    private static let unitNames: [String: String] = [
        "kilometer": "km", "kilometre": "km", "meter": "m", "metre": "m", "centimeter": "cm", "kilogram": "kg",
        "gram": "g",
        "ton": "t", "tonne": "t", "liter": "l", "litre": "l", "hour": "hr", "minute": "min", "second": "sec",
        "dollar": "usd",
        "euro": "eur", "pound": "gbp", "percent": "pct", "hectare": "ha", "mile": "mi", "foot": "ft",
    ]

    /// Whether a category of the table's rows is what is asked for: "nationalities shared by at least three artists".
    private func isKind(of table: String, before at: Int) -> Bool {
        guard let first = items[..<at].first(where: { $0.kind.isName }), case .column(let ref) = first.kind else {
            return false
        }
        let role = column(ref)?.role
        return ref.table == table && (role == .category || role == .label || role == .year)
    }

    /// "… is more than 5 days", "… above 100": a condition on a number that no column holds.
    private func condition(_ amount: Amount, _ comparison: Comparison, _ number: Double, _ at: Int)
        throws(CompositionFailure) -> Filter
    {
        switch amount {
        case .span(var span):
            let end = items[at].range.upperBound
            for place in [end - 1, end] where tokens.indices.contains(place) {
                guard let unit = DateSpan.Unit(rawValue: tokens[place].lemma), unit != .age, span.unit != .age
                else {
                    continue
                }
                span.unit = unit
            }
            return .span(span, comparison, number)
        case .column(let ref): return .compare(ref, comparison, number)
        case .product(let a, let b):
            return .holds(
                .infix(.infix(.column(a), "*", .column(b)), comparison.rawValue, .number("\(number)")), of: a.table)
        case .formula(let formula, let table):
            return .holds(.infix(formula, comparison.rawValue, .number("\(number)")), of: table)
        }
    }

    /// "below the average height but have more than 100 points": a number right behind its noun's comparison is the noun's,
    /// where another clause ends in between.
    private func belongsRight(_ at: Int, _ right: Int) -> Bool {
        guard items[right].range.lowerBound == items[at].range.upperBound, let left = previousElement(at) else {
            return false
        }
        return between(left, at).contains {
            [",", "and", "but", "with", "have", "has", "had", "having", "that", "who", "whose", "or"].contains(
                $0.folded)
        }
    }

    /// The measure named just before: "price above 50", "have a total of at least 20".
    mutating func leftNumber(_ at: Int, isTaking: Bool = true) -> ColumnRef? {
        guard let left = previousElement(at), case .column(let ref) = items[left].kind, let model = column(ref)
        else {
            return nil
        }
        guard model.role == .measure || model.role == .year || (model.kind == .integer && model.role != .key) else {
            return nil
        }
        if isTaking { used.insert(left) }
        return ref
    }

    mutating func rightNumber(_ at: Int) -> ColumnRef? {
        guard let right = next(at + 1), case .column(let ref) = items[right].kind, column(ref)?.role == .measure
        else {
            return nil
        }
        used.insert(right)
        return ref
    }

    /// "tracks that cost more than 1": the price of what the question is about.
    mutating func subjectPrice(_ at: Int) -> ColumnRef? {
        let near = tokens[max(0, items[at].range.lowerBound - 2)..<items[at].range.upperBound].map(\.folded)
        guard near.contains(where: ["cost", "costs", "costing", "priced", "worth"].contains), let subject else {
            return nil
        }
        return finder.column(for: .price, of: subject)
    }

    mutating func aggregateBefore(_ ref: ColumnRef) -> Aggregate? {
        guard let at = items.firstIndex(where: { $0.kind == .column(ref) }), at > 0 else { return nil }
        var left = at - 1
        while left >= 0 {
            if case .cue(.aggregate(let aggregate)) = items[left].kind {
                used.insert(left)
                return aggregate
            }
            guard items[left].kind.isPreposition else { return nil }
            left -= 1
        }
        return nil
    }

    // MARK: Units

    /// Milliseconds per "minutes", when a unit of time follows a number.
    func unitFactor(after at: Int) -> Double? {
        let end = items[at].range.upperBound
        return ["millisecond": 1, "second": 1000, "minute": 60_000, "hour": 3_600_000][tokens[end - 1].lemma]
    }

    /// "6 million" of a column that is kept in millions is 6.
    func inOwnScale(_ number: Double, _ ref: ColumnRef) -> Double {
        guard let last = column(ref)?.words.last, let scale = Numerals.scales[last], scale >= 1000,
            abs(number) >= scale
        else { return number }
        return number / scale
    }

    /// The number in the column's own unit.
    mutating func scaled(_ number: Double, _ factor: Double?, _ ref: ColumnRef) -> Double {
        let number = inOwnScale(number, ref)
        guard let factor, let unit = column(ref)?.unit,
            let own = ["millisecond": 1.0, "second": 1000, "minute": 60_000, "hour": 3_600_000][Words.lemma(unit)]
        else { return number }
        return number * factor / own
    }
}
