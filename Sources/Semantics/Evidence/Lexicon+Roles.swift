import Modeling
import Schemas

/// The words of roles: "manager", "home team", "ship date".
extension Lexicon {
    mutating func addRoles(_ model: SchemaModel) {
        for role in model.roles {
            guard let entity = model.entity(role.name) else { continue }
            let element: Element
            // A day is known by its date.
            if role.isDay, let time = entity.time {
                element = .column(ColumnRef(role.name, time))
                let bare = role.title.filter { !["date", "day", "key"].contains($0) }
                add(bare, element, 0.62)
            } else {
                element = .entity(role.name)
            }
            // "shipping country" of a shipping address
            if !role.isDay, !role.isSelf, !role.bare.isEmpty {
                let bare = role.bare.split(separator: " ").map(String.init)
                for column in entity.columns { add(bare + column.words, .column(column.ref), 0.9) }
            }
            if role.isOfPeople { add(["person"], .entity(role.table), 0.7) }
            for (phrase, weight) in role.phrases {
                let words = phrase.split(separator: " ").map(String.init)
                add(words, element, 0.94 * weight)
                guard !role.isDay else { continue }
                for column in entity.columns where !words.contains(column.words.last ?? "") {
                    add(words + column.words, .column(column.ref), 0.95 * weight)
                }
                if entity.label.count > 1 { add(words + ["name"], .label(role.name), 0.95 * weight) }
            }
        }
    }
}
