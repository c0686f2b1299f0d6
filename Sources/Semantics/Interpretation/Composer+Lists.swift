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
        let labels = (model.entity(subject)?.label ?? []).map { ColumnRef(subject, $0) }
        guard let first = listed.first, !labels.isEmpty, !listed.contains(where: labels.contains),
            let at = items.firstIndex(where: { $0.kind == .column(first) }), items[at].range.lowerBound > 0,
            ["their", "its", "his", "her"].contains(tokens[items[at].range.lowerBound - 1].folded),
            items[..<at].contains(where: { $0.kind == .entity(subject) })
        else { return }
        listed = labels + listed
    }

    mutating func assembleList() throws(CompositionFailure) {
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
            let first = entities.first ?? listed.first?.table ?? keyTable ?? query.related.first
                ?? (query.filters.isEmpty ? nil : query.filters[0].table)
        else { throw CompositionFailure("I do not see what you ask for.") }
        if entities.isEmpty, listed.isEmpty, keyTable == nil, model.entities.count > 1, query.filters.isEmpty {
            throw CompositionFailure("I do not see what you ask for.")
        }
        if entities.isEmpty, listed.isEmpty, keyTable == nil, model.entity(first)?.label.isEmpty ?? true,
            !items.contains(where: { $0.kind == .cue(.when) })
        {
            throw CompositionFailure("I do not see what you want to know of what you name.")
        }
        let subject = listed.isEmpty ? askedFor(first) : first
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
        nameRoles(entities, subject, in: &listed)
        addLabel(of: subject, to: &listed)
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
