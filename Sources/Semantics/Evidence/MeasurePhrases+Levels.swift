import Modeling
import Schemas

/// Words for the day of a level: "closing stock", "balance at the end of March", "as of May 2024".
extension MeasurePhrases {
    /// The words only say which day is meant; where nothing stands still in time they are not passed over.
    func level(_ at: Int) -> Evidence.Part? {
        guard
            let end = first(
                of: [
                    "at the end of", "at the beginning of", "at the start of", "as of the end of", "as of",
                    "at end of",
                    "at month end", "at year end", "month end", "year end", "end of month", "end of year",
                    "end - of - month", "month - end", "year - end", "closing", "ending", "opening", "latest",
                    "current",
                    "most recent",
                ], at: at), !isName(at..<end)
        else { return nil }
        let finder = MeasureFinder(model: model, tables: [])
        let levels = model.entities.flatMap(\.measures).filter { finder.standingTime(of: .column($0.ref)) != nil }
        guard !levels.isEmpty,
            tokens.indices.contains(where: { place in
                lexicon.candidates(tokens[place].lemma).contains { candidate in
                    switch candidate.element {
                    case .column(let ref): levels.contains { $0.ref == ref }
                    case .entity(let table): finder.standing(of: table) != nil
                    default: false
                    }
                }
            })
        else { return nil }
        // A preposition stays, so that a time behind it is read.
        let isPreposition = ["of"].contains(word(end - 1))
        return Evidence.Part(range: at..<(isPreposition ? end - 1 : end), fixed: .explained)
    }
}
