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
            case .column(let ref): query.filters.append(.isMissing(ref, isNegated: true))
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
    private mutating func denyRelated() throws(CompositionFailure) {
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
    private mutating func dropModifiers() {
        for (a, b) in zip(targets, targets.dropFirst()) {
            if case .entity = items[a].kind, case .entity = items[b].kind, !items[a].isVerb, !items[b].isVerb,
                items[a].range.upperBound == items[b].range.lowerBound
            {
                used.insert(a)
            }
        }
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

    /// A date that stands just before its period is its column: "hired in 2002", "birth date after 1990".
    private mutating func takeTimeColumns() {
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

    private mutating func placeTransactions() throws(CompositionFailure) {
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

    private mutating func assembleShare(_ inner: Measure) throws(CompositionFailure) {
        for at in targets {
            if case .entity(let table) = items[at].kind {
                used.insert(at)
                relate(table)
            }
        }
        guard dimensions.isEmpty, pendingGrains.isEmpty, !query.filters.isEmpty else {
            throw CompositionFailure(
                "I can tell the share of one part, such as one country, but not yet of each part.")
        }
        let part = query.filters
        query.filters = []
        query.measures = [
            Measure(
                .share(inner.value, where: part), title: "Share of \(inner.title.lowercased())", format: .percent)
        ]
    }

    /// "Revenue by genre, top 5" ranks by what it asks for; "top 5 customers" does not say by what.
    private mutating func rankByDefault() throws(CompositionFailure) {
        if let last = asked.last {
            ranking = (.measure(last), limitIsDescending ?? true)
        } else if let at = targets.first(where: { isMeasureColumn($0) }), case .column(let ref) = items[at].kind {
            ranking = (.column(ref), limitIsDescending ?? true)
        } else {
            let name = targets.first.map { words(items[$0].range) } ?? "them"
            var options = subject.map(measureOptions) ?? []
            if finder.revenue() != nil { options.insert("by total sales", at: 0) }
            throw CompositionFailure("By what should I rank \(name)?", options: options, reason: "ambiguous")
        }
    }

    // MARK: Groups

    private mutating func assembleGroups() throws(CompositionFailure) {
        let firstMeasure = asked.isEmpty ? Int.max : 0
        _ = firstMeasure
        if asked.isEmpty, ranking == nil, query.having.isEmpty { try askImplicitly() }
        // "How many customers have more than 3 orders?" counts customers of a kind.
        let explicit = !dimensions.isEmpty || !pendingGrains.isEmpty
        if !asked.isEmpty, !query.having.isEmpty, !explicit,
            case .count(let table) = asked[0].value,
            targets.allSatisfy({ items[$0].table == table || !isColumn($0) })
        {
            for condition in query.having where condition.measure.value != asked[0].value {
                query.filters.append(.whose(table, condition))
            }
            query.having = []
        }
        for at in targets where !used.contains(at) {
            switch items[at].kind {
            case .entity(let table):
                used.insert(at)
                let isGroup =
                    !explicit && (asked.isEmpty || ranking != nil || stands(at, before: asked))
                    && !asked.contains { $0.value == .count(table) }
                if isGroup, !dimensions.contains(where: { if case .entity = $0 { true } else { false } }) {
                    dimensions.append(.entity(table))
                } else if !dimensions.contains(where: { $0.table == table }) {
                    relate(table)
                }
            case .column(let ref):
                used.insert(at)
                try place(ref, at: at)
            case .label(let table):
                used.insert(at)
                if !dimensions.contains(.entity(table)) { dimensions.append(.entity(table)) }
            default: break
            }
        }
        // "What is the highest order total?" asks for one amount.
        if case .measure(let measure)? = ranking?.key, dimensions.isEmpty, pendingGrains.isEmpty, asked.isEmpty,
            case .aggregate(.average, let amount) = measure.value
        {
            asked = [self.measure(ranking?.isDescending == true ? .maximum : .minimum, amount)]
            ranking = nil
            query.limit = nil
        }
        // "Which sales support agent …": a value stands for the thing that has it.
        if ranking != nil, dimensions.isEmpty, pendingGrains.isEmpty {
            for case .oneOf(let ref, _, false) in query.filters
            where model.entity(ref.table)?.label.isEmpty == false {
                dimensions.append(.entity(ref.table))
                break
            }
        }
        // Columns of a grouped entity are its attributes: they are shown in place of its label.
        for dimension in dimensions {
            guard case .entity(let table) = dimension else { continue }
            let own = dimensions.filter { other in
                if case .column(let ref) = other { return ref.table == table } else { return false }
            }
            guard !own.isEmpty, !explicit || own.count < dimensions.count - 1 || true else { continue }
            for case .column(let ref) in own { query.listed.append(ref) }
            dimensions.removeAll { own.contains($0) }
        }
        query.dimensions = []
        for dimension in dimensions where !query.dimensions.contains(dimension) {
            query.dimensions.append(dimension)
        }
        query.measures = asked
        if let ranking {
            if case .measure(let measure) = ranking.key,
                !query.measures.contains(where: { $0.value == measure.value })
            {
                query.measures.append(measure)
            }
            if case .column(let ref) = ranking.key, explicit, query.measures.isEmpty {
                // "the highest price for each category": every group has one.
                query.measures = [measure(ranking.isDescending ? .maximum : .minimum, .column(ref))]
                if query.limit == 1 { query.limit = nil }
            } else if case .column(let ref) = ranking.key {
                guard query.measures.isEmpty else {
                    throw CompositionFailure(
                        "I cannot yet rank by \(Titles.column(ref).lowercased()) and compute something else at once."
                    )
                }
                query.measures = [measure(ranking.isDescending ? .maximum : .minimum, .column(ref))]
                query.order = [Ordering(.measure(query.measures[0]), isDescending: ranking.isDescending)]
            } else {
                query.order = [Ordering(ranking.key, isDescending: ranking.isDescending)] + query.order
            }
        }
        for condition in query.having where !query.measures.contains(where: { $0.value == condition.measure.value })
        {
            query.measures.append(condition.measure)
        }
        if !query.having.isEmpty, query.dimensions.isEmpty, pendingGrains.isEmpty {
            throw CompositionFailure(
                "I do not see of what \"\(query.having[0].measure.title.lowercased())\" should be compared.")
        }
        if ranking != nil, query.dimensions.isEmpty, pendingGrains.isEmpty {
            throw CompositionFailure("I do not see what to rank.")
        }
        if query.limit != nil, !query.dimensions.isEmpty, explicit, ranking != nil,
            pendingGrains.count + query.dimensions.count > 1
        {
            throw CompositionFailure("I cannot yet answer for the top of each group.")
        }
    }

    /// Whether the target stands before the words of the first measure, or is shown beside it.
    private func stands(_ at: Int, before measures: [Measure]) -> Bool {
        let cueAt = items.indices.first { index in
            switch items[index].kind {
            case .cue(.count), .cue(.aggregate), .cue(.howMuch), .term: true
            default: false
            }
        }
        return cueAt.map { at < $0 } ?? false
    }

    private mutating func place(_ ref: ColumnRef, at: Int) throws(CompositionFailure) {
        guard let model = column(ref) else { return }
        // A number of the very thing that is listed is one of its attributes.
        if model.role == .measure, asked.isEmpty,
            dimensions.contains(.entity(ref.table))
                || namedEntities.contains(where: { $0.table == ref.table && targets.contains($0.at) })
        {
            dimensions.append(.column(ref))
            return
        }
        if model.role == .measure,
            !dimensions.isEmpty || !pendingGrains.isEmpty || !targets.filter({ $0 < at }).isEmpty
        {
            if case .column(ref)? = ranking?.key { return }
            if query.having.contains(where: { $0.measure.value.column == ref }) { return }
            asked.append(implicit(ref))
            return
        }
        if model.role == .measure, asked.isEmpty {
            asked.append(implicit(ref))
            return
        }
        if case .measure(let measure)? = ranking?.key, measure.value.column == ref { return }
        dimensions.append(dimension(ref))
    }

    private mutating func implicit(_ ref: ColumnRef) -> Measure {
        let isAdditive = column(ref)?.measure?.isAdditive ?? true
        let found = measure(isAdditive ? .sum : .average, .column(ref))
        assumptions.append("\(Titles.column(ref).lowercased()) is \(isAdditive ? "added up" : "averaged")")
        return found
    }

    /// "Orders by location", "tax paid by month": what is counted or added up goes without saying.
    private mutating func askImplicitly() throws(CompositionFailure) {
        let numbers = targets.filter { isMeasureColumn($0) }
        if !numbers.isEmpty {
            for at in numbers {
                guard case .column(let ref) = items[at].kind else { continue }
                used.insert(at)
                asked.append(implicit(ref))
            }
            return
        }
        let entity = targets.first { at in
            guard case .entity(let table) = items[at].kind else { return false }
            return !dimensions.contains(.entity(table))
        }
        if let entity, case .entity(let table) = items[entity].kind {
            used.insert(entity)
            asked.append(count(table))
        } else if let related = query.related.first {
            asked.append(count(related))
        } else {
            throw CompositionFailure("I do not see what to count or add up.")
        }
    }

    // MARK: Lists

    /// "all the information of …", "all details".
    private var wantsEverything: Bool {
        tokens.contains { $0.folded == "all" }
            && tokens.contains { ["information", "info", "detail", "everything"].contains($0.lemma) }
    }

    private mutating func assembleList() throws(CompositionFailure) {
        let entities = targets.compactMap { at -> String? in
            if case .entity(let table) = items[at].kind { table } else { nil }
        }
        let columns = targets.flatMap { at -> [ColumnRef] in
            switch items[at].kind {
            case .column(let ref): [ref]
            case .label(let table): model.entity(table)?.label.map { ColumnRef(table, $0) } ?? []
            default: []
            }
        }
        for at in targets { used.insert(at) }
        var listed: [ColumnRef] = []
        // What a value was given for is known and not asked.
        let given = query.filters.compactMap { if case .oneOf(let ref, _, false) = $0 { ref } else { nil } }
        for ref in columns where !listed.contains(ref) && !(given.contains(ref) && columns.count > 1) {
            listed.append(ref)
        }
        var keyTable: String?
        if case .column(let ref)? = ranking?.key { keyTable = ref.table }
        guard
            let subject = entities.first ?? listed.first?.table ?? keyTable ?? query.related.first
                ?? (query.filters.isEmpty ? nil : query.filters[0].table)
        else { throw CompositionFailure("I do not see what you ask for.") }
        if entities.isEmpty, listed.isEmpty, keyTable == nil, model.entities.count > 1, query.filters.isEmpty {
            throw CompositionFailure("I do not see what you ask for.")
        }
        for table in entities where table != subject { relate(table) }
        if items.contains(where: { $0.kind == .cue(.when) }), let time = finder.time(of: subject), listed.isEmpty {
            let early = tokens.contains { ["first", "earliest"].contains($0.folded) }
            let late = tokens.contains { ["last", "latest"].contains($0.folded) }
            if early || late {
                query.measures = [measure(early ? .minimum : .maximum, .column(time))]
                query.measures[0].format = .plain
                query.measures[0].title = "\(early ? "First" : "Last") \(Titles.column(time).lowercased())"
                query.limit = nil
                return
            }
            listed = [time]
        }
        if listed.isEmpty, wantsEverything { listed = model.entity(subject)?.columns.map(\.ref) ?? [] }
        query.subject = subject
        query.listed = listed
        query.isDistinct =
            items.contains { $0.kind == .cue(.distinct) }
            || (entities.isEmpty && !listed.isEmpty && listed.allSatisfy { column($0)?.role == .category }
                && ranking == nil
                && query.filters.isEmpty)
        if let ranking { query.order = [Ordering(ranking.key, isDescending: ranking.isDescending)] + query.order }
    }
}
