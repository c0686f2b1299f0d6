import Modeling
import Schemas

/// Puts what was read together: who is listed or grouped by, which measures are shown, and in which order.
extension Composer {
    mutating func assemble() throws(CompositionFailure) {
        dropModifiers()
        takeTimeColumns()
        try placeTransactions()
        for at in targets where items[at].isVerb {
            used.insert(at)
            switch items[at].kind {
            case .entity(let table): relate(table)
            case .column(let ref):
                query.filters.append(.isMissing(ref, isNegated: true))
                if column(ref)?.role == .time || column(ref)?.role == .year, verbTime == nil { verbTime = ref }
            default: break
            }
        }
        targets.removeAll { used.contains($0) }
        try denyRelated()
        if let sharedMeasure { return try assembleShare(sharedMeasure) }
        if query.limit != nil, ranking == nil, query.order.isEmpty { try rankByDefault() }
        if asked.isEmpty, ranking == nil, query.having.isEmpty, pendingGrains.isEmpty, dimensions.count == 1,
            case .entity(let table) = dimensions[0], !targets.isEmpty,
            targets.allSatisfy({ isColumn($0) && items[$0].table == table })
        {
            // "the start date of each booking" lists; there is nothing to add up.
            dimensions = []
        }
        listEach()
        askForExtreme()
        let isGrouped: Bool
        switch ranking?.key {
        case .measure: isGrouped = true
        default:
            isGrouped = !asked.isEmpty || !query.having.isEmpty || !dimensions.isEmpty || !pendingGrains.isEmpty
        }
        if isGrouped { try assembleGroups() } else { try assembleList() }
        if wantsOrder, query.order.isEmpty, let first = query.measures.first {
            query.order = [Ordering(.measure(first), isDescending: limitIsDescending ?? true)]
        } else if wantsOrder, query.order.isEmpty, let subject = query.subject {
            let ref = query.listed.first ?? model.entity(subject)?.label.first.map { ColumnRef(subject, $0) }
            if let ref { query.order = [Ordering(.column(ref), isDescending: limitIsDescending ?? false)] }
        }
    }

    /// "companies that do not make DVD drives": a denied value of something that a row has many of means that it has
    /// none such, not that it has another one.
    mutating func denyRelated() throws(CompositionFailure) {
        guard let subject = subject ?? asked.first?.home else { return }
        for at in query.filters.indices {
            guard case .oneOf(let ref, let values, true) = query.filters[at], ref.table != subject,
                let path = model.joins.path(from: subject, to: ref.table), !path.isToOne
            else { continue }
            query.filters[at] = .without(ref.table, of: subject, [.oneOf(ref, values, isNegated: false)])
            targets.removeAll { place in
                if case .entity(let table) = items[place].kind, path.steps.contains(where: { $0.to == table }) {
                    used.insert(place)
                    return true
                }
                return false
            }
        }
    }

    mutating func relate(_ table: String) { if !query.related.contains(table) { query.related.append(table) } }

    /// Of entities side by side the last is meant: "product categories" are categories. "Compare orders of 2024 and 2025"
    /// counts them.
    mutating func dropModifiers() {
        for (a, b) in zip(targets, targets.dropFirst()) {
            if case .entity = items[a].kind, case .entity = items[b].kind, !items[a].isVerb, !items[b].isVerb,
                items[a].range.upperBound == items[b].range.lowerBound, !isDoing(a)
            {
                used.insert(a)
            }
            // "contact channel codes" are codes.
            if case .column(let first) = items[a].kind, case .column(let last) = items[b].kind,
                first.table == last.table,
                first != last, !isMeasureColumn(a), !isMeasureColumn(b),
                items[a].range.upperBound == items[b].range.lowerBound
            {
                used.insert(a)
            }
        }
        dropClassifiers()
        targets.removeAll { used.contains($0) }
        let hasYears = pendingTimes.contains { if case .years = $0.phrase.meaning { true } else { false } }
        if hasYears, asked.isEmpty, ranking == nil,
            tokens.contains(where: { ["compare", "compared", "versus", "vs"].contains($0.folded) }),
            let first = targets.first,
            case .entity(let table) = items[first].kind
        {
            used.insert(first)
            targets.removeFirst()
            asked.append(count(table))
        }
    }

    /// "Guests with Platinum status": a noun right behind a value says what kind of value it is, also where the database
    /// calls that kind something else and has another column of the noun's name.
    private mutating func dropClassifiers() {
        let others = targets.filter { at in
            if case .entity = items[at].kind { !items[at].isVerb } else { false }
        }
        guard !others.isEmpty else { return }
        for at in targets where at > 0 {
            guard case .column(let ref) = items[at].kind, case .value(let holder, _) = items[at - 1].kind,
                holder != ref,
                items[at - 1].range.upperBound == items[at].range.lowerBound, items[at].range.count == 1,
                column(ref)?.role == .category || column(ref)?.role == .flag,
                tokens[items[at].range.lowerBound].folded == tokens[items[at].range.lowerBound].lemma
            else { continue }
            used.insert(at)
        }
    }

    /// A date that stands just before its period is its column: "hired in 2002", "birth date after 1990".
    mutating func takeTimeColumns() {
        for index in pendingTimes.indices {
            guard let left = targets.last(where: { $0 < pendingTimes[index].at }),
                case .column(let ref) = items[left].kind,
                items[pendingTimes[index].at].range.lowerBound - items[left].range.upperBound <= 2,
                let role = column(ref)?.role, role == .time || role == .year
            else { continue }
            used.insert(left)
            targets.removeAll { $0 == left }
            timeColumns[pendingTimes[index].at] = ref
        }
    }

    mutating func placeTransactions() throws(CompositionFailure) {
        guard !transactions.isEmpty else { return }
        let hasMeasure = !asked.isEmpty || ranking != nil || sharedMeasure != nil
        if !hasMeasure, !dimensions.isEmpty || !pendingGrains.isEmpty {
            // "tracks sold per month" counts units; the tracks are only what was sold.
            asked.append(try measure(.unitsSold, nil))
            for at in targets { if case .entity(let table) = items[at].kind { used.insert(at); relate(table) } }
        } else {
            let near = targets.compactMap({ items[$0].table }).first ?? asked.first?.home ?? subject
            // The verb adds nothing when things are named that are related already.
            let others = Set(items.compactMap(\.table)).subtracting(near.map { [$0] } ?? [])
            if others.isEmpty, let table = finder.salesTable(near: near), table != near { relate(table) }
        }
    }

    mutating func assembleShare(_ inner: Measure) throws(CompositionFailure) {
        for at in targets {
            if case .entity(let table) = items[at].kind {
                used.insert(at)
                relate(table)
            }
        }
        if let sharedPart, let at = query.filters.firstIndex(of: sharedPart) {
            guard asked.isEmpty, query.having.isEmpty, query.limit == nil else {
                throw CompositionFailure("I can tell a rate only by itself.")
            }
            query.filters.remove(at: at)
            query.dimensions = dimensions
            let title = "Share of \(inner.title.lowercased())"
            query.measures = [Measure(.share(inner.value, where: [sharedPart]), title: title, format: .percent)]
            return
        }
        if !dimensions.isEmpty || !pendingGrains.isEmpty { return try assembleGroupShares(inner) }
        guard !query.filters.isEmpty else {
            throw CompositionFailure("I do not see of what part to tell the share.")
        }
        let part = query.filters
        query.filters = []
        query.measures = [
            Measure(
                .share(inner.value, where: part), title: "Share of \(inner.title.lowercased())", format: .percent)
        ]
    }

    /// "Share of revenue by segment" is what each group has of all; "share of cancelled orders by store" is what the part
    /// has of each group.
    private mutating func assembleGroupShares(_ inner: Measure) throws(CompositionFailure) {
        guard asked.isEmpty, query.having.isEmpty, query.limit == nil,
            !targets.contains(where: { !used.contains($0) })
        else { throw CompositionFailure("I can tell the share of each group only by itself.") }
        query.dimensions = dimensions
        let title = "Share of \(inner.title.lowercased())"
        let part = query.filters
        if part.isEmpty {
            query.measures = [Measure(.shareOfAll(inner.value), title: title, format: .percent)]
            return
        }
        let grouping = items.indices.first { at in
            switch items[at].kind {
            case .cue(.each), .cue(.by): true
            case .time(let phrase): phrase.isGrouping
            default: false
            }
        }
        let values = items.indices.filter { if case .value = items[$0].kind { true } else { false } }
        guard let grouping, !values.isEmpty, values.count == part.count, values.allSatisfy({ $0 < grouping }) else {
            throw CompositionFailure(
                "Do you mean the part within each group, or each group's part of the whole?", reason: "ambiguous")
        }
        query.filters = []
        query.measures = [Measure(.share(inner.value, where: part), title: title, format: .percent)]
    }

    /// "Revenue by genre, top 5" ranks by what it asks for; "top 5 customers" does not say by what.
    mutating func rankByDefault() throws(CompositionFailure) {
        if let last = asked.last {
            ranking = (.measure(last), limitIsDescending ?? true)
        } else if let at = targets.first(where: { isMeasureColumn($0) }), case .column(let ref) = items[at].kind {
            ranking = (.column(ref), limitIsDescending ?? true)
        } else {
            let name = targets.first.map { words(items[$0].range) } ?? "them"
            var options = subject.map(measureOptions) ?? []
            if finder.revenue() != nil { options.insert("by total sales", at: 0) }
            throw CompositionFailure(
                "By what should I rank \(name)?", options: options.map(asQuestion), reason: "ambiguous")
        }
    }
}
