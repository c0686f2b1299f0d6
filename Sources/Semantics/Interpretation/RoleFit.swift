import Modeling
import Schemas

/// How well a meaning in a role suits the words around it.
struct RoleFit {
    let model: SchemaModel
    let evidence: Evidence

    func fit(_ element: Element, at index: Int, before: [Element?]) -> Double {
        guard let table = element.table, let role = model.role(table) else { return 0 }
        let place = evidence.parts[index].range
        let left = (0..<index).last { before[$0] != nil }
        let gap = left.map { evidence.parts[$0].range.upperBound..<place.lowerBound } ?? 0..<0
        let between = evidence.tokens[gap].map(\.folded)
        let isNear = left != nil && gap.count <= 3
        let other = left.flatMap { before[$0] }
        switch element {
        case .value:
            if let lead = lead(before: index, of: role.table) { return lead == role.name ? 0.4 : -0.3 }
            // A first and a last name.
            if case .value? = other, gap.isEmpty, other?.table == table { return 0.3 }
            if isNear, other?.table == table {
                // "the manager of King" has King among the managed, "the manager King" does not.
                if case .entity? = other, between.contains("of") || between.contains("for") { return -0.5 }
                if case .entity? = other { return left.map { isVerb($0, role) } == true ? -0.4 : 0.25 }
                if case .column? = other { return 0.2 }
            }
            if trail(after: place.upperBound, role) { return 0.4 }
            return -0.15
        case .entity:
            guard isNear, let other else { return 0 }
            if case .value = other, other.table == table { return role.isSelf ? -0.5 : 0 }
            guard between.contains("of") else { return 0 }
            switch other {
            case .column, .label: return other.table == table ? 0.25 : other.table == role.table ? -0.1 : 0
            default: return 0
            }
        case .column, .label:
            // "the manager's name", "which city has the most departing flights"
            if isNear, gap.count <= 1, case .entity(table)? = other { return 0.1 }
            return marksAnchor(role) ? 0.3 : 0
        default: return 0
        }
    }

    /// "departing flights": a word of the role stands before what refers to it.
    private func marksAnchor(_ role: RoleInstance) -> Bool {
        guard let noun = model.entity(role.anchor)?.words.last else { return false }
        return zip(evidence.tokens, evidence.tokens.dropFirst()).contains { word, next in
            role.leads.contains(word.folded) && next.lemma == noun
        }
    }

    private func isVerb(_ at: Int, _ role: RoleInstance) -> Bool {
        let words = evidence.tokens[evidence.parts[at].range].map(\.folded).joined(separator: " ")
        return role.verbs.contains(words)
    }

    /// The role that the nearest words before a value lead to.
    private func lead(before index: Int, of table: String) -> String? {
        let start = evidence.parts[index].range.lowerBound
        // What leads to the value before does not lead to this one too.
        let floor =
            evidence.parts[..<index].last { part in
                part.candidates.contains { if case .value = $0.element { $0.weight >= 0.8 } else { false } }
            }?.range.upperBound ?? 0
        var at = start
        while at > max(floor, start - 5) {
            at -= 1
            for role in model.roles(of: table) {
                for lead in role.leads {
                    let words = lead.split(separator: " ")
                    let from = at - words.count + 1
                    guard from >= floor else { continue }
                    let isSaid = zip(words, evidence.tokens[from...at]).allSatisfy { $0 == $1.folded }
                    if isSaid, !Self.small.contains(lead) || isMentioned(role.anchor) || isTravel(role) {
                        return role.name
                    }
                }
            }
            // A verb or a number ends what belongs together.
            if evidence.tokens[at].number != nil { return nil }
        }
        return nil
    }

    /// Words that lead to a role only where what refers to it is spoken of: "airports from France" speaks of no flight.
    private static let small: Set<String> = [
        "from", "to", "by", "at", "in", "into", "under", "out of", "below", "home", "away",
    ]

    /// "which airline flies from Paris to Berlin": words for two roles speak of what has both.
    private func isTravel(_ role: RoleInstance) -> Bool {
        let words = Set(evidence.tokens.map(\.folded))
        let others = model.roles(of: role.table).filter { $0.anchor == role.anchor && $0.name != role.name }
        return !isMentioned(role.table) && others.contains { !words.isDisjoint(with: $0.leads) }
    }

    /// Whether the question speaks of a table.
    private func isMentioned(_ table: String) -> Bool {
        evidence.parts.contains { part in
            part.candidates.contains { candidate in
                switch candidate.element {
                case .entity(table): candidate.weight >= 0.6
                case .column(let ref): ref.table == table && candidate.weight >= 0.9
                default: false
                }
            }
        }
    }

    /// "the Lakers at home", "Paris as origin": words behind the value that put it into the role.
    private func trail(after end: Int, _ role: RoleInstance) -> Bool {
        let tokens = evidence.tokens
        for start in end..<min(end + 3, tokens.count) {
            if start > end, !["at", "as", "were", "was", "is", "played", "play"].contains(tokens[start - 1].folded)
            {
                continue
            }
            let word = tokens[start].folded
            // "did Amy send", unless what follows did it: "won by".
            if start == end, role.actives.contains(word),
                !(start + 1 < tokens.count && tokens[start + 1].folded == "by")
            {
                return true
            }
            if role.phrases.contains(where: { $0.words == word })
                || (["home", "away"].contains(word) && role.leads.contains(word))
            {
                return true
            }
        }
        return false
    }
}
