import Modeling
import Schemas

extension Element {
    /// What kind of thing it is: names of different kinds may be alike.
    var kind: String {
        switch self {
        case .entity, .set: "entity"
        case .column, .label, .amount, .computed: "column"
        case .value, .denied, .condition: "value"
        case .term: "figure"
        }
    }

    /// In words, for diagnostics.
    var words: String {
        switch self {
        case .entity(let table): "the entity of \(table)"
        case .column(let ref): "the column \(ref)"
        case .label(let table): "the name of \(table)"
        case .value(let ref, _), .denied(let ref, _): "a value of \(ref)"
        case .amount(let amount): amount.words
        case .condition(let filter): "a condition on \(filter.table)"
        case .computed(_, let table, let name): "the dimension \(name) of \(table)"
        case .term(let term): "the figure \(term.name)"
        case .set(let name, _): "the set \(name)"
        }
    }
}

extension SemanticModelFile {
    /// The path of the part with a name or synonym whose phrase is `phrase`; the last one, which came second.
    func path(ofName phrase: String, _ key: (String) -> String) -> String? {
        var found: String?
        func look(_ path: String, _ names: [String]) {
            if names.contains(where: { key($0) == phrase }) { found = path }
        }
        for (at, part) in model.entities.enumerated() { look("entities[\(at)]", [part.name] + part.synonyms) }
        for (at, part) in model.dimensions.enumerated() { look("dimensions[\(at)]", [part.name] + part.synonyms) }
        for (at, part) in model.measures.enumerated() { look("measures[\(at)]", [part.name] + part.synonyms) }
        for (at, part) in model.metrics.enumerated() { look("metrics[\(at)]", [part.name] + part.synonyms) }
        for (at, part) in model.sets.enumerated() { look("sets[\(at)]", [part.name] + part.synonyms) }
        for (at, part) in model.terms.enumerated() { look("terms[\(at)]", [part.name] + part.synonyms) }
        return found
    }
}

extension CatalogueColumn.Kind {
    /// Whether values of both kinds can be equal.
    func joins(_ other: CatalogueColumn.Kind) -> Bool {
        if self == other || self == .unknown || other == .unknown { return true }
        let numbers: Set<CatalogueColumn.Kind> = [.integer, .real, .boolean]
        let times: Set<CatalogueColumn.Kind> = [.date, .datetime, .text]
        return numbers.contains(self) && numbers.contains(other) || times.contains(self) && times.contains(other)
    }
}
