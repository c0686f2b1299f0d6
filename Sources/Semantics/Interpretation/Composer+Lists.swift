import Modeling
import Schemas

/// Questions that list rows.
extension Composer {
    /// "all the information of …", "all details".
    var wantsEverything: Bool {
        tokens.contains { $0.folded == "all" }
            && tokens.contains { ["information", "info", "detail", "everything"].contains($0.lemma) }
    }

    /// "Employees with their title" shows whose title it is.
    private func addLabel(of subject: String, to listed: inout [ColumnRef]) {
        var labels = labels(of: subject)
        if labels.isEmpty, let entity = model.entity(subject) {
            // What has no name has a number: "the five most expensive rooms and their nightly rate".
            let number = entity.columns.first { $0.kind == .text && ["number", "code"].contains($0.words.last) }
            labels = (number.map { [$0.ref.column] } ?? entity.key).map { ColumnRef(subject, $0) }
        }
        guard let first = listed.first, !labels.isEmpty, !listed.contains(where: labels.contains),
            let at = items.firstIndex(where: { $0.kind == .column(first) }), items[at].range.lowerBound > 0,
            ["their", "its", "his", "her"].contains(tokens[items[at].range.lowerBound - 1].folded),
            items[..<at].contains(where: { $0.kind == .entity(subject) })
        else { return }
        listed = labels + listed
    }

    private func labels(of table: String) -> [ColumnRef] {
        model.entity(table)?.label.map { ColumnRef(table, $0) } ?? []
    }

    /// Whether an entity is asked for beside others: "titles of the works *and the museum* where each is kept", "artists *and
    /// their museums*". Its own columns may be asked for instead: "and the museum's city".
    private func isShownBeside(_ at: Int) -> Bool {
        guard case .entity(let table) = items[at].kind, !items[at].isVerb else { return false }
        // "and the away team is …" narrows.
        if query.filters.contains(where: { $0.table == table }) { return false }
        func isOwnColumn(_ other: Int) -> Bool {
            items[other].kind.isName && !isEntity(other) && items[other].table == table
        }
        if targets.contains(where: { $0 != at && isOwnColumn($0) }) { return false }
        let others = targets.filter { $0 != at && !items[$0].isVerb && items[$0].table != table }
        guard !others.isEmpty else { return false }
        if at > 0, items[at - 1].kind == .cue(.and), others.contains(where: { $0 < at }) { return true }
        // The first of several: "the artists and their museums".
        guard let next = others.first(where: { $0 > at }), !others.contains(where: { $0 < at }), isEntity(next)
        else {
            return false
        }
        return next == at + 2 && items[at + 1].kind == .cue(.and)
    }

    private func isEntity(_ at: Int) -> Bool { if case .entity = items[at].kind { true } else { false } }

    /// Whose rows are listed: of the entity that was named first, or of the thing whose column was, when each such thing has
    /// one of the entity: "the titles of … and the museum".
    private func owner(_ first: String, _ listed: [ColumnRef]) -> String {
        guard let table = listed.first?.table, table != first, let place = targets.first,
            items[place].table == table,
            let path = model.joins.path(from: table, to: first), path.isToOne
        else { return first }
        return table
    }

    /// "Who was born in 1985?" where there is one table only, and it has names: its rows are asked for.
    private var nameless: String? {
        guard model.entities.count == 1, let only = model.entities.first, !only.label.isEmpty,
            items.contains(where: { [.cue(.who), .cue(.which), .cue(.list)].contains($0.kind) })
        else { return nil }
        return only.table
    }

    mutating func assembleList() throws(CompositionFailure) {
        let entities = targets.compactMap { at -> String? in
            if case .entity(let table) = items[at].kind { table } else { nil }
        }
        let columns = targets.flatMap { at -> [ColumnRef] in
            switch items[at].kind {
            case .column(let ref): [ref]
            case .label(let table): labels(of: table)
            case .entity(let table): isShownBeside(at) ? labels(of: table) : []
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
            let first = entities.first ?? listed.first?.table ?? keyTable ?? query.related.first
                ?? (query.filters.isEmpty ? nil : query.filters[0].table) ?? nameless
        else { throw CompositionFailure("I do not see what you ask for.") }
        if entities.isEmpty, listed.isEmpty, keyTable == nil, nameless == nil, query.filters.isEmpty {
            throw CompositionFailure("I do not see what you ask for.")
        }
        if entities.isEmpty, listed.isEmpty, keyTable == nil, model.entity(first)?.label.isEmpty ?? true,
            !asksWhen
        {
            throw CompositionFailure("I do not see what you want to know of what you name.")
        }
        let subject = listed.isEmpty ? askedFor(first) : owner(first, listed)
        for table in entities where table != subject { relate(table) }
        if asksWhen, let time = finder.time(of: subject), listed.isEmpty {
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
        nameRoles(entities, subject, in: &listed)
        addLabel(of: subject, to: &listed)
        if listed.isEmpty, wantsEverything { listed = model.entity(subject)?.columns.map(\.ref) ?? [] }
        try refuseEmptyAnswers(subject, &listed)
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
