import Modeling
import Schemas

/// One meaning for every part of a question, with the score of the joint choice.
struct Choice: Sendable {
    var items: [Item]
    /// The sum of what the chosen meanings score together; comparable within one question only.
    var score: Double
    /// The weakest match among the chosen meanings.
    var weakest: Double
}

/// Chooses jointly: matches that are good by themselves, that stand next to what they belong to, that suit the cues
/// around them, and whose tables lie close together.
///
/// score = Σ weight + Σ fit to the neighbours − 0.12 × cost of joining the tables − 0.04 × number of tables
struct CandidateChooser {
    let model: SchemaModel
    let evidence: Evidence
    /// The words of the question that no part stands for.
    let passedOver: Set<String>
    static let beamWidth = 96
    static let joinPrice = 0.12
    static let tablePrice = 0.04

    init(model: SchemaModel, evidence: Evidence) {
        self.model = model
        self.evidence = evidence
        var words: Set<String> = []
        for (at, token) in evidence.tokens.enumerated()
        where !token.isSign && !token.isQuoted && token.folded.count >= 3 {
            if evidence.parts.contains(where: { $0.range.contains(at) }) { continue }
            words.formUnion([token.lemma, token.folded])
            if let currency = ["usd": "dollar", "eur": "euro", "gbp": "pound"][token.folded] {
                words.insert(currency)
            }
        }
        passedOver = words.subtracting(["the", "and", "for", "are", "was", "all", "with", "name"])
    }

    /// The best choices, best first; at most `limit`.
    func choices(limit: Int) -> [Choice] {
        var beam: [(elements: [Element?], score: Double, weakest: Double)] = [([], 0, 1)]
        for (index, part) in evidence.parts.enumerated() {
            if part.fixed != nil {
                for at in beam.indices { beam[at].elements.append(nil) }
                continue
            }
            var next: [(elements: [Element?], score: Double, weakest: Double)] = []
            for state in beam {
                for candidate in part.candidates {
                    let fit = fit(candidate.element, at: index, before: state.elements)
                    next.append(
                        (
                            state.elements + [candidate.element], state.score + candidate.weight + fit,
                            min(state.weakest, candidate.weight)
                        ))
                }
            }
            // The sort is stable, so equal states keep the order of their candidates.
            next.sort { $0.score > $1.score }
            beam = Array(next.prefix(Self.beamWidth))
        }
        var distances: [String: Double] = [:]
        let choices = beam.map { state -> Choice in
            var items: [Item] = []
            for (part, element) in zip(evidence.parts, state.elements) {
                if let fixed = part.fixed {
                    items.append(Item(part.range, fixed, isVerb: part.isVerb))
                } else if let element {
                    items.append(Item(part.range, element, isVerb: part.isVerb))
                }
            }
            var tables: [String] = []
            for case let table? in items.map(\.table) where !tables.contains(table) { tables.append(table) }
            for case let anchor? in tables.map({ model.role($0)?.anchor }) where !tables.contains(anchor) {
                tables.append(anchor)
            }
            let cost = spanningCost(tables, &distances)
            // "name" alone belongs to something that is named; where it does not, the reading is a guess.
            let named = items.compactMap { item in if case .entity(let table) = item.kind { table } else { nil } }
            let isGuess =
                !named.isEmpty
                && items.contains { item in
                    guard item.kind.isName, let table = item.table, !named.contains(table) else { return false }
                    let words = evidence.tokens[item.range].map(\.lemma)
                    return words == ["name"] || words == ["id"] || words == ["detail"]
                }
            return Choice(
                items: items,
                score: state.score - Self.joinPrice * cost - Self.tablePrice * Double(tables.count),
                weakest: isGuess ? 0 : state.weakest)
        }
        return Array(
            choices.enumerated().sorted {
                $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset
            }.map(\.element).prefix(limit))
    }

    // MARK: Neighbours

    /// How well a meaning suits what stands before and after it.
    private func fit(_ element: Element, at index: Int, before: [Element?]) -> Double {
        var fit = 0.0
        let previous = evidence.parts[..<index].last { !isConnective($0) }
        let next = evidence.parts[(index + 1)...].first { !isConnective($0) }
        if case .cue(let cue)? = previous?.fixed { fit += Self.fit(element, after: cue, model: model) }
        if case .cue(.compare(_, _, _))? = next?.fixed ?? previous?.fixed, case .column(let ref) = element,
            model.column(ref)?.role == .measure
        {
            fit += 0.1
        }
        if case .number? = next?.fixed, case .column = element { fit += 0.1 }
        // Next to an element of its own table.
        for at in stride(from: index - 1, through: max(0, index - 4), by: -1) {
            guard let other = before[at] else { continue }
            let gap = evidence.parts[index].range.lowerBound - evidence.parts[at].range.upperBound
            // What is grouped by stands apart from what is measured.
            if evidence.parts[at..<index].contains(where: { $0.fixed == .cue(.each) || $0.fixed == .cue(.by) }) {
                break
            }
            if let table = other.table, table == element.table, gap <= 3 {
                fit += 0.16
            }
            if case .column(let a) = other, case .value(let b, _) = element, a == b, gap <= 3,
                !endsClause(at, index)
            {
                fit += 0.25
            }
            if case .value(let a, _) = other, case .column(let b) = element, a == b,
                gap <= 1 || (gap <= 3 && links(at, index))
            {
                fit += 0.25
            }
            // Two values of one column do not stand together without a word between them.
            if case .value(let a, _) = other, case .value(let b, _) = element, a == b, !areJoined(at, index) {
                fit -= 0.3
            }
            break
        }
        fit += hint(element)
        fit += RoleFit(model: model, evidence: evidence).fit(element, at: index, before: before)
        if case .value(let ref, _) = element, let column = model.column(ref) {
            // A name, a category before a code or a key.
            if column.role == .key || column.role == .text { fit -= 0.08 }
            fit += valueFit(ref, role: column.role, at: index, before: before)
        }
        // "the earliest date" of what the question names, not of something that only hangs on it.
        if case .column(let ref) = element, model.column(ref)?.role == .time,
            evidence.tokens[evidence.parts[index].range].allSatisfy({ ["date", "day", "time"].contains($0.lemma) }),
            evidence.parts.contains(where: { part in
                part.candidates.contains { $0.element == .entity(ref.table) && $0.weight >= 0.9 }
            })
        {
            fit += 0.12
        }
        if case .column(let ref) = element, model.column(ref)?.role == .key {
            // A reference that is called like what it refers to speaks of that.
            let said = evidence.tokens[evidence.parts[index].range].map(\.lemma)
            fit -= said.contains("id") || said.contains("number") || said.contains("code") ? 0.03 : 0.14
        }
        return fit
    }

    /// The words between two parts.
    private func between(_ a: Int, _ b: Int) -> ArraySlice<Token> {
        evidence.tokens[
            evidence.parts[a].range
                .upperBound..<max(
                    evidence.parts[a].range.upperBound, evidence.parts[b].range.lowerBound)]
    }

    /// "Who had the pole position when Prost was the winner": another clause begins between the two.
    private func endsClause(_ a: Int, _ b: Int) -> Bool {
        between(a, b).contains { ["when", "where", "if", "while", "who", "and"].contains($0.folded) }
    }

    /// "Senna had the pole position", "Geelong as the home team": the words between say what the value is.
    private func links(_ a: Int, _ b: Int) -> Bool {
        let words = between(a, b).map(\.folded)
        return !words.isEmpty
            && words.allSatisfy {
                [
                    "was", "is", "were", "are", "had", "has", "have", "as", "the", "a", "on", "took", "set",
                    "their", "its",
                ]
                .contains($0)
            }
    }

    private func areJoined(_ a: Int, _ b: Int) -> Bool {
        between(a, b).contains {
            ["and", "or", ",", "nor", "&", "/", "versus", "vs", "to", "than"].contains($0.folded)
        }
    }

    /// Words that were passed over still speak for what is called so: "payments received" for one of two tables of
    /// payments, "in USD" for one of two prices.
    private func hint(_ element: Element) -> Double {
        guard !passedOver.isEmpty else { return 0 }
        let words: [String]
        switch element {
        case .entity(let table), .label(let table): words = model.entity(table)?.words ?? []
        case .column(let ref), .value(let ref, _), .denied(let ref, _):
            words = (model.column(ref)?.words ?? []) + (model.entity(ref.table)?.words ?? [])
        case .set(_, let table): words = model.entity(table)?.words ?? []
        case .term, .amount, .condition, .computed: words = []
        }
        return words.contains(where: passedOver.contains) ? 0.05 : 0
    }

    /// "How many albums does Iron Maiden have?" does not count albums of that title: a plural is not narrowed by its own
    /// name, but rather by what its rows belong to.
    private func valueFit(_ ref: ColumnRef, role: ColumnRole, at index: Int, before: [Element?]) -> Double {
        for at in stride(from: index - 1, through: 0, by: -1) {
            guard case .entity(let table)? = before[at] else { continue }
            let part = evidence.parts[at]
            guard let noun = evidence.tokens[part.range].last, noun.folded != noun.lemma else { continue }
            if table == ref.table { return role == .label ? -0.3 : 0 }
            return model.joins.path(from: table, to: ref.table)?.isToOne ?? false ? 0.06 : 0
        }
        return 0
    }

    private static func fit(_ element: Element, after cue: Cue, model: SchemaModel) -> Double {
        switch (cue, element) {
        case (.count, .entity): return 0.25
        case (.count, .term(.revenue)): return -0.2
        case (.aggregate, .term), (.howMuch, .term): return 0.22
        case (.aggregate, .column(let ref)), (.howMuch, .column(let ref)):
            return model.column(ref)?.role == .measure ? 0.22 : -0.05
        case (.superlative, .column(let ref)):
            let role = model.column(ref)?.role
            return role == .measure || role == .time ? 0.15 : -0.05
        case (.each, .column(let ref)), (.by, .column(let ref)):
            return model.column(ref)?.role == .text ? -0.1 : 0.02
        case (.each, .value), (.count, .value): return -0.02
        case (.which, .entity), (.list, .entity): return 0.02
        default: return 0
        }
    }

    private func isConnective(_ part: Evidence.Part) -> Bool {
        switch part.fixed {
        case .cue(.preposition), .cue(.and), .cue(.distinct): true
        default: false
        }
    }

    // MARK: Joins

    /// The weight of a minimum spanning tree over the tables' distances; unconnected tables cost 20 each.
    private func spanningCost(_ tables: [String], _ distances: inout [String: Double]) -> Double {
        guard tables.count > 1 else { return 0 }
        var inside = [tables[0]]
        var outside = Array(tables.dropFirst())
        var total = 0.0
        while !outside.isEmpty {
            var best = (cost: Double.infinity, at: 0)
            for (at, table) in outside.enumerated() {
                for other in inside {
                    let key = other < table ? other + "\u{0}" + table : table + "\u{0}" + other
                    let cost: Double
                    if let known = distances[key] {
                        cost = known
                    } else {
                        cost = model.joins.distance(other, table) ?? 20
                        distances[key] = cost
                    }
                    if cost < best.cost { best = (cost, at) }
                }
            }
            total += best.cost
            inside.append(outside.remove(at: best.at))
        }
        return total
    }
}
