import Modeling
import Schemas

/// Puts measures, dimensions, conditions on groups and the rank together.
extension Composer {
    mutating func assembleGroups() throws(CompositionFailure) {
        if asked.isEmpty, ranking == nil, query.having.isEmpty { try askImplicitly() }
        // "How many customers have more than 3 orders?" counts customers of a kind.
        let explicit = !dimensions.isEmpty || !pendingGrains.isEmpty
        if query.limit != nil, ranking != nil, asked.isEmpty, groupsWereSaid,
            targets.contains(where: { !items[$0].isVerb && items[$0].table != nil })
        {
            // "Which product sold the most in each store?" wants one product per store, not one store.
            try rankWithinGroups()
        }
        try askForExtremes()
        if !asked.isEmpty, !query.having.isEmpty, !explicit,
            case .count(let table) = asked[0].value,
            targets.allSatisfy({ items[$0].table == table || !isColumn($0) }),
            !query.having.contains(where: { $0.measure.value == asked[0].value })
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
                    !explicit && (asked.isEmpty || ranking != nil || standsFirst(at))
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
        for dimension in dimensions where !query.limitsEachGroup {
            guard case .entity(let table) = dimension else { continue }
            let own = dimensions.filter { other in
                if case .column(let ref) = other { return ref.table == table } else { return false }
            }
            guard !own.isEmpty else { continue }
            // A name that was asked for stands beside the attributes.
            let label = (model.entity(table)?.label ?? []).map { ColumnRef(table, $0) }
            let namesLabel = targets.contains { at in
                switch items[at].kind {
                case .label(table): true
                case .column(let ref): label == [ref]
                default: false
                }
            }
            if namesLabel { query.listed += label.filter { !own.contains(.column($0)) } }
            for case .column(let ref) in own { query.listed.append(ref) }
            dimensions.removeAll { own.contains($0) }
        }
        query.dimensions = []
        for dimension in dimensions where !query.dimensions.contains(dimension) {
            query.dimensions.append(dimension)
        }
        query.measures = asked
        if let ranking {
            // "How much has the customer with the most orders spent?" asks for one number and not for how many they were.
            // Nor does "which zip code has the lowest …" ask for two numbers.
            let asksOneNumber =
                query.limit == 1
                && (asked.isEmpty ? hasOneNumericGroup : items.first?.kind == .cue(.howMuch))
            if case .measure(let measure) = ranking.key, !asksOneNumber,
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
                    // "the number of settlements of the claim that was settled last": the row's own date ranks it.
                    guard dimensions.contains(.entity(ref.table)), pendingGrains.isEmpty else {
                        throw CompositionFailure(
                            "I cannot yet rank by \(Titles.column(ref).lowercased()) and compute something else at once."
                        )
                    }
                    let extreme = measure(ranking.isDescending ? .maximum : .minimum, .column(ref))
                    query.order = [Ordering(.measure(extreme), isDescending: ranking.isDescending)] + query.order
                    return try finishGroups(explicit)
                }
                query.measures = [measure(ranking.isDescending ? .maximum : .minimum, .column(ref))]
                query.order = [Ordering(.measure(query.measures[0]), isDescending: ranking.isDescending)]
            } else {
                query.order = [Ordering(ranking.key, isDescending: ranking.isDescending)] + query.order
            }
        }
        try finishGroups(explicit)
    }

    private mutating func finishGroups(_ explicit: Bool) throws(CompositionFailure) {
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
        if query.limit != nil, !query.limitsEachGroup, !query.dimensions.isEmpty, explicit, ranking != nil,
            pendingGrains.count + query.dimensions.count > 1
        {
            throw CompositionFailure("I cannot yet answer for the top of each group.")
        }
    }

    /// Whether the one group that is asked for is a number itself.
    private var hasOneNumericGroup: Bool {
        guard query.dimensions.count == 1, pendingGrains.isEmpty, query.having.isEmpty, !query.limitsEachGroup,
            case .column(let ref) = query.dimensions[0], let kind = column(ref)?.kind
        else { return false }
        return (kind == .integer || kind == .real) && column(ref)?.role != .year
    }

    /// "The highest order total per store" asks for one amount in each, "who spent the most in each country" for people
    /// that are not named.
    private mutating func askForExtremes() throws(CompositionFailure) {
        guard query.limit == 1, query.offset == 0, !query.limitsEachGroup, asked.isEmpty, groupsWereSaid,
            case .measure(let measure)? = ranking?.key
        else { return }
        if items.contains(where: { $0.kind == .cue(.who) }) {
            throw CompositionFailure(
                "Whom do you mean? Please name what to rank within each group, such as customers.")
        }
        guard case .aggregate(.average, let amount) = measure.value else { return }
        asked = [self.measure(ranking?.isDescending == true ? .maximum : .minimum, amount)]
        ranking = nil
        query.limit = nil
    }

    /// "The cheapest product in each category", "top 3 customers by revenue per country": what is ranked becomes the last
    /// dimension, and the limit holds within the others.
    private mutating func rankWithinGroups() throws(CompositionFailure) {
        let failure = CompositionFailure("I cannot yet answer for the top of each group.")
        let things = targets.filter { !items[$0].isVerb && items[$0].table != nil && !used.contains($0) }
        guard let ranking, query.having.isEmpty, things.count == 1 else { throw failure }
        let thing: Dimension
        switch items[things[0]].kind {
        case .entity(let table): thing = .entity(table)
        case .column(let ref) where column(ref)?.role == .category || column(ref)?.role == .label:
            thing = dimension(ref)
        default: throw failure
        }
        guard !dimensions.contains(thing) else { throw failure }
        switch ranking.key {
        case .column(let ref):
            // The row's own number: its lowest and its highest are the same.
            guard case .entity(ref.table) = thing else { throw failure }
            let role = column(ref)?.role
            guard role == .measure || role == .time || role == .year else { throw failure }
            var own = measure(ranking.isDescending ? .maximum : .minimum, .column(ref))
            own.title = Titles.column(ref)
            if role != .measure { own.format = .plain }
            self.ranking = (.measure(own), ranking.isDescending)
        case .measure: break
        case .dimension: throw failure
        }
        used.insert(things[0])
        dimensions.append(thing)
        query.limitsEachGroup = true
    }

    /// Whether groups were asked for beside what is ranked: "per store", "each month", but not "which month".
    private var groupsWereSaid: Bool {
        if !dimensions.isEmpty { return true }
        return items.contains { item in
            guard case .time(let phrase) = item.kind, phrase.isGrouping else { return false }
            return !tokens[phrase.range].contains { ["which", "what"].contains($0.folded) }
        }
    }

    /// Whether the target stands before the words of the first measure, or is shown beside it.
    func standsFirst(_ at: Int) -> Bool {
        let cueAt = items.indices.first { index in
            switch items[index].kind {
            case .cue(.count), .cue(.aggregate), .cue(.howMuch), .term: true
            default: false
            }
        }
        return cueAt.map { at < $0 } ?? false
    }

    mutating func place(_ ref: ColumnRef, at: Int) throws(CompositionFailure) {
        guard let model = column(ref) else { return }
        if namesRows(ref, at: at) { return }
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
        // "How many students are enrolled in … their minor?" asks for one number: what stands behind it is no group.
        if items.first?.kind == .cue(.count) || items.first?.kind == .cue(.howMuch), ranking == nil,
            query.having.isEmpty,
            dimensions.isEmpty, pendingGrains.isEmpty, !standsFirst(at)
        {
            throw CompositionFailure(
                "I do not see what to do with \"\(words(items[at].range))\". Could you put the question another way?"
            )
        }
        dimensions.append(dimension(ref))
    }

    mutating func implicit(_ ref: ColumnRef) -> Measure {
        let isAdditive = column(ref)?.measure?.isAdditive ?? true
        let found = measure(isAdditive ? .sum : .average, .column(ref))
        assumptions.append("\(Titles.column(ref).lowercased()) is \(isAdditive ? "added up" : "averaged")")
        return found
    }

    /// "Orders by location", "tax paid by month": what is counted or added up goes without saying.
    mutating func askImplicitly() throws(CompositionFailure) {
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
        if let entity, case .entity(let table) = items[entity].kind, let level = finder.standing(of: table) {
            used.insert(entity)
            var found = measure(.sum, .column(level))
            found.title = Titles.column(level)
            asked.append(found)
            return
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
}
