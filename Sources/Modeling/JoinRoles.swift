/// Tells what each reference is for: the words of its role, the default among several, links between two others.
enum JoinRoles {
    /// Words of a referring column that say that it refers, and nothing about the role.
    private static let plain: Set<String> = [
        "id", "key", "code", "number", "no", "uuid", "guid", "oid", "rowid", "sk", "nk", "ref", "reference", "of",
        "to", "the", "by", "fk",
    ]
    /// What a role that is one of several costs in a path above the default of them.
    static let rolePenalty = 0.25

    /// The edges with roles filled in. Weights of roles beside a default grow by ``rolePenalty``.
    static func described(_ edges: [JoinEdge], _ entities: [EntityModel]) -> [JoinEdge] {
        var byTable: [String: EntityModel] = [:]
        for entity in entities { byTable[entity.table] = entity }
        var found = edges
        for at in found.indices {
            found[at].weight -= found[at].roleSurcharge
            found[at].roleSurcharge = 0
            found[at].isRolePlaying = false
            found[at].isDefault = true
            guard let child = byTable[found[at].child], let parent = byTable[found[at].parent] else { continue }
            found[at].cueWords = cueWords(found[at], child, parent)
            found[at].isFromBridge = child.isBridge || child.isLink
        }
        var groups: [String: [Int]] = [:]
        for at in found.indices { groups[found[at].child + "\0" + found[at].parent, default: []].append(at) }
        for group in groups.values where group.count > 1 { assignRoles(group, &found, byTable) }
        return found
    }

    /// `billing` and `shipping` of two addresses: what all of them share ("address") tells nothing apart.
    private static func assignRoles(_ group: [Int], _ edges: inout [JoinEdge], _ entities: [String: EntityModel]) {
        let isSelf = edges[group[0]].isSelfReference
        let shared = group.dropFirst().reduce(Set(edges[group[0]].cueWords)) { $0.intersection(edges[$1].cueWords) }
        for at in group {
            edges[at].isRolePlaying = true
            edges[at].isDefault = false
            let rest = edges[at].cueWords.filter { !shared.contains($0) }
            if !rest.isEmpty || !isSelf { edges[at].cueWords = rest }
        }
        let bare = group.filter { edges[$0].cueWords.isEmpty }
        let own = entities[edges[group[0]].child]?.words ?? []
        // The order date of an order is its date; the ship date is another.
        let named = group.filter { at in edges[at].cueWords.contains { own.contains($0) } }
        let told = group.filter { edges[$0].evidence.contains(.glossary) }
        let candidates = [told, bare, named].first { !$0.isEmpty } ?? []
        guard candidates.count == 1, let best = candidates.first else { return }
        edges[best].isDefault = true
        for at in group where at != best {
            edges[at].weight += rolePenalty
            edges[at].roleSurcharge = rolePenalty
        }
    }

    private static func cueWords(_ edge: JoinEdge, _ child: EntityModel, _ parent: EntityModel) -> [String] {
        var known = Set(parent.words).union(plain)
        for name in edge.parentColumns {
            for word in parent.column(name)?.words ?? [] { known.insert(word) }
        }
        var words: [String] = []
        for name in edge.childColumns {
            for word in child.column(name)?.words ?? [] where !known.contains(word) && !words.contains(word) {
                words.append(word)
            }
        }
        return words
    }
}
