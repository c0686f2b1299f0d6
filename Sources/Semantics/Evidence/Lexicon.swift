import Modeling
import Schemas

/// The words by which a schema's tables and columns may be called, with how well each matches.
struct Lexicon: Sendable {
    /// The most words of any phrase.
    static let longestPhrase = 6
    private var entries: [String: [Candidate]] = [:]
    /// All phrases in the order in which they were added, for near matches and suggestions.
    private(set) var phrases: [String] = []
    /// The single words of all phrases.
    private(set) var words: Set<String> = []

    /// The roles that tables play, for words that lead to them.
    let roles: [RoleInstance]

    init(_ model: SchemaModel) {
        roles = model.roles
        for entity in model.entities {
            addEntity(entity)
            for column in entity.columns { addColumn(column, of: entity) }
            addLabel(entity)
        }
        addRoles(model)
        for edge in model.joins.edges where edge.childColumns.count == 1 && edge.child != edge.parent {
            // A reference names a role: "support rep" of customers is an employee.
            if roles.contains(where: {
                $0.origin.child == edge.child && $0.origin.childColumns == edge.childColumns
            }) {
                continue
            }
            guard let column = model.column(ColumnRef(edge.child, edge.childColumns[0])) else { continue }
            let role = column.words.filter { !["id", "key", "code"].contains($0) }
            if !role.isEmpty, role != model.entity(edge.parent)?.words { add(role, .entity(edge.parent), 0.72) }
        }
    }

    /// Adds the names of a glossary, which stand before all others.
    mutating func add(_ names: [GlossaryName]) {
        for name in names where name.hidesColumns {
            entries[name.phrase]?.removeAll { if case .column = $0.element { true } else { false } }
        }
        for name in names { add(name.phrase.split(separator: " ").map(String.init), name.element, name.weight) }
    }

    /// What a phrase of lemmas stands for, best first.
    func candidates(_ phrase: String) -> [Candidate] { entries[phrase] ?? [] }

    private mutating func addEntity(_ entity: EntityModel) {
        let words = entity.words
        guard words.contains(where: { $0.contains(where: \.isLetter) }) else {
            for noun in RowNouns.nouns(of: entity) { add([noun], .entity(entity.table), 0.72) }
            return
        }
        add(words, .entity(entity.table), 0.97)
        addJoined(words, .entity(entity.table))
        if words.count > 1 {
            let head = words[words.count - 1]
            // "history" of "job history" alone says little; "item" of "order item" may be meant.
            add([head], .entity(entity.table), 0.62)
            add(words.dropLast(), .entity(entity.table), 0.45)
            // "course enrolments" of `Student_Course_Enrolment`.
            if words.count > 2 { add(words.suffix(2), .entity(entity.table), 0.85) }
            add(words.reversed(), .entity(entity.table), 0.6)
        }
    }

    /// "name" is what people call a row, also where that is two columns or a column with another name.
    private mutating func addLabel(_ entity: EntityModel) {
        guard !entity.label.isEmpty, entity.label.count > 1 || entity.columns.allSatisfy({ $0.words != ["name"] })
        else {
            return
        }
        let isNamed = entity.label.count > 1 || entity.column(entity.label[0])?.words.last == "name"
        let element = Element.label(entity.table)
        add(["name"], element, isNamed ? 0.95 : 0.8)
        if entity.label.count > 1 {
            for phrase in [
                ["full", "name"], ["first", "and", "last", "name"], ["first", "name", "and", "last", "name"],
            ] {
                add(phrase, element, 0.97)
            }
        }
        if entity.words.contains(where: { $0.contains(where: \.isLetter) }), entity.label.count > 1 || !isNamed {
            add(entity.words + ["name"], element, 0.96)
        }
    }

    private mutating func addColumn(_ column: ColumnModel, of entity: EntityModel) {
        let element = Element.column(column.ref)
        let words = column.words
        guard words.contains(where: { $0.contains(where: \.isLetter) || $0.contains(where: \.isNumber) }) else {
            return
        }
        add(words, element, 0.95)
        addJoined(words, element)
        // The raw spelling too, for what the abbreviation table would change.
        add(Words.rawLemmas(of: column.ref.column), element, 0.95)
        var bare = words
        if words.count > 1, words.starts(with: entity.words), words.count > entity.words.count {
            bare = Array(words.dropFirst(entity.words.count))
            add(bare, element, 0.93)
        } else if words.count > 1, let head = entity.words.last, words.first == head {
            bare = Array(words.dropFirst())
            add(bare, element, 0.72)
        }
        if words.first == "is" || words.first == "has", column.role == .flag {
            let flag = Array(words.dropFirst())
            add(flag, element, 0.95)
            if flag.last == entity.words.last, flag.count > 1 { add(flag.dropLast(), element, 0.9) }
            if flag.count > 1, let head = flag.first { add([head], element, 0.7) }
            if flag.count > 1, flag.last == "item" { add(flag.dropLast(), element, 0.88) }
        }
        if column.measure == .duration {
            for word in ["duration", "length", "runtime"] { add([word], element, 0.8) }
            add([entity.words.last ?? "", "length"], element, 0.82)
            add([entity.words.last ?? "", "duration"], element, 0.82)
        }
        // "opened" of an opening date.
        if column.role == .time, bare.count > 1, bare.last == "date" {
            for stem in Words.verbStems(bare[0]) { add([stem], element, 0.6) }
        }
        // "supply cost" is the supplies' own rather than a copy of it elsewhere.
        if words.count > 1, words.starts(with: entity.words) { add(words, element, 0.98) }
        if column.role == .category || column.role == .label, bare.last != "name" {
            add(bare + ["name"], element, 0.8)
        }
        // "the year of death" of `death_yr`.
        if bare.count == 2, column.role != .key,
            !["number", "id", "name", "code", "count", "key"].contains(bare[1])
        {
            add([bare[1], "of", bare[0]], element, 0.9)
        }
        if column.role == .category, let last = bare.last, !["type", "kind", "category", "name"].contains(last) {
            for noun in ["type", "kind", "category"] { add(bare + [noun], element, 0.82) }
        }
        addSpoken(column, of: entity, bare: bare)
        if bare.last == "phone" || bare.last == "telephone" || bare.last == "fax" {
            add(bare + ["number"], element, 0.95)
        }
        // "stations opened" are stations that opened, and no name of the day.
        let isParticiple =
            words.count == 1 && (column.role == .time || column.role == .year) && !Words.verbStems(words[0]).isEmpty
        if !words.starts(with: entity.words), !isParticiple { add(entity.words + words, element, 0.96) }
        if let head = entity.words.last, entity.words.count > 1, !words.contains(head) {
            add([head] + words, element, 0.9)
        }
        // Units and endings that people leave out.
        let unit = column.ref.column.hasSuffix(")") && column.kind != .blob ? [words[words.count - 1]] : []
        for endings in Self.droppable + (unit.isEmpty || Self.droppable.contains(unit) ? [] : [unit])
        where bare.count > endings.count && Array(bare.suffix(endings.count)) == endings {
            let rest = Array(bare.dropLast(endings.count))
            if endings == ["id"] || endings == ["key"] {
                continue
            }
            if endings == unit, rest.count > 1 { add(rest.suffix(1), element, 0.7) }
            add(rest, element, endings == ["name"] ? 0.78 : 0.85)
            if !rest.starts(with: entity.words) {
                add(entity.words + rest, element, endings == ["name"] ? 0.6 : 0.9)
            }
        }
        if bare.starts(with: ["number", "of"]) || bare.starts(with: ["number"]), bare.count > 1,
            column.role == .measure
        {
            let rest = bare.filter { $0 != "number" && $0 != "of" }
            add(rest + ["number"], element, 0.9)
            add(["number", "of"] + rest, element, 0.92)
            add(rest, element, 0.6)
        }
        if bare.last == "count" || bare.first == "count", bare.count > 1, column.role == .measure {
            let rest = bare.filter { $0 != "count" }
            add(["number", "of"] + rest, element, 0.9)
            add(rest + ["count"], element, 0.9)
        }
        if bare.count > 1, column.role != .key {
            add([bare[bare.count - 1]], element, 0.66)
            if bare.count > 2 { add(bare.suffix(2), element, 0.7) }
            add([bare[0]], element, 0.55)
            if column.role == .category, bare.last != "name" { add([bare[0], "name"], element, 0.55) }
            if bare.count > 2 { add(bare.prefix(2), element, 0.6) }
        }
        if bare.count > 2, column.role != .key {
            add([bare[0], bare[bare.count - 1]], element, 0.6)
            // People say the middle of a long name and leave its unit or its qualifier out.
            for start in bare.indices {
                for end in stride(from: bare.count, to: start + 1, by: -1) where end - start < bare.count {
                    let part = bare[start..<end]
                    if part.allSatisfy({ ["of", "in", "the", "number", "date", "to"].contains($0) }) { continue }
                    add(part, element, end - start > 2 ? 0.72 : 0.62)
                }
            }
        }
        // "the year of death" of `death_year`
        if bare.count == 2, column.role != .key, bare[0] != "number",
            !["by", "number", "count", "amount", "total", "id", "code", "quantity"].contains(bare[1])
        {
            add([bare[1], "of", bare[0]], element, 0.88)
        }
        // "Written by" is also called by what is done, by whom
        if bare.count == 2, bare[1] == "by" {
            for form in Agents.forms(of: bare[0]) { add([form], element, 0.84) }
        }
        // "aired" of an "original air date"
        if column.role == .time, bare.count > 2, bare.last == "date" { add([bare[bare.count - 2]], element, 0.62) }
        // "the nation ranked 3"
        if bare.last == "rank" || bare.last == "ranking" { add(["ranked"], element, 0.86) }
        if bare == ["birth", "date"] || bare == ["date", "of", "birth"] {
            add(["date", "of", "birth"], element, 0.95)
            add(["birthday"], element, 0.9)
            add(["birth", "date"], element, 0.95)
        }
    }

    /// Names of two words are also written as one: "checkin" of `check_in`.
    private mutating func addJoined(_ words: [String], _ element: Element) {
        if words.count == 2, words.joined().utf8.count >= 6 { add([words.joined()], element, 0.85) }
    }

    mutating func add(_ words: some Sequence<String>, _ element: Element, _ weight: Double) {
        let phrase = words.joined(separator: " ").folded
        guard !phrase.isEmpty else { return }
        if let at = entries[phrase]?.firstIndex(where: { $0.element == element }) {
            if let known = entries[phrase]?[at].weight, known < weight { entries[phrase]?[at].weight = weight }
        } else {
            if entries[phrase] == nil {
                phrases.append(phrase)
                for word in phrase.split(separator: " ") { self.words.insert(String(word)) }
            }
            entries[phrase, default: []].append(Candidate(element: element, weight: weight))
        }
    }

    private static let droppable: [[String]] = [
        ["code"], ["type", "code"], ["in", "dollar"], ["in", "usd"], ["in", "euro"], ["usd"], ["eur"], ["id"],
        ["key"], ["name"],
        ["kg"], ["cm"], ["percent"], ["minutes"], ["minute"], ["mile"], ["inche"], ["inch"], ["f"], ["foot"],
        ["meter"], ["kilometer"], ["pound"], ["hour"], ["second"], ["billion"], ["million"],
        ["in", "billion"], ["date"],
        ["text"], ["number"],
    ]
}
