import Modeling
import Schemas

/// "What is the highest attendance at Tampa Stadium?" asks for one amount and for nothing that has it.
extension Composer {
    /// Turns a rank by a number into the number itself, where nothing else is asked for.
    mutating func askForExtreme() {
        askForExtremeDate()
        guard case .column(let ref)? = ranking?.key, let isDescending = ranking?.isDescending,
            let model = column(ref),
            model.role == .measure || model.role == .year, query.limit == 1, query.offset == 0, asked.isEmpty,
            query.order.isEmpty, query.having.isEmpty, dimensions.isEmpty, pendingGrains.isEmpty, targets.isEmpty,
            !items.contains(where: { $0.kind == .cue(.who) }), !asksWhen,
            namedBesideRank(ref), !asksForValue
        else { return }
        var found = measure(isDescending ? .maximum : .minimum, .column(ref))
        if model.role == .year { found.format = .plain }
        asked = [found]
        ranking = nil
        query.limit = nil
    }

    /// "Of all the claims, what was the earliest date …" asks for that date.
    private mutating func askForExtremeDate() {
        guard case .column(let ref)? = ranking?.key, column(ref)?.role == .time, query.limit == 1,
            query.offset == 0,
            asked.isEmpty, dimensions.isEmpty, pendingGrains.isEmpty, namedBesideRank(ref), !asksForValue,
            items.first?.kind != .cue(.who), let at = items.firstIndex(where: { $0.kind == .column(ref) }),
            let which = items.firstIndex(where: { $0.kind == .cue(.which) }), which < at,
            !items[which..<at].contains(where: { $0.kind.isName }),
            targets.allSatisfy({ items[$0].kind == .entity(ref.table) })
        else { return }
        targets = [at]
    }

    /// "Which hooker has the most caps?" asks for one of a kind that a value tells.
    private var asksForValue: Bool {
        items.indices.contains { at in
            guard case .value = items[at].kind else { return false }
            return at == 0 || [.cue(.which), .cue(.list)].contains(items[at - 1].kind)
        }
    }

    /// Whether "when" asks for a date. Behind what is asked for it only begins a condition: "the crowd when Geelong won".
    var asksWhen: Bool {
        guard let at = items.firstIndex(where: { $0.kind == .cue(.when) }) else { return false }
        if at == 0 || items[at - 1].kind == .cue(.list) { return true }
        // "the customers and when they signed up", but not "the lowest week, when …"
        if items[at - 1].kind == .cue(.and), tokens[items[at - 1].range].allSatisfy({ !$0.isSign }) { return true }
        return !items[..<at].contains { item in
            switch item.kind {
            case .cue(.which), .cue(.who), .cue(.count), .cue(.howMuch), .cue(.aggregate), .cue(.superlative): true
            default: item.kind.isName
            }
        }
    }

    /// Whether the number stands right behind the superlative: "the highest price", not "the most expensive".
    private func namedBesideRank(_ ref: ColumnRef) -> Bool {
        items.indices.dropFirst().contains { at in
            guard items[at].kind == .column(ref), case .cue(.superlative) = items[at - 1].kind else { return false }
            return items[at].range.lowerBound - items[at - 1].range.upperBound <= 1
        }
    }

    /// The number that "was the highest" speaks of: "On which date was the attendance the highest?"
    func numberJustBefore(_ at: Int) -> (at: Int, ref: ColumnRef)? {
        guard at > 0, !used.contains(at - 1), case .column(let ref) = items[at - 1].kind, isMeasureColumn(at - 1),
            between(at - 1, at).allSatisfy({
                ["the", "is", "was", "were", "are", "at", "its"].contains($0.folded)
            }), items[..<(at - 1)].contains(where: { $0.kind.isName })
        else { return nil }
        return (at - 1, ref)
    }
}

extension QuestionContext {
    /// Whether a time of several words is what some text holds that is no date: "29 May", "Winter 2008".
    func isStored(_ phrase: TimePhrase, of tokens: [Token]) -> Bool {
        guard case .during = phrase.meaning else { return false }
        var words = tokens[phrase.range].filter { !$0.isSign }
        while let first = words.first, ["in", "on", "of", "for", "at", "during", "the"].contains(first.folded) {
            words.removeFirst()
        }
        guard words.count > 1 else { return false }
        let hits = values.hits(words.map(\.lemma).joined(separator: " "))
        return !hits.isEmpty && hits.allSatisfy { model.column($0.column)?.role != .time }
    }

    /// Whether a period's name is a column's here and no calendar's: its values are asked for, and no table has a date that
    /// could be grouped by.
    func isColumn(_ name: String, _ phrase: TimePhrase, of tokens: [Token]) -> Bool {
        let columns = lexicon.candidates(name).filter { $0.weight >= 0.9 }.compactMap { candidate -> ColumnRef? in
            if case .column(let ref) = candidate.element { ref } else { nil }
        }
        guard columns.contains(where: { model.column($0)?.role != .time }) else { return false }
        let asks = tokens[phrase.range].contains { ["which", "what"].contains($0.folded) }
        return asks || model.entities.allSatisfy { $0.time == nil }
    }
}
