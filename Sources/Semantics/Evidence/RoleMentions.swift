import Modeling
import Schemas

/// Which roles a question speaks of, and with which words.
struct RoleMentions: Sendable {
    /// The roles that some word speaks of.
    private(set) var roles: [RoleInstance] = []
    /// Words that only lead to a role: "managed by".
    private(set) var leads: [Range<Int>] = []
    /// Words that stand for those in the role: "manages", or "report to" with nothing behind.
    private(set) var parts: [Evidence.Part] = []
    /// The places of single words that lead to a role: "departing".
    private(set) var known: Set<Int> = []

    /// A question that speaks of none.
    init() {}

    init(_ tokens: [Token], _ known: [RoleInstance]) {
        for role in known {
            var isMentioned = (role.phrases.map(\.words) + [role.bare]).contains { phrase in
                !phrase.isEmpty && !Self.places(of: phrase, in: tokens, \.lemma).isEmpty
            }
            for phrase in role.trails {
                for range in Self.places(of: phrase, in: tokens, \.folded) where Self.isLast(range, tokens) {
                    isMentioned = true
                    add(role, at: range, 0.9)
                }
            }
            for phrase in role.leads {
                for range in Self.places(of: phrase, in: tokens, \.folded) {
                    isMentioned = true
                    if parts.contains(where: { $0.range.overlaps(range) }) { continue }
                    if !role.isDay { self.known.formUnion(range) }
                    let own = Words.split(role.origin.childColumns[0]).joined(separator: " ")
                    if range.count > 1, role.isSelf || phrase == own, !leads.contains(range) { leads.append(range) }
                }
            }
            for verb in role.actives {
                for range in Self.places(of: verb, in: tokens, \.folded) {
                    isMentioned = true
                    self.known.formUnion(range)
                }
            }
            for verb in role.verbs {
                for range in Self.places(of: verb, in: tokens, \.folded)
                where !leads.contains(where: { $0.overlaps(range) }) {
                    isMentioned = true
                    add(role, at: range, 0.86)
                }
            }
            if isMentioned { roles.append(role) }
        }
        let all = leads
        leads = all.filter { lead in !all.contains { $0 != lead && $0.contains(lead) } }
    }

    private mutating func add(_ role: RoleInstance, at range: Range<Int>, _ weight: Double) {
        let candidate = Candidate(element: .entity(role.name), weight: weight)
        if let known = parts.firstIndex(where: { $0.range == range }) {
            parts[known].candidates.append(candidate)
        } else if !parts.contains(where: { $0.range.overlaps(range) }) {
            parts.append(Evidence.Part(range: range, fixed: nil, candidates: [candidate]))
        }
    }

    private static func isLast(_ range: Range<Int>, _ tokens: [Token]) -> Bool {
        tokens[range.upperBound...].allSatisfy(\.isSign)
    }

    private static func places(of phrase: String, in tokens: [Token], _ form: (Token) -> String) -> [Range<Int>] {
        let words = phrase.split(separator: " ")
        guard !words.isEmpty, words.count <= tokens.count else { return [] }
        return (0...tokens.count - words.count).compactMap { start in
            for (at, word) in words.enumerated() {
                let token = tokens[start + at]
                if token.isQuoted || form(token) != word { return nil }
            }
            return start..<start + words.count
        }
    }

    /// Whether a word only leads to a row in a role: "departing from CDG", "at home".
    func isOnlyLead(_ index: Int, in tokens: [Token], times: [TimePhrase]) -> Bool {
        // Beside a period the word tells the date: "departed from Paris in May".
        guard known.contains(index), times.isEmpty else { return false }
        guard index + 1 < tokens.count, !tokens[index + 1].isSign else { return true }
        let next = tokens[index + 1]
        return next.isCapitalised || next.isQuoted
            || roles.contains {
                $0.leads.contains(tokens[index].folded) && Words.lemmas(of: $0.anchor).last == next.lemma
            }
            || ["from", "to", "at", "in", "into", "on", "the"].contains(next.folded)
    }

    /// The meanings of a name of a table for the roles of that table that the question speaks of.
    func candidates(for candidate: Candidate) -> [Candidate] {
        guard let table = candidate.element.table else { return [] }
        return roles.filter { $0.table == table }.compactMap { role in
            switch candidate.element {
            case .column(let ref):
                Candidate(element: .column(ColumnRef(role.name, ref.column)), weight: candidate.weight * 0.9)
            case .label: Candidate(element: .label(role.name), weight: candidate.weight * 0.9)
            case .value(let ref, let value):
                Candidate(
                    element: .value(ColumnRef(role.name, ref.column), value), weight: candidate.weight - 0.1)
            default: nil
            }
        }
    }
}
