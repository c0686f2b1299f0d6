/// One more part that a table plays in a query: the manager of an employee is an employee too, a game has two teams.
/// It has the columns of its table under a name of its own and is joined through one reference only.
public struct RoleInstance: Sendable, Hashable {
    /// Its name, which no table has; it is its alias in SQL: `manager`, `home_team`.
    public var name: String
    /// The table whose rows it reads.
    public var table: String
    /// The reference through which it is joined: it is the parent there, or the child where ``isReverse`` holds.
    public var edge: JoinEdge
    /// The reference as the schema has it.
    public var origin: JoinEdge
    /// Whether it stands for the rows that refer: the subordinates of an employee.
    public var isReverse: Bool
    /// Whether the table refers to itself.
    public var isSelf: Bool { origin.child == origin.parent }
    /// What it is called, best first, as lemmas with spaces between, each with how well it names the role: 1 is best.
    public var phrases: [(words: String, weight: Double)] { zip(names, weights).map { ($0, $1) } }
    var names: [String]
    var weights: [Double]
    /// Folded words that put a value behind them into the role: "from", "managed by".
    public var leads: [String]
    /// Folded verbs whose subject it is: "manages".
    public var verbs: [String]
    /// Folded verbs that it does to what refers to it: "sent".
    public var actives: [String]
    /// Folded words that ask for it when nothing follows: "report to".
    public var trails: [String]
    /// The title for people, in words.
    public var title: [String]
    /// Whether the rows are days of a calendar.
    public var isDay: Bool
    /// Whether it is one of two sides that take part in the same way, such as home and away.
    public var isSide: Bool
    /// The words of the role without the noun of the thing: `shipping` of `shipping address`; empty when it has none.
    public var bare: String
    /// Whether only people have the role, so that "people" means rows of the table.
    public var isOfPeople: Bool

    /// The table at the other side of its reference, which must take part for the role to mean anything.
    public var anchor: String { isReverse ? edge.parent : edge.child }
}

/// Finds the roles of a schema.
struct RoleInstances {
    let entities: [EntityModel]
    /// The references between the tables as they are, self references included.
    let edges: [JoinEdge]
    private var taken: Set<String>
    private(set) var found: [RoleInstance] = []
    /// The references with those costlier that are not meant where nothing tells which.
    private(set) var ranked: [JoinEdge]

    /// What a reference costs more when another one between the same tables is the plain one.
    static let rolePrice = 0.4

    init(entities: [EntityModel], edges: [JoinEdge]) {
        self.entities = entities
        self.edges = edges
        ranked = edges
        // Names of subqueries are taken too.
        taken = Set(entities.map { $0.table.lowercased() } + ["rows", "place"])
        for edge in edges where edge.child == edge.parent && edge.childColumns.count == 1 { addSelf(edge) }
        var seen: Set<Set<String>> = []
        for edge in edges where edge.child != edge.parent {
            let pair: Set<String> = [edge.child, edge.parent]
            guard seen.insert(pair).inserted else { continue }
            let all = edges.filter { Set([$0.child, $0.parent]) == pair }
            if all.count > 1, all.allSatisfy({ $0.childColumns.count == 1 }) { addRoles(all) }
        }
    }

    private func entity(_ table: String) -> EntityModel? { entities.first { $0.table == table } }

    /// The words of a referring column without those that only say that it refers.
    static func roleWords(_ edge: JoinEdge, in entity: EntityModel) -> [String] {
        guard let words = entity.column(edge.childColumns[0])?.words else { return [] }
        let endings = Vocabulary.keyEndings.union(["code", "number", "fk"])
        var rest = words
        while let last = rest.last, rest.count > 1, endings.contains(last) { rest.removeLast() }
        return rest
    }

    private mutating func addSelf(_ edge: JoinEdge) {
        guard let entity = entity(edge.child), edge.childColumns != entity.key else { return }
        let words = Self.roleWords(edge, in: entity)
        guard !words.isEmpty, words != entity.words else { return }
        let group = RoleWords.group(of: words, isSelf: true)
        add(edge, entity, words: words, group: group, isReverse: false)
        let isOnly = edges.count { $0.child == edge.child && $0.parent == edge.parent } == 1
        if isOnly, let group, !group.reverse.isEmpty {
            add(edge, entity, words: words, group: group, isReverse: true)
        }
    }

    private mutating func addRoles(_ all: [JoinEdge]) {
        let plain = all.filter { edge in
            guard let child = entity(edge.child), let parent = entity(edge.parent) else { return false }
            let words = Self.roleWords(edge, in: child)
            return words == parent.words || (parent.words.count > 1 && words == Array(parent.words.suffix(1)))
                || (parent.key.count == 1
                    && parent.column(parent.key[0])?.words == child.column(edge.childColumns[0])?.words)
        }
        // Two tables that refer to one another by plain names are told apart by nothing.
        let said = all.filter { $0.isRolePlaying && $0.isDefault }
        let main = plain.count == 1 ? plain[0] : plain.isEmpty ? said.first ?? firstEvent(all) : nil
        if plain.count > 1 { return }
        for edge in all {
            if let main, edge != main, edge.roleSurcharge == 0, let at = ranked.firstIndex(of: edge) {
                ranked[at].weight += Self.rolePrice
            }
            if plain == [edge] { continue }
            guard let child = entity(edge.child), let parent = entity(edge.parent) else { continue }
            let words = Self.roleWords(edge, in: child)
            add(edge, parent, words: words, group: RoleWords.group(of: words, isSelf: false), isReverse: false)
        }
    }

    /// Of several dates in a calendar the one of the event itself is meant: of an order its own date before the one on
    /// which it was shipped. Nil where the parent is no calendar.
    private func firstEvent(_ all: [JoinEdge]) -> JoinEdge? {
        guard let child = entity(all[0].child), all.allSatisfy({ $0.child == all[0].child }),
            let parent = entity(all[0].parent), Self.isCalendar(parent)
        else { return nil }
        func rank(_ edge: JoinEdge) -> Int {
            let words = Self.roleWords(edge, in: child)
            if words.contains(where: child.words.contains) { return 0 }
            if words.contains(where: ["order", "transaction", "start", "purchase", "created"].contains) {
                return 1
            }
            if words.contains(
                where: ["ship", "shipped", "due", "end", "delivery", "delivered", "updated"].contains)
            {
                return 3
            }
            return 2
        }
        let best = all.map(rank).min() ?? 0
        let first = all.filter { rank($0) == best }
        return first.count == 1 ? first[0] : nil
    }

    /// Whether the rows of the table are days.
    static func isCalendar(_ entity: EntityModel) -> Bool {
        entity.time != nil && entity.words.contains(where: Vocabulary.calendarWords.contains)
    }

    private mutating func add(
        _ origin: JoinEdge, _ entity: EntityModel, words: [String], group: RoleWords.Group?, isReverse: Bool
    ) {
        var names: [String] = []
        var weights: [Double] = []
        func add(_ name: String, _ weight: Double) {
            if !name.isEmpty, !names.contains(name) {
                names.append(name)
                weights.append(weight)
            }
        }
        let head = entity.words.last ?? ""
        let whole = entity.words.joined(separator: " ")
        // "home" of "home team", "origin" of `origin_airport`.
        var bare = words
        for tail in [entity.words, [head], ["date"], ["day"]]
        where bare.count > tail.count && Array(bare.suffix(tail.count)) == tail {
            bare = Array(bare.dropLast(tail.count))
        }
        let isParticiple = RoleWords.isParticiple(words)
        if isParticiple { bare = [] }
        let isDay = Self.isCalendar(entity)
        if isReverse {
            for word in group?.reverse ?? [] {
                let parts = word.split(separator: "%", omittingEmptySubsequences: false)
                add(parts.count == 2 ? parts.joined(separator: head) : word, 1)
            }
        } else if let group, group.isOfOneTable, let first = group.nouns.first {
            let own = bare.count == 1 && bare[0] != first && group.nouns.contains(bare[0]) ? bare[0] : nil
            if let own { add(own, 1) }
            for (at, noun) in group.nouns.enumerated() { add(noun, at == 0 && own == nil ? 1 : 0.92) }
            for noun in group.nouns.prefix(1) + bare { add(noun + " " + head, 1) }
        } else if isParticiple {
            for noun in group?.nouns ?? [words.joined(separator: " ")] { add(noun, 1) }
            for noun in group?.nouns ?? [] { add(noun + " " + head, 0.97) }
        } else {
            if !RoleWords.adjectives.contains(words.joined(separator: " ")) { add(words.joined(separator: " "), 1) }
            let stems = bare.filter { group?.names.contains($0) ?? false }.isEmpty ? [] : group?.nouns ?? []
            for noun in [bare.joined(separator: " ")] + stems {
                if isDay {
                    add(noun + " date", 1)
                    add(noun + " day", 0.97)
                } else {
                    add(noun + " " + head, 1)
                    if whole != head { add(noun + " " + whole, 1) }
                }
            }
            if !isDay {
                for noun in [bare.joined(separator: " ")] + stems where !RoleWords.adjectives.contains(noun) {
                    add(noun, 0.95)
                }
            }
        }
        guard let best = names.first else { return }
        let name = unused(best, entity, origin)
        var edge = origin
        if isReverse { edge.child = name } else { edge.parent = name }
        var leads = isReverse ? [] : group?.leads ?? []
        for lead in Self.ownLeads(words) where !isReverse && !leads.contains(lead) { leads.append(lead) }
        found.append(
            RoleInstance(
                name: name, table: entity.table, edge: edge, origin: origin, isReverse: isReverse, names: names,
                weights: weights, leads: leads, verbs: isReverse ? [] : group?.verbs ?? [],
                actives: isReverse ? [] : group?.actives ?? [],
                trails: isReverse ? [] : group?.trails ?? [], title: best.split(separator: " ").map(String.init),
                isDay: isDay, isSide: group?.isSide ?? false, bare: bare.joined(separator: " "),
                isOfPeople: group?.isOfPeople ?? false))
    }

    /// "created_by" leads by its own words.
    private static func ownLeads(_ words: [String]) -> [String] {
        words.last == "by" || words.last == "to" ? [words.joined(separator: " ")] : []
    }

    /// A name that no table and no other role has.
    private mutating func unused(_ best: String, _ entity: EntityModel, _ origin: JoinEdge) -> String {
        let stem = String(best.map { $0.isLetter || $0.isNumber ? $0 : "_" })
        var candidates = [stem, "\(stem)_\(entity.words.joined(separator: "_"))"]
        if origin.child != origin.parent {
            candidates.insert("\(self.entity(origin.child)?.words.joined(separator: "_") ?? "")_\(stem)", at: 1)
        }
        var name = candidates.first { !taken.contains($0.lowercased()) } ?? stem
        var number = 2
        while taken.contains(name.lowercased()) {
            name = "\(stem)_\(number)"
            number += 1
        }
        taken.insert(name.lowercased())
        return name
    }
}

extension EntityModel {
    /// The same columns in a role.
    func playing(_ role: RoleInstance) -> EntityModel {
        var copy = self
        copy.table = role.name
        copy.words = role.title
        copy.origin = table
        for at in copy.columns.indices { copy.columns[at].ref.table = role.name }
        return copy
    }
}
