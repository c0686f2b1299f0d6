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
        for at in items.indices {
            guard case .entity(let name) = items[at].kind, let role = model.role(name), role.isSelf,
                role.verbs.contains(words(items[at].range).folded)
            else { continue }
            var left = at - 1
            while left >= 0,
                items[left].kind.isPreposition || items[left].kind == .cue(.who) || items[left].kind == .cue(.which)
            {
                left -= 1
            }
            if left >= 0, case .entity(role.table) = items[left].kind,
                items[at].range.lowerBound - items[left].range.upperBound <= 2
            {
                items[left].kind = .cue(.distinct)
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
        guard asked.isEmpty, ranking == nil, query.having.isEmpty, pendingGrains.isEmpty, dimensions.count == 1,
            case .entity(let table) = dimensions[0], !targets.isEmpty,
            targets.allSatisfy({ isAttribute($0, of: table) }),
            targets.contains(where: { items[$0].table != table }),
            let at = items.firstIndex(where: { $0.kind == .entity(table) })
        else { return }
        dimensions = []
        targets.insert(at, at: 0)
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
