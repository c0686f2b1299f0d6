import Modeling
import Schemas

/// Names as people say them: without the unit, without the ending that only tells a date or a flag.
extension Lexicon {
    mutating func addSpoken(_ column: ColumnModel, of entity: EntityModel, bare: [String]) {
        let element = Element.column(column.ref)
        switch column.role {
        case .measure: addWithoutUnit(column, of: entity, bare: bare, element)
        case .time: addEvent(column, of: entity, bare: bare, element)
        case .flag: addFlag(bare, of: entity, element)
        default: addAgent(bare, element)
        }
        // "year of death" of `death_year`
        if bare.count == 2, column.role != .key, bare[0] != "number", bare[1] != "number" {
            add([bare[1], "of", bare[0]], element, 0.85)
        }
    }

    /// `written_by` holds writers.
    private mutating func addAgent(_ bare: [String], _ element: Element) {
        guard bare.count >= 2, bare.last == "by" else { return }
        let verb = bare[bare.count - 2]
        let rest = bare.dropLast(2)
        let english = EnglishLexicon.english
        for (base, part) in english.bases(of: verb) where part == .verb {
            for relation in english.entry(base)?.relations ?? []
            where relation.kind == .derived && relation.part == .verb && EvidenceFinder.isAgent(relation.word) {
                add(rest + [relation.word], element, 0.85)
            }
        }
    }

    // MARK: Units

    /// `max_draft_m` is a draft, `mileage_km` a mileage, `pence_per_kwh` a price per kWh.
    private mutating func addWithoutUnit(
        _ column: ColumnModel, of entity: EntityModel, bare: [String], _ element: Element
    ) {
        if let per = bare.firstIndex(of: "per"), per > 0, per + 1 < bare.count,
            Self.moneyUnits.contains(bare[per - 1])
        {
            for noun in ["price", "cost", "rate", "charge"] {
                add(bare[..<(per - 1)] + [noun], element, 0.85)
                add(bare[..<(per - 1)] + [noun] + bare[per...], element, 0.95)
                add([noun] + bare[per...], element, 0.9)
            }
            return
        }
        var core = bare
        var hasMoneyUnit = false
        while core.count > 1, let last = core.last, Self.isUnit(last, after: core.dropLast()) {
            hasMoneyUnit = hasMoneyUnit || Self.moneyUnits.contains(last)
            core.removeLast()
            if core.count > 1, core.last == "in" { core.removeLast() }
        }
        if core != bare {
            add(core, element, 0.9)
            if !core.starts(with: entity.words) { add(entity.words + core, element, 0.9) }
            if core.count > 1 { add([core[core.count - 1]], element, 0.66) }
            if hasMoneyUnit, !core.contains(where: Self.moneyNouns.contains) {
                for noun in ["charge", "price", "cost", "fee", "amount"] { add(core + [noun], element, 0.85) }
            }
        }
        // The highest draft that a port allows is its draft.
        if core.count > 1, let first = core.first,
            ["maximum", "minimum", "average", "total", "current"].contains(first)
        {
            add(core.dropFirst(), element, 0.75)
        }
    }

    /// Whether the last word of a number's name is its unit: one that is known, or letters that are no English word.
    private static func isUnit(_ word: String, after words: ArraySlice<String>) -> Bool {
        if units.contains(word) || moneyUnits.contains(word) { return true }
        if word == "minimum" {
            return words.contains { ["duration", "time", "length", "delay", "runtime"].contains($0) }
        }
        return word.utf8.count <= 4 && word.allSatisfy(\.isLetter) && EnglishLexicon.english.entry(word) == nil
    }

    private static let moneyUnits: Set<String> = [
        "usd", "eur", "gbp", "chf", "jpy", "dollar", "euro", "cent", "pence", "penny",
    ]
    private static let moneyNouns: Set<String> = [
        "charge", "price", "cost", "fee", "amount", "revenue", "salary", "budget", "limit", "value", "payment",
        "tax",
        "income", "balance", "discount", "wage", "total", "pay", "fare", "rent", "profit", "sale", "expense",
    ]
    private static let units: Set<String> = [
        "m", "km", "cm", "mm", "mi", "ft", "kg", "g", "lb", "oz", "l", "ml", "ha", "sqm", "sqft", "kwh", "kw", "mw",
        "mwh",
        "kva", "v", "c", "f", "k", "mb", "gb", "tb", "ms", "s", "h", "hr", "kmh", "kph", "mph", "knot", "pct",
        "percent",
        "meter", "metre", "kilometer", "kilometre", "mile", "inch", "foot", "liter", "litre", "gram", "kilogram",
        "pound",
        "tonne", "ton", "second", "minute", "hour", "day", "week", "month", "year", "hours", "minutes", "seconds",
        "milliseconds", "celsius", "fahrenheit", "degree", "acre", "hectare",
    ]

    // MARK: Dates

    /// `departed_on` is when something departed: its departure, its departure date.
    private mutating func addEvent(
        _ column: ColumnModel, of entity: EntityModel, bare: [String], _ element: Element
    ) {
        var core = bare
        while core.count > 1, let last = core.last, Self.dateEndings.contains(last) { core.removeLast() }
        if core.count > 1, core.first == "date" {
            core.removeFirst()
            if core.count > 1, core.first == "of" { core.removeFirst() }
        }
        guard core != ["date"], core != ["time"], !core.isEmpty else { return }
        if core != bare {
            add(core, element, 0.82)
            if core.count == 2 { add([core.joined()], element, 0.8) }
            add(core + ["date"], element, 0.9)
            add(["date", "of"] + core, element, 0.88)
            if !core.starts(with: entity.words) { add(entity.words + core + ["date"], element, 0.9) }
            if column.kind != .date { add(core + ["time"], element, 0.88) }
        }
        let english = EnglishLexicon.english
        if core.count == 2, ["in", "out", "up", "off", "on", "down"].contains(core[1]) {
            // "check-in" of `checked_in_at`
            for (base, part) in english.bases(of: core[0]) where part == .verb && base != core[0] {
                add([base, core[1]], element, 0.82)
                add([base + core[1]], element, 0.8)
                add([base, core[1], "date"], element, 0.88)
            }
        }
        guard core.count == 1 else { return }
        for (base, part) in english.bases(of: core[0]) where part == .verb {
            if base != core[0] { add([base, "date"], element, 0.85) }
            for relation in english.entry(base)?.relations ?? [] where relation.kind == .derived {
                guard Self.eventEndings.contains(where: relation.word.hasSuffix) else { continue }
                add([relation.word, "date"], element, 0.85)
                if column.kind != .date { add([relation.word, "time"], element, 0.82) }
                add([relation.word], element, 0.62)
            }
        }
    }

    private static let dateEndings: Set<String> = [
        "on", "at", "date", "time", "timestamp", "datetime", "day", "utc", "local",
    ]
    /// Endings of nouns that name what happens, and not who does it.
    private static let eventEndings = [
        "ure", "al", "ment", "ion", "ery", "ing", "ance", "ence", "irth", "ath", "age",
    ]

    // MARK: Flags

    /// `has_pool`, `solar_flag`, `accepts_cards`: what the flag says yes to.
    private mutating func addFlag(_ bare: [String], of entity: EntityModel, _ element: Element) {
        var core = bare
        while core.count > 1, let first = core.first, Self.flagBeginnings.contains(first) { core.removeFirst() }
        while core.count > 1, let last = core.last, ["flag", "indicator", "yn", "ind", "bool"].contains(last) {
            core.removeLast()
        }
        guard core != bare else { return }
        add(core, element, 0.95)
        add(core + ["flag"], element, 0.9)
        if core.count > 1, core.last == entity.words.last { add(core.dropLast(), element, 0.9) }
        if core.count > 1 { add([core[0]], element, 0.7) }
    }

    private static let flagBeginnings: Set<String> = [
        "is", "has", "ha", "was", "wa", "can", "had", "allow", "allows", "accept", "accepts", "offer", "offers",
        "support",
        "supports", "need", "needs", "require", "requires", "include", "includes", "flag", "are",
    ]
}
