import Modeling
import Schemas

/// "without", "never" and "not" become absences.
extension Composer {
    mutating func readNegations() throws(CompositionFailure) {
        for at in items.indices where !used.contains(at) {
            guard case .cue(.negation(let negation)) = items[at].kind else { continue }
            used.insert(at)
            if negation == .not {
                // A denied value is a condition already; a denied verb is an absence.
                if negatedCues.contains(at) { continue }
                guard let right = next(at + 1), items[right].isVerb || items[right].table != nil else {
                    throw CompositionFailure("I do not see what \"\(words(items[at].range))\" denies.")
                }
            }
            guard let owner = namedEntities.first(where: { $0.at < at })?.table ?? subject else {
                throw CompositionFailure("I do not see what \"\(words(items[at].range))\" is said of.")
            }
            var right = at + 1
            var inner: [Filter] = []
            var target: String?
            while right < items.count {
                if case .entity(let table) = items[right].kind, table != owner {
                    target = table
                    used.insert(right)
                    break
                }
                if items[right].kind == .transaction {
                    target = finder.salesTable(near: owner)
                    used.insert(right)
                    break
                }
                if case .entity = items[right].kind {
                    throw CompositionFailure("I do not see what is missing in \"\(words(items[at].range)) …\".")
                }
                if case .column(let ref) = items[right].kind, target == nil {
                    used.insert(right)
                    let isDay = column(ref)?.role == .time && !namesAnother(than: owner, after: right)
                    if ref.table == owner, inner.isEmpty, negation == .without || isDay {
                        query.filters.append(.isMissing(ref, isNegated: false))
                        target = owner
                    }
                    break
                }
                if case .value(let ref, let value) = items[right].kind {
                    // "without Rock tracks": the value narrows what is missing.
                    let filter = Filter.oneOf(ref, [value], isNegated: false)
                    if let known = query.filters.firstIndex(of: filter) { query.filters.remove(at: known) }
                    inner.append(filter)
                } else if case .cue(.and) = items[right].kind {
                    break
                }
                right += 1
            }
            if target == owner { continue }
            // "never returned an order": the order only leads to the return.
            if let found = target, let after = next(right + 1), case .entity(let between) = items[after].kind,
                items[after].range.lowerBound - items[right].range.upperBound <= 2,
                model.joins.path(from: owner, to: found)?.steps.contains(where: { $0.to == between }) ?? false
            {
                used.insert(after)
            }
            guard let target else {
                throw CompositionFailure("I do not see what is missing in \"\(words(items[at].range)) …\".")
            }
            takeWhatFollows(right, of: target, owner, into: &inner)
            // What follows belongs to the missing thing: "no orders in 2024".
            for (index, pending) in pendingTimes.enumerated().reversed() where pending.at > at {
                guard let time = finder.time(of: target), case .during(let interval) = pending.phrase.meaning else {
                    continue
                }
                inner.append(.during(time, interval))
                pendingTimes.remove(at: index)
            }
            query.filters.append(.without(target, of: owner, inner))
        }
    }

    /// Whether something else follows that may be what is missing: "not enrolled in any course".
    private func namesAnother(than owner: String, after place: Int) -> Bool {
        items[(place + 1)...].prefix(3).contains { item in
            if case .entity(let table) = item.kind { table != owner } else { false }
        }
    }

    /// "not assigned to repair machines", "never ordered the product Chai": what stands behind the missing thing and is
    /// reached from it narrows what is missing.
    private mutating func takeWhatFollows(
        _ place: Int, of target: String, _ owner: String, into inner: inout [Filter]
    ) {
        var at = place + 1
        while at < items.count {
            switch items[at].kind {
            case .cue(.preposition), .cue(.distinct): break
            case .entity(let table) where table != owner && table != target && !used.contains(at):
                guard model.joins.path(from: target, to: table)?.isToOne ?? false else { return }
                used.insert(at)
            case .column(let ref) where ref.table != owner && !used.contains(at):
                guard at + 1 < items.count, case .value(ref, _) = items[at + 1].kind else { return }
                used.insert(at)
            case .value(let ref, let value):
                let isInside =
                    ref.table == target || model.joins.path(from: target, to: ref.table)?.isToOne ?? false
                let filter = Filter.oneOf(ref, [value], isNegated: false)
                guard ref.table != owner, isInside, let known = query.filters.firstIndex(of: filter) else { return }
                query.filters.remove(at: known)
                inner.append(filter)
            default: return
            }
            at += 1
        }
    }
}
