import Modeling
import Schemas

/// What a list shows where the question does not name it.
extension Composer {
    /// "Where was the game in week 7?" asks for its place. A list that would only say again what was given ("the episode
    /// called Night Out"), or that shows rows without a name, answers nothing.
    func refuseEmptyAnswers(_ subject: String, _ listed: inout [ColumnRef]) throws(CompositionFailure) {
        if listed.isEmpty, items.first.map({ tokens[$0.range].first?.folded == "where" }) ?? false {
            guard let place = place(of: subject) else {
                throw CompositionFailure("I do not see which place \"where\" asks for.")
            }
            listed = [place]
            return
        }
        guard let entity = model.entity(subject), ranking == nil else { return }
        let label = entity.label.isEmpty ? entity.key : entity.label
        if listed.isEmpty, label.isEmpty, !entity.words.contains(where: { $0.contains(where: \.isLetter) }) {
            throw CompositionFailure("I do not see what you want to know of what you name.")
        }
        let shown = listed.isEmpty ? label.map { ColumnRef(subject, $0) } : listed
        let given = query.filters.compactMap { filter -> ColumnRef? in
            if case .oneOf(let ref, let values, false) = filter, values.count == 1 { ref } else { nil }
        }
        if shown.allSatisfy(given.contains) {
            throw CompositionFailure("I do not see what you want to know of what you name.")
        }
    }

    /// The column of a table that tells where its rows are; nil when there is none, or several say so alike.
    private func place(of table: String) -> ColumnRef? {
        let columns =
            model.entity(table)?.columns.filter { $0.role == .category || $0.role == .label || $0.role == .text }
            ?? []
        for words in Self.placeWords {
            let found = columns.filter { !words.isDisjoint(with: $0.words) }
            if found.count == 1 { return found[0].ref }
            if found.count > 1 { return nil }
        }
        return nil
    }

    private static let placeWords: [Set<String>] = [
        ["venue", "location", "site", "place", "stadium", "arena", "ground", "circuit"],
        ["city", "town", "address"],
        ["country", "state", "region"],
    ]
}
