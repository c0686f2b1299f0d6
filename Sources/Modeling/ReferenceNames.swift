/// How well the name of a column says that it refers to the key of a table.
enum ReferenceNames {
    /// How a name speaks of a reference.
    struct Match: Hashable {
        /// From 0 (nothing) to 1 (the parent's own key by name).
        var score: Double
        /// What a path pays for it at least.
        var weight: Double
        /// Why.
        var evidence: JoinEvidence?
        /// Whether the name alone is enough where nothing is known of the values.
        var standsAlone = false

        static let nothing = Match(score: 0, weight: 2.2, evidence: nil)
    }

    /// Words at the end of a referring column that say no more than that it refers.
    static let endings: Set<String> = [
        "id", "key", "uuid", "guid", "oid", "rowid", "code", "number", "no", "sk", "fk",
    ]
    /// Relations between rows of one kind.
    private static let ranks: Set<String> = [
        "parent", "manager", "supervisor", "boss", "superior", "leader", "mentor", "predecessor", "previous",
        "reply", "super", "report", "manage", "replace", "upline", "sponsor", "base", "root", "head",
    ]
    /// What people are called in other tables by what they do there.
    private static let roles: Set<String> = [
        "rep", "representative", "agent", "seller", "salesperson", "salesman", "owner", "author", "assignee",
        "creator",
        "reporter", "approver", "reviewer", "user", "member", "client", "buyer", "customer", "contact", "clerk",
        "manager", "supervisor", "head", "leader", "person", "employee", "staff", "worker", "by", "teacher",
        "instructor", "advisor", "adviser", "tutor", "operator", "holder",
    ]
    private static let people: Set<String> = [
        "employee", "staff", "person", "user", "worker", "customer", "member", "client", "contact", "people",
        "personnel", "faculty", "professor", "teacher", "account",
    ]

    static func match(_ column: ColumnModel, of child: EntityModel, key: ColumnModel, of parent: EntityModel)
        -> Match
    {
        let words = column.words
        let isOwnKey = child.key == [column.ref.column]
        let isBare = key.words.count == 1
        let hasEnding = words.count > 1 && words.last.map(endings.contains) ?? false
        let stem = hasEnding ? Array(words.dropLast()) : words
        let parentOwns = key.words.starts(with: parent.words) || parent.words.last.map(key.words.contains) ?? false
        if child.table == parent.table {
            guard column.ref != key.ref, !isOwnKey else { return .nothing }
            // "reports to", "parent category id": a row of the same kind above this one.
            guard words.contains(where: ranks.contains) else { return .nothing }
            return Match(score: 0.65, weight: 1.4, evidence: .namedAsReference)
        }
        // orders.customer_id = customers.customer_id
        if words == key.words, !isBare {
            let childOwns = key.words.starts(with: child.words)
            if isOwnKey && (childOwns || !parentOwns) { return .nothing }
            return Match(
                score: parentOwns ? 1 : 0.85, weight: parentOwns ? 1.2 : 1.5, evidence: .sameName, standsAlone: true
            )
        }
        if isOwnKey { return .nothing }
        // orders.customer_id = customers.id
        if stem == parent.words, hasEnding, isBare || key.words.last == "id" {
            return Match(score: 0.95, weight: 1.3, evidence: .namedAfterParent, standsAlone: true)
        }
        // products.manufacturer = manufacturers.code
        if words == parent.words, column.role != .time {
            return Match(score: 0.75, weight: 1.7, evidence: .namedAfterParent, standsAlone: true)
        }
        // matches.home_team_id = teams.team_id, matches.home_team_id = teams.id
        if parentOwns, !isBare, words.count > key.words.count, ends(words, with: key.words) {
            return Match(score: 0.85, weight: 1.4, evidence: .sameName)
        }
        if hasEnding, stem.count > parent.words.count, ends(stem, with: parent.words) {
            return Match(score: 0.8, weight: 1.4, evidence: .namedAfterParent)
        }
        return loose(words, stem: stem, hasEnding: hasEnding, parent)
    }

    private static func loose(_ words: [String], stem: [String], hasEnding: Bool, _ parent: EntityModel) -> Match {
        // orders.status_id = order_statuses.id
        if hasEnding, let last = stem.last, parent.words.count > 1, last == parent.words.last {
            return Match(score: 0.6, weight: 1.6, evidence: .namedAfterParent)
        }
        // The same word under another spelling or as a part of it: "dept", "department name".
        if hasEnding, let last = stem.last, parent.words.contains(last) {
            return Match(score: 0.5, weight: 1.7, evidence: .namedAfterParent)
        }
        let isPerson = parent.words.last.map(people.contains) ?? false
        if isPerson, words.contains(where: roles.contains) {
            return Match(score: hasEnding ? 0.5 : 0.4, weight: 1.6, evidence: .namedAsReference)
        }
        if hasEnding { return Match(score: 0.3, weight: 2, evidence: nil) }
        return .nothing
    }

    private static func ends(_ words: [String], with tail: [String]) -> Bool {
        !tail.isEmpty && words.count >= tail.count && Array(words.suffix(tail.count)) == tail
    }
}
