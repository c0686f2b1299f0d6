import Modeling
import Schemas

/// Tables that take part more than once.
extension Composer {
    /// "Managers and their direct reports": with a manager named, those who report are the plain rows. "The employee who
    /// manages …" is the manager.
    mutating func settleRoles() {
        askForWhom()
        for role in model.roles where role.isReverse && items.contains(where: { $0.table == role.name }) {
            let superior = model.roles.first { !$0.isReverse && $0.origin == role.origin }
            guard let superior, items.contains(where: { $0.table == superior.name }),
                !items.contains(where: { $0.table == role.table })
            else { continue }
            for at in items.indices { items[at].kind = items[at].kind.moved(from: role.name, to: role.table) }
        }
        nameDoers()
        mergeOnlyRoles()
        for at in items.indices {
            guard case .entity(let name) = items[at].kind, let role = model.role(name), role.isSelf, !role.isReverse
            else { continue }
            // "employees who manage …", "employees who are managers"
            let link =
                at > 0 ? tokens[items[at - 1].range.upperBound..<items[at].range.lowerBound].map(\.folded) : []
            guard role.verbs.contains(words(items[at].range).folded) || link.last == "are" || link.last == "is"
            else {
                continue
            }
            var left = at - 1
            while left >= 0,
                items[left].kind.isPreposition || items[left].kind == .cue(.who) || items[left].kind == .cue(.which)
            {
                left -= 1
            }
            if left >= 0, case .entity(role.table) = items[left].kind,
                items[at].range.lowerBound - items[left].range.upperBound <= 2, left > 0 || at > left
            {
                items[left].kind = .cue(.preposition("that"))
            }
        }
    }

    /// "Who has the most direct reports?": the one asked for is a row of the same table.
    private mutating func askForWhom() {
        guard let who = items.firstIndex(where: { $0.kind == .cue(.who) }), who == 0,
            let role = model.roles.first(where: { role in role.isReverse && items.contains { $0.table == role.name }
            }),
            !items.contains(where: { $0.table == role.table })
        else { return }
        items[who].kind = .entity(role.table)
    }

    /// "Which port is the most frequent origin of shipments?" has one port: where shipments refer to ports in roles only and
    /// one of these is named, the plain port is the one in the role.
    private mutating func mergeOnlyRoles() {
        if items.contains(where: { if case .cue(.negation) = $0.kind { true } else { false } }) { return }
        let named = model.roles.filter { role in
            !role.isSelf && !role.isDay && items.contains { $0.table == role.name }
        }
        guard named.count == 1, let role = named.first else { return }
        let edges = model.joins.edges(from: role.anchor, to: role.table)
        let roles = model.roles(of: role.table).filter { $0.anchor == role.anchor }
        guard edges.count == roles.count, model.joins.edges(from: role.table, to: role.anchor).isEmpty else {
            return
        }
        for at in items.indices { items[at].kind = items[at].kind.moved(from: role.table, to: role.name) }
    }

    /// "Ports that are never a destination": no row refers to them in that role.
    mutating func settleAbsences() {
        for at in query.filters.indices {
            guard case .without(let target, let owner, let inner) = query.filters[at],
                let role = model.role(target), !role.isReverse, role.table == owner,
                !role.isSelf || deniesBeing(target),
                let key = role.origin.parentColumns.first, let reference = role.origin.childColumns.first
            else { continue }
            query.filters[at] = .unreferenced(
                ColumnRef(owner, key), by: ColumnRef(role.anchor, reference), inner)
            // "never the origin of any route": the route is what would refer to it.
            for place in items.indices where items[place].kind == .entity(role.anchor) { used.insert(place) }
        }
    }

    /// "Who sent messages to Bo?", "the user that won the most games": who does what the one in a role does, is in it.
    private mutating func nameDoers() {
        for role in model.roles where !role.actives.isEmpty {
            for at in items.indices where items[at].kind == .entity(role.table) || items[at].kind == .cue(.who) {
                var place = items[at].range.upperBound
                while place < tokens.count,
                    ["has", "have", "had", "who", "that", "which"].contains(tokens[place].folded)
                {
                    place += 1
                }
                guard place + 1 < tokens.count, role.actives.contains(tokens[place].folded),
                    !["by", "to"].contains(tokens[place + 1].folded)
                else { continue }
                items[at].kind = .entity(role.name)
                break
            }
        }
    }

    /// "who are not managers" denies that they are, "who have no manager" that there is one.
    private func deniesBeing(_ name: String) -> Bool {
        guard let at = items.firstIndex(where: { $0.kind == .entity(name) }), at > 0,
            case .cue(.negation) = items[at - 1].kind
        else { return false }
        let end = items[at - 1].range.upperBound
        return tokens[max(0, end - 2)..<end].contains { ["are", "is", "were", "was"].contains($0.folded) }
    }

    /// "Who leads project Alpha?": the words are a verb, and no noun before a noun.
    func isDoing(_ at: Int) -> Bool {
        items[at].table.flatMap(model.role)?.verbs.contains(words(items[at].range).folded) ?? false
    }

    /// "All games of the Hawks" are those where they are either side.
    mutating func settleSides() {
        let isListed = query.measures.allSatisfy { if case .count = $0.value { true } else { false } }
        guard isListed, !model.roles.contains(where: { role in items.contains { $0.table == role.name } }) else {
            return
        }
        for at in query.filters.indices {
            guard case .oneOf(let ref, let values, false) = query.filters[at] else { continue }
            let sides = model.roles(of: ref.table).filter(\.isSide)
            guard sides.count == 2, sides[0].anchor == sides[1].anchor,
                !query.dimensions.contains(where: { $0.table == ref.table }), query.subject != ref.table,
                !query.listed.contains(where: { $0.table == ref.table }),
                query.subject == sides[0].anchor || query.measures.contains(where: { $0.home == sides[0].anchor }),
                values.count == 1, model.entity(ref.table)?.label == [ref.column]
            else { continue }
            query.filters[at] = .anyOf(
                sides.map { .oneOf(ColumnRef($0.name, ref.column), values, isNegated: false) })
            query.related.removeAll { $0 == ref.table }
        }
    }

    /// The question with a role in place of the plain name of its table, for each role that was left open.
    func options(for roles: [RoleInstance]) -> [String] {
        guard let table = roles.first?.table, let at = items.firstIndex(where: { $0.kind == .entity(table) }) else {
            return []
        }
        // A role never stands alone: "creators without tickets" would be nobody.
        if items.contains(where: { if case .cue(.negation) = $0.kind { true } else { false } }) { return [] }
        let range = items[at].range
        return roles.map { role in
            let before = tokens[..<range.lowerBound].map(\.text)
            let after = tokens[range.upperBound...].filter { !($0.isSign && "?.!".contains($0.text)) }.map(\.text)
            return (before + role.title + after).joined(separator: " ")
        }
    }

    /// Whether a target is an attribute of each row of the table, or a row in a role for it: "each game with its home
    /// team".
    func isAttribute(_ at: Int, of table: String) -> Bool {
        guard let other = items[at].table else { return false }
        if other == table { return isColumn(at) }
        guard let role = model.role(other), !role.isReverse, role.anchor == table else { return false }
        return !isMeasureColumn(at)
    }

    /// "each employee with the name of the manager" lists employees: there is nothing to add up.
    mutating func listEach() {
        guard asked.isEmpty, ranking == nil, query.having.isEmpty, pendingGrains.isEmpty,
            case .entity(let table)? = dimensions.first
        else { return }
        // "each department and its manager"
        var others: [Int] = []
        for dimension in dimensions.dropFirst() {
            guard case .entity(let name) = dimension, model.role(name)?.anchor == table,
                let at = items.firstIndex(where: { $0.kind == .entity(name) })
            else { return }
            others.append(at)
        }
        let all = targets + others
        guard !all.isEmpty, all.allSatisfy({ isAttribute($0, of: table) }),
            all.contains(where: { items[$0].table != table }),
            let at = items.firstIndex(where: { $0.kind == .entity(table) })
        else { return }
        dimensions = []
        targets = [at] + all
    }

    /// "Clerks whose manager is Hall": what a name was given for is not what is asked.
    func askedFor(_ subject: String) -> String {
        guard let role = model.role(subject), !role.isReverse,
            query.filters.contains(where: { $0.table == subject }),
            query.filters.contains(where: { $0.table == role.anchor })
        else { return subject }
        return role.anchor
    }

    /// "Employees and their managers" shows both: each thing beside a role is named, unless a condition tells which it is.
    func nameRoles(_ entities: [String], _ subject: String, in listed: inout [ColumnRef]) {
        let shown = entities.filter { table in
            !query.filters.contains { $0.table == table } && !listed.contains { $0.table == table }
                && !isOnlyRequired(table)
        }
        let attributes = listed.filter { model.role($0.table)?.anchor == subject }
        if entities.filter({ model.role($0) == nil }) == [subject], !listed.isEmpty,
            attributes.count == listed.count, standsBefore(subject, listed[0])
        {
            listed = (model.entity(subject)?.label ?? []).map { ColumnRef(subject, $0) } + listed
        }
        guard shown.contains(where: { model.role($0) != nil }), entities.count > 1 else { return }
        for table in shown where table == subject || model.role(table) != nil || model.role(subject)?.table == table
        {
            let label = (model.entity(table)?.label ?? []).map { ColumnRef(table, $0) }
            if table == subject { listed = label + listed } else { listed += label }
        }
    }

    /// Whether a thing is named before a column, or with "each".
    private func standsBefore(_ table: String, _ ref: ColumnRef) -> Bool {
        guard let at = items.firstIndex(where: { $0.kind == .entity(table) }),
            let other = items.firstIndex(where: { $0.kind == .column(ref) })
        else { return false }
        return at < other || (at > 0 && items[at - 1].kind == .cue(.each))
    }

    /// "who have a manager": that there is one is asked, and not which.
    private func isOnlyRequired(_ table: String) -> Bool {
        guard let at = items.firstIndex(where: { $0.kind == .entity(table) }) else { return false }
        let before = tokens[max(0, items[at].range.lowerBound - 2)..<items[at].range.lowerBound].map(\.folded)
        return before.count == 2 && ["a", "an", "any"].contains(before[1])
    }
}

extension Item.Kind {
    /// The same meaning in another table.
    func moved(from table: String, to other: String) -> Item.Kind {
        switch self {
        case .entity(table): .entity(other)
        case .label(table): .label(other)
        case .column(let ref) where ref.table == table: .column(ColumnRef(other, ref.column))
        case .value(let ref, let value) where ref.table == table: .value(ColumnRef(other, ref.column), value)
        default: self
        }
    }
}
